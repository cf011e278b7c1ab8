"""Cross-validate the thresholds of the conversation reader on FANToM, by conversation.

uv run python scripts/cross_validate_fantom.py FILE [FILE ...] [--folds 10] [--settings 60] [--input short] [--seed 0]

Nine folds of conversations choose the thresholds, and the tenth fold is scored with them. Every question is scored
once. The script prints the cross-validated values beside the values with the thresholds of the code (development
values), and beside the best trivial baseline for each metric. The phrases in the rules were written with this data in
view, and are not cross-validated.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType

from social_world_model.benchmarks import Benchmark, get_benchmark
from social_world_model.benchmarks.counting import ItemResult
from social_world_model.benchmarks.fantom_sets import BINARIES, CHOICE, LISTS, SCENARIOS
from social_world_model.benchmarks.fantom_tables import fantom_headline, weighted_f1
from social_world_model.contracts import Item
from social_world_model.experiments.baselines import trivial_results
from social_world_model.modes.base import query_of
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic import parse_narrative
from social_world_model.symbolic.conversation import arrival, knowledge, options, topics
from social_world_model.symbolic.model import SymbolicAnswerer

Setting = Mapping[str, float]
METRICS = ("All", "lists", "yes or no, weighted F1", "multiple choice")
GRID: Mapping[str, tuple[ModuleType, Sequence[float]]] = {
    "LINES": (topics, (5, 8, 10, 12, 15)),
    "CLEAR": (topics, (0.5, 0.6, 0.7, 0.8)),
    "REPEATED": (topics, (0.5, 0.6, 0.75)),
    "ENOUGH_TO_ANSWER": (knowledge, (0.65, 0.7, 0.75, 0.8, 0.85)),
    "ENOUGH_TO_BELIEVE": (options, (0.6, 0.7, 0.8, 0.9)),
    "SETTLED": (arrival, (4, 5, 6)),
}
"""Modules and possible values of the thresholds."""


def main() -> None:
    """Print the values of all metrics."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("files", nargs="+", type=Path, metavar="FILE")
    arguments.add_argument("--folds", type=int, default=10)
    arguments.add_argument("--settings", type=int, default=60)
    arguments.add_argument("--input", choices=("short", "full"), default="short")
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    benchmark = get_benchmark("fantom").configured({"input": given.input})
    items = list(_items(benchmark, given.files))
    dice = random.Random(given.seed)
    fold_of = _folds(sorted({item.cluster_id for item in items}), given.folds, dice)
    now = {name: getattr(module, name) for name, (module, _) in GRID.items()}
    settings = _settings(now, given.settings, dice)
    results = [_answered(benchmark, items, setting) for setting in settings]
    chosen = [_best(results, fold_of, fold) for fold in range(given.folds)]
    held_out = [results[chosen[fold_of[item.cluster_id]]][number] for number, item in enumerate(items)]
    baselines = {name: metrics(found) for name, found in trivial_results(benchmark, items).items()}
    sets, people = len({item.set_id for item in items}), len(fold_of)
    print(f"{len(items)} questions, {sets} sets, {people} conversations, {given.folds} folds; inaccessible scenario")
    print(f"{'':24}{'development':>12}{'cross-validated':>17}{'best baseline':>15}")
    development, validated = metrics(results[settings.index(now)]), metrics(held_out)
    for metric in METRICS:
        best = max(baselines, key=lambda name: baselines[name].get(metric, 0.0))
        values = f"{development[metric]:>12.3f}{validated[metric]:>17.3f}{baselines[best][metric]:>15.3f}"
        print(f"{metric:24}{values}  {best}")
    print("\nthresholds chosen by the folds (number of folds):")
    for name in GRID:
        counts = Counter(settings[number][name] for number in chosen)
        print(f"  {name:18} {', '.join(f'{value:g} ({count})' for value, count in sorted(counts.items()))}")


def metrics(results: Iterable[ItemResult]) -> dict[str, float]:
    """Return the values of the metrics in the inaccessible scenario."""
    found = [one for one in results if one.fields.get("missed_info_accessibility") == SCENARIOS[0]]
    right: dict[str, list[bool]] = defaultdict(list)
    said: Counter[tuple[str, str]] = Counter()
    for one in found:
        kind = one.fields["kind"]
        if kind in BINARIES:
            said[str(one.correct_answer), (one.answer or "").casefold()] += 1
        elif kind in LISTS or kind == CHOICE:
            right["lists" if kind in LISTS else "multiple choice"].append(one.is_correct is True)
    values = {name: sum(each) / len(each) for name, each in right.items()}
    sets = fantom_headline(list(results)).units
    values["All"] = sum(unit.score for unit in sets) / len(sets) if sets else 0.0
    values["yes or no, weighted F1"] = weighted_f1(said) or 0.0
    return values


def _items(benchmark: Benchmark, files: Sequence[Path]) -> Iterator[Item]:
    """Yield the questions whose answers do not need an encoder. A question that is in several files is used once."""
    seen: set[str] = set()
    for file in files:
        for row in benchmark.load(file).rows:
            if isinstance(row, Item) and row.correct_answer is not None and row.index not in seen:
                seen.add(row.index)
                if row.fields["kind"] in (CHOICE, *LISTS, *BINARIES):
                    yield row


def _folds(conversations: Sequence[str], number: int, dice: random.Random) -> Mapping[str, int]:
    shuffled = dice.sample(conversations, len(conversations))
    return {name: place % number for place, name in enumerate(shuffled)}


def _settings(now: Setting, number: int, dice: random.Random) -> list[Setting]:
    """Return the current thresholds and random other ones, in random order."""
    drawn: list[Setting] = [{name: dice.choice(values) for name, (_, values) in GRID.items()} for _ in range(number)]
    settings = [one for place, one in enumerate([now, *drawn]) if one not in [now, *drawn][:place]]
    dice.shuffle(settings)
    return settings


def _answered(benchmark: Benchmark, items: Sequence[Item], setting: Setting) -> list[ItemResult]:
    """Answer all questions with the given thresholds."""
    with _thresholds(setting):
        return [_result(benchmark, item, _context(item.narrative, setting["SETTLED"])) for item in items]


@contextmanager
def _thresholds(setting: Setting) -> Iterator[None]:
    before = {name: getattr(module, name) for name, (module, _) in GRID.items()}
    try:
        for name, (module, _) in GRID.items():
            setattr(module, name, setting[name])
        yield
    finally:
        for name, (module, _) in GRID.items():
            setattr(module, name, before[name])


@cache
def _context(narrative: str, settled: float) -> SocializedContext:
    """Return the context of a conversation. The context depends on one of the thresholds."""
    assert settled == arrival.SETTLED
    return parse_narrative(narrative)[0]


def _result(benchmark: Benchmark, item: Item, context: SocializedContext) -> ItemResult:
    reply = asyncio.run(SymbolicAnswerer().answer(replace(query_of(item), context=context))).response
    return ItemResult.of(item, benchmark.assess(reply, item))


def _best(results: Sequence[Sequence[ItemResult]], fold_of: Mapping[str, int], fold: int) -> int:
    """Return the number of the setting with the best values on all other folds."""

    def value(number: int) -> float:
        found = metrics([one for one in results[number] if fold_of[one.cluster_id] != fold])
        return found["All"] + found["lists"] + found["yes or no, weighted F1"] + found["multiple choice"] / 10

    return max(range(len(results)), key=value)


if __name__ == "__main__":
    main()
