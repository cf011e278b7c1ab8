"""Acts in the words of SOTOPIA, such as ``said: "Hello"`` or ``[action] opens the window``."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

NOTHING, LEFT = "did nothing", "left the conversation"
_SAID = re.compile(r"said: ?(?P<text>.*)", re.DOTALL | re.IGNORECASE)
_MARKED = re.compile(r"\[(?P<kind>non-verbal communication|action)\] ?(?P<text>.*)", re.DOTALL | re.IGNORECASE)
_PRIVATE = "[private to "
_END_OF_NAMES = re.compile(r"\] ?(?=\] )")


class SotopiaAct(NamedTuple):
    """An act: the kind as SOTOPIA names it, the text, and the only people who perceive the act (empty: everybody)."""

    kind: str
    text: str
    to: tuple[str, ...] = ()


def read_sotopia_act(words: str) -> SotopiaAct | None:
    """Return the act in SOTOPIA's words; None if the words have another form.

    Parameters
    ----------
    words
        Words of an act, without the name of the person.

    Examples
    --------
    >>> read_sotopia_act('said: "Hello"')
    SotopiaAct(kind='speak', text='Hello', to=())
    >>> read_sotopia_act("[private to ['Bob']]  [action] nods")
    SotopiaAct(kind='action', text='nods', to=('Bob',))
    """
    to, words = _recipients(words.lstrip())
    if said := _SAID.match(words):
        return SotopiaAct("speak", _unquoted(said["text"]), to)
    if marked := _MARKED.match(words):
        return SotopiaAct(marked["kind"].casefold(), marked["text"], to)
    if words.startswith(NOTHING):
        return SotopiaAct("none", "")
    return SotopiaAct("leave", "", to) if words.startswith(LEFT) else None


def sotopia_words(kind: str, text: str, to: Sequence[str] = ()) -> str:
    """Return an act in SOTOPIA's words, without the name of the person.

    Parameters
    ----------
    kind, text, to
        The same as for `SotopiaAct`.

    Examples
    --------
    >>> print(sotopia_words("speak", "Hush", ["Bob"]))
    [private to ['Bob']]  said: "Hush"
    """
    words = {"speak": f'said: "{text}"', "none": NOTHING, "leave": LEFT}.get(kind, f"[{kind}] {text}")
    return f"{_PRIVATE}{list(to)}]  {words}" if to else words


def _recipients(words: str) -> tuple[tuple[str, ...], str]:
    """Return the recipients of a private act, and the words of the act."""
    if not words.startswith(_PRIVATE):
        return (), words
    for end in _END_OF_NAMES.finditer(words):
        try:
            names = ast.literal_eval(words[len(_PRIVATE) : end.start() + 1])
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
            return tuple(names), words[end.end() + 2 :].lstrip()
    return (), words


def _unquoted(text: str) -> str:
    """Return a text without the quotation marks around it. The last one may be missing."""
    if not text.startswith('"'):
        return text
    ended = text.rstrip("\n")
    return ended[1:-1] if len(ended) > 1 and ended.endswith('"') else text[1:]
