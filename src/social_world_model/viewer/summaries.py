"""Summaries of runs: entries, headlines, gains, tables and comparisons, in the form of the pages.

Results that need the item results of a run are cached, in memory and in the cache folder of the user. A cached result
is used as long as the files of its runs do not change.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from social_world_model.errors import DatasetError
from social_world_model.experiments.baselines import TrivialResults
from social_world_model.experiments.stored import protocol_of, read_stored_run, scorer_of
from social_world_model.reports.comparing import RowDifference, compare
from social_world_model.reports.gains import REFERENCE_MODE, Headlined, gains_of, place_of
from social_world_model.reports.report import ReportRow, caution_of, counted, make_report
from social_world_model.reports.statistics import Interval
from social_world_model.runs.keys import content_key
from social_world_model.runs.reading import StoredResults
from social_world_model.viewer.cache import CacheFile
from social_world_model.viewer.folders import Snapshot, scanned
from social_world_model.viewer.index import FAILED
from social_world_model.viewer.secrets import public_fields, without_secrets

ACTIVE_SECONDS = 60.0
"""A run without an end is under way if its files changed in this time. Runs write ``run.json`` every ten seconds."""
SO_FAR = "so far: the run is under way"


def run_entry(folder: Path, id: str, *, snapshot: Snapshot | None = None) -> dict[str, Any]:
    """Return the entry of a run in the list of runs. No result is read.

    Parameters
    ----------
    folder
        Folder of the run.
    id
        Id of the run.
    snapshot
        Files of the folder, if they are known. None means that the folder is scanned.

    Raises
    ------
    DatasetError
        If the folder cannot be read, or if a newer version of this package wrote ``run.json``.
    """
    found = snapshot or scanned(folder)
    stored = StoredResults(folder)
    manifest, settings = stored.manifest, stored.manifest.get("settings") or {}
    counts: Mapping[str, int] = manifest.get("counts") or {}
    state = _state(manifest, found)
    done = len(found.files)
    named = {name: str(manifest.get(name) or "") for name in ("dataset", "model", "context_model")}
    return {
        "id": id,
        "name": without_secrets(folder.name),
        "benchmark": stored.benchmark_name or "",
        "mode": str(manifest.get("mode") or folder.name),
        **{name: without_secrets(value) for name, value in named.items()},
        "context_model": without_secrets(named["context_model"]) or None,
        "scorer": scorer_of(manifest),
        "protocol": protocol_of(manifest),
        "state": state,
        "done": done,
        "of": max(done, settings.get("questions") or 0),
        "failed": sum(counts.get(status, 0) for status in FAILED),
        "stamp": found.stamp,
    }


def _state(manifest: Mapping[str, Any], snapshot: Snapshot) -> str:
    if not manifest.get("started") or (manifest.get("ended") and not manifest.get("stopped")):
        return "done"
    if manifest.get("ended") or time.time() - snapshot.latest > ACTIVE_SECONDS:
        return "stopped"
    return "running"


def run_summary(folder: Path, id: str, *, cache: bool = True) -> dict[str, Any]:
    """Return the summary of a run: its entry, its headline, its cost and its settings.

    Parameters
    ----------
    folder
        Folder of the run.
    id
        Id of the run.
    cache
        Whether to use the cache folder of the user.

    Raises
    ------
    DatasetError
        If the folder cannot be read, or if a newer version of this package wrote ``run.json``.
    """
    snapshot = scanned(folder)
    entry = run_entry(folder, id, snapshot=snapshot)
    running = entry["state"] == "running"
    kept = None if running else snapshot.stamp
    summary = _cached("summary", {folder: snapshot.stamp}, lambda: _summary(folder, kept), cache)
    if running:
        summary = {**summary, "headline": {**summary["headline"], "low": None, "high": None, "note": SO_FAR}}
    return {**entry, **summary}


def _summary(folder: Path, stamp: str | None) -> dict[str, Any]:
    """Return the summary of a run. Without a stamp, the run is under way, and its results do not stay in memory."""
    stored = StoredResults(folder)
    try:
        entry, caution = _read_headline(folder) if stamp is None else _headlined(folder, stamp)
    except DatasetError as error:
        nothing = {"label": "all", "n": 0, "failed": 0, "note": without_secrets(str(error))}
        unknown: dict[str, Any] = {
            "caution": "",
            "notes": [without_secrets(str(one)) for one in stored.unreadable],
            "tokens_per_question": None,
            "dollars_per_question": None,
        }
        return {"headline": {**_estimate(None, None), **nothing}, **unknown, "manifest": public_fields(stored.manifest)}
    row, asked = counted(entry.headline), len(entry.run.outcomes)
    return {
        "failed": sum(outcome.status in FAILED for outcome in entry.run.outcomes),
        "headline": _row(row),
        "caution": caution,
        "notes": [without_secrets(note) for note in (*entry.run.notes, *entry.run.unreadable)],
        "tokens_per_question": entry.tokens_per_question,
        "dollars_per_question": None if entry.dollars is None else entry.dollars / asked,
        "manifest": public_fields(stored.manifest),
    }


def gains(folders: Mapping[str, Path], *, cache: bool = True) -> dict[str, dict[str, Any]]:
    """Return the gains of runs over the reference mode, by id of the run. Runs without a reference are left out.

    The p values are adjusted by Holm's method over all these runs.

    Parameters
    ----------
    folders
        Folders of runs by id.
    cache
        Whether to use the cache folder of the user.
    """
    stamps = {id: _stamp_of(folder) for id, folder in folders.items()}
    compared = _with_reference({id: folder for id, folder in folders.items() if stamps[id]})
    if not compared:
        return {}
    named = {folder: stamps[id] for id, folder in compared.items()}
    by_folder: dict[str, Any] = _cached("gains", named, lambda: _gains(named), cache)
    ids = {str(folder): id for id, folder in compared.items()}
    return {ids[folder]: {**gain, "over": ids[gain["over"]]} for folder, gain in by_folder.items()}


def _gains(stamps: Mapping[Path, str]) -> dict[str, dict[str, Any]]:
    entries: list[Headlined] = []
    for folder, stamp in stamps.items():
        try:
            entries.append(_headlined(folder, stamp)[0])
        except DatasetError:  # the summary of the run contains the reason
            continue
    entries.sort(key=place_of)
    return {
        str(entry.run.folder): {
            "over": str(gain.over),
            "p": gain.adjusted,
            **_estimate(gain.difference.value, gain.difference.interval),
        }
        for entry, gain in zip(entries, gains_of(entries)[0], strict=True)
        if gain is not None
    }


def _with_reference(folders: Mapping[str, Path]) -> dict[str, Path]:
    """Return the runs that share data, model and scorer with a run in another mode. Only manifests are read."""
    groups: dict[tuple[str, ...], dict[str, str]] = {}
    for id, folder in folders.items():
        stored = StoredResults(folder)
        names = ("dataset", "data_sha256", "model")
        key = (stored.benchmark_name or "", *(str(stored.manifest.get(name)) for name in names))
        groups.setdefault((*key, scorer_of(stored.manifest)), {})[id] = str(stored.manifest.get("mode"))
    kept = [group for group in groups.values() if REFERENCE_MODE in group.values() and len({*group.values()}) > 1]
    return {id: folders[id] for group in kept for id in group}


def tables(folder: Path, *, cache: bool = True) -> dict[str, Any]:
    """Return the tables of a run with the scores of the trivial baselines.

    Parameters
    ----------
    folder
        Folder of the run.
    cache
        Whether to use the cache folder of the user.

    Raises
    ------
    DatasetError
        If the folder contains no answers.
    """
    found: dict[str, Any] = _cached("tables", {folder: scanned(folder).stamp}, lambda: _tables(folder), cache)
    return found


def _tables(folder: Path) -> dict[str, Any]:
    run = read_stored_run(folder, TrivialResults())
    report = make_report(run.benchmark, run.outcomes, 0, run.baselines, run.labels_inferred)
    best = report.overall.best_baseline
    return {
        "baseline": None if best is None else {"name": best[0], "value": best[1]},
        "tables": [
            {
                "title": table.title,
                "rows": [{**_row(row), "baselines": dict(row.baselines)} for row in table.rows],
                "notes": list(table.notes),
            }
            for table in report.tables
        ],
    }


def comparison(a: Path, b: Path, *, cache: bool = True) -> dict[str, Any]:
    """Return the comparison of two runs.

    Parameters
    ----------
    a, b
        Folders of the runs.
    cache
        Whether to use the cache folder of the user.

    Raises
    ------
    ConfigurationError
        If the runs differ in benchmark, data or scorer.
    DatasetError
        If a run contains no answers, or if the questions of the runs cannot be paired.
    """
    stamps = {a: scanned(a).stamp, b: scanned(b).stamp}
    found: dict[str, Any] = _cached("comparison", stamps, lambda: _comparison(a, b), cache)
    return found


def _comparison(a: Path, b: Path) -> dict[str, Any]:
    found = compare(read_stored_run(a), read_stored_run(b))
    headline = found.headline
    return {
        "difference": _estimate(headline.value, headline.interval),
        "p": headline.p,
        "test": headline.why if headline.test is None else headline.test.over,
        "a": _estimate(headline.a.value, headline.a.interval),
        "b": _estimate(headline.b.value, headline.b.interval),
        "label": headline.a.label,
        "n": len(headline.pairs.pairs),
        "only_a": len(headline.only_a),
        "only_b": len(headline.only_b),
        "rows": [_compared(row) for row in found.rows],
    }


def _compared(row: RowDifference) -> dict[str, Any]:
    return {
        "title": row.title,
        "label": row.label,
        "a": row.a and row.a.value,
        "b": row.b and row.b.value,
        "difference": _estimate(row.difference, row.interval),
        "p": row.adjusted,
    }


def _row(row: ReportRow) -> dict[str, Any]:
    told = {"label": row.label, "n": row.n, "failed": row.failed, "note": row.note}
    return {**_estimate(row.value, row.interval), **told}


def _estimate(value: float | None, interval: Interval | None) -> dict[str, float | None]:
    low, high = interval or (None, None)
    return {"value": value, "low": low, "high": high}


def _stamp_of(folder: Path) -> str:
    """Return the stamp of a folder; empty if the folder cannot be read."""
    try:
        StoredResults(folder)
        return scanned(folder).stamp
    except DatasetError:
        return ""


@lru_cache(maxsize=64)
def _headlined(folder: Path, stamp: str) -> tuple[Headlined, str]:
    """Return a run with its headline, and the caution of its report. The stamp changes when the run changes."""
    return _read_headline(folder)


def _read_headline(folder: Path) -> tuple[Headlined, str]:
    run = read_stored_run(folder)
    return Headlined.of(run), caution_of(run.outcomes, run.labels_inferred)


_memory: dict[tuple[str, ...], tuple[str, Any]] = {}


def _cached(kind: str, stamps: Mapping[Path, str], made: Callable[[], Any], cache: bool) -> Any:
    """Return the data about folders from memory or from the cache folder; otherwise make and keep the data."""
    key, place = content_key(stamps=list(stamps.values())), (kind, *map(str, stamps))
    if place in _memory and _memory[place][0] == key:
        return _memory[place][1]
    file = CacheFile(kind, *stamps)
    data = file.read(key) if cache else None
    if data is None:
        data = made()
        if cache:
            file.write(key, data)
    _memory[place] = (key, data)
    return data
