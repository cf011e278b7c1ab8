from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.s3ap.entries import read_entries, write_entries
from tests.strategies import hostile_casts, words


@given(hostile_casts, st.data())
def test_entries_written_for_hostile_names_are_read_back(cast: list[str], data: st.DataObject) -> None:
    texts = {name: data.draw(words) for name in cast}

    assert read_entries(cast, write_entries(cast, texts), "path") == (texts, [])


@given(hostile_casts)
def test_names_are_told_apart_in_any_order_of_entries(cast: list[str]) -> None:
    entries = [f"{name}: number {number}" for number, name in enumerate(cast)]

    texts, issues = read_entries(cast, entries[::-1], "path")

    if "Ann" in cast and "Ann: the elder" in cast:  # the one pair where a name and its text read like another name
        assert issues or set(texts) == set(cast)
    else:
        assert (texts, issues) == ({name: f"number {number}" for number, name in enumerate(cast)}, [])


def test_an_entry_without_a_colon_is_an_issue_and_not_dropped() -> None:
    texts, issues = read_entries(["Ann", "Bob"], ["Ann: waves", "Bob waves back"], "here")

    assert texts == {"Ann": "waves"}
    assert [(issue.path, issue.got, issue.severity) for issue in issues] == [("here[1]", "'Bob waves back'", "error")]


def test_a_second_entry_for_an_agent_is_an_issue_and_does_not_overwrite_the_first() -> None:
    texts, issues = read_entries(["Ann", "Bob"], ["Ann: waves", "Ann: sleeps"], "here")

    assert texts == {"Ann": "waves"}
    assert [(issue.path, issue.expected) for issue in issues] == [("here[1]", "one entry for Ann")]


def test_an_entry_of_an_unknown_name_is_an_issue_and_adds_nobody() -> None:
    texts, issues = read_entries(["Ann"], ["Zed: waves"], "here")

    assert texts == {}
    assert [issue.got for issue in issues] == ["'Zed: waves'"]


def test_ann_and_anna_are_two_people() -> None:
    texts, issues = read_entries(["Anna", "Ann"], ["Ann: waves", "Anna: sleeps"], "here")

    assert (texts, issues) == ({"Ann": "waves", "Anna": "sleeps"}, [])


def test_anna_is_nobody_where_only_ann_is_in_the_cast() -> None:
    texts, issues = read_entries(["Ann"], ["Anna: sleeps"], "here")

    assert texts == {}
    assert len(issues) == 1


def test_a_name_with_a_colon_is_not_cut() -> None:
    texts, issues = read_entries(["Bob", "Ann: the elder"], ["Bob: none", "Ann: the elder: says: hi"], "here")

    assert (texts, issues) == ({"Bob": "none", "Ann: the elder": "says: hi"}, [])


def test_an_entry_goes_to_the_agent_at_its_place_before_a_longer_name() -> None:
    texts, _ = read_entries(["Ann", "Ann: the elder"], ["Ann: the elder: waves"], "here")

    assert texts == {"Ann": "the elder: waves"}


def test_an_entry_out_of_place_goes_to_the_longest_name() -> None:
    texts, _ = read_entries(["Bob", "Ann", "Ann: the elder"], ["Ann: the elder: waves"], "here")

    assert texts == {"Ann: the elder": "waves"}


@pytest.mark.parametrize("entry", ["Ann:waves", "Ann : waves", "  Ann:  waves ", "Ann\t: waves"])
def test_spacing_around_the_colon_is_tolerated(entry: str) -> None:
    texts, issues = read_entries(["Ann"], [entry], "here")

    assert {name: text.strip() for name, text in texts.items()} == {"Ann": "waves"}
    assert issues == []


def test_an_empty_text_is_an_entry_and_a_missing_one_is_not() -> None:
    assert read_entries(["Ann", "Bob"], ["Ann:"], "here") == ({"Ann": ""}, [])
