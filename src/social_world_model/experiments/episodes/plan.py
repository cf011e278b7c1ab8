"""Plan of a run of episodes: tasks, agents, keys and the folder. Making the plan calls no model."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from social_world_model.agents.making import AGENTS, AgentKind, AgentOptions, Seat
from social_world_model.agents.random_acts import lists_acts
from social_world_model.agents.scripted import scripted_kind
from social_world_model.errors import ConfigurationError, MeaninglessError, did_you_mean
from social_world_model.experiments.episodes.calls import DecisionLog, JournaledAsk, LoggedAgent
from social_world_model.experiments.episodes.files import StoredEpisode, read_episode
from social_world_model.experiments.episodes.shards import Shard
from social_world_model.experiments.episodes.tasks import EpisodeTask, tasks_of
from social_world_model.generation_utils.asking import Ask, DirectAsk
from social_world_model.generation_utils.clients import Clients
from social_world_model.generation_utils.model import Sampling
from social_world_model.interaction import Agent, State
from social_world_model.registry import check_members
from social_world_model.runs.journal import Journal
from social_world_model.runs.keys import content_key, fingerprint
from social_world_model.runs.names import episodes_folder, file_stem
from social_world_model.scenarios import Game, Scenario, get_scenarios
from social_world_model.settings import EpisodeSettings

TEMPERATURE = 0.7
"""Default temperature of agents."""
SCRIPTED = "scripted:"


@dataclass(frozen=True, kw_only=True)
class Player:
    """One side of an episode: a kind of agent, with its language models.

    Parameters
    ----------
    kind
        Kind of agent.
    options
        Options of the agent.
    ask, world
        Asks the language model, and asks the model that imagines replies; None if there is no such model.
    own
        Agent of the user, which replaces `kind`; None if there is none.
    """

    kind: AgentKind
    options: AgentOptions
    ask: DirectAsk | None = None
    world: DirectAsk | None = None
    own: Agent | None = None

    @property
    def name(self) -> str:
        """Name of the player in folders: kind, options that differ from the defaults, and models."""
        if self.own is not None:
            return self.own.name
        defaults = AgentOptions()
        changed = [
            f"-{name}-{getattr(self.options, name)}"
            for name in self.kind.options
            if getattr(self.options, name) != getattr(defaults, name)
        ]
        models = [ask.model_name for ask in (self.ask, self.world if self.kind.imagines else None) if ask is not None]
        return "_".join(["".join([self.kind.name, *changed]), *models])

    def agent(self, task: EpisodeTask, person: str, state: State, log: DecisionLog, *, as_partner: bool) -> LoggedAgent:
        """Return the agent of a person in an episode.

        Parameters
        ----------
        task
            Episode to play.
        person
            Name of the person.
        state
            First state of the scenario.
        log
            Log of the calls of the person.
        as_partner
            Whether the agent plays a partner.
        """
        ask, world = (
            None if one is None else JournaledAsk(_seeded(one, task.seed), log, as_partner=as_partner)
            for one in (self.ask, self.world)
        )
        made = self.made(task, person, state, ask, world)
        return LoggedAgent(made, log, is_own=self.own is not None or self.kind.name == "human")

    def made(self, task: EpisodeTask, person: str, state: State, ask: Ask | None, world: Ask | None) -> Agent:
        """Return the agent of a person without a log of its calls.

        Parameters
        ----------
        task, person, state
            The same as for `agent`.
        ask, world
            Asks the language model, and asks the model that imagines replies; None if there is no such model.
        """
        seat = Seat(
            name=person,
            scenario=task.scenario,
            state=state,
            seed=task.seed,
            ask=ask,
            world=world or ask,
            options=self.options,
        )
        made = self.kind.make(seat) if self.own is None else self.own
        check_members(made, f"an agent from the kind of agent {self.kind.name}", ("name", "config", "decide"))
        return made


@dataclass(frozen=True, kw_only=True)
class EpisodePlan:
    """Plan of a run of episodes.

    Parameters
    ----------
    settings
        Settings of the run.
    tasks
        Episodes to play, in order.
    agent, partner
        The compared agent, and the agents in all other seats.
    data_sha256
        SHA-256 of the data file; empty if there is none.
    people
        Agents of the user that play single seats, by seat.
    """

    settings: EpisodeSettings
    tasks: tuple[EpisodeTask, ...]
    agent: Player
    partner: Player
    data_sha256: str
    people: Mapping[str, Agent] = field(default_factory=dict)

    @property
    def calls_models(self) -> bool:
        """Whether a language model takes part."""
        return any(player.ask is not None for player in (self.agent, self.partner))

    @property
    def saves(self) -> bool:
        """Whether episodes are stored."""
        return self.calls_models if self.settings.save is None else self.settings.save

    @property
    def folder(self) -> Path:
        """Folder of the episodes."""
        settings = self.settings
        data = "" if settings.data is None else settings.data.name
        if settings.max_turns is not None:
            data = "_".join(filter(None, (data, f"max-turns-{settings.max_turns}")))
        part = Shard.of(settings.shard)
        parent = settings.output_dir if part is None else settings.output_dir / part.folder
        return episodes_folder(parent, settings.scenario, data, self.agent.name, self.partner.name, settings.seed)

    def path(self, task: EpisodeTask) -> Path:
        """Return the file of an episode."""
        return self.folder / f"{file_stem(task.index)}.json"

    def finished(self, task: EpisodeTask) -> StoredEpisode | None:
        """Return the stored episode of a task; None if it was not played to its end with the same settings."""
        known = read_episode(self.path(task))
        return known if known is not None and known.is_played and known.episode_key == self.key(task) else None

    def agents(self, task: EpisodeTask, journal: Journal) -> Mapping[str, LoggedAgent]:
        """Return the agents of an episode, by the name of the person.

        Parameters
        ----------
        task
            Episode to play.
        journal
            Replies of unfinished episodes.

        Raises
        ------
        ConfigurationError
            If an agent cannot play its seat.
        """
        return self._agents(task, self.key(task), journal)

    def key(self, task: EpisodeTask) -> str:
        """Return a hash of everything that affects an episode."""
        scenario = task.scenario
        state, facts = scenario.start(task.seed)
        agents = self._agents(task, "", Journal(None))
        return content_key(
            scenario=self.settings.scenario,
            task=task.id,
            repeat=task.repeat,
            seed=task.seed,
            max_turns=self.settings.max_turns or scenario.max_turns,
            facts=[[one.text, sorted(one.observers)] for one in facts],
            briefings=[asdict(scenario.briefing(name, state)) for name in agents],
            players=[self.agent.name, self.partner.name],
            agents={name: [agent.name, fingerprint(agent.config)] for name, agent in agents.items()},
        )

    def _agents(self, task: EpisodeTask, key: str, journal: Journal) -> dict[str, LoggedAgent]:
        state, _ = task.scenario.start(task.seed)
        agents = {}
        for seat, person in task.scenario.seats.items():
            log = DecisionLog(key, person, journal)
            is_partner = seat != task.seat
            player = self.partner if is_partner else self.agent
            if seat in self.people:
                agents[person] = LoggedAgent(self.people[seat], log, is_own=True)
            else:
                agents[person] = player.agent(task, person, state, log, as_partner=is_partner)
        return agents


@dataclass(frozen=True)
class LoadedScenarios:
    """Scenarios of a run.

    Parameters
    ----------
    scenarios
        All scenarios of the source.
    sha256
        SHA-256 of the data file; empty if there is none.
    """

    scenarios: tuple[Scenario, ...]
    sha256: str


def load_scenarios(settings: EpisodeSettings) -> LoadedScenarios:
    """Read the scenarios of a run.

    Raises
    ------
    ConfigurationError, DatasetError
        If the source is unknown, or if the data cannot be used.
    """
    scenarios = get_scenarios(settings.scenario, settings.data)
    digest = "" if settings.data is None else hashlib.sha256(settings.data.read_bytes()).hexdigest()
    return LoadedScenarios(scenarios, digest)


def plan_episodes(
    settings: EpisodeSettings,
    clients: Clients,
    *,
    loaded: LoadedScenarios | None = None,
    agent: Agent | None = None,
    partner: Agent | None = None,
    people: Mapping[str, Agent] | None = None,
) -> EpisodePlan:
    """Make the plan of a run of episodes.

    Parameters
    ----------
    settings
        Settings of the run.
    clients
        Language models of the run.
    loaded
        Scenarios of the run, if they are already loaded.
    agent, partner
        Agents of the user, which replace the agents in the settings.
    people
        Agents of the user that play single seats, by seat.

    Raises
    ------
    ConfigurationError
        If a name is unknown, if an agent needs a model, or if settings contradict each other.
    DatasetError
        If the data cannot be used.
    """
    loaded = loaded or load_scenarios(settings)
    tasks = tasks_of(settings, loaded.scenarios, people or {})
    player, other = _players(settings, clients, _usual_partner(settings, loaded.scenarios))
    plan = EpisodePlan(
        settings=settings,
        tasks=tasks,
        agent=replace(player, own=agent),
        partner=replace(other, own=partner),
        data_sha256=loaded.sha256,
        people=people or {},
    )
    clients.check()
    plan.agents(tasks[0], Journal(None))  # an agent that lacks a model says so before the first call
    return plan


def _players(settings: EpisodeSettings, clients: Clients, usual_partner: str) -> tuple[Player, Player]:
    """Return the compared agent and its partner, each with the language models that it needs."""
    asked, options = asker(settings, clients), agent_options(settings)
    kind, partner = kind_of(settings.agent, "agent"), kind_of(settings.partner or usual_partner, "partner")
    if settings.world_model is not None and not kind.imagines:
        raise ConfigurationError(
            f"expected an agent with foresight if world_model is set, got agent {kind.name}",
            parameters=("world_model", "agent"),
        )
    needs_model = bool(partner.calls(AgentOptions()))
    if settings.partner_model is not None and not needs_model:
        raise MeaninglessError(
            f"expected a partner with a language model if partner_model is set, got partner {partner.name}",
            parameters=("partner_model", "partner"),
        )
    model = settings.model_name if kind.calls(options) else None
    partner_model = settings.partner_model or (settings.model_name if needs_model else None)
    return (
        Player(kind=kind, options=options, ask=asked(model), world=asked(settings.world_model)),
        Player(kind=partner, options=AgentOptions(), ask=asked(partner_model)),
    )


def asker(settings: EpisodeSettings, clients: Clients) -> Callable[[str | None], DirectAsk | None]:
    """Return a function that returns what asks a language model; None if there is no such model.

    Parameters
    ----------
    settings
        Settings with the sampling options.
    clients
        Language models of the run.
    """
    temperature = TEMPERATURE if settings.temperature is None else settings.temperature
    sampling = Sampling.of(settings, temperature=temperature)

    def asked(name: str | None) -> DirectAsk | None:
        return None if name is None else DirectAsk(model=clients.model(name), calls=clients.calls, sampling=sampling)

    return asked


def _seeded(ask: DirectAsk, seed: int) -> DirectAsk:
    """Return a copy with the seed of an episode, if models get a seed. Otherwise, all repeats would be equal."""
    return ask if ask.sampling.seed is None else replace(ask, sampling=replace(ask.sampling, seed=seed))


def _usual_partner(settings: EpisodeSettings, scenarios: Sequence[Scenario]) -> str:
    """Return the default partner: the best one that needs no model which the user did not name."""
    if all(isinstance(scenario, Game) for scenario in scenarios):
        return "habit"
    has_model = settings.model_name is not None or settings.partner_model is not None
    return "random" if not has_model and lists_acts(scenarios[0]) else "plain"


def agent_options(settings: EpisodeSettings) -> AgentOptions:
    """Return the options of the agent. The settings `many` allows any number of imagined replies."""
    same = [field.name for field in fields(AgentOptions) if field.name != "max_replies"]
    options = AgentOptions(**{name: getattr(settings, name) for name in same})
    return replace(options, max_replies=sys.maxsize) if settings.many else options


def kind_of(name: str, parameter: str) -> AgentKind:
    """Return the kind of agent with this name.

    Parameters
    ----------
    name
        Name that users type, or ``scripted:FILE``.
    parameter
        Name of the setting, for the message.

    Raises
    ------
    ConfigurationError
        If there is no such kind, or if the file of the agent cannot be used.
    """
    if name.startswith(SCRIPTED):
        return scripted_kind(Path(name.removeprefix(SCRIPTED)))
    kind = AGENTS.find(name)
    if kind is None:
        names = [*AGENTS.names(), f"{SCRIPTED}FILE"]
        raise ConfigurationError(
            f"expected {parameter} to be one of {', '.join(names)}; got {name!r}{did_you_mean(name, names)}",
            parameters=(parameter,),
        )
    return kind
