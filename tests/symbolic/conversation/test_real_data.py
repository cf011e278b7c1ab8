"""What the conversation parser reaches on FANToM and ConfAIde; read from the folder SWM_DATA names.

FANToM's list and yes-no labels are inferred in these files, in part from who was present: figures on them say how far
the rules agree with that inference, and are not to be compared with published ones.
"""

from __future__ import annotations

import asyncio
import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from social_world_model.benchmarks import get_benchmark
from social_world_model.benchmarks.fantom_tables import weighted_f1
from social_world_model.contracts import Item
from social_world_model.modes.base import query_of
from social_world_model.s3ap import SocializedContext, decode, encode, events, perspective, validate
from social_world_model.symbolic import SymbolicModel, parse_narrative
from social_world_model.symbolic.conversation import presence, read_transcript

FANTOM = ("fantom_dev", "fantom_64")
ACCESS = "missed_info_accessibility"


@cache
def items(data: Path, file: str) -> tuple[Item, ...]:
    rows = get_benchmark("fantom").load(data / "fantom" / f"{file}.reconstructed.jsonl").rows
    assert all(isinstance(row, Item) for row in rows)
    return tuple(row for row in rows if isinstance(row, Item) and row.correct_answer is not None)


@cache
def context_of(narrative: str, chain: tuple[str, ...] = ()) -> SocializedContext:
    context = parse_narrative(narrative)[0]
    return perspective(context, chain) if chain else context


def answer(item: Item, view: bool = False) -> str:
    context = context_of(item.narrative, item.belief_chain if view else ())
    return asyncio.run(SymbolicModel().answer(replace(query_of(item), context=context))).response


def right(item: Item, said: str) -> bool:
    return get_benchmark("fantom").score(said, item).correct is True


def choices(data: Path, file: str) -> list[Item]:
    return [item for item in items(data, file) if item.choices]


def counts(judged: Iterator[tuple[str, bool]]) -> dict[str, tuple[int, int]]:
    """Return how many of how many are right, by kind."""
    found: dict[str, list[bool]] = defaultdict(list)
    for kind, correct in judged:
        found[kind].append(correct)
    return {kind: (sum(each), len(each)) for kind, each in found.items()}


@pytest.mark.parametrize(
    ("file", "inaccessible", "accessible"),
    [
        (
            "fantom_dev",
            {"first-order": (98, 101), "second-order": (65, 66)},
            {"first-order": (31, 34), "second-order": (38, 48)},
        ),
        (
            "fantom_64",
            {"first-order": (52, 54), "second-order": (41, 42)},
            {"first-order": (10, 10), "second-order": (17, 21)},
        ),
    ],
)
def test_multiple_choice_beliefs(
    swm_data: Path, file: str, inaccessible: dict[str, tuple[int, int]], accessible: dict[str, tuple[int, int]]
) -> None:
    asked = choices(swm_data, file)
    for scenario, golden in (("inaccessible", inaccessible), ("accessible", accessible)):
        part = [item for item in asked if item.fields[ACCESS] == scenario]
        assert counts((str(item.fields["tom_type"]), right(item, answer(item))) for item in part) == golden


def test_multiple_choice_from_the_view_of_the_chain_alone(swm_data: Path) -> None:
    asked = choices(swm_data, "fantom_dev")
    found = counts((str(item.fields[ACCESS]), right(item, answer(item, view=True))) for item in asked)
    assert found == {"inaccessible": (147, 167), "accessible": (70, 82)}


def test_the_order_of_options_changes_no_answer(swm_data: Path) -> None:
    for item in choices(swm_data, "fantom_dev"):
        assert answer(replace(item, choices=item.choices[::-1])) == answer(item)


@pytest.mark.parametrize(
    ("file", "inaccessible", "accessible", "f1"),
    [("fantom_dev", (63, 68), (5, 26), 0.9778), ("fantom_64", (27, 29), (5, 8), 0.9785)],
)
def test_who_knows_a_fact_in_sets_with_complete_labels(
    swm_data: Path, file: str, inaccessible: tuple[int, int], accessible: tuple[int, int], f1: float
) -> None:
    asked = [
        item for item in items(swm_data, file) if item.fields["kind"] in ("answerability-list", "answerability-binary")
    ]
    said = {item.index: answer(item) for item in asked}
    lists = [item for item in asked if item.answer_form == "names"]
    found = counts((str(item.fields[ACCESS]), right(item, said[item.index])) for item in lists)
    assert found == {"inaccessible": inaccessible, "accessible": accessible}
    binary = [item for item in asked if item.answer_form == "yes_no" and item.fields[ACCESS] == "inaccessible"]
    assert weighted_f1(Counter((str(item.correct_answer), said[item.index]) for item in binary)) == pytest.approx(
        f1, abs=5e-4
    )


def test_who_is_there_at_each_utterance_as_people_annotated_it(swm_data: Path) -> None:
    cells = agreeing = 0
    with (swm_data / "fantom" / "percept_fantom_dev.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            given = json.loads(row["conversation_with_perceivers"])
            utterances = [next(iter(entry.items())) for entry in given]
            transcript = read_transcript("\n".join(text for text, _ in utterances))
            numbers = {line.number: names for line, names in zip(transcript.lines, presence(transcript), strict=True)}
            cast = {*transcript.cast, *(name for _, names in utterances for name in names)}
            for number, (_, annotated) in enumerate(utterances, start=1):
                there = numbers.get(number, frozenset())
                cells += len(cast)
                agreeing += sum((name in there) == (name in annotated) for name in cast)
    assert (agreeing, cells) == (12_605, 12_666)


def narratives(data: Path) -> Iterator[str]:
    for file in FANTOM:
        yield from dict.fromkeys(item.narrative for item in items(data, file))
    rows = get_benchmark("confaide").load(data / "confaide" / "confaide.jsonl").rows
    yield from dict.fromkeys(row.narrative for row in rows if isinstance(row, Item))


def test_every_conversation_gives_a_valid_context(swm_data: Path) -> None:
    given = set(narratives(swm_data))
    assert len(given) == 182
    for narrative in given:
        context = context_of(narrative)
        assert not [issue for issue in validate(context) if issue.severity == "error"]
        assert decode(encode(context)) == decode(context)
        told = {event.timestep for event in events(context) if event.kind == "utterance"}
        said = [line for line in read_transcript(narrative).lines if line.kind == "utterance" and line.text]
        assert len(told) == len(said)


def test_confaides_notes_hold_what_is_public_and_nothing_private(swm_data: Path) -> None:
    benchmark = get_benchmark("confaide")
    rows = [row for row in benchmark.load(swm_data / "confaide" / "confaide.jsonl").rows if isinstance(row, Item)]
    errors = [benchmark.score(answer(item), item).values["error"] for item in rows]
    assert (len(errors), sum(errors)) == (40, 0.0)
