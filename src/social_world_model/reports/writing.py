"""Write an overview as files: Markdown, HTML, LaTeX, csv, JSON and plots. The JSON file contains all data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError, did_you_mean
from social_world_model.files import write_whole
from social_world_model.reports.columns import as_csv, records
from social_world_model.reports.comparing import Comparison, Difference
from social_world_model.reports.overviews import Entry, Overview
from social_world_model.reports.plots import PICTURES, PLOTS, drawn, write_plots
from social_world_model.reports.publication import document
from social_world_model.reports.published import Published
from social_world_model.reports.renderers import as_html, as_latex, as_markdown
from social_world_model.reports.sign_flip import MCNEMAR
from social_world_model.reports.statistics import Interval
from social_world_model.reports.tables import COMPARISON, DETAILS, OVERVIEW, REPORT, details_of, row_data

FORMATS = ("md", "csv", "json", "html", "latex", *PICTURES)
"""File formats of reports. The last formats are formats of plots."""
DEFAULT_FORMATS = ("md", "csv", "json", "png")
LONG_NAMES: Mapping[str, str] = {"markdown": "md", "tex": "latex"}
"""Further names of formats."""


def formats_of(text: str) -> tuple[str, ...]:
    """Read a comma-separated list of file formats. The result is in the order of `FORMATS`.

    >>> formats_of("latex,markdown")
    ('md', 'latex')

    Raises
    ------
    ConfigurationError
        If a format is unknown, or if the list is empty.
    """
    named = [name.strip().casefold() for name in text.split(",") if name.strip()]
    named = [LONG_NAMES.get(name, name) for name in named]
    if unknown := [name for name in named if name not in FORMATS] or ([] if named else ["none"]):
        raise ConfigurationError(
            f"expected formats to be one or more of {','.join(FORMATS)}; got {text or 'none'}"
            f"{did_you_mean(unknown[0], FORMATS)}",
            parameters=("formats",),
        )
    return tuple(name for name in FORMATS if name in named)


def folder_for(folders: Iterable[Path], paths: Sequence[Path], out: Path | None) -> Path:
    """Return the folder for the files of a report. This folder is never inside the folder of a run.

    Parameters
    ----------
    folders
        Folders of the runs.
    paths
        Folders from which the report was made. If there is one folder, the default is its subfolder ``report``. If
        this one folder is the folder of a run, the default is a folder ``report`` next to it. If there are several
        folders, the default is ``report`` in the working directory.
    out
        Folder that the user gave. None means the default folder.

    Raises
    ------
    ConfigurationError
        If `out` is the folder of a run, or if `out` is inside the folder of a run.
    """
    runs = {folder.resolve() for folder in folders}
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
    overview: Overview, published: Sequence[Published], folder: Path, formats: Sequence[str] = DEFAULT_FORMATS
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
    made_folder(folder)
    plotted, missing = write_plots(overview, folder, [name for name in formats if name in PICTURES])
    written = []
    for name, text in _texts(overview, published, formats):
        written.append(folder / name)
        write_whole(written[-1], text)
    return [*written, *plotted], missing


def made_folder(folder: Path) -> None:
    """Make the folder of a report, unless it exists.

    Parameters
    ----------
    folder
        The folder.

    Raises
    ------
    ConfigurationError
        If the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"expected a folder that can be written, got {folder}: {error.strerror or error}"
        ) from None


def _texts(overview: Overview, published: Sequence[Published], formats: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file that is not a plot."""
    if "md" in formats:
        yield "report.md", as_markdown(document(overview, published))
    if "csv" in formats:
        yield "report.csv", as_csv(OVERVIEW, overview.entries)
        yield "rows.csv", as_csv(DETAILS, details_of(overview.entries))
    if "json" in formats:
        yield "report.json", _json(overview, published)
    if "html" in formats:
        yield "report.html", as_html(document(overview, published), drawn(overview))
    if "latex" in formats:
        pictures = {PLOTS[name]: f"{name}.pdf" for name in PLOTS} if "pdf" in formats else {}
        yield "report.tex", as_latex(document(overview, published), pictures)


def write_comparison(comparison: Comparison, seed: int, path: Path) -> None:
    """Write a comparison as JSON, with the ids of all items that only one run answers correctly.

    Parameters
    ----------
    comparison
        The comparison to write.
    seed
        Random seed of resampling. The file contains this seed.
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
        "published": [_published(one) for one in published],
    }
    return json.dumps(data, ensure_ascii=False, indent=1, default=str)


def _published(one: Published) -> dict[str, Any]:
    """Return a run and its published results as data for JSON."""
    return {"run": one.run, "says": one.says, "differs": one.differs, **asdict(one)}


def comparison_data(comparison: Comparison, seed: int) -> dict[str, Any]:
    """Return a comparison as data for JSON, with the ids of all items that only one run answers correctly.

    Parameters
    ----------
    comparison
        Comparison to convert.
    seed
        Random seed of resampling. The data contain this seed.
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
        "test": None if found.test is None else asdict(found.test),
        "p_mcnemar": found.p if found.test is not None and found.test.name == MCNEMAR else None,
        "smallest_difference": found.smallest,
        "no_test_because": found.why or None,
        "not_asked_in_a_counted_as_wrong": list(found.pairs.wrong_a),
        "not_asked_in_b_counted_as_wrong": list(found.pairs.wrong_b),
        "left_out_only_in_a": list(found.pairs.left_out_a),
        "left_out_only_in_b": list(found.pairs.left_out_b),
    }


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


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
