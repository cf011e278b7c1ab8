"""Many runs side by side: accuracy, cost, and gain over the reference mode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from social_world_model.errors import DatasetError
from social_world_model.experiments.baselines import TrivialResults
from social_world_model.experiments.stored import StoredRun, UnreportedFolderError, read_stored_run
from social_world_model.reports.displayed import Displayed
from social_world_model.reports.gains import REFERENCE_MODE, Gain, Headlined, gains_of, place_of, slimmed, title_of
from social_world_model.reports.report import BaselineRows, Report, make_report
from social_world_model.reports.sign_flip import about_tests
from social_world_model.runs.reading import run_folders

FILES = frozenset({"report.json", "episodes.json"})
"""JSON files that reports write into result folders."""


@dataclass(frozen=True, kw_only=True)
class Entry(Headlined):
    """A run in an overview.

    Parameters
    ----------
    report
        Report of the run.
    gain
        Gain over the reference run. None if this run is a reference run, or if there is no reference run.
    """

    report: Report
    gain: Gain | None = None


@dataclass(frozen=True, kw_only=True)
class Overview(Displayed):
    """Runs side by side, with notes for the reader.

    Parameters
    ----------
    entries
        Runs, ordered by benchmark, data set, model and mode.
    notes
        Notes for the reader: folders and results that were skipped, with the reason, and limits of the values.
    seed
        Random seed of resampling.
    """

    entries: tuple[Entry, ...]
    notes: tuple[str, ...]
    seed: int = 0

    @property
    def sections(self) -> Iterator[tuple[str, list[Entry]]]:
        """Groups of entries with the same data set. Each group has a title."""
        groups: dict[str, list[Entry]] = {}
        for entry in self.entries:
            groups.setdefault(title_of(entry), []).append(entry)
        yield from groups.items()


@dataclass(frozen=True, kw_only=True)
class Trivial:
    """Scores of the trivial baselines on the headline metric, for runs on the same data.

    Parameters
    ----------
    values
        Scores by name of the baseline.
    of
        The run with the most units. The baselines answered the questions of this run.
    shared
        Whether all runs have the same baseline scores.
    """

    values: Mapping[str, float]
    of: Entry
    shared: bool


def trivial_of(entries: Sequence[Entry]) -> Trivial | None:
    """Return the scores of trivial baselines for runs on the same data; None if no run has such scores."""
    known = [entry for entry in entries if entry.report.overall.baselines]
    if not known:
        return None
    most = max(known, key=lambda entry: entry.report.overall.n)
    values = most.report.overall.baselines
    shared = all(entry.report.overall.baselines == values for entry in entries)
    return Trivial(values=values, of=most, shared=shared)


def overview(paths: Sequence[Path], seed: int = 0, apart: Sequence[Path] = ()) -> Overview:
    """Read all runs in the given folders, and compare them.

    Parameters
    ----------
    paths
        Folders of runs, or folders that contain such folders at any depth.
    seed
        Random seed of resampling.
    apart
        Folders of episodes, which another report describes. A folder in `paths` that contains only these folders gives
        no entry.

    Raises
    ------
    DatasetError
        If a folder does not exist, or if it contains no run.
    """
    others = {folder.resolve() for folder in apart}
    entries: dict[Path, Entry] = {}
    notes: list[str] = []
    trivial, baseline_rows = TrivialResults(), BaselineRows()
    for path in paths:
        found, left_out, contexts = _below(path, seed, trivial, baseline_rows, others)
        if not found and not any(one.is_relative_to(path.resolve()) for one in others):
            why = "; ".join([*left_out, *contexts][:3]) or "no results"
            raise DatasetError(f"expected runs in {path} or its subfolders, got no run with answers: {why}")
        entries.update((entry.run.folder.resolve(), entry) for entry in found)
        notes += [note for note in left_out if note not in notes]
    ordered = sorted(entries.values(), key=place_of)
    gains, more = gains_of(ordered, seed)
    with_gains = [replace(entry, gain=gain) for entry, gain in zip(ordered, gains, strict=True)]
    notes += [f"{entry.run.folder}: left out {problem}" for entry in ordered for problem in entry.run.unreadable]
    notes += [f"{entry.run.folder}: {told}" for entry in ordered for told in entry.run.notes]
    return Overview(entries=tuple(with_gains), notes=(*notes, *more, *_cautions(with_gains)), seed=seed)


def entry_of(run: StoredRun, seed: int = 0, baseline_rows: BaselineRows | None = None) -> Entry:
    """Make the report of a run, and remove the data that only this report needs.

    Parameters
    ----------
    run
        Stored run to report.
    seed
        Random seed of resampling.
    baseline_rows
        Cache of metric rows of baselines.
    """
    return Entry(
        run=slimmed(run),
        report=make_report(run.benchmark, run.outcomes, seed, run.baselines, run.labels_inferred, baseline_rows),
        headline=run.benchmark.headline(run.outcomes),
    )


def _below(
    path: Path, seed: int, trivial: TrivialResults, baseline_rows: BaselineRows, others: Set[Path]
) -> tuple[list[Entry], list[str], list[str]]:
    """Return the runs in a folder and its subfolders, notes on skipped folders, and notes on folders of contexts."""
    found: list[Entry] = []
    left_out: list[str] = []
    contexts: list[str] = []
    for folder in run_folders(path):
        if others & {folder.resolve(), *folder.resolve().parents}:
            continue
        try:
            found.append(entry_of(read_stored_run(folder, trivial), seed, baseline_rows))
        except UnreportedFolderError as error:
            contexts.append(str(error))
        except DatasetError as error:
            if {file.name for file in folder.glob("*.json")} - FILES:
                left_out.append(f"left out: {error}")
    return found, left_out, contexts


def _cautions(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield notes that explain the columns and the limits of the values."""
    yield from dict.fromkeys(f"{title_of(entry)}: {entry.report.caution}" for entry in entries if entry.report.caution)
    if any(entry.report.read_differently is not None for entry in entries):
        yield (
            "lenient: accuracy with the scorer lenient; read differently: number of replies that the scorers official "
            "and lenient read differently"
        )
    if any(entry.report.overall.uncertain for entry in entries):
        yield (
            "uncertain: number of answers that the symbolic model had to guess; accuracy of certain: accuracy without "
            "these answers"
        )
    stopped = [entry for entry in entries if entry.run.not_asked]
    for entry in stopped:
        yield (
            f"{entry.run.folder}: {entry.run.not_asked} of {entry.run.questions} questions were not asked; the "
            "accuracy does not include these questions"
        )
    for entry in entries:
        if entry.report.overall.note:
            yield f"{entry.run.folder}: {entry.report.overall.label}: {entry.report.overall.note}"
    yield from _about_baselines(entries)
    if any(entry.usage is not None for entry in entries):
        yield "calls/q: model calls per asked question; tokens/q: tokens per asked question; US$: cost of the whole run"
    yield from _about_shared_contexts(entries)
    compared = [entry for entry in entries if entry.gain is not None]
    yield from _about_gains(compared)


