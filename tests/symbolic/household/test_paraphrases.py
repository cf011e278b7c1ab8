"""Flats and walks in other words than the data sets': what has to be understood, and what must not be."""

from __future__ import annotations

import pytest

from social_world_model.symbolic.household import parse_household
from social_world_model.symbolic.parser import not_read

FLAT = (
    "The apartment has a hall, a kitchen and a bedroom. The hall has a shelf with a lamp on it. "
    "The kitchen has three cabinets, a fridge, a stove, a microwave and a table. {}"
    "The bedroom has a chest, which holds a scarf.\n"
)


def acts(sentence: str, name: str = "Ann") -> tuple[list[str], bool]:
    """Return what is done in a sentence, and whether all of it was read."""
    context, _ = parse_household(
        f"{FLAT.format('')}Actions taken by {name}: {name} is in the hall. She walks to the kitchen. {sentence}"
    )
    done = [step.actions[name] for step in context.socialized_context]
    assert (done[0], done[-1]) == ("walks to the kitchen", "none")
    return done[1:-1], not not_read(context)


def told(sentence: str) -> tuple[str, bool]:
    """Return what a sentence adds to the state of the flat, and whether all of it was read."""
    context, _ = parse_household(
        f"{FLAT.format(f'{sentence} ')}Actions taken by Ann: Ann is in the hall. She goes to the bedroom."
    )
    plain, _ = parse_household(f"{FLAT.format('')}Actions taken by Ann: Ann is in the hall. She goes to the bedroom.")
    states = [one.socialized_context[0].state.split(". ") for one in (context, plain)]
    return ". ".join(line for line in states[0] if line not in states[1]), not not_read(context)


GOES, OPENS, CLOSES, INTENDS = (
    f"{verb} the stove" for verb in ("walks towards", "opens", "closes", "is about to open")
)


@pytest.mark.parametrize(
    "sentence",
    [
        "She walks to the stove and is about to open it.",
        "She walks over to the stove, on the verge of opening it.",
        "She is heading for the stove, preparing to open it.",
        "After a moment, she goes up to the stove and is poised to open it.",
        "She stops in front of the stove, ready to open it.",
        "She stands in front of the stove, about to open it.",
        "She arrives at the stove, getting ready to open it.",
        "She walks to the stove and is going to open it.",
        "She approaches the stove with the intention of opening it.",
        "She reaches the stove and prepares herself to open it.",
        "She moves to the stove, intending to open it.",
        "She ends up at the stove and is just about to open it.",
        "Her next stop is the stove, which she is about to open.",
        "She walks to the stove and reaches out to open it.",
        "She walks to the stove to open it.",
        "She walks to the stove, aiming to open it.",
        "She tiptoes towards the stove, about to open it.",
        "She closes in on the stove and readies herself to open it.",
    ],
)
def test_to_be_about_to_open_has_many_names(sentence: str) -> None:
    assert acts(sentence) == ([GOES, INTENDS], True)


@pytest.mark.parametrize(
    "sentence",
    [
        "She walks over to the stove, opens it, takes a look inside, and closes it.",
        "She crosses the kitchen to the stove, swings it open and shuts it.",
        "She makes a beeline for the stove, pulls it open and pushes it shut.",
        "Having reached the stove, she opens it and then closes it again.",
        "She visits the stove, opening and closing it.",
        "Next, she turns her attention to the stove, opening and closing it.",
        "Her next stop is the stove, which she opens and closes.",
        "She pauses at the stove, checks it, and closes it.",
        "She wanders over to the closed stove, peeks into it and quietly shuts it.",
        "She goes to the stove, proceeds to open it, and closes it back up.",
        "Without pausing, she goes to the stove, opens its door and closes it.",
        "She walks straight to the stove, has opened it and closed it.",
    ],
)
def test_to_look_into_a_place_has_many_names(sentence: str) -> None:
    assert acts(sentence) == ([GOES, OPENS, CLOSES], True)


