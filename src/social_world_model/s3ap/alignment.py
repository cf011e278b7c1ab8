"""Match the free text of an observation to the event that it describes.

The match is strict and requires a large overlap of words. A sentence that matches no event becomes a separate event. A
missed match does less harm than a wrong match, because a wrong match gives an agent knowledge of an event that it did
not perceive.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

CONTAINED = 0.8
"""A sentence matches an event if at least this share of its content words occurs in the text of the event."""
ALIKE = 0.75
"""A sentence also matches an event if the Dice coefficient of both sets of content words is at least this value."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NEGATION = frozenset(("not", "no", "never", "n't", "nobody", "nothing", "without"))
_EMPTY_WORDS = frozenset(
    """
    a an the in at on to with is are was were be been being am has have had do does did there it its this that these
    those of and then now still also just i you he she they we me him her them us my your his their our who
    see sees saw seen hear hears heard notice notices noticed watch watches watched perceive perceives observe
    observes find finds
    """.split()  # noqa: SIM905 - a list of words reads better as words
)


class Words(NamedTuple):
    """The stemmed content words of a sentence, and whether the sentence is negated."""

    content: frozenset[str]
    negated: bool


@lru_cache(maxsize=65536)
def words_of(text: str) -> Words:
    """Return the content words of a sentence.

    >>> sorted(words_of("The balls were moved.").content)
    ['ball', 'mov']
    """
    tokens = [token.casefold() for token in _WORD.findall(text)]
    negated = any(token in _NEGATION or token.endswith(("n't", "n’t")) for token in tokens)
    content = frozenset(_stem(token) for token in tokens if token not in _EMPTY_WORDS)
    return Words(content or frozenset(tokens), negated)


def tells_of(account: str, event: str, cast: Sequence[str] = ()) -> float:
    """Return how well a sentence matches an event, as a score from 0 (no match) to 1.

    Parameters
    ----------
    account
        A sentence of an observation. The sentence may describe only a part of the event.
    event
        Text of the event, with the actor's name.
    cast
        Names of the agents. The score is 0 if the sentence names an agent that the event does not name. The score
        is also 0 if the order of the names differs: "Bob gives Ann the key" does not match "Ann gives Bob the key".

    Examples
    --------
    >>> tells_of("Sees Anne move the ball.", "Anne moves the ball") == 1
    True
    >>> tells_of("The ball is in the box.", "The ball is in the basket.")
    0.0
    """
    told, actual = words_of(account), words_of(event)
    if told.negated != actual.negated:
        return 0.0
    common = len(told.content & actual.content)
    # One shared word, such as a name, is not enough, unless both texts consist of this word alone.
    if not common or (common < 2 and told.content != actual.content):
        return 0.0
    contained = common / len(told.content)
    alike = 2 * common / (len(told.content) + len(actual.content))
    if contained < CONTAINED and alike < ALIKE:
        return 0.0
    if cast and not _in_same_order(names_in(account, cast), names_in(event, cast)):
        return 0.0
    return max(contained, alike) * 0.5 + alike * 0.5


def named(text: str, cast: Sequence[str]) -> set[str]:
    """Return the names that occur in a text, as a set; if names overlap, the longest name wins.

    Parameters
    ----------
    text
        Text to search.
    cast
        Names to search for. Matches are case-sensitive and cover whole words.

    Examples
    --------
    >>> sorted(named("Anna meets Dr. Lee", ["Ann", "Anna", "Lee", "Dr. Lee"]))
    ['Anna', 'Dr. Lee']
    """
    return set(names_in(text, cast))


def names_in(text: str, cast: Sequence[str]) -> list[str]:
    """Return the names that occur in a text, in the order of the text, with repetitions.

    Parameters
    ----------
    text
        Text to search.
    cast
        Names to search for, with the same rules as in `named`.
    """
    return _any_of(tuple(cast)).findall(text)


def _in_same_order(told: Sequence[str], actual: Sequence[str]) -> bool:
    """Return whether the names of a sentence occur in the same order in the event."""
    left = iter(actual)
    return all(name in left for name in told)


@lru_cache(maxsize=256)
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(filter(None, names), key=len, reverse=True)
    if not longest_first:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _stem(token: str) -> str:
    for ending in ("ing", "ed", "es", "s", "e"):
        if token.endswith(ending) and len(token) - len(ending) >= 3:
            return token.removesuffix(ending)
    return token
