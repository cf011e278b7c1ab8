"""Print the verdicts of judges: mean scores by role of the person, and the effect of the order of the people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import fmean

from social_world_model.cli.progress import told
from social_world_model.cli.terminal import shown_path
from social_world_model.cli.usage_lines import show_stop, show_usage
from social_world_model.experiments.episodes.judging import JudgingResult
from social_world_model.experiments.episodes.judging_part import JUDGED, JudgedFolder
from social_world_model.experiments.episodes.verdicts import VerdictStatus
from social_world_model.scenarios.dimensions import DIMENSIONS, OVERALL, with_overall

ERRORS_SHOWN = 5
_NOT_JUDGED: tuple[VerdictStatus, ...] = ("refused", "unparsable", "error")


def show_judging(result: JudgingResult) -> None:
    """Print the mean scores of each judge on each run, what failed, and the usage.

    One run gets a table of all dimensions for each judge. Several runs get one line for each run and judge.
    """
    for note in result.notes:
        print(f"note: {told(note)}")
    is_one_run = len({part.run.path for part in result.parts}) == 1
    for part in result.parts:
        if is_one_run:
            print()
        for line in _part(part, with_table=is_one_run):
            print(line)
    print()
    if not is_one_run:
        print("To print the table of all runs, use swm report.")
    show_usage({f"by {judge}": usage for judge, usage in result.usage.items()})
    stops = dict.fromkeys((part.judge, part.stopped) for part in result.parts if part.stopped is not None)
    for judge, why in stops:
        parts = [part for part in result.parts if part.judge == judge]
        done, total = sum(part.count(JUDGED) for part in parts), sum(len(part.run.episodes) for part in parts)
        show_stop(str(why), f"{done} of {total} episodes are judged by {judge}; run the same command to resume")


def _part(part: JudgedFolder, *, with_table: bool) -> Iterator[str]:
    total = len(part.run.episodes)
    counts = [f"{part.count(JUDGED)} of {total} judged"]
    counts += [f"{part.count(status)} {status}" for status in _NOT_JUDGED if part.count(status)]
    counts += [f"{part.kept} reused"] if part.kept else []
    scores = "" if with_table or not part.count(JUDGED) else f"; {_in_short(part)}"
    yield f"{shown_path(part.run.path)} · {part.judge}: {', '.join(counts)}{scores}"
    for note in part.notes:
        yield f"note: {told(note)}"
    failed = [verdict for verdict in part.verdicts.values() if verdict.status != JUDGED]
    for verdict in failed[:ERRORS_SHOWN]:
        yield told(f"{verdict.status}: {verdict.index}: {verdict.why}")
    if len(failed) > ERRORS_SHOWN:
        yield f"… and {len(failed) - ERRORS_SHOWN} more; see why in the files of the verdicts"
    if with_table and part.count(JUDGED):
        yield from _table(part)


def _in_short(part: JudgedFolder) -> str:
    roles, gaps = _means(part)
    goals = ", ".join(f"{role} {_mean(scores.get('goal'))}" for role, scores in roles.items())
    return f"goal: {goals}, order gap {_mean(gaps.get('goal'), '+')}"


def _table(part: JudgedFolder) -> Iterator[str]:
    roles, gaps = _means(part)
    width = max(map(len, DIMENSIONS))
    yield f"{'':{width}}  {'  '.join(f'{role:>7}' for role in roles)}  order gap"
    for name in (*DIMENSIONS, OVERALL):
        row = "  ".join(f"{_mean(scores.get(name)):>7}" for scores in roles.values())
        yield f"{name:{width}}  {row}  {_mean(gaps.get(name), '+'):>9}"


def _means(part: JudgedFolder) -> tuple[dict[str, dict[str, list[float]]], dict[str, list[float]]]:
    """Return the scores of the agent's person and of the other people, and the gaps, by dimension."""
    roles: dict[str, dict[str, list[float]]] = {"agent": {}, "partner": {}}
    gaps: dict[str, list[float]] = {}
    for episode in part.run.episodes:
        verdict = part.verdicts.get(episode.index)
        if verdict is None or verdict.status != JUDGED:
            continue
        for person, scores in verdict.scores.items():
            _append(roles["agent" if person == episode.person else "partner"], with_overall(scores))
        gap = verdict.order_gap
        _append(gaps, with_overall(gap))
    return roles, gaps


def _append(lists: dict[str, list[float]], values: Mapping[str, float]) -> None:
    for name, value in values.items():
        lists.setdefault(name, []).append(value)


def _mean(values: list[float] | None, sign: str = "") -> str:
    return f"{fmean(values):{sign}.2f}" if values else "–"
