"""Decide who knows a fact: people know it if they heard the lines that contain it.

People do not know facts that were mentioned in their absence, unless the facts are repeated in their presence. BM25
finds the lines that contain a fact by their words. The meaning of the lines is not analysed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from social_world_model.symbolic.conversation.hearing import Hearing, named_in

LINES = 10
"""Number of lines with the highest scores for a question. These lines are assumed to contain the answer."""
ENOUGH_TO_ANSWER = 0.75
"""Share of the total score of these lines that a person must have heard to know the full answer."""
ANSWERED_IN_A_VIEW = 0.6
"""Share of the weight of the question's words that a view must contain to know the answer."""
CAUGHT_UP = 3
"""Number of lines after an arrival in which others may repeat earlier topics ("We were just discussing …")."""
TOLD_AGAIN = 0.75
"""Share of the weight of the question's words that one of these lines must contain, with at least two words."""


def knows_answer(hearing: Hearing, question: str, person: str) -> bool:
    """Tell whether a person knows the answer to a question about a conversation.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    question
        Question about a fact, such as "What is Ann's job?".
    person
        Name of the person. A person outside the cast heard nothing.

    Notes
    -----
    A person who is named in the question is involved in the fact, and needs to have heard only a part of it. In "before
    Ann joined", the name only marks the time. People who arrive later know the facts that are then repeated. If no word
    of the question was said, people know the answer if they heard all utterances of the time in question.
    """
    if person not in hearing.cast:
        return False
    places = hearing.places(question)
    whole = len(places) == len(hearing.said)
    has_part = whole and person in named_in(question, hearing.cast)
    if hearing.is_view:
        share = coverage(hearing, hearing.query(question), [person], places) or 0.0
        return share >= ANSWERED_IN_A_VIEW or (share > 0 and has_part)
    share = share_heard(hearing, question, [person], places)
    if share >= ENOUGH_TO_ANSWER or (share > 0 and has_part):
        return True
    return whole and _was_told_again(hearing, question, person)


def _was_told_again(hearing: Hearing, question: str, person: str) -> bool:
    """Tell whether a line just after the arrival of a person repeats the topic of a question."""
    came = hearing.arrived.get(person)
    if came is None:
        return False
    query, index = set(hearing.query(question)), hearing.index
    whole = index.weight_of(query, range(len(hearing.said)))
    near = range(came, min(came + CAUGHT_UP, len(hearing.said)))
    return any(
        len(query & index.bags[place].keys()) > 1 and index.weight_of(query, [place]) >= TOLD_AGAIN * whole
        for place in near
    )


def share_heard(hearing: Hearing, question: str, people: Collection[str], places: Sequence[int]) -> float:
    """Return the share (0 to 1) of the lines with the answer that all of these people heard, weighted by BM25 score.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    question
        Question that the lines answer.
    people
        Names of people; an empty collection counts every line as heard.
    places
        Positions of the utterances to consider.
    """
    heard = hearing.heard(people)
    scores = hearing.index.scores(hearing.query(question))
    nearest = sorted(places, key=lambda place: -scores[place])[:LINES]
    total = sum(scores[place] for place in nearest)
    if total == 0:
        return float(heard.issuperset(places))
    return sum(scores[place] for place in nearest if place in heard) / total


def coverage(hearing: Hearing, wanted: Collection[str], people: Collection[str], places: Sequence[int]) -> float | None:
    """Return the share (0 to 1) of the weight of some words that all of these people heard.

    The share is relative to the words that were said. In a view, it is relative to all wanted words, because a view
    does not show everything that was said.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    wanted
        Words to look for.
    people
        Names of people; an empty collection counts every line as heard.
    places
        Positions of the utterances to consider.

    Returns
    -------
    float or None
        Share from 0 to 1, or None if nobody said any of the words.
    """
    there = hearing.index.weight(wanted) if hearing.is_view else hearing.index.weight_of(wanted, places)
    heard = hearing.heard(people).intersection(places)
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
        Names of people; an empty collection counts every line as heard.
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
