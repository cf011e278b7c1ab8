from __future__ import annotations

import pytest
from hypothesis import given

from social_world_model.evaluation import structural_score, structure_of
from social_world_model.s3ap import SocializedContext
from tests.evaluation.stored import LAST_ACT, NONE, SALLY_ANNE, context_of, symbolic
from tests.strategies import contexts, law


@pytest.mark.parametrize("context", [SALLY_ANNE, symbolic()])
def test_a_context_that_validates_has_the_full_score(context: SocializedContext) -> None:
    assert structural_score(context) == 1.0


def test_a_dangling_tag_costs_the_schema_of_its_step() -> None:
    structure = structure_of(context_of((LAST_ACT, (NONE, NONE), (NONE, NONE)), (NONE, (NONE, NONE), (NONE, NONE))))
    assert (structure.schema, structure.cast, structure.timesteps) == (0.5, 1.0, 1.0)
    assert structure.score == 0.75 and structure.issues


def test_missing_and_foreign_entries_cost_the_cast() -> None:
    data = SALLY_ANNE.to_data()
    del data["socialized_context"][0]["observations"]["Anne"]
    data["socialized_context"][1]["actions"]["Bob"] = "none"
    structure = structure_of(SocializedContext.from_data(data))
    assert structure.cast == 11 / 13 and structure.schema == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("timesteps", "share"), [(["1", "1", "2"], 2 / 3), (["2", "1", "3"], 2 / 3), (["a", "b", "c"], 1)]
)
def test_timesteps_have_names_of_their_own_and_go_up(timesteps: list[str], share: float) -> None:
    data = SALLY_ANNE.to_data()
    for step, name in zip(data["socialized_context"], timesteps, strict=True):
        step["timestep"] = name
    assert structure_of(SocializedContext.from_data(data)).timesteps == pytest.approx(share)


def test_without_a_cast_or_a_step_nothing_is_well_formed() -> None:
    assert structural_score(SocializedContext(agents_names=["Al"], socialized_context=[])) == 0
    assert structural_score(SocializedContext(agents_names=[], socialized_context=[])) == 0
    twice = SocializedContext.from_data({**SALLY_ANNE.to_data(), "agents_names": ["Sally", "Anne", "Anne"]})
    assert structure_of(twice).schema == 0


@law
@given(contexts())
def test_every_score_is_a_share(context: SocializedContext) -> None:
    assert 0 <= structural_score(context) <= 1
