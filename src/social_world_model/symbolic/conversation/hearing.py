"""What was said in a conversation and who heard it, as far as a context tells; made for looking things up in.

Any context will do, whoever made it: an event of it that can be perceived is something said here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from social_world_model.s3ap import Event, SocializedContext, events
from social_world_model.s3ap.tags import UNKNOWN
from social_world_model.symbolic.conversation.contexts import HERE, JOINS, LEAVES, SAYS
from social_world_model.symbolic.conversation.names import calls
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
    """Something that could be heard.

    Parameters
    ----------
    by
        Who said it; None for what only a state or an observation tells.
    text
        The utterance without its quotation marks, or the event's words.
    heard_by
        Who heard it, the speaker included.
    """

    by: str | None
    text: str
    heard_by: frozenset[str]


@dataclass
class Hearing:
    """What was said, in order, with an index of its words.

    Parameters
    ----------
    cast
        Of the context.
    said
        In order; who comes and goes is left out.
    is_view
        Whether there was more, which the context does not tell: it is what somebody perceived, or took others to.
    arrived, left
        By person: how much had been said when the person last came, or last went.
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
        """Return the words of texts that are looked for: not the names of those who talk."""
        return [word for text in texts for word in words(text) if word not in self._names]

    def heard(self, people: Collection[str]) -> set[int]:
        """Return the places in `said` of what all of these people heard."""
        return {place for place, one in enumerate(self.said) if one.heard_by.issuperset(people)}

    def places(self, question: str, chain: Sequence[str] = ()) -> range:
        """Return which part of the conversation a question is about: "before Ann joined", "after Bob left".

        Parameters
        ----------
        question
            In words.
        chain
            Whose mind is asked about: "after he joined" speaks of the first of them.
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
    """Read a context for what was said.

    Raises
    ------
    ContextError
        If it cannot be broken into events.
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
    return Said(event.actor, match["said"] if match else event.text, event.observers)


def _note_who_comes_and_goes(heard: Hearing) -> None:
    """Note by whom something is heard that was not before, and the other way round."""
    for name in heard.cast:
        present = [name in one.heard_by for one in heard.said]
        for place in range(1, len(present)):
            if present[place] and not present[place - 1]:
                heard.arrived[name] = place
            elif present[place - 1] and not present[place]:
                heard.left[name] = place


def named_in(text: str, people: Iterable[str]) -> set[str]:
    """Return who is named in a text."""
    people = list(people)
    return {name for name in people if calls(name, people).search(text)}
