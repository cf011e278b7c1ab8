from __future__ import annotations

import pytest

from social_world_model.symbolic.conversation.stage import read_stage, tells_plainly

KNOWN = ["Ann", "Bo", "Cy"]


def moves(text: str, *known: str) -> list[str]:
    return [f"{move.kind} {' '.join(move.names)}" for move in read_stage(text, known or KNOWN).moves]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dan joins", ["join Dan"]),
        ("Dan has joined the meeting", ["join Dan"]),
        ("Dan and Kate Lee enter", ["join Dan Kate Lee"]),
        ("Cy gets up and leaves", ["leave Cy"]),
        ("Cy answers the phone and leaves", ["leave Cy"]),
        ("Cy leaves and Dan joins", ["leave Cy", "join Dan"]),
        ("Dan joins, Cy leaves", ["join Dan", "leave Cy"]),
        ("Then Cy joined", ["join Cy"]),
        ("Suddenly Cy enters the room", ["join Cy"]),
        ("Five minutes later, Cy joins", ["join Cy"]),
        ("CY JOINS", ["join Cy"]),
        ("cy joins", ["join Cy"]),
        ("Enter Dan", ["join Dan"]),
        ("Exit Cy", ["leave Cy"]),
        ("Cy quietly leaves the room", ["leave Cy"]),
        ("Ann added Dan", ["join Dan"]),
        ("Ann removed Cy from the group", ["leave Cy"]),
        ("Ann added Dan and Eve Lee to the group", ["join Dan", "join Eve Lee"]),
        ("Ann added Dan, Eve", ["join Dan", "join Eve"]),
        ("Cy steps outside", ["leave Cy"]),
        ("Cy storms out of the room", ["leave Cy"]),
        ("Dan comes in", ["join Dan"]),
        ("Cy is gone", ["leave Cy"]),
        ("Cy waves and Dan joins", ["join Dan"]),
        ("Cy loses the connection.", ["leave Cy"]),
        ("Bo has lost his signal", ["leave Bo"]),
        ("Bo is back on the line.", ["join Bo"]),
        ("Cy calls back in", ["join Cy"]),
        ("Ann is put on hold", ["leave Ann"]),
        ("Ann is taken off hold", ["join Ann"]),
        ("Bo and Cy row out to the island", ["leave Bo Cy"]),
        ("Bo vanishes into the pantry", ["leave Bo"]),
        ("Cy gets out of the cab", ["leave Cy"]),
        ("Bo and Cy come rushing in", ["join Bo Cy"]),
        ("The next day. Cy comes home.", ["join Cy"]),
    ],
)
def test_who_comes_and_who_goes(text: str, expected: list[str]) -> None:
    staged = read_stage(text, KNOWN)
    assert [f"{move.kind} {' '.join(move.names)}" for move in staged.moves] == expected
    assert not staged.is_doubtful


@pytest.mark.parametrize(
    "text",
    [
        "Cy did not join",
        "Cy has not joined yet",
        "Waiting for Cy to join",
        "Cy is about to leave",
        "Both leave",
        "They all leave",
        "Everyone except Cy leaves",
        "Someone joins",
        "He walks out",
        "The girls run off",
        "The other two leave",
        "The others go for a swim",
        "Ann and Bo join breakout room 2",
        "Ann takes Bo aside",
        "Bo leads Cy into the yard",
    ],
)
def test_what_is_not_said_plainly_moves_nobody_and_is_named(text: str) -> None:
    staged = read_stage(text, KNOWN)
    assert staged.moves == []
    assert staged.is_doubtful


@pytest.mark.parametrize(
    "text",
    [
        "Cy turns left",
        "Cy left his keys on the table",
        "Cy leaves a note",
        "Cy returns the book",
        "They sit down",
        "Cy nods",
        "Cy loses his temper",
        "Cy gets out a map",
        "Cy walks over to the window",
        "Cy takes off his coat",
        "Cy brings Ann a cup of tea",
        "The lights go out",
    ],
)
def test_what_tells_of_something_else_moves_nobody(text: str) -> None:
    staged = read_stage(text, KNOWN)
    assert (staged.moves, staged.is_doubtful) == ([], False)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Bo follows the doctor into the ward", ["Bo"]),
        ("Bo disappears behind the hedge", ["Bo"]),
        ("A guard calls Bo to the gate", ["Bo"]),
        ("Cy is carried off by the waves", ["Cy"]),
        ("Cy faints", ["Cy"]),
        ("A guard calls the bo to the gate", ["Bo"]),
        ("Bo's ship puts to sea", ["Bo"]),
        ("Ann takes Bo off hold", ["Ann", "Bo"]),
        ("Cy smiles at Bo", []),
        ("Ann is sitting by the fire", []),
        ("Cy leaves", []),
        ("The clock strikes nine", []),
    ],
)
def test_people_in_words_that_are_not_understood_are_named(text: str, people: list[str]) -> None:
    assert read_stage(text, KNOWN).unread == people


def test_a_name_alone_in_a_sentence_is_a_heading() -> None:
    assert read_stage("Evening. Ann, Bo and Cy are in the kitchen.", KNOWN).present == KNOWN


def test_a_longer_name_of_the_only_one_it_can_be_is_that_persons() -> None:
    assert moves("Cy Young joins") == ["join Cy"]
    assert moves("Young leaves", "Cy Young", "Bo") == ["leave Cy Young"]


@pytest.mark.parametrize(
    ("line", "plainly"),
    [
        ("Cy joined", True),
        ("Dan joined the call", True),
        ("Cy joined our team last year", False),
        ("Cy left a message", False),
        ("Cy waves and Dan joins", False),
        ("and so Cy left", False),
    ],
)
def test_without_brackets_a_line_must_say_that_and_nothing_else(line: str, plainly: bool) -> None:
    assert tells_plainly(line) is plainly
