"""Read and score replies to FANToM questions in the same way as the authors' code.

The authors' code scores replies without any cleaning. It finds letters and names anywhere in a reply, and names also
inside longer words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_AFTER_LETTER = (")", ".", ":", ",")
_SAYS_YES = (" yes,", " yes ", " yes.", " knows ")
_SAYS_NO = (" no,", " no ", " no.", " does not know ", " doesn't know ")


def options_given(reply: str, choices: Sequence[str]) -> list[str]:
    """Return the options whose letter a reply gives. The result may contain several options.

    A reply gives a letter if it contains ``(b)``, if it begins with ``b)``, ``b.``, ``b:`` or ``b,``, or if it is
    ``b``.

    Parameters
    ----------
    reply
        Text of the reply.
    choices
        Texts of the options, in the order of their letters.

    >>> options_given("B. blue", ["red", "blue"]), options_given("**B**", ["red", "blue"])
    (['blue'], [])
    """
    said = reply.lower()
    return [choice for place, choice in enumerate(choices) if _gives(chr(ord("a") + place), said)]


def _gives(letter: str, said: str) -> bool:
    return f"({letter})" in said or said == letter or said.startswith(tuple(letter + sign for sign in _AFTER_LETTER))


def yes_or_no(reply: str) -> str:
    """Return ``"yes"``, ``"no"``, or an empty string for any other reply. Words for yes are looked for first.

    >>> yes_or_no("Yes, she does."), yes_or_no("Nobody told her."), yes_or_no("**Yes**"), yes_or_no("Well, no")
    ('yes', 'no', '', '')
    """
    said = reply.lower().strip("'").strip('"')
    if said.startswith(("yes", "true")) or any(words in said for words in _SAYS_YES):
        return "yes"
    if said.startswith(("no", "false")) or any(words in said for words in _SAYS_NO):
        return "no"
    return ""


def mentions(reply: str, name: str) -> bool:
    """Return whether a reply contains a name, also as a part of a longer word. Case is ignored.

    Parameters
    ----------
    reply
        Text of the reply.
    name
        Name of a person.

    >>> mentions("Leilani knows.", "Lei")
    True
    """
    return name.lower() in reply.lower()


def is_right_list(reply: str, aware: Iterable[str], unaware: Iterable[str]) -> bool:
    """Return whether a reply mentions everybody who knows the information, and nobody who does not know it.

    Parameters
    ----------
    reply
        Text of the reply.
    aware, unaware
        The people who know the information, and the people who do not know it.
    """
    return all(mentions(reply, name) for name in aware) and not any(mentions(reply, name) for name in unaware)
