"""An overview as files: Markdown and csv to read and to paste, JSON with every line of every table of every run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError
from social_world_model.experiments.baselines import BASELINES
from social_world_model.files import write_whole
from social_world_model.reports.columns import columns_of, share
from social_world_model.reports.comparing import Comparison, Difference
from social_world_model.reports.overviews import Entry, Overview, trivial_of
from social_world_model.reports.plots import write_plots
from social_world_model.reports.published import Published
from social_world_model.reports.report import ReportRow
from social_world_model.reports.statistics import Interval

FORMATS = ("md", "csv", "json", "png")


def formats_of(text: str) -> tuple[str, ...]:
    """Read which files are wanted.

    Raises
    ------
    ConfigurationError
        If one of them is unknown, or none is named.
    """
    named = [name.strip().casefold() for name in text.split(",") if name.strip()]
    if not named or set(named) - set(FORMATS):
        raise ConfigurationError(
            f"expected formats to be any of {','.join(FORMATS)}; got {text or 'none'}", parameters=("formats",)
        )
    return tuple(name for name in FORMATS if name in named)


def folder_for(overview: Overview, paths: Sequence[Path], out: Path | None) -> Path:
    """Return where the files of an overview go: nowhere among the records of a run.

    Parameters
    ----------
    paths
        Where the runs were looked for: with only one, ``report`` in it, or beside it if it is itself a run.
    out
        What the user wants.

    Raises
    ------
    ConfigurationError
        If that is the folder of a run, or inside one.
    """
    runs = {entry.run.folder.resolve() for entry in overview.entries}
    place = Path.cwd() if len(paths) > 1 else paths[0].resolve()
    while out is None and runs & {place, *place.parents}:
        place = place.parent
    folder = place / "report" if out is None else out
    if inside := runs & {folder.resolve(), *folder.resolve().parents}:
        raise ConfigurationError(
            f"expected out to be outside the folders of runs, got {folder}, in {inside.pop()}", parameters=("out",)
        )
    return folder


def write_report(
    overview: Overview, published: Sequence[Published], folder: Path, formats: Sequence[str] = FORMATS
) -> tuple[list[Path], list[str]]:
    """Write an overview as files.

    Parameters
    ----------
    published
        To be told beside it.
    folder
        It is made where there is none; files of an earlier report are replaced.
    formats
        Out of `FORMATS`.

    Returns
    -------
    list of Path, list of str
        What was written; and what was not, with why.

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
        "csv": lambda: _csv(overview),
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
    """Write a comparison as JSON, with everything that flipped."""
    write_whole(path, json.dumps(comparison_data(comparison, seed), ensure_ascii=False, indent=1))


def _csv(overview: Overview) -> str:
    """Return a row per run, with unrounded figures; what is not known is empty."""
    rows = [_flat(entry) for entry in overview.entries]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _json(overview: Overview, published: Sequence[Published]) -> str:
    """Return everything: each run's manifest, every line of its report, its gain with what flipped."""
    data = {
        "version": version("social-world-model"),
        "seed": overview.seed,
        "runs": [_whole(entry) for entry in overview.entries],
        "notes": list(overview.notes),
        "published": [asdict(one) for one in published],
    }
    return json.dumps(data, ensure_ascii=False, indent=1, default=str)


def comparison_data(comparison: Comparison, seed: int) -> dict[str, Any]:
    """Return a comparison as JSON holds it, with everything that flipped."""
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
        "lines": [
            {
                "table": line.title,
                "label": line.label,
                "a": None if line.a is None else line_data(line.a),
                "b": None if line.b is None else line_data(line.b),
                "difference": line.difference,
                "interval": _ends(line.interval),
            }
            for line in comparison.rows
        ],
    }


