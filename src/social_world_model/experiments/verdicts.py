"""Compute the verdicts of stored results again from the stored replies, and find results that cannot be counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from social_world_model.benchmarks import Benchmark, ItemResult
from social_world_model.choices import Scorer
from social_world_model.errors import SocialWorldModelError
from social_world_model.experiments.item_results import score_result
from social_world_model.experiments.samples import every, majority
from social_world_model.runs.names import file_stem
from social_world_model.runs.results import Result
from social_world_model.usage import NO_USAGE

DAMAGE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, SocialWorldModelError)
"""Errors of scorers and metric tables if a column of a result has an unexpected value."""

_OF_A_DRAW = (
    *("answer", "extracted_by", "is_correct", "scores", "lenient", "response"),
    *("reasoning", "raw", "finish_reason", "error", "uncertain"),
)


def rescored(benchmark: Benchmark, result: Result, scorer: Scorer) -> Result | None:
    """Score the stored reply of a result again.

    Parameters
    ----------
    benchmark
        Benchmark of the run, configured with the options of the run.
    result
        Stored result.
    scorer
        Name of the scorer.

    Returns
    -------
    Result or None
        The result with the new score; None if an answered result contains no reply.
    """
    if result.samples is not None:
        draws = [_of_sample(benchmark, result, sample, scorer) for sample in result.samples]
        return replace(majority(draws) if benchmark.votes else every(draws), usage=result.usage)
    if result.status not in ("answered", "unparsable") or result.response is None:
        return None if result.status == "answered" else result
    return score_result(benchmark, result.item(), result, scorer)


def _of_sample(benchmark: Benchmark, result: Result, sample: Mapping[str, Any], scorer: Scorer) -> Result:
    taken: dict[str, Any] = {name: sample.get(name) for name in _OF_A_DRAW}
    draw = replace(result, samples=None, usage=NO_USAGE, status=sample.get("status", "error"), **taken)
    if draw.status in ("answered", "unparsable") and draw.response is not None:
        return score_result(benchmark, result.item(), draw, scorer)
    return draw


class Verdicts:
    """Checker of stored verdicts. A verdict that differs from the verdict of the stored reply is replaced and counted.

    Parameters
    ----------
    benchmark
        Benchmark of the run, configured with the options of the run.
    scorer
        Name of the scorer of the run; None if the scorer is unknown. The stored verdicts are then used.
    """

    def __init__(self, benchmark: Benchmark, scorer: Scorer | None) -> None:
        self.benchmark = benchmark
        self.scorer = scorer
        self._differing: list[str] = []
        self._older = 0

    def checked(self, result: Result) -> Result:
        """Return a result with the verdict of its stored reply.

        Parameters
        ----------
        result
            Stored result without a flaw.

        Raises
        ------
        ArithmeticError, AttributeError, LookupError, TypeError, ValueError, SocialWorldModelError
            If a column of the result has an unexpected value.
        """
        if self.scorer is None or result.question_kind is None or result.status not in ("answered", "unparsable"):
            return result
        if self.scorer == "official" and self.benchmark.has_authors_reader and result.lenient is None:
            self._older += 1  # an earlier version had another official scorer
            return result
        again = rescored(self.benchmark, result, self.scorer)
        if again is None:
            return result
        if result.scores:
            again = replace(again, scores={**result.scores, **(again.scores or {})})
        if again.status == result.status and again.is_correct is None:  # the scorer needs a package that is missing
            return replace(again, is_correct=result.is_correct, lenient=result.lenient)
        if (again.status, again.is_correct) != (result.status, result.is_correct):
            self._differing.append(result.index)
        return again

    def notes(self) -> list[str]:
        """Return notes about stored verdicts that differ, and about stored verdicts that were not checked."""
        if self.scorer is None:
            return ["the scorer of this run is unknown, so the stored verdicts are used without a check"]
        notes = []
        if self._older:
            notes.append(
                f"{self._older} results were scored by an earlier version, which read replies similarly to the scorer "
                "lenient; swm rescore with the scorer official scores them as the authors do"
            )
        if number := len(self._differing):
            results = "1 result has" if number == 1 else f"{number} results have"
            shown = ", ".join(ascii(index)[1:-1] for index in self._differing[:3]) + (", …" if number > 3 else "")
            notes.append(
                f"{results} a stored verdict that differs from the verdict of the stored reply, which is used: {shown}"
            )
        return notes


def countable(benchmark: Benchmark, results: Sequence[ItemResult]) -> tuple[tuple[ItemResult, ...], list[str]]:
    """Return the item results that the metric tables of a benchmark can count, and one line per other item result.

    Parameters
    ----------
    benchmark
        Benchmark of the run.
    results
        Item results of the run.

    Raises
    ------
    ArithmeticError, AttributeError, LookupError, TypeError, ValueError, SocialWorldModelError
        If the tables cannot be computed, although each item result alone can be counted.
    """
    if _why_not(benchmark, results) is None:
        return tuple(results), []
    problems = {one.index: why for one in results if (why := _why_not(benchmark, [one])) is not None}
    left = tuple(one for one in results if one.index not in problems)
    benchmark.headline(left)
    benchmark.tables(left)
    return left, [f"{file_stem(index)}.json: {uncountable(why)}" for index, why in problems.items()]


def uncountable(why: Exception) -> str:
    """Return a message about a result with a column that a scorer or a metric table cannot use.

    Parameters
    ----------
    why
        Error of the scorer or of the metric table.
    """
    return f"expected columns that can be scored and counted, got {type(why).__name__}: {why}"


def _why_not(benchmark: Benchmark, results: Sequence[ItemResult]) -> Exception | None:
    try:
        benchmark.headline(results)
        benchmark.tables(results)
    except DAMAGE as error:
        return error
    return None
