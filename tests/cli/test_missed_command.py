"""``swm missed`` lists what a person did not hear."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import swm

CHAT = """Ulla: The lamp is broken.
(Vic leaves)
Ulla: Vic gets a new lamp for his birthday.
Wim: Good idea.
(Vic comes back)
Vic: Did I miss much?
"""


@pytest.fixture
def chat(tmp_path: Path) -> str:
    file = tmp_path / "chat.txt"
    file.write_text(CHAT, encoding="utf-8")
    return str(file)


def test_the_lines_that_a_person_did_not_hear_are_printed_with_their_numbers(chat: str) -> None:
    done = swm("missed", chat, "Vic")
    assert done.stdout.splitlines() == ["3. Ulla: Vic gets a new lamp for his birthday.", "4. Wim: Good idea."]


def test_whoever_heard_everything_missed_nothing(chat: str) -> None:
    assert swm("missed", chat, "Wim").stdout == "nothing\n"


def test_an_unknown_name_is_a_usage_error_that_lists_the_people(chat: str) -> None:
    done = swm("missed", chat, "Zed")
    assert done.returncode == 2
    assert "Ulla, Vic, Wim" in done.stderr
