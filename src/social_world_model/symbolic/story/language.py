"""Parse sentences and questions to clauses, with the grammar in `grammar.lark`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeGuard, cast

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from social_world_model.errors import NarrativeError
from social_world_model.s3ap.prose import line_spans, sentence_spans
from social_world_model.symbolic.story.clauses import (
    Attitude,
    Clause,
    Contained,
    Enter,
    Exit,
    Informed,
    Move,
    Preposition,
    Private,
    Question,
    Report,
    Stay,
    StorySentence,
    Whereabouts,
)

_LINE_NUMBER = re.compile(r"^\s*\d+[.):]?\s+")
_SPACED_HYPHEN = re.compile(r"(?<=\w) - (?=\w)")
_OTHER_SHAPES = (
    "; a transcript needs at least two lines with a name before a colon ('Ann: Hello'); a household needs "
    "a line 'Actions taken by NAME:' after its description"
)
_SEPARATOR = re.compile(r"^\W*$")


def read_narrative(narrative: str) -> list[StorySentence]:
    """Parse every sentence of a narrative.

    Parameters
    ----------
    narrative
        One or more sentences per line, with or without line numbers and full stops.

    Raises
    ------
    NarrativeError
        If a sentence is outside the grammar, or if the narrative has no sentence.

    Examples
    --------
    >>> read_narrative("1 Ann entered the hall.")[0].clause
    Enter(people=('Ann',), room='hall')
    """
    found: list[StorySentence] = []
    for offset, line in line_spans(narrative):
        for start, end in _numbered_spans(line):
            text = line[start:end]
            clause, predicate = _understand(_normalised(text), text, len(found) + 1)
            found.append(StorySentence(len(found) + 1, text, clause, predicate, offset + start, offset + end))
    if not found:
        raise NarrativeError("expected a narrative with at least one sentence", sentence=narrative[:80], number=1)
    return found


def numbered_sentences(line: str) -> list[str]:
    """Return the sentences of a line without its line number. A separator such as ``***`` is no sentence.

    >>> numbered_sentences("3 Ann left. Bob left."), numbered_sentences("***")
    (['Ann left.', 'Bob left.'], [])
    """
    return [line[start:end] for start, end in _numbered_spans(line)]


def _numbered_spans(line: str) -> list[tuple[int, int]]:
    """Return the start and the end of each sentence of a line; see `numbered_sentences`."""
    number = _LINE_NUMBER.match(line)
    skip = number.end() if number else 0
    spans = [(skip + start, skip + end) for start, end in sentence_spans(line[skip:])]
    return [(start, end) for start, end in spans if not _SEPARATOR.match(line[start:end])]


def read_clause(text: str) -> Clause | None:
    """Return the clause of one sentence, or None if the sentence is outside the grammar."""
    understood = _parse(_normalised(text))
    return None if understood is None else understood[0]


@lru_cache(maxsize=16384)
def read_question(text: str) -> Question | None:
    """Return the parsed question, or None if the question is outside the grammar.

    >>> read_question("Where does Anne think that Sally searches for the ball?")
    Question(asks='belief', thing='ball', chain=('Anne', 'Sally'))
    """
    tree = _tree(_normalised(text.strip()), "question")
    if tree is None:
        return None
    asked = cast("Tree[Token]", tree.children[0])
    names, things = _names(asked), _nouns(asked)
    if asked.data == "held":
        return Question("belief", things[-1], tuple(names))
    return Question("beginning" if asked.data == "beginning" else "reality", things[-1])


def _understand(normal: str, text: str, number: int) -> tuple[Clause, str]:
    understood = _parse(normal)
    if understood is None:
        raise NarrativeError(
            "expected a sentence of the symbolic grammar (people enter, leave or stay in rooms, put things in places, "
            "like things, or say where things are), "
            f"got a sentence that {_where_it_ends(normal)}{_OTHER_SHAPES if ':' in text else ''}",
            sentence=text,
            number=number,
        )
    return understood


def _where_it_ends(normal: str) -> str:
    """Return the end of an error message, with the words that the grammar cannot parse."""
    try:
        _grammar().parse(normal, start="start")
    except UnexpectedInput as error:
        at = error.pos_in_stream
        rest = normal[at:] if at is not None and 0 <= at < len(normal) else ""
        if rest:
            return f"cannot be read from {rest[:30]!r} on"
    return "ends too early or is ambiguous"


@lru_cache(maxsize=16384)
def _parse(normal: str) -> tuple[Clause, str] | None:
    tree = _tree(normal, "start")
    if tree is None:
        return None
    if tree.data == "later":
        tree = cast("Tree[Token]", tree.children[-1])
    clause = _clause(tree)
    return None if clause is None else (clause, _predicate(tree, normal))


def _tree(normal: str, start: str) -> Tree[Token] | None:
    try:
        return _grammar().parse(normal, start=start)
    except UnexpectedInput:
        return None


@cache
def _grammar() -> Lark:
    return Lark.open_from_package(
        __package__ or "",
        "grammar.lark",
        parser="lalr",
        start=["start", "question"],
        maybe_placeholders=False,
    )


def _normalised(text: str) -> str:
    text = _SPACED_HYPHEN.sub("-", " ".join(text.split()))
    return text.rstrip(".!").rstrip() if text.endswith((".", "!")) else text


def _predicate(tree: Tree[Token], normal: str) -> str:
    """Return the words after the names of the acting people. If no name is at the start, return the whole sentence."""
    first = tree.children[0]
    if isinstance(first, str) or first.data not in ("people", "name"):
        return normal
    *_, last = first.scan_values(lambda _: True)
    return normal[cast("int", last.end_pos) :].strip()


def _names(tree: Tree[Token]) -> list[str]:
    return [" ".join(map(str, name.children)) for name in _subtrees(tree, "name")]


def _nouns(tree: Tree[Token]) -> list[str]:
    return [" ".join(map(str, words.children)) for words in _subtrees(tree, "words")]


def _subtrees(tree: Tree[Token], rule: str) -> list[Tree[Any]]:
    """Return all subtrees of a grammar rule, in the order of the sentence."""
    found: list[Tree[Any]] = []
    for child in tree.children:
        if not isinstance(child, str):
            found += [child] if child.data == rule else _subtrees(child, rule)
    return found


@dataclass(frozen=True)
class _Words:
    """The words of a sentence that are needed to build the clause."""

    people: tuple[str, ...]
    nouns: tuple[str, ...]
    how: Preposition

    @property
    def first_noun(self) -> str | None:
        return self.nouns[0] if self.nouns else None


_CLAUSES: Mapping[str, Callable[[_Words], Clause | None]] = {
    "enter": lambda words: Enter(words.people, words.first_noun),
    "exit": lambda words: Exit(words.people, words.first_noun),
    "stay": lambda words: Stay(words.people, words.nouns[0]),
    "whereabouts": lambda words: Whereabouts(words.people, words.nouns[0]),
    "sheltered": lambda words: Whereabouts(words.people, words.nouns[0]),
    "move": lambda words: Move(words.people, words.nouns[0], words.nouns[-1], words.how),
    "contained": lambda words: Contained(words.nouns[0], words.nouns[1], words.how),
    "contains": lambda words: Contained(words.nouns[1], words.nouns[0]),
    "attitude": lambda words: Attitude(words.people),
    "upset": lambda words: Attitude(words.people),
    "private": lambda words: Private(words.people),
    "give": lambda words: Move(words.people[:-1], words.nouns[0], words.people[-1]),
    "inform": lambda words: Informed(words.people[0], words.people[1:], words.nouns[0], words.nouns[1], words.how),
    "tell": lambda words: _report(words, hearers=1),
    "claim": lambda words: _report(words, hearers=0),
}
"""For each grammar rule: a function that builds the clause. The function returns None for a report with several
speakers."""


_HOW = {"ON": "on"}
"""Prepositions of the grammar that have one form in clauses ("onto" becomes "on")."""


def _report(words: _Words, hearers: int) -> Report | None:
    if len(words.people) != 1 + hearers:
        return None
    return Report(words.people[0], words.people[1] if hearers else None, words.nouns[0], words.nouns[1])


def _clause(tree: Tree[Token]) -> Clause | None:
    """Return the clause of a parsed sentence; None if the clause is impossible, such as a report by several people."""
    how = next((_HOW.get(child.type, str(child)) for child in tree.children if _is_preposition(child)), "in")
    make = _CLAUSES.get(str(tree.data))
    if make is None:
        raise AssertionError(f"expected a clause for every grammar rule, got none for {tree.data}")
    return make(_Words(tuple(_names(tree)), tuple(_nouns(tree)), cast("Preposition", how)))


def _is_preposition(child: object) -> TypeGuard[Token]:
    return isinstance(child, Token) and child.type in ("ON", "BESIDE")
