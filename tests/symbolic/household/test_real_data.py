"""What the household parser reaches on MMToM-QA itself; read from the folder SWM_DATA names."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import Item, Query
from social_world_model.s3ap import SocializedContext, decode, encode, from_wire, perspective, to_wire, validate
from social_world_model.symbolic import SymbolicModel, parse_narrative
from social_world_model.symbolic.household.evidence import read_evidence
from social_world_model.symbolic.parser import NOT_READ

FILE = "mmtom-qa/questions_dev.jsonl"
ASKED = {"1.1": 41, "1.2": 43, "1.3": 38, "2.1": 32, "2.2": 41, "2.3": 39, "2.4": 45}
WRONG = {"narrative": [], "context": [], "view": ["214"]}
"""By index. In the view, both things that may be wanted were never seen; see docs/limits/scores.md."""


@cache
def items(path: Path) -> tuple[Item, ...]:
    rows = get_benchmark("mmtom").load(path).rows
    found = tuple(row for row in rows if isinstance(row, Item))
    assert len(found) == len(rows) > 200
    return found


def answer(item: Item, way: str) -> str:
    """Return the reply to an item, from what its way shows."""
    query = Query(
        question=item.question,
        question_kind=item.question_kind,
        choices=item.choices,
        belief_chain=item.belief_chain,
        domain=item.domain,
    )
    if way == "narrative":
        query = replace(query, narrative=item.narrative)
    else:
        context = SocializedContext.from_json(parse_narrative(item.narrative)[0].to_json())
        query = replace(query, context=perspective(context, item.belief_chain) if way == "view" else context)
    return asyncio.run(SymbolicModel().answer(query)).response


@pytest.mark.parametrize("way", ["narrative", "context", "view"])
def test_every_type_of_question_is_answered(swm_data: Path, way: str) -> None:
    everything = items(swm_data / FILE)
    assert Counter(item.fields["question_type"] for item in everything) == ASKED
    assert [item.index for item in everything if answer(item, way) != item.correct_answer] == WRONG[way]


@pytest.mark.parametrize("way", ["narrative", "view"])
def test_swapped_options_are_answered_alike(swm_data: Path, way: str) -> None:
    for item in items(swm_data / FILE):
        swapped = replace(item, choices=tuple(reversed(item.choices)))
        assert answer(swapped, way) == answer(item, way), item.index


def test_a_file_without_types_and_further_columns_is_answered_alike(swm_data: Path, tmp_path: Path) -> None:
    lines = (swm_data / FILE).read_text(encoding="utf-8").splitlines()
    bare = tmp_path / "bare.jsonl"
    kept = ({"question": row["question"], "answer": row["answer"]} for row in map(json.loads, lines))
    bare.write_text("\n".join(map(json.dumps, kept)), encoding="utf-8")
    for item, other in zip(items(swm_data / FILE), items(bare), strict=True):
        assert "question_type" not in other.fields
        assert answer(other, "narrative") == answer(item, "narrative")


def test_narratives_are_read_whole_and_their_records_keep_the_laws(swm_data: Path) -> None:
    contexts = [parse_narrative(item.narrative)[0] for item in items(swm_data / FILE)]
    for context in contexts:
        assert NOT_READ not in (context.context_manual or "")
        assert not [issue for issue in validate(context) if issue.severity == "error"]
        assert decode(encode(context)) == decode(context)
        bare = context.model_copy(update={"context_manual": None})
        assert from_wire(to_wire(bare)) == bare


def test_a_record_is_read_back_act_by_act(swm_data: Path) -> None:
    for item in items(swm_data / FILE):
        context, _ = parse_narrative(item.narrative)
        (person,) = context.agents_names
        evidence = read_evidence(context, person)
        acts = [step.actions[person] for step in context.socialized_context]
        assert [len(moment.acts) for moment in evidence.moments] == [int(act != "none") for act in acts]
