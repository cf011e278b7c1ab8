"""Calls of agents in an episode: every reply is stored, so that a killed episode is replayed without new calls."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from social_world_model.agents.checked import decided
from social_world_model.contracts import ModelConfig, Reply
from social_world_model.generation_utils.asking import DirectAsk
from social_world_model.generation_utils.calls import Role
from social_world_model.generation_utils.model import Sampling
from social_world_model.generation_utils.output_parsers import OutputParser
from social_world_model.interaction import Act, Agent, Decision, Observation
from social_world_model.runs.journal import Journal
from social_world_model.runs.keys import content_key
from social_world_model.usage import NO_USAGE, Usage

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class CallRecord:
    """One value that an agent got from a model, perhaps after several requests.

    Parameters
    ----------
    role, place
        Purpose of the call, and its place in the decision.
    model
        Name of the model.
    usage
        Usage of all requests.
    """

    role: str
    place: str
    model: str
    usage: Usage


@dataclass
class DecisionLog:
    """The calls of one person in one episode, up to now.

    Parameters
    ----------
    episode
        Key of the episode.
    person
        Name of the person.
    journal
        Replies of all unfinished episodes.

    Attributes
    ----------
    decision
        Number of the present decision, from 0.
    calls
        Calls of the present decision.
    """

    episode: str
    person: str
    journal: Journal
    decision: int = -1
    calls: list[CallRecord] = field(default_factory=list)

    def begin(self) -> None:
        """Start the next decision."""
        self.decision += 1
        self.calls = []


@dataclass(frozen=True)
class JournaledAsk:
    """Asks a language model, unless the journal has the reply. See `Ask`.

    Parameters
    ----------
    ask
        Makes the calls.
    log
        Log of the calls of the person.
    as_partner
        Whether the calls are counted as calls of the partner.
    """

    ask: DirectAsk
    log: DecisionLog
    as_partner: bool = False

    @property
    def model_name(self) -> str:
        """Name of the model."""
        return self.ask.model_name

    @property
    def sampling(self) -> Sampling:
        """Sampling options of all calls."""
        return self.ask.sampling

    @property
    def reasons(self) -> bool:
        """Whether the prompt should ask for reasoning."""
        return self.ask.reasons

    async def __call__(
        self, text: str, parser: OutputParser[T], *, role: Role, place: str = "", temperature: float | None = None
    ) -> T:
        """Return the value of the stored reply, or ask the model; see `Ask`."""
        log, prompt = self.log, self.ask.prompt(text, parser, temperature)
        number = log.decision
        key = content_key(
            episode=log.episode,
            person=log.person,
            decision=number,
            role=role,
            place=place,
            model=self.model_name,
            prompt=prompt.hash,
        )
        stored = log.journal.find(key)
        if stored is not None:
            value, usage = parser.parse(stored.response), stored.usage
        else:
            made = await self.ask.generate(prompt, parser, "partner" if self.as_partner else role)
            value, usage = made.value, made.usage
            log.journal.keep(log.episode, key, Reply(response=made.completion.text, usage=usage))
        log.calls.append(CallRecord(role=role, place=place, model=self.model_name, usage=usage))
        return value


@dataclass(frozen=True, kw_only=True)
class LoggedDecision(Decision):
    """A decision with the calls that it needed.

    Parameters
    ----------
    calls
        Calls, sorted by role and place.
    seconds
        Duration of the decision. A replayed decision takes less time.
    """

    calls: tuple[CallRecord, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class LoggedAgent:
    """An agent whose calls are logged. See `Agent`.

    Parameters
    ----------
    agent
        The agent.
    log
        Log that all calls of the agent use.
    is_own
        Whether the agent decides outside the package, such as a person or an object of the user. The journal then has
        the acts of the agent, because it has no replies.
    """

    agent: Agent
    log: DecisionLog
    is_own: bool = False

    @property
    def name(self) -> str:
        """Name of the kind of agent."""
        return self.agent.name

    @property
    def config(self) -> ModelConfig:
        """Everything that affects the decisions, except the observation."""
        return self.agent.config

    async def decide(self, observation: Observation) -> LoggedDecision:
        """Decide on an act, and return the decision with its calls."""
        self.log.begin()
        start = time.monotonic()
        decision = await (self._own(observation) if self.is_own else decided(self.agent, observation))
        calls = sorted(self.log.calls, key=lambda call: (call.role, call.place))
        if decision.usage != NO_USAGE:
            calls.append(CallRecord(role="act", place="own", model=self.name, usage=decision.usage))
        return LoggedDecision(**vars(decision), calls=tuple(calls), seconds=time.monotonic() - start)

    async def _own(self, observation: Observation) -> Decision:
        log = self.log
        key = content_key(episode=log.episode, person=log.person, decision=log.decision, role="own")
        stored = log.journal.find(key)
        if stored is not None:
            return Decision(act=act_of(json.loads(stored.response)), why=stored.reasoning, usage=stored.usage)
        made = await decided(self.agent, observation)
        words = json.dumps(act_data(made.act), ensure_ascii=False)
        log.journal.keep(log.episode, key, Reply(response=words, reasoning=made.why, usage=made.usage))
        return made


def act_of(data: Mapping[str, Any]) -> Act:
    """Return the act in stored data."""
    return Act(kind=data["kind"], text=data["text"], to=tuple(data["to"]))


def act_data(act: Act) -> dict[str, Any]:
    """Return an act as data for JSON."""
    return {"kind": act.kind, "text": act.text, "to": list(act.to)}
