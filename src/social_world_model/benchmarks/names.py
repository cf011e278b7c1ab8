"""Names: read the people that a reply gives as its answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from social_world_model.benchmarks.free_text import final_answer_of
from social_world_model.benchmarks.rules import ReplyText, Rule

_UNQUOTED = str.maketrans("", "", "\"'“”‘’`*")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s(?=\s{0,3}(?:[,;.)\]\n]|$|&|(?:and|or)\b))")
"""The ending of a name in a list such as "Sara's, Javier's". Before another word ("Sara's dog"), it does not match."""
_BRACKETED = re.compile(r"\[(?!\d{1,3}\])([^\[\]]*)\]")
_NOBODY = re.compile(r"\b(?:nobody|no[ -]one|none)\b|\[\s*\]", re.IGNORECASE)
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
    """Return the people that a reply names. Names must occur as whole words; case is ignored.

    If the reply has exactly one list in brackets, only this list is read. Otherwise, if the reply marks its answer,
    only the marked answer is read. Excluded people are left out, for example in "everyone except Bob", "not Bob" or
    "Bob does not know". A word for a group, such as "everyone", names nobody.

    Parameters
    ----------
    reply
        Text of the reply.
    names
        The people that the reply may name. A name may have several words and a title.

    Returns
    -------
    list of str
        The names in the reply, in the order of `names`. Each name is listed once.

    >>> names_in_reply("[Anne, Bob]", ["Ann", "Anne", "Bob"]), names_in_reply("Joann and Dr Lee", ["Ann", "Dr. Lee"])
    (['Anne', 'Bob'], ['Dr. Lee'])
    >>> names_in_reply("Anne's, Bob's", ["Anne", "Bob"]), names_in_reply("Anne's dog", ["Anne", "Bob"])
    (['Anne', 'Bob'], [])
    >>> names_in_reply("Anne and Carl know, but Bob does not know.", ["Anne", "Bob", "Carl"])
    ['Anne', 'Carl']
    """
    asked = ReplyText(reply)
    return _named(_part(asked), names)


def _bracketed_list(reply: ReplyText) -> Sequence[str] | None:
    listed = _only_list(reply)
    return None if listed is None else _joined(_named(listed, reply.people))


def _answer_names(reply: ReplyText) -> Sequence[str] | None:
    return _joined(_named(final_answer_of(reply), reply.people)) if _only_list(reply) is None else None


def _nobody(reply: ReplyText) -> Sequence[str] | None:
    return ["nobody"] if _NOBODY.search(final_answer_of(reply)) else None


def _joined(named: Sequence[str]) -> Sequence[str] | None:
    return [", ".join(named)] if named else None


def _only_list(reply: ReplyText) -> str | None:
    """Return the content of the list in brackets. If there is no list or more than one list, the result is None."""
    lists = _BRACKETED.findall(final_answer_of(reply))
    if not lists and reply.answer_field is None:
        lists = _BRACKETED.findall(reply.spoken)
    return lists[0] if len(lists) == 1 else None


def _part(reply: ReplyText) -> str:
    listed = _only_list(reply)
    return final_answer_of(reply) if listed is None else listed


def _named(text: str, names: Sequence[str]) -> list[str]:
    """Return the people that a text names and does not exclude."""
    people = list(dict.fromkeys(name for name in names if _key(_folded(name))))
    # Replies often drop accents. Accents are kept only if two names differ in nothing else.
    bare = len({_key(_folded(name)) for name in people}) == len(people)
    keys = {name: _key(_folded(name, bare)) for name in people}
    if not any(_POSSESSIVE.search(name) for name in people):
        text = _POSSESSIVE.sub("", text)
    text = _folded(text, bare)
    named: set[str] = set()
    out: set[str] = set()
    for group in _groups(text, list(keys.values())):
        taken_out = _taken_out(text, group)
        out |= {_key(member[0]) for member in taken_out}
        named |= {_key(member[0]) for member in group if member not in taken_out}
    return [name for name in people if keys[name] in named - out]


def _folded(text: str, bare: bool = True) -> str:
    """Return a text in lower case without quotation marks. If ``bare`` is True, accents are removed too."""
    if bare:
        text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", text).casefold().translate(_UNQUOTED)


def _key(text: str) -> str:
    """Return the words of a folded name, without the full stops of titles and initials."""
    return " ".join(text.replace(".", " ").split())


def _groups(text: str, keys: Sequence[str]) -> list[list[re.Match[str]]]:
    """Return the mentions of people. Mentions with only commas and conjunctions between them form one group."""
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
    """Return the members of a group that the surrounding words exclude from the answer."""
    excepted = _EXCEPT.search(text[max(0, group[0].start() - 80) : group[0].start()])
    if excepted:
        return [] if excepted["nobody"] else group
    denied = _DENIED.match(text, group[-1].end())
    if denied is None:
        return []
    before_last = text[group[-2].end() : group[-1].start()] if len(group) > 1 else "or"
    return group[-1:] if denied["one"] and "or" not in before_last else group


NAME_RULES = (
    Rule(
        "bracketed_list",
        "the people in the list in square brackets, if the reply has only one such list",
        _bracketed_list,
    ),
    Rule("names", "the people named in the marked answer, or in the whole reply", _answer_names),
    Rule("nobody", "“nobody”, “no one”, “none” or an empty list", _nobody),
)
"""Rules that read a list of people, in the order in which they are tried.

Excluded people ("everyone except Bob") are left out.
"""
