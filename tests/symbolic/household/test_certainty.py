"""Answers about a household are certain only if they are observed facts."""

from __future__ import annotations

import asyncio

import pytest

from social_world_model import Answer, SocialWorldModel
from social_world_model.contracts import Query
from social_world_model.errors import NarrativeError
from social_world_model.symbolic import SymbolicModel

HOME = """What's inside the apartment: The kitchen has a fridge and 2 kitchen cabinets. A lime is inside the fridge.
The bedroom has a desk. There is a wallet on the desk.
Actions taken by Olaf: Olaf is in the kitchen. He walks to the fridge and opens it. He walks to the 2nd kitchen cabinet.
He is about to open it."""
QUESTION = "Which one of the following statements is more likely to be true?"


def ask(question: str, *choices: str, agent: str | None = None, home: str = HOME) -> Answer:
    world = SocialWorldModel()
    return world.ask_sync(world.parse_sync(home), question, choices=choices, agent=agent)


@pytest.mark.parametrize(
    ("question", "agent", "place", "evidence"),
    [
        ("Where is the lime?", None, "fridge", (2, 6)),
        ("Where is the lime?", "Olaf", "fridge", (6,)),
        ("Where does Olaf think the lime is?", None, "fridge", (6,)),
        ("Where is the wallet?", None, "desk", (4,)),
    ],
)
def test_what_the_text_says_and_what_the_person_saw_is_certain(
    question: str, agent: str | None, place: str, evidence: tuple[int, ...]
) -> None:
    answer = ask(question, agent=agent)
    assert (answer, answer.certain, answer.evidence) == (place, True, evidence)
    assert place in answer.why


@pytest.mark.parametrize("question", ["Where is the cup?", "Where does Olaf think the wallet is?"])
def test_an_unknown_place_is_not_certain(question: str) -> None:
    answer = ask(question)
    assert (answer, answer.certain, answer.evidence) == ("unknown", False, ())
    assert answer.why.startswith(("No sentence says", "Olaf has not seen"))


@pytest.mark.parametrize("there", ["is", "is not"])
def test_a_belief_about_a_place_that_the_person_saw_is_certain(there: str) -> None:
    thing = "lime" if there == "is" else "wallet"
    options = [f"Olaf thinks that the {thing} {be} inside the fridge." for be in ("is", "is not")]
    answer = ask(QUESTION, *options)
    assert (answer, answer.certain, answer.evidence) == (options[there == "is not"], True, (6,))
    assert answer.why.startswith("Olaf saw that the fridge")


def test_goals_and_other_beliefs_are_inferred() -> None:
    goal = ask(QUESTION, "Olaf has been trying to get a lime.", "Olaf has been trying to get a wallet.")
    assert goal == "Olaf has been trying to get a wallet." and not goal.certain
    assert "against “Olaf has been trying to get a lime”" in goal.why and goal.evidence == (7,)
    options = [f"Olaf thinks that the wallet {be} inside the 2nd kitchen cabinet." for be in ("is", "is not")]
    belief = ask(QUESTION, *options)
    assert belief == options[0] and not belief.certain and belief.why.startswith("Inferred from the walk: ")
    nothing = ask(QUESTION, "Olaf has been trying to get a towel.", "Olaf has been trying to get a clock.")
    assert not nothing.certain and nothing.why == "Inferred from the walk: nothing speaks for one of the options."


def test_nothing_is_certain_if_a_part_of_the_text_was_not_read() -> None:
    odd = HOME.replace("A lime", "Grmpf zork! A lime")
    for question in ("Where is the lime?", "Where does Olaf think the lime is?"):
        answer = ask(question, home=odd)
        assert answer == "fridge" and not answer.certain and "not read" in answer.why
    options = ["Olaf thinks that the lime is inside the fridge.", "Olaf thinks that the lime is not inside the fridge."]
    answer = ask(QUESTION, *options, home=odd)
    assert answer == options[0] and not answer.certain


def test_a_prediction_is_not_certain() -> None:
    context = SocialWorldModel().parse_sync(HOME)
    supposed = "Olaf has been trying to get a lime."
    query = Query(question=QUESTION, question_kind="future", task="foresee", hypothesis=supposed, context=context,
                  domain="household")  # fmt: skip
    assert not asyncio.run(SymbolicModel().answer(query)).certain


@pytest.mark.parametrize(
    ("home", "told"),
    [
        (HOME.replace("The kitchen has a fridge and 2 kitchen cabinets. A lime is inside the fridge.", "Fog.")
         .replace("The bedroom has a desk. There is a wallet on the desk.", ""), r"sentence 1 'Fog\.'"),
        (HOME[: HOME.index("Olaf is")] + "Olaf hums.", r"sentence 5 'Olaf hums\.'"),
    ],
)  # fmt: skip
def test_an_error_in_a_text_names_the_sentence(home: str, told: str) -> None:
    with pytest.raises(NarrativeError, match=rf"^{told}: expected"):
        SocialWorldModel().parse_sync(home)
