"""Split a text into words and tags, in all known spellings of the tags (see `tag_table`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from social_world_model.s3ap.tag_table import (
    LAST_ACTION,
    MENTAL_STATE,
    NEXT_STATE,
    NOTHING,
    STATE,
    TAG_BY_NAME,
    TAGS,
    UNKNOWN_TAG,
    Field,
    Tag,
)

__all__ = [
    "NONE",
    "SAME_AS_LAST_ACTION",
    "SAME_AS_NEXT_STATE",
    "SAME_AS_STATE",
    "UNKNOWN",
    "Field",
    "Piece",
    "PieceKind",
    "is_none",
    "mental_state",
    "same_as_last_action_of",
    "split_pieces",
    "tag_of",
    "tells_acts",
    "written",
]

SAME_AS_STATE = STATE.canonical()
SAME_AS_LAST_ACTION = LAST_ACTION.canonical()
SAME_AS_NEXT_STATE = NEXT_STATE.canonical()
UNKNOWN = UNKNOWN_TAG.canonical()
NONE = NOTHING.canonical()

PieceKind = str
"""``"text"``, ``"broken"``, or the name of a tag in the table."""

_GAP = r"[\s_-]*"
_MOST_DIGITS = 18
"""Largest number of digits of an index that are read; Python refuses to parse very long numbers."""


def _index_group(tag: Tag) -> str:
    return f"{tag.name}_index"


def _pattern(tags: Sequence[Tag]) -> re.Pattern[str]:
    """Return a pattern that matches every tag with brackets, and malformed tags."""
    single, pairs, strays, stems = [], [], [], []
    for tag in tags:
        spelt = _GAP.join(tag.words)
        if tag.form == "pair":
            end = rf"[<\[] \s* / \s* {spelt} \s* [>\]]"
            pairs.append(rf"[<\[] \s* {spelt} \s* [>\]] (?P<{tag.name}>.*?) (?: {end} | (?P<unclosed>\Z) )")
            strays.append(end)
        elif tag.form != "word":
            index = rf"(?: {_GAP}(?P<{_index_group(tag)}>\d+) )?" if tag.has_index else ""
            single.append(f"(?P<{tag.name}> {spelt} {index} )")
        if len(tag.words) > 1:
            stems.append("[_-]".join(tag.words[:2]) + ("[_-]" if len(tag.words) > 2 else ""))
    strays.append(rf"< \s* (?: / \s* )? (?: {'|'.join(dict.fromkeys(stems))} ) [^<>]* >")
    whole = [rf"[<\[] \s* (?: {'|'.join(single)} ) \s* (?: / \s* )? [>\]]", *pairs]
    return re.compile(
        f"{' | '.join(whole)} | (?P<stray> {' | '.join(strays)} )", re.IGNORECASE | re.VERBOSE | re.DOTALL
    )


_TOKEN = _pattern(TAGS)


@dataclass(frozen=True)
class Piece:
    """A piece of text: plain words, or one tag.

    Parameters
    ----------
    kind
        ``"text"``, the name of a tag, or ``"broken"``. A broken piece is a mental state with only one of its two
        tags, or a malformed tag such as ``<same_as_last_action_x />``.
    text
        The words of a ``text`` or ``mental`` piece. For all other kinds, the tag in its original spelling.
    index
        0-based number of an agent, if the tag contains such a number.
    """

    kind: PieceKind
    text: str
    index: int | None = None


def tag_of(piece: Piece) -> Tag | None:
    """Return the tag of a piece; None for text and for broken pieces."""
    return TAG_BY_NAME.get(piece.kind)


def tells_acts(text: str) -> bool:
    """Return whether a text contains a tag that refers to actions.

    >>> tells_acts("<same_as_last_action_0 /> It rains."), tells_acts("Ann waves. It rains.")
    (True, False)
    """
    tags = (tag_of(piece) for piece in split_pieces(text))
    return any(tag is not None and tag.stands_for_acts for tag in tags)


def same_as_last_action_of(index: int) -> str:
    """Return the tag for the last action of the agent with this 0-based index.

    >>> same_as_last_action_of(1)
    '<same_as_last_action_1 />'
    """
    return LAST_ACTION.canonical(index)


def mental_state(text: str) -> str:
    """Return the text enclosed in ``<mental_state>`` tags.

    >>> mental_state("I am late")
    '<mental_state>I am late</mental_state>'
    """
    beginning = MENTAL_STATE.canonical()
    return f"{beginning}{text}</{beginning[1:]}"


def written(piece: Piece) -> str:
    """Return a piece in its canonical form.

    >>> [written(piece) for piece in split_pieces("[SAME AS STATE] Hi. <same as last action 1>")]
    ['<same_as_state />', 'Hi.', '<same_as_last_action_1 />']
    """
    tag = tag_of(piece)
    if tag is None:
        return piece.text
    return mental_state(piece.text) if tag.form == "pair" else tag.canonical(piece.index)


def is_none(text: str) -> bool:
    """Return whether a text is empty or ``none``.

    >>> is_none(" None. "), is_none("none of them")
    (True, False)
    """
    bare = text.strip().rstrip(".")
    return len(bare) <= len(NONE) and bare.casefold() in ("", NONE)


@lru_cache(maxsize=16384)
def split_pieces(text: str) -> tuple[Piece, ...]:
    """Split a text into pieces; pieces of text keep their inner spacing and are stripped at both ends.

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


def thoughts(text: str) -> str:
    """Return the mental states in a text, one per line.

    >>> thoughts("She smiles. <mental_state>So so.</mental_state>")
    'So so.'
    """
    return "\n".join(piece.text for piece in split_pieces(text) if piece.kind == "mental")


def without_tags(text: str) -> str:
    """Return a text of a narrative in which no part is read as a tag. Such a text gets other brackets.

    >>> without_tags("I <3 [you]"), without_tags("Bo: <unknown /> [you]")
    ('I <3 [you]', 'Bo: ‹unknown /› (you)')
    """
    if all(piece.kind == "text" for piece in split_pieces(text)):
        return text
    return text.translate(str.maketrans("<>[]", "‹›()"))


def _add_words(pieces: list[Piece], words: str) -> None:
    if words := words.strip():
        pieces.append(Piece("text", words))


def _tag(match: re.Match[str]) -> Piece:
    whole = match.group()
    tag = TAG_BY_NAME.get(match.lastgroup or "")
    if tag is None:
        # The text after an opening tag is private, so it is never read as plain words.
        return Piece("broken", whole)
    if tag.form == "pair":
        return Piece(tag.name, match[tag.name].strip())
    index = match[_index_group(tag)] if tag.has_index else None
    return Piece(tag.name, whole, None if index is None else int(index[:_MOST_DIGITS]))
