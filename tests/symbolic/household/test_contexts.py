"""Flats and walks as S3AP: a golden context by hand, laws, and what becomes of unreadable sentences."""

from __future__ import annotations

from contextlib import suppress
from itertools import product

import pytest

from social_world_model.errors import NarrativeError
from social_world_model.s3ap import SocializedContext, decode, encode, from_wire, perspective, render, to_wire, validate
from social_world_model.symbolic import parse_narrative
from social_world_model.symbolic.household import HouseholdParser, parse_household
from social_world_model.symbolic.household.contexts import has_shape
from social_world_model.symbolic.household.questions import read_belief, read_option, read_where
from social_world_model.symbolic.household.wording import MANUAL
from social_world_model.symbolic.parser import NOT_READ
from tests.symbolic.household.flats import FLAT, narrative

WALK = (
    "Olga is in the hall. She walks to the kitchen, opens the 1st cabinet, closes it, and is about to open the fridge."
)


def same(state: str, act: str) -> dict[str, object]:
    return {"state": state, "observations": {"Olga": "<same_as_state />"}, "actions": {"Olga": act}}


GOLDEN: list[dict[str, object]] = [
    {
        "state": (
            "Olga is in the hall. The flat has a hall, a kitchen and a bedroom. The hall has a shelf. "
            "The kitchen has 2 cabinets, a fridge and a table. The bedroom has a chest. "
            "A lamp is on the hall shelf. A mug is in the 1st kitchen cabinet. A jar is in the 2nd kitchen cabinet. "
            "The fridge is empty. A lemon is on the kitchen table. A scarf is in the chest."
        ),
        "observations": {"Olga": "Olga is in the hall. The hall has a shelf. A lamp is on the hall shelf."},
        "actions": {"Olga": "walks to the kitchen"},
    },
    same(
        "Olga is in the kitchen. The kitchen has 2 cabinets, a fridge and a table. A lemon is on the kitchen table.",
        "opens the 1st kitchen cabinet",
    ),
    same("The 1st kitchen cabinet is open. A mug is in the 1st kitchen cabinet.", "closes the 1st kitchen cabinet"),
    same("The 1st kitchen cabinet is closed.", "is about to open the fridge"),
    same("The fridge is still closed.", "none"),
]


def parsed(walk: str = WALK, flat: str = FLAT) -> SocializedContext:
    return parse_household(narrative(walk, flat))[0]


def test_the_person_sees_what_lies_open_in_its_room_and_what_it_opens() -> None:
    steps = [{"timestep": str(number), **step} for number, step in enumerate(GOLDEN, start=1)]
    assert parsed().to_data() == {"agents_names": ["Olga"], "socialized_context": steps, "context_manual": MANUAL}


def test_the_own_view_has_nothing_of_what_was_not_seen() -> None:
    text = perspective(parsed(), ["Olga"]).to_json()
    assert "mug" in text
    assert "lemon" in text
    assert "jar" not in text
    assert "scarf" not in text
    assert "empty" not in text


def test_the_laws_of_the_representation_hold() -> None:
    context = parsed()
    assert not [issue for issue in validate(context) if issue.severity == "error"]
    assert decode(encode(context)) == decode(context)
    bare = context.model_copy(update={"context_manual": None})
    assert from_wire(to_wire(bare)) == bare


def test_the_trace_tells_who_saw_what_in_which_step() -> None:
    _, trace = parse_household(narrative(WALK))
    assert [(entry.number, entry.timestep, entry.perceivers) for entry in trace] == [
        *((number, "1", ()) for number in range(1, 8)),
        (8, "1", ("Olga",)),
        (9, "1", ("Olga",)),
    ]
    assert trace[-1].text.startswith("She walks to the kitchen")


def test_a_sentence_that_cannot_be_read_is_named_and_the_rest_is_kept() -> None:
    odd = "The fridge hums quietly, none knows why."
    context, trace = parse_household(narrative(WALK, FLAT.replace("The fridge is empty.", odd)))
    (entry,) = [entry for entry in trace if entry.text == odd]
    assert (context.context_manual or "").endswith(f"{NOT_READ} sentence {entry.number}.")
    assert (entry.timestep, entry.perceivers) == ("", ())
    assert "A lemon is on the kitchen table." in context.socialized_context[0].state


def test_a_view_shows_nothing_of_a_sentence_that_was_not_read() -> None:
    flat = FLAT.replace("The fridge is empty.", "The fridge, a gift from Zeno, might hold a pineapple.")
    whole = parsed(f"{WALK} She wants to open the oven.", flat)
    text = render(perspective(whole, ["Olga"])) + perspective(whole, ["Olga"]).to_json()
    assert f"{NOT_READ} sentences 5 and 10." in text
    assert not [word for word in ("Zeno", "gift", "pineapple", "oven", "wants") if word in text]


