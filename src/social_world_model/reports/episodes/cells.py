"""Cells of a matrix of episodes: an agent, a partner and a scenario, read from the folders of runs of episodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from social_world_model.errors import DatasetError
from social_world_model.experiments.episodes.called_models import CalledModels, called_models
from social_world_model.experiments.episodes.folders import EpisodeFolder, episode_folders, read_episode_folder
from social_world_model.experiments.episodes.verdicts import StoredVerdict, mean_scores, verdicts_folder
from social_world_model.reports.episodes.summary import EpisodeFigures, figures_of
from social_world_model.runs.manifest import read_manifest
from social_world_model.scenarios.dimensions import with_overall

UNKNOWN = "unknown"
PLAIN = "plain"
"""Agent without foresight. Gains are differences to this agent."""


@dataclass(frozen=True, kw_only=True)
class CellName:
    """Everything that runs of episodes of the same cell have in common.

    Parameters
    ----------
    scenario, dataset, data_sha256, max_turns
        Source of scenarios, name and SHA-256 of the data file, and maximum number of turns that the user chose.
    agent, model, world_model
        Kind of agent with its options, its language model, and the model that imagines replies; empty if there is none.
    partner, partner_model
        Agent in the other seats, and its language model.
    seed
        Seed that the user chose; None if there is none.
    """

    scenario: str
    dataset: str
    data_sha256: str
    max_turns: int | None
    agent: str
    model: str
    world_model: str
    partner: str
    partner_model: str
    seed: int | None

    @property
    def condition(self) -> CellName:
        """The name without agent, models of the agent and seed: everything that a table has in common."""
        return replace(self, agent="", model="", world_model="", seed=None)

    @property
    def but_seed(self) -> CellName:
        """The name without the seed. The two runs of an A/A pair have this name in common."""
        return replace(self, seed=None)

    @property
    def player(self) -> str:
        """Agent, its models and its seed in words. Addresses of endpoints are left out."""
        model, world = _without_address(self.model), _without_address(self.world_model)
        seed = "" if self.seed is None else f"seed {self.seed}"
        return " · ".join(filter(None, (self.agent, model, world and f"world model {world}", seed)))

    @property
    def title(self) -> str:
        """Scenario, data and partner in words."""
        turns = "" if self.max_turns is None else f"at most {self.max_turns} turns"
        partner = " ".join(filter(None, ("partner", self.partner, _without_address(self.partner_model))))
        return " · ".join(filter(None, (self.scenario, self.dataset, turns, partner)))


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What a judge says about the agent's person in an episode.

    Parameters
    ----------
    status
        ``"judged"``, or the reason why there are no scores.
    scores
        Mean score over the orders of the people, by dimension.
    order_gap
        Effect of the order of the people, by dimension: see `StoredVerdict.order_gap`.
    """

    status: str
    scores: Mapping[str, float]
    order_gap: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of a matrix: all episodes of an agent with a partner.

    Parameters
    ----------
    name
        What all episodes have in common.
    folders
        Folders of the episodes. Shards of a run have several folders.
    episodes
        The episodes, sorted by task and repeat. Their scores come from the game.
    judgements
        Judgement by name of the judge and index of the episode.
    models
        Models that were called.
    judge_models
        Language model of each judge.
    settings
        Settings in the manifest of the first folder.
    unreadable
        Damaged files.
    """

    name: CellName
    folders: tuple[Path, ...]
    episodes: tuple[EpisodeFigures, ...]
    judgements: Mapping[str, Mapping[str, Judgement]] = field(default_factory=dict)
    models: CalledModels = field(default_factory=dict)
    judge_models: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()

    @property
    def judges(self) -> tuple[str, ...]:
        """Names of all judges."""
        return tuple(self.judgements)

    @cached_property
    def scored(self) -> tuple[EpisodeFigures, ...]:
        """The episodes with the scores of the game, or with the mean scores of all judges."""
        return self.scored_by(self.judges)

    def scored_by(self, judges: Sequence[str]) -> tuple[EpisodeFigures, ...]:
        """Return the episodes with the mean scores of some judges. Scores of a game are kept.

        Parameters
        ----------
        judges
            Names of judges. An episode has no scores unless all of them have scored it.
        """
        return tuple(
            one if one.scores or not one.played else replace(one, scores=self._mean(one.index, judges))
            for one in self.episodes
        )

    def _mean(self, index: str, judges: Sequence[str]) -> Mapping[str, float]:
        found = [self.judgements[judge].get(index) for judge in judges]
        given = [{"": one.scores} for one in found if one is not None and one.scores]
        return mean_scores(given).get("", {}) if judges and len(given) == len(judges) else {}


def read_cells(paths: Sequence[Path]) -> list[Cell]:
    """Read all cells in some folders. Folders of the same cell with different tasks are shards, and become one cell.

    Parameters
    ----------
    paths
        Folders of episodes, or folders that contain such folders at any depth.

    Raises
    ------
    DatasetError
        If a newer version of this package wrote a folder.
    """
    cells: list[Cell] = []
    for folder in episode_folders(paths):
        part = cell_of(read_episode_folder(folder, with_contexts=False))
        place = next((place for place, known in enumerate(cells) if _are_shards(known, part)), None)
        if place is None:
            cells.append(part)
        else:
            cells[place] = _merged(cells[place], part)
    return cells


def only_cell(path: Path) -> Cell:
    """Read the cell in a folder, or in the folders of its shards.

    Parameters
    ----------
    path
        Folder of episodes, or folder with its shards.

    Raises
    ------
    DatasetError
        If there is no cell, or if there are several cells.
    """
    cells = read_cells([path])
    if len(cells) != 1:
        names = "; ".join(str(cell.folders[0]) for cell in cells[:3])
        found = f"{len(cells)} different runs: {names}" if cells else "no episodes"
        raise DatasetError(f"expected one run of episodes in {path}, got {found}")
    return cells[0]


def cell_of(folder: EpisodeFolder) -> Cell:
    """Return a run of episodes as a cell.

    Parameters
    ----------
    folder
        The run.
    """
    persons = {one.index: one.person for one in folder.episodes}
    return Cell(
        name=_name_of(folder.manifest),
        folders=(folder.path,),
        episodes=tuple(figures_of(one) for one in folder.episodes),
        judgements={
            judge: {index: _judgement(verdict, persons[index]) for index, verdict in some.items()}
            for judge, some in folder.verdicts.items()
        },
        models=called_models(folder.episodes, _settings(folder.manifest)),
        judge_models={judge: _judge_model(folder.path, judge) for judge in folder.verdicts},
        settings=_settings(folder.manifest),
        unreadable=tuple(f"{folder.path}: left out {name}, a damaged file" for name in folder.unreadable),
    )


def _without_address(model: str) -> str:
    return model.partition("@http")[0]


def _settings(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    found = manifest.get("settings")
    return found if isinstance(found, dict) else {}


def _name_of(manifest: Mapping[str, Any]) -> CellName:
    settings = _settings(manifest)
    model, world = (_text(settings.get(name)) for name in ("model_name", "world_model"))
    agent, partner = (_text(manifest.get(name)) for name in ("agent", "partner"))
    known = _text(settings.get("partner_model"))
    kind, _, after = partner.partition("_")
    seed, turns = manifest.get("seed"), settings.get("max_turns")
    return CellName(
        scenario=_text(manifest.get("scenario")) or UNKNOWN,
        dataset=_text(manifest.get("dataset")),
        data_sha256=_text(manifest.get("data_sha256")),
        max_turns=turns if isinstance(turns, int) else None,
        agent=(agent.split(f"_{model}")[0] if model else agent) or UNKNOWN,
        model=model,
        world_model=world,
        partner=(partner.split(f"_{known}")[0] if known else kind) or UNKNOWN,
        partner_model=known or after,
        seed=seed if isinstance(seed, int) else None,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _judgement(verdict: StoredVerdict, person: str) -> Judgement:
    scores = verdict.scores.get(person, {})
    status = verdict.status if scores or verdict.status != "judged" else "error"
    return Judgement(status=status, scores=with_overall(scores), order_gap=with_overall(verdict.order_gap))


def _judge_model(folder: Path, judge: str) -> str:
    return _text(read_manifest(verdicts_folder(folder, judge)).get("model")) or judge


def _are_shards(one: Cell, other: Cell) -> bool:
    shared = {episode.index for episode in one.episodes} & {episode.index for episode in other.episodes}
    return one.name == other.name and not shared


def _merged(one: Cell, other: Cell) -> Cell:
    judges = dict.fromkeys([*one.judges, *other.judges])
    roles = dict.fromkeys([*one.models, *other.models])
    return Cell(
        name=one.name,
        folders=(*one.folders, *other.folders),
        episodes=tuple(sorted([*one.episodes, *other.episodes], key=lambda episode: (episode.task, episode.repeat))),
        judgements={judge: {**one.judgements.get(judge, {}), **other.judgements.get(judge, {})} for judge in judges},
        models={role: one.models.get(role, frozenset()) | other.models.get(role, frozenset()) for role in roles},
        judge_models={**other.judge_models, **one.judge_models},
        settings=one.settings,
        unreadable=(*one.unreadable, *other.unreadable),
    )
