"""Verb phrases about objects: put, take, give, and where objects are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from social_world_model.symbolic.english.deeds import Deed
from social_world_model.symbolic.english.lexicon import GIVE, PUT, PUT_ONLY_WITH_A_PLACE, TAKE
from social_world_model.symbolic.english.people import Person
from social_world_model.symbolic.english.phrases import VerbPhrase
from social_world_model.symbolic.english.references import Place, References, is_room

if TYPE_CHECKING:
    from spacy.tokens import Token


def put(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "puts the ball in the basket". The passive needs no actor.

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    objects = [token for token in phrase.objects if not refs.is_person(token) or token.lower_ in ("it", "them")]
    if not objects or not (people or phrase.passive or phrase.subjects or phrase.verb.dep_ == "acl"):
        return []
    goals = [place for place in refs.goals(phrase) if not refs.is_person(place.noun)]
    if phrase.lemma in TAKE - PUT and goals and all(place.how != "in" for place in goals):
        goals = [place for place in goals if place.how == "in"]
    if not goals:
        return _without_a_place(refs, phrase, people, [refs.thing(token) for token in objects])
    deeds = []
    for token in objects:
        deeds.append(_put(refs, people, refs.thing(token), goals))
    for token, preposition, place in phrase.pairs:
        deeds.append(
            _put(refs, people, refs.thing(token), [Place({"on": "on", "under": "under"}.get(preposition, "in"), place)])
        )
    if (source := refs.source(phrase)) is not None and deeds and deeds[0].thing:
        deeds.insert(0, Deed("take", people, refs.sentence, deeds[0].thing, refs.things.name(source.noun)))
    return [deed for deed in deeds if deed.thing]


def _put(refs: References, people: tuple[Person, ...], thing: str, goals: list[Place]) -> Deed:
    """Return the deed. With several places, the first one that is no room is the place of the object."""
    goal = next((place for place in goals if not is_room(place.noun)), goals[0])
    room = goal.room or next(
        (refs.room(place.noun) for place in goals if place is not goal and is_room(place.noun)), ""
    )
    place = refs.things.place(goal.noun)
    return Deed("put", people, refs.sentence, refs.handle(thing), place, goal.how, room)


def _without_a_place(refs: References, phrase: VerbPhrase, people: tuple[Person, ...], things: list[str]) -> list[Deed]:
    """Read "picks up the ball" or "puts it back"."""
    thing = things[0]
    if not thing:
        return []
    source = refs.source(phrase)
    place = refs.things.name(source.noun) if source is not None else ""
    if "back" in phrase.particles and phrase.lemma in PUT - TAKE:
        return [Deed("put", people, refs.sentence, refs.handle(thing), back=True)]
    if phrase.lemma == "pocket":
        return [Deed("put", people, refs.sentence, refs.handle(thing), "pocket")]
    if phrase.lemma in TAKE or place:
        return [Deed("take", people, refs.sentence, refs.handle(thing), place)]
    if phrase.lemma in PUT_ONLY_WITH_A_PLACE or thing not in refs.handled:
        return []
    return [Deed("take", people, refs.sentence, refs.handle(thing))]


def swapped(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "swaps the die and the button": each object goes where the other one was.

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    others = [noun for how, noun in phrase.places if how in ("with", "for") and not refs.is_person(noun)]
    things = [refs.thing(token) for token in (*phrase.objects, *others)]
    if len(things) != 2 or not all(things) or not {*things} <= {*refs.handled}:
        return []
    return [Deed("put", people, refs.sentence, thing, other=other) for thing, other in (things, things[::-1])]


def taken(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read a passive without a place: "the ball was taken".

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    things = [refs.thing(token) for token in phrase.objects]
    return [Deed("take", people, refs.sentence, refs.handle(thing)) for thing in things if thing]


def given(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "gives the ticket to Vera".

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    receivers = [
        *phrase.receivers,
        *(noun for how, noun in phrase.places if how in ("to", "with") and refs.is_person(noun)),
    ]
    if phrase.lemma not in GIVE and not phrase.receivers and not any(how == "to" for how, _ in phrase.places):
        return []
    objects = [token for token in phrase.objects if token not in receivers]
    hearers = refs.people(receivers, subject=False, but=people)
    if not objects or not hearers:
        return []
    thing = refs.thing(objects[0])
    return [Deed("give", people, refs.sentence, refs.handle(thing), hearers=hearers[:1])] if thing else []


def contained(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "the box contains a ball".

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    holders = [token for token in phrase.subjects if not refs.is_person(token)]
    if people or not holders or phrase.lemma not in ("contain", "hold", "have"):
        return []
    things = [refs.thing(token) for token in phrase.objects]
    place = refs.things.name(holders[0])
    return [Deed("lies", (), refs.sentence, refs.handle(thing), place) for thing in things if thing]


def filled(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "filled the jug with water".

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    contents = [noun for how, noun in phrase.places if how == "with" and not refs.is_person(noun)]
    if not contents or not phrase.objects:
        return []
    place = refs.things.place(phrase.objects[0])
    return [Deed("put", people, refs.sentence, refs.handle(refs.thing(noun)), place) for noun in contents]


def _full(refs: References, phrase: VerbPhrase, holders: list[Token]) -> list[Deed]:
    """Read "the carton is full of buttons"."""
    full = (child for child in phrase.verb.children if child.lower_ in ("full", "filled"))
    contents = [noun for one in full for child in one.children for noun in child.children if noun.dep_ == "pobj"]
    if not contents or not holders:
        return []
    place = refs.things.place(holders[0])
    return [Deed("lies", (), refs.sentence, refs.handle(refs.thing(noun)), place) for noun in contents]


def lies(refs: References, phrase: VerbPhrase) -> list[Deed]:
    """Read "the ball is in the basket".

    Parameters
    ----------
    refs, phrase
        References of the text, and the verb phrase.
    """
    subjects = (
        [*phrase.subjects, *phrase.objects]
        if not phrase.subjects or phrase.subjects[0].dep_ == "expl"
        else [*phrase.subjects]
    )
    expletive = any(child.dep_ == "expl" for child in phrase.verb.children)
    tokens = list(phrase.objects) if expletive else subjects
    goals = refs.goals(phrase)
    if not goals:
        return _full(refs, phrase, tokens)
    found = []
    for token in tokens:
        thing = refs.thing(token)
        goal = next((place for place in goals if not is_room(place.noun)), goals[0])
        room = goal.room or next((refs.room(one.noun) for one in goals if one is not goal and is_room(one.noun)), "")
        if thing and not refs.is_person(goal.noun):
            found.append(
                Deed("lies", (), refs.sentence, refs.handle(thing), refs.things.place(goal.noun), goal.how, room)
            )
    return found
