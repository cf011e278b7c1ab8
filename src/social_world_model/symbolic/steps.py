"""Build a step of S3AP from facts and actions, each with its observers and with the sentences that it comes from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from social_world_model.errors import NarrativeError
from social_world_model.s3ap import SocializedContext, SocializedStructure
from social_world_model.s3ap.tags import NONE, SAME_AS_LAST_ACTION, SAME_AS_STATE, mental_state

MOST_ENTRIES = 1_000_000
"""Maximum number of agents times steps of a context. Each agent has two entries in each step."""


def check_size(narrative: str, agents: int, steps: int) -> None:
    """Refuse a narrative whose context would be too large.

    Parameters
    ----------
    narrative
        Text of the narrative, for the error message.
    agents, steps
        Number of agents, and number of steps.

    Raises
    ------
    NarrativeError
        If the context would have more than `MOST_ENTRIES` entries.
    """
    if agents * steps > MOST_ENTRIES:
        raise NarrativeError(
            f"expected at most {MOST_ENTRIES:,} agents times steps, got {agents:,} times {steps:,}: split the text",
            sentence=narrative[:80],
        )


class Source(NamedTuple):
    """A sentence of the narrative that a part of a step comes from.

    Parameters
    ----------
    entry
        0-based position of the sentence in the trace.
    told
        Whether the sentence states this part. If not, the reader infers this part from the sentence.
    """

    entry: int
    told: bool = True


class Words(NamedTuple):
    """A private observation or a thought, and the sentences that it comes from."""

    text: str
    sources: tuple[Source, ...] = ()


class Fact(NamedTuple):
    """A sentence of a state, the agents who perceive it, and the sentences of the narrative that it comes from."""

    text: str
    perceivers: frozenset[str]
    sources: tuple[Source, ...] = ()


@dataclass
class Step:
    """A step that is still being built: facts, private observations, thoughts, and then actions.

    Parameters
    ----------
    after
        Agents who, in this step, perceive the actions of the preceding step.
    facts
        Sentences of the state.
    told
        For each agent: the sentences that only this agent perceives.
    thoughts
        For each agent: the mental states.
    acts
        For each agent: the action in this step.
    acts_source
        Sentence that the actions come from. All actions of a step come from one sentence.
    """

    after: Collection[str] = ()
    facts: list[Fact] = field(default_factory=list)
    told: dict[str, list[Words]] = field(default_factory=dict)
    thoughts: dict[str, list[Words]] = field(default_factory=dict)
    acts: dict[str, str] = field(default_factory=dict)
    acts_source: Source | None = None

    def next(self, perceivers: Iterable[str]) -> Step:
        """Return the following step, in which other agents perceive the actions of this step.

        Parameters
        ----------
        perceivers
            Agents who perceive the actions. If only one agent acts, this agent perceives the action at once and is left
            out.
        """
        alone = self.acts if len(self.acts) == 1 else ()
        return Step(after=[name for name in perceivers if name not in alone])

    def finished(self, timestep: str, cast: Sequence[str]) -> SocializedStructure:
        """Return the S3AP step, with an observation and an action for every agent.

        Parameters
        ----------
        timestep
            Number of the step, as text.
        cast
            Names of all agents, in order.
        """
        return SocializedStructure(
            timestep=timestep,
            state=" ".join(fact.text for fact in self.facts) or NONE,
            observations={name: self._observation(name) for name in cast},
            actions={name: self.acts.get(name, NONE) for name in cast},
        )

    def _observation(self, agent: str) -> str:
        parts = [SAME_AS_LAST_ACTION] if agent in self.after else []
        if self.facts:
            seen = [text for text, perceivers, _ in self.facts if agent in perceivers]
            parts += seen if len(seen) < len(self.facts) else [SAME_AS_STATE]
        if self.told or self.thoughts:
            parts += [words.text for words in self.told.get(agent, ())]
            parts += [mental_state(words.text) for words in self.thoughts.get(agent, ())]
        return " ".join(parts) or NONE

    def in_words(self, agent: str) -> list[Fact | Words]:
        """Return the parts of an agent's observation that are written in words, not as tags."""
        seen = [fact for fact in self.facts if agent in fact.perceivers]
        return [*(seen if len(seen) < len(self.facts) else ()), *self.told.get(agent, ())]


def context_of(steps: Sequence[Step], cast: Sequence[str], manual: str | None = None) -> SocializedContext:
    """Return the context with all steps.

    Parameters
    ----------
    steps
        Steps in order. The first step has number 1.
    cast
        Names of all agents, in order.
    manual
        Manual of the context.
    """
    return SocializedContext(
        agents_names=list(cast),
        socialized_context=[step.finished(str(number), cast) for number, step in enumerate(steps, start=1)],
        context_manual=manual,
    )
