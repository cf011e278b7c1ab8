"""Verb phrases about what people tell each other, and the phrases inside direct speech."""

from __future__ import annotations

from typing import TYPE_CHECKING

from social_world_model.symbolic.english import objects
from social_world_model.symbolic.english.deeds import Deed
from social_world_model.symbolic.english.lexicon import LIE, PUT, REMOTE, TAKE
from social_world_model.symbolic.english.people import Person
from social_world_model.symbolic.english.phrases import VerbPhrase
from social_world_model.symbolic.english.references import References

if TYPE_CHECKING:
    from spacy.tokens import Token

_FALSELY = frozenset({"falsely", "wrongly"})
_WHAT = frozenset({"where", "what", "how", "everything", "truth", "news", "secret", "it", "this", "that"})


def quoted(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read a phrase of direct speech: what the speaker does now, has done, or says about a place.

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    if (
        phrase.unreal
        or phrase.negated
        or not refs.speaker
        or phrase.verb.tag_ == "VB"
        or phrase.verb.sent[-1].text == "?"
    ):
        return []
    if phrase.lemma in ("be", "belong"):
        placed = objects.lies(refs, phrase) if not people else []
        return [_telling(refs, deed) for deed in placed]
    if phrase.lemma not in PUT | TAKE:
        return []
    deeds = [deed for deed in objects.put(refs, phrase, people) if deed.kind == "put"]
    return [one for deed in deeds for one in (deed, _telling(refs, deed))]


def _telling(refs: References, deed: Deed) -> Deed:
    return Deed("tell", refs.speaker, refs.sentence, deed.thing, deed.place, deed.how, hearers=refs.hearers)


def told(refs: References, phrase: VerbPhrase, people: tuple[Person, ...]) -> list[Deed]:
    """Read "told Sally that the ball is in the box", "told him about it", "showed her where it was".

    Parameters
    ----------
    refs, phrase, people
        References of the text, the verb phrase, and the people who are its subjects.
    """
    if not people or phrase.negated:
        return []
    listeners = [*phrase.receivers, *phrase.objects, *(noun for how, noun in phrase.places if how in ("to", "with"))]
    calls = phrase.governor
    if phrase.verb.dep_ == "acl" and calls is not None and calls.lemma in ("send", "leave", "write", "get"):
        people, listeners = (
            refs.people(calls.subjects, subject=True),
            list(calls.receivers),
        )  # "sent her a message saying …"
    if not any(_is_listener(refs, token) for token in listeners) and calls is not None and calls.lemma in REMOTE:
        listeners = list(calls.objects)  # "phoned her and said that …"
    hearers = refs.people([token for token in listeners if _is_listener(refs, token)], subject=False, but=people)
    false = phrase.lemma in LIE or bool(phrase.particles & _FALSELY)
    about = {child.lower_ for child in phrase.verb.subtree if child.i > phrase.verb.i}
    below = [child for child in phrase.verb.children if child.dep_ in ("ccomp", "xcomp", "advcl")]
    if not hearers and phrase.lemma not in LIE | {"announce", "say"}:
        return []
    base = Deed("tell", people, refs.sentence, hearers=hearers, false=false)
    if ("so" in about or {"let", "know"} <= about) and below:
        base.about_place = True
        return [base]
    if below:
        base.scope = "below"
        base.about_place = bool(about & {"where", "what", "how"})
        return [base]
    if phrase.lemma in ("tell", "inform", "warn") and not any(not refs.is_person(one) for one in phrase.objects):
        base.about_place, base.doubtful = True, "the text does not say what is told"
        return [base]
    names = {refs.things.find(word) for word in about} & {*refs.handled}
    if ("about" in about and (names or about & _WHAT)) or about & {"truth", "everything", "secret", "so"}:
        base.about_place = True
        return [base]
    return [Deed("say", people, refs.sentence, hearers=hearers)]


def _is_listener(refs: References, token: Token) -> bool:
    return token.lower_ not in ("it", "that", "this", "everything", "them") and refs.is_person(token)
