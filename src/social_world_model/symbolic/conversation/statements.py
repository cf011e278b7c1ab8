"""Separate what a line of a conversation tells from what the line only asks.

A question mentions a topic, but does not contain the answer. The answer is often in the next line.
"""

from __future__ import annotations

import re
from typing import Literal

from social_world_model.s3ap.prose import sentences
from social_world_model.symbolic.conversation.patterns import any_of

Detail = Literal["time", "duration", "number", "place"]
"""The kind of detail that a question asks for: when, how long, how much or how many, or where."""

_ENDS_AS_QUESTION = re.compile(r"\?[!?\"”'’)\s\u2600-\u27bf\U0001f300-\U0001faff]*$")
_BEGINS_AS_QUESTION = re.compile(
    r"^\W*(?:(?:who|what|when|where|why|how|which)(?:['’]s|\s+(?:is|are|was|were|do|does|did|will|would|should|can|could"
    r"|time|much|many|about|kind))|(?:any(?:one|body)|some(?:one|body)) (?:know|seen|heard|remember)s?)\b[^.!]*$",
    re.IGNORECASE,
)
_TELLS_ANYWAY = any_of(
    r"(?:did|do) (?:you|we|they|everyone|everybody) (?:know|hear|see) (?:that|about|the)",
    r"(?:have|has) (?:you|anyone|anybody|everyone|everybody) (?:heard|seen) (?:that|about|the)",
    r"guess (?:what|who|where)|you know what",
    r"(?:ok|okay|right|alright|yeah|yes|no|huh|eh|remember|agreed|got it)\?+",
    r"(?:isn't|aren't|wasn't|don't|doesn't|didn't|won't|can't) (?:it|he|she|they|we|you|i)\?+",
)
_DOES_NOT_TELL = any_of(
    r"(?:don't|do not|doesn't|does not|didn't|did not) (?:\w+ )?(?:know|remember|recall)"
    r"(?! (?:this|that|it|yet|about)\b)",
    r"no (?:idea|clue)|not sure|(?:i )?(?:wonder|forgot|can't remember|cannot remember)",
    r"(?:tell|ask|remind) me (?:who|what|when|where|which|how|why|about)",
)
_OPEN = re.compile(
    r"\W*(?:(?:(?:about|of|on|in|at|to|for|with) )?(?:what|when|where|who|whom|whose|which|why|how)|the|his|her|their"
    r"|my|our|your|\w+['’]s)\b",
    re.IGNORECASE,
)
_PRONOUN = any_of(r"it|that|this|they|them|he|him|she|her|his")
_ABOUT_ONESELF = any_of(r"i|me|we")
_DETAILS: dict[Detail, re.Pattern[str]] = {
    "time": any_of(
        r"\d{1,2} ?(?:am|pm|a\.m|p\.m|o'clock)",
        r"\d{1,2}[:.h]\d\d",
        r"(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?s?",
        r"(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|ember|ober)?",
        r"may \d+|(?:in|of) may",
        r"(?:at|by|until|till|before|after|around|about|from|since) (?:\d{1,2}|one|two|three|four|five|six|seven|eight"
        r"|nine|ten|eleven|twelve|noon|midnight|half)",
        r"(?:today|tonight|tomorrow|yesterday|noon|midnight|midday|morning|afternoon|evening|night|weekend|easter"
        r"|christmas)",
        r"(?:next|this|last|in a|in two|in three|every) (?:week|month|year|hour|minute|spring|summer|autumn|winter)s?",
        r"1\d\d\d|20\d\d|\d+(?:st|nd|rd|th)",
        r"(?:\w+ty-?)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|\w+(?:teenth|tieth)|tenth|eleventh"
        r"|twelfth",
        r"in \w+ (?:minutes|hours|days|weeks|months|years)",
        r"(?:half|quarter|five|ten|twenty) (?:past|to) \w+",
    ),
    "duration": any_of(r"\w+ (?:second|minute|hour|day|week|month|year)s?|until|forever|all (?:day|night|week)"),
    "number": any_of(
        r"\d[\d.,]*\w*",
        r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand"
        r"|million|half|dozen|free)",
    ),
    "place": any_of(
        r"(?:in|at|on|under|behind|near|by|inside|with|to|into|from|above|below|beside|between|next to|opposite|outside"
        r"|upstairs|downstairs|here|there) ?(?:the|a|an|my|his|her|our|your|their|\w+)?"
    ),
}
_WANTED: dict[Detail, re.Pattern[str]] = {
    "time": any_of(r"when|what (?:time|day|date|month|year)|which (?:day|date|month|year)|how soon"),
    "duration": any_of(r"how long"),
    "number": any_of(
        r"how (?:much|many|old|far|big|tall)|what (?:\w+ )*?(?:price|cost|number|code|pin|amount|sum)",
        r"(?:price|cost|pin|code|number|amount)s?",
    ),
    "place": any_of(r"where|which (?:room|place|city|town|country|street|floor)"),
}


def asks_for_words(question: str) -> bool:
    """Tell whether a question leaves open a part of the fact, as in "where the keys are", but not in "that it rains".

    >>> asks_for_words("where the keys are"), asks_for_words("the code"), asks_for_words("that the code is 5")
    (True, True, False)
    """
    return _OPEN.match(question) is not None


def tells(text: str) -> str:
    """Return the part of a line that tells something: no questions at the end, and no "I don't know …".

    >>> tells("The launch? We moved it. Who tells Omar?")
    'The launch? We moved it.'
    >>> tells("Where are the keys?")
    ''
    """
    return " ".join(_parts(text)[0])


def asks(text: str) -> str:
    """Return the questions at the end of a line, which another line may answer.

    >>> asks("The launch? We moved it. Who tells Omar?")
    'Who tells Omar?'
    """
    return " ".join(_parts(text)[1])


def _parts(text: str) -> tuple[list[str], list[str]]:
    parts = sentences(text)
    last = len(parts)
    while last and _is_question(parts[last - 1]):
        last -= 1
    told = [part for part in parts[:last] if not (_DOES_NOT_TELL.search(part) and _ABOUT_ONESELF.search(part))]
    if all(_is_question(part) for part in told):
        told = []
    return told, parts[last:]


def _is_question(sentence: str) -> bool:
    asks = _ENDS_AS_QUESTION.search(sentence) or _BEGINS_AS_QUESTION.search(sentence)
    return bool(asks) and not _TELLS_ANYWAY.search(sentence)


def points_back(text: str) -> bool:
    """Tell whether a question refers to the line above with a pronoun.

    >>> points_back("Where will it be?"), points_back("Where is the key?")
    (True, False)
    """
    return _PRONOUN.search(text) is not None


def wanted_details(question: str) -> list[Detail]:
    """Return the kinds of details that a question asks for.

    >>> wanted_details("when the party is"), wanted_details("how much the tickets cost"), wanted_details("who won")
    (['time'], ['number'], [])
    """
    return [detail for detail, pattern in _WANTED.items() if pattern.search(question)]


def details(text: str, detail: Detail) -> list[str]:
    """Return the details of one kind in a text, such as times or numbers.

    Parameters
    ----------
    text
        Text of a line.
    detail
        Kind of detail.

    Examples
    --------
    >>> details("Friday at 6, in the bakery", "time")
    ['Friday', 'at 6']
    """
    return _DETAILS[detail].findall(text)
