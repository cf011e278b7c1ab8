"""The tags of S3AP: reading a text into its pieces, in any of the spellings in circulation.

=============================  ================================  ==============================================
tag                            where                             decodes to
=============================  ================================  ==============================================
``<same_as_state />``          observations                      this step's decoded state
``<same_as_last_action />``    state, observations               every act of the nearest earlier step with acts
``<same_as_last_action_x />``  state, observations               that step's act of agent number x (from 0)
``<same_as_next_state />``     actions, observations             the next step's state
``<mental_state>…``            observations, actions, state      private to its agent (in a state: the narrator)
``<unknown />``                observations                      not known to the writer; nothing is perceived
``none``                       observations, actions             perceived nothing, did nothing
=============================  ================================  ==============================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

SAME_AS_STATE = "<same_as_state />"
SAME_AS_LAST_ACTION = "<same_as_last_action />"
SAME_AS_NEXT_STATE = "<same_as_next_state />"
UNKNOWN = "<unknown />"
NONE = "none"

PieceKind = Literal["text", "state", "last_action", "next_state", "unknown", "mental", "broken"]
Field = Literal["state", "observations", "actions"]

_CANONICAL: dict[PieceKind, str] = {
    "state": SAME_AS_STATE,
    "last_action": SAME_AS_LAST_ACTION,
    "next_state": SAME_AS_NEXT_STATE,
    "unknown": UNKNOWN,
}

ALLOWED: dict[Field, frozenset[PieceKind]] = {
    "state": frozenset({"text", "last_action", "mental"}),
    "observations": frozenset({"text", "state", "last_action", "next_state", "unknown", "mental"}),
    "actions": frozenset({"text", "next_state", "mental"}),
}
"""Which pieces may stand in which field."""

_GAP = r"[\s_-]*"
_OPEN = r"[<\[] \s*"
_MOST_DIGITS = 18
"""Of an index: more digits than any cast needs, and less than Python refuses to read."""
_TOKEN = re.compile(
    rf"""
      [<\[] \s* (?: same{_GAP}as{_GAP}(?: (?P<state>state) | (?P<next>next{_GAP}state)
                    | last{_GAP}action (?: {_GAP}(?P<index>\d+) | (?P<all>) ) )
                  | (?P<unknown>unknown) ) \s* (?: / \s* )? [>\]]
    | {_OPEN} mental{_GAP}state \s* [>\]] (?P<mental>.*?)
      (?: {_OPEN} / \s* mental{_GAP}state \s* [>\]] | (?P<unclosed>\Z) )
    | (?P<stray> {_OPEN} / \s* mental{_GAP}state \s* [>\]]
                 | < \s* (?: / \s* )? (?: same[_-]as[_-] | mental[_-]state ) [^<>]* > )
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Piece:
    """A stretch of text, or one tag.

    Parameters
    ----------
    kind
        What it is; ``"broken"`` for a mental state that is opened and not closed, or closed and not opened, and
        for what is meant as a tag and is none, such as ``<same_as_last_action_x />`` with an x left standing.
    text
        The words of a ``text`` or ``mental`` piece; of any other, the tag as it was written.
    index
        Number of the agent in an indexed tag.
    """

    kind: PieceKind
    text: str
    index: int | None = None


def same_as_last_action_of(index: int) -> str:
    """Return the tag for the last act of the agent with this 0-based index.

    >>> same_as_last_action_of(1)
    '<same_as_last_action_1 />'
    """
    return f"<same_as_last_action_{index} />"


def mental_state(text: str) -> str:
    """Return the text as a mental state.

    >>> mental_state("I am late")
    '<mental_state>I am late</mental_state>'
    """
    return f"<mental_state>{text}</mental_state>"


def written(piece: Piece) -> str:
    """Return a piece in its canonical form.

    >>> [written(piece) for piece in split_pieces("[SAME AS STATE] Hi. <same as last action 1>")]
    ['<same_as_state />', 'Hi.', '<same_as_last_action_1 />']
    """
    if piece.kind == "mental":
        return mental_state(piece.text)
    if piece.kind == "last_action" and piece.index is not None:
        return same_as_last_action_of(piece.index)
    return _CANONICAL.get(piece.kind, piece.text)


def is_none(text: str) -> bool:
    """Tell whether a text says that there is nothing.

    >>> is_none(" None. "), is_none("none of them")
    (True, False)
    """
    return text.strip().rstrip(".").casefold() in ("", NONE)


@lru_cache(maxsize=16384)
def split_pieces(text: str) -> tuple[Piece, ...]:
    """Read a text into pieces; words keep their inner spacing, without blanks at their ends.

    >>> [piece.kind for piece in split_pieces("[SAME AS STATE] She smiles. <mental_state>So so.</mental_state>")]
    ['state', 'text', 'mental']
    """
    pieces: list[Piece] = []
    end = 0
    for match in _TOKEN.finditer(text):
        _add_words(pieces, text[end : match.start()])
        pieces.append(_tag(match))
        end = match.end()
    _add_words(pieces, text[end:])
    return tuple(pieces)


def _add_words(pieces: list[Piece], words: str) -> None:
    if words := words.strip():
        pieces.append(Piece("text", words))


def _tag(match: re.Match[str]) -> Piece:
    whole = match.group()
    if match["state"]:
        return Piece("state", whole)
    if match["next"]:
        return Piece("next_state", whole)
    if match["unknown"]:
        return Piece("unknown", whole)
    if match["stray"] or match["unclosed"] is not None:
        # Whatever follows an opening tag was meant to be private: it is never read as plain words.
        return Piece("broken", whole)
    if match["mental"] is not None:
        return Piece("mental", match["mental"].strip())
    return Piece("last_action", whole, None if match["index"] is None else int(match["index"][:_MOST_DIGITS]))
