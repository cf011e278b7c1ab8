"""References to compare a context with: another context, the result of the symbolic model, or gold perceivers.

A context is a *whole* reference: events outside the context did not happen. A list of a narrative's sentences is not a
whole reference. It does not contain conclusions from the sentences, such as who is in the room now. Such conclusions
are not scored.
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
        ``"fact"`` if a state tells the event, ``"act"`` if an agent acts, ``"percept"`` if only an observation "
        "tells it.
    actor
        Agent who acts, and who therefore knows of the event; None if the event is not an act.
    perceivers
        Agents who perceive the event.
    moment
        Number of earlier steps that contain acts.
    """

    text: str
    kind: Literal["fact", "act", "percept"]
    actor: str | None
    perceivers: frozenset[str]
    moment: int = 0


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Events with the agents who perceive them, as a standard of comparison.

    Parameters
    ----------
    agents
        Agents whose perceptions are known.
    events
        Events in narrative order.
    whole
        Whether the list of events is complete. If False, other events may have happened.
    left_out
        Sentences that do not tell events, such as sentences on what an agent likes.
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
        Narrative whose sentences are all in the symbolic grammar.

    Raises
    ------
    NarrativeError
        If a sentence is outside the grammar.
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
    """Return a reference from human annotation of who perceives each sentence of a narrative.

    Parameters
    ----------
    sentences
        Sentences of the narrative, as in the `story` column of Percept-ToMi.
    perceivers
        Names of the perceivers of each sentence, as in the `perceivers` column of Percept-ToMi.

    Returns
    -------
    Reference
        A reference without sentences on what an agent likes. Their annotation is inconsistent: sometimes only the
        agent perceives them, sometimes everybody present. In a context they are mental states.

    Raises
    ------
    DatasetError
        If the number of lists of perceivers differs from the number of sentences.
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
    """Return the events of a sentence: one act per actor, as in a context, or one fact."""
    seen = frozenset(perceivers)
    if not actors:
        return [ReferenceEvent(text=sentence.text, kind="fact", actor=None, perceivers=seen)]
    return [
        ReferenceEvent(text=f"{name} {sentence.predicate}", kind="act", actor=name, perceivers=seen | {name})
        for name in actors
    ]
