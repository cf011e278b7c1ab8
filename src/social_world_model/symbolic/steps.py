"""A step of S3AP while it is put together: from who perceives what to observations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from social_world_model.s3ap import SocializedStructure
from social_world_model.s3ap.tags import NONE, SAME_AS_LAST_ACTION, SAME_AS_STATE, mental_state


@dataclass
class Step:
    """What comes to light, what is told and thought, and then what is done.

    Parameters
    ----------
    after
        Who perceives here what was done in the step before.
    facts
        Sentences of the state, each with who perceives it.
    told, thoughts
        By agent: what it alone perceives, and what it thinks.
    acts
        By agent.
    """

    after: Collection[str] = ()
    facts: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    told: dict[str, list[str]] = field(default_factory=dict)
    thoughts: dict[str, list[str]] = field(default_factory=dict)
    acts: dict[str, str] = field(default_factory=dict)

    def next(self, perceivers: Iterable[str]) -> Step:
        """Return the step that follows, in which others perceive what is done in this one.

        Parameters
        ----------
        perceivers
            Who perceives it; somebody who acts alone does so at once, and not again.
        """
        alone = self.acts if len(self.acts) == 1 else ()
        return Step(after=[name for name in perceivers if name not in alone])

    def finished(self, timestep: str, cast: Sequence[str]) -> SocializedStructure:
        """Return it with an entry for everybody."""
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
