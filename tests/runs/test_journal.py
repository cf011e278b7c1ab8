from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_world_model.contracts import Reply
from social_world_model.runs.journal import FILE_NAME, Journal
from social_world_model.usage import Usage

REPLY = Reply(response="box", raw="{…}", usage=Usage(requests=1, input_tokens=3, cost=0.5))


def opened(folder: Path, *unfinished: str) -> Journal:
    journal = Journal(folder)
    journal.open(unfinished)
    return journal


def test_a_reply_to_an_unfinished_item_is_found_once_after_a_kill(tmp_path: Path) -> None:
    killed = opened(tmp_path, "item")
    killed.keep("item", "key", REPLY)
    again = opened(tmp_path, "item")  # the first was never closed
    assert again.find("key") == REPLY
    assert again.find("key") is None
    again.close(finished=False)
    killed.close(finished=False)


def test_replies_to_finished_items_are_dropped(tmp_path: Path) -> None:
    journal = opened(tmp_path, "a", "b")
    journal.keep("a", "1", REPLY)
    journal.keep("b", "2", REPLY)
    journal.close(finished=False)
    again = opened(tmp_path, "b")
    assert (again.find("1"), again.find("2")) == (None, REPLY)
    again.close(finished=False)


def test_replies_that_came_to_nothing_are_dropped_and_later_ones_kept(tmp_path: Path) -> None:
    journal = opened(tmp_path, "a")
    journal.keep("a", "1", REPLY)
    journal.forget("a")
    journal.keep("a", "2", REPLY)
    journal.close(finished=False)
    again = opened(tmp_path, "a")
    assert (again.find("1"), again.find("2")) == (None, REPLY)
    again.close(finished=False)


@settings(max_examples=50)
@given(text=st.text())
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = opened(folder, "a")
    journal.keep("a", "1", Reply(response=text))
    journal.close(finished=False)
    again = opened(folder, "a")
    found = again.find("1")
    again.close(finished=True)
    assert found is not None
    assert found.response == text


def test_half_a_character_stops_nothing(tmp_path: Path) -> None:
    journal = opened(tmp_path, "a")
    journal.keep("a", "1", Reply(response="half \ud83d"))
    journal.close(finished=False)
    again = opened(tmp_path, "a")
    assert again.find("1") is not None
    again.close(finished=False)


def test_half_a_line_and_other_lines_are_read_over(tmp_path: Path) -> None:
    journal = opened(tmp_path, "a")
    journal.keep("a", "1", REPLY)
    journal.close(finished=False)
    with (tmp_path / FILE_NAME).open("a") as file:
        file.write('[]\n{"item": "a"}\nnull\n{"item": "a", "key": "2", "rep')
    again = opened(tmp_path, "a")
    assert (again.find("1"), again.find("2")) == (REPLY, None)
    again.close(finished=True)
    assert not (tmp_path / FILE_NAME).exists()


def test_without_a_folder_nothing_is_kept() -> None:
    journal = Journal(None)
    journal.open(["a"])
    journal.keep("a", "1", REPLY)
    journal.forget("a")
    assert journal.find("1") is None
    journal.close(finished=True)
