"""BigToM with the symbolic model; needs the data set (`SWM_DATA`) and spaCy."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from pathlib import Path

import pytest

from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import Item, Query
from social_world_model.errors import NarrativeError
from social_world_model.symbolic import SymbolicModel
from social_world_model.symbolic.english.loading import is_installed

pytestmark = pytest.mark.skipif(not is_installed(), reason="spaCy or its English model is not installed")


def _is_right(item: Item) -> bool:
    query = Query(
        question=item.question,
        question_kind=item.question_kind,
        choices=item.choices,
        belief_chain=item.belief_chain,
        narrative=item.narrative,
    )
    try:
        return asyncio.run(SymbolicModel().answer(query)).response == item.correct_answer
    except NarrativeError:
        return False


def test_bigtom_is_answered_in_every_type_of_task(swm_data: Path) -> None:
    rows = get_benchmark("bigtom").load(swm_data / "bigtom" / "bigtom_dev.json").rows
    right: dict[str, list[bool]] = defaultdict(list)
    for item in rows:
        assert isinstance(item, Item)
        right[str(item.fields["task_type"])].append(_is_right(item))

    answers = [answer for found in right.values() for answer in found]
    assert sum(answers) >= 0.9 * len(answers)
    assert all(sum(found) >= 0.75 * len(found) for found in right.values())
