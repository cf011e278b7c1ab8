"""Decide who knows a fact: people know a fact if they heard the lines that contain the fact.

People do not know facts that were mentioned in their absence, unless the facts are repeated in their presence. The
meaning of the lines is not analysed: only words are compared. `Knowledge.certain` says whether the comparison is clear.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from social_world_model.s3ap.prose import joined
from social_world_model.symbolic.conversation.hearing import ANSWERED_WITHIN, Hearing
from social_world_model.symbolic.conversation.names import calls
from social_world_model.symbolic.conversation.topics import Topic

ENOUGH_TO_ANSWER = 0.75
"""Without a clear match, a person knows the answer after hearing lines with at least this share of the total BM25
score."""
ANSWERED_IN_A_VIEW = 0.6
"""A view contains the answer if the view contains at least this share of the total weight of the question words. If the
question names the person, any share is enough, because the person is involved in the fact."""
UNSAID = "No line shares a word with the question."

SHOWN = 60
"""Maximum number of characters of an utterance in a reason."""
RIVAL = 0.4
"""A person who missed the clear matches may still know the fact, if the person heard a line with at least this share of
the weight of the question words."""


@dataclass(frozen=True)
class Knowledge:
    """What a conversation says about the knowledge of one person, or of the people of a nested belief.

    Parameters
    ----------
    knows
        Whether the people know the fact.
    certain
        False if the conclusion depends on a weak match of words, or on a guess about who heard a line.
    places
        Positions of the utterances that decide, in order.
    what
        What the people heard or did not hear, as the end of a sentence that begins with their names; empty if no line
        is about the fact.
    absent
        Whether the people were not in the conversation at these utterances.
    """

    knows: bool
    certain: bool
    places: tuple[int, ...] = ()
    what: str = ""
    absent: bool = False


def knowledge(topic: Topic, people: Sequence[str], until: int | None = None, *, is_told: bool = False) -> Knowledge:
    """Decide whether people know a fact, with the reason.

    Parameters
    ----------
    topic
        The fact, as a question or in words.
    people
        Names of one or more people. They know the fact together if all of them heard it.
    until
        Number of utterances after which the people are asked; None for all utterances. Later utterances still decide
        which lines contain the fact.
    is_told
        Whether somebody certainly stated the fact in the conversation, as in a benchmark. Then people who heard all
        utterances know a fact without any match.
    """
    hearing = topic.hearing
    if any(name not in hearing.cast for name in people):
        return Knowledge(False, False, what="took no part in the conversation")
    heard = hearing.heard(people, until)
    if topic.clear:
        return _by_clear_lines(topic, people, heard)
    if not topic.nearest:
        # without words, the question is about all lines of a time, as in "What was said before Ann joined?"
        knows = (is_told or not topic.query) and heard.issuperset(topic.places)
        return Knowledge(knows, False)
    if hearing.is_view:
        share = coverage(hearing, topic.query, people, topic.places, until) or 0.0
        knows = share >= ANSWERED_IN_A_VIEW or (share > 0 and _is_named(topic, people))
    else:
        share = topic.share_of(heard)
        knows = share >= ENOUGH_TO_ANSWER
    places = tuple(sorted(topic.nearest))
    what = f"heard {share:.0%} of the lines with some of the words of the question ({lines_named(hearing, places)})"
    return Knowledge(knows, False, places, what)


def reason(found: Mapping[str, Knowledge]) -> str:
    """Return one sentence for each group of people with the same conclusion.

    Parameters
    ----------
    found
        Conclusions by name.
    """
    groups: dict[tuple[str, bool], list[str]] = {}
    for name, one in found.items():
        groups.setdefault((one.what, one.absent), []).append(name)
    told = []
    for (what, absent), names in groups.items():
        whom = f"{names[0]} was" if len(names) == 1 else "they were"
        because = f", because {whom} not in the conversation then" if absent else ""
        told.append(f"{joined(names)} {what}{because}." if what else UNSAID)
    return " ".join(told)


def knows_answer(hearing: Hearing, question: str, person: str, until: int | None = None) -> bool:
    """Tell whether a person knows the answer to a question about a conversation; see `knowledge`.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    question
        Question about a fact, such as "What is Ann's job?".
    person
        Name of the person. A person outside the conversation heard nothing.
    until
        Number of utterances after which the person is asked; None for all utterances.
    """
    return knowledge(Topic(hearing, question), [person], until).knows


def learned_with(hearing: Hearing, question: str, person: str) -> int | None:
    """Return the position of the utterance after which a person knows the answer to a question; see `knowledge`.

    Parameters
    ----------
    hearing, question, person
        The same as in `knows_answer`.

    Returns
    -------
    int or None
        Position in `said`; None if the person does not know the answer even at the end.
    """
    topic = Topic(hearing, question)
    if not knowledge(topic, [person]).knows:
        return None
    heard_enough = bisect_left(
        range(len(hearing.said)), True, key=lambda until: knowledge(topic, [person], until).knows
    )
    return heard_enough - 1


def _by_clear_lines(topic: Topic, people: Sequence[str], heard: Collection[int]) -> Knowledge:
    """Decide by the lines that contain most of the question's words."""
    hearing, clear = topic.hearing, topic.clear
    is_close = topic.is_close and not hearing.is_view
    told = tuple(place for place in clear if place in heard)
    if told:
        # a later line may correct what they heard; lines that share only one word may be about something else
        is_single = len(topic.query) == 1
        missed = [place for place in clear if place not in heard and (place > told[-1] or is_single)]
        if is_single and topic.is_open:  # the answer may be in a line next to it, without the word
            missed += [place for place in _around(told, topic.places) if place not in heard]
        sure = is_close and not missed and not _is_doubtful(hearing, people, told)
        return Knowledge(True, sure, told, f"heard {quoted(hearing, told)}")
    if again := topic.repeats(sorted(heard))[:1]:
        what = f"heard {quoted(hearing, again)}, which repeats {quoted(hearing, clear[:1])}"
        return Knowledge(True, False, again, what)
    has_rivals = any(place in topic.places and topic.share(place) >= RIVAL for place in heard)
    sure = is_close and not has_rivals and not _is_doubtful(hearing, people, clear)
    absent = any(all(hearing.is_absent(name, place) for place in clear) for name in people)
    return Knowledge(False, sure, clear, f"did not hear {quoted(hearing, clear)}", absent)


