"""Matrices of episodes: agents x models x world models x partners x scenarios, as cells.

Each cell is an ordinary run of episodes in a folder of its own. `swm agents run` with the same settings reuses it.
World models are combined only with agents that imagine replies.

A/A pairs: the agent ``plain`` is played twice, with the same models and partners, under two seeds. The difference of
the two runs shows how much a table moves by chance. The first run has the seed of the matrix. The second run has the
seed after the last repeat of the first run (seed + repeats), so that no episode of the two runs has the same seed.

How a report recognizes a pair:

- Both manifests have ``settings.aa`` = true, and the same ``scenario``, ``dataset``, ``agent``, ``partner`` and
  ``settings.max_turns``. Only the field ``seed`` differs (null or a number).
- The folder of the second run ends with ``__seed-N``. A run without a chosen seed has no such ending.
- `swm agents run` on the same folder writes ``settings.aa`` = false. Two runs of the agent ``plain`` that agree in
  everything but the seed are an A/A pair in this case too.

Shards have the same folders below ``OUTPUT_DIR/shard-I-of-N/``. ``settings.shard`` is ``"I/N"``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from social_world_model.agents.making import AgentOptions
from social_world_model.errors import ConfigurationError, DatasetError, MeaninglessError, did_you_mean
from social_world_model.experiments.episodes.plan import EpisodePlan, kind_of
from social_world_model.experiments.episodes.planner import Planner
from social_world_model.experiments.episodes.shards import Shard
from social_world_model.experiments.yaml_entries import entry, flag, listed, loaded, name_of, names
from social_world_model.generation_utils.names import keyless
from social_world_model.scenarios import Game
from social_world_model.settings import EpisodeSettings, declared

AA_AGENT = "plain"
"""Agent of the A/A pairs."""
MATCHING = "best-of"
"""Agent that gets more candidates, until it needs as many tokens as another agent."""

LISTS = ("scenarios", "agents", "models", "world_models", "partners")
KEYS = frozenset({*LISTS, "aa", "match_tokens", "settings"})
_OF_AN_AGENT = frozenset(one.name for one in fields(AgentOptions) if one.name != "max_replies")
_OF_A_PARTNER = frozenset({"partner_model"})
_OF_PLAYERS = ("agent", "partner", "model_name", "world_model", "partner_model")
_OF_A_SCENARIO = frozenset({"data", "seats", "task", "limit"})
_OF_A_CELL = frozenset({"scenario", "agent", "model_name", "world_model", "partner", "save", "command", "aa", "shard"})
_COMMON = (
    frozenset(one.name for one in declared(EpisodeSettings) if one.option.in_sweep)
    - _OF_A_CELL
    - _OF_A_PARTNER
    - (_OF_A_SCENARIO - {"limit", "seats"})
)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One run of episodes in a matrix.

    Parameters
    ----------
    settings
        Settings of the run.
    episodes, environments
        Number of episodes, and number of environments of their scenarios.
    is_judged
        Whether a judge must score the episodes, because the scenarios give no scores.
    is_second
        Whether the cell is the second run of an A/A pair.
    target
        Settings of the run whose tokens per own turn this cell must reach; None for an ordinary cell. The number of
        candidates in `settings` is then only the first guess.
    """

    settings: EpisodeSettings
    episodes: int
    environments: int = 1
    is_judged: bool = False
    is_second: bool = False
    target: EpisodeSettings | None = None

    @classmethod
    def of(cls, plan: EpisodePlan, *, is_second: bool = False, target: EpisodeSettings | None = None) -> Cell:
        """Return the cell of a plan.

        Parameters
        ----------
        plan
            Plan of the run.
        is_second, target
            The same as for the class.
        """
        scenario = plan.tasks[0].scenario
        state, _ = scenario.start(plan.tasks[0].seed)
        has_scores = isinstance(scenario, Game) or scenario.score(state, plan.tasks[0].person) is not None
        return cls(
            settings=plan.settings,
            episodes=len(plan.tasks),
            environments=len({task.scenario.environment for task in plan.tasks}),
            is_judged=not has_scores,
            is_second=is_second,
            target=target,
        )

    @property
    def title(self) -> str:
        """Title that identifies the cell within a matrix."""
        return title(self.settings, self.target)


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Cells of a matrix.

    Parameters
    ----------
    cells
        The cells in the order of execution: A/A pairs first, cells with matched tokens last.
    meaningless
        One line per combination that is not run because the parts do not fit together.
    repeated
        Titles of cells that the file contains more than once. Each of these cells is run once.
    """

    cells: tuple[Cell, ...]
    meaningless: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()

    @property
    def episodes(self) -> int:
        """Number of episodes of all cells together."""
        return sum(cell.episodes for cell in self.cells)


def read_matrix(
    path: Path, command: Sequence[str] = (), *, shard: str | None = None, without_keys: bool = False
) -> Matrix:
    """Read a matrix from a YAML file, and check each cell without calling a model.

    Parameters
    ----------
    path
        Path of the YAML file; see `make_matrix`.
    command, shard, without_keys
        The same as for `make_matrix`.

    Raises
    ------
    ConfigurationError, DatasetError
        If the file has another form, or if `make_matrix` raises the error.
    """
    return make_matrix(loaded(path, KEYS, "a matrix"), str(path), command, shard=shard, without_keys=without_keys)


def make_matrix(
    data: Mapping[str, Any],
    source: str,
    command: Sequence[str] = (),
    *,
    shard: str | None = None,
    without_keys: bool = False,
) -> Matrix:
    """Make the cells of a matrix, and check each cell without calling a model.

    Parameters
    ----------
    data
        ``scenarios`` is a list of names, or of mappings with ``scenario``, ``data``, ``seats``, ``task`` and ``limit``.
        ``agents`` is a list of names, or of mappings with ``agent`` and options of this agent, such as ``candidates``.
        ``models``, ``world_models`` and ``partners`` are lists, too. A partner is a name, or a mapping with ``partner``
        and ``partner_model``. If one of these three is missing, the default of `EpisodeSettings` is used. ``aa: false``
        leaves out the A/A pairs. ``match_tokens`` is the name of an agent. ``settings`` contains further parameters of
        `EpisodeSettings` for all cells. If it contains a budget, all cells share the budget.
    source
        Where the data come from, for messages.
    command
        Command line, which the manifests of the cells contain.
    shard
        Part of the tasks of each cell; None for all tasks.
    without_keys
        Whether API keys may be missing. Use True if no model will be called.

    Raises
    ------
    ConfigurationError, DatasetError
        If an entry is wrong, if a cell is invalid, if two different cells would use one folder, or if there is no cell.
    """
    Shard.of(shard)
    parts = _Parts(data, source, {"command": tuple(command), "shard": shard, "save": True})
    checked = _Checked(source, without_keys=without_keys)
    for settings in parts.ordinary():
        checked.add(settings, is_second=settings.aa and settings.seed != parts.common.get("seed"))
    checked.match(parts)
    if not checked.cells:
        raise ConfigurationError(
            f"expected cells in {source}, got only combinations that do not fit together: "
            f"{'; '.join(checked.meaningless)}"
        )
    return Matrix(cells=tuple(checked.cells), meaningless=tuple(checked.meaningless), repeated=tuple(checked.repeated))


class _Parts:
    """The entries of a matrix, and their combinations."""

    def __init__(self, data: Mapping[str, Any], source: str, fixed: Mapping[str, Any]) -> None:
        self.source = source
        self.common = {**entry(data.get("settings") or {}, _COMMON, "settings", source), **fixed}
        self.scenarios = [name_of(one, "scenario", _OF_A_SCENARIO, source) for one in listed(data, "scenarios", source)]
        self.agents = [name_of(one, "agent", _OF_AN_AGENT, source) for one in listed(data, "agents", source)]
        kinds = [kind_of(one["agent"], "agents") for one in self.agents]
        self.models: list[str | None] = [*names(data, "models", source)] if "models" in data else [None]
        self.worlds: list[str | None] = [*names(data, "world_models", source)] if "world_models" in data else [None]
        given = listed(data, "partners", source) if "partners" in data else [{}]
        self.partners = [name_of(one, "partner", _OF_A_PARTNER, source) if one != {} else {} for one in given]
        partners = [kind_of(one["partner"], "partners") for one in self.partners if one]
        if any(kind.name == "human" for kind in (*kinds, *partners)):
            raise ConfigurationError(f"expected agents that need no person in {source}, got human: use swm play")
        self.aa = flag(data, "aa", source, default=True)
        self.match = data.get("match_tokens")
        if "world_models" in data and not any(kind.imagines for kind in kinds):
            raise ConfigurationError(
                f"expected an agent that imagines replies in agents of {source} if there are world_models, got "
                f"{', '.join(kind.name for kind in kinds)}: add foresee or foresee-paper, or delete world_models"
            )
        known = list(dict.fromkeys(kind.name for kind in kinds if kind.name != MATCHING))
        if self.match is not None and self.match not in known:
            raise ConfigurationError(
                f"expected match_tokens in {source} to be one of the agents {', '.join(known)}; got {self.match!r}"
                f"{did_you_mean(self.match, known)}"
            )

    def ordinary(self) -> Iterator[EpisodeSettings]:
        """Yield the settings of all cells, except those with matched tokens."""
        if self.aa:
            for one in self._each([{"agent": AA_AGENT}]):
                if one.model_name is not None:  # the agent needs a language model
                    yield from aa_pair(one)
        yield from self._each(self.agents)

    def matching(self) -> Iterator[tuple[EpisodeSettings, EpisodeSettings]]:
        """Yield the settings of each cell with matched tokens, and of the cell with the tokens to reach."""
        if self.match is None:
            return
        target = next(one for one in self.agents if one["agent"] == self.match)
        ours = next((one for one in self.agents if one["agent"] == MATCHING), {"agent": MATCHING})
        if "value" not in ours and target.get("value") == "rubric":
            ours = {**ours, "value": "rubric"}
        pairs = zip(self._each([ours]), self._each([target], self.worlds[:1]), strict=True)
        yield from pairs

    def _each(
        self, agents: Sequence[Mapping[str, Any]], worlds: Sequence[str | None] | None = None
    ) -> Iterator[EpisodeSettings]:
        for scenario, partner, model in itertools.product(self.scenarios, self.partners, self.models):
            for agent in agents:
                imagines = kind_of(agent["agent"], "agents").imagines
                for world in (worlds or self.worlds) if imagines else [None]:
                    players = {**agent, **partner, "model_name": model, "world_model": world}
                    yield self._settings({**self.common, **scenario, **players})

    def _settings(self, values: Mapping[str, Any]) -> EpisodeSettings:
        try:
            return EpisodeSettings(**values)
        except ConfigurationError as error:
            raise ConfigurationError(f"{self.source}: {error}") from None


class _Checked:
    """Cells whose plans were made. Each folder has one cell."""

    def __init__(self, source: str, *, without_keys: bool) -> None:
        self.source = source
        self.cells: list[Cell] = []
        self.meaningless: list[str] = []
        self.repeated: list[str] = []
        self._planner = Planner()
        self._without_keys = without_keys
        self._given: list[EpisodeSettings] = []
        self._folders: dict[Path, EpisodeSettings] = {}

    def add(self, settings: EpisodeSettings, *, is_second: bool) -> None:
        """Add a cell, unless another cell has the same folder or the combination is meaningless."""
        plan = self._plan(settings)
        if plan is None:
            return
        again = settings in self._given
        self._given.append(settings)
        folder = plan.folder.resolve()
        other = self._folders.setdefault(folder, settings)
        if other is settings:
            self.cells.append(Cell.of(plan, is_second=is_second))
        elif _what(other) != _what(settings):
            raise ConfigurationError(
                f"expected one folder per cell of {self.source}, got the same folder {folder} for two cells "
                f"({title(settings)}) with different settings. Rename a data file, or use two matrices with different "
                "output_dir"
            )
        elif again and title(settings) not in self.repeated:
            self.repeated.append(title(settings))

    def match(self, parts: _Parts) -> None:
        """Add the cells with matched tokens. The cells that they are compared with must be in the matrix."""
        for settings, target in parts.matching():
            if target not in self._given:
                continue  # this combination was left out
            plan = self._plan(settings)
            if plan is not None and not any(cell.target == target for cell in self.cells):
                self.cells.append(Cell.of(plan, target=target))

    def _plan(self, settings: EpisodeSettings) -> EpisodePlan | None:
        """Return the plan of a cell; None if its combination is meaningless."""
        try:
            with keyless() if self._without_keys else nullcontext():
                return self._planner(settings)
        except MeaninglessError as error:
            line = f"{title(settings)}: {error}"
            if line not in self.meaningless:
                self.meaningless.append(line)
            return None
        except (ConfigurationError, DatasetError) as error:
            raise type(error)(f"{title(settings)}: {error}") from None


def _what(settings: EpisodeSettings) -> EpisodeSettings:
    """Return settings without the fields that the name of the folder contains if they matter."""
    data = None if settings.data is None else settings.data.resolve()
    defaults = EpisodeSettings(scenario=settings.scenario)
    in_the_name = {name: getattr(defaults, name) for name in (*_OF_AN_AGENT, *_OF_PLAYERS, "aa")}
    return replace(settings, data=data, **in_the_name)


def title(settings: EpisodeSettings, target: EpisodeSettings | None = None) -> str:
    """Return a title that identifies a cell within a matrix.

    Parameters
    ----------
    settings
        Settings of the cell.
    target
        Settings of the cell whose tokens this cell must reach; None if there is no such cell.

    Examples
    --------
    >>> title(EpisodeSettings(scenario="stash", agent="foresee", horizon=2, world_model="o3", seed=1))
    'stash · foresee (horizon 2) · world model o3 · seed 1'
    """
    defaults = AgentOptions()
    known = kind_of(settings.agent, "agent").options
    changed = [name for name in known if getattr(settings, name) != getattr(defaults, name)]
    options = ", ".join(f"{name} {getattr(settings, name)}" for name in changed)
    if target is not None:
        options = f"as many tokens as {target.agent}"
    parts = [settings.scenario, f"{settings.agent} ({options})" if options else settings.agent]
    parts += [settings.model_name] if settings.model_name is not None else []
    parts += [f"world model {settings.world_model}"] if settings.world_model is not None else []
    if settings.partner is not None or settings.partner_model is not None:
        named = filter(None, (settings.partner, settings.partner_model))
        parts.append(f"partner {' '.join(named)}")
    parts += [f"seed {settings.seed}"] if settings.seed is not None else []
    return " · ".join(parts)


def aa_pair(settings: EpisodeSettings) -> tuple[EpisodeSettings, EpisodeSettings]:
    """Return the settings of two runs that differ only in the seed.

    Parameters
    ----------
    settings
        Settings of the first run.

    Examples
    --------
    >>> pair = aa_pair(EpisodeSettings(scenario="stash", agent="plain", repeats=3))
    >>> [one.seed for one in pair]
    [None, 3]
    """
    first = replace(settings, aa=True)
    return first, replace(first, seed=(settings.seed or 0) + settings.repeats)