def test_a_context_that_is_changed_changes_no_other() -> None:
    first, _ = parse_household(narrative(WALK))
    first.socialized_context[0].observations["Olga"] = "nothing"
    first.agents_names.append("Zeno")
    assert parsed().agents_names == ["Olga"]
    assert parsed() != first
    assert parsed().to_data() == parse_household(f"{narrative(WALK)} ")[0].to_data()


HOSTILE = (" ", "a ", "the ", "first, ", "thinks there is a cup in the ", "get a ", "where does Ann think the ", "x-")
FRAMES = (
    "{}",
    "Actions taken by{}x",
    "Where does Ann think{}the cup is?",
    "If Ann thinks there is a{} cup in the fridge, which?",
    "The flat has a hall.{}\nActions taken by Ann: She walks to the hall.",
    "The flat has a hall. The hall has a box.\nActions taken by Ann: She{} opens the box.",
)


@pytest.mark.timeout(240)  # quadratic time would take longer even on an idle machine
def test_the_time_taken_does_not_grow_faster_than_the_text() -> None:
    for unit, frame in product(HOSTILE, FRAMES):
        text = frame.format((unit * 20_000)[:20_000])
        has_shape(text)
        read_belief(text)
        read_option(text, text)
        read_where(text)
        with suppress(NarrativeError):
            parse_household(text)


def test_wrapped_lines_and_lists_are_read_like_any_other() -> None:
    wrapped = FLAT.replace("a fridge and", "a fridge\nand").replace("\nThe ", "\n- The ")
    assert parsed(WALK.replace("opens the", "opens\nthe"), wrapped) == parsed()


def test_guidance_is_kept_in_the_manual() -> None:
    context, _ = parse_household(narrative(WALK), "Be brief.")
    assert context.context_manual == f"{MANUAL} Be brief."


@pytest.mark.parametrize(
    ("flat", "walk", "expected"),
    [
        ("What's inside the apartment: Who knows?\n", WALK, "about the rooms of the flat"),
        (FLAT, "She hums.", "at least one action of Olga"),
    ],
)
def test_without_any_room_or_act_nothing_is_left_to_read(flat: str, walk: str, expected: str) -> None:
    with pytest.raises(NarrativeError, match=expected):
        parse_household(narrative(walk, flat))


def test_without_a_walk_it_is_no_household() -> None:
    with pytest.raises(NarrativeError, match="Actions taken by NAME"):
        parse_household(FLAT)


def test_a_household_is_known_by_its_shape() -> None:
    parser = HouseholdParser()
    assert parser.recognises(narrative(WALK))
    assert not parser.recognises(FLAT)
    assert not parser.recognises("Al entered the kitchen. The ball is in the box.")
    assert not parser.recognises("Actions taken by Al: He walks.")
    assert parse_narrative(narrative(WALK))[0] == parsed()


def test_a_story_in_which_something_is_opened_is_no_household() -> None:
    step = {"state": "Ann is in the den. The ball is in the box.", "observations": {"Ann": "<same_as_state />"}}
    data = {"agents_names": ["Ann"], "socialized_context": [{**step, "actions": {"Ann": "opens the box"}}]}
    assert not HouseholdParser().recognises_context(SocializedContext.from_data(data))


def test_a_record_is_known_by_its_manual_and_without_it_by_its_furniture() -> None:
    parser = HouseholdParser()
    for one in (parsed(), perspective(parsed(), ["Olga"])):
        assert parser.recognises_context(one)
        assert parser.recognises_context(one.model_copy(update={"context_manual": None}))


def test_a_record_is_known_by_its_acts_and_a_view_of_it_too() -> None:
    parser = HouseholdParser()
    assert parser.recognises_context(parsed())
    assert parser.recognises_context(perspective(parsed(), ["Olga"]))
    assert not parser.recognises_context(parse_narrative("Al entered the hall. Al moved the ball to the box.")[0])


@pytest.mark.parametrize("number", ["999999999", "1000000000000", "9" * 5000, "101", "²"])
def test_a_sentence_with_a_number_of_pieces_that_no_flat_has_is_marked_as_not_read(number: str) -> None:
    story = (
        f"What's inside the apartment: The apartment has a kitchen and a hall. In the kitchen, there are {number} "
        "fridges. The hall has a shelf with a lamp on it. \nActions taken by Olga: Olga is in the hall. She walks to "
        "the kitchen and is about to leave it."
    )
    context, _ = parse_household(story)
    assert NOT_READ in (context.context_manual or "")
    assert "fridges" not in context.to_json()


def test_a_tag_inside_a_name_stays_a_text() -> None:
    story = (
        "What's inside the apartment: The apartment has a kitchen. The kitchen has a fridge with a cake inside. \n"
        "Actions taken by Al<mental_state>: Al<mental_state> is in the kitchen. He goes to the fridge and is about to "
        "open it."
    )
    context, _ = parse_household(story)
    assert [issue for issue in validate(context) if issue.severity == "error"] == []
    assert "<mental_state>" not in context.to_json()
