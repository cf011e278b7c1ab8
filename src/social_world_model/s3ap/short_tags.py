r"""Short spellings of tags, which save tokens: ``<state/>``, ``<act/>``, ``<act 1/>``, ``<next/>``, ``<mind>…</mind>``.

If a text already contains a short spelling, the spelling gets a backslash: ``<\state/>``. `long_tags` removes the
backslash.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from social_world_model.s3ap.tag_table import TAGS, Tag

_BY_WORD: Mapping[str, Tag] = {tag.short: tag for tag in TAGS if tag.short}
_PAIRS = "|".join(tag.short for tag in _BY_WORD.values() if tag.form == "pair")
_SINGLES = "|".join(tag.short for tag in _BY_WORD.values() if tag.form != "pair")
_SHORT = re.compile(
    rf"(?i:<(?P<escape>\\*)\s*(?:(?P<end>/?)\s*(?P<pair>{_PAIRS})|"
    rf"(?P<single>{_SINGLES})(?:[\s_-]*(?P<index>\d+|(?<=[\s_-])\w+))?\s*/?)\s*>)"
)


def short_tags(text: str) -> str:
    """Return a text with short spellings of tags.

    >>> short_tags("<same_as_state /> Ann waves. <same_as_last_action_1 />")
    '<state/> Ann waves. <act 1/>'
    """
    return _CANONICAL.sub(_as_short, text)


def long_tags(text: str) -> str:
    """Return a text with the canonical spellings of tags.

    >>> long_tags("<state/> Ann waves. <act 1/>")
    '<same_as_state /> Ann waves. <same_as_last_action_1 />'
    """
    return _SHORT.sub(_as_canonical, text)


def _canonical_pattern() -> re.Pattern[str]:
    """Return a pattern for the canonical spellings of tags, and for texts that look like short spellings."""
    spellings = []
    for word, tag in _BY_WORD.items():
        if tag.form == "pair":
            spellings.append(f"<(?P<{word}>/?){re.escape(tag.canonical()[1:])}")
        else:
            index = r"(?:_(?P<number>\d+))?" if tag.has_index else ""
            spellings.append(f"<(?P<{word}>{'_'.join(tag.words)}){index} />")
    return re.compile(f"{'|'.join(spellings)}|(?P<looks_short>{_SHORT.pattern})")


def _as_short(match: re.Match[str]) -> str:
    if match["looks_short"] is not None:
        return f"<\\{match[0][1:]}"
    word, tag = next((word, tag) for word, tag in _BY_WORD.items() if match[word] is not None)
    if tag.form == "pair":
        return f"<{match[word]}{word}>"
    return tag.written(match["number"] if tag.has_index else None, short=True)


def _as_canonical(match: re.Match[str]) -> str:
    if match["escape"]:
        return f"<{match[0][2:]}"
    if match["pair"]:
        return f"<{match['end']}{_BY_WORD[match['pair'].casefold()].canonical()[1:]}"
    tag = _BY_WORD[match["single"].casefold()]
    return tag.canonical(match["index"] if tag.has_index else None)


_CANONICAL = _canonical_pattern()
