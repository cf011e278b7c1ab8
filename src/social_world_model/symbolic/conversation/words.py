"""Content words of texts: stems in lower case, without function words."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from social_world_model.symbolic.conversation.patterns import listed

_ONE_AT_A_TIME = Lock()  # a stemmer is not thread-safe
_WORD = re.compile(r"[^\W_]+")

FUNCTION_WORDS = listed(
    """a about after all also an and any are as at be because been before being both but by can could did do does
    doing don during each either for from had has have having he her hers him his how i if in into is it its just ll
    many may me might mine more most much must my neither no nor not of off on once only or other our ours out over own
    re s shall she should so some such t than that the their theirs them then there these they this those through to too
    towards under until up upon us ve very was we were what when where whether which while who whom whose why will with
    would you your yours"""
)
SPEECH_WORDS = listed(
    """according assume assumes aware awareness belief beliefs believe believed believes chat conversation
    conversations discuss discussed discusses discussing discussion discussions involved know knowing knows known
    mention mentioned mentions opinion part perceive perceives perception perspective provide regarding said say saying
    says sentence speak state stated talk talked talking tell text think thinking thinks thought thoughts told topic
    topics unaware understand understanding understands understood view views"""
)
"""Words about beliefs and speech in questions. These words are ignored, because they do not describe the topic."""


def words(text: str) -> list[str]:
    """Return the stems of a text's content words, in order.

    >>> words("What does Ann believe about the painted doors?")
    ['ann', 'paint', 'door']
    """
    found = (word.casefold() for word in _WORD.findall(text.replace("’", "'")))
    return [_stem(word) for word in found if word not in FUNCTION_WORDS and word not in SPEECH_WORDS and len(word) > 1]


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    with _ONE_AT_A_TIME:
        stem: str = _stemmer().stemWord(word)
    return stem


@cache
def _stemmer() -> Any:
    import snowballstemmer  # the import loads all languages and takes 0.15 s

    return snowballstemmer.stemmer("english")
