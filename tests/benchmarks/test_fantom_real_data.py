"""FANToM's real conversations; read from the folder SWM_DATA names."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from social_world_model.benchmarks.builtin.fantom import FANToM
from social_world_model.benchmarks.fantom_items import speakers
from social_world_model.contracts import BadRow, Item

PAPER = "fantom/fantom_64.reconstructed.jsonl"
DEV = "fantom/fantom_dev.reconstructed.jsonl"


def raw(swm_data: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in (swm_data / name).read_text(encoding="utf-8").split("\n") if row.strip()]


def loaded(swm_data: Path, name: str, **options: str) -> list[Item | BadRow]:
    return list(FANToM().configured(options).load(swm_data / name).rows)


def items(swm_data: Path, name: str, **options: str) -> list[Item]:
    return [row for row in loaded(swm_data, name, **options) if isinstance(row, Item)]


@pytest.mark.parametrize(("name", "sets", "questions"), [(PAPER, 64, 636), (DEV, 135, 1441)])
def test_every_set_is_read(swm_data: Path, name: str, sets: int, questions: int) -> None:
    rows = loaded(swm_data, name)
    assert not [row for row in rows if isinstance(row, BadRow)]
    assert len({row.set_id for row in rows if isinstance(row, Item)}) == sets
    assert len(rows) == questions


@pytest.mark.parametrize("name", [PAPER, DEV])
def test_the_whole_conversation_adds_only_the_questions_of_who_is_not_in_the_short_part(
    swm_data: Path, name: str
) -> None:
    rows = loaded(swm_data, name, input="full")
    unread = {row["set_id"] for row in raw(swm_data, name) if not row["full_context"]}
    assert 0 < len(unread) < 10
    assert {row.index for row in rows if isinstance(row, BadRow)} == unread
    short = [item for item in items(swm_data, name) if item.set_id not in unread]
    longer = [item for row in raw(swm_data, name) if row["set_id"] not in unread for item in absent(row)]
    assert len([row for row in rows if isinstance(row, Item)]) - len(short) == len(longer)


def absent(row: dict[str, Any]) -> list[Any]:
    both = [*row.get("answerabilityQAs_binary", []), *row.get("infoAccessibilityQAs_binary", [])]
    return [entry for entry in both if entry["correct_answer"] == "no:long"]


def test_all_127_draws_of_the_order_of_options_are_the_authors(swm_data: Path, tmp_path: Path) -> None:
    rows = raw(swm_data, PAPER)
    given = [entry.pop("mc_correct_index") for row in rows for entry in row["beliefQAs"]]
    path = tmp_path / "fantom.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    choices = [item for item in items(tmp_path, "fantom.json") if item.choices]
    assert len(choices) == 127
    assert [item.choices.index(str(item.correct_answer)) for item in choices] == given


@pytest.mark.parametrize("name", [PAPER, DEV])
def test_options_stand_as_in_the_text_of_the_question(swm_data: Path, name: str) -> None:
    texts = [" ".join(entry["mc_question"].split()) for row in raw(swm_data, name) for entry in row["beliefQAs"]]
    choices = [item for item in items(swm_data, name) if item.fields["kind"] == "belief-choice"]
    for text, item in zip(texts, choices, strict=True):
        assert f"(a) {item.choices[0]} (b) {item.choices[1]}" in text


# By the label of the order, how many people a question's chain has. Labels are never read: sentences with equal words
# are labelled both ways ("What does X believe about Y's views on …").
CHAINS = {
    PAPER: {("first", 1): 64, ("second", 2): 61, ("second", 1): 2},
    DEV: {("first", 1): 132, ("first", 2): 3, ("second", 2): 109, ("second", 1): 4, ("second", 0): 1},
}


@pytest.mark.parametrize("name", [PAPER, DEV])
def test_chains_are_speakers_and_agree_with_the_order_in_nearly_all_questions(swm_data: Path, name: str) -> None:
    beliefs = [item for item in items(swm_data, name) if item.fields["kind"] == "belief"]
    assert all(set(item.belief_chain) <= set(speakers(item.narrative)) for item in beliefs)
    assert (
        Counter((item.fields["tom_type"].partition("-")[0], len(item.belief_chain)) for item in beliefs) == CHAINS[name]
    )


@pytest.mark.parametrize(
    ("index", "chain"),
    [
        ("0-0-1-belief-0", ("Gianna",)),
        ("1-0-0-belief-1", ("Jaiden", "Veronica")),
        ("2-0-0-belief-1", ("Emanuel", "Jerry")),
        ("2-1-0-belief-0", ("Tristen",)),
        ("7-0-0-belief-0", ("Lisa",)),
        ("7-0-0-belief-1", ("Russell", "Lisa")),
        ("7-0-1-belief-1", ("Claire", "Lisa")),
        ("10-0-2-belief-0", ("Sophia",)),
        ("12-0-0-belief-1", ("Presley", "Paige")),
        ("12-0-2-belief-1", ("Isabel", "Paige")),
    ],
)
def test_chains_read_by_hand(swm_data: Path, index: str, chain: tuple[str, ...]) -> None:
    found = {item.index: item for item in items(swm_data, PAPER)}
    assert found[index].belief_chain == chain
    assert found[f"{index}-choice"].belief_chain == chain


@pytest.mark.parametrize(("name", "lacking"), [(PAPER, 27), (DEV, 41)])
def test_sets_without_labels_lack_their_questions_of_knowledge(swm_data: Path, name: str, lacking: int) -> None:
    lacks = {item.set_id: item.fields["set_lacks"] for item in items(swm_data, name)}
    knowledge = ["answerability-list", "answerability-binary", "access-list", "access-binary"]
    assert Counter(tuple(kinds) for kinds in lacks.values())[tuple(knowledge)] == lacking
    assert sum(bool(kinds) for kinds in lacks.values()) == lacking
