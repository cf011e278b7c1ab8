"""Build a step of S3AP from facts and actions, each with the agents who perceive it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from social_world_model.errors import NarrativeError
from social_world_model.s3ap import SocializedStructure
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


@dataclass
class Step:
    """A step that is still being built: facts, private observations, thoughts, and then actions.

    Parameters
    ----------
    after
        Agents who, in this step, perceive the actions of the preceding step.
    facts
        Sentences of the state, each sentence with the agents who perceive this sentence.
    told
        For each agent: the sentences that only this agent perceives.
    thoughts
        For each agent: the mental states.
    acts
        For each agent: the action in this step.
    """

    after: Collection[str] = ()
    facts: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    told: dict[str, list[str]] = field(default_factory=dict)
    thoughts: dict[str, list[str]] = field(default_factory=dict)
    acts: dict[str, str] = field(default_factory=dict)

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
            state=" ".join(text for text, _ in self.facts) or NONE,
            observations={name: self._observation(name) for name in cast},
            actions={name: self.acts.get(name, NONE) for name in cast},
        )

    def _observation(self, agent: str) -> str:
        seen = [text for text, perceivers in self.facts if agent in perceivers]
        if seen and len(seen) == len(self.facts):
            seen = [SAME_AS_STATE]
        parts: Iterable[str] = (
            *([SAME_AS_LAST_ACTION] if agent in self.after else []),
            *seen,
            *self.told.get(agent, ()),
            *(mental_state(text) for text in self.thoughts.get(agent, ())),
        )
        return " ".join(parts) or NONE
