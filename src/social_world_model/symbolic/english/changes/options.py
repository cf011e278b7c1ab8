"""Decide which option of a question describes the situation before a change, and which one after the change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from social_world_model.symbolic.english.changes.lexicon import REACTING, STARTING
from social_world_model.symbolic.english.changes.words import Word, analysed, content, is_in, lemma

REACTION = 3
"""Weight of a word of a reaction. Other words have the weight 1."""


@dataclass(frozen=True)
class Situation:
    """The words of a story before and after a change.

    Parameters
    ----------
    before, after
        Content words of the sentences before the change, and of the change with all later events.
    names
        Names of the people.
    """

    before: frozenset[Word]
    after: frozenset[Word]
    names: Sequence[str]


def situation(before: Iterable[str], after: Iterable[str], names: Sequence[str]) -> Situation:
    """Return the situation of a story.

    Parameters
    ----------
    before, after
        Sentences before the change, and the change with all later events.
    names
        Names of the people.
    """
    return Situation(content(before, names), content(after, names), names)


def lateness(option: str, others: Collection[str], story: Situation, *, is_action: bool) -> int:
    """Return how much better an option fits after the change than before the change.

    Only words that no other option has count. A word counts for the side whose sentences contain the word. A negated
    word counts for the change if the sentences before the change contain the word. For an action, words of a reaction
    count for the change, and words such as "continue" count against it. For a state, a perfect tense or "no longer"
    counts for the change.

    Parameters
    ----------
    option, others
        The option and all other options.
    story
        The situation of the story.
    is_action
        Whether the option is an action.
    """
    common = content(others, story.names)
    score = sum(_side(word, story) for word in content([option], story.names) - common)
    if is_action:
        return score + REACTION * _reaction(option, others)
    return score + _is_result(option) - any(map(_is_result, others))


def is_affected(options: Iterable[str], story: Situation) -> bool:
    """Tell whether a change has to do with the options: whether the change contains one of their words.

    Parameters
    ----------
    options
        All options.
    story
        The situation of the story.
    """
    return any(is_in(word, story.after) for word in content(options, story.names))


def _side(word: Word, story: Situation) -> int:
    was = is_in(word, story.before)
    if word.negated:
        return int(was)
    return int(is_in(word, story.after)) - int(was)


def _reaction(option: str, others: Collection[str]) -> int:
    """Return the number of words of a reaction that no other option has, less the words of a plan that goes on."""
    words = _lemmas([option]) - _lemmas(others)
    return len(words & REACTING) - len(words & STARTING)


def _is_result(option: str) -> bool:
    """Tell whether an option describes the result of an event: "has melted", "no longer fresh"."""
    return any(token.dep_ == "aux" and lemma(token) == "have" for token in analysed(option)) or "no longer" in option


def _lemmas(texts: Iterable[str]) -> set[str]:
    return {form for text in texts for token in analysed(text) for form in (lemma(token), token.lower_)}
