"""Lines that people type, as acts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.agents.typed_acts import read_act, syntax
from social_world_model.interaction import Act
from tests.agents.observations import MOVES, observation
from tests.strategies import HOSTILE_NAMES


@pytest.mark.parametrize(
    ("line", "act"),
    [
        ("say Hello: you and I", Act(kind="speak", text="Hello: you and I")),
        ("  SAY   Hello  ", Act(kind="speak", text="Hello")),
        ("speak Hello", Act(kind="speak", text="Hello")),
        ("show nods", Act(kind="non-verbal", text="nods")),
        ("do opens @ the window", Act(kind="action", text="opens @ the window")),
        ("say @Bob: Hush", Act(kind="speak", text="Hush", to=("Bob",))),
        ("say @Bob @Cleo @Bob Hush", Act(kind="speak", text="Hush", to=("Bob", "Cleo"))),
        ("say to Bob: Hi", Act(kind="speak", text="to Bob: Hi")),
        ("leave", Act(kind="leave")),
        ("none", Act(kind="none")),
    ],
)
def test_a_line_is_an_act(line: str, act: Act) -> None:
    assert read_act(line, observation()) == act


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "expected say TEXT | show TEXT | do TEXT | leave | none; got an empty line"),
        ("Hello", "got Hello"),
        ("say", "got an empty text"),
        ("say @Bob:", "got an empty text"),
        ("leave now", "got leave now"),
        ("say @Bobby: Hi", r"expected one of the other people after @ \(Bob, Cleo\), got Bobby: Hi"),
        ("say @Ann: Hi", "got Ann: Hi"),
        ("say @bob: Hi", "got bob: Hi"),
    ],
)
def test_a_line_without_a_possible_act_is_refused(line: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem.replace("|", r"\|")):
        read_act(line, observation())


@pytest.mark.parametrize("line", ["1", "01", "moves the ball to the RED box"])
def test_a_listed_act_is_chosen_by_number_or_by_words(line: str) -> None:
    assert read_act(line, observation(available=MOVES)) == MOVES[0]


def test_a_listed_act_without_words_is_chosen_by_its_kind() -> None:
    assert read_act("none", observation(available=MOVES)) == read_act("does nothing", observation(available=MOVES))


@pytest.mark.parametrize("line", ["0", "3", "-1", "", "say Hi", "²", "9" * 5000])
def test_another_line_is_refused_if_acts_are_listed(line: str) -> None:
    with pytest.raises(ValueError, match="expected a number from 1 to 2, got"):
        read_act(line, observation(available=MOVES))


def test_the_syntax_names_available_kinds_only() -> None:
    assert syntax(observation(available=("action", "none"))) == "do TEXT | none"


@given(st.lists(st.sampled_from(HOSTILE_NAMES), min_size=3, max_size=6, unique=True), st.data())
def test_a_recipient_is_found_whatever_the_names_contain(names: list[str], data: st.DataObject) -> None:
    to = data.draw(st.sampled_from(names[1:]))
    act = read_act(f"say @{to}: (whispers)", observation(cast=tuple(names)))
    assert (act.to, act.text) == ((to,), "(whispers)")
