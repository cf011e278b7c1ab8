"""Decide who knows a fact: people know a fact if they heard the lines that contain the fact.

People do not know facts that were mentioned in their absence, unless the facts are repeated in their presence. BM25
compares words to find the lines that contain a fact. The meaning of the lines is not analysed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence

from social_world_model.symbolic.conversation.hearing import Hearing
from social_world_model.symbolic.conversation.names import calls

LINES = 10
"""Number of lines that are assumed to contain the answer to a question: the lines with the highest BM25 scores."""
ENOUGH_TO_ANSWER = 0.75
"""A person knows the full answer after hearing lines with at least this share of the total BM25 score."""
ANSWERED_IN_A_VIEW = 0.6
"""A view contains the answer if the view contains at least this share of the total weight of the question words."""
CAUGHT_UP = 3
"""After an arrival, others may repeat earlier topics in this number of lines ("We were just discussing …")."""
TOLD_AGAIN = 0.75
"""A line repeats the topic of a question if the line contains at least two of the question words and at least this
share of their total weight."""


def knows_answer(hearing: Hearing, question: str, person: str, until: int | None = None) -> bool:
    """Tell whether a person knows the answer to a question about a conversation.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    question
        Question about a fact, such as "What is Ann's job?".
    person
        Name of the person. A person outside the conversation heard nothing.
    until
        Number of utterances after which the person is asked; None for all utterances. Later utterances still decide
        which lines contain the answer.

    Notes
    -----
    A person who is named in the question is involved in the fact. This person needs to have heard only a
    part of the fact. A name that only marks the time does not count, as in "before Ann joined". People who arrive later
    know the facts that others repeat after the arrival. If nobody said any word of the question, only people who heard
    all utterances of the given time know the answer.
    """
    if person not in hearing.cast:
        return False
    places = hearing.places(question)
    whole = len(places) == len(hearing.said)
    has_part = whole and calls(person, hearing.cast).search(question) is not None
    if hearing.is_view:
        share = coverage(hearing, hearing.query(question), [person], places, until) or 0.0
        return share >= ANSWERED_IN_A_VIEW or (share > 0 and has_part)
    share = share_heard(hearing, question, [person], places, until)
    if share >= ENOUGH_TO_ANSWER or (share > 0 and has_part):
        return True
    return whole and _was_told_again(hearing, question, person, until)


def learned_with(hearing: Hearing, question: str, person: str) -> int | None:
    """Return the position of the utterance after which a person knows the answer to a question; see `knows_answer`.

    Parameters
    ----------
    hearing, question, person
        The same as in `knows_answer`. Somebody said a word of the question.

    Returns
    -------
    int or None
        Position in `said`; None if the person does not know the answer even at the end.
    """
    if not knows_answer(hearing, question, person):
        return None
    heard_enough = bisect_left(
        range(len(hearing.said)), True, key=lambda until: knows_answer(hearing, question, person, until)
    )
    return heard_enough - 1


def _was_told_again(hearing: Hearing, question: str, person: str, until: int | None) -> bool:
    """Tell whether a line just after the arrival of a person repeats the topic of a question."""
    came = hearing.arrived.get(person)
    if came is None:
        return False
    query, index = set(hearing.query(question)), hearing.index
    whole = index.weight_of(query, range(len(hearing.said)))
    near = range(came, min(came + CAUGHT_UP, len(hearing.said[:until])))
    return any(
        len(query & index.bags[place].keys()) > 1 and index.weight_of(query, [place]) >= TOLD_AGAIN * whole
        for place in near
    )


def share_heard(
    hearing: Hearing, question: str, people: Collection[str], places: Sequence[int], until: int | None = None
) -> float:
    """Return the share (0 to 1) of the answer that all of these people heard, weighted by BM25 score.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    question
        Question that the lines answer.
    people
        Names of people. If there are no names, every line counts as heard.
    places
        Positions of the utterances to consider.
    until
        Number of utterances that people can have heard; None for all utterances.
    """
    heard = hearing.heard(people, until)
    scores = hearing.index.scores(hearing.query(question))
    nearest = sorted(places, key=lambda place: -scores[place])[:LINES]
    total = sum(scores[place] for place in nearest)
    if total == 0:
        return float(heard.issuperset(places))
    return sum(scores[place] for place in nearest if place in heard) / total


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


def best_line(hearing: Hearing, question: str, people: Collection[str], places: Sequence[int]) -> str | None:
    """Return the line with the highest score for a question among the lines that all of these people heard.

    Lines that are questions rank last, because they do not contain the answer.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    question
        Question that the line answers.
    people
        Names of people. If there are no names, every line counts as heard.
    places
        Positions of the utterances to consider.

    Returns
    -------
    str or None
        The line with its speaker; None if no line shares a word with the question.
    """
    heard, scores = hearing.heard(people), hearing.index.scores(hearing.query(question))
    near = [place for place in places if place in heard and scores[place] > 0]
    best = max(near, key=lambda place: (not hearing.said[place].text.endswith("?"), scores[place]), default=None)
    if best is None:
        return None
    said = hearing.said[best]
    return said.text if said.by is None else f"{said.by}: {said.text}"
