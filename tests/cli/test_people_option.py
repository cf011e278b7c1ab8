"""Chats in folders, and ``--people``, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import swm

SLACK = Path(__file__).parents[1] / "data" / "chats" / "slack"
CHAT = "ann.w: The key is on the shelf.\nBo: Good.\n"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.yaml"
    path.write_text("Ann Weber: [ann.w]\nCy: []\n", encoding="utf-8")
    return path


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    path = tmp_path / "chat.txt"
    path.write_text(CHAT, encoding="utf-8")
    return path


def test_a_folder_of_slack_can_be_asked() -> None:
    done = swm("ask", SLACK / "general", "Who knows when the vault opens?")
    assert (done.returncode, done.stdout) == (0, "Rosa Keller, Ivo Lang, Sam\n")


def test_an_export_with_several_chats_asks_which_one() -> None:
    done = swm("timeline", SLACK)
    assert done.returncode == 2
    assert "general, random" in done.stderr


@pytest.mark.parametrize("command", [("timeline",), ("parse",), ("parse", "--trace"), ("perspective", "Cy")])
def test_people_work_for_every_command(command: tuple[str, ...], chat: Path, people: Path) -> None:
    done = swm(command[0], chat, *command[1:], "--people", people)
    assert done.returncode == 0
    assert "Cy" in done.stdout and "ann.w" not in done.stdout


def test_a_silent_person_hears_what_is_said(chat: Path, people: Path) -> None:
    assert swm("ask", chat, "Does Cy know where the key is?", "--people", people).stdout == "yes\n"
    assert swm("ask", "-", "Does Cy know where the key is?", "--people", people, stdin=CHAT).stdout == "yes\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [("Ann: [a]\nAnn: [b]", "Ann twice"), ("[1, 2", "expected YAML or JSON"), ("5", "expected names with lists")],
)
def test_a_wrong_file_of_people_is_refused(content: str, expected: str, chat: Path, people: Path) -> None:
    people.write_text(content, encoding="utf-8")
    done = swm("timeline", chat, "--people", people)
    assert done.returncode == 2
    assert expected in done.stderr


def test_people_need_a_chat(tmp_path: Path, people: Path) -> None:
    context = tmp_path / "context.json"
    context.write_text('{"agents_names": ["Al"], "socialized_context": []}', encoding="utf-8")
    done = swm("timeline", context, "--people", people)
    assert done.returncode == 2
    assert "expected a chat if --people is set, got a context" in done.stderr
