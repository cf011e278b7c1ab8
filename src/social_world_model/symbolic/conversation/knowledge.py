"""Who knows what: whether those lines were heard that carry it.

Nobody is taken to know what was said in their absence, unless it is told again in their presence. Which lines carry
something is a matter of words (BM25); nothing is understood of what they say.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from social_world_model.symbolic.conversation.hearing import Hearing, named_in

LINES = 10
"""The lines nearest to a question carry its answer; further ones only touch on it."""
ENOUGH_TO_ANSWER = 0.75
"""Of the weight of these lines, what must have been heard to know *the precise correct answer*: part is not enough."""
ANSWERED_IN_A_VIEW = 0.6
"""Of the weight of a question's words, what must be in a view that holds the answer."""
CAUGHT_UP = 3
"""Lines, from somebody's coming on, in which others say what has been talked about ("We were just discussing …")."""
TOLD_AGAIN = 0.75
"""Of the weight of a question's words, what one of these lines must have, and two words at least."""


def knows_answer(hearing: Hearing, question: str, person: str) -> bool:
    """Tell whether somebody can answer a question about a conversation.

    Parameters
    ----------
    hearing
        What was said.
    question
        About a fact, e.g. "What is Ann's job?".
    person
        Whoever is not in the cast heard nothing.

    Notes
    -----
    Whoever the question itself names has part in what it asks for, and knows it, unless all of it was said elsewhere;
    "before Ann joined" names her for the time only. Whoever came later knows what was then told again. Where no word of
    the question was said, those know its answer who heard all that was said at the time.
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
    """Tell whether a line said just when somebody came has what a question is about."""
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
    """Return how much of what carries an answer was heard by all of these people, 0 to 1."""
    heard = hearing.heard(people)
    scores = hearing.index.scores(hearing.query(question))
    nearest = sorted(places, key=lambda place: -scores[place])[:LINES]
    total = sum(scores[place] for place in nearest)
    if total == 0:
        return float(heard.issuperset(places))
    return sum(scores[place] for place in nearest if place in heard) / total


def coverage(hearing: Hearing, wanted: Collection[str], people: Collection[str], places: Sequence[int]) -> float | None:
    """Return how much of some words was said before all of these people, 0 to 1; None if nobody said any of them.

    As far as they were said at all; but a view does not tell that, so there it is as far as they are asked for.
    """
    there = hearing.index.weight(wanted) if hearing.is_view else hearing.index.weight_of(wanted, places)
    heard = hearing.heard(people).intersection(places)
    return hearing.index.weight_of(wanted, heard) / there if there else None


def best_line(hearing: Hearing, question: str, people: Collection[str], places: Sequence[int]) -> str | None:
    """Return the line nearest to a question that all of these people heard, with its speaker; None if none is near.

    A line that is itself a question carries no answer.
    """
    heard, scores = hearing.heard(people), hearing.index.scores(hearing.query(question))
    near = [place for place in places if place in heard and scores[place] > 0]
    best = max(near, key=lambda place: (not hearing.said[place].text.endswith("?"), scores[place]), default=None)
    if best is None:
        return None
    said = hearing.said[best]
    return said.text if said.by is None else f"{said.by}: {said.text}"