@pytest.mark.parametrize(
    "sentence",
    [
        "She wants to open the fridge.",
        "She tries to open the fridge.",
        "She almost opens the fridge.",
        "She refuses to open the fridge.",
        "She thinks about opening the fridge.",
        "She forgets to open the fridge.",
        "She fails to open the fridge.",
        "She never opens the fridge.",
        "She dreads opening and closing the fridge.",
        "She comes close to opening the fridge.",
        "She is unable to open the fridge.",
        "She would open the fridge.",
        "She might open the fridge.",
        "She could open the fridge.",
        "She will open the fridge.",
        "If she is hungry, she opens the fridge.",
        "Had she been hungry, she had opened the fridge.",
        "Instead of opening the fridge, she hums.",
        "She opens the fridge or the stove.",
        "It seems that she opens the fridge.",
        "She opens the fridge in her mind.",
        "Bob opens the fridge.",
        "Then Bob opens the fridge.",
        "Emily opens the fridge.",
        "Ann and Bob open the fridge.",
        "While Bob opens the fridge, she hums.",
        "Bob sees that she opens the fridge.",
        "Her brother goes to the stove and opens the fridge.",
        "Ann's brother opens the fridge.",
        "The cat opens the fridge.",
        "Somebody opens the fridge.",
        "She asks her brother to open the fridge.",
        "She hears the fridge open.",
        "She opens no cabinet.",
        "She opens a bottle of wine.",
        "She leaves the fridge open.",
        "She takes the plate.",
        "She takes a plate and puts it on the table.",
        "She looks at the fridge.",
        "She is about to leave the kitchen.",
        "She goes to sleep.",
        "She stops opening the fridge.",
        "She opens the fridge halfway.",
        "Does she open the fridge?",
        "Before opening the fridge, she hums.",
        "She moves the mug to the table.",
        "She returns the mug to the first cabinet.",
        "She turns on the stove.",
        "She runs the microwave.",
        "She sets off to open the fridge.",
        "She makes Bob open the fridge.",
        "She sees him open the fridge.",
        "The fridge is opened by Bob.",
    ],
)
def test_what_need_not_have_happened_or_is_not_understood_is_no_act_and_is_named(sentence: str) -> None:
    assert acts(sentence) == ([], False)


def test_a_name_that_is_a_word_besides_is_still_the_name_of_who_walks() -> None:
    assert acts("Will opens the stove.", name="Will") == ([OPENS], True)


def test_what_is_understood_of_a_sentence_is_kept_and_the_sentence_is_named() -> None:
    assert acts("She opens the stove, takes a cake out, and closes it.") == ([OPENS, CLOSES], False)
    assert acts("She deftly opens the stove.") == ([OPENS], False)
    assert acts("She goes to the stove and wants to open it.") == ([GOES], False)


@pytest.mark.parametrize(
    "sentence",
    [
        "Within the fridge sits a pie and two cups.",
        "You can see a pie and two cups in the fridge.",
        "The fridge is where a pie and two cups are kept.",
        "A pie and two cups are both in the fridge.",
        "The fridge, meanwhile, is packed with a pie and a couple of cups.",
        "There's a pie along with two cups inside the fridge.",
        "The fridge is home to a pie, as well as two cups.",
        "The fridge has just a single pie and two cups in it.",
        "Moving on to the fridge, it holds a pie and two cups.",
        "The refrigerator comes with a pie and two cups inside.",
        "As for the fridge, it has a pie and two cups in it.",
        "The pie is in the fridge, and two cups are in the fridge.",
        "A pie is chilling in the fridge, and two cups stand in the fridge.",
    ],
)
def test_contents_are_told_in_many_ways(sentence: str) -> None:
    assert told(sentence) == ("A pie and 2 cups are in the fridge", True)


@pytest.mark.parametrize(
    "sentence",
    [
        "The stove is bare.",
        "The stove remains empty.",
        "The stove has been left empty.",
        "There is nothing in the stove.",
        "As for the stove, it is empty.",
        "The stove currently has no contents.",
    ],
)
def test_emptiness_is_told_in_many_ways(sentence: str) -> None:
    assert told(sentence) == ("The stove is empty", True)


@pytest.mark.parametrize(
    "sentence",
    [
        "The stove is broken.",
        "The stove has broken.",
        "The stove is hot.",
        "The stove is made in Italy.",
        "The stove holds a cup made in Italy.",
        "The stove looks clean.",
        "The stove belongs to Ann.",
        "The stove might hold a cup.",
        "The stove holds a cup or a plate.",
        "The stove should be empty.",
        "The stove is almost empty.",
        "The stove used to hold a cup.",
        "There are plenty of cups.",
        "Next to the stove, there is a lamp.",
        "In a corner of the kitchen there is a cup.",
        "A cup in a box is in the stove.",
        "The kitchen is bright.",
        "The kitchen is a mess.",
        "The apartment is large.",
        "The weather is nice.",
        "The fridge is well stocked.",
        "Behind the stove there is a cup.",
        "Under the table is a cup.",
        "The walls are painted blue.",
    ],
)
def test_a_quality_is_no_thing_and_a_guess_no_place(sentence: str) -> None:
    assert told(sentence) == ("", False)


def test_the_rooms_may_be_counted_first() -> None:
    context, _ = parse_household(
        "The flat has two rooms: a den and a study. The den has a box.\nActions taken by Ann: She goes to the den."
    )
    assert context.socialized_context[0].state == "The flat has a den and a study. The den has a box."


def test_a_definite_noun_in_a_list_of_rooms_ends() -> None:
    context, _ = parse_household(
        "The flat has a hall, the largest room, and a den.\nActions taken by Ann: She goes to the den."
    )
    assert not_read(context) == "sentence 1."
