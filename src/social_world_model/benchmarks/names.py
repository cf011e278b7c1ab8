"""Names: the people that a reply gives as its answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from social_world_model.benchmarks.replies import contained, final_answer, spoken

_UNQUOTED = str.maketrans("", "", "\"'“”‘’`*")
_BRACKETED = re.compile(r"\[(?!\d{1,3}\])([^\[\]]*)\]")
_JOINED = re.compile(r"\s{0,3},?\s{0,3}(?:(?:and|or|nor|&)\s{1,3})?(?:also\s{1,3})?")
_EXCEPT = re.compile(
    r"(?:(?P<nobody>\b(?:no\s?one|nobody|none)\s{1,3}(?:\w{1,12}\s{1,3}){0,4})?"
    r"\b(?:except(?:ing)?(?:\s{1,3}for)?|(?:other|rather)\s{1,3}than|a(?:part|side)\s{1,3}from|besides|excluding"
    r"|save\s{1,3}for|instead\s{1,3}of)"
    r"|\b(?:all|everyone|everybody|anyone|anybody)\s{1,3}but"
    r"|\b(?:not(?:\s{1,3}even)?|without|neither(?:\s{1,3}of)?|none\s{1,3}of|nor|unlike))"
    r"[\s:]{1,3}(?:either\s{1,3}|both\s{1,3}|the\s{1,3})?$"
)
_ADVERBS = r"(?:[\s,]{1,3}(?:however|though|also|still|therefore|then|probably|likely|both|who|all|really)\b,?){0,3}"
_ONE = r"does|is|was|has"
_MANY = r"do|did|are|were|have|had|would|could|can|will|should|may|might|must"
_UNKNOWING = r"(?:unaware|ignorant|oblivious|absent|excluded)"
_DENIED = re.compile(
    rf"{_ADVERBS}\s{{1,3}}(?:"
    rf"(?P<one>(?:{_ONE})\s{{1,3}}(?:\w{{1,12}}ly\s{{1,3}})?(?:not|never)|(?:{_ONE})nt|lacks"
    rf"|(?:is|was|remains)\s{{1,3}}{_UNKNOWING}|has\s{{1,3}}no)"
    rf"|(?:{_MANY})\s{{1,3}}(?:\w{{1,12}}ly\s{{1,3}})?(?:not|never)|(?:{_MANY})nt|cannot|cant|wont|never|lack(?:ed)?"
    rf"|(?:are|were|remain|remained)\s{{1,3}}{_UNKNOWING}|(?:have|had)\s{{1,3}}no"
    r")\b"
)


def names_in_reply(reply: str, names: Sequence[str]) -> list[str]:
    """Return which of the given people a reply names, as whole words and in any case, in the order given.

    Where the reply has one bracketed list or marks its answer, only that part is read. Whoever is taken out ("everyone
    except Bob", "not Bob", "Bob does not know") is not named, and a group ("everyone") names nobody.

    Parameters
    ----------
    reply
        What the model said.
    names
        Whom it may name; names of several words and titles included.

    Returns
    -------
    list of str
        Those named, each once.

    >>> names_in_reply("[Anne, Bob]", ["Ann", "Anne", "Bob"]), names_in_reply("Joann and Dr Lee", ["Ann", "Dr. Lee"])
    (['Anne', 'Bob'], ['Dr. Lee'])
    >>> names_in_reply("Anne and Carl know, but Bob does not know.", ["Anne", "Bob", "Carl"])
    ['Anne', 'Carl']
    """
    people = list(dict.fromkeys(name for name in names if _key(_folded(name))))
    # Replies drop accents, which only matters where an accent is all that tells two people apart.
    bare = len({_key(_folded(name)) for name in people}) == len(people)
    keys = {name: _key(_folded(name, bare)) for name in people}
    text = _folded(_answer_part(reply), bare)
    named: set[str] = set()
    out: set[str] = set()
    for group in _groups(text, list(keys.values())):
        taken_out = _taken_out(text, group)
        out |= {_key(member[0]) for member in taken_out}
        named |= {_key(member[0]) for member in group if member not in taken_out}
    return [name for name in people if keys[name] in named - out]


def _answer_part(reply: str) -> str:
    """Return the part of a reply that gives its answer, narrowed to its list in brackets if it has one."""
    part = final_answer(reply)
    lists = _BRACKETED.findall(part)
    if not lists and contained(spoken(reply)) is None:
        lists = _BRACKETED.findall(spoken(reply))
    return lists[0] if len(lists) == 1 else part


def _folded(text: str, bare: bool = True) -> str:
    """Return a text without case and quotation marks, and without accents if ``bare``."""
    if bare:
        text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", text).casefold().translate(_UNQUOTED)


def _key(text: str) -> str:
    """Return the words of a folded name, without the stops of its titles and initials."""
    return " ".join(text.replace(".", " ").split())


def _groups(text: str, keys: Sequence[str]) -> list[list[re.Match[str]]]:
    """Return the mentions of people, those together that nothing but commas and conjunctions part."""
    longest = sorted(filter(None, keys), key=len, reverse=True)
    if not longest:
        return []
    wordings = "|".join(r"[\s.]{1,3}".join(map(re.escape, key.split())) for key in longest)
    mentions = list(re.finditer(rf"(?<!\w)(?:{wordings})(?!\w)", text))
    groups = [mentions[:1]] if mentions else []
    for one, other in pairwise(mentions):
        if _JOINED.fullmatch(text, one.end(), other.start()):
            groups[-1].append(other)
        else:
            groups.append([other])
    return groups


def _taken_out(text: str, group: list[re.Match[str]]) -> list[re.Match[str]]:
    """Return the members of a group that the words around it take out of the answer."""
    excepted = _EXCEPT.search(text[max(0, group[0].start() - 80) : group[0].start()])
    if excepted:
        return [] if excepted["nobody"] else group
    denied = _DENIED.match(text, group[-1].end())
    if denied is None:
        return []
    before_last = text[group[-2].end() : group[-1].start()] if len(group) > 1 else "or"
    return group[-1:] if denied["one"] and "or" not in before_last else group
