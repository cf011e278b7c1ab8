"""Acts that are possible, and why others are not."""

from __future__ import annotations

import pytest

from social_world_model.interaction import Act, ActKind, act_problem

CAST = ("Ann", "Anna", "Roland and Smith")
KINDS: tuple[ActKind, ...] = ("speak", "action", "leave", "none")


@pytest.mark.parametrize(
    ("act", "problem"),
    [
        (Act(kind="speak", text="Hi"), ""),
        (Act(kind="speak", text="Hi", to=("Roland and Smith", "Anna")), ""),
        (Act(kind="leave"), ""),
        (Act(kind="none"), ""),
        (Act(kind="non-verbal", text="nods"), "expected one of the available acts: speak; action; leave; none"),
        (Act(kind="action", text=" \n"), "expected a text of an act of the kind 'action', got an empty text"),
        (Act(kind="speak", text="Hi", to=("Roland",)), "(Anna, Roland and Smith) as recipients, got Roland"),
        (Act(kind="speak", text="Hi", to=("Ann",)), "got Ann"),
    ],
)
def test_an_act_is_possible_if_its_kind_is_available_and_its_recipients_are_present(act: Act, problem: str) -> None:
    found = act_problem(act, me="Ann", cast=CAST, available=KINDS)
    assert problem in found
    assert bool(problem) == bool(found)


def test_of_listed_acts_only_these_are_possible() -> None:
    listed = (Act(kind="action", text="moves the ball"), Act(kind="none"))
    assert act_problem(listed[0], me="Ann", cast=CAST, available=listed) == ""
    other = act_problem(Act(kind="action", text="eats the ball"), me="Ann", cast=CAST, available=listed)
    assert other == "expected one of the available acts: moves the ball; none; got eats the ball"


def test_a_person_without_a_turn_has_no_possible_act() -> None:
    assert act_problem(Act(kind="none"), me="Ann", cast=CAST, available=()) == (
        "expected no act of Ann in this turn, got 'none'"
    )
