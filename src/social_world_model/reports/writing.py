"""Write an overview as Markdown, csv and JSON files. The JSON file contains all tables of all runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError, did_you_mean
from social_world_model.files import write_whole
from social_world_model.reports.columns import Column, as_csv, as_markdown, records, shown
from social_world_model.reports.comparing import Comparison, Difference
from social_world_model.reports.figures import accuracy
from social_world_model.reports.overviews import Entry, Overview, trivial_of
from social_world_model.reports.plots import write_plots
from social_world_model.reports.published import Published
from social_world_model.reports.statistics import Interval
from social_world_model.reports.tables import COMPARISON, OVERVIEW, REPORT, SECTION, row_data

FORMATS = ("md", "csv", "json", "png")


def formats_of(text: str) -> tuple[str, ...]:
    """Read a comma-separated list of file formats. The result is in the order of `FORMATS`.

    Raises
    ------
    ConfigurationError
        If a format is unknown, or if the list is empty.
    """
    named = [name.strip().casefold() for name in text.split(",") if name.strip()]
    if unknown := [name for name in named if name not in FORMATS] or ([] if named else ["none"]):
        raise ConfigurationError(
            f"expected formats to be one or more of {','.join(FORMATS)}; got {text or 'none'}"
            f"{did_you_mean(unknown[0], FORMATS)}",
            parameters=("formats",),
        )
    return tuple(name for name in FORMATS if name in named)


def folder_for(overview: Overview, paths: Sequence[Path], out: Path | None) -> Path:
    """Return the folder for the files of an overview. This folder is never inside the folder of a run.

    Parameters
    ----------
    overview
        Overview of the runs.
    paths
        Folders from which the overview was made. If there is one folder, the default is its subfolder ``report``. If
        this one folder is the folder of a run, the default is a folder ``report`` next to it. If there are several
        folders, the default is ``report`` in the working directory.
    out
        Folder that the user gave. None means the default folder.

    Raises
    ------
    ConfigurationError
        If `out` is the folder of a run, or if `out` is inside the folder of a run.
    """
    runs = {entry.run.folder.resolve() for entry in overview.entries}
    place = Path.cwd() if len(paths) > 1 else paths[0].resolve()
    while out is None and runs & {place, *place.parents}:
        place = place.parent
    folder = place / "report" if out is None else out
    if inside := runs & {folder.resolve(), *folder.resolve().parents}:
        raise ConfigurationError(
            f"expected the folder of reports (out) to be outside the folders of runs, got {folder}, "
            f"which is in {inside.pop()}",
            parameters=("out",),
        )
    return folder


def write_report(
    overview: Overview, published: Sequence[Published], folder: Path, formats: Sequence[str] = FORMATS
) -> tuple[list[Path], list[str]]:
    """Write an overview as files.

    Parameters
    ----------
    overview
        The overview to write.
    published
        Published results to list below the table.
    folder
        Folder for the files. If the folder does not exist, it is created. Files of an earlier report are replaced.
    formats
        File formats to write. Each format must be in `FORMATS`.

    Returns
    -------
    list of Path, list of str
        Paths of the written files, and a message for each file that was not written.

    Raises
    ------
    ConfigurationError
        If a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"expected a folder that can be written, got {folder}: {error.strerror or error}"
        ) from None
    texts: dict[str, Callable[[], str]] = {
        "md": lambda: "\n".join(_markdown(overview, published)) + "\n",
        "csv": lambda: as_csv(OVERVIEW, overview.entries),
        "json": lambda: _json(overview, published),
    }
    written = []
    for name in (name for name in texts if name in formats):
        written.append(folder / f"report.{name}")
        write_whole(written[-1], texts[name]())
    if "png" not in formats:
        return written, []
    plotted, missing = write_plots(overview, folder)
    return [*written, *plotted], missing


def write_comparison(comparison: Comparison, seed: int, path: Path) -> None:
    """Write a comparison as JSON, with the ids of all items that only one run answers correctly.

    Parameters
    ----------
    comparison
        The comparison to write.
    seed
        Random seed of the bootstrap. The file contains this seed.
    path
        JSON file to write. An existing file is replaced.
    """
    write_whole(path, json.dumps(comparison_data(comparison, seed), ensure_ascii=False, indent=1))


