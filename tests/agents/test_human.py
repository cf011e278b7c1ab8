"""A person at the terminal."""

from __future__ import annotations

import asyncio
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from social_world_model.agents.human import HUMAN, HumanAgent
from social_world_model.agents.making import AgentOptions
from social_world_model.errors import GenerationError
from social_world_model.interaction import Act
from tests.agents.observations import MOVES, observation


def typing(*lines: str) -> tuple[HumanAgent, list[str]]:
    """Return a person who types these lines, and the list of all that is shown."""
    left: Iterator[str] = iter(lines)
    shown: list[str] = []

    def read(prompt: str) -> str:
        shown.append(prompt)
        line = next(left, None)
        if line is None:
            raise EOFError
        return line

    return HumanAgent(read, shown.append), shown


def test_the_briefing_is_shown_once_and_the_news_each_turn() -> None:
    person, shown = typing("say Hi", "none")
    decisions = [asyncio.run(person.decide(observation(turn=turn))) for turn in (2, 4)]
    assert [one.act for one in decisions] == [Act(kind="speak", text="Hi"), Act(kind="none")]
    text = "\n".join(shown)
    assert text.count("My secret: debts") == 1
    assert text.count('Bob says: "Hi"') == 2
    assert text.count("say TEXT | show TEXT | do TEXT | leave | none") == 2
    assert "Turn 4. Turns after this one: 18." in text


def test_an_invalid_line_is_asked_again_with_the_reason() -> None:
    person, shown = typing("Hello", "", "say @Zed: Hi", "do waves")
    assert asyncio.run(person.decide(observation())).act == Act(kind="action", text="waves")
    assert sum(text.startswith("expected say TEXT") for text in shown) == 2
    assert any("expected one of the other people" in text for text in shown)


def test_listed_acts_are_numbered() -> None:
    person, shown = typing("7", "1")
    assert asyncio.run(person.decide(observation(available=MOVES))).act == MOVES[0]
    assert "  1. moves the ball to the red box" in shown


def test_a_refused_act_is_asked_again_without_the_news() -> None:
    person, shown = typing("none")
    asyncio.run(person.decide(observation(problem="Bob has left")))
    assert "Your act was refused: Bob has left" in shown
    assert not any('Bob says: "Hi"' in text for text in shown)


def test_the_end_of_the_input_is_an_error_and_no_act() -> None:
    person, _ = typing()
    with pytest.raises(GenerationError, match="expected an act of Ann, got the end of the input"):
        asyncio.run(person.decide(observation()))


def test_input_that_is_no_text_is_an_error() -> None:
    def read(prompt: str) -> str:
        return b"\xff".decode()

    with pytest.raises(GenerationError, match="expected an act of Ann as text"):
        asyncio.run(HumanAgent(read, lambda text: None).decide(observation()))


def test_lone_surrogates_become_question_marks() -> None:
    person, _ = typing("say \udcff!")
    assert asyncio.run(person.decide(observation())).act.text == "?!"


def test_a_person_makes_no_calls() -> None:
    assert (HUMAN.name, dict(HUMAN.calls(AgentOptions()))) == ("human", {})


CTRL_C = b"\x03"
PROGRAM = """
import asyncio, os
os.close(os.open(os.ttyname(0), os.O_RDWR))  # the first terminal that a session opens is the one of its signals
from social_world_model.agents.human import HUMAN
from tests.agents.observations import observation
print(asyncio.run(HUMAN.make(None).decide(observation())).act, flush=True)
"""


def at_a_terminal(typed: bytes) -> tuple[int, str]:
    """Run the program in a terminal, type when it asks, and return its exit status and all that it showed.

    Readline shows its prompt shortly before it waits. A Ctrl+C in between has no effect, so it is typed again.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )
    os.close(theirs)
    shown, is_typed = b"", False
    try:
        with suppress(OSError):  # the end of a terminal is an error on Linux
            while True:
                if select.select([ours], [], [], 0.3)[0]:
                    part = os.read(ours, 4096)
                    if not part:
                        break
                    shown += part
                elif b"Ann> " in shown and (not is_typed or typed == CTRL_C):
                    os.write(ours, typed)
                    is_typed = True
        return process.wait(), shown.decode(errors="replace")
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_a_person_plays_at_a_terminal() -> None:
    status, shown = at_a_terminal(b"say Hi\n")
    assert "Act(kind='speak', text='Hi', to=())" in shown
    assert status == 0


def test_ctrl_c_ends_the_wait_for_a_line_at_once() -> None:
    status, shown = at_a_terminal(CTRL_C)
    assert "KeyboardInterrupt" in shown
    assert "Act(" not in shown
    assert status in (1, 130, -signal.SIGINT)


def test_ctrl_d_ends_the_episode() -> None:
    status, shown = at_a_terminal(b"\x04")
    assert "GenerationError: expected an act of Ann, got the end of the input" in shown
    assert status == 1
