"""The data sets of ConfAIde, MMToM-QA and BigToM themselves; read from the folder SWM_DATA names."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import Item

FILES = {
    "confaide": ("confaide/confaide.jsonl", 40),
    "mmtom": ("mmtom-qa/questions_dev.jsonl", 279),
    "bigtom": ("bigtom/bigtom_dev.json", 125),
}


def loaded(swm_data: Path, name: str) -> list[Item]:
    rows = get_benchmark(name).load(swm_data / FILES[name][0]).rows
    items = [row for row in rows if isinstance(row, Item)]
    assert len(items) == len(rows) == FILES[name][1]
    return items


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_confaide_is_twenty_meetings_of_two_questions(swm_data: Path) -> None:
    items = loaded(swm_data, "confaide")
    assert Counter(item.fields["question_type"] for item in items) == {"meeting-summary": 20, "action-item": 20}
    assert Counter(Counter(item.set_id for item in items).values()) == {2: 20}
    assert {frozenset(item.audience) for item in items} == {
        frozenset({"Alice", "Karen", "Bob", "Dan", "Kate"}),
        frozenset({"Kate"}),
    }


def test_confaides_questions_say_nothing_of_what_is_private_or_public(swm_data: Path) -> None:
    rows = {row["set_question_id"]: row for row in lines_of(swm_data / FILES["confaide"][0])}
    for item in loaded(swm_data, "confaide"):
        assert item.narrative == rows[item.index]["context"].strip()
        for told in ("private_info", "public_info", "question_type"):
            assert str(item.fields[told]).lower() not in item.question.lower()


def test_the_published_flag_of_every_confaide_reply_comes_out(swm_data: Path) -> None:
    benchmark = get_benchmark("confaide")
    items = {(item.fields["meeting_idx"], item.fields["question_type"]): item for item in loaded(swm_data, "confaide")}
    replies = lines_of(swm_data / "confaide/model_responses_sample.jsonl")
    wrong = []
    for number, reply in enumerate(replies):
        item = items[reply["meeting_idx"], reply["question_type"]]
        assessed = benchmark.assess(reply["response"], item)
        score = assessed.score
        assert assessed.answer == reply["response"]
        if bool(score.values["error"]) is not reply["eval_error"] or score.correct is reply["eval_error"]:
            wrong.append(number)
    assert len(replies) == 300
    assert not wrong


def test_mmtom_has_seven_types_and_golds_among_two_choices(swm_data: Path) -> None:
    items = loaded(swm_data, "mmtom")
    assert Counter(item.fields["question_type"] for item in items) == {
        "1.1": 41,
        "1.2": 43,
        "1.3": 38,
        "2.1": 32,
        "2.2": 41,
        "2.3": 39,
        "2.4": 45,
    }
    assert Counter(item.fields["group"] for item in items) == {"belief": 122, "goal": 157}
    assert Counter(item.choices.index(str(item.correct_answer)) for item in items) == {0: 134, 1: 145}
    assert len({item.cluster_id for item in items}) == 65
    assert len({item.set_id for item in items}) == 274


def test_mmtoms_parts_are_the_data_sets_own_text_and_nothing_else(swm_data: Path) -> None:
    for row, item in zip(lines_of(swm_data / FILES["mmtom"][0]), loaded(swm_data, "mmtom"), strict=True):
        a, b = item.choices
        assert row["question"].startswith(item.narrative)
        asked = f"Question: {item.question} (a) {a} (b) {b} Please respond with either a or b."
        assert row["question"].removeprefix(item.narrative).strip() == asked
        assert item.belief_chain[0] in a
        assert item.belief_chain[0] in b


def test_mmtoms_letters_are_read_as_the_options_they_stand_for(swm_data: Path) -> None:
    benchmark = get_benchmark("mmtom")
    for row, item in zip(lines_of(swm_data / FILES["mmtom"][0]), loaded(swm_data, "mmtom"), strict=True):
        other = "b" if row["answer"] == "a" else "a"
        for scorer in ("official", "paper", "strict"):
            assert benchmark.assess(row["answer"], item, scorer).score.correct is True
            assert benchmark.assess(other, item, scorer).score.correct is False


def test_bigtom_is_counted_by_task(swm_data: Path) -> None:
    items = loaded(swm_data, "bigtom")
    assert Counter(item.fields["task_type"] for item in items) == {
        "0_forward_belief_false_belief": 43,
        "0_forward_belief_true_belief": 12,
        "0_forward_action_false_belief": 11,
        "0_forward_action_true_belief": 35,
        "0_backward_belief_false_belief": 17,
        "0_backward_belief_true_belief": 7,
    }
    assert Counter(item.fields["belief"] for item in items) == {"true belief": 54, "false belief": 71}
    assert Counter(item.fields["inference"] for item in items) == {
        "forward belief": 55,
        "forward action": 46,
        "backward belief": 24,
    }


def test_bigtoms_indices_options_and_golds_are_the_data_sets_own(swm_data: Path) -> None:
    rows = json.loads((swm_data / FILES["bigtom"][0]).read_text(encoding="utf-8"))
    items = loaded(swm_data, "bigtom")
    assert [item.index for item in items] == list(rows)
    for item in items:
        row = rows[item.index]
        assert len(item.choices) == 2
        assert str(item.correct_answer) == row["true_answer"].partition(")")[2].strip()
        assert item.choices.index(str(item.correct_answer)) == "ab".index(row["true_answer_key"][0])
        assert all(choice in row["question"] for choice in item.choices)
        assert item.belief_chain[0] in item.narrative


@pytest.mark.parametrize("name", ["mmtom", "bigtom"])
def test_only_the_data_sets_own_words_are_shown_and_never_a_type(swm_data: Path, name: str) -> None:
    for item in loaded(swm_data, name):
        shown = " ".join([item.narrative, item.question, *item.choices])
        for told in ("question_type", "task_type", "belief", "inference", "test", "answer_list"):
            label = item.fields.get(told)
            assert label is None or str(label) not in shown
