"""What the conversation reader reaches on FANToM and ConfAIde; read from the folder SWM_DATA names.

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
    return tuple(row for row in rows if isinstance(row, Item) and row.gold is not None)


@cache
def context_of(narrative: str, chain: tuple[str, ...] = ()) -> SocializedContext:
    context = parse_narrative(narrative)[0]
    return perspective(context, chain) if chain else context


def answer(item: Item, view: bool = False) -> str:
    context = context_of(item.narrative, item.chain if view else ())
    return asyncio.run(SymbolicModel().answer(replace(query_of(item), context=context))).text


def right(item: Item, said: str) -> bool:
    return get_benchmark("fantom").score(said, item).correct is True


def choices(data: Path, file: str) -> list[Item]:
    return [item for item in items(data, file) if item.choices]


def shares(judged: Iterator[tuple[str, bool]]) -> dict[str, float]:
    found: dict[str, list[bool]] = defaultdict(list)
    for kind, correct in judged:
        found[kind].append(correct)
        found["all"].append(correct)
    return {kind: sum(each) / len(each) for kind, each in found.items()}


@pytest.mark.parametrize("file", FANTOM)
def test_multiple_choice_beliefs(swm_data: Path, file: str) -> None:
    judged = (
        (f"{item.fields[ACCESS]}, {item.fields['tom_type']}", right(item, answer(item)))
        for item in choices(swm_data, file)
    )
    found = shares(judged)
    assert found.pop("all") >= 0.91, found
    assert len(found) == 4
    assert min(found.values()) >= 0.78, found


def test_multiple_choice_from_the_view_of_the_chain_alone(swm_data: Path) -> None:
    asked = [item for item in choices(swm_data, "fantom_dev") if item.chain]
    found = shares((str(item.fields[ACCESS]), right(item, answer(item, view=True))) for item in asked)
    assert min(found.values()) >= 0.82, found


def test_the_order_of_options_changes_no_answer(swm_data: Path) -> None:
    for item in choices(swm_data, "fantom_dev"):
        assert answer(replace(item, choices=item.choices[::-1])) == answer(item)


@pytest.mark.parametrize("file", FANTOM)
def test_who_knows_a_fact_in_sets_with_complete_labels(swm_data: Path, file: str) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    lists: dict[str, list[bool]] = defaultdict(list)
    for item in items(swm_data, file):
        if item.asks != "knowledge":
            continue
        said, scenario = answer(item), str(item.fields[ACCESS])
        if item.answer_form == "names":
            lists[scenario].append(right(item, said))
        elif scenario == "inaccessible":
            counts[str(item.gold), said] += 1
    every = [correct for each in lists.values() for correct in each]
    assert (weighted_f1(counts) or 0) >= 0.96
    assert sum(lists["inaccessible"]) / len(lists["inaccessible"]) >= 0.88
    assert sum(every) / len(every) >= 0.73


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
    assert cells > 12_000
    assert agreeing / cells >= 0.99


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