def _around(told: Sequence[int], places: range) -> range:
    """Return the positions of some utterances, and of the utterances near them."""
    first, last = max(places.start, told[0] - ANSWERED_WITHIN), min(places.stop, told[-1] + 1 + ANSWERED_WITHIN)
    return range(first, last)


def _is_named(topic: Topic, people: Iterable[str]) -> bool:
    """Tell whether a question about all lines names one of the people. A name in "before Ann joined" does not count."""
    hearing = topic.hearing
    whole = len(topic.places) == len(hearing.said)
    return whole and any(calls(name, hearing.cast).search(topic.question) for name in people)


def _is_doubtful(hearing: Hearing, people: Iterable[str], places: Sequence[int]) -> bool:
    """Tell whether it is a guess who of the people heard the utterances."""
    return any(hearing.is_doubtful(name, place) for name in people for place in places)


def quoted(hearing: Hearing, places: Sequence[int]) -> str:
    """Return the first of some utterances with its number, and the numbers of the others.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    places
        Positions of the utterances, at least one.
    """
    first, *others = places
    more = f" and {lines_named(hearing, others)}" if others else ""
    return f"{_shown(hearing.said[first].text)} ({lines_named(hearing, [first])}){more}"


def _shown(text: str) -> str:
    return f"'{text if len(text) <= SHOWN else f'{text[:SHOWN].rstrip()}…'}'"


def lines_named(hearing: Hearing, places: Sequence[int]) -> str:
    """Return the numbers of some utterances, such as "lines 3 and 5".

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    places
        Positions of the utterances, at least one.
    """
    numbers = [str(hearing.numbers[place]) for place in places]
    return f"line{'s' if len(numbers) > 1 else ''} {joined(numbers)}"


def coverage(
    hearing: Hearing,
    wanted: Collection[str],
    people: Collection[str],
    places: Sequence[int],
    until: int | None = None,
) -> float | None:
    """Return the share (0 to 1) of the given words that all of these people heard, by weight.

    The share is relative to the given words that somebody said. In a view, the share is relative to all given words,
    because a view does not show everything that was said.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    wanted
        Words to look for.
    people
        Names of people. If there are no names, every line counts as heard.
    places
        Positions of the utterances to consider.
    until
        Number of utterances that people can have heard; None for all utterances.

    Returns
    -------
    float or None
        Share from 0 to 1, or None if nobody said any of the words.
    """
    there = hearing.index.weight(wanted) if hearing.is_view else hearing.index.weight_of(wanted, places)
    heard = hearing.heard(people, until).intersection(places)
    return hearing.index.weight_of(wanted, heard) / there if there else None
