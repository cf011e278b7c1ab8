"""Extract the utterances of a context, with the people who heard each utterance, and build a search index.

Contexts of any model are supported. Every event that agents can perceive is treated as an utterance.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from social_world_model.s3ap import Event, SocializedContext, events
from social_world_model.s3ap.tags import UNKNOWN
from social_world_model.symbolic.conversation.contexts import HERE, JOINS, LEAVES, SAYS
from social_world_model.symbolic.conversation.retrieval import Index
from social_world_model.symbolic.conversation.words import words

_SAID = re.compile(rf"{SAYS}[\"“](?P<said>.*)[\"”]\.?$", re.DOTALL)
_CUE = re.compile(
    r"\b(?P<when>before|until|after|once|since|when|upon)\s+"
    r"(?P<who>(?:[A-Z][\w'’.-]*\s+)*?[A-Z][\w.-]*|he|she|they)(?:['’]s)?\s+(?:\w+ly\s+|had\s+|has\s+)?"
    r"(?P<verb>re-?joined|joined|joining|arriv\w+|came|coming|entered|return\w*|got back|became"
    r"|left|leaving|departure|went)"
)
_GOING = frozenset({"left", "leaving", "departure", "went"})


@dataclass(frozen=True)
class Said:
    """An utterance or another event that people could perceive.

    Parameters
    ----------
    event
        Event of the context.
    text
        Text of the utterance without quotation marks, or text of the event.
    """

    event: Event
    text: str

    @property
    def by(self) -> str | None:
        """Name of the speaker. None means that the event comes from a state or an observation."""
        return self.event.actor

    @property
    def heard_by(self) -> frozenset[str]:
        """People who heard the utterance, including the speaker."""
        return self.event.observers


@dataclass
class Hearing:
    """The utterances of a conversation, with an index of their words.

    Parameters
    ----------
    cast
        Names of all people of the context.
    said
        Utterances in order, without arrivals and departures.
    is_view
        Whether the context is a view, that is, only the part that some person perceived.
    arrived, left
        For each person: the number of utterances before the latest arrival or departure of this person.
    """

    cast: Sequence[str]
    said: Sequence[Said]
    is_view: bool = False
    arrived: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.index = Index([words(one.text) for one in self.said])
        self._names = {stem for name in self.cast for stem in words(name)}

    def query(self, *texts: str) -> list[str]:
        """Return the search words of some texts, without the names of the people in the conversation."""
        return [word for text in texts for word in words(text) if word not in self._names]

    def heard(self, people: Collection[str], until: int | None = None) -> set[int]:
        """Return the positions in `said` of the utterances that all of these people heard.

        Parameters
        ----------
        people
            Names of people. If there are no names, every utterance counts as heard.
        until
            Number of utterances to consider, from the start; None for all utterances.
        """
        return {place for place, one in enumerate(self.said[:until]) if one.heard_by.issuperset(people)}

    def places(self, question: str, chain: Sequence[str] = ()) -> range:
        """Return the positions of the utterances at the time that a question names, as in "before Ann joined".

        Parameters
        ----------
        question
            Text of the question. A question that names no time refers to all utterances.
        chain
            People whose nested belief the question asks about. Pronouns, as in "after he joined", refer to the last
            person.
        """
        cue = _CUE.search(question)
        if cue is None:
            return range(len(self.said))
        who = cue["who"] if cue["who"][0].isupper() else (chain[-1] if chain else "")
        moments = self.left if cue["verb"] in _GOING else self.arrived
        moment = moments.get(who)
        if moment is None:
            return range(len(self.said))
        return range(moment) if cue["when"] in ("before", "until") else range(moment, len(self.said))


def hearing(context: SocializedContext) -> Hearing:
    """Return the utterances of a context.

    Raises
    ------
    ContextError
        If the context cannot be split into events.
    """
    perceivable = [event for event in events(context) if event.kind != "mental"]
    said = [_said(event) for event in perceivable if not _is_coming_or_going(event)]
    is_view = any(UNKNOWN in text for step in context.socialized_context for text in step.observations.values())
    heard = Hearing(context.agents_names, said, is_view)
    _note_who_comes_and_goes(heard)
    return heard


def _is_coming_or_going(event: Event) -> bool:
    bare = event.text.rstrip(".")
    return bare.endswith((JOINS, LEAVES)) or event.text.endswith(HERE)


def _said(event: Event) -> Said:
    match = _SAID.search(event.text)
    return Said(event, match["said"] if match else event.text)


def _note_who_comes_and_goes(heard: Hearing) -> None:
    """Store when each person last arrived or left. A change in the listeners shows an arrival or a departure."""
    for name in heard.cast:
        present = [name in one.heard_by for one in heard.said]
        for place in range(1, len(present)):
            if present[place] and not present[place - 1]:
                heard.arrived[name] = place
            elif present[place - 1] and not present[place]:
                heard.left[name] = place
