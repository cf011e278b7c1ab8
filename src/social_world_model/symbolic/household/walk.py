"""Convert the text of a walk to a sequence of actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from social_world_model.symbolic.household import lexicon
from social_world_model.symbolic.household.acts import Act, ActsOfSentence, Verb, WalkState
from social_world_model.symbolic.household.flat import Place, is_furniture
from social_world_model.symbolic.household.phrases import Chunk, Noun, Sign, chunks
from social_world_model.symbolic.household.sentence import JOINERS, Handlers, SentenceReader, has_more_words, idle


@dataclass(frozen=True)
class Walked:
    """The result of reading a sentence of a walk.

    Parameters
    ----------
    acts
        Actions in order.
    stays
        Room of the person before the first action; empty if the sentence does not name this room.
    understood
        Whether the whole sentence was parsed.
    """

    acts: tuple[Act, ...] = ()
    stays: str = ""
    understood: bool = True


@dataclass
class WalkReader(WalkState):
    """Reader for the sentences of a walk. "The cabinet" refers to furniture in the person's current room.

    Parameters
    ----------
    person
        Name of the person who walks.
    """

    person: str = ""

    def read(self, sentence: str) -> Walked:
        """Parse one sentence and update the state of the walk."""
        parts = chunks(sentence, self.person)
        if "suppose" in parts or "somebody" in parts or sentence.rstrip().endswith("?"):
            return Walked(understood=False)
        return _WalkSentence(self, parts).read()

    def finish(self) -> Walked:
        """Return the actions that are still waiting at the end of the text."""
        acts = ActsOfSentence(self)
        acts.flush()
        return Walked(tuple(acts.told))


Mood = Literal["go", "handle", "pass", "again", "leave", "look", "search", "lie", "intend", None]
"""The kind of action on the next place in the sentence."""
Block = Literal["phrase", "clause", "sentence", None]
"""The part of a sentence that adds no actions, because this part is negated or depends on unknown words."""

MOODS: Final[Mapping[Sign, Mood]] = {
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
"""For each role of a verb: the kind of action on the next place."""
VERBS: Final[tuple[Sign, ...]] = (*MOODS, "open", "close")
NOT_TOWARDS: Final = ("go", "way", "on")
"""Roles of words before a noun that is not the target of a verb of motion."""
IDLE: Final[tuple[Sign, ...]] = ("be", "to", "in", "on", "with", "which", "way", "from", "tell")
"""Roles of words that add no action. The words after such a word are read separately."""


class _PlacesOfWalk(SentenceReader):
    """Reader that finds the places in a sentence and converts the verbs about these places to actions."""

    def __init__(self, walk: WalkState, parts: Sequence[Chunk]) -> None:
        super().__init__(parts)
        self.walk = walk
        self.flat = walk.flat
        self.acts = ActsOfSentence(walk)
        self.verbs: list[Verb] = []  # verbs that wait for their place
        self.mood: Mood = None
        self.before: Chunk | None = None  # the chunk before the current noun
        self.block: Block = None
        self.orphans: list[Place] = []  # places that no verb refers to yet

    def _leave_over(self, block: Block) -> None:
        self.rest = True
        self.verbs, self.mood = [], None
        if self.block is None or block == "sentence":
            self.block = block

    def _group(self) -> list[Place]:
        """Read a list of places: "the first cabinet and the fridge"."""
        group: list[Place] = []
        for noun in self._nouns(self._is_place):
            places = self._places(noun) if self.flat.room_named(noun) is None else []
            if not places:
                break
            group += places
        return group

    def _is_place(self, noun: Noun) -> bool:
        return self.flat.room_named(noun) is None and bool(self.walk.named(self.walk.full(noun)))

    def _places(self, noun: Noun) -> list[Place]:
        """Return the furniture that the noun at the cursor refers to."""
        walk, noun = self.walk, self.walk.full(noun)
        following = self.part(2)
        room = self.flat.room_named(following) if self.part(1) == "in" and isinstance(following, Noun) else None
        found = self.flat.named(noun, room or walk.room)
        if noun.other:
            found = [place for place in found if place not in walk.spoken_of] or found
        if noun.count == 1 and not noun.numbers and len(found) > 1:
            self.rest = True  # the reference is ambiguous
            found = found[:1]
        if found and noun.numbers:
            walk.kind = noun.name
        return found

    def _say(self, places: list[Place]) -> None:
        """Add the actions of the current mood for the given places."""
        if self.verbs:
            self._handle(places)
        elif not places:
            self._leave_over("phrase")
        elif say := self.sayings.get(self.mood):
            say(self, places)

    def _go(self, places: list[Place]) -> None:
        towards = self.before == "to" if self.mood == "lie" else self.before not in NOT_TOWARDS
        if towards:
            self.acts.approach(places)
        else:
            self._leave_over("phrase")  # "moves it", "turns on the stove", "sits on the sofa"

    def _pass(self, places: list[Place]) -> None:
        self.acts.pass_by(places)

    def _again(self, places: list[Place]) -> None:
        """Repeat the latest actions: "does the same with the fridge", "opens the stove, then the fridge"."""
        if self.mood == "again" or (self.walk.did and places != self.walk.spoken_of):
            self.acts.again(places)

    def _look(self, places: list[Place]) -> None:
        """Read "looks into the fridge". If the fridge is not open, the action opens the fridge."""
        into = self.before == "in" or self.mood == "search"
        opened = self.acts.opened_last()
        self.mood = "handle"
        if opened and opened[0] in places:
            return
        if not into:
            self.walk.spoken_of = places
            self._leave_over("phrase")
        elif all(self.flat.is_open(place) for place in places):
            self.acts.approach(places)
        else:
            self.verbs = ["open"]
            self._handle(places, told=False)

    def _handle(self, places: list[Place], *, told: bool = True) -> None:
        """Apply the waiting verbs to places."""
        verbs, self.verbs = self.verbs, []
        if not places:
            self.rest = True
            return
        if self.orphans == places:
            self.orphans = []
        self.acts.handle(places, verbs, told=told)

    def _handle_last(self) -> None:
        """Apply verbs without a following place to the places mentioned before: "the fridge, which she opens"."""
        if self.verbs:
            self._handle(self.walk.spoken_of)

    sayings: ClassVar[Mapping[Mood, Callable[[Any, list[Place]], None]]] = {
        **dict.fromkeys(("go", "lie"), _go),
        **dict.fromkeys(("look", "search"), _look),
        **dict.fromkeys(("again", "handle"), _again),
        "pass": _pass,
    }


class _WalkSentence(_PlacesOfWalk):
    """Reader that converts the chunks of a sentence to actions.

    A verb waits until the reader finds the place for this verb.

    Words that fit no construction stay unparsed. Such words cancel the waiting verb and block all actions that may
    depend on them. For example, "she ponders opening the fridge" and "the cat opens the fridge" add no actions.
    """

    def __init__(self, walk: WalkState, parts: Sequence[Chunk]) -> None:
        super().__init__(walk, parts)
        self.stays = ""

    def read(self) -> Walked:
        self._read_parts()
        self._handle_last()
        something = bool(self.acts.told or self.stays or self.walk.group)
        return Walked(self.acts.once(), self.stays, something and not (self.rest or self.orphans))

    # ------------------------------------------------------------ words between nouns

    def _lift(self, sign: Sign) -> None:
        """End a block where another clause begins. The "and" in "opening and closing" does not begin a clause."""
        before = self.part(-2)
        ended = sign != "walker" and before not in VERBS
        begins = sign == "walker" and (before is None or before in JOINERS)
        if (self.block == "phrase" and (ended or begins)) or (self.block == "clause" and begins):
            self.block = None

    def _deny(self, _: Sign) -> None:
        self._handle_last()
        self.block = self.block or "phrase"

    def _verb(self, sign: Sign) -> None:
        if self.block:
            return
        if self.mood == "intend" and sign != "intend":
            self._leave_over("phrase")  # "is about to leave"
        else:
            self._handle_last()
            self.mood = MOODS[sign]

    def _handling(self, sign: Sign) -> None:
        """Read a verb of opening or closing."""
        before, governor = self.part(-2), self.part(-3)
        if self.block or (self.mood == "leave" and (isinstance(before, Noun) or before == "pronoun")):
            return  # as in "leaves the fridge open"
        if before == "to" and (isinstance(governor, Noun) or governor == "pronoun"):
            self._handle_last()
            self.mood = "intend"  # "goes to the fridge to open it"
        elif before == "to" and governor is not None and governor not in JOINERS:
            self._leave_over("phrase")  # "sets off to open"
            return
        if self.mood != "intend":
            self.mood = "handle"
            self.verbs.append("open" if sign == "open" else "close")
        elif sign == "open":
            self.verbs.append("intend")

    def _pronoun(self, _: Sign) -> None:
        self.before = self.part(-2)
        if not self.block and self.mood is not None:
            self._say(self.walk.spoken_of)

    def _manner(self, _: Sign) -> None:
        self.rest = True

    def _doubt(self, _: Sign) -> None:
        self._leave_over("sentence")

    def _unknown(self, sign: Sign) -> None:
        self._leave_over(self._reach())

    def _reach(self) -> Block:
        """Return the part that may depend on an unknown word.

        If the word may be the subject, the part ends at the next "she".
        """
        before = self.parts[: self.at - 1]
        return "phrase" if any(part not in JOINERS for part in before) else "clause"

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
        elif places := self._group():
            self._place(places, of_noun=of_noun)
        else:
            self.at += 1
            self._thing(noun)

    def _room(self, room: str) -> None:
        if self.block:
            return
        if self.mood == "leave":
            self.mood = "go"  # "leaves the hall for the kitchen"
        elif self.mood == "go" and self.before == "go":
            self._leave_over("phrase")  # "moves the kitchen"
        elif self.mood == "go":
            self._handle_last()
            self.acts.flush()
            self.acts.go(room)
        elif self.mood in (None, "lie") and self.before == "in" and not self.acts.told:
            self.stays = self.stays or room  # not after an action: "his tasks in the kitchen"
            self.walk.room = room

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

    def _thing(self, noun: Noun) -> None:
        """Read a noun that is not a place: the target of an approach, or a noun of narration."""
        if not noun.name:  # "the third" of an unknown kind
            self.rest = True
        elif self.block or noun.name.split()[-1] in lexicon.TELLING:
            return
        elif has_more_words(noun.name, self._is_place):
            self._leave_over("phrase")  # "opens the fridge halfway"
        elif noun.definite and (self.verbs or (self.mood is not None and is_furniture(noun.name))):
            self._say(self.flat.add(self.walk.room, noun.name))  # furniture that the description does not mention
        elif self.mood != "again" or self.before != "again":  # not "repeats the procedure with the stove"
            self._towards(noun)

    def _towards(self, noun: Noun) -> None:
        """Read an object that the person walks up to."""
        known = [thing for thing in self.flat.things() if thing == noun.name or thing.endswith(f" {noun.name}")]
        led_to = self.before in ("to", "reach") if known else False
        named = not noun.bare and (self.before == "to" or (self.before == "reach" and noun.definite))
        if self.mood == "go" and (led_to or named):
            self.acts.approach_thing(noun.name if noun.name in known or not known else known[0])
        else:
            self._leave_over(self._reach())

    handlers: ClassVar[Handlers] = {
        **dict.fromkeys((*JOINERS, "walker"), _lift),
        **dict.fromkeys(MOODS, _verb),
        **dict.fromkeys(("open", "close"), _handling),
        **dict.fromkeys(IDLE, idle),
        "not": _deny,
        "pronoun": _pronoun,
        "manner": _manner,
        "doubt": _doubt,
    }
