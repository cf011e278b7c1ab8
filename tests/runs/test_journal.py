from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_world_model.contracts import Reply
from social_world_model.runs.journal import FILE_NAME, Journal, journaled_usage
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
    assert again.damaged == 3, "the last line is not counted: the process was killed while it wrote this line"
    again.close(finished=True)
    assert not (tmp_path / FILE_NAME).exists()


GOOD = {"item": "a", "key": "2", "reply": {"response": "x", "usage": {"requests": 1}}}


@pytest.mark.parametrize(
    "damage",
    [
        {"item": {}},
        {"key": ["2"]},
        {"reply": {}},
        {"reply": {"response": 1, "usage": {}}},
        {"reply": {"response": "x", "usage": {"requests": 10**400}}},
        {"reply": {"response": "x", "usage": {"cost": "1"}}},
        {"reply": {"response": "x", "usage": {}, "status": {}}},
        {"reply": {"response": "x", "usage": {}, "unknown": 1}},
    ],
    ids=lambda damage: str(damage)[:60],
)
def test_a_damaged_reply_is_counted_and_no_other_reply_is_lost(tmp_path: Path, damage: dict[str, object]) -> None:
    lines = [GOOD | damage, GOOD | {"key": "3"}]
    (tmp_path / FILE_NAME).write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    journal = opened(tmp_path, "a")
    assert (journal.damaged, journal.replies) == (1, 1)
    assert journal.find("3") is not None
    journal.close(finished=True)


def test_usage_of_replies_counts_until_a_result_contains_them(tmp_path: Path) -> None:
    journal = opened(tmp_path, "a", "b")
    journal.keep("a", "1", REPLY)
    journal.keep("b", "2", REPLY)
    assert journaled_usage(tmp_path, {"b"}) == REPLY.usage
    assert journaled_usage(tmp_path, set()) == REPLY.usage + REPLY.usage
    journal.close(finished=True)
    assert journaled_usage(tmp_path, set()) == Usage()


def test_without_a_folder_nothing_is_kept() -> None:
    journal = Journal(None)
    journal.open(["a"])
    journal.keep("a", "1", REPLY)
    journal.forget("a")
    assert journal.find("1") is None
    journal.close(finished=True)
