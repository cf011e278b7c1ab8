"""One small file per format, in the shape of the real export, with the transcript beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from social_world_model.symbolic import parse_narrative
from social_world_model.symbolic.conversation import read_transcript
from social_world_model.symbolic.conversation.exports import read_chat_at

CHATS = Path(__file__).parents[2] / "data" / "chats"
FILES = sorted(path for path in CHATS.iterdir() if path.is_file() and path.suffix != ".expected")


def expected(path: Path) -> str:
    return path.with_suffix(".expected").read_text(encoding="utf-8").removesuffix("\n")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_export_is_read_as_the_transcript_beside_it(path: Path) -> None:
    assert read_chat_at(path) == expected(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_transcript_has_the_people_of_the_export_and_makes_a_context(path: Path) -> None:
    text = read_chat_at(path)
    said = [line for line in text.splitlines() if not line.startswith("(")]
    read = read_transcript(text)
    assert len([line for line in read.lines if line.kind == "utterance"]) == len(said)
    assert read.problems == () or "Unknown:" in text
    assert parse_narrative(text)[0].agents_names == list(read.cast)
