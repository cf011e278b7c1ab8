"""Compare runs with the published results. List the differences between the manifest of a run and the paper."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from social_world_model.reports.columns import Column
from social_world_model.reports.figures import NOTHING
from social_world_model.reports.overviews import Entry
from social_world_model.reports.report import INFERRED

SOURCE = "arXiv 2509.00559"
PARSER = "o3-2025-04-16"
PARSE_TEMPERATURE = 0.7
MODELS: Mapping[str, str] = {
    "DeepSeek-R1": r"deepseek-r1(?!-distill)",
    "Llama-4-Maverick": r"llama-4-maverick",
    "GPT-4o": r"gpt-4o(?!-mini|-audio|-search|-transcribe)",
    "GPT-4.1": r"gpt-4\.1(?!-mini|-nano)",
    "o1": r"(?<![\w.-])o1(?!-mini|-preview|-pro|\w)",
    "o3-mini": r"(?<![\w.-])o3-mini",
    "o3": r"(?<![\w.-])o3(?!-mini|-pro|-deep|\w)",
}
"""Models of the published table. Each model has a pattern for the names that users type."""
CONDITIONS: Mapping[str, str] = {"vanilla": "CoT", "socialized_context": "S3AP + CoT"}
"""Names of modes in the published table."""


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """A column of the published table.

    Parameters
    ----------
    title
        Heading of the column.
    questions
        Number of questions according to the table.
    counted
        Number of units in the denominator of the published values. None if this number is unknown.
    sha256
        Known data files by SHA-256. For each file, a text describes the difference from the paper's file.
    caution
        Reason why the published values cannot be reproduced exactly. Empty if no reason is known.
    figures
        Published accuracies by model: for CoT, and for S3AP + CoT.
    inferred
        SHA-256 of data files with inferred labels, which are not the labels of the paper. These hashes are used if the
        results of a run do not mark inferred labels.
    """

    title: str
    questions: int
    counted: int | None
    sha256: Mapping[str, str]
    caution: str
    figures: Mapping[str, tuple[float, float]]
    inferred: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """A difference between a run and the paper.

    Parameters
    ----------
    label
        Short name of the difference, for tables.
    text
        Description of the difference.
    """

    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Published:
    """A run next to the published results.

    Parameters
    ----------
    run
        Name of the run.
    value
        Accuracy of the run.
    column
        Column and condition of the published table, for example ``"ToMi, CoT"``.
    figures
        Published accuracies by model; empty if there is no published accuracy for this run.
    deviations
        Differences between this run and the paper.
    why
        Reason why there is no published accuracy; empty if there is one.
    """

    run: str
    value: float | None = None
    column: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    deviations: tuple[Deviation, ...] = ()
    why: str = ""

    @property
    def says(self) -> str:
        """Accuracy of the run and published accuracies, or the reason why there are no published accuracies."""
        if self.why:
            return self.why
        there = ", ".join(f"{_short(value)} ({model})" for model, value in self.figures.items())
        return f"{_short(self.value)} in this run; published for {self.column}: {there}"

    @property
    def differs(self) -> str | None:
        """All differences between this run and the paper. None if there is no published accuracy."""
        return None if self.why else "; ".join(one.text for one in self.deviations)

    @property
    def span(self) -> str:
        """The published accuracy, or the lowest and the highest accuracy of all published models."""
        if not self.figures:
            return NOTHING
        if len(self.figures) == 1:
            return " ".join(f"{_short(value)} ({model})" for model, value in self.figures.items())
        return (
            f"{_short(min(self.figures.values()))} – {_short(max(self.figures.values()))} ({len(self.figures)} models)"
        )


def published_columns(published: Sequence[Published]) -> tuple[Column[Published], ...]:
    """Return the columns of the table of published results. Letters stand for the differences of a run."""
    marks = _marks_of(published)
    return (
        Column(key="run", title="run", value=lambda one: one.run, number=False),
        Column(key="value", title="this run", value=lambda one: one.value, text=_short),
        Column(key="column", title="published for", value=lambda one: one.column, number=False, priority=2),
        Column(key="span", title="published", value=lambda one: one.span),
        Column(
            key="differs",
            title="differs in",
            value=lambda one: " ".join(dict.fromkeys(marks[found.label] for found in one.deviations)),
            number=False,
        ),
    )


def meanings_of(published: Sequence[Published]) -> list[str]:
    """Return the notes below the table of published results: what each letter means, and which runs have no result."""
    texts: dict[str, dict[str, None]] = {}
    for one in published:
        for found in one.deviations:
            texts.setdefault(found.label, {})[found.text] = None
    marks = _marks_of(published)
    notes = [f"{marks[label]}: {'; '.join(told)}" for label, told in texts.items()]
    return [*notes, *dict.fromkeys(one.why for one in published if one.why)]


def _marks_of(published: Sequence[Published]) -> dict[str, str]:
    """Return a letter for each label of a difference, in the order in which the labels occur."""
    labels = dict.fromkeys(found.label for one in published for found in one.deviations)
    letters = [*string.ascii_lowercase, *(f"a{letter}" for letter in string.ascii_lowercase)]
    return dict(zip(labels, letters, strict=False))


def _by_model(*figures: tuple[float, float]) -> Mapping[str, tuple[float, float]]:
    return dict(zip(MODELS, figures, strict=True))


DATA: Mapping[str, DataSet] = {
    "ori_tomi": DataSet(
        title="ToMi",
        questions=600,
        counted=600,
        sha256={
            "e13bfed059f4790ff38456ccb9cfb1d4c56a8d6fc6439d1a413af435ddfa9c40": "",
            "9109505e318448b675e646555b6b183ad4ab8715d2e9ee37abe662c306ca896d": "the paper's file, but the header "
            "calls one column 'answer' instead of 'correct_answer'; the rows are equal",
        },
        caution="",
        figures=_by_model(
            (0.945, 0.980),
            (0.655, 0.662),
            (0.813, 0.927),
            (0.882, 0.978),
            (0.952, 0.985),
            (0.863, 0.960),
            (0.998, 0.983),
        ),
    ),
    "tomi": DataSet(
        title="ParaToMi",
        questions=600,
        counted=600,
        sha256={
            "d49008f49106caa3622bb8417c19b5cf6c5254639131a85607cc2222cc9668a8": "the 600 questions, rebuilt by joining "
            "the paraphrases on the index; it is unknown whether the paper's file is the same",
        },
        caution="",
        figures=_by_model(
            (0.893, 0.950),
            (0.740, 0.763),
            (0.818, 0.905),
            (0.802, 0.913),
            (0.835, 0.932),
            (0.817, 0.900),
            (0.955, 0.965),
        ),
    ),
    "hitom": DataSet(
        title="HiToM",
        questions=100,
        counted=100,
        sha256={"9881b09d834e92452e426949375a20df1f3abf06202bd3a5f845dfc617abb652": ""},
        caution="",
        figures=_by_model(
            (0.420, 0.510),
            (0.720, 0.700),
            (0.660, 0.750),
            (0.830, 0.810),
            (0.870, 0.880),
            (0.810, 0.860),
            (0.930, 0.910),
        ),
    ),
    "fantom": DataSet(
        title="FANToM",
        questions=64,
        counted=None,
        sha256={},
        inferred=frozenset({"d4a7e2368e51c49f7c78242f8f796b94f207c9315836a12d82f0a2bdab5fa92c"}),
        caution="the table says 64 sets, but all FANToM values in the table are k/53 (.491 = 26/53); it is unknown "
        "which 53 sets were used, and whether the metric is All or All*",
        figures=_by_model(
            (0.491, 0.547),
            (0.264, 0.415),
            (0.396, 0.491),
            (0.528, 0.585),
            (0.415, 0.623),
            (0.057, 0.170),
            (0.547, 0.642),
        ),
    ),
    "mmtom": DataSet(
        title="MMToM-QA",
        questions=302,
        counted=None,
        sha256={},
        caution="it is not known which 302 of the 600 questions were asked",
        figures=_by_model(
            (0.374, 0.437),
            (0.443, 0.450),
            (0.652, 0.692),
            (0.586, 0.583),
            (0.725, 0.785),
            (0.493, 0.506),
            (0.715, 0.735),
        ),
    ),
}
"""The table of arXiv 2509.00559, with accuracies for CoT and for S3AP + CoT. The model `PARSER` made the contexts."""


def published(entries: Sequence[Entry]) -> list[Published]:
    """Compare runs with the published results.

    Parameters
    ----------
    entries
        Runs to compare. If the mode or the benchmark of a run is not in the table, the last entry names this run.
    """
    without = dict.fromkeys(
        f"{run.benchmark.name} in mode {run.mode}"
        for run in (entry.run for entry in entries)
        if run.benchmark.name not in DATA or run.mode not in CONDITIONS
    )
    found = [one for entry in entries if (one := _beside(entry)) is not None]
    if without:
        found.append(Published(run="other runs", why=f"{SOURCE} has no result for {', '.join(without)}"))
    return found


def paper_model(name: str) -> str | None:
    """Return the name of a model in the table; None if the table does not have this model.

    >>> paper_model("o3-2025-04-16"), paper_model("together_ai/deepseek-ai/DeepSeek-R1"), paper_model("gpt-4o-mini")
    ('o3', 'DeepSeek-R1', None)
    """
    return next((title for title, form in MODELS.items() if re.search(form, name.casefold())), None)


def _beside(entry: Entry) -> Published | None:
    run = entry.run
    data, condition = DATA.get(run.benchmark.name), CONDITIONS.get(run.mode)
    if data is None or condition is None:
        return None
    title = f"{run.benchmark.name} · {run.mode} · {run.model or 'unknown model'}"
    if why := entry.report.caution or (INFERRED if run.data_sha256 in data.inferred else ""):
        return Published(run=title, value=entry.report.overall.value, why=f"no published result to compare with: {why}")
    place = list(CONDITIONS.values()).index(condition)
    known = paper_model(run.model)
    figures = {known: data.figures[known]} if known is not None else data.figures
    unknown = [] if known is not None else [Deviation(label="model", text="the model is not in the published table")]
    return Published(
        run=title,
        value=entry.report.overall.value,
        column=f"{data.title}, {condition}",
        figures={model: pair[place] for model, pair in figures.items()},
        deviations=(
            *unknown,
            *(Deviation(label=label, text=text) for label, text in _deviations(entry, data, condition)),
        ),
    )


def _deviations(entry: Entry, data: DataSet, condition: str) -> Iterator[tuple[str, str]]:
    """Yield the label and the description of each difference between the manifest of a run and the paper."""
    run, settings = entry.run, entry.run.settings
    if not run.manifest:
        yield "settings", "the settings of this run are unknown, because the run has no run.json"
        return
    yield from _of_data(entry, data)
    if entry.protocol != "paper":
        yield "protocol", "the protocol: 'own' in this run, 'paper' in the paper"
    yield "prompts", "the wording of the prompts, which always differs"
    if run.scorer != "paper":
        yield "scorer", f"the scorer: {run.scorer} in this run"
    for option, value in run.benchmark.paper.items():
        if (here := run.benchmark.option(option)) != value:
            yield option, f"{option}: {here} in this run, {value} in the paper"
    if isinstance(samples := settings.get("samples"), int) and samples > 1:
        yield "samples", f"each question was asked {samples} times in this run"
    if condition != CONDITIONS["vanilla"]:
        yield from _of_contexts(entry)


def _of_data(entry: Entry, data: DataSet) -> Iterator[tuple[str, str]]:
    run, n = entry.run, entry.report.overall.n
    here = f"{run.dataset or 'unknown'} (SHA-256 {run.data_sha256[:8] or 'unknown'})"
    if (same := data.sha256.get(run.data_sha256)) is None:
        known = "" in data.sha256.values()
        yield "data", f"the data: {here}, " + ("not the paper's file" if known else "but the paper's file is unknown")
    elif same:
        yield "data", f"the data: {same}"
    if n != data.counted:
        label = entry.report.overall.label
        yield "units", f"the number of units: {n} ({label}) in this run, {data.questions} in the table"
    if data.caution:
        yield "paper's units", data.caution
    if run.not_asked:
        yield "not asked", f"{run.not_asked} questions were not asked in this run"


def _of_contexts(entry: Entry) -> Iterator[tuple[str, str]]:
    run = entry.run
    if PARSER not in run.context_model:
        yield (
            "context model",
            f"the context model: {run.context_model or 'unknown'} in this run, {PARSER} in the paper",
        )
    drawn = _config(entry, "context").get("temperature")
    if drawn is not None and drawn != PARSE_TEMPERATURE:
        yield (
            "context temperature",
            f"the temperature of the context model: {drawn} in this run, {PARSE_TEMPERATURE} in the paper",
        )
    if entry.protocol != "paper":
        yield (
            "context form",
            "contexts in prompts: JSON on one line in this run, indented JSON with a manual in the paper",
        )
    if isinstance(draws := run.settings.get("context_samples"), int) and draws > 1:
        yield "context samples", f"{draws} contexts per story in this run"


def _config(entry: Entry, role: str) -> Mapping[str, Any]:
    """Return the settings of a model in the manifest; empty if the model has no settings."""
    models = entry.run.settings.get("models")
    found = models.get(role) if isinstance(models, dict) else None
    return found if isinstance(found, dict) else {}


def _short(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.3f}".removeprefix("0")
