"""What the reader makes of 400 real replies to Hi-ToM; read from the folder SWM_DATA names.

The sample holds the letter that a simple reader took from each reply, or none. A hundred replies of the latter kind are
labelled by hand in tests/golden/benchmarks/hitom_reply_labels.json, before the reader was written: the option that the
reply's last statement of an answer commits to. "none" is for a reply that cannot tell, breaks off, answers with what is
no option, or gives as its answer, after reasoning, a letter and the words of another option. What is read of each,
and by which rule, stands in tests/golden/benchmarks/replies.jsonl.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from social_world_model.benchmarks.extraction import OPTION_RULES, ReplyText, chosen, extracted, split_choices

CORPUS = Path(__file__).parents[1] / "golden" / "benchmarks" / "replies.jsonl"
LABELS = Path(__file__).parents[1] / "golden" / "benchmarks" / "hitom_reply_labels.json"

# The simple reader took an early "so the answer is H" of step one; the reply ends "the answer is none of the above".
WRONG_LETTERS = {94}


@pytest.fixture
def replies(swm_data: Path) -> list[dict[str, Any]]:
    file = swm_data / "hitom" / "model_predictions_sample.jsonl"
    if not file.exists():
        pytest.skip(f"no sample of replies: {file} is not there")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def letter(row: dict[str, Any]) -> str | None:
    choices = split_choices(row["choices"])
    option = chosen(row["response"], choices)
    return None if option is None else chr(ord("A") + choices.index(option))


def test_every_list_of_choices_is_split_into_fifteen(replies: list[dict[str, Any]]) -> None:
    assert {len(split_choices(row["choices"])) for row in replies} == {15}


def test_the_reader_agrees_with_every_letter_but_those_read_and_found_wanting(replies: list[dict[str, Any]]) -> None:
    given = {number: row for number, row in enumerate(replies) if row["parsed_letter"] is not None}
    other = {number: (row["parsed_letter"], letter(row)) for number, row in given.items()}
    other = {number: letters for number, letters in other.items() if letters[0] != letters[1]}
    for number, letters in other.items():
        print(f"row {number}: simple reader {letters[0]}, reader {letters[1]}")  # noqa: T201
    assert len(given) == 242
    assert len(other) / len(given) <= 0.01
    assert set(other) == WRONG_LETTERS
    assert all(read is None for _, read in other.values())


def test_the_reader_agrees_with_the_labels_made_by_hand(replies: list[dict[str, Any]]) -> None:
    labels: dict[str, str] = json.loads(LABELS.read_text(encoding="utf-8"))
    read = {number: letter(replies[int(number)]) or "none" for number in labels}
    given = [number for number in labels if read[number] != "none"]
    labelled = [number for number in labels if labels[number] != "none"]
    right = [number for number in given if read[number] == labels[number]]
    print({number: (labels[number], read[number]) for number in labels if labels[number] != read[number]})  # noqa: T201
    assert len(labels) == 100
    assert len(right) / len(given) >= 0.98
    assert len(right) / len(labelled) >= 0.90


def test_every_real_reply_gives_its_answer_by_its_rule(replies: list[dict[str, Any]]) -> None:
    lines = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    expected = [(line["answer"], line["rule"]) for line in lines if line["source"] == "real"]
    got = []
    for row in replies:
        choices = split_choices(row["choices"])
        found = extracted(OPTION_RULES, ReplyText(row["response"], choices=choices))
        got.append((None if found.answer is None else chr(ord("A") + choices.index(found.answer)), found.rule))
    offenders = [
        f"row {number}: expected {wanted[0]} by {wanted[1]}, got {given[0]} by {given[1]}"
        for number, (wanted, given) in enumerate(zip(expected, got, strict=True))
        if wanted != given
    ]
    assert len(got) == 400
    assert not offenders, "\n".join(offenders)
