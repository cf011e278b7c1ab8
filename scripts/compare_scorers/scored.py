"""Score a reply with the scorer `official` of this package, in the same way as a run."""

from __future__ import annotations

from dataclasses import replace

from social_world_model.benchmarks import Benchmark, ItemResult
from social_world_model.contracts import Item
from social_world_model.experiments.item_results import item_result_of, score_result
from social_world_model.runs.results import Result


def official(benchmark: Benchmark, item: Item, reply: str) -> ItemResult:
    """Return the item result of a reply.

    Parameters
    ----------
    benchmark
        Benchmark of the item.
    item
        Item with its gold answer.
    reply
        Text of the reply.
    """
    blank = replace(Result.of(item, "answered"), response=reply)
    return item_result_of(score_result(benchmark, item, blank, "official"))


def told(name: str, differ: int, outcomes: list[ItemResult]) -> int:
    """Print the result of a comparison, and return the number of differences.

    Parameters
    ----------
    name
        What is compared.
    differ
        Number of replies that the authors' code and this package score differently.
    outcomes
        The item results of this package.
    """
    read = sum(one.read_differently for one in outcomes)
    right = sum(one.is_correct is True for one in outcomes)
    lenient = sum((one.lenient or one).is_correct is True for one in outcomes)
    print(f"{name}: {len(outcomes)} replies, {differ} scored differently from the authors' code")
    print(f"  correct: official {right}, lenient {lenient}; {read} replies read differently")
    return differ
