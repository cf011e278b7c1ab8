"""Link what people see, overlook or tell to the deeds that this concerns, within a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from social_world_model.symbolic.english.deeds import STATES, Deed
from social_world_model.symbolic.english.phrases import VerbPhrase

VISIBLE = frozenset({"put", "take", "give", "lies", "go", "come", "tell"})
_STATE_MARKS = frozenset({"while", "when", "whenever", "as", "whilst", "once", "after", "because", "since", "during"})

ReadPhrases = dict[VerbPhrase, list[Deed]]


def link(part: Sequence[VerbPhrase], read: ReadPhrases) -> None:
    """Set the targets of the deeds of one sentence, and remove deeds that are only told or believed.

    Parameters
    ----------
    part
        Verb phrases of the sentence.
    read
        Deeds of each phrase. The function changes this dictionary.
    """
    for phrase in part:
        for deed in list(read.get(phrase, ())):
            if deed.scope == "below":
                _link_below(phrase, deed, part, read)
            elif deed.scope == "above" or (deed.kind in STATES and phrase.mark in _STATE_MARKS):
                deed.target = _above(phrase, read)


def _above(phrase: VerbPhrase, read: ReadPhrases) -> Deed | None:
    """Return the deed of the closest governor that has one."""
    governor = phrase.governor
    while governor is not None:
        visible = [deed for deed in read.get(governor, ()) if deed.kind in VISIBLE]
        if visible:
            return visible[-1]
        governor = governor.governor
    return None


def _link_below(phrase: VerbPhrase, deed: Deed, part: Sequence[VerbPhrase], read: ReadPhrases) -> None:
    below = [one for one in part if _depends(one, phrase)]
    found = [(one, inner) for one in below for inner in read.get(one, ()) if inner.kind in VISIBLE]
    if deed.kind == "tell":
        found = [one for one in found if one[1].kind != "tell"]
        _fill_statement(deed, found, read)
    elif found:
        told = [inner for _, inner in found if inner.kind == "tell"]
        deed.target = told[0] if told else found[-1][1]
    elif deed.kind == "see" and not found:
        deed.kind = "other"
        deed.is_lost = True


def _fill_statement(deed: Deed, found: Sequence[tuple[VerbPhrase, Deed]], read: ReadPhrases) -> None:
    """Fill in what is told. A statement about a place is no fact; a false statement about a deed is no deed."""
    for phrase, inner in found:
        if inner.kind in ("put", "lies") and not deed.thing:
            deed.thing, deed.place, deed.how = inner.thing, inner.place, inner.how
        if inner.kind == "lies" or deed.false:
            read[phrase] = [one for one in read[phrase] if one is not inner]
    if not deed.thing and not deed.about_place:
        deed.kind = "say"


def _depends(phrase: VerbPhrase, other: VerbPhrase) -> bool:
    governor = phrase.governor
    while governor is not None:
        if governor is other:
            return phrase.verb.dep_ != "conj" or phrase.governor is not other
        governor = governor.governor
    return False
