"""The words of a text that describe a situation, and the comparison of such words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from social_world_model.symbolic.english.changes.lexicon import MEANINGFUL
from social_world_model.symbolic.english.loading import english

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

SAME_LETTERS = 5
"""Two words with this number of equal first letters count as the same word: "damage", "damaged"."""
SHORTEST_WORD = 4
"""A word with this number of letters counts as the same word as a compound that begins with it: "rain", "rainstorm"."""
FEWEST_ADDED = 2
"""Number of letters that such a compound has in addition. "Past" and "paste" are different words."""
TEXTS_KEPT = 4096

_DENYING = frozenset({"not", "n't", "no", "never", "without", "none", "neither", "nor"})


class Word(NamedTuple):
    """A content word.

    Parameters
    ----------
    lemma
        Lemma in lower case.
    negated
        Whether the text denies the word.
    """

    lemma: str
    negated: bool = False


@lru_cache(maxsize=TEXTS_KEPT)
def analysed(text: str) -> Doc:
    """Return spaCy's analysis of a text.

    Parameters
    ----------
    text
        A sentence or a phrase.

    Raises
    ------
    ConfigurationError
        If spaCy or its English model is missing.
    """
    return english()(text)


def content(texts: Iterable[str], names: Collection[str] = ()) -> frozenset[Word]:
    """Return the content words of texts.

    Parameters
    ----------
    texts
        Sentences or phrases.
    names
        Names of people. The words of the names are left out.
    """
    left_out = {part for name in names for part in name.split()}
    found: set[Word] = set()
    for doc in map(analysed, texts):
        denied = {token.i for one in doc if one.lower_ in _DENYING for token in _scope(one)}
        found |= {Word(lemma(token), token.i in denied) for token in doc if _is_content(token, left_out)}
    return frozenset(found)


def lemma(token: Token) -> str:
    """Return the lemma of a token in lower case.

    Parameters
    ----------
    token
        Token of an analysed text.
    """
    return token.lemma_.lower()


def is_in(word: Word, words: Iterable[Word]) -> bool:
    """Tell whether a word, negated or not, occurs among other words. Words with the same stem are the same word.

    Parameters
    ----------
    word
        Word to look up.
    words
        Words of a text.
    """
    return any(same_stem(word.lemma, other.lemma) for other in words)


@lru_cache(maxsize=TEXTS_KEPT)
def same_stem(one: str, other: str) -> bool:
    """Tell whether two lemmas have the same stem.

    Parameters
    ----------
    one, other
        Lemmas in lower case.

    Examples
    --------
    >>> same_stem("damage", "damaged"), same_stem("rain", "rainstorm"), same_stem("past", "paste")
    (True, True, False)
    """
    shorter, longer = sorted((one, other), key=len)
    shared = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(shorter))
    is_compound = SHORTEST_WORD <= shared == len(shorter) <= len(longer) - FEWEST_ADDED
    return one == other or shared >= SAME_LETTERS or is_compound


def _scope(negation: Token) -> list[Token]:
    """Return the tokens that a negation denies: the phrase after "no", or the verb and its complement."""
    head = negation.head
    if negation.lower_ in ("no", "without"):
        return list(negation.subtree if negation.lower_ == "without" else head.subtree)
    return [head, *(child for child in head.children if child.dep_ in ("acomp", "attr", "xcomp"))]


def _is_content(token: Token, left_out: Collection[str]) -> bool:
    lower = token.lower_
    if token.like_num:
        return True
    is_word = token.is_alpha and len(lower) > 1 and token.text not in left_out
    return is_word and (lower in MEANINGFUL or not token.is_stop)
