"""Give the people of an item other names, in all texts of the item. Only names change, and only as whole words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from social_world_model.contracts import Item
from social_world_model.symbolic.cast import acting
from social_world_model.variants.conversations import cast_of


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


NAMES = _listed(
    """Alex Andrea Ariel Arlo Avery Blair Cameron Casey Charlie Dakota Darcy Dominique Eden Elliot Emery Finley Frankie
    Harley Jamie Jesse Jordan Jules Kai Kendall Kerry Lennox Logan Luca Marlow Mika Morgan Nico Noa Peyton Quinn Reese
    Remy Riley Rowan Sam Sasha Shannon Sidney Skyler Taylor Toni Yuri"""
)
"""Names for both women and men. None of these names is an ordinary word."""

_NO_NAMES = frozenset(
    _listed(
        """all anybody anyone both dr everybody everyone group he i it lady lord madam miss mr mrs ms nobody prof she
        sir somebody someone st the they we you"""
    )
)
_HOMOGRAPHS = frozenset(
    _listed(
        """amber angel art august bill brook buddy chance chase christian clay daisy dawn dean destiny drew faith frank
    gene ginger glen grace grant guy harmony hazel heath holly hope hunter iris ivy jack jade jay jewel joy june lance
    lane lily mark marina mason may melody mercy miles nick olive pat patience pearl penny precious ray rich rob robin
    rose ruby sandy serenity skip sky sterling sue summer victor violet wade ward will willow woody"""
    )
)
"""Names that are also ordinary words."""
_AFTER_A_WORD = frozenset(
    _listed(
        """a an any each every he her his i it its me my no our she some that the their them these they this those to us
    we what you your"""
    )
)
"""At the start of a sentence, an ambiguous word is not a name if one of these words follows, as in "Will you"."""
_MODAL = frozenset({"will", "may"})

_WORD = re.compile(r"[^\W\d_](?:\w|['’-](?=\w))*")
_HEAD = re.compile(r"(?:^|[.!?…:\n])[\"“”'’)\s]*$|[\"“(]$")
_NEXT = re.compile(r"\s+([\w'’]+)")


def people_of(items: Sequence[Item]) -> list[str]:
    """Return the people of the items about one narrative.

    These are the people who act or speak in the narrative, and the people that questions or labels name.

    >>> story = "Al entered the hall. Bo entered the hall. Al left the hall."
    >>> item = Item(index="1", narrative=story, question="", gold="", asks="belief", chain=("Bo", "the cook"))
    >>> people_of([item])
    ['Al', 'Bo']
    """
    narrative = items[0].narrative
    named = [*acting(narrative)]
    if items[0].domain == "conversation":
        named += cast_of(narrative)
    for item in items:
        named += [*item.belief_chain, *item.audience]
        if item.answer_form == "names":
            named += [name.strip() for name in (item.correct_answer or "").split(",")]
    return [name for name in dict.fromkeys(named) if _words_of(name) and _has(narrative, name)]


def new_names(items: Sequence[Item], seed: int = 0) -> dict[str, str]:
    """Draw new names for the people of the items about one narrative.

    Parameters
    ----------
    items
        All items about one narrative.
    seed
        Random seed. The names depend only on the seed and the items.

    Returns
    -------
    dict
        A new word for each word of the old names. The new words do not occur in the items.
    """
    old = list(dict.fromkeys(word for name in people_of(items) for word in _words_of(name)))
    said = {word.casefold() for item in items for text in _texts_of(item) for word in re.findall(r"[^\W_]+", text)}
    names = [name for name in NAMES if name.casefold() not in said]
    Random(f"{seed}:{items[0].narrative}").shuffle(names)
    further = (f"{name}{number}" for number in itertools.count(2) for name in NAMES)
    while len(names) < len(old):
        if (name := next(further)).casefold() not in said:
            names.append(name)
    return dict(zip(old, names, strict=False))


def renamed(item: Item, names: Mapping[str, str]) -> Item:
    """Return an item with new names in all its texts. The index, `set_id` and `cluster_id` do not change.

    Parameters
    ----------
    item
        The question.
    names
        The new word for each word of the old names, as `new_names` returns it.
    """
    if not names:
        return item
    return replace(
        item,
        narrative=rename(item.narrative, names),
        question=rename(item.question, names),
        correct_answer=None if item.correct_answer is None else rename(item.correct_answer, names),
        choices=tuple(rename(choice, names) for choice in item.choices),
        belief_chain=tuple(rename(name, names) for name in item.belief_chain),
        fact=rename(item.fact, names),
        audience=tuple(rename(name, names) for name in item.audience),
        fields={key: _renamed(value, names) for key, value in item.fields.items()},
    )


def rename(text: str, names: Mapping[str, str]) -> str:
    """Return a text with new names.

    Parameters
    ----------
    text
        Any text.
    names
        The new word for each word of the old names, as `new_names` returns it.

    >>> rename("Ann's hat is Anna's. Will Ann see Will? Will will.", {"Ann": "Kai", "Will": "Noa"})
    "Kai's hat is Anna's. Will Kai see Noa? Noa will."
    """
    if not names:
        return text
    anybody = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    found = re.compile(rf"(?<!\w)(?<!\w['’-])(?:{anybody})(?!\w|-\w)")
    return found.sub(lambda match: match[0] if _is_a_word(match) else names[match[0]], text)


def undone(names: Mapping[str, str]) -> dict[str, str]:
    """Return the mapping from new names back to old names."""
    return {new: old for old, new in names.items()}


def _is_a_word(match: re.Match[str]) -> bool:
    """Return whether an ambiguous name is an ordinary word in this place.

    It is an ordinary word if it starts a sentence and if a word such as "you" follows.
    """
    word = match[0].casefold()
    if word not in _HOMOGRAPHS or not _HEAD.search(match.string, max(0, match.start() - 8), match.start()):
        return False
    following = _NEXT.match(match.string, match.end())
    if following is None:
        return False
    return following[1].casefold() in _AFTER_A_WORD or (word in _MODAL and following[1][0].isupper())


def _words_of(name: str) -> list[str]:
    """Return the words of a name, without titles and lower-case words."""
    words = [word.removesuffix("'s").removesuffix("’s") for word in _WORD.findall(name)]
    return [word for word in words if word[0].isupper() and word.casefold() not in _NO_NAMES]


def _has(text: str, name: str) -> bool:
    return all(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for word in _words_of(name))


def _texts_of(item: Item) -> Iterator[str]:
    yield from (
        item.narrative,
        item.question,
        item.correct_answer or "",
        item.fact,
        *item.choices,
        *item.belief_chain,
        *item.audience,
    )
    yield from _strings(item.fields)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return rename(value, names)
    if isinstance(value, Mapping):
        return {
            rename(key, names) if isinstance(key, str) else key: _renamed(inner, names) for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return type(value)(_renamed(inner, names) for inner in value)
    return value


def said_in(items: Sequence[Item]) -> str:
    """Return all texts of the items about one narrative, in lower case."""
    return "\n".join(text for item in items for text in _texts_of(item)).casefold()
