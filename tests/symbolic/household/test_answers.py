"""Which option explains a walk: every kind of question on flats of our own."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.contracts import Query
from social_world_model.errors import ConfigurationError, NarrativeError
from social_world_model.s3ap import SocializedContext, perspective
from social_world_model.symbolic import SymbolicModel
from social_world_model.symbolic.household import HouseholdParser, planning
from tests.symbolic.household.flats import ask, narrative

START = "Olga is in the hall. She walks to the kitchen"
WHICH = "Which one of the following statements is more likely to be true?"
THERE = "Olga thinks that the jar is inside the {}."
NOT_THERE = "Olga thinks that the jar is not inside the {}."
WANTS = "Olga has been trying to get a {}."
LOOKS_FOR_JAR = "If Olga has been trying to get a jar, which one of the following statements is more likely to be true?"


def thinks(walk: str, place: str) -> str:
    """Return what Olga, who wants a jar, is taken to think."""
    return ask(walk, LOOKS_FOR_JAR, THERE.format(place), NOT_THERE.format(place)).response


def wants(walk: str, *things: str, question: str = WHICH) -> str:
    return ask(walk, question, *(WANTS.format(thing) for thing in things)).response


@pytest.mark.parametrize("place", ["2nd kitchen cabinet", "second cabinet"])
def test_who_is_about_to_open_a_place_hopes_to_find_it_there(place: str) -> None:
    assert thinks(f"{START} and is about to open the second cabinet.", place) == THERE.format(place)


def test_a_false_hope_is_a_belief_all_the_same() -> None:
    assert thinks(f"{START} and walks towards the fridge.", "fridge") == THERE.format("fridge")


def test_who_goes_elsewhere_does_not_think_that_it_is_here() -> None:
    assert thinks(f"{START} and walks towards the second cabinet.", "fridge") == NOT_THERE.format("fridge")
    assert thinks(f"{START} and walks towards the lemon.", "fridge") == NOT_THERE.format("fridge")


def test_who_looked_in_knows() -> None:
    assert thinks(f"{START}, opens the fridge and closes it.", "fridge") == NOT_THERE.format("fridge")
    assert thinks(f"{START} and opens the second cabinet.", "2nd kitchen cabinet") == THERE.format(
        "2nd kitchen cabinet"
    )


def test_a_place_of_which_nothing_is_known_is_not_where_she_goes() -> None:
    assert thinks(f"{START} and walks towards the fridge.", "safe") == NOT_THERE.format("safe")


def test_who_goes_where_it_is_thought_not_to_be_wants_something_else() -> None:
    question = "If Olga think there isn't a jar inside the 2nd kitchen cabinet, which one is more likely to be true?"
    walk = f"{START} and walks towards the second cabinet."
    assert wants(walk, "jar", "scarf", question=question) == WANTS.format("scarf")


def test_who_goes_where_it_is_thought_to_be_wants_it() -> None:
    question = "If Olga thinks there is a scarf in the fridge, which one is more likely to be true?"
    assert wants(f"{START} and walks towards the fridge.", "jar", "scarf", question=question) == WANTS.format("scarf")


@pytest.mark.parametrize(
    ("walk", "passed_over"),
    [
        (f"{START} and walks towards the fridge.", "lamp"),  # in sight where she starts
        (f"{START} and walks towards the fridge.", "lemon"),  # on the table
        (f"{START}, opens the first cabinet, closes it and walks towards the fridge.", "mug"),
        (f"{START}, opens the first cabinet and closes it.", "mug"),
    ],
)
def test_what_was_seen_and_left_is_not_what_is_wanted(walk: str, passed_over: str) -> None:
    assert wants(walk, passed_over, "scarf") == WANTS.format("scarf")


def test_a_thing_in_another_room_is_not_seen_and_may_be_wanted() -> None:
    walk = "Olga is in the bedroom. She opens the chest, closes it and walks to the hall."
    assert wants(walk, "scarf", "lemon") == WANTS.format("lemon")


def test_of_two_never_seen_it_is_the_one_that_is_where_she_goes() -> None:
    assert wants(f"{START} and walks towards the second cabinet.", "scarf", "jar") == WANTS.format("jar")


def test_of_two_never_seen_it_is_the_one_of_the_room_that_is_searched() -> None:
    assert wants(f"{START} and walks towards the fridge.", "jar", "scarf") == WANTS.format("jar")


def test_what_is_walked_up_to_is_what_is_wanted() -> None:
    assert wants(f"{START} and walks towards the lemon.", "jar", "lemon") == WANTS.format("lemon")


@pytest.mark.parametrize(
    ("weight", "walk", "expected", "other", "question"),
    [
        ("LEFT_IT", "walks towards the fridge", WANTS.format("scarf"), WANTS.format("lemon"), WHICH),
        ("IS_THERE", "walks towards the second cabinet", WANTS.format("jar"), WANTS.format("mug"), WHICH),
        ("IN_THIS_ROOM", "walks towards the fridge", WANTS.format("jar"), WANTS.format("book"), WHICH),
        ("USUAL_HERE", "walks towards the fridge", WANTS.format("plate"), WANTS.format("book"), WHICH),
        ("WALKS_UP", "walks towards the lemon", WANTS.format("lemon"), WANTS.format("jar"), WHICH),
        ("HEADS", "walks towards the lemon", NOT_THERE.format("fridge"), THERE.format("fridge"), LOOKS_FOR_JAR),
        ("SAW", "opens the fridge", NOT_THERE.format("fridge"), THERE.format("fridge"), LOOKS_FOR_JAR),
        (
            "THOUGHT_EMPTY",
            "walks towards the second cabinet",
            WANTS.format("scarf"),
            WANTS.format("jar"),
            "If Olga thinks there isn't a jar inside the 2nd kitchen cabinet, which one is more likely to be true?",
        ),
        (
            "THOUGHT_THERE",
            "walks towards the fridge",
            WANTS.format("scarf"),
            WANTS.format("jar"),
            "If Olga thinks there is a scarf in the fridge, which one is more likely to be true?",
        ),
    ],
)
def test_every_weight_decides_something_sensible(
    monkeypatch: pytest.MonkeyPatch, weight: str, walk: str, expected: str, other: str, question: str
) -> None:
    assert ask(f"{START} and {walk}.", question, expected, other).response == expected
    monkeypatch.setattr(planning, weight, 0.0)
    assert ask(f"{START} and {walk}.", question, expected, other).response == other


def test_the_reasoning_names_what_counted_for_each_option() -> None:
    reply = ask(f"{START} and walks towards the fridge.", WHICH, WANTS.format("lemon"), WANTS.format("scarf"))
    lemon, scarf = (reply.reasoning or "").splitlines()
    assert "saw it on the kitchen table and went on to the fridge (-3.0)" in lemon
    assert scarf == "Olga has been trying to get a scarf. +0.0: nothing speaks for it or against it."


def test_a_letter_is_given_where_a_letter_is_asked_for() -> None:
    walk = f"{START} and walks towards the fridge."
    assert ask(walk, WHICH, WANTS.format("lemon"), WANTS.format("scarf"), letter=True).response == "B"


def test_where_something_is_and_where_she_saw_it() -> None:
    walk = f"{START}, opens the first cabinet and closes it."
    assert ask(walk, "Where is the jar?").response == "2nd kitchen cabinet"
    assert ask(walk, "Where does Olga think the jar is?").response == "unknown"
    assert ask(walk, "Where does Olga think the mug is?").response == "1st kitchen cabinet"


def test_questions_of_another_kind_are_named() -> None:
    with pytest.raises(NarrativeError, match="Where is the plate"):
        ask(f"{START}.", "Why?")
    with pytest.raises(NarrativeError, match="expected options"):
        ask(f"{START}.", WHICH, "It rains.", WANTS.format("jar"))
    with pytest.raises(NarrativeError, match="expected options"):
        ask(f"{START}.", WHICH, "Olga has not been trying to get a jar.", WANTS.format("jar"))


def test_a_question_about_somebody_else_is_named() -> None:
    parser = HouseholdParser()
    context, _ = parser.parse(narrative(f"{START}."))
    query = Query(question="Where is the jar?", question_kind="future", belief_chain=("Rosa",), domain="household")
    with pytest.raises(NarrativeError, match="expected a question about Olga, got Rosa"):
        parser.answer(query, context)


def test_a_record_in_other_words_is_no_household() -> None:
    step = {"state": "It rains.", "observations": {"Olga": "It rains."}, "actions": {"Olga": "sighs"}}
    context = SocializedContext.from_data({"agents_names": ["Olga"], "socialized_context": [step]})
    query = Query(question="Where is the jar?", question_kind="future", domain="household")
    with pytest.raises(ConfigurationError, match="context_model symbolic"):
        HouseholdParser().answer(query, context)


def test_what_would_follow_from_an_assumption_is_told() -> None:
    parser = HouseholdParser()
    context, _ = parser.parse(narrative(f"{START}."))
    query = Query(
        question=WHICH, question_kind="future", task="foresee", domain="household", hypothesis=WANTS.format("jar")
    )
    assert parser.answer(query, context).response == "To get a jar, Olga looks until the 2nd kitchen cabinet is open."


WALKS = st.lists(
    st.sampled_from(
        [
            "She opens the first kitchen cabinet and closes it.",
            "She walks towards the fridge.",
            "She opens the fridge, and then shuts it.",
            "She walks to the bedroom and approaches the chest.",
            "She goes to the hall.",
            "She goes to the kitchen.",
        ]
    ),
    min_size=1,
    max_size=6,
)
THINGS = st.sampled_from(["mug", "jar", "lemon", "lamp", "scarf", "hat"])
OPTIONS = st.one_of(
    THINGS.map(WANTS.format),
    st.builds(
        "Olga thinks that the {} is {}the {}.".format,
        THINGS,
        st.sampled_from(["inside ", "not inside ", "in ", "not in "]),
        st.sampled_from(["fridge", "chest", "1st kitchen cabinet", "cabinet", "safe"]),
    ),
)


@given(walk=WALKS, options=st.lists(OPTIONS, min_size=2, max_size=2, unique=True), view=st.booleans())
def test_the_order_of_the_options_never_matters(walk: list[str], options: list[str], view: bool) -> None:
    parser = HouseholdParser()
    context, _ = parser.parse(narrative(f"Olga is in the hall. {' '.join(walk)} She goes to the kitchen."))
    if view:
        context = perspective(context, ["Olga"])
    query = Query(
        question=WHICH, question_kind="future", choices=tuple(options), belief_chain=("Olga",), domain="household"
    )
    swapped = replace(query, choices=tuple(reversed(options)))
    assert parser.answer(query, context).response == parser.answer(swapped, context).response


def test_the_symbolic_model_answers_households_from_narratives() -> None:
    query = Query(
        question=WHICH,
        question_kind="future",
        choices=(WANTS.format("lemon"), WANTS.format("scarf")),
        domain="household",
        narrative=narrative(f"{START} and walks towards the fridge."),
    )
    assert asyncio.run(SymbolicModel().answer(query)).response == WANTS.format("scarf")
