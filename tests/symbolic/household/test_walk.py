"""What is done in a walk, in many wordings."""

from __future__ import annotations

import pytest

from social_world_model.symbolic.household.description import DescriptionReader
from social_world_model.symbolic.household.walk import Walked, WalkReader
from social_world_model.symbolic.household.wording import act_told


def walk(*told: str, room: str = "hall") -> tuple[list[str], list[Walked]]:
    """Return the acts in plain words, and what became of each sentence."""
    flat = DescriptionReader()
    flat.read("The apartment has a hall, a kitchen and a bathroom.")
    flat.read("The hall has a cabinet, with a remote control and a wine glass on it.")
    flat.read("The kitchen has three cabinets, a fridge, a stove and a microwave.")
    flat.read("The bathroom has a cabinet.")
    reader = WalkReader(flat.flat, "Olga", room=room)
    walked = [reader.read(sentence) for sentence in told]
    acts = [act for part in (*walked, reader.finish()) for act in part.acts]
    return [act_told(flat.flat, act) for act in acts], walked


OPENED = ["walks to the kitchen", "walks towards the fridge", "opens the fridge", "closes the fridge"]


@pytest.mark.parametrize(
    "sentence",
    [
        "She walks to the kitchen, approaches the fridge, opens it, and subsequently closes it.",
        "Olga proceeds to the kitchen and heads towards the refrigerator, which she opens and then shuts.",
        "She strode into the kitchen, made her way to the fridge, opened and promptly closed it.",
        "They leave the hall for the kitchen, where they go up to the fridge, open its door, and shut it again.",
        "Upon reaching the kitchen, she advances towards the fridge, opening and securely closing it.",
    ],
)
def test_the_same_done_in_many_words_is_the_same(sentence: str) -> None:
    acts, (walked,) = walk(sentence)
    assert acts == OPENED
    assert walked.understood


@pytest.mark.parametrize(
    "told",
    [
        ["She approaches the first and third cabinets, opening and closing each one in turn."],
        ["She approaches the first cabinet, opens and closes it, and does the same with cabinet 3."],
        [
            "She approaches the 1st cabinet. She opens it, then closes it.",
            "She repeats this action with the third one.",
        ],
        ["She goes to the first and the third kitchen cabinet.", "For each cabinet, she opens it and then closes it."],
    ],
)
def test_what_is_done_to_several_is_done_to_one_after_the_other(told: list[str]) -> None:
    acts, _ = walk(*told, room="kitchen")
    assert acts == [
        "walks towards the 1st kitchen cabinet",
        "opens the 1st kitchen cabinet",
        "closes the 1st kitchen cabinet",
        "walks towards the 3rd kitchen cabinet",
        "opens the 3rd kitchen cabinet",
        "closes the 3rd kitchen cabinet",
    ]


@pytest.mark.parametrize(
    "ending",
    ["is about to open it", "is on the verge of opening it", "preparing to open it", "gets ready to open it"],
)
def test_who_is_about_to_open_has_not_opened(ending: str) -> None:
    acts, _ = walk(f"She walks towards the stove, and {ending}.", room="kitchen")
    assert acts == ["walks towards the stove", "is about to open the stove"]


def test_the_cabinet_is_the_one_of_the_room_she_is_in() -> None:
    acts, _ = walk("She approaches the cabinet, goes to the bathroom and opens a cabinet there.")
    assert acts == ["walks towards the hall cabinet", "walks to the bathroom", "opens the bathroom cabinet"]


def test_a_cabinet_that_is_not_told_from_others_is_named() -> None:
    _, (walked,) = walk("She opens a cabinet.", room="kitchen")
    assert not walked.understood


def test_a_thing_is_walked_up_to_as_well() -> None:
    acts, _ = walk("She goes from the cabinet to the remote, and then over to the wine glass.")
    assert acts == ["walks towards the remote control", "walks towards the wine glass"]


def test_furniture_that_nobody_described_is_furniture_once_it_is_opened() -> None:
    acts, (walked,) = walk("She opens the humidor.")
    assert (acts, walked.understood) == (["opens the humidor"], True)


def test_what_is_not_done_is_no_act() -> None:
    acts, _ = walk("She passes the stove without opening it and stops at the fridge.", room="kitchen")
    assert acts == ["passes the stove", "walks towards the fridge"]


def test_who_looks_into_a_place_has_opened_it() -> None:
    acts, _ = walk("She opens the stove, looks inside it, shuts it and peeks into the fridge.", room="kitchen")
    assert acts == ["opens the stove", "closes the stove", "opens the fridge"]


@pytest.mark.parametrize("sentence", ["She whistles.", "She sits on the sofa.", "She ponders the fridge."])
def test_what_is_outside_is_named(sentence: str) -> None:
    acts, (walked,) = walk(sentence, room="kitchen")
    assert (acts, walked.understood) == ([], False)
