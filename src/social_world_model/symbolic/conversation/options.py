"""Choose the statement about a person's belief that best fits the utterances that the person heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from social_world_model.symbolic.conversation.hearing import Hearing
from social_world_model.symbolic.conversation.knowledge import coverage
from social_world_model.symbolic.conversation.patterns import any_of
from social_world_model.symbolic.conversation.topics import Topic

Stance = Literal["content", "unaware", "untold"]
"""The kind of an option: a belief (``content``), a lack of knowledge (``unaware``), or no information in the text
(``untold``)."""

ENOUGH_TO_BELIEVE = 0.7
"""A person holds a belief after hearing at least this share (by weight) of the words that the options add to the
question."""
FEW, MOST = 0.2, 0.95
"""An option is chosen with certainty if people heard at most, or at least, this share of the words that it adds."""
ENOUGH_IN_A_VIEW = 1 / 3
"""The same share for a view. This share is lower, because words that nobody used count as missing in a view."""

_NOT = r"(?:does|do|did|is|was|would|could|can|will|has|have)(?: not|n't)"
_TEXT_IS_SILENT = any_of(
    r"(?:the|this) (?:text|sentence|conversation|passage|story|dialogue|context|transcript|input)[^.]{0,20}"
    r" (?:does not|doesn't|do not|provides? no|gives? no|contains? no|never)"
)
_UNAWARE = any_of(
    r"unaware|ignorant|clueless|no (?:idea|knowledge|clue)|(?:cannot|can't) know",
    rf"{_NOT}[^.,;]{{0,30}} (?:know|aware|understand|recall|hear|informed|involved|present|part of|privy)",
    r"not (?:aware|involved|present|part of|privy|informed|know|in the (?:conversation|discussion|chat))",
)
_UNTOLD = any_of(
    r"(?:no|not any) (?:information|mention|indication|known|way to tell)|any known",
    r"(?:hard|difficult|impossible) to (?:discern|tell|say|determine|know|reason)",
    r"not (?:clear|stated|specified|mentioned|known)",
    r"(?:neither|not) [^.]{0,60}(?:expressed|provided?|stated|mentioned|shared) (?:any|their|his|her)",
)


@dataclass(frozen=True)
class Weighed:
    """An option with its rank and the reason for the rank.

    Parameters
    ----------
    text
        Text of the option.
    stance
        Kind of the option.
    rank
        Score of the option. A higher score means that the option fits the utterances better.
    heard
        Share (0 to 1) that the people heard: of the words that the option adds to the question, or of the words that
        all options add.
    why
        Text of the reason for the rank.
    """

    text: str
    stance: Stance
    rank: float
    heard: float
    why: str


def stance_of(option: str) -> Stance:
    """Return the kind of an option.

    >>> stance_of("Ann is unaware of Bo's job, as she was not there.")
    'unaware'
    >>> stance_of("The text does not say what Ann thinks of it.")
    'untold'
    """
    if _TEXT_IS_SILENT.match(option.lstrip()):
        return "untold"
    if _UNAWARE.search(option):
        return "unaware"
    return "untold" if _UNTOLD.search(option) else "content"


def weigh(hearing: Hearing, question: str, options: Sequence[str], chain: Sequence[str]) -> list[Weighed]:
    """Rank options by the utterances that all given people heard.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    question, options
        Texts of the question and its options.
    chain
        People of a nested belief, with the outermost person first. If there are no people, all utterances are used.

    Returns
    -------
    list of Weighed
        Ranked options, in the order of the input.
    """
    places = hearing.places(question, chain)
    asked = set(hearing.query(question))
    contents = [option for option in options if stance_of(option) == "content"]
    added = set(hearing.query(*contents)) - asked
    known = coverage(hearing, added, chain, places)
    if known is None:
        known = Topic(hearing, question, tuple(chain)).share_of(hearing.heard(chain))
    believed = known >= (ENOUGH_IN_A_VIEW if hearing.is_view else ENOUGH_TO_BELIEVE)
    who = " and ".join(dict.fromkeys(chain)) or "all who spoke"
    weighed = []
    for option in options:
        stance = stance_of(option)
        if stance == "content":
            own = coverage(hearing, set(hearing.query(option)) - asked, chain, places) or 0.0
            weighed.append(Weighed(option, stance, own + believed, own, f"{who} heard {own:.0%} of what it adds"))
        else:
            rank = 1.0 + (stance == ("untold" if believed else "unaware")) / 2 - believed
            weighed.append(Weighed(option, stance, rank, known, f"{who} heard {known:.0%} of what is asked"))
    return weighed


def is_clear(hearing: Hearing, question: str, weighed: Sequence[Weighed], chain: Sequence[str]) -> bool:
    """Tell whether the choice among ranked options is clear.

    If an option says that people do not know the fact, the choice is clear if they heard all lines, or nearly none of
    the words of the option with the fact. If all options state a fact, the choice is clear if people heard nearly all
    words of one option, and few words of the others.

    Parameters
    ----------
    hearing, question, chain
        The same as in `weigh`.
    weighed
        The ranked options.
    """
    places = hearing.places(question, chain)
    if hearing.is_view or any(hearing.is_doubtful(name, place) for name in set(chain) for place in places):
        return False
    facts = sorted((one.heard for one in weighed if one.stance == "content"), reverse=True)
    if len(facts) == len(weighed):
        return facts[0] >= MOST and all(share <= FEW for share in facts[1:])
    return len(facts) == 1 and (all(one.heard <= FEW for one in weighed) or hearing.heard(chain).issuperset(places))
