"""What a context is compared with: another context, the symbolic model's reading, or gold perceivers.

A context is a *whole* reference: whatever it does not tell was not there to be perceived. A list of a narrative's
sentences is not: of what follows from them (who is in the room now) it is silent, and so is the measure.
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
    """Something that can be perceived, and who perceives it.

    Parameters
    ----------
    text
        In words.
    kind
        Whether a state tells it, somebody does it, or an observation alone tells it.
    actor
        Who does it, and therefore knows it anyway; None where it is no act.
    perceivers
        Who perceives it.
    moment
        How many steps with acts came before.
    """

    text: str
    kind: Literal["fact", "act", "percept"]
    actor: str | None
    perceivers: frozenset[str]
    moment: int = 0


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Who perceives what, by all that is known.

    Parameters
    ----------
    agents
        Whose perceptions are known.
    events
        In order.
    whole
        Whether what is not in it did not happen; otherwise nothing is known of that.
    left_out
        Sentences that are no events: what somebody likes is in its own mind only.
    """

    agents: tuple[str, ...]
    events: tuple[ReferenceEvent, ...]
    whole: bool = True
    left_out: tuple[str, ...] = ()


def reference_of_context(context: SocializedContext) -> Reference:
    """Return what a context says; thoughts are no part of it.

    Raises
    ------
    ContextError
        If it cannot be broken into events.
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
    """Return who perceives which sentence of a narrative, as the symbolic model has it.

    Parameters
    ----------
    narrative
        Sentences of the symbolic grammar.

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
    """Return what people have annotated: who perceives each sentence of a narrative.

    Parameters
    ----------
    sentences
        The narrative, sentence by sentence, as in the `story` column of Percept-ToMi.
    perceivers
        By sentence, as in its `perceivers` column.

    Returns
    -------
    Reference
        Without sentences on what somebody likes: the annotation gives them now to that agent alone, now to all
        who are present, and a context has them as mental states.

    Raises
    ------
    DatasetError
        If there are not as many lists of perceivers as sentences.
    """
    if len(sentences) != len(perceivers):
        raise DatasetError(
            f"expected the perceivers of each sentence, got {len(perceivers)} lists for {len(sentences)} sentences"
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
    """Return a sentence as what can be perceived: an act of each of its actors, as in a context, or a fact."""
    seen = frozenset(perceivers)
    if not actors:
        return [ReferenceEvent(text=sentence.text, kind="fact", actor=None, perceivers=seen)]
    return [
        ReferenceEvent(text=f"{name} {sentence.predicate}", kind="act", actor=name, perceivers=seen | {name})
        for name in actors
    ]
