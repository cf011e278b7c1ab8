"""The published goal scores on SOTOPIA-hard, beside the matching cells, with what differs."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from social_world_model.experiments.episodes.paper_matrix import FORESIGHT, JUDGE, PARTNER
from social_world_model.generation_utils.families import bare_name
from social_world_model.reports.columns import Column
from social_world_model.reports.documents import Heading, TextTable
from social_world_model.reports.environments import Level
from social_world_model.reports.episodes.cells import PLAIN, Cell
from social_world_model.reports.episodes.pairs import GOAL
from social_world_model.reports.episodes.report import CellRow
from social_world_model.reports.figures import score, score_ends
from social_world_model.reports.published import MODELS as TABLE_MODELS
from social_world_model.reports.published import SOURCE, Deviation

MODELS: Mapping[str, str] = {
    "gpt-4.1": TABLE_MODELS["GPT-4.1"],
    "o1": TABLE_MODELS["o1"],
    "o1-mini": r"(?<![\w.-])o1-mini",
    "o3": TABLE_MODELS["o3"],
    "o3-mini": TABLE_MODELS["o3-mini"],
    "Llama-4-Maverick": TABLE_MODELS["Llama-4-Maverick"],
    "Llama-4-Scout": r"llama-4-scout",
}
"""Models of the published table, in the order of its columns. Each has a pattern for the names that users type."""
VANILLA: Mapping[str, tuple[float, float]] = {
    "gpt-4.1": (6.04, 0.35),
    "o1": (6.12, 0.38),
    "o1-mini": (4.73, 0.51),
    "o3": (7.37, 0.35),
    "o3-mini": (6.24, 0.49),
    "Llama-4-Maverick": (4.52, 0.37),
    "Llama-4-Scout": (4.75, 0.37),
}
"""Published goal score of the agent without a world model, and half of its published interval, by model."""
_MATRIX: Mapping[str, tuple[float, ...]] = {
    "gpt-4.1": (6.19, 6.55, 6.41, 6.34, 6.80, 6.32, 6.44),
    "o1": (6.69, 6.94, 6.11, 7.22, 6.35, 6.46, 6.68),
    "o1-mini": (5.13, 5.31, 5.37, 5.61, 5.36, 4.86, 5.00),
    "o3": (7.71, 8.13, 7.86, 8.16, 7.84, 7.69, 8.25),
    "o3-mini": (6.08, 5.92, 5.90, 6.51, 6.07, 6.28, 5.56),
    "Llama-4-Maverick": (4.77, 4.44, 4.96, 5.42, 5.48, 4.96, 4.86),
    "Llama-4-Scout": (4.55, 5.11, 4.89, 5.16, 5.09, 4.76, 3.89),
}
WITH_WORLD_MODEL: Mapping[tuple[str, str], float] = {
    (agent, world): value for agent, row in _MATRIX.items() for world, value in zip(MODELS, row, strict=True)
}
"""Published goal score by model of the agent and world model."""
EPISODES, ENVIRONMENTS, TURNS, TEMPERATURE = 100, 14, 20, 0.7
REPEATS_WITHIN = 0.5
NOTES = (
    f"published: goal scores on SOTOPIA-hard in {SOURCE}: {EPISODES} episodes per value, partner GPT-4o, judge o3. "
    "± is half of the published interval, which ignores that episodes of the same environment depend on each other",
    f"a published value repeats only within about ±{REPEATS_WITHIN}: in the log of experiments of the authors, "
    "repeated runs of the same agent with the same partner and judge differ by up to 0.51. The mean gain over the "
    "49 values is 0.33. A smaller difference between one cell and its published value therefore shows nothing",
)


@dataclass(frozen=True, kw_only=True)
class PublishedCell:
    """A cell beside a published value.

    Parameters
    ----------
    row
        The cell.
    agent, world_model
        Names of the models in the published table; the world model is empty for the agent without one.
    value, half
        Published value, and half of its interval; None if no interval was published.
    deviations
        What differs between the cell and the paper.
    """

    row: CellRow
    agent: str
    world_model: str
    value: float
    half: float | None
    deviations: tuple[Deviation, ...]

    @property
    def goal(self) -> Level | None:
        """Mean goal score of the cell."""
        return self.row.score(GOAL)


def paper_model(name: str) -> str:
    """Return the name of a model in the published table; empty if the table does not have this model.

    Parameters
    ----------
    name
        Name of the model, as users type it.

    Examples
    --------
    >>> paper_model("o1-mini-2024-09-12"), paper_model("o1-2024-12-17"), paper_model("gpt-4.1-mini")
    ('o1-mini', 'o1', '')
    """
    return next((title for title, form in MODELS.items() if re.search(form, name.casefold())), "")


def published_cells(rows: Sequence[CellRow]) -> list[PublishedCell]:
    """Return the cells that have a published value: episodes of SOTOPIA with models of the published table.

    Parameters
    ----------
    rows
        Rows of a report.
    """
    return [one for row in rows if (one := _beside(row)) is not None]


def _beside(row: CellRow) -> PublishedCell | None:
    name = row.cell.name
    agent, world = paper_model(name.model), paper_model(name.world_model or name.model)
    imagines = name.agent.startswith("foresee")
    if name.scenario != "sotopia" or not agent or (imagines and not world) or not (imagines or name.agent == PLAIN):
        return None
    value, half = (WITH_WORLD_MODEL[agent, world], None) if imagines else VANILLA[agent]
    return PublishedCell(
        row=row,
        agent=agent,
        world_model=world if imagines else "",
        value=value,
        half=half,
        deviations=tuple(Deviation(label=label, text=text) for label, text in _deviations(row)),
    )


def _deviations(row: CellRow) -> Iterator[tuple[str, str]]:
    """Yield the label and the description of each difference between a cell and the paper."""
    cell, name = row.cell, row.cell.name
    yield "prompts", "the wording of all prompts and of the rubric, which always differs"
    if name.agent not in (PLAIN, FORESIGHT):
        yield "agent", f"the agent: {name.agent} in this run, the method of {FORESIGHT} in the paper"
    if {bare_name(judge) for judge in cell.judges} != {JUDGE}:
        yield "judge", f"the judge: {_listed(cell.judges)} in this run, {JUDGE} in the paper"
    if (name.partner, bare_name(name.partner_model)) != (PLAIN, PARTNER):
        partner = _listed([name.partner_model])
        yield "partner", f"the partner: {name.partner} with {partner} in this run, {PLAIN} with {PARTNER} in the paper"
    environments = len({one.environment for one in cell.episodes})
    for label, here, there in (
        ("episodes", len(cell.episodes), EPISODES),
        ("environments", environments, ENVIRONMENTS),
        ("turns", name.max_turns or TURNS, TURNS),
        ("temperature", _temperature(cell), TEMPERATURE),
    ):
        if here != there:
            yield label, f"{label}: {here} in this run, {there} in the paper"
    if not str(cell.settings.get("seats")).endswith(".json"):
        yield "seats", "the seats: not chosen by a list; the paper has a list of 20 pairs of environment and seat"


def _listed(models: Sequence[str]) -> str:
    return ", ".join(filter(None, map(bare_name, models))) or "none"


def _temperature(cell: Cell) -> object:
    """Return the temperature of the agent in a manifest; the default if the manifest has none."""
    models = cell.settings.get("models")
    agent = models.get("agent") if isinstance(models, dict) else None
    return agent.get("temperature", TEMPERATURE) if isinstance(agent, dict) else TEMPERATURE


def marks_of(cells: Sequence[PublishedCell]) -> dict[tuple[str, str], str]:
    """Return a letter for each difference, in the order in which the differences occur."""
    found = dict.fromkeys((one.label, one.text) for cell in cells for one in cell.deviations)
    return dict(zip(found, string.ascii_lowercase, strict=False))


def columns_of(cells: Sequence[PublishedCell]) -> list[Column[PublishedCell]]:
    """Return the columns of the table of cells beside published values."""
    marks = marks_of(cells)

    def marked(found: Sequence[Deviation]) -> str:
        return " ".join(marks.get((one.label, one.text), one.label) for one in found)

    return [
        Column(key="cell", title="cell", value=lambda one: one.row.cell.name.agent, number=False),
        Column(key="agent", title="model", value=lambda one: one.agent, number=False),
        Column(key="world_model", title="world model", value=lambda one: one.world_model, number=False),
        Column(key="goal", title="goal", value=lambda one: None if one.goal is None else one.goal.mean, text=score),
        Column(
            key="interval",
            title="95 % CI",
            value=lambda one: None if one.goal is None else one.goal.interval,
            text=score_ends,
            parts=("low", "high"),
        ),
        Column(key="published", title="published", value=lambda one: (one.value, one.half), text=_with_half),
        Column(
            key="differs",
            title="differs",
            value=lambda one: one.deviations,
            text=marked,
            data=lambda found: [one.text for one in found],
            number=False,
        ),
    ]


def _with_half(found: tuple[float, float | None]) -> str:
    value, half = found
    return score(value) if half is None else f"{score(value)} ± {half:.2f}"


def notes_of(cells: Sequence[PublishedCell]) -> list[str]:
    """Return notes that explain the published values and what differs."""
    meanings = [f"{mark}: {text}" for (_, text), mark in marks_of(cells).items()]
    return [*NOTES, *([f"differs: {'; '.join(meanings)}"] if meanings else ["no cell has a published value"])]


def published_table() -> TextTable:
    """Return the 56 published values as a table: models of the agent by world models."""
    rows = tuple(
        (agent, _with_half(VANILLA[agent]), *(score(WITH_WORLD_MODEL[agent, world]) for world in MODELS))
        for agent in MODELS
    )
    return TextTable(
        title=f"Published goal scores on SOTOPIA-hard ({SOURCE})",
        headings=(
            Heading(lines=("agent",), number=False),
            Heading(lines=("no world model",)),
            *(Heading(lines=("world model", world)) for world in MODELS),
        ),
        rows=rows,
        notes=NOTES,
    )
