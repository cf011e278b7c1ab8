"""From the account of a walk to acts, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from social_world_model.symbolic.household.flat import Flat, Place, is_furniture
from social_world_model.symbolic.household.phrases import Chunk, Noun, chunks

Verb = Literal["go", "approach", "open", "close", "intend", "pass"]


@dataclass(frozen=True)
class Act:
    """One thing that somebody does.

    Parameters
    ----------
    verb
        Goes to a room; approaches, opens or closes a place, passes it by, or is about to open it.
    room
        Where it happens, or where it leads to.
    place
        The place; None for a room, and where a thing is approached.
    thing
        The thing that is approached.
    """

    verb: Verb
    room: str
    place: Place | None = None
    thing: str = ""


@dataclass(frozen=True)
class Walked:
    """What a sentence says is done.

    Parameters
    ----------
    acts
        In order.
    stays
        Where it says that somebody is, before anything is done.
    understood
        Whether all of the sentence could be read.
    """

    acts: tuple[Act, ...] = ()
    stays: str = ""
    understood: bool = True


@dataclass
class WalkReader:
    """Takes in the sentences of a walk; what "the cabinet" is depends on where somebody is.

    Parameters
    ----------
    flat
        What is known of the flat; furniture that it lacks is added.
    person
        Whose walk it is.
    room
        Where that is.
    """

    flat: Flat
    person: str = ""
    room: str = ""
    spoken_of: list[Place] = field(default_factory=list)  # for "it", "each"
    did: list[Verb] = field(default_factory=list)  # to them: for "does the same with"
    group: list[Place] = field(default_factory=list)  # approached at once; what is done to each is yet to be said
    number_of: str = ""  # what "the second" is a second of

    def read(self, sentence: str) -> Walked:
        """Take in one sentence."""
        return _Sentence(self, chunks(sentence, self.person)).read()

    def finish(self) -> Walked:
        """Take in that nothing more comes."""
        return _Sentence(self, ()).finish()


class _Sentence:
    """Walks the chunks of a sentence: a verb waits for the place that it is said of."""

    def __init__(self, walk: WalkReader, parts: Sequence[Chunk]) -> None:
        self.walk = walk
        self.flat = walk.flat
        self.parts = parts
        self.at = 0
        self.acts: list[Act] = []
        self.verbs: list[Verb] = []  # said, but not yet of what
        self.mood: Literal["go", "handle", "pass", "again", "leave", None] = None
        self.about_to = self.negated = self.looking = self.odd = False
        self.orphans: list[Place] = []  # places of which nothing has been said so far
        self.stays = ""

    def read(self) -> Walked:
        while self.at < len(self.parts):
            part = self.parts[self.at]
            if isinstance(part, Noun):
                self._noun(part)
            else:
                self.at += 1
                self._sign(part)
        self._handle_last()
        something = bool(self.acts or self.stays or self.walk.group)
        return Walked(tuple(_once(self.acts)), self.stays, something and not (self.odd or self.orphans))

    def finish(self) -> Walked:
        self._flush()
        return Walked(tuple(self.acts))

    def _sign(self, sign: Chunk) -> None:
        if sign == "intend":
            self._handle_last()
            self.about_to = True
        elif sign == "not":
            self._handle_last()
            self.negated = True
        elif sign in ("open", "close"):
            verb: Verb = "close" if sign == "close" else "intend" if self.about_to else "open"
            if verb == "close" and self.about_to:
                return
            if not self.negated:
                self.verbs.append(verb)
            self.mood = "handle"
        elif sign == "pronoun":
            if self.verbs:
                self._handle(self.walk.spoken_of)
            elif self.looking and not self.negated:
                self._look(self.walk.spoken_of)
            self.negated = False
        elif sign in ("go", "pass"):
            self._handle_last()
            self.mood = "pass" if sign == "pass" else "go"
        elif sign in ("again", "leave"):
            self._handle_last()
            self.mood = "again" if sign == "again" else "leave"
        elif sign == "look":
            self._handle_last()
            self.mood, self.looking = "handle", True

    # ------------------------------------------------------------ nouns

    def _noun(self, noun: Noun) -> None:
        room = self.flat.room_named(noun)
        if self._part(-1) == "from":
            self.at += 1
            return
        if room is not None:
            self.at += 1
            self._room(room)
            return
        places = self._group_of_places()
        if places and self.mood is not None:
            self._say(places)
        elif places:
            self.walk.spoken_of, self.walk.did = places, []
            self.orphans = places
        else:
            self._thing(noun)

    def _say(self, places: list[Place]) -> None:
        if self.negated:
            self.negated = False
        elif self.verbs:
            self._handle(places)
        elif self.looking:
            self._look(places)
        elif self.mood == "go":
            self._approach(places)
        elif self.mood == "pass":
            self.acts += [Act("pass", place.room, place) for place in places]
        elif self.mood == "again" or self.walk.did:  # the latter: "opens the stove, then the fridge"
            self._again(places)

    def _look(self, places: list[Place]) -> None:
        """Read "looks into the fridge": it is open, or is opened."""
        self.looking = False
        if self.acts[-1:] and self.acts[-1].verb == "open" and self.acts[-1].place in places:
            return
        self.verbs = ["open"]
        self._handle(places)

    def _thing(self, noun: Noun) -> None:
        """Read a noun that is no place: something that is walked up to, or words of no weight."""
        self.at += 1
        if not noun.name or self.negated or self.mood in (None, "again"):
            return
        if noun.definite and (self.verbs or is_furniture(noun.name)):
            self._say(self.flat.add(self.walk.room, noun.name))  # furniture that the description does not mention
            return
        known = [thing for thing in self.flat.things() if thing == noun.name or thing.endswith(f" {noun.name}")]
        before = self._part(-2)
        if self.mood == "go" and (before == "to" or (before == "go" and (known or noun.definite))):
            self._flush()
            thing = noun.name if noun.name in known or not known else known[0]
            self.acts.append(Act("approach", self.walk.room, None, thing))

    def _part(self, ahead: int = 0) -> Chunk | None:
        position = self.at + ahead
        return self.parts[position] if 0 <= position < len(self.parts) else None

    def _room(self, room: str) -> None:
        if self.mood == "leave":
            self.mood = "go"  # "leaves the hall for the kitchen"
            return
        if self.mood == "go":
            self._handle_last()
            self._flush()
            if room != self.walk.room:
                self.acts.append(Act("go", room))
        elif self.mood is None and self._part(-2) == "in" and not self.acts:
            self.stays = self.stays or room
        else:
            return  # "his tasks in the kitchen"
        self.walk.room = room

    def _group_of_places(self) -> list[Place]:
        group: list[Place] = []
        start = self.at
        while isinstance(part := self._part(), Noun):
            places = self._places(part)
            if not places or self.flat.room_named(part) is not None:
                break
            group += places
            self.at += 1
            ahead = 0
            while self._part(ahead) in ("and", "comma"):
                ahead += 1
            if not ahead or not isinstance(self._part(ahead), Noun):
                return group
            self.at += ahead
        if self.at > start and not isinstance(self._part(-1), Noun):
            while self.at > start and self._part(-1) in ("and", "comma"):
                self.at -= 1
        return group

    def _places(self, noun: Noun) -> list[Place]:
        walk = self.walk
        if not noun.name and noun.numbers and walk.number_of:
            noun = Noun(walk.number_of, True, noun.count, noun.numbers)
        found = self.flat.named(noun, walk.room)
        if noun.other:
            found = [place for place in found if place not in walk.spoken_of] or found
        if noun.count == 1 and not noun.numbers and len(found) > 1:
            self.odd = True  # which of them is not said
            found = found[:1]
        if found and noun.numbers:
            walk.number_of = noun.name
        return found

    # ------------------------------------------------------------ acts

    def _approach(self, places: list[Place]) -> None:
        self._flush()
        walk = self.walk
        walk.spoken_of, walk.did = places, ["approach"]
        if len(places) > 1:
            walk.group = places
            return
        self._move(places[0])
        self.acts.append(Act("approach", places[0].room, places[0]))

    def _move(self, place: Place) -> None:
        if place.room and place.room != self.walk.room:
            self.acts.append(Act("go", place.room))
            self.walk.room = place.room

    def _handle(self, places: list[Place]) -> None:
        """Let the waiting verbs be said of places."""
        walk, verbs = self.walk, self.verbs
        self.verbs = []
        if not places:
            self.odd = True
            return
        if self.orphans == places:
            self.orphans = []
        same = places == walk.spoken_of
        if not (same and verbs == ["close"] and len(places) > 1):
            self._each(places, ["approach", *verbs] if same and walk.group else verbs)
        else:
            self._close_each(places)
        walk.group = []
        walk.did = [*walk.did, *verbs] if same else list(verbs)
        walk.spoken_of = places

    def _each(self, places: Iterable[Place], verbs: Sequence[Verb]) -> None:
        for place in places:
            self._move(place)
            self.acts += [Act(verb, place.room, place) for verb in verbs]

    def _close_each(self, places: Sequence[Place]) -> None:
        """Read "opens the first and the second cabinet, closing each": after each one, not in the end."""
        acts: list[Act] = []
        for act in self.acts:
            acts.append(act)
            if act.verb == "open" and act.place in places:
                acts.append(Act("close", act.room, act.place))
        self.acts = acts

    def _again(self, places: list[Place]) -> None:
        self._flush()
        verbs = [verb for verb in self.walk.did if verb != "approach"] or ["open", "close"]
        self._each(places, ["approach", *verbs])
        self.walk.spoken_of = places

    def _handle_last(self) -> None:
        """Let verbs that no place follows be said of the place spoken of before: "the fridge, which she opens"."""
        if self.verbs:
            self._handle(self.walk.spoken_of)

    def _flush(self) -> None:
        """Approach places of which nothing else is said."""
        group, self.walk.group = self.walk.group, []
        self._each(group, ["approach"])


def _once(acts: Iterable[Act]) -> list[Act]:
    """Return acts without those said twice: "secures it shut"."""
    told: list[Act] = []
    for act in acts:
        if act not in told[-1:]:
            told.append(act)
    return told
