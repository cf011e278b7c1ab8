from __future__ import annotations

import pytest

from social_world_model.symbolic.conversation import read_transcript
from social_world_model.symbolic.conversation.labels import shape_of


@pytest.mark.parametrize(
    ("line", "label", "text"),
    [
        ("Ann: Hi", "Ann", "Hi"),
        ("**Ann:** Hi", "Ann", "Hi"),
        ("**Ann**: Hi", "Ann", "Hi"),
        ("Ann (she/her): Hi", "Ann (she/her)", "Hi"),
        ("Ann (user1): Hi", "Ann (user1)", "Hi"),
        ("Bo:hello", "Bo", "hello"),
        ("小明：再见", "小明", "再见"),
        ("Ann 10:02: Hi", "Ann", "Hi"),
        ("Ann, 10:02: Hi", "Ann", "Hi"),
        ("Ann [10:02 am]: Hi", "Ann", "Hi"),
        ("2026-01-12T10:02:11+02:00 Ann: Hi", "Ann", "Hi"),
        ("Jan 12 10:02 Ann: Hi", "Ann", "Hi"),
        ("[10:02:33.5 - 10:02:40] Ann: Hi", "Ann", "Hi"),
        ("[12s] Ann: Hi", "Ann", "Hi"),
        ("12/01/2026 à 10:02 - Ann: Hi", "Ann", "Hi"),
        ("<Ann> Hi", "Ann", "Hi"),
        ("> Ann: Hi", "Ann", "Hi"),
        ("- Ann: Hi", "Ann", "Hi"),
        ("1. Ann: Hi", "Ann", "Hi"),
        ('"Ann": Hi', "Ann", "Hi"),
        ("# Ann: Hi", "Ann", "Hi"),
        ("\u200eAnn\u200b: Hi", "Ann", "Hi"),
        ("🦄: Hi", "🦄", "Hi"),
        ("@ann_b: Hi", "@ann_b", "Hi"),
        ("+49 170 12345: Hi", "+49 170 12345", "Hi"),
        ("Dr. Lee: Hi", "Dr. Lee", "Hi"),
        ("O’Brien: Hi", "O’Brien", "Hi"),
        ("Bot 2.0: Hi", "Bot 2.0", "Hi"),
        ("Di: Hi", "Di", "Hi"),
        ("???: Hi", "", "Hi"),
    ],
)
def test_who_speaks_stands_before_a_colon(line: str, label: str, text: str) -> None:
    shape = shape_of(line)
    assert (shape.label, shape.text, shape.is_certain) == (label, text, True)


@pytest.mark.parametrize(
    "line",
    [
        "10:30 is fine",
        "https://doors.example",
        "Note: they wait",
        "So here is the thing: we go",
        "1: Hi",
        "Ratio:3",
        "Error: x",
    ],
)
def test_other_colons_make_no_speaker(line: str) -> None:
    assert not shape_of(line).label


def test_a_label_in_small_letters_is_a_speaker_if_it_stands_before_two_lines() -> None:
    assert read_transcript("Ann: Hi\nmum: Hello\nAnn: So?\nmum: Yes.").cast == ("Ann", "mum")
    assert read_transcript("speaker 1: Hi\nspeaker 2: Hello\nspeaker 1: So?\nspeaker 2: Yes.").cast == (
        "speaker 1",
        "speaker 2",
    )


def test_otherwise_it_is_taken_for_words_and_named() -> None:
    read = read_transcript("Ann: Buy this.\nbread: two\nBo: Yes.")
    assert read.lines[0].text == "Buy this. bread: two"
    assert list(map(str, read.problems)) == ["line 2: what may be a speaker is taken for words: 'bread: two'"]


def test_one_person_may_be_spelled_in_several_ways() -> None:
    read = read_transcript("Ann: a\nANN: b\nann: c\nO’Brien: d\nO'Brien: e\nJose\u0301: f\nJos\u00e9: g")
    assert read.cast == ("Ann", "O’Brien", "Jos\u00e9")


def test_a_header_is_no_speaker() -> None:
    text = "Team Meeting\nDate: May 3\nAttendees: Ann, Bo\n\nAnn: Hi\nBo: Hello\nAnn: So.\nBo: Yes."
    assert read_transcript(text).cast == ("Ann", "Bo")


def test_tags_are_no_part_of_a_name() -> None:
    assert read_transcript("Ann: hi\n<same_as_state />: hello\nBo: x").cast == ("Ann", "same_as_state /", "Bo")
