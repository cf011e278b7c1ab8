"""Verb phrases about perception: who sees what, who does not notice it, and who looks away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from social_world_model.symbolic.english.deeds import Deed
from social_world_model.symbolic.english.lexicon import COVERT, FIND
from social_world_model.symbolic.english.people import Person
from social_world_model.symbolic.english.phrases import VerbPhrase
from social_world_model.symbolic.english.references import References, is_room

if TYPE_CHECKING:
    from spacy.tokens import Token

_THROUGH = frozenset(
    {
        "window",
        "keyhole",
        "door",
        "doorway",
        "crack",
        "mirror",
        "camera",
        "curtain",
        "hole",
        "gap",
        "glass",
        "fence",
        "cctv",
        "screen",
        "video",
    }
)
_THIS = frozenset(
    {
        "it",
        "this",
        "that",
        "everything",
        "all",
        "nothing",
        "anything",
        "him",
        "her",
        "them",
        "what",
        "exchange",
        "change",
        "switch",
        "move",
        "action",
        "trick",
        "scene",
    }
)
_NOT_A_PLACE = _THROUGH | frozenset({"distance", "reflection"})


def has_complement(phrase: VerbPhrase) -> bool:
    """Tell whether a verb of perception or knowledge takes a clause: "saw Anne move the ball"."""
    return any(
        child.dep_ in ("ccomp", "xcomp") and child.pos_ in ("VERB", "AUX", "NOUN") for child in phrase.verb.children
    )


def _has_scene(phrase: VerbPhrase) -> bool:
    """Tell whether a clause says what people look at: "watched as Anne moved the ball"."""
    clauses = (child for child in phrase.verb.children if child.dep_ == "advcl" and child.i > phrase.verb.i)
    return not phrase.objects and any(
        inner.lower_ in ("as", "while", "how") for one in clauses for inner in one.children
    )


def seen(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "sees Anne move it", "did not notice", "found the ball in the box", "without anyone seeing".

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    unnoticed = phrase.negated or phrase.mark == "before"
    if not people and not unnoticed:
        return []
    covert = phrase.lemma in COVERT or any(noun.lemma_.lower() in _THROUGH for _, noun in phrase.places)
    covert = covert or bool(phrase.particles & {"secretly", "unseen", "unnoticed", "quietly"})
    embedded = has_complement(phrase) or _has_scene(phrase)
    if unnoticed:
        deed = Deed("unaware", people, refs.sentence)
    elif not embedded and (found := _found(refs, phrase, people, covert)):
        return found
    elif not embedded and phrase.objects and not _is_an_action(refs, phrase):
        return []
    else:
        deed = Deed("see", people, refs.sentence, covert=covert)
    if embedded:
        deed.scope = "below"
    elif phrase.governor is not None and not phrase.governor.unreal:
        deed.scope = "above"
    return [deed]


def _is_an_action(refs: References, phrase: VerbPhrase) -> bool:
    """Tell whether the object of "sees" is what others do, not a thing or a film."""
    relative = phrase.verb.dep_ == "relcl" and all(
        token.i < phrase.verb.i for token in phrase.objects
    )  # "which Dina saw"
    return relative or any(token.lower_ in _THIS or refs.is_person(token) for token in phrase.objects)


def things_of(refs: References, phrase: VerbPhrase) -> list[Token]:
    """Return the objects of a phrase that are no people.

    Parameters
    ----------
    refs, phrase
        References of the text, and the verb phrase.
    """
    return [token for token in phrase.objects if not refs.is_person(token) or token.lower_ in ("it", "them")]


def _found(refs: References, phrase: VerbPhrase, people: tuple[Person, ...], covert: bool) -> list[Deed]:
    """Read "found the ball in the box": people see where an object is."""
    goals = [place for place in refs.goals(phrase) if place.noun.lower_ not in _NOT_A_PLACE]
    if not goals and "inside" in phrase.particles and refs.things.container and things_of(refs, phrase):
        thing = refs.thing(things_of(refs, phrase)[0])
        return [Deed("lies", people, refs.sentence, refs.handle(thing), refs.things.container, covert=covert)]
    things = things_of(refs, phrase)
    if phrase.lemma not in FIND or not things or not goals:
        return []
    thing = refs.thing(things[0])
    goal = next((place for place in goals if not is_room(place.noun)), goals[0])
    return (
        [Deed("lies", people, refs.sentence, refs.handle(thing), refs.things.place(goal.noun), goal.how, covert=covert)]
        if thing
        else []
    )


def attention(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "turned around", "closed her eyes", "had his back turned", "was looking".

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    if not people:
        return []
    words = phrase.particles | {token.lower_ for token in phrase.objects} | {noun.lower_ for _, noun in phrase.places}
    lemma = phrase.lemma
    blind = (
        (lemma == "turn" and words & {"around", "away", "back", "round"})
        or (lemma in ("close", "cover", "shut") and "eyes" in words)
        or (lemma == "look" and words & {"away", "elsewhere", "down"})
        or (lemma in ("have", "keep") and "back" in words)
        or (lemma in ("put", "wear") and words & {"blindfold"})
    )
    if blind:
        return [Deed("blind", people, refs.sentence)]
    if (lemma == "open" and "eyes" in words) or (lemma == "look" and words & {"up", "back"}):
        return [Deed("awake", people, refs.sentence)]
    if lemma == "look" and phrase.mark in ("while", "as"):
        return [Deed("see", people, refs.sentence, scope="above")]
    if phrase.mark in ("while", "when", "as", "whilst") and phrase.progressive:
        goal = next(
            (noun for how, noun in phrase.places if how in ("in", "at", "on") and not refs.is_person(noun)), None
        )
        if goal is not None:
            return [Deed("at", people, refs.sentence, room=refs.room(goal))]
        return [Deed("busy", people, refs.sentence)]
    return []
