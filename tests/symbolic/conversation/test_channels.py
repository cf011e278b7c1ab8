from __future__ import annotations

import pytest

from social_world_model.symbolic.conversation import presence, read_transcript


def there(text: str) -> list[set[str]]:
    return [set(people) for people in presence(read_transcript(text))]


def test_listed_members_are_present_from_the_list_on_and_do_nothing() -> None:
    read = read_transcript("(Members: Ann Lee, Bo)\nAnn Lee: Hi")
    assert read.channel == "members"
    assert [(line.kind, line.people, line.text) for line in read.lines] == [
        ("join", ("Ann Lee", "Bo"), ""),
        ("utterance", ("Ann Lee",), "Hi"),
    ]


def test_in_a_channel_a_farewell_removes_nobody() -> None:
    chat = "Ann: Hi\nBo: I have to go, bye.\nAnn: The key is on the shelf.\nBo: I'm back. What did I miss?"
    assert there(f"(Members: Ann, Bo)\n{chat}") == [{"Ann", "Bo"}] * 5
    assert there(chat)[2] == {"Ann"}


def test_in_a_channel_stage_lines_still_decide() -> None:
    assert there("(Members: Ann, Bo)\nAnn: Hi\n(Bo leaves)\nAnn: x\n(Bo joins)\nAnn: y") == [
        {"Ann", "Bo"},
        {"Ann", "Bo"},
        {"Ann", "Bo"},
        {"Ann"},
        {"Ann", "Bo"},
        {"Ann", "Bo"},
    ]


@pytest.mark.parametrize("name", ["Will", "May Chen", "@mum", "+1 555 123-4567", "Ann 🎂", "🎂", "Al de la Cruz Soto"])
def test_names_of_any_form_are_read_in_stage_lines(name: str) -> None:
    read = read_transcript(f"(Members: Ann)\nAnn: Hi\n({name} joins)\n({name} left)\nAnn: So.")
    assert [(line.kind, line.people) for line in read.lines[2:4]] == [("join", (name,)), ("leave", (name,))]


def test_the_owner_of_a_phone_is_known_only_if_somebody_speaks_as_you() -> None:
    read = read_transcript("Ann: Hi\n(You left)\nAnn: So.")
    assert (read.cast, [problem.number for problem in read.problems]) == (("Ann",), [2])
    read = read_transcript("Ann: Hi\nYou: Hello\n(You left)\nAnn: So.")
    assert (read.cast, read.lines[2].kind, read.problems) == (("Ann", "You"), "leave", ())
