"""Nothing that a model or a file says reaches the terminal as a control character."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import Done, swm

HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202e"


def is_quiet(done: Done) -> bool:
    """Whether no control character but the end of a line is printed."""
    return not any(char in done.stdout + done.stderr for char in "\x1b\x07\x9b\u202e\r")


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    path = tmp_path / "chat.txt"
    path.write_text(f"Ann: The code is {HOSTILE} 4711.\nBo: ok\nAnn: bye\n")
    return path


@pytest.fixture
def context(tmp_path: Path) -> Path:
    who = f"Al{HOSTILE}"
    step = {"timestep": "1", "state": f"{HOSTILE} hi", "observations": {who: "<same_as_state />", "Bo": "none"}}
    data = {"agents_names": [who, "Bo"], "socialized_context": [{**step, "actions": {who: f"sings {HOSTILE}"}}]}
    path = tmp_path / "context.json"
    path.write_text(json.dumps(data))
    return path


@pytest.mark.parametrize("options", [(), ("--json",), ("--trace",)])
def test_a_parsed_chat(chat: Path, options: tuple[str, ...]) -> None:
    done = swm("parse", chat, *options)
    assert done.returncode == 0, done.stderr
    assert is_quiet(done)
    if options == ("--json",):
        said = json.loads(done.stdout)["socialized_context"][0]["actions"]["Ann"]
        assert "\x1b]0;owned\x07\x1b[2J" in said


@pytest.mark.parametrize("command", ["ask", "perspective", "timeline"])
def test_an_answer_and_a_view(chat: Path, command: str) -> None:
    more = {"ask": ["What is the code?"], "perspective": ["Bo"], "timeline": []}
    done = swm(command, chat, *more[command])
    assert done.returncode == 0, done.stderr
    assert is_quiet(done)


@pytest.mark.parametrize("command", ["parse", "validate", "timeline"])
def test_a_context(context: Path, command: str) -> None:
    assert is_quiet(swm(command, context))


def test_an_error_about_a_name(chat: Path) -> None:
    done = swm("perspective", chat, HOSTILE)
    assert done.returncode == 2
    assert is_quiet(done)
