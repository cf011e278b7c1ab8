"""Texts of SOTOPIA profiles as one person may read them.

The texts of SOTOPIA contain tags. ``<extra_info>``, ``<strategy_hint>`` and ``<clarification_hint>`` mark private
remarks, and an attribute such as ``viewer='agent_1'`` limits a part to one person. SOTOPIA counts people from 0.
"""

from __future__ import annotations

import re
from collections import Counter
from xml.sax.saxutils import unescape

from social_world_model.scenarios.sotopia_data import PersonProfile

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z_][\w.-]*)(?P<attributes>[^<>]*)>")
_VIEWER = re.compile(r"""\bviewer\s*=\s*["']?\s*(?P<viewer>[^\s"'/]*)""")
_KNOWN = frozenset({"root", "p", "extra_info", "clarification_hint", "strategy_hint"})
"""Tags that SOTOPIA replaces by their content."""
_ENTITIES = {"&quot;": '"', "&apos;": "'"}

ACQUAINTANCE, FRIEND = 2, 3
"""Numbers of two relationships. The others: 0 strangers, 1 known by name, 4 romantic relationship, 5 family."""


def visible_text(text: str, viewer: int | None) -> str:
    """Return a text without its tags and without the parts for other people.

    Unknown tags stay in the text, unless the tag has a viewer: then the tag follows the rules of its viewer.

    Parameters
    ----------
    text
        Text with tags. A part whose tag is never closed reaches to the end of the text.
    viewer
        0-based position of the reader; None for the text that everybody may read.

    Examples
    --------
    >>> visible_text("Win (<extra_info>five minutes</extra_info><p viewer='agent_1'>, please</p>) <b>now</b>", 0)
    'Win (five minutes) <b>now</b>'
    """
    shown: list[str] = []
    tags = _OpenTags()
    position = 0
    for tag in _TAG.finditer(text):
        shown.append(tags.seen(unescape(text[position : tag.start()], _ENTITIES)))
        position = tag.end()
        name = tag["name"]
        limited = _VIEWER.search(tag["attributes"])
        if tag["end"] and tags.count[name]:
            tags.close(name)
        elif not tag["end"] and (limited or name in _KNOWN):
            if not tag["attributes"].rstrip().endswith("/"):
                tags.open(name, hides=limited is not None and limited["viewer"] != f"agent_{viewer}")
        elif name not in _KNOWN:
            shown.append(tags.seen(tag.group()))
    shown.append(tags.seen(unescape(text[position:], _ENTITIES)))
    return " ".join("".join(shown).split())


class _OpenTags:
    """The tags that are open at a position of a text."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self._open: list[tuple[str, bool]] = []
        self._hiding = 0

    def open(self, name: str, *, hides: bool) -> None:
        self._open.append((name, hides))
        self.count[name] += 1
        self._hiding += hides

    def close(self, name: str) -> None:
        """Close the last tag with this name, and all tags in it."""
        closed = ""
        while closed != name:
            closed, hides = self._open.pop()
            self.count[closed] -= 1
            self._hiding -= hides

    def seen(self, text: str) -> str:
        """Return the text; empty if an open tag hides it."""
        return "" if self._hiding else text


def own_background(person: PersonProfile, name: str, viewer: int) -> str:
    """Return what a person knows about himself or herself, one line per topic.

    Parameters
    ----------
    person
        Profile of the person.
    name
        Name of the person in the scenario.
    viewer
        0-based position of the person.
    """
    topics = [
        ("My name", name),
        *_public(person, "My"),
        ("My personality and values", person.personality),
        ("My moral values", person.moral_values),
        ("My decision-making style", person.decision_style),
        ("My secret", person.secret),
    ]
    return _lines(topics, viewer)


def known_of(other: PersonProfile, relationship: int, viewer: int) -> str:
    """Return what a person knows about another person; empty if nothing but the name.

    Parameters
    ----------
    other
        Profile of the other person.
    relationship
        Relationship of the two, from 0 (strangers) to 5 (family). From 2, the public facts are known; from 3, also the
        personality and values. The secret and the goal are never known.
    viewer
        0-based position of the person who knows.
    """
    topics: list[tuple[str, str]] = []
    if relationship >= ACQUAINTANCE:
        topics += _public(other, "")
    if relationship >= FRIEND:
        topics.append(("Personality and values", other.personality))
    return _lines(topics, viewer)


def _public(person: PersonProfile, whose: str) -> list[tuple[str, str]]:
    topics = [
        ("age", person.age),
        ("gender", person.gender),
        ("pronouns", person.pronouns),
        ("occupation", person.occupation),
        ("public information", person.public_info),
    ]
    return [(f"{whose} {topic}" if whose else topic.capitalize(), text) for topic, text in topics]


def _lines(topics: list[tuple[str, str]], viewer: int) -> str:
    shown = [(topic, visible_text(text, viewer)) for topic, text in topics]
    return "\n".join(f"{topic}: {text}" for topic, text in shown if text)
