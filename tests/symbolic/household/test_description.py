"""What a description says is where, in many wordings."""

from __future__ import annotations

import pytest

from social_world_model.symbolic.household.description import DescriptionReader

KITCHEN = (
    "The apartment has a hall and a kitchen. The hall has a cabinet and a sofa.",
    "The kitchen has four cabinets, two tables, a fridge, a stove and a microwave.",
)


def kitchen() -> DescriptionReader:
    reader = DescriptionReader()
    for sentence in " ".join(KITCHEN).split(". "):
        assert reader.read(sentence).understood
    return reader


def contents(sentence: str) -> dict[str, dict[str, int]]:
    """Return what is where, once a sentence is understood."""
    reader = kitchen()
    assert reader.read(sentence).understood
    return {reader.flat.title(place): things for place, things in reader.flat.contents.items()}


@pytest.mark.parametrize(
    "sentence",
    [
        "The fridge contains two plates and an apple.",
        "The refrigerator holds an apple and two plates.",
        "Inside the fridge, there are two plates and an apple.",
        "Inside the fridge, you'll find two plates and an apple.",
        "Lastly, there is an apple in the fridge and two plates in the fridge.",
        "Two plates and an apple are stored in the fridge.",
        "Oddly, two plates and an apple can be found in the fridge.",
        "The fridge is currently stocked with two plates, along with an apple.",
        "The fridge has two plates and an apple inside.",
        "As for the fridge, it houses 2 plates and an apple.",
        "In the fridge are an apple, a plate, and another plate.",
    ],
)
def test_the_same_said_in_many_ways_is_the_same(sentence: str) -> None:
    assert contents(sentence) == {"fridge": {"plate": 2, "apple": 1}}


@pytest.mark.parametrize(
    "sentence",
    [
        "The second and fourth cabinets each hold a cup.",
        "The 4th and 2nd kitchen cabinets, from left to right, contain a cup each.",
        "Cabinets 2 and 4 hold a cup.",
        "The second cabinet from the left stores a cup, as well as the fourth a cup.",
        "Kitchen cabinet two has a cup, while cabinet number 4 houses a cup.",
    ],
)
def test_which_cabinet_is_said_in_words_and_digits(sentence: str) -> None:
    assert contents(sentence) == {"2nd kitchen cabinet": {"cup": 1}, "4th kitchen cabinet": {"cup": 1}}


def test_the_second_is_a_second_of_what_was_spoken_of() -> None:
    found = contents("The first cabinet holds a cup, the second two plates, the third is empty, as is the microwave.")
    assert found == {
        "1st kitchen cabinet": {"cup": 1},
        "2nd kitchen cabinet": {"plate": 2},
        "3rd kitchen cabinet": {},
        "microwave": {},
    }


def test_an_exception_is_taken_out_of_what_is_empty() -> None:
    found = contents("All cabinets are empty, with the exception of the third, which holds a cup.")
    assert found["3rd kitchen cabinet"] == {"cup": 1}
    assert [name for name, things in found.items() if not things] == [
        "1st kitchen cabinet",
        "2nd kitchen cabinet",
        "4th kitchen cabinet",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "All cabinets but the third are empty.",
        "All of the cabinets except for the third are empty.",
        "The cabinets, with the exception of the third, are empty.",
    ],
)
def test_an_exception_may_come_before_what_is_said_of_the_others(sentence: str) -> None:
    empty: dict[str, dict[str, int]] = {"1st kitchen cabinet": {}, "2nd kitchen cabinet": {}, "4th kitchen cabinet": {}}
    assert contents(sentence) == empty


def test_the_other_one_is_not_the_one_spoken_of() -> None:
    assert contents("On one of the kitchen tables, there is a cup, while a book is on the other.") == {
        "1st kitchen table": {"cup": 1},
        "2nd kitchen table": {"book": 1},
    }


def test_nothing_is_no_thing() -> None:
    assert contents("There is nothing in the fridge, and the stove has no items inside.") == {"fridge": {}, "stove": {}}


def test_what_is_denied_of_a_place_leaves_the_rest_of_the_sentence_readable() -> None:
    assert contents("The fridge holds a cup but no apple.") == {"fridge": {"cup": 1}}


def test_a_room_may_own_its_furniture() -> None:
    assert contents("The kitchen's second cabinet holds a cup.") == {"2nd kitchen cabinet": {"cup": 1}}


def test_respectively_gives_each_its_own() -> None:
    found = contents("The fridge and the stove contain a cup and a pie, respectively.")
    assert found == {"fridge": {"cup": 1}, "stove": {"pie": 1}}


@pytest.mark.parametrize(
    "sentence",
    [
        "The study has a desk and a wardrobe, which holds a coat.",
        "The study is furnished with a desk and a wardrobe with a coat inside.",
        "In the study, there is a desk and a wardrobe filled with a coat.",
    ],
)
def test_furniture_and_rooms_nobody_heard_of_are_taken_in_by_the_shape_of_the_sentence(sentence: str) -> None:
    reader = kitchen()
    assert reader.read(sentence).understood
    assert [place.name for place in reader.flat.in_room("study")] == ["study desk", "study wardrobe"]
    (wardrobe,) = reader.flat.where("coat")
    assert (wardrobe.name, reader.flat.is_open(wardrobe)) == ("study wardrobe", False)


def test_what_is_on_a_thing_lies_open() -> None:
    reader = kitchen()
    reader.read("The kitchen has a trolley with a cup on it.")
    (trolley,) = reader.flat.where("cup")
    assert reader.flat.is_open(trolley)


def test_an_empty_one_among_furniture_ends_no_list() -> None:
    reader = kitchen()
    reader.read("The kitchen has a drawer, which is empty, and a cupboard with a bowl inside, and a bench.")
    names = [place.name for place in reader.flat.in_room("kitchen")][-3:]
    assert names == ["kitchen drawer", "kitchen cupboard", "kitchen bench"]
    assert [place.name for place in reader.flat.where("bowl")] == ["kitchen cupboard"]


@pytest.mark.parametrize(
    "sentence",
    [
        "The fridge isn't empty.",
        "Neither the fridge nor the stove contains a cup.",
        "The second cabinet from the right holds a cup.",
        "What a mess!",
        "A cup and a saucer.",
    ],
)
def test_what_leaves_too_much_open_is_not_understood_and_changes_nothing(sentence: str) -> None:
    reader = kitchen()
    assert not reader.read(sentence).understood
    assert reader.flat.contents == {}
