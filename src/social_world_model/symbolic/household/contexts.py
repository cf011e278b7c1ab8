"""Convert a description and a walk to S3AP.

The first state describes the whole flat. This state is for the reader of the context. An observation contains only what
the person can see: the furniture and the visible objects of the current room, and the contents of open places. Every
action starts a new step, so the person sees the result of an action in the next step. The last step has no action.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from social_world_model.errors import NarrativeError
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.prose import joined
from social_world_model.s3ap.tags import without_tags
from social_world_model.symbolic.household.acts import Act
from social_world_model.symbolic.household.description import DescriptionReader
from social_world_model.symbolic.household.flat import Flat, Place
from social_world_model.symbolic.household.flat_sources import FlatSources
from social_world_model.symbolic.household.splitting import Located, located_sentences
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
from social_world_model.symbolic.provenance import Provenance
from social_world_model.symbolic.steps import Fact, Source, Step, context_of

NARRATIVES_KEPT = 256
"""Maximum number of parsed narratives in the cache. Questions about the same flat usually follow each other."""

_WALK = re.compile(r"^[ \t]{0,20}Actions (?:taken|done|performed) by[ \t](?P<name>[^:\n]{1,200}):", re.MULTILINE | re.I)
_FLAT = re.compile(r"\b(?:apartment|flat|house|home|rooms?|kitchen)\b", re.IGNORECASE)
_HEADING = re.compile(r"^\s*What(?:['’]s| is) (?:inside|in) [^:\n]*:", re.IGNORECASE)


def has_shape(narrative: str) -> bool:
    """Tell whether a text describes a flat and then, under a separate heading, a walk."""
    walk = _walk_heading(narrative)
    return walk is not None and bool(_FLAT.search(narrative, 0, walk.start()))


def parse_household(narrative: str, guidance: str = "") -> tuple[SocializedContext, tuple[TraceEntry, ...]]:
    """Convert a narrative with the description of a flat and of a walk to S3AP.

    Parameters
    ----------
    narrative
        Text of the form "What's inside the apartment: … Actions taken by NAME: …".
    guidance
        Domain instructions, which are stored in the manual of the context.

    Returns
    -------
    tuple
        A valid context, and a trace with one entry per sentence. The entry of an unparsed sentence has an empty step.

    Raises
    ------
    NarrativeError
        If the narrative does not have this form, or if the narrative contains no known room or no known action.
    """
    parsing = _parsed(without_tags(narrative))
    return parsing.context(guidance), tuple(parsing.trace)


@lru_cache(maxsize=NARRATIVES_KEPT)
def _parsed(narrative: str) -> _Parsing:
    """Parse a narrative. The result is cached; the context is not, because contexts are mutable."""
    heading = _walk_heading(narrative)
    if heading is None:
        raise NarrativeError(
            "expected the description of a flat, followed by a line 'Actions taken by NAME: …'",
            sentence=narrative,
            number=1,
        )
    parsing = _Parsing(heading["name"].strip())
    opening = _HEADING.match(narrative, 0, heading.start())
    parsing.describe(narrative, opening.end() if opening else 0, heading.start())
    parsing.walk(narrative, heading.end())
    parsing.tell_flat()
    return parsing


class _Parsing:
    """The state while one narrative is converted to a context."""

    def __init__(self, person: str) -> None:
        self.person = person
        self._everybody = frozenset({person})
        self.flat = Flat()
        self.flat_sources = FlatSources(self.flat)
        self.steps = [Step()]
        self.provenance = Provenance(self.steps, [person])
        self.seen_first: list[str] = []
        self.began: tuple[Source, ...] = ()  # the sentence that names the room of the person at the start
        self.trace: list[TraceEntry] = []
        self.not_read: list[int] = []  # only numbers: a view copies the manual and must not reveal unseen text
        self.entered: set[str] = set()

    def describe(self, narrative: str, start: int, end: int) -> None:
        """Parse the description."""
        reader = DescriptionReader(self.flat)
        for sentence in located_sentences(narrative, start, end):
            told = reader.read(sentence.text)
            entry = self._note(sentence, told.understood, "1" if told.things or told.understood else "", ())
            self.flat_sources.note(Source(entry), told.places)
        if not self.flat.rooms:
            raise NarrativeError(
                "expected sentences about the rooms of the flat and their contents, such as 'The kitchen has a fridge. "
                "A plate is in the fridge.'",
                sentence=narrative[start:end].strip(),
                number=1,
            )

    def walk(self, narrative: str, start: int) -> None:
        """Parse the walk."""
        reader, described = WalkReader(self.flat, self.person), len(self.trace)
        waiting: dict[Place | None, int] = {}  # places of a group that waits for its actions, with their sentence
        for sentence in located_sentences(narrative, start, len(narrative)):
            walked = reader.read(sentence.text)
            step = str(len(self.steps)) if walked.understood or walked.acts else ""
            entry = self._note(sentence, walked.understood, step, (self.person,) if step else ())
            self.flat_sources.note(Source(entry, told=False))
            if walked.stays and len(self.steps) == 1 and not self.entered:
                self.began = (Source(entry),)
                self._begin(walked.stays)
            self._act(walked.acts, entry, waiting)
            waiting = {place: waiting.get(place, entry) for place in reader.group}
        self._act(reader.finish().acts, len(self.trace) - 1, waiting)
        if len(self.steps) == 1:
            raise NarrativeError(
                f"expected at least one action of {self.person}, "
                "such as 'She walks to the kitchen and opens the fridge.'",
                sentence=narrative[start:].strip(),
                number=described + 1,
            )

    def tell_flat(self) -> None:
        """Write the whole flat into the first state."""
        flat, sources = self.flat, self.flat_sources.of
        known = [place for place in flat.places if place in flat.contents]
        whole = [
            *((line, self.began) for line in self.seen_first[:1]),
            (rooms_told(flat), sources(None)),
            *((line, sources(room)) for room in flat.rooms for line in room_told(flat, room)),
            *zip(contents_told(flat, known), map(sources, known), strict=True),
        ]
        nobody = frozenset[str]()
        self.steps[0].facts = [
            Fact(line, self._everybody if line in self.seen_first else nobody, come_from) for line, come_from in whole
        ]

    def context(self, guidance: str) -> SocializedContext:
        """Return a new context."""
        manual = " ".join(filter(None, [MANUAL, guidance, self._unread()]))
        return context_of(self.steps, [self.person], manual)

    def _note(self, sentence: Located, understood: bool, step: str, perceivers: tuple[str, ...]) -> int:
        """Add a sentence to the trace and return its position in the trace."""
        entry = len(self.trace)
        if not understood:
            self.not_read.append(entry + 1)
        place = sentence.start, sentence.end
        self.trace.append(TraceEntry(entry + 1, sentence.text, perceivers, step, *place, self.provenance, entry))
        return entry

    def _unread(self) -> str:
        if not self.not_read:
            return ""
        return f"{NOT_READ} sentence{'s' * (len(self.not_read) > 1)} {joined(map(str, self.not_read))}."

    def _begin(self, room: str) -> None:
        self.seen_first = [whereabouts(self.person, room), *self._enter(room)]

    def _act(self, acts: Sequence[Act], entry: int, waiting: Mapping[Place | None, int]) -> None:
        """Add actions that come from a sentence. Waiting places were approached in an earlier sentence."""
        for act in acts:
            by = waiting.get(act.place, entry) if act.verb == "approach" else entry
            self.steps[-1].acts = {self.person: act_told(self.flat, act)}
            self.steps[-1].acts_source = Source(by, act.told)
            facts = [outcome_told(self.flat, act, self.person)]
            if act.verb == "go":
                facts += self._enter(act.room)
            elif act.verb == "open" and act.place is not None and not self.flat.is_open(act.place):
                facts += contents_told(self.flat, [act.place])
            self.steps.append(self.steps[-1].next(self._everybody))
            source = Source(by, told=False)
            self.steps[-1].facts = [Fact(fact, self._everybody, (source,)) for fact in facts]

    def _enter(self, room: str) -> list[str]:
        """Return the facts that become visible on the first visit to a room."""
        if room in self.entered:
            return []
        self.entered.add(room)
        lying_open = [place for place in self.flat.in_room(room) if self.flat.is_open(place)]
        return [*room_told(self.flat, room), *contents_told(self.flat, lying_open)]


def _walk_heading(narrative: str) -> re.Match[str] | None:
    """Find the heading of the walk, which contains the person's name."""
    return next((found for found in _WALK.finditer(narrative) if found["name"].strip()), None)
