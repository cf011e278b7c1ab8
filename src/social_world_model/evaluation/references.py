"""References to compare a context with: another context, the result of the symbolic model, or gold perceivers.

A context is a *whole* reference: events that the context does not contain did not happen. The sentences of a narrative
are not a whole reference. The sentences do not state conclusions, such as who is now in the room. Such conclusions are
not scored.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from social_world_model.errors import DatasetError, NarrativeError
from social_world_model.s3ap import SocializedContext, events
from social_world_model.symbolic.story.clauses import Attitude, Private, StorySentence
from social_world_model.symbolic.story.language import read_narrative
from social_world_model.symbolic.story.world import run


@dataclass(frozen=True, kw_only=True)
class ReferenceEvent:
    """An event and the agents who perceive it.

    Parameters
    ----------
    text
        Text of the event.
    kind
        Kind of event, one of ``"fact"`` (part of a state), ``"act"`` (an action) or ``"percept"`` (only in
        observations).
    actor
        Agent who acts, and who therefore knows about the event; None if the event is not an action.
    perceivers
        Agents who perceive the event.
    moment
        Number of earlier steps that contain actions.
    """

    text: str
    kind: Literal["fact", "act", "percept"]
    actor: str | None
    perceivers: frozenset[str]
    moment: int = 0


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Reference for comparing contexts: events, and the agents who perceive each event.

    Parameters
    ----------
    agents
        Agents whose perceptions are known.
    events
        Events in narrative order.
    whole
        Whether the list of events is complete. If False, other events may have happened.
    left_out
        Sentences that describe no event, such as sentences about what an agent likes.
    """

    agents: tuple[str, ...]
    events: tuple[ReferenceEvent, ...]
    whole: bool = True
    left_out: tuple[str, ...] = ()


def reference_of_context(context: SocializedContext) -> Reference:
    """Return the events of a context, without mental states.

    Raises
    ------
    ContextError
        If events cannot be extracted from the context.
    """
    found: list[ReferenceEvent] = []
    acting: dict[int, int] = {}
    made = events(context)
    for position in sorted({event.position for event in made if event.kind in ("act", "utterance")}):
        acting[position] = len(acting)
    moment, last = 0, -1
    for event in made:
        if event.position != last:
            last = event.position
            moment = sum(position < last for position in acting)
        if event.kind != "mental":
            found.append(
                ReferenceEvent(
                    text=event.text,
                    kind="act" if event.kind == "utterance" else event.kind,
                    actor=event.actor,
                    perceivers=event.observers,
                    moment=moment,
                )
            )
    return Reference(agents=tuple(context.agents_names), events=tuple(found))


def reference_of(narrative: str) -> Reference:
    """Return who perceives which sentence of a narrative, according to the symbolic model.

    Parameters
    ----------
    narrative
        Narrative. The symbolic grammar must cover all sentences of the narrative.

    Raises
    ------
    NarrativeError
        If the symbolic grammar does not cover a sentence.
    """
    cast, happenings = run(read_narrative(narrative))
    found: list[ReferenceEvent] = []
    left_out: list[str] = []
    for happening in happenings:
        if isinstance(happening.sentence.clause, Attitude | Private):
            left_out.append(happening.sentence.text)
        else:
            found += _acts_of(happening.sentence, happening.actors, happening.perceivers)
    return Reference(agents=tuple(cast), events=tuple(found), whole=False, left_out=tuple(left_out))


def reference_of_perceivers(sentences: Sequence[str], perceivers: Sequence[Collection[str]]) -> Reference:
    """Make a reference from human annotations that say who perceives each sentence of a narrative.

    Parameters
    ----------
    sentences
        Sentences of the narrative, as in the `story` column of Percept-ToMi.
    perceivers
        Names of the perceivers of each sentence, as in the `perceivers` column of Percept-ToMi.

    Returns
    -------
    Reference
        Reference without sentences about what an agent likes. The annotation of these sentences is inconsistent:
        sometimes only the agent perceives the sentence, sometimes everybody present. In a context, such sentences are
        mental states.

    Raises
    ------
    DatasetError
        If the number of sentences and the number of lists of perceivers differ.
    """
    if len(sentences) != len(perceivers):
        raise DatasetError(
            f"expected one list of perceivers per sentence, got {len(perceivers)} lists for {len(sentences)} sentences"
        )
    named = [[name for name in people if name.strip()] for people in perceivers]  # some lists hold an empty name
    agents = dict.fromkeys(name for people in named for name in people)
    found: list[ReferenceEvent] = []
    left_out: list[str] = []
    for text, people in zip(sentences, named, strict=True):
        sentence = _read(text)
        if sentence is None:
            found.append(ReferenceEvent(text=text, kind="fact", actor=None, perceivers=frozenset(people)))
        elif isinstance(sentence.clause, Attitude | Private):
            left_out.append(text)
        else:
            actors = getattr(sentence.clause, "people", ()) if sentence.predicate != sentence.text.rstrip(".!") else ()
            found += _acts_of(sentence, actors, people)
    return Reference(agents=tuple(agents), events=tuple(found), whole=False, left_out=tuple(left_out))


def _read(text: str) -> StorySentence | None:
    try:
        (sentence,) = read_narrative(text)
    except (NarrativeError, ValueError):
        return None
    return sentence


def _acts_of(sentence: StorySentence, actors: Sequence[str], perceivers: Collection[str]) -> list[ReferenceEvent]:
    """Return the events of a sentence: one action per agent who acts, or one fact if no agent acts."""
    seen = frozenset(perceivers)
    if not actors:
        return [ReferenceEvent(text=sentence.text, kind="fact", actor=None, perceivers=seen)]
    return [
        ReferenceEvent(text=f"{name} {sentence.predicate}", kind="act", actor=name, perceivers=seen | {name})
        for name in actors
    ]
