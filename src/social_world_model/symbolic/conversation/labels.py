"""Classify a single line of a transcript as an utterance with a label, a stage line, or other text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from social_world_model.symbolic.conversation.directions import split_label, split_text
from social_world_model.symbolic.conversation.lexicon import HEADINGS, ROLES, UNKNOWN_SPEAKERS
from social_world_model.symbolic.conversation.names import fold, plain
from social_world_model.symbolic.conversation.patterns import listed
from social_world_model.symbolic.conversation.stage import tells_plainly

LONGEST_NAME = 5
"""Maximum length of a name, in words."""
LONGEST_DOUBTFUL = 3
"""Maximum length of a name in lower case ("speaker 1", "mum"), in words. Such a name must label at least two lines."""

_CLOCK = r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,6})?)?(?: ?[AaPp]\.? ?[Mm]\.?)?"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = rf"(?:\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{1,4}}|(?i:{_MONTH}) \d{{1,2}}|\d{{1,2}} (?i:{_MONTH}))(?:,? \d{{4}})?"
_TIME = rf"(?:{_DATE},?[ T](?:(?:à|klo|um|at) )?{_CLOCK}|{_CLOCK}|{_DATE})(?: ?(?:Z|UTC|[+-]\d{{2}}:?\d{{2}}))?"
_TIMES = rf"{_TIME}(?: ?[-–—] ?{_TIME})?"
_LEADING_TIME = re.compile(rf"^(?:\[{_TIMES}\]|\({_TIMES}\)|{_TIMES}(?= |[-–—])|\[\d{{1,6}}s\]) ?(?:[-–—] )?")
_TIME_AFTER_NAME = re.compile(rf"^([^:：]{{1,60}}?),? ?(?:\[{_TIME}\]|\({_TIME}\)|(?<= ){_TIME}) ?(?=[:：])")
_LIST_MARKS = re.compile(r"^(?:(?:>+|#{1,6}|[-–•*+]|\d{1,3}[.)]) )+")
_LABELLED = re.compile(r"^(?P<name>[^:：]{0,60})[:：](?!//)(?P<text>.*)$")
_IRC = re.compile(r"^<(?P<name>[^<>]{1,40})> (?P<text>.+)$")
_ASIDE = re.compile(r" ?\([^()]*\)")
_AROUND = " *_`\"“”'"
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"), ("*", "*"))
_NUMBER = re.compile(r"[\d\s.,;:()#-]+$|\d{1,4}[-./:]\d")
"""A number, or the start of a date or a time."""
_SMALL_WORDS = listed("and de del der di da la le van von bin al el of the y e &")


@dataclass(frozen=True)
class Shape:
    """The parts of a line.

    Parameters
    ----------
    text
        Text of the utterance. For other lines, the text of the line without brackets.
    label
        Name of the speaker. An empty name means an unknown speaker. None means a line without a label.
    is_certain
        Whether the label is written like a name.
    is_stage
        Whether the line is a stage line.
    is_bracketed
        Whether brackets mark the line as a stage line.
    whole
        The line without time and list markers.
    direction
        Words that say how the utterance is said, or to whom: "whispering to Bo".
    time
        Time of the line, as written.
    """

    text: str
    label: str | None = None
    is_certain: bool = False
    is_stage: bool = False
    is_bracketed: bool = False
    whole: str = ""
    direction: str = ""
    time: str = ""


@lru_cache(maxsize=16384)  # recognition and parsing ask for the same lines
def shape_of(line: str) -> Shape:
    """Return the parts of a line.

    >>> shape_of("[10:02] **Ann Lee:** Hi, Bo: look!")
    Shape(text='Hi, Bo: look!', label='Ann Lee', is_certain=True, is_stage=False, is_bracketed=False, \
whole='**Ann Lee:** Hi, Bo: look!', direction='', time='[10:02] ')
    """
    bare = _LIST_MARKS.sub("", plain(line))
    if leading := _LEADING_TIME.match(bare):
        bare = bare[leading.end() :]
    named = None if leading else _TIME_AFTER_NAME.match(bare)
    shape = _shape_without_time(_TIME_AFTER_NAME.sub(r"\1", bare))
    time = leading[0] if leading else named[0][len(named[1]) :] if named else ""
    return replace(shape, time=time) if time else shape


def _shape_without_time(bare: str) -> Shape:
    if irc := _IRC.match(bare):
        return Shape(irc["text"], irc["name"].strip(_AROUND), is_certain=True, whole=bare)
    for opening, closing in _BRACKETS:
        inside = bare[1:-1].strip(f"{opening}{closing} ")
        if len(bare) > 2 and bare[0] == opening and bare[-1] == closing and not {opening, closing} & set(inside):
            return Shape(inside, is_stage=True, is_bracketed=True, whole=bare)
    if (labelled := _LABELLED.match(bare)) and (shape := _labelled(bare, labelled["name"], labelled["text"])):
        return shape
    told = bare.strip(" -–—*.!>")
    return Shape(told, is_stage=True, whole=bare) if tells_plainly(told) else Shape(bare, whole=bare)


def _labelled(whole: str, label: str, text: str) -> Shape | None:
    """Return the shape of a line with a label, or None if the label is not a name.

    After an uncertain name, the colon must be followed by a space.
    """
    name, direction = split_label(label.strip(_AROUND))
    name = name.strip(_AROUND)
    if label.startswith(("**", "__")):
        text = text.removeprefix(label[:2])
    if not name or fold(name).strip("?. ") in UNKNOWN_SPEAKERS or not name.strip("?. "):
        return Shape(text.strip(), "", is_certain=True, whole=whole)
    words = _ASIDE.sub("", name).replace("(", " ").replace(")", " ").split()
    opening = fold(words[0].strip(",")) if words else ""
    if not words or len(words) > LONGEST_NAME or opening in HEADINGS or _is_number(name):
        return None
    capital = [word for word in words if word.strip(",") not in _SMALL_WORDS]
    is_written = bool(capital) and not any(word[0].islower() for word in capital) and opening not in ROLES
    certain = name[0] in "@+~" or is_written
    glued = bool(text) and not text[0].isspace()
    if (glued and (not certain or text[0].isdigit())) or (not certain and len(words) > LONGEST_DOUBTFUL):
        return None
    first, said = split_text(text.strip())
    return Shape(said, name, certain, whole=whole, direction=first or direction)


def _is_number(name: str) -> bool:
    return name[0] != "+" and _NUMBER.match(name) is not None
