"""What ``swm ask`` says about its answers: how certain they are, why, and on what they depend."""

from __future__ import annotations

from pathlib import Path

import pytest

from social_world_model import SocializedContext, SocialWorldModel
from social_world_model.cli.answers import show_answer, tell_guess, tell_unread
from social_world_model.symbolic.parser import NOT_READ
from social_world_model.world_model import Answer
from tests.commands import swm

CHAT = """Mia: The lamp is broken.
Leo: I will fix it on Friday.

(Kim may be leaving soon)
Leo: The ladder is in the shed."""
HOME = """What's inside the apartment: The kitchen has a fridge. There is a mug inside the fridge.
Actions taken by Mia: Mia is in the kitchen. She walks to the fridge and opens it."""


def unread(context: SocializedContext, told: str) -> SocializedContext:
    """Return the same context with a manual that names unread lines."""
    manual = f"{(context.context_manual or '').partition(NOT_READ)[0]} {NOT_READ} {told}"
    return context.model_copy(update={"context_manual": manual})


@pytest.mark.parametrize(("certain", "word"), [(True, "certain"), (False, "uncertain")])
def test_the_reason_and_the_lines_follow_the_answer(
    capsys: pytest.CaptureFixture[str], certain: bool, word: str
) -> None:
    context = SocialWorldModel().parse_sync(CHAT)
    show_answer(Answer("Leo", certain=certain, evidence=(2, 5), why="Leo said it."), context, explained=True)
    assert capsys.readouterr() == (
        f"Leo\n{word}: Leo said it.\nline 2: Leo: I will fix it on Friday.\nline 5: Leo: The ladder is in the shed.\n",
        "",
    )
    show_answer(Answer("Leo", certain=certain, evidence=(2, 5), why="Leo said it."), context, explained=False)
    assert capsys.readouterr() == ("Leo\n", "")


def test_stories_have_sentences_and_contexts_without_a_story_have_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    context = SocialWorldModel().parse_sync("Mia entered the cellar. The lamp is in the crate.")
    show_answer(Answer("crate", certain=True, evidence=(2,)), context, explained=True)
    assert capsys.readouterr().out == "crate\ncertain\nsentence 2: The lamp is in the crate.\n"


def test_a_guess_has_a_note_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    tell_guess(Answer("Leo", certain=False, why="Kim may have left."))
    tell_guess(Answer("Leo", certain=False))
    tell_guess(Answer("Leo", certain=True, why="Leo said it."))
    assert capsys.readouterr() == (
        "",
        "note: this answer is a guess: Kim may have left; use --why\nnote: this answer is a guess; use --why\n",
    )


def test_unread_lines_are_shown_with_their_text_and_their_reason(capsys: pytest.CaptureFixture[str]) -> None:
    context = SocialWorldModel().parse_sync(CHAT)
    tell_unread(context)
    assert capsys.readouterr().err == ""
    tell_unread(unread(context, "line 4, it is not plain; who goes; line 5, nobody says it."))
    assert capsys.readouterr().err.splitlines()[1:] == [
        "note:   line 4: (Kim may be leaving soon) (it is not plain; who goes)",
        "note:   line 5: Leo: The ladder is in the shed. (nobody says it)",
    ]
    tell_unread(unread(context, "; ".join(f"line {number}, it is not plain" for number in range(1, 10))))
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 7 and told[0].startswith("note: these lines were not read")
    assert told[-1] == "note:   … and 4 more; swm parse lists all"


def test_unread_sentences_of_a_story_have_their_text_too(capsys: pytest.CaptureFixture[str]) -> None:
    context = SocialWorldModel().parse_sync("Mia entered the cellar. The lamp is in the crate.")
    tell_unread(unread(context, "sentence 2, the place is not known."))
    assert capsys.readouterr().err.splitlines() == [
        "note: these sentences were not read, or only in part; they may change the answer:",
        "note:   sentence 2: The lamp is in the crate. (the place is not known)",
    ]


def test_unread_lines_of_a_stored_context_have_numbers_only(capsys: pytest.CaptureFixture[str]) -> None:
    context = unread(SocialWorldModel().parse_sync(CHAT), "line 4, it is not plain.")
    tell_unread(SocializedContext.from_json(context.to_json()))
    assert capsys.readouterr().err.splitlines()[1:] == ["note:   line 4 (it is not plain)"]


def test_unread_sentences_of_a_household_are_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    tell_unread(SocialWorldModel().parse_sync(HOME.replace("There is a mug", "Gleam! There is a mug")))
    assert capsys.readouterr().err == "note: these parts were not read, or only in part: sentence 2.\n"
    tell_unread(SocialWorldModel().parse_sync(HOME))
    assert capsys.readouterr().err == ""


def test_the_command_prints_the_answer_first_and_the_reason_on_request(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(CHAT, encoding="utf-8")
    plain = swm("ask", tmp_path / "chat.txt", "Who knows where the ladder is?")
    assert plain.returncode == 0 and plain.stdout.splitlines() == ["Mia, Leo"]
    told = swm("ask", tmp_path / "chat.txt", "Who knows where the ladder is?", "--why")
    assert told.returncode == 0 and told.stdout.splitlines()[0] == "Mia, Leo"
    assert told.stdout.splitlines()[1].partition(":")[0] in ("certain", "uncertain")
    assert "this answer is a guess" not in told.stderr
