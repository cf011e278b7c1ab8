"""Small flats of our own, for the tests of this folder."""

from __future__ import annotations

from social_world_model.contracts import Query, Reply
from social_world_model.symbolic.household import HouseholdParser

FLAT = (
    "What's inside the apartment: The apartment has a hall, a kitchen and a bedroom.\n"
    "The hall has a shelf with a lamp on it.\n"
    "The kitchen has two cabinets, a fridge and a table. The first cabinet holds a mug, the second a jar. "
    "The fridge is empty. A lemon lies on the table.\n"
    "The bedroom has a chest, which holds a scarf.\n"
)


def narrative(walk: str, flat: str = FLAT, person: str = "Olga") -> str:
    """Return a flat and a walk as one narrative."""
    return f"{flat}Actions taken by {person}: {walk}"


def ask(walk: str, question: str, *choices: str, flat: str = FLAT, letter: bool = False) -> Reply:
    """Return the reply to a question about a walk."""
    parser = HouseholdParser()
    context, _ = parser.parse(narrative(walk, flat))
    query = Query(
        question=question,
        question_kind="future",
        choices=choices,
        belief_chain=("Olga",),
        domain="household",
        answer_form="letter" if letter else "words",
    )
    return parser.answer(query, context)
