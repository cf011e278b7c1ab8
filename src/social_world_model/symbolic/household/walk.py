"""From the account of a walk to acts, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from social_world_model.symbolic.household import lexicon
from social_world_model.symbolic.household.flat import Flat, Place, is_furniture
from social_world_model.symbolic.household.phrases import Chunk, Cursor, Noun, Sign, chunks

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
        parts = chunks(sentence, self.person)
        if "suppose" in parts or "somebody" in parts or sentence.rstrip().endswith("?"):
            return Walked(understood=False)
        return _Sentence(self, parts).read()

    def finish(self) -> Walked:
        """Take in that nothing more comes."""
        return _Sentence(self, ()).finish()


Mood = Literal["go", "handle", "pass", "again", "leave", "look", "search", "lie", "intend", None]
"""What is said of the place that comes next."""
Block = Literal["phrase", "clause", "sentence", None]
"""How far no act is taken from what follows: denied, or governed by words that are not understood."""

JOINERS = ("comma", "and", "break")
MOODS: Mapping[str, Mood] = {
    "go": "go",
    "reach": "go",
    "pass": "pass",
    "again": "again",
    "leave": "leave",
    "look": "look",
    "search": "search",
    "lie": "lie",
    "intend": "intend",
}
"""Verbs, by what they say of the place that comes next."""
VERBS = (*MOODS, "open", "close")
NOT_TOWARDS = ("go", "way", "on")
"""What stands before a noun that a verb of motion does not lead to."""
IDLE = ("be", "to", "in", "on", "with", "which", "way", "from", "tell")
"""They carry no act: what they lead to is judged for itself."""


class _Sentence(Cursor):
    """Walks the chunks of a sentence: a verb waits for the place that it is said of.

    What no construction takes is left over: it ends the verb it stands with, and lets nothing be an act that it may
    govern. "She ponders opening the fridge" is no act whatever "ponders" means, "the cat opens the fridge" neither.
    """

    def __init__(self, walk: WalkReader, parts: Sequence[Chunk]) -> None:
        super().__init__(parts)
        self.walk = walk
        self.flat = walk.flat
        self.acts: list[Act] = []
        self.verbs: list[Verb] = []  # said, but not yet of what
        self.mood: Mood = None
        self.before: Chunk | None = None  # what stands before the noun that is read
        self.block: Block = None
        self.rest = False  # whether anything is left over
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
        return Walked(tuple(_once(self.acts)), self.stays, something and not (self.rest or self.orphans))

    def finish(self) -> Walked:
        self._flush()
        return Walked(tuple(self.acts))

    # ------------------------------------------------------------ words between nouns

    def _sign(self, sign: Sign) -> None:
        if sign in JOINERS or sign == "walker":
            self._lift(sign)
        elif sign == "not":
            self._handle_last()
            self.block = self.block or "phrase"
        elif sign in VERBS:
            if not self.block:
                self._verb(sign)
        elif sign == "pronoun":
            self.before = self.part(-2)
            if not self.block and self.mood is not None:
                self._say(self.walk.spoken_of)
        elif sign == "manner":
            self.rest = True
        elif sign not in IDLE:
            self._leave_over("sentence" if sign == "doubt" else self._reach(1))

    def _lift(self, sign: Sign) -> None:
        """End what is denied or not understood where another clause begins, and not in "opening and closing"."""
        before = self.part(-2)
        ended = sign != "walker" and before not in VERBS
        begins = sign == "walker" and (before is None or before in JOINERS)
        if (self.block == "phrase" and (ended or begins)) or (self.block == "clause" and begins):
            self.block = None

    def _reach(self, back: int) -> Block:
        """Return how far the word before may govern: all verbs up to "she", if it stands where the subject does."""
        before = self.parts[: self.at - back]
        return "phrase" if any(part not in JOINERS for part in before) else "clause"

    def _leave_over(self, block: Block) -> None:
        self.rest = True
        self.verbs, self.mood = [], None
        if self.block is None or block == "sentence":
            self.block = block

    def _verb(self, sign: str) -> None:
        if sign not in MOODS:
            self._handling("open" if sign == "open" else "close")
        elif self.mood == "intend" and sign != "intend":
            self._leave_over("phrase")  # "is about to leave"
        else:
            self._handle_last()
            self.mood = MOODS[sign]

    def _handling(self, verb: Literal["open", "close"]) -> None:
        before, governor = self.part(-2), self.part(-3)
        if self.mood == "leave" and (isinstance(before, Noun) or before == "pronoun"):
            return  # "leaves the fridge open"
        if before == "to" and (isinstance(governor, Noun) or governor == "pronoun"):
            self._handle_last()
            self.mood = "intend"  # "goes to the fridge to open it"
        elif before == "to" and governor is not None and governor not in JOINERS:
            self._leave_over("phrase")  # "sets off to open"
            return
        if self.mood != "intend":
            self.mood = "handle"
            self.verbs.append(verb)
        elif verb == "open":
            self.verbs.append("intend")

    # ------------------------------------------------------------ nouns

    def _noun(self, noun: Noun) -> None:
        room = self.flat.room_named(noun)
        self.before = self.part(-1)
        of_noun = isinstance(self.part(-2), Noun)
        if self.before == "from" or not (noun.name or noun.numbers):
            self.at += 1
        elif room is not None:
            self.at += 1
            self._room(room)
        elif places := self._group_of_places():
            self._place(places, of_noun=of_noun)
        else:
            self.at += 1
            self._thing(noun)

    def _place(self, places: list[Place], *, of_noun: bool) -> None:
        if self.mood == "go" and of_noun and self.before in ("on", "in"):
            return  # "walks to a lemon on the table"
        if self.block:
            self.walk.spoken_of = places
        elif self.mood is not None:
            self._say(places)
        else:
            self.walk.spoken_of, self.walk.did = places, []
            self.orphans = places

    def _say(self, places: list[Place]) -> None:
        """Say what the mood says of places."""
        if self.verbs:
            self._handle(places)
        elif not places:
            self._leave_over("phrase")
        elif self.mood in ("look", "search"):
            self._look(places)
        elif (self.mood == "go" and self.before not in NOT_TOWARDS) or (self.mood == "lie" and self.before == "to"):
            self._approach(places)
        elif self.mood == "pass":
            self.acts += [Act("pass", place.room, place) for place in places]
        elif self.mood in ("go", "lie"):
            self._leave_over("phrase")  # "moves it", "turns on the stove", "sits on the sofa"
        elif self.mood == "again" or (self.mood == "handle" and self.walk.did and places != self.walk.spoken_of):
            self._again(places)  # the latter: "opens the stove, then the fridge"

    def _look(self, places: list[Place]) -> None:
        """Read "looks into the fridge": it is open, or is opened."""
        into = self.before == "in" or self.mood == "search"
        opened = [act.place for act in self.acts if act.verb == "open"][-1:]
        self.mood = "handle"
        if opened and opened[0] in places:
            return
        if not into:
            self.walk.spoken_of = places
            self._leave_over("phrase")
        elif all(self.flat.is_open(place) for place in places):
            self._approach(places)
        else:
            self.verbs = ["open"]
            self._handle(places)

    def _thing(self, noun: Noun) -> None:
        """Read a noun that is no place: something that is walked up to, or words of the account itself."""
        if not noun.name:  # "the third", and nobody knows of what
            self.rest = True
            return
        if self.block or noun.name.split()[-1] in lexicon.TELLING:
            return
        if self._has_more_words(noun):
            self._leave_over("phrase")
            return
        if noun.definite and (self.verbs or (self.mood is not None and is_furniture(noun.name))):
            self._say(self.flat.add(self.walk.room, noun.name))  # furniture that the description does not mention
            return
        known = [thing for thing in self.flat.things() if thing == noun.name or thing.endswith(f" {noun.name}")]
        if self.mood == "again" and self.before == "again":
            return  # "repeats the procedure with the stove"
        towards = self.before == "to" or (self.before == "reach" and noun.definite)
        if self.mood == "go" and ((known and self.before in ("to", "reach")) or (towards and not noun.bare)):
            self._flush()
            thing = noun.name if noun.name in known or not known else known[0]
            self.acts.append(Act("approach", self.walk.room, None, thing))
        else:
            self._leave_over(self._reach(1))

    def _has_more_words(self, noun: Noun) -> bool:
        """Tell whether a name is known furniture with words too many: "opens the fridge halfway"."""
        words = noun.name.split()
        return any(self._is_place(Noun(" ".join(words[:end]), True)) for end in range(1, len(words)))

    def _room(self, room: str) -> None:
        if self.block:
            return
        if self.mood == "leave":
            self.mood = "go"  # "leaves the hall for the kitchen"
            return
        if self.mood == "go" and self.before == "go":
            self._leave_over("phrase")  # "moves the kitchen"
            return
        if self.mood == "go":
            self._handle_last()
            self._flush()
            if room != self.walk.room:
                self.acts.append(Act("go", room))
        elif self.mood in (None, "lie") and self.before == "in" and not self.acts:
            self.stays = self.stays or room
        else:
            return  # "his tasks in the kitchen"
        self.walk.room = room

    def _group_of_places(self) -> list[Place]:
        group: list[Place] = []
        while isinstance(part := self.part(), Noun) and self.flat.room_named(part) is None:
            places = self._places(part)
            if not places:
                break
            group += places
            self.at += 1
            ahead = self.past_joiners()
            following = self.part(ahead)
            if not ahead or not isinstance(following, Noun) or not self._is_place(following):
                break
            self.at += ahead
        return group

    def _is_place(self, noun: Noun) -> bool:
        return self.flat.room_named(noun) is None and bool(self.flat.named(self._full(noun), self.walk.room))

    def _full(self, noun: Noun) -> Noun:
        """Let "the second" be a second of what was spoken of."""
        kind = "" if noun.name or not noun.numbers else self.walk.number_of
        return Noun(kind, True, noun.count, noun.numbers) if kind else noun

    def _places(self, noun: Noun) -> list[Place]:
        walk, noun = self.walk, self._full(noun)
        following = self.part(2)
        room = self.flat.room_named(following) if self.part(1) == "in" and isinstance(following, Noun) else None
        found = self.flat.named(noun, room or walk.room)
        if noun.other:
            found = [place for place in found if place not in walk.spoken_of] or found
        if noun.count == 1 and not noun.numbers and len(found) > 1:
            self.rest = True  # which of them is not said
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
            self.rest = True
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