def _json(overview: Overview, published: Sequence[Published]) -> str:
    """Return a JSON text with the manifest, all report rows and the gain of each run."""
    data = {
        "version": version("social-world-model"),
        "seed": overview.seed,
        "runs": [_whole(entry) for entry in overview.entries],
        "notes": list(overview.notes),
        "published": [asdict(one) for one in published],
    }
    return json.dumps(data, ensure_ascii=False, indent=1, default=str)


def comparison_data(comparison: Comparison, seed: int) -> dict[str, Any]:
    """Return a comparison as data for JSON, with the ids of all items that only one run answers correctly.

    Parameters
    ----------
    comparison
        Comparison to convert.
    seed
        Random seed of the bootstrap. The data contain this seed.
    """
    return {
        "version": version("social-world-model"),
        "seed": seed,
        "a": str(comparison.a.folder),
        "b": str(comparison.b.folder),
        "benchmark": comparison.a.benchmark.name,
        "dataset": comparison.a.dataset,
        "data_sha256": comparison.a.data_sha256,
        "scorer": comparison.a.scorer,
        "headline": difference_data(comparison.headline),
        "lines": records(COMPARISON, comparison.rows),
    }


def difference_data(found: Difference) -> dict[str, Any]:
    """Return a difference as data for JSON."""
    return {
        "n": len(found.pairs.pairs),
        "a": row_data(found.a),
        "b": row_data(found.b),
        "b_less_a": found.value,
        "interval": _ends(found.interval),
        "only_a_right": list(found.only_a),
        "only_b_right": list(found.only_b),
        "p_mcnemar": found.p,
        "no_test_because": found.why or None,
        "not_asked_in_a_counted_as_wrong": list(found.pairs.wrong_a),
        "not_asked_in_b_counted_as_wrong": list(found.pairs.wrong_b),
        "left_out_only_in_a": list(found.pairs.left_out_a),
        "left_out_only_in_b": list(found.pairs.left_out_b),
    }


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def _markdown(overview: Overview, published: Sequence[Published]) -> Iterator[str]:
    yield "# Runs"
    yield ""
    columns = [SECTION, *shown(OVERVIEW, overview.entries)]
    yield from as_markdown(columns, _cells(columns, overview))
    yield ""
    yield from _listed(overview.notes)
    yield "- accuracy: failures count as wrong answers; questions that were not asked are not included"
    yield f"- confidence intervals: bootstrap with seed {overview.seed}; report.json has all rows of all runs"
    if published:
        yield from ("", "## Published results", "")
        for one in published:
            yield f"- {one.run}: {one.says}"
            if one.differs is not None:
                yield f"  - differs in: {one.differs}"
    yield ""
    yield "## Folders"
    yield ""
    yield from _listed([str(entry.run.folder) for entry in overview.entries])


def _cells(columns: Sequence[Column[Entry]], overview: Overview) -> Iterator[list[str]]:
    """Yield the cells of each row. In each data set, the trivial baselines come before the runs."""
    for title, entries in overview.sections:
        trivial = trivial_of(entries)
        for name, figure in () if trivial is None else trivial.values.items():
            cells = {"section": title, "mode": "trivial baseline", "model": name, "value": accuracy(figure)}
            yield [cells.get(column.key, "") for column in columns]
        for entry in entries:
            yield [column.cell(entry) for column in columns]


def _listed(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"- {line}" for line in lines)


def _whole(entry: Entry) -> dict[str, Any]:
    """Return the overview row, manifest, usage, report and gain of a run."""
    manifest = {
        name: value for name, value in entry.run.manifest.items() if name not in ("prompts", "usage", "shared_contexts")
    }
    return {
        **records(OVERVIEW, [entry])[0],
        "manifest": manifest,
        "counts": dict(entry.run.counts),
        "usage": {role: asdict(usage) for role, usage in entry.run.usage.items()},
        "shared_contexts": asdict(entry.run.shared_contexts),
        "overall": row_data(entry.report.overall),
        "tables": [
            {"title": table.title, "lines": records(REPORT, table.rows), "notes": list(table.notes)}
            for table in entry.report.tables
        ],
        "gain_in_full": None
        if entry.gain is None
        else {**difference_data(entry.gain.difference), "over": str(entry.gain.over), "p_holm": entry.gain.adjusted},
    }
