"""Verb phrases about where people are, and whether they are awake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from social_world_model.symbolic.english import objects
from social_world_model.symbolic.english.deeds import Deed, DeedKind
from social_world_model.symbolic.english.lexicon import (
    ACTIVITIES,
    ASLEEP,
    AWAY,
    BUSY,
    COME,
    GO,
    SLEEP,
    WAKE,
    WATCHING,
)
from social_world_model.symbolic.english.people import Person
from social_world_model.symbolic.english.phrases import VerbPhrase
from social_world_model.symbolic.english.references import References, is_room

if TYPE_CHECKING:
    from spacy.tokens import Token

_OUT = frozenset({"out", "away", "off", "outside", "upstairs", "downstairs", "home", "outdoors", "elsewhere"})
_IN = frozenset({"in", "inside", "back", "indoors", "home"})
_LEAVE = frozenset({"leave", "exit", "depart", "disappear", "vanish"})
_PURPOSE = frozenset(
    {"shop", "swim", "fish", "ski", "jog", "shopping", "swimming", "fishing", "hiking", "hike", "work", "dance", "camp"}
)


def is_somewhere(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "Ann is in the kitchen", "while he was out", "the ball is in the box".

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    if not people:
        return objects.lies(refs, phrase)
    return _state(refs, phrase, people)


def _state(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    words = phrase.particles | {noun.lower_ for _, noun in phrase.places if not list(noun.children)}
    words = words | ({"asleep"} if phrase.lemma == "sleep" else set())
    prepositions = {how for how, _ in phrase.places}
    nouns = {noun.lower_ for _, noun in phrase.places}
    kind: DeedKind | None = None
    if words & ASLEEP:
        kind = "asleep"
    elif "back" in words and phrase.lemma == "be":
        kind = "come"
    elif words & (BUSY | {"unaware"}):
        kind = "unaware" if words & {"unaware", "oblivious"} else "busy"
    elif "out" in prepositions or words & AWAY or "off" in prepositions:
        kind = "away"
    elif words & WATCHING and not prepositions & {"in", "at"}:
        kind = "at"
    elif nouns & ACTIVITIES or ("on" in prepositions and nouns & {"leave", "phone", "vacation"}):
        kind = "away"
    if {"on", "leave"} <= {token.lower_ for token in phrase.verb.subtree}:
        kind = "away"
    if kind is not None:
        room = next((refs.room(noun) for _, noun in phrase.places if is_room(noun)), "")
        return [Deed(kind, people, refs.sentence, room=room)]
    return _at(refs, phrase, people)


def _at(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    goals = refs.goals(phrase)
    rooms = [place for place in goals if is_room(place.noun)]
    if rooms:
        return [Deed("at", people, refs.sentence, room=refs.room(rooms[0].noun))]
    if any(place.room for place in goals):
        return [Deed("at", people, refs.sentence, room=next(place.room for place in goals if place.room))]
    if any(refs.is_person(noun) for how, noun in phrase.places if how in ("with", "beside", "near", "by")):
        others = [noun for how, noun in phrase.places if refs.is_person(noun)]
        known = [one for one in others if one.pos_ == "PROPN" or one.pos_ == "PRON"]
        return [Deed("stay" if known else "busy", people, refs.sentence)]
    if goals and phrase.lemma in ("be", "stay", "remain", "wait"):
        return [Deed("at", people, refs.sentence, room=refs.room(goals[0].noun))]
    return []


def stayed(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "did not leave the room", "was not in the room", "was not looking".

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    if not people:
        return []
    if phrase.lemma in GO:
        return [Deed("stay", people, refs.sentence)]
    if phrase.lemma == "be":
        words = phrase.particles | {noun.lower_ for _, noun in phrase.places}
        here = bool(words & (WATCHING | {"home", "room", "house"})) or any(is_room(noun) for _, noun in phrase.places)
        return [Deed("away", people, refs.sentence)] if here else []
    if phrase.lemma in ("look", "pay", "listen") and not phrase.particles & {"away", "elsewhere"}:
        return [Deed("blind", people, refs.sentence)]
    return []


def moved(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "leaves", "goes to the kitchen", "comes back".

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    lemma, particles = phrase.lemma, phrase.particles
    if lemma == "go" and phrase.verb.tag_ == "VBN" and (phrase.passive or not phrase.places):  # "was gone", "had gone"
        gone = people or refs.people([token for token in phrase.objects if refs.is_person(token)], subject=True)
        return [Deed("away", gone, refs.sentence)] if gone else []
    if not people or phrase.passive:
        return []
    destination = _destination(refs, phrase)
    if lemma == "leave" and phrase.objects:
        return _left(refs, phrase, people)
    if lemma in COME:
        entered = next((refs.room(token) for token in phrase.objects if not refs.is_person(token)), "")
        return [Deed("come", people, refs.sentence, room=entered or destination)]
    if lemma == "get":
        if not particles & (_IN | _OUT) and not destination:
            return []
        return [Deed("come" if particles & {"back", "in", "home"} else "go", people, refs.sentence, room=destination)]
    if phrase.objects and not all(is_room(token) or token.lower_.endswith("ing") for token in phrase.objects):
        return []
    return _went(refs, phrase, people, destination)


def _went(refs: References, phrase: VerbPhrase, people: tuple[Person, ...], destination: str) -> list[Deed]:
    particles = phrase.particles
    prepositions = {how for how, _ in phrase.places}
    outward = bool(particles & (_OUT - {"home"})) or bool(prepositions & {"out", "from", "off", "up", "down"})
    if "back" in particles or (particles & _IN and not outward and "home" not in particles):
        return [Deed("come", people, refs.sentence, room=destination, inside="back" not in particles)]
    if "into" in prepositions and destination:
        return [Deed("come", people, refs.sentence, room=destination)]
    if outward or destination or "home" in particles or phrase.lemma in _LEAVE or _has_a_purpose(phrase):
        if phrase.verb.lemma_ == "go" and particles & {"asleep"}:
            return [Deed("asleep", people, refs.sentence)]
        room = destination or next(iter(sorted(particles & {"outside", "upstairs", "downstairs", "home"})), "")
        source = next((refs.room(token) for token in phrase.objects if is_room(token)), "")
        left = source or ("" if not prepositions & {"out", "from"} else _from(refs, phrase))
        if any(noun.lower_ in ("bed", "sleep") for _, noun in phrase.places):
            return [Deed("away", people, refs.sentence, room="bed")]
        return [Deed("go", people, refs.sentence, room=room if room != left else "", left=left)]
    return []


def _from(refs: References, phrase: VerbPhrase) -> str:
    return next((refs.room(noun) for how, noun in phrase.places if how in ("from", "out", "off")), "")


def _left(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "leaves the room" or "leaves Anne alone". Leaving an object says nothing without a place."""
    token = phrase.objects[0]
    if refs.is_person(token) and token.lower_ not in ("it", "them"):
        return [Deed("go", people, refs.sentence)]
    name = refs.things.find(token.lower_)
    if is_room(token) or (name not in refs.handled and token.pos_ == "NOUN" and not _is_owned(token)):
        return [Deed("go", people, refs.sentence, left=refs.room(token))]
    return []


