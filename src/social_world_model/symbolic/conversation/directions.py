"""Read directions, such as "(whispering to Ben)": they say how an utterance is said and who hears it.

A direction is in brackets after the name of the speaker or at the start of the utterance. A name before an arrow
("Ann -> Bo") marks a direct message. A direction about the manner only, such as "(laughing)", does not restrict who
hears the utterance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from social_world_model.symbolic.conversation.lexicon import GROUPS
from social_world_model.symbolic.conversation.names import fold
from social_world_model.symbolic.conversation.patterns import any_of

_DIRECTION = re.compile(
    r"(?:to|into|aside|off|over|through|under|while|still|on|from the|in (?:an?|his|her|their|the|low|private))\b"
    r"|\w+(?:ing|ly)\b|(?:whisper|murmur|mutter|mumble|hiss|laugh|shout|yell|sigh|nod|smile|cr(?:y|ie)|sob)(?:s|ed|ter)?\b"
    r"|(?:quiet|quieter|soft|loud|private|direct message|dm|pm|beat|pause|v\. ?o|o\. ?s|cont['’]?d|continued)\b",
    re.IGNORECASE,
)
"""Start of a direction. Other words in brackets after a name belong to the name: "Ann (she/her)", "Ann (guest 2)"."""
_QUIET = any_of(
    r"whisper\w*|murmur\w*|mutter\w*|mumbl\w*|quiet\w*|softly|aside|hush\w*|confidential\w*|secret\w*|private\w*|dm|pm",
    r"direct message|under (?:his|her|their) breath|low voice|lower\w* (?:his|her|their) voice|\w+ ear",
)
_ALOUD = any_of(r"shout\w*|yell\w*|loud\w*|calls? (?:out )?|scream\w*")
_ALONE = any_of(
    r"aside(?! to)|to (?:him|her|them|my|it|one)sel(?:f|ves)|to self|to (?:the )?(?:camera|audience|viewers?|readers?)"
)
_BREATH = any_of(r"under (?:his|her|their) breath")
_TO = re.compile(r"\b(?:in)?to (?P<who>.+)$|\bin (?P<ear>.+?)['’]s? ear\b", re.IGNORECASE)
_AND = re.compile(r" ?(?:&|,|\band\b) ?")
_AFTER_A_NAME = re.compile(r"['’]s? ear$")

_BRACKETED = re.compile(r"^(?P<name>.+?) ?[(\[](?P<how>(?:[^()\[\]]|\([^()]*\))+)[)\]]$")
_ARROW = re.compile(r"^(?P<name>.+?) ?(?:-+>|=+>|→|⇒|➔|➡) ?(?P<who>.+)$")
_IN_WORDS = re.compile(
    r"^(?P<name>.+?)(?:, (?=to )|,? (?=(?:quietly )?(?:whisper|murmur)(?:s|ed|ing)\b))(?P<how>[^:]+)$"
)
_OPENS = re.compile(r"^(?:\((?P<round>[^()]+)\)|\[(?P<square>[^\[\]]+)\]|\*(?P<star>[^*]+)\*) ?(?=\S)")


@dataclass(frozen=True)
class Direction:
    """Who hears an utterance.

    Parameters
    ----------
    names
        Names of the hearers, as written. An empty tuple means nobody but the speaker. None means that the direction
        does not name the hearers.
    is_sure
        Whether other people certainly do not hear the utterance.
    """

    names: tuple[str, ...] | None
    is_sure: bool


def split_label(label: str) -> tuple[str, str]:
    """Split a label into the name of the speaker and the direction.

    >>> split_label("Ann (whispering to Bo)"), split_label("Ann -> Bo"), split_label("Ann (she/her)")
    (('Ann', 'whispering to Bo'), ('Ann', 'privately to Bo'), ('Ann (she/her)', ''))
    """
    if found := _BRACKETED.match(label):
        return (found["name"], found["how"]) if _DIRECTION.match(found["how"]) else (label, "")
    if found := _ARROW.match(label):
        return found["name"], f"privately to {found['who']}"
    if found := _IN_WORDS.match(label):
        return found["name"], found["how"]
    return label, ""


def split_text(text: str) -> tuple[str, str]:
    """Split an utterance into a direction at its start and the rest. Only directions that restrict the hearers count.

    >>> split_text("(whispers to Bo) Look!"), split_text("(laughing) Look!")
    (('whispers to Bo', 'Look!'), ('', '(laughing) Look!'))
    """
    if found := _OPENS.match(text):
        how = found["round"] or found["square"] or found["star"]
        if _DIRECTION.match(how) and read_direction(how):
            return how, text[found.end() :]
    return "", text


def read_direction(how: str) -> Direction | None:
    """Return who hears an utterance with this direction; None if everybody who is present hears it.

    "(to Bo)" alone is not certain: in a play, the others hear the line too.

    >>> read_direction("to Bo and Cy, quietly"), read_direction("aside"), read_direction("on phone")
    (Direction(names=('Bo', 'Cy'), is_sure=True), Direction(names=(), is_sure=True), None)
    """
    if _ALOUD.search(how):
        return None
    if _ALONE.search(how):
        return Direction((), is_sure=True)
    is_quiet = _QUIET.search(how) is not None
    found = _TO.search(how)
    parts = _AND.split(found["who"] or found["ear"]) if found else []
    names = [name for part in parts if (name := _AFTER_A_NAME.sub("", part).strip()) and not name[0].islower()]
    if any(fold(name) in GROUPS or fold(name).startswith(("everyone", "everybody")) for name in [*names, *parts]):
        return None
    if names:
        return Direction(tuple(names), is_sure=is_quiet)
    if _BREATH.search(how):
        return Direction((), is_sure=False)
    return Direction(None, is_sure=False) if is_quiet else None
