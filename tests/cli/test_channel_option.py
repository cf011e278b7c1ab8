from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import swm

CHAT = (
    "Nora: The spare key is in the shed.\nLars: I have to run, bye!\nNora: The alarm code is 5512.\n"
    "(Mia joins)\nMia: Hi."
)


@pytest.fixture
def chat(tmp_path: Path) -> str:
    path = tmp_path / "chat.txt"
    path.write_text(CHAT, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("options", "known_by"),
    [((), "Nora"), (("--channel", "members"), "Nora, Lars"), (("--channel", "history"), "Nora, Lars, Mia")],
)
def test_who_reads_a_channel_is_an_option(chat: str, options: tuple[str, ...], known_by: str) -> None:
    done = swm("ask", chat, "Who knows what the alarm code is?", *options)
    assert (done.returncode, done.stdout) == (0, f"{known_by}\n")


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (("timeline",), "Lars  ─●───\n"),
        (("parse", "--trace"), "5512.        Nora, Lars\n"),
        (("perspective", "Lars"), "5512"),
        (("missed", "Lars"), "nothing\n"),
    ],
)
def test_every_command_that_reads_a_chat_has_the_option(chat: str, command: tuple[str, ...], shown: str) -> None:
    done = swm(command[0], chat, *command[1:], "--channel", "members")
    assert done.returncode == 0
    assert shown in done.stdout


@pytest.mark.parametrize("text", ["Anna put the ball in the box.", '{"agents_names": [], "socialized_context": []}'])
def test_the_option_needs_a_chat(tmp_path: Path, text: str) -> None:
    (tmp_path / "story.txt").write_text(text, encoding="utf-8")
    done = swm("timeline", tmp_path / "story.txt", "--channel", "history")
    assert done.returncode == 2
    assert "expected a chat if --channel is set" in done.stderr
