from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.s3ap.tags import Piece, is_none, mental_state, split_pieces
from tests.strategies import tag, thought, words


def kinds(text: str) -> list[str]:
    return [piece.kind for piece in split_pieces(text)]


@pytest.mark.parametrize(
    "spelling",
    ["<same_as_state />", "<same_as_state/>", "<same_as_state>", "< same as state / >", "<SAME_AS_STATE />",
     "<sameasstate/>", "<same__as  state />", "[SAME AS STATE]", "[same_as_state]", "[ Same As State ]"],
)  # fmt: skip
def test_every_spelling_of_same_as_state_is_read(spelling: str) -> None:
    assert kinds(spelling) == ["state"]


@pytest.mark.parametrize(
    "spelling",
    ["<same_as_last_action />", "<same_as_last_action/>", "<same_as_last_action>", "<same as last action>",
     "[SAME AS LAST ACTION]", "[same_as_last_action]", "<Same_As_LastAction />"],
)  # fmt: skip
def test_every_spelling_of_same_as_last_action_is_read_without_an_index(spelling: str) -> None:
    (piece,) = split_pieces(spelling)

    assert (piece.kind, piece.index) == ("last_action", None)


@pytest.mark.parametrize(
    ("spelling", "index"),
    [("<same_as_last_action_0 />", 0), ("<same_as_last_action_12/>", 12), ("[SAME AS LAST ACTION 3]", 3),
     ("<same_as_last_action2>", 2)],
)  # fmt: skip
def test_an_indexed_tag_keeps_its_index(spelling: str, index: int) -> None:
    (piece,) = split_pieces(spelling)

    assert (piece.kind, piece.index) == ("last_action", index)


def test_an_index_of_ten_thousand_digits_is_read_and_not_refused() -> None:
    (piece,) = split_pieces(f"<same_as_last_action_{'9' * 10_000} />")

    assert piece.index is not None
    assert piece.index > 10**9


@given(tag("same", "as", "next", "state"), tag("unknown"), thought("x"))
def test_tags_side_by_side_are_told_apart_in_every_spelling(next_state: str, unknown: str, mental: str) -> None:
    assert kinds(f"{next_state}{unknown}{mental}") == ["next_state", "unknown", "mental"]


@given(words)
def test_a_text_without_tags_is_one_piece_with_its_inner_spacing(text: str) -> None:
    assert [piece.text for piece in split_pieces(text)] == ([text.strip()] if text.strip() else [])
    assert set(kinds(text)) <= {"text"}


def test_words_around_tags_stay_in_order() -> None:
    pieces = split_pieces(" Yes. <same_as_state/>and\nno <mental_state> hm </mental_state> ")

    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("text", "Yes."), ("state", "<same_as_state/>"), ("text", "and\nno"), ("mental", "hm"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["<mental_state>I hide it", "I hide it</mental_state>", "<same_as_last_action_x />", "<same_as_last_action_Ann />",
     "<same_as_states />", "</same_as_state>", '<mental_state kind="wish">'],
)  # fmt: skip
def test_what_is_meant_as_a_tag_and_is_none_is_broken_and_not_text(text: str) -> None:
    assert "broken" in kinds(text)


def test_nothing_after_an_unclosed_mental_state_is_read_as_words() -> None:
    assert kinds("Hello. <mental_state>I hide it. <same_as_state /> More.") == ["text", "broken"]


@pytest.mark.parametrize("text", ["[same day]", "a < b", "<same>", "[state]", "the unknown", "same as state"])
def test_ordinary_brackets_and_words_are_text(text: str) -> None:
    assert kinds(text) == ["text"]


@given(st.text(alphabet="<>[]/_ sameaststatelastactionunknownmental019", max_size=60))
def test_no_text_whatever_stops_the_reader(text: str) -> None:
    assert sum(len(piece.text) for piece in split_pieces(text)) <= len(text)


@pytest.mark.parametrize("text", ["none", "None", " NONE. ", "", " \n"])
def test_nothing_is_recognised_in_every_spelling(text: str) -> None:
    assert is_none(text)


@pytest.mark.parametrize("text", ["none of them", "nonetheless", "no", "<unknown />"])
def test_what_only_begins_like_none_is_something(text: str) -> None:
    assert not is_none(text)


def test_a_mental_state_written_is_read_back() -> None:
    (piece,) = split_pieces(mental_state("I am late"))

    assert (piece.kind, piece.text) == ("mental", "I am late")


@pytest.mark.parametrize(
    "text",
    [
        "[mental_state]so so[/mental_state]",
        "[MENTAL STATE] so so [/MENTAL STATE]",
        "<mental-state>so so</mental-state>",
    ],
)
def test_a_mental_state_is_private_in_older_spellings_too(text: str) -> None:
    assert split_pieces(f"Hi. {text}") == (Piece("text", "Hi."), Piece("mental", "so so"))


def test_hyphens_for_underscores_are_a_spelling() -> None:
    assert [piece.kind for piece in split_pieces("<same-as-state /> <same-as-last-action-1/>")] == [
        "state",
        "last_action",
    ]
