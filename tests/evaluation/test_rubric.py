"""The rubric of the judge of episodes."""

from __future__ import annotations

from typing import get_args

import pytest

from social_world_model.agents.replies import RubricScore
from social_world_model.choices import Rubric
from social_world_model.evaluation.rubric import RUBRIC, rubric_text
from social_world_model.scenarios.dimensions import DIMENSIONS


def test_there_is_one_criterion_per_dimension() -> None:
    assert list(RUBRIC) == list(DIMENSIONS)


@pytest.mark.parametrize("name", DIMENSIONS)
def test_the_bands_of_a_dimension_cover_its_range_once(name: str) -> None:
    low, high = DIMENSIONS[name]
    covered = [score for first, last in RUBRIC[name].bands for score in range(first, last + 1)]
    assert covered == list(range(int(low), int(high) + 1))


@pytest.mark.parametrize("form", get_args(Rubric))
def test_each_form_names_every_dimension_with_its_range(form: Rubric) -> None:
    lines = [line for line in rubric_text(form).splitlines() if line.startswith("- ")]
    starts = [f"- {name}, from {low:g} to {high:g}: " for name, (low, high) in DIMENSIONS.items()]
    assert [line.startswith(start) for line, start in zip(lines, starts, strict=True)] == [True] * 7


def test_only_the_banded_form_has_bands() -> None:
    assert len(rubric_text("short").splitlines()) == len(DIMENSIONS)
    bands = sum(len(one.bands) for one in RUBRIC.values())
    assert len(rubric_text("banded").splitlines()) == len(DIMENSIONS) + bands


def test_agents_value_acts_in_the_ranges_of_the_dimensions() -> None:
    fields = RubricScore.model_json_schema()["properties"]
    assert {name: (fields[name]["minimum"], fields[name]["maximum"]) for name in DIMENSIONS} == dict(DIMENSIONS)
