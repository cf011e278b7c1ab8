"""Extract the utterances of a context, with the people who heard each utterance, and build a search index.

Contexts of any model are supported. Every event that agents can perceive is treated as an utterance.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from social_world_model.s3ap import Event, SocializedContext, events
from social_world_model.s3ap.tags import UNKNOWN
from social_world_model.symbolic.conversation.contexts import CHANNEL_MANUALS, HERE, JOINS, LEAVES, SAYS
from social_world_model.symbolic.conversation.names import calls
from social_world_model.symbolic.conversation.retrieval import Index
from social_world_model.symbolic.conversation.statements import asks, points_back, tells
from social_world_model.symbolic.conversation.words import words
from social_world_model.symbolic.doubts import EVERYONE, Doubts, doubts_of
from social_world_model.symbolic.parser import not_read
from social_world_model.symbolic.sources import source_of

_SAID = re.compile(rf"{SAYS}[\"“](?P<said>.*)[\"”]\.?$", re.DOTALL)
_CUE = re.compile(
    r"\b(?P<when>before|until|after|once|since|when|upon)\s+"
    r"(?P<who>(?:[A-Z][\w'’.-]*\s+)*?[A-Z][\w.-]*|he|she|they)(?:['’]s)?\s+(?:\w+ly\s+|had\s+|has\s+)?"
    r"(?P<verb>re-?joined|joined|joining|arriv\w+|came|coming|entered|return\w*|got back|became"
    r"|left|leaving|departure|went)(?: (?:back|in|away|out)\b)?(?: (?:the|this) (?:conversation|discussion|chat)\b)?"
)
MAY_MOVE = "who comes or goes"
"""Part of the reason for which a line is not read: the line may be an arrival or a departure."""
ANSWERED_WITHIN = 2
"""Maximum number of lines from a question to its answer."""

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
    doubts
        Steps in which it is a guess who perceives; see `doubts_of`.
    has_unread_moves
        Whether the parser left out a line that may be an arrival or a departure.
    present
        For each utterance: the people in the conversation; None if the context does not say this.
    numbers
        For each utterance: the number of its line in the transcript, or the number of its step.
    note
        Sentence of the manual about who reads the messages of a channel; empty if it is no channel.
    moves
        For each act of joining or leaving: the person, the number of utterances before it, and whether the person
        leaves.
    """

    cast: Sequence[str]
    said: Sequence[Said]
    is_view: bool = False
    arrived: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    doubts: Doubts = field(default_factory=dict)
    has_unread_moves: bool = False
    present: Sequence[frozenset[str] | None] = ()
    numbers: Sequence[int] = ()
    note: str = ""
    moves: Sequence[tuple[str, int, bool]] = ()

    def __post_init__(self) -> None:
        self.index = Index([words(one.text) for one in self.said])
        self._names = {stem for name in self.cast for stem in words(name)}

    @cached_property
    def told(self) -> list[frozenset[str]]:
        """For each utterance: the words of its statements."""
        return [frozenset(words(tells(one.text))) for one in self.said]

    @cached_property
    def asked(self) -> list[frozenset[str]]:
        """For each utterance: the words of the questions that the utterance answers.

        The first statement of another person after a question answers the question. A pronoun in a question, or a
        question such as "When?", refers to the line above.
        """
        found: list[frozenset[str]] = [frozenset() for _ in self.said]
        for place, one in enumerate(self.said):
            text = asks(one.text)
            question = frozenset(words(text))
            if text and place and (not question or (not self.told[place] and points_back(text))):
                question |= self.told[place - 1]
            near = range(place + 1, min(place + 1 + ANSWERED_WITHIN, len(self.said))) if question else ()
            answer = next((later for later in near if self.told[later] and self.said[later].by != one.by), None)
            if answer is not None:
                found[answer] |= question
        return found

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

    def mentions(self, person: str) -> bool:
        """Tell whether an utterance names a person who takes no part in the conversation."""
        named = calls(person, [*self.cast, person])
        return any(named.search(one.text) for one in self.said)

    def is_doubtful(self, person: str, place: int) -> bool:
        """Tell whether it is a guess that a person heard, or did not hear, an utterance.

        Parameters
        ----------
        person
            Name of the person.
        place
            Position of the utterance in `said`.
        """
        said = self.said[place]
        if person == said.by:
            return False
        step = said.event.position + 1
        return self.has_unread_moves or any(step in self.doubts.get(who, ()) for who in (person, EVERYONE))

    @property
    def has_guesses(self) -> bool:
        """Whether it is a guess for any person and utterance who heard it."""
        return self.has_unread_moves or bool(self.doubts)

    def changes(self, person: str, leaves: bool) -> list[int]:
        """Return the numbers of utterances before each departure or arrival of a person, except arrivals at the start.

        Parameters
        ----------
        person
            Name of the person.
        leaves
            Whether departures are wanted, not arrivals.
        """
        stays = [self._is_there(person, place) for place in range(len(self.said))]
        found = {place for place in range(1, len(stays)) if stays[place - 1] is leaves and stays[place] is not leaves}
        edges = {0, len(self.said)} if leaves else {len(self.said)}
        acts = {place for name, place, goes in self.moves if (name, goes) == (person, leaves)}
        return sorted(found | (acts & edges))

    def _is_there(self, person: str, place: int) -> bool:
        present = self.present[place] if self.present else None
        return person in (self.said[place].heard_by if present is None else present)

    def is_absent(self, person: str, place: int) -> bool:
        """Tell whether the context says that a person was not in the conversation at an utterance.

        Parameters
        ----------
        person
            Name of the person.
        place
            Position of the utterance in `said`.
        """
        return bool(self.present) and self.present[place] is not None and not self._is_there(person, place)

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