def _is_owned(token: Token) -> bool:
    return any(child.dep_ == "poss" for child in token.children)


def _destination(refs: References, phrase: VerbPhrase) -> str:
    """Return the room that somebody goes to; ``""`` if there is none, or if it is only the place of an object."""
    for preposition, noun in phrase.places:
        if preposition in ("to", "into", "in", "inside", "at", "onto", "for", "on") and not refs.is_person(noun):
            if is_room(noun) or noun.lemma_.lower() in ACTIVITIES:
                return refs.room(noun)
            known = refs.things.find(noun.lower_)
            if preposition in ("to", "into") and known is None and noun.pos_ in ("NOUN", "PROPN"):
                return refs.room(noun)
    for child in phrase.verb.children:
        if child.dep_ in ("xcomp", "advcl") and child.lower_ == "work":
            return "work"
    return ""


def _has_a_purpose(phrase: VerbPhrase) -> bool:
    """Tell whether somebody goes away to do something: "went shopping", "went to fetch milk"."""
    if any(token.lower_.endswith("ing") for token in phrase.objects) or any(how == "for" for how, _ in phrase.places):
        return True
    return any(
        child.dep_ in ("advcl", "xcomp") and (child.tag_ == "VBG" or child.lower_ in _PURPOSE or child.tag_ == "VB")
        for child in phrase.verb.children
    )


def remained(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "stays in the room".

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    if not people:
        return []
    state = _state(refs, phrase, people)
    if state and state[0].kind in ("away", "asleep", "at") and (state[0].room or state[0].kind != "at"):
        return state
    return [Deed("stay", people, refs.sentence)]


def slept(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "falls asleep" or "wakes up".

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    if not people:
        return []
    if phrase.lemma in WAKE:
        return [Deed("awake", people, refs.sentence)]
    asleep = bool(phrase.particles & ASLEEP) or phrase.lemma in SLEEP
    asleep = asleep or any(noun.lower_ in ("sleep", "bed", "asleep") for _, noun in phrase.places)
    return [Deed("asleep", people, refs.sentence)] if asleep else []


def sent(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "sends Tom to the shop", "was called away".

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    moved_people = refs.people([token for token in phrase.objects if refs.is_person(token)], subject=False, but=people)
    if not moved_people:
        return []
    destination = _destination(refs, phrase)
    away = (
        bool(phrase.particles & _OUT) or bool({how for how, _ in phrase.places} & {"from", "out", "to"}) or destination
    )
    everybody = moved_people if phrase.lemma in ("send", "call") else (*people, *moved_people)
    return [Deed("go", everybody, refs.sentence, room=destination)] if away else []