def _about_shared_contexts(entries: Sequence[Entry]) -> Iterator[str]:
    """Say which runs include the cost of contexts that other runs paid for."""
    with_contexts = [entry for entry in entries if entry.run.context_model and entry.usage and entry.usage.requests]
    if any(entry.run.shared_contexts.requests for entry in with_contexts):
        yield (
            "calls/q, tokens/q and US$ of a run include the contexts that the run uses. Contexts that several runs use "
            "are paid once, so all runs together cost less than the sum of the rows"
        )
    for entry in with_contexts:
        if "shared_contexts" not in entry.run.manifest:
            yield f"{entry.run.folder}: calls/q, tokens/q and US$ do not include contexts that another run made"


def _about_baselines(entries: Sequence[Entry]) -> Iterator[str]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(title_of(entry), []).append(entry)
    for title, group in groups.items():
        trivial = trivial_of(group)
        if trivial is not None and not trivial.shared:
            n, scorer = trivial.of.report.overall.n, trivial.of.run.scorer
            yield (
                f"{title}: trivial baselines are scored on {n} units with the scorer {scorer}; report.json has the "
                "baselines of each run"
            )


def _about_gains(compared: Sequence[Entry]) -> Iterator[str]:
    if compared:
        yield (
            f"gain: accuracy of the run minus accuracy of the run in mode {REFERENCE_MODE} with the same model, data "
            "set and scorer"
        )
    yield from about_tests([None if entry.gain is None else entry.gain.difference.test for entry in compared])
    for entry in compared:
        pairs = entry.gain.difference.pairs if entry.gain is not None else None
        if pairs is not None and (lost := len(pairs.left_out_a) + len(pairs.left_out_b)):
            yield f"{entry.run.folder}: the gain does not include {lost} questions that only one of the two runs has"
        if pairs is not None and (wrong := len(pairs.wrong_a) + len(pairs.wrong_b)):
            yield f"{entry.run.folder}: the gain counts {wrong} questions as wrong that one of the runs did not reach"
