"""Is this wording an account of that event? Free text in an observation is matched to what it tells of.

Word overlap, deliberately strict: a percept that fits nothing becomes an event of its own, which loses less
than crediting someone with an event it did not perceive.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

CONTAINED = 0.8
"""Share of an observation's content words that must occur in the event it is taken for."""
ALIKE = 0.75
"""Or: Dice coefficient of the two sets of content words."""

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
    """Content words of a sentence, roughly stemmed, with what may not differ."""

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
    """Score from 0 to 1 how well an account fits an event; 0 means it does not.

    Parameters
    ----------
    account
        A sentence of an observation; it may tell a part of the event only.
    event
        The event, with the actor's name.
    cast
        Names; an account that names somebody whom the event does not, or people in another order ("Bob gives
        Ann the key"), is about something else.

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
    # One word in common, say a name, tells of nothing that its bearer did, unless it is all there is.
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
    """Return who of the cast is named in a text; the longest name that fits is the one meant.

    >>> sorted(named("Anna meets Dr. Lee", ["Ann", "Anna", "Lee", "Dr. Lee"]))
    ['Anna', 'Dr. Lee']
    """
    return set(names_in(text, cast))


def names_in(text: str, cast: Sequence[str]) -> list[str]:
    """Return the names of the cast in a text, one after the other."""
    return _any_of(tuple(cast)).findall(text)


def _in_same_order(told: Sequence[str], actual: Sequence[str]) -> bool:
    """Tell whether the names of an account come in the event in that order."""
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
