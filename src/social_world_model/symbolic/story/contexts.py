"""From what happened to S3AP: observations follow from who perceived what.

A step holds what came to light, then one sentence's acts. What is done in a step is perceived by the others
in the next, as ``<same_as_last_action />``. Likes and dislikes are mental states.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from social_world_model.s3ap import SocializedContext, SocializedStructure
from social_world_model.s3ap.prose import closed
from social_world_model.s3ap.tags import NONE, SAME_AS_LAST_ACTION, SAME_AS_STATE, mental_state
from social_world_model.symbolic.reader import TraceEntry
from social_world_model.symbolic.story.clauses import Attitude, Private
from social_world_model.symbolic.story.language import read_narrative
from social_world_model.symbolic.story.world import Happening, run

MANUAL = (
    "Written by the symbolic model from the narrative, in its words. A state holds what has just come to light "
    "where something happened; an observation holds what that agent could perceive from the room it was in."
)


def parse_story(narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
    """Turn a story into S3AP.

    Parameters
    ----------
    narrative
        Sentences of the symbolic grammar.
    guidance
        Domain instructions; they are kept in the context's manual.

    Returns
    -------
    tuple
        A valid context, and a trace with one entry per sentence.

    Raises
    ------
    NarrativeError
        If a sentence is outside the grammar.
    """
    cast, happened = run(read_narrative(narrative))
    steps = [_Step()]
    trace: list[TraceEntry] = []
    for happening in happened:
        _add(steps, happening)
        sentence = happening.sentence
        trace.append(TraceEntry(sentence.number, sentence.text, happening.perceivers, str(len(steps))))
        if happening.actors:  # what comes to light by it belongs to the next step
            steps.append(_Step(after=happening))
    context = SocializedContext(
        agents_names=cast,
        socialized_context=[step.finished(str(number), cast) for number, step in enumerate(steps, start=1)],
        context_manual=f"{MANUAL} {guidance}".strip(),
    )
    return context, trace


def _add(steps: list[_Step], happening: Happening) -> None:
    step, sentence = steps[-1], happening.sentence
    if isinstance(sentence.clause, Attitude):
        for name in sentence.clause.people:
            step.thoughts.setdefault(name, []).append(sentence.predicate)
    elif isinstance(sentence.clause, Private):
        for name in sentence.clause.people:
            step.told.setdefault(name, []).append(closed(sentence.text))
    elif happening.actors:
        step.acts = dict.fromkeys(happening.actors, sentence.predicate)
    else:
        step.facts.append((closed(sentence.text), frozenset(happening.perceivers)))
        step.facts += [(text, frozenset(happening.witnesses)) for text in happening.consequences]


@dataclass
class _Step:
    """A step while it is put together."""

    after: Happening | None = None
    facts: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    told: dict[str, list[str]] = field(default_factory=dict)
    thoughts: dict[str, list[str]] = field(default_factory=dict)
    acts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.after is not None:
            witnesses = frozenset(self.after.witnesses)
            self.facts = [(text, witnesses) for text in self.after.consequences]

    def after_words(self, cast: Sequence[str]) -> list[str]:
        """Return who perceives here what was done in the step before."""
        if self.after is None:
            return []
        alone = len(self.after.actors) == 1
        return [name for name in cast if name in self.after.perceivers and not (alone and name in self.after.actors)]

    def finished(self, timestep: str, cast: Sequence[str]) -> SocializedStructure:
        after = self.after_words(cast)
        return SocializedStructure(
            timestep=timestep,
            state=" ".join(text for text, _ in self.facts) or NONE,
            observations={name: self._observation(name, name in after) for name in cast},
            actions={name: self.acts.get(name, NONE) for name in cast},
        )

    def _observation(self, agent: str, sees_last_act: bool) -> str:
        seen = [text for text, perceivers in self.facts if agent in perceivers]
        if seen and len(seen) == len(self.facts):
            seen = [SAME_AS_STATE]
        parts: Iterable[str] = (
            *([SAME_AS_LAST_ACTION] if sees_last_act else []),
            *seen,
            *self.told.get(agent, ()),
            *(mental_state(text) for text in self.thoughts.get(agent, ())),
        )
        return " ".join(parts) or NONE
