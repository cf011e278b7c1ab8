"""From a description and a walk to S3AP: an observation holds what can be seen from where somebody is.

The first state holds the whole flat, for whoever reads the context; the person sees the furniture of the room that it
is in, what lies open there, and what is inside a place once that place is open. An act opens a new step, so what is
done in one is seen in the next; in the last nobody acts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from social_world_model.errors import NarrativeError
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.prose import is_closed, joined, sentences
from social_world_model.symbolic.household.acts import Act
from social_world_model.symbolic.household.description import DescriptionReader
from social_world_model.symbolic.household.flat import Flat
from social_world_model.symbolic.household.walk import WalkReader
from social_world_model.symbolic.household.wording import (
    MANUAL,
    act_told,
    contents_told,
    outcome_told,
    room_told,
    rooms_told,
    whereabouts,
)
from social_world_model.symbolic.parser import NOT_READ, TraceEntry
from social_world_model.symbolic.steps import Step

NARRATIVES_KEPT = 256
"""Questions about one flat come one after the other; more is not kept."""

_WALK = re.compile(r"^[ \t]{0,20}Actions (?:taken|done|performed) by[ \t](?P<name>[^:\n]{1,200}):", re.MULTILINE | re.I)
_FLAT = re.compile(r"\b(?:apartment|flat|house|home|rooms?|kitchen)\b", re.IGNORECASE)
_HEADING = re.compile(r"^\s*What(?:['’]s| is) (?:inside|in) [^:\n]*:", re.IGNORECASE)


def has_shape(narrative: str) -> bool:
    """Tell whether a text describes a flat, and then a walk under a heading of its own."""
    walk = _walk_heading(narrative)
    return walk is not None and bool(_FLAT.search(narrative, 0, walk.start()))


def parse_household(narrative: str, guidance: str = "") -> tuple[SocializedContext, tuple[TraceEntry, ...]]:
    """Turn the description of a flat and an account of a walk through it into S3AP.

    Parameters
    ----------
    narrative
        "What's inside the apartment: … Actions taken by NAME: …".
    guidance
        Domain instructions; they are kept in the context's manual.

    Returns
    -------
    tuple
        A valid context, and a trace with one entry per sentence; one of which nothing is understood has no step.

    Raises
    ------
    NarrativeError
        If it has not this shape, or if no room or no act can be read.
    """
    context, trace = _parsed(narrative, guidance)
    return context.model_copy(deep=True), trace


@lru_cache(maxsize=NARRATIVES_KEPT)
def _parsed(narrative: str, guidance: str) -> tuple[SocializedContext, tuple[TraceEntry, ...]]:
    """Return the context that is kept; whoever asks is given a copy, since contexts can be changed."""
    heading = _walk_heading(narrative)
    if heading is None:
        raise NarrativeError(
            "expected the description of a flat, and then a line 'Actions taken by NAME: …'", sentence=narrative
        )
    parsing = _Parsing(heading["name"].strip())
    parsing.describe(_HEADING.sub("", narrative[: heading.start()]))
    parsing.walk(narrative[heading.end() :])
    return parsing.context(guidance), tuple(parsing.trace)


class _Parsing:
    """One narrative, on its way to a context."""

    def __init__(self, person: str) -> None:
        self.person = person
        self._everybody = frozenset({person})
        self.flat = Flat()
        self.steps = [Step()]
        self.seen_first: list[str] = []
        self.trace: list[TraceEntry] = []
        self.not_read: list[int] = []  # by number: a view copies the manual, and must not show what was never seen
        self.entered: set[str] = set()

    def describe(self, text: str) -> None:
        """Take in the description."""
        reader = DescriptionReader(self.flat)
        for sentence in _sentences(text):
            told = reader.read(sentence)
            self._note(sentence, told.understood, "1" if told.things or told.understood else "", ())
        if not self.flat.rooms:
            raise NarrativeError(
                "expected sentences that say which rooms there are and what is in them, such as 'The kitchen has a "
                "fridge. A plate is in the fridge.'",
                sentence=text.strip(),
            )

    def walk(self, text: str) -> None:
        """Take in the walk."""
        reader = WalkReader(self.flat, self.person)
        for sentence in _sentences(text):
            walked = reader.read(sentence)
            step = str(len(self.steps)) if walked.understood or walked.acts else ""
            self._note(sentence, walked.understood, step, (self.person,) if step else ())
            if walked.stays and len(self.steps) == 1 and not self.entered:
                self._begin(walked.stays)
            self._act(walked.acts)
        self._act(reader.finish().acts)
        if len(self.steps) == 1:
            raise NarrativeError(
                f"expected what {self.person} does, such as 'She walks to the kitchen and opens the fridge.'",
                sentence=text.strip(),
            )

    def context(self, guidance: str) -> SocializedContext:
        """Return the context."""
        whole = [
            *self.seen_first[:1],
            rooms_told(self.flat),
            *(line for room in self.flat.rooms for line in room_told(self.flat, room)),
            *contents_told(self.flat, self.flat.places),
        ]
        self.steps[0].facts = [(line, self._everybody if line in self.seen_first else frozenset()) for line in whole]
        cast = [self.person]
        return SocializedContext(
            agents_names=cast,
            socialized_context=[step.finished(str(number), cast) for number, step in enumerate(self.steps, start=1)],
            context_manual=" ".join(filter(None, [MANUAL, guidance, self._unread()])),
        )

    def _note(self, sentence: str, understood: bool, step: str, perceivers: tuple[str, ...]) -> None:
        number = len(self.trace) + 1
        if not understood:
            self.not_read.append(number)
        self.trace.append(TraceEntry(number, sentence, perceivers, step))

    def _unread(self) -> str:
        if not self.not_read:
            return ""
        return f"{NOT_READ} sentence{'s' * (len(self.not_read) > 1)} {joined(map(str, self.not_read))}."

    def _begin(self, room: str) -> None:
        self.seen_first = [whereabouts(self.person, room), *self._enter(room)]

    def _act(self, acts: Sequence[Act]) -> None:
        for act in acts:
            self.steps[-1].acts = {self.person: act_told(self.flat, act)}
            facts = [outcome_told(self.flat, act, self.person)]
            if act.verb == "go":
                facts += self._enter(act.room)
            elif act.verb == "open" and act.place is not None and not self.flat.is_open(act.place):
                facts += contents_told(self.flat, [act.place])
            self.steps.append(self.steps[-1].next(self._everybody))
            self.steps[-1].facts = [(fact, self._everybody) for fact in facts]

    def _enter(self, room: str) -> list[str]:
        """Return what is seen when one comes into a room for the first time."""
        if room in self.entered:
            return []
        self.entered.add(room)
        lying_open = [place for place in self.flat.in_room(room) if self.flat.is_open(place)]
        return [*room_told(self.flat, room), *contents_told(self.flat, lying_open)]


def _walk_heading(narrative: str) -> re.Match[str] | None:
    """Return the heading of the walk, with the name in it."""
    return next((found for found in _WALK.finditer(narrative) if found["name"].strip()), None)


def _sentences(text: str) -> list[str]:
    """Return the sentences; a line ends one, unless it is only wrapped, and may begin with the sign of a list."""
    lines: list[str] = []
    for line in (re.sub(r"^\s*[-*•–]\s+", "", line).strip() for line in text.splitlines()):
        if lines and line[:1].islower() and not is_closed(lines[-1]):
            lines[-1] += f" {line}"
        elif line:
            lines.append(line)
    return [sentence for line in lines for sentence in sentences(line)]
