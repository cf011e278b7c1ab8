"""Content words of texts: stems in lower case, without function words."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from social_world_model.symbolic.conversation.patterns import listed

_ONE_AT_A_TIME = Lock()  # a stemmer is not thread-safe
_WORD = re.compile(r"[^\W\d_]+|\d+|[\u2600-\u27bf\U0001f300-\U0001faff]")

FUNCTION_WORDS = listed(
    """a about after ah all also an and any are as at be because been before being both but by can could did do does
    doing don during each either for from gonna had haha has have having he hello her here hers hey hi him his
    hm hmm how i if in into is it its just let lets ll lol many may me might mine more most much must my neither
    no nor not now of off oh ok okay on once only or other our ours out over own per please re really s shall
    she should so some such t than thank thanks that the their theirs them then there these they this those
    through to too towards under until up upon us ve very was we well were what when where whether which while
    who whom whose why will with would yeah yep yes you your yours"""
)
LIGHT_WORDS = frozenset({"get", "go"})
"""Stems of verbs that describe a topic only if there is no other word."""
SPEECH_WORDS = listed(
    """according assume assumes aware awareness belief beliefs believe believed believes chat conversation
    conversations discuss discussed discusses discussing discussion discussions fact happen happened happens hear heard
    hears involved kind know knowing knows known mention mentioned mentions news opinion part perceive perceives
    perception perspective provide regarding said say saying says sentence sort speak state stated talk talked talking
    tell text thing things think thinking thinks thought thoughts told topic topics unaware understand understanding
    understands understood view views"""
)
"""Words about beliefs and speech in questions. These words are ignored, because they do not describe the topic."""
_FORMS = listed(
    """break:broke break:broken bring:brought build:built buy:bought catch:caught choose:chose choose:chosen come:came
    cost:costs drive:drove drive:driven eat:ate eat:eaten fall:fell fall:fallen find:found fly:flew fly:flown
    forget:forgot forget:forgotten get:got get:gotten give:gave give:given go:went go:gone go:goes hide:hid hide:hidden
    hold:held keep:kept lead:led leave:left lend:lent lose:lost make:made meet:met pay:paid ride:rode ride:ridden
    run:ran sell:sold send:sent sing:sang sing:sung sit:sat sleep:slept spend:spent stand:stood steal:stole
    steal:stolen swim:swam swim:swum take:took take:taken teach:taught throw:threw throw:thrown wear:wore wear:worn
    win:won write:wrote write:written 2:two 3:three 4:four 5:five 6:six 7:seven 8:eight 9:nine 10:ten 11:eleven
    12:twelve"""
)
_BASES = {form: base for base, _, form in (pair.partition(":") for pair in _FORMS)}
"""Base forms of irregular verbs, and digits of number words."""


def words(text: str) -> list[str]:
    """Return the stems of a text's content words, in order.

    >>> words("What does Ann believe about the painted doors?")
    ['ann', 'paint', 'door']
    >>> words("We met at 3pm and paid $49 🎂")
    ['meet', '3', 'pm', 'pay', '49', '🎂']
    """
    found = (word.casefold() for word in _WORD.findall(text.replace("’", "'")))
    content = (word for word in found if word not in FUNCTION_WORDS and word not in SPEECH_WORDS)
    return [_stem(_BASES.get(word, word)) for word in content if len(word) > 1 or not word.isalpha()]


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    with _ONE_AT_A_TIME:
        stem: str = _stemmer().stemWord(word)
    return stem


@cache
def _stemmer() -> Any:
    import snowballstemmer  # the import loads all languages and takes 0.15 s

    return snowballstemmer.stemmer("english")
