from __future__ import annotations

import pytest

from social_world_model.errors import NarrativeError
from social_world_model.symbolic.conversation import TranscriptLine, is_transcript, read_transcript


def said(text: str) -> list[tuple[tuple[str, ...], str]]:
    return [(line.people, line.text) for line in read_transcript(text).lines]


def test_a_line_is_a_name_and_an_utterance() -> None:
    read = read_transcript("Ann: Hi, Bo: look!\nBo:  What?")
    assert read.lines == (
        TranscriptLine(1, "utterance", ("Ann",), "Hi, Bo: look!"),
        TranscriptLine(2, "utterance", ("Bo",), "What?"),
    )
    assert (read.cast, read.problems) == (("Ann", "Bo"), ())


def test_a_line_without_a_name_goes_on_with_the_one_above() -> None:
    assert said("Ann: First,\n  second.\n\nthird\nBo: Yes.") == [(("Ann",), "First, second. third"), (("Bo",), "Yes.")]


@pytest.mark.parametrize(
    "line",
    [
        "[10:32] Ann: Hi",
        "10:32 Ann: Hi",
        "[2026-12-01 10:32:11] Ann: Hi",
        "12/01/26, 10:32 PM - Ann: Hi",
        "(00:01:02.300) Ann: Hi",
        "Ann (10:32): Hi",
        "Ann [10:32 am]: Hi",
        "**Ann**: Hi",
    ],
)
def test_time_stamps_are_no_part_of_a_name(line: str) -> None:
    assert said(f"{line}\nBo: Hello")[0] == (("Ann",), "Hi")


@pytest.mark.parametrize(
    ("line", "kind", "people"),
    [
        ("(Dan joins)", "join", ("Dan",)),
        ("[Dan has joined the meeting]", "join", ("Dan",)),
        ("*Dan comes back*", "join", ("Dan",)),
        ("Dan joined the call.", "join", ("Dan",)),
        ("(Dan and Kate enter)", "join", ("Dan", "Kate")),
        ("(Bo leaves the room)", "leave", ("Bo",)),
        ("Bo left", "leave", ("Bo",)),
        ("(Bo hangs up)", "leave", ("Bo",)),
        ("(They sit down.)", "note", ()),
    ],
)
def test_stage_lines_say_who_comes_and_goes(line: str, kind: str, people: tuple[str, ...]) -> None:
    read = read_transcript(f"Ann: Hi\nBo: Hello\n{line}\nAnn: Well.").lines[2]
    assert (read.kind, read.people) == (kind, people)


def test_people_speak_together_if_one_of_them_also_speaks_alone() -> None:
    assert said("Ann: Hi\nAnn & Bo: Bye")[1][0] == ("Ann", "Bo")
    assert said("Smith and Sons: We sell.\nAnn: I see.")[0][0] == ("Smith and Sons",)


def test_everybody_speaks_where_a_line_says_so() -> None:
    line = read_transcript("Ann: Ready?\nBo: Yes.\nEveryone: Go!").lines[2]
    assert (line.people, line.to_all, line.text) == ((), True, "Go!")


def test_two_people_of_one_name_are_told_apart_by_what_stands_behind_it() -> None:
    assert read_transcript("Ann (Sales): Hi\nAnn (Law): Hello").cast == ("Ann (Sales)", "Ann (Law)")


def test_a_stage_line_that_may_mean_two_people_is_named_and_means_nobody() -> None:
    read = read_transcript("Ann Lee: Hi\nAnn Kim: Hello\n(Ann leaves)")
    assert read.lines[2].people == ()
    assert list(map(str, read.problems)) == ["line 3: it may mean one or another: Ann, Ann Lee or Ann Kim"]


def test_a_part_of_a_name_that_is_one_persons_means_that_person() -> None:
    assert read_transcript("Ann Lee: Hi\nBo: Hello\n(Ann leaves)").lines[2].people == ("Ann Lee",)


@pytest.mark.parametrize("label", ["???", "Unknown", "Unknown speaker", ""])
def test_a_speaker_who_is_not_known_is_named_as_such(label: str) -> None:
    read = read_transcript(f"Ann: Hi\n{label}: Who knows?\nBo: Hello")
    assert read.lines[1] == TranscriptLine(2, "utterance", (), "Who knows?")
    assert list(map(str, read.problems)) == ["line 2: the speaker is not known: 'Who knows?'"]


def test_an_empty_utterance_is_named() -> None:
    read = read_transcript("Ann: Hi\nBo:\nAnn: Bo?")
    assert list(map(str, read.problems)) == ["line 2: nothing is said: Bo"]
    assert read.cast == ("Ann", "Bo")


def test_words_before_the_first_name_are_named() -> None:
    read = read_transcript("once upon a time\nAnn: Hi\nBo: Hello")
    assert list(map(str, read.problems)) == ["line 1: nobody is named who says it: 'once upon a time'"]


def test_what_somebody_tells_of_others_is_no_stage_line() -> None:
    read = read_transcript("Ann: Let me tell you.\nTom left his wife.\nBo: Oh.")
    assert read.lines[0].text == "Let me tell you. Tom left his wife."


def test_numbers_are_no_speakers() -> None:
    assert not is_transcript("1: Ann entered the hall.\n2: The ball is in the box.")


def test_headings_and_addresses_are_no_speakers() -> None:
    read = read_transcript("Topic: doors\nAnn: See\nhttps://doors.example: all there\nBo: Thanks")
    assert read.cast == ("Ann", "Bo")


def test_without_any_utterance_there_is_no_transcript() -> None:
    with pytest.raises(NarrativeError, match="expected a transcript with lines such as 'Ann: Hello', got none"):
        read_transcript("(Dan joins)\n(Dan leaves)")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ann entered the hall. The ball is in the box.",
        "Note: they wait.\nAnn entered the hall.",
        "A tale in three parts.\nOne: it rains.\nAnd so on.\nAnd on.\nAnd on.",
    ],
)
def test_prose_is_no_transcript(text: str) -> None:
    assert not is_transcript(text)


def test_a_transcript_may_begin_with_a_stage_line() -> None:
    assert is_transcript("(Ann and Bo sit down)\nAnn: Hi\nand well met\nand so on\nBo: Hello")