def said_together(hearing: Hearing, places: Iterable[int]) -> list[list[int]]:
    """Group the positions of utterances by line. If several people say a line together, each has an utterance.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    places
        Positions of utterances, in order.
    """
    said = hearing.said
    groups = groupby(places, key=lambda place: (said[place].event.position, said[place].text))
    return [list(group) for _, group in groups]


def speakers(hearing: Hearing, places: Iterable[int]) -> list[str]:
    """Return the names of the speakers of utterances.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    places
        Positions of utterances.
    """
    return [by for place in places if (by := hearing.said[place].by) is not None]


def without_cue(question: str) -> str:
    """Return a question without the words that only name a time, as in "before Ann joined"."""
    return _CUE.sub(" ", question)


Line = tuple[str, int, str]
"""A line of a transcript: its step in the context, its number, and its text."""


def lines_of(context: SocializedContext) -> tuple[Line, ...]:
    """Return the lines of the transcript that a context was made from; empty if the transcript is not known."""
    source = source_of(context)
    return () if source is None else tuple((entry.timestep, entry.number, entry.text) for entry in source.trace)


def hearing(context: SocializedContext, lines: Sequence[Line] | None = None) -> Hearing:
    """Return the utterances of a context.

    Parameters
    ----------
    context
        A context without errors.
    lines
        Lines of the transcript that the context was made from; None for the lines that the context remembers.

    Raises
    ------
    ContextError
        If the context cannot be split into events.
    """
    perceivable = [event for event in events(context) if event.kind != "mental"]
    said: list[Said] = []
    present: list[frozenset[str] | None] = []
    moves: list[tuple[str, int, bool]] = []
    here: frozenset[str] | None = None
    for event in perceivable:
        if not _is_coming_or_going(event):
            said.append(_said(event))
            present.append(here)
        elif event.text.endswith(HERE):
            here = event.observers
        elif event.actor is not None:
            moves.append((event.actor, len(said), event.text.rstrip(".").endswith(LEAVES)))
    is_view = any(UNKNOWN in text for step in context.socialized_context for text in step.observations.values())
    heard = Hearing(
        context.agents_names,
        said,
        is_view,
        doubts=doubts_of(context),
        has_unread_moves=MAY_MOVE in not_read(context),
        present=() if is_view else present,
        note=next((note for note in CHANNEL_MANUALS.values() if note in (context.context_manual or "")), ""),
        numbers=_numbers(said, lines_of(context) if lines is None else lines),
        moves=moves,
    )
    _note_who_comes_and_goes(heard)
    return heard


def _numbers(said: Sequence[Said], lines: Iterable[Line]) -> list[int]:
    """Return the number of the line of each utterance. The last line of a step is an act, other lines are facts."""
    steps: dict[str, list[tuple[int, str]]] = {}
    for step, number, text in lines:
        steps.setdefault(step, []).append((number, text))
    found = []
    for one in said:
        there = steps.get(one.event.timestep, [(one.event.position + 1, "")])
        facts = [number for number, text in there if one.by is None and one.text.rstrip(".") in text]
        found.append(facts[0] if facts else there[-1][0])
    return found


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