def difference_data(found: Difference) -> dict[str, Any]:
    """Return a difference as JSON holds it."""
    return {
        "n": len(found.pairs.pairs),
        "a": line_data(found.a),
        "b": line_data(found.b),
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


def line_data(line: ReportRow) -> dict[str, Any]:
    """Return a line of a report as JSON holds it."""
    data = {**asdict(line), "interval": _ends(line.interval)}
    return data if line.baselines else {name: value for name, value in data.items() if name != "baselines"}


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def _markdown(overview: Overview, published: Sequence[Published]) -> Iterator[str]:
    yield "# Runs"
    yield ""
    columns = columns_of(overview.entries)
    yield _row(["benchmark and data set", *(column.title for column in columns)])
    yield _row(["---", *("---:" if column.number else "---" for column in columns)])
    for title, entries in overview.sections:
        trivial = trivial_of(entries)
        for name, figure in () if trivial is None else trivial.values.items():
            cells = {"mode": "trivial baseline", "model": name, "value": share(figure)}
            yield _row([title, *(cells.get(column.title, "") for column in columns)])
        for entry in entries:
            yield _row([title, *(column.cell(entry) for column in columns)])
    yield ""
    yield from _listed(overview.notes)
    yield "- value: failures counted as wrong; questions that were not asked are not in it"
    yield f"- figures are of seed {overview.seed}; report.json has every line of every run"
    if published:
        yield from ("", "## Published figures", "")
        for one in published:
            yield f"- {one.run}: {one.says}"
            if one.differs is not None:
                yield f"  - differs in: {one.differs}"
    yield ""
    yield "## Where"
    yield ""
    yield from _listed([str(entry.run.folder) for entry in overview.entries])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _listed(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"- {line}" for line in lines)


def _flat(entry: Entry) -> dict[str, Any]:
    """Return a run as one row."""
    run, line, gain = entry.run, entry.report.overall, entry.gain
    found = None if gain is None else gain.difference
    return {
        "benchmark": run.benchmark.name,
        "dataset": run.dataset,
        "data_sha256": run.data_sha256,
        "mode": run.mode,
        "model": run.model,
        "context_model": run.context_model,
        "scorer": run.scorer,
        "protocol": entry.protocol,
        "headline": line.label,
        "n": line.n,
        "value": line.value,
        "low": None if line.interval is None else line.interval.low,
        "high": None if line.interval is None else line.interval.high,
        "failed": line.failed,
        "value_answered": line.value_answered,
        "not_asked": run.not_asked,
        "caution": entry.report.caution or None,
        **{f"trivial: {baseline.name}": line.baselines.get(baseline.name) for baseline in BASELINES},
        "calls_per_question": entry.calls_per_question,
        "tokens_per_question": entry.tokens_per_question,
        "dollars": entry.dollars,
        "gain": None if found is None else found.value,
        "gain_low": None if found is None or found.interval is None else found.interval.low,
        "gain_high": None if found is None or found.interval is None else found.interval.high,
        "only_vanilla_right": None if found is None or found.why else len(found.only_a),
        "only_this_right": None if found is None or found.why else len(found.only_b),
        "p_mcnemar": None if found is None else found.p,
        "p_holm": None if gain is None else gain.adjusted,
        "gain_over": None if gain is None else str(gain.over),
        "folder": str(run.folder),
    }


def _whole(entry: Entry) -> dict[str, Any]:
    """Return all that is known of a run."""
    manifest = {name: value for name, value in entry.run.manifest.items() if name not in ("prompts", "usage")}
    return {
        **_flat(entry),
        "manifest": manifest,
        "counts": dict(entry.run.counts),
        "usage": {role: asdict(usage) for role, usage in entry.run.usage.items()},
        "overall": line_data(entry.report.overall),
        "tables": [
            {"title": table.title, "lines": [line_data(line) for line in table.rows], "notes": list(table.notes)}
            for table in entry.report.tables
        ],
        "gain_in_full": None
        if entry.gain is None
        else {**difference_data(entry.gain.difference), "over": str(entry.gain.over), "p_holm": entry.gain.adjusted},
    }
