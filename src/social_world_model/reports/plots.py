"""Plots of an overview: accuracy by mode and model, gain over vanilla, and accuracy against cost.

The plots need the extra ``plots``. The packages of this extra are imported when a plot is drawn. Trivial baselines are
drawn in grey. Markers that would hide each other are drawn side by side.
"""

from __future__ import annotations

import io
import math
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from social_world_model.errors import ConfigurationError
from social_world_model.modes import mode_names
from social_world_model.reports.escaping import one_line
from social_world_model.reports.figures import short_name
from social_world_model.reports.overviews import Entry, Overview, Trivial, trivial_of
from social_world_model.reports.statistics import Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PICTURES = ("png", "svg", "pdf")
"""File formats of plots."""
PLOTS: Mapping[str, str] = {
    "accuracy": "Accuracy by model and mode",
    "gain": "Gain over the mode vanilla",
    "cost": "Accuracy and tokens per question",
}
"""Titles of the plots, by the names of their files."""
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F", "#000000")
"""The palette of Okabe and Ito, which is safe for colour-blind readers. Yellow is missing: it is too pale on white."""
MARKERS = "osD^vPX*<>hp"
INK, FAINT, BASELINE = "#333333", "#DDDDDD", "#777777"
MARKER, APART = 7, 10
"""Size of a marker in the plot of costs, and smallest distance of two markers, in typographic points."""
ROW, HEAD = 0.26, 0.75
"""Height of a row in inches, and height in inches of the title and axis of a panel together."""
TITLE = 52
"""Maximum length of one line in a title, in characters."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """A run in a plot, with a value, a confidence interval, and the number of tokens per question."""

    entry: Entry
    value: float
    interval: Interval | None
    tokens: float = 0.0


def write_plots(overview: Overview, folder: Path, formats: Sequence[str] = ("png",)) -> tuple[list[Path], list[str]]:
    """Draw the plots of an overview as files.

    Parameters
    ----------
    overview
        Overview of the runs to draw.
    folder
        Folder for the files. The folder must exist. Existing plots are replaced.
    formats
        File formats of the plots. Each format must be in `PICTURES`.

    Returns
    -------
    list of Path, list of str
        Paths of the written files, and a message for each plot that was not drawn.

    Raises
    ------
    ConfigurationError
        If a file cannot be written.
    """
    if not formats:
        return [], []
    if find_spec("matplotlib") is None:
        return [], ["plots, because matplotlib is not installed: run uv sync --extra plots"]
    written: list[Path] = []
    missing: list[str] = []
    with _style():
        for name, (draw, without) in _DRAWN.items():
            figure = draw(overview)
            if figure is None:
                missing.append(f"{name}.{formats[0]}: {without}")
                continue
            for kind in formats:
                written.append(_saved(figure, folder / f"{name}.{kind}"))
    return written, missing


def drawn(overview: Overview) -> dict[str, bytes]:
    """Return the plots of an overview as SVG files, by title; empty if matplotlib is not installed.

    Parameters
    ----------
    overview
        Overview of the runs to draw.
    """
    found: dict[str, bytes] = {}
    if find_spec("matplotlib") is None:
        return found
    with _style():
        for name, (draw, _) in _DRAWN.items():
            figure = draw(overview)
            if figure is not None:
                file = io.BytesIO()
                _save(figure, file, "svg")
                found[PLOTS[name]] = file.getvalue()
    return found


@contextmanager
def _style() -> Iterator[None]:
    """Set the style of plots. Letters that the font does not have are drawn as boxes, without a warning."""
    from matplotlib import rc_context

    with (
        warnings.catch_warnings(),
        rc_context(
            {
                "font.family": "DejaVu Sans",
                "font.size": 9,
                "text.color": INK,
                "text.parse_math": False,
                "axes.labelcolor": INK,
                "axes.edgecolor": "#999999",
                "xtick.color": INK,
                "ytick.color": INK,
                "savefig.dpi": 160,
                "svg.hashsalt": "swm",
                "pdf.fonttype": 42,
            }
        ),
    ):
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def _saved(figure: Figure, path: Path) -> Path:
    try:
        _save(figure, path, path.suffix[1:])
    except OSError as error:
        raise ConfigurationError(f"expected to write {path}: {error.strerror or error}") from None
    return path


def _save(figure: Figure, file: Path | io.BytesIO, kind: str) -> None:
    """Save a figure without the time and the version of the software, so that equal reports give equal files."""
    unwanted = {"png": ("Software",), "svg": ("Date",), "pdf": ("CreationDate", "Producer", "Creator")}[kind]
    metadata = dict.fromkeys(unwanted)
    figure.savefig(file, format=kind, metadata=metadata, bbox_inches="tight", pad_inches=0.15, facecolor="white")


def _accuracies(overview: Overview) -> Figure | None:
    def point(entry: Entry) -> Point | None:
        line = entry.report.overall
        return None if line.value is None else Point(entry=entry, value=line.value, interval=line.interval)

    def finished(panels: Sequence[Axes]) -> None:
        for axes in panels:
            axes.set_xlim(-0.02, 1.02)
            axes.set_xlabel("accuracy with 95 % CI (failures count as wrong)")

    return _rows(overview, point, finished, with_baselines=True)


def _gains(overview: Overview) -> Figure | None:
    def point(entry: Entry) -> Point | None:
        found = None if entry.gain is None else entry.gain.difference
        return (
            None
            if found is None or found.value is None
            else Point(entry=entry, value=found.value, interval=found.interval)
        )

    def finished(panels: Sequence[Axes]) -> None:
        ends = [end for axes in panels for end in axes.get_xlim()]
        for axes in panels:
            axes.set_xlim(min(*ends, -0.05), max(*ends, 0.05))
            axes.axvline(0, color="#999999", linewidth=1, zorder=1)
            axes.set_xlabel("gain over vanilla with the same model; paired 95 % CI")

    return _rows(overview, point, finished)


def _rows(
    overview: Overview,
    point_of: Callable[[Entry], Point | None],
    finished: Callable[[Sequence[Axes]], None],
    with_baselines: bool = False,
) -> Figure | None:
    """Draw one row per run, grouped by data set and model."""
    panels = [
        (title, points, trivial_of(entries) if with_baselines else None)
        for title, entries in overview.sections
        if (points := [point for entry in entries if (point := point_of(entry)) is not None])
    ]
    if not panels:
        return None
    colours = _colours(overview)
    heights = [ROW * (len(_labels(points)) + _baseline_rows(trivial)) + HEAD for _, points, trivial in panels]
    figure, axes = _panels(heights)
    for one, (title, points, trivial) in zip(axes, panels, strict=True):
        _draw_rows(one, points, colours, trivial)
        makers = _makers(points)
        _titled(one, title, f"contexts by {makers.pop()}" if len(makers) == 1 else "")
    finished(axes)
    return figure


def _baseline_rows(trivial: Trivial | None) -> int:
    """Return the number of rows for trivial baselines, including their heading."""
    return 0 if trivial is None else 1 + len(trivial.values)


def _panels(heights: Sequence[float]) -> tuple[Figure, list[Axes]]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=(7.2, sum(heights) + 0.45 * (len(heights) - 1)), layout=ConstrainedLayoutEngine(h_pad=0.14))
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(len(heights), 1, height_ratios=list(heights))
    axes = [figure.add_subplot(grid[place]) for place in range(len(heights))]
    for one in axes:
        one.spines[["top", "right", "left"]].set_visible(False)
        one.set_axisbelow(True)
        one.grid(axis="x", color=FAINT, linewidth=0.8)
    return figure, axes


def _titled(axes: Axes, title: str, below: str = "") -> None:
    lines = [
        line
        for part in (one_line(title), one_line(below))
        for line in textwrap.wrap(part, TITLE, break_on_hyphens=False)
    ]
    axes.set_title("\n".join(lines), loc="left", fontsize=10, fontweight="bold", pad=8)


def _labels(points: Sequence[Point]) -> list[tuple[str, Point | None]]:
    """Return one heading per model. After each heading, return one row per run of this model."""
    labels: list[tuple[str, Point | None]] = []
    models = [point.entry.run.model for point in points]
    told = [_told(point.entry, len(_makers(points)) > 1) for point in points]
    for place, point in enumerate(points):
        if place == 0 or models[place] != models[place - 1]:
            labels.append((short_name(models[place] or "unknown model"), None))
        twice = (
            sum(model == models[place] and label == told[place] for model, label in zip(models, told, strict=True)) > 1
        )
        more = f" [{short_name(point.entry.run.folder.parent.name, 14)}]" if twice else ""
        labels.append((told[place] + more, point))
    return labels


def _makers(points: Sequence[Point]) -> set[str]:
    return {point.entry.run.context_model for point in points} - {""}


def _told(entry: Entry, makers: bool) -> str:
    """Return the label of a run: its mode, its context model if `makers` is true, and a scorer that is not official."""
    by = f", contexts by {short_name(entry.run.context_model, 24)}" if makers and entry.run.context_model else ""
    rule = "" if entry.run.scorer == "official" else f", scorer {entry.run.scorer}"
    return short_name(f"{entry.run.mode}{by}{rule}", 64)


def _draw_rows(axes: Axes, points: Sequence[Point], colours: Mapping[str, str], trivial: Trivial | None) -> None:
    labels = _labels(points)
    for place, (_, point) in enumerate(labels):
        if point is None:
            continue
        colour = colours[point.entry.run.mode]
        if point.interval is not None:
            axes.hlines(place, *point.interval, color=colour, linewidth=2.2, alpha=0.45, zorder=2)
        axes.plot([point.value], [place], "o", color=colour, markersize=6, zorder=3, clip_on=False)
    names = [label for label, _ in labels]
    if trivial is not None:
        names.append("trivial baselines")
        for name, value in trivial.values.items():
            axes.plot([value], [len(names)], "d", color=BASELINE, fillstyle="none", markersize=6, clip_on=False)
            names.append(name)
        axes.axvline(_best_of(trivial), color=BASELINE, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), list(map(one_line, names)))
    axes.tick_params(axis="y", length=0)
    runs = {place: point for place, (_, point) in enumerate(labels) if point is not None}
    for place, text in enumerate(axes.get_yticklabels()):
        heading = place not in runs and place <= len(labels)
        text.set_fontweight("bold" if heading else "normal")
        if not heading:
            text.set_color(colours[runs[place].entry.run.mode] if place in runs else BASELINE)


def _best_of(trivial: Trivial) -> float:
    best = trivial.of.report.overall.best_baseline
    assert best is not None  # a run without baselines has no `Trivial`
    return best[1]


def _costs(overview: Overview) -> Figure | None:
    """Draw accuracy against tokens per question. Colours show modes, and shapes show models."""
    panels = [
        (title, points, trivial_of(entries))
        for title, entries in overview.sections
        if (points := [point for entry in entries if (point := _priced(entry)) is not None])
    ]
    if not panels:
        return None
    priced = [point for _, points, _ in panels for point in points]
    models = list(dict.fromkeys(point.entry.run.model for point in priced))
    markers = {model: MARKERS[place % len(MARKERS)] for place, model in enumerate(models)}
    modes = {point.entry.run.mode for point in priced}
    colours = {mode: colour for mode, colour in _colours(overview).items() if mode in modes}
    figure, axes = _panels([3.0] * len(panels))
    for one, (title, _, trivial) in zip(axes, panels, strict=True):
        _titled(one, title)
        _scaled(one, [point.tokens for point in priced])
        if trivial is not None:
            one.axhline(_best_of(trivial), color=BASELINE, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    _legend(figure, colours, markers, any(trivial is not None for _, _, trivial in panels))
    figure.draw_without_rendering()  # the positions of markers on the page are known after the layout
    for one, (_, points, _) in zip(axes, panels, strict=True):
        _draw_costs(one, points, colours, markers)
    return figure


def _priced(entry: Entry) -> Point | None:
    line, tokens = entry.report.overall, entry.tokens_per_question
    if not tokens or line.value is None:
        return None
    return Point(entry=entry, value=line.value, interval=line.interval, tokens=tokens)


def _draw_costs(axes: Axes, points: Sequence[Point], colours: Mapping[str, str], markers: Mapping[str, str]) -> None:
    from matplotlib.transforms import ScaledTranslation

    for point, aside in zip(points, _asides(axes, points), strict=True):
        colour, marker = colours[point.entry.run.mode], markers[point.entry.run.model]
        moved = axes.transData + ScaledTranslation(aside / 72, 0, axes.figure.dpi_scale_trans)
        if point.interval is not None:
            axes.plot(
                [point.tokens] * 2, point.interval, color=colour, linewidth=1.6, alpha=0.3, zorder=2, transform=moved
            )
        axes.plot(
            [point.tokens],
            [point.value],
            marker,
            color=colour,
            markeredgecolor="white",
            markersize=MARKER,
            zorder=3,
            clip_on=False,
            transform=moved,
        )


def _asides(axes: Axes, points: Sequence[Point]) -> list[float]:
    """Return how far each marker is moved sideways, in typographic points, so that no marker hides another."""
    placed: list[tuple[float, float]] = []
    moved: list[float] = []
    sides = [step * side for step in range(len(points)) for side in (APART, -APART)]
    for x, y in axes.transData.transform([(point.tokens, point.value) for point in points]) * 72 / axes.figure.dpi:
        aside = next(side for side in sides if all(math.dist((x + side, y), other) >= APART for other in placed))
        placed.append((x + aside, y))
        moved.append(aside)
    return moved


def _scaled(axes: Axes, tokens: Sequence[float]) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.set_ylim(-0.02, 1.02)
    axes.set_ylabel("accuracy")
    if max(tokens) / min(tokens) > 8:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlim(min(tokens) / 1.4, max(tokens) * 1.4)
    else:
        axes.set_xlim(0, max(tokens) * 1.08)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel("input and output tokens per question (markers that would overlap are moved sideways)")


def _legend(figure: Figure, colours: Mapping[str, str], markers: Mapping[str, str], with_baseline: bool) -> None:
    from matplotlib.lines import Line2D

    modes = [Line2D([], [], linewidth=5, color=colour, label=mode) for mode, colour in colours.items()]
    models = [
        Line2D([], [], linestyle="", marker=marker, color=INK, markersize=7, label=_label(model or "unknown model"))
        for model, marker in markers.items()
    ]
    dashes = Line2D([], [], color=BASELINE, linewidth=1, linestyle=(0, (4, 3)), label="best trivial baseline")
    figure.legend(
        handles=[*modes, *models, *[dashes] * with_baseline],
        loc="outside lower left",
        ncols=2,
        frameon=False,
        fontsize=8,
        handlelength=1.4,
    )


def _colours(overview: Overview) -> dict[str, str]:
    """Return one colour per mode. Each mode has the same colour in all panels and plots."""
    modes = dict.fromkeys(entry.run.mode for entry in overview.entries)
    ordered = [*(mode for mode in mode_names() if mode in modes), *(mode for mode in modes if mode not in mode_names())]
    return {mode: COLOURS[place % len(COLOURS)] for place, mode in enumerate(ordered)}


def _label(name: str) -> str:
    return one_line(short_name(name))


_DRAWN: Mapping[str, tuple[Callable[[Overview], Figure | None], str]] = {
    "accuracy": (_accuracies, "no run has an accuracy"),
    "gain": (_gains, "no run can be compared with a vanilla run of the same model and data"),
    "cost": (_costs, "no run has token counts"),
}
"""For each plot: the function that draws it, and the reason why it may be missing."""
