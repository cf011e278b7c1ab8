from __future__ import annotations

import csv
from ast import literal_eval
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import Item
from social_world_model.errors import ContextError, DatasetError, NarrativeError
from social_world_model.evaluation import (
    compare_perceived,
    reference_of,
    reference_of_perceivers,
)
from social_world_model.evaluation.perceived import Perception
from social_world_model.s3ap import SocializedContext, SocializedStructure
from social_world_model.s3ap.perturbation import perturb
from social_world_model.symbolic import parse_narrative
from social_world_model.symbolic.generators import GENERATORS
from tests.evaluation.stored import (
    AFTER,
    ALONE,
    LAST_ACT,
    NONE,
    SALLY_ANNE,
    STATE,
    STORY,
    TOGETHER,
    context_of,
    symbolic,
)
from tests.strategies import contexts, law


def unchanged(candidate: SocializedContext, reference: SocializedContext = SALLY_ANNE) -> None:
    score = compare_perceived(reference, candidate)
    assert (score.f1, score.leaks, score.omissions, score.extra, score.missing) == (1.0, 0, 0, (), ())


def test_a_context_compared_with_itself_is_right_in_everything() -> None:
    score = compare_perceived(SALLY_ANNE, SALLY_ANNE)
    assert (score.precision, score.recall, score.f1, score.leaks, score.omissions) == (1, 1, 1, 0, 0)
    assert (score.events, score.aligned) == (5, 5)


@pytest.mark.parametrize(
    "told",
    [
        LAST_ACT,
        "Anne moved the ball to the box.",
        "Sees Anne putting the ball into the box.",
        "Anne moves the ball into the box",
    ],
)
def test_an_act_shown_to_somebody_absent_is_one_leak(told: str) -> None:
    leaky = context_of(TOGETHER, ALONE, ("The ball is in the box.", (told, STATE), (NONE, NONE)))
    right = context_of(TOGETHER, ALONE, ("The ball is in the box.", (NONE, f"{STATE} {LAST_ACT}"), (NONE, NONE)))
    score = compare_perceived(SALLY_ANNE, leaky)
    assert (score.leaks, score.omissions, score.recall) == (1, 0, 1.0)
    assert score.leaked == (Perception(agent="Sally", event="Anne moved the ball to the box"),)
    assert compare_perceived(right, leaky).leaks == 1


def test_a_leak_told_too_early_or_much_later_is_still_one_leak() -> None:
    early = context_of(TOGETHER, (NONE, ("Anne moves the ball to the box.", LAST_ACT), ALONE[2]), AFTER)
    later = (NONE, ("Anne moves the ball to the box.", NONE), (NONE, NONE))
    waits = ("The ball is in the box.", (NONE, STATE), (NONE, "yawns"))
    right = context_of(TOGETHER, ALONE, waits, (NONE, (NONE, NONE), (NONE, NONE)))
    assert compare_perceived(SALLY_ANNE, early).leaks == 1
    assert compare_perceived(right, context_of(TOGETHER, ALONE, waits, later)).leaks == 1


def test_something_told_in_an_observation_only_counts_too() -> None:
    odd = context_of(TOGETHER, ALONE, ("The ball is in the box.", ("Hears a distant thunder.", STATE), (NONE, NONE)))
    assert (compare_perceived(SALLY_ANNE, odd).leaks, compare_perceived(odd, SALLY_ANNE).omissions) == (1, 1)


def test_a_dropped_observation_is_one_omission() -> None:
    score = compare_perceived(SALLY_ANNE, context_of(TOGETHER, (NONE, (NONE, NONE), ALONE[2]), AFTER))
    assert (score.leaks, score.omissions, score.precision) == (0, 1, 1.0)
    assert score.omitted == (Perception(agent="Anne", event="Sally left the playroom"),)
    anne = next(agent for agent in score.agents if agent.agent == "Anne")
    assert (anne.omissions, anne.precision, anne.recall) == (1, 1.0, 0.75)


@pytest.mark.parametrize(
    "steps",
    [
        ((TOGETHER[0], TOGETHER[1], (NONE, NONE)), (NONE, (NONE, NONE), TOGETHER[2]), ALONE, AFTER),
        ((TOGETHER[0], TOGETHER[1], (NONE, NONE)), (TOGETHER[0], TOGETHER[1], TOGETHER[2]), ALONE, AFTER),
        (
            ("Sally and Anne are in the playroom.", (STATE, STATE), (NONE, NONE)),
            ("The ball is in the basket.", (STATE, STATE), TOGETHER[2]),
            ALONE,
            AFTER,
        ),
        (TOGETHER, (NONE, (NONE, LAST_ACT), (NONE, NONE)), (NONE, (NONE, NONE), ALONE[2]), AFTER),
        (TOGETHER, ("Sally has left the playroom.", (NONE, STATE), ALONE[2]), AFTER),
    ],
)
def test_the_cut_into_steps_does_not_count(steps: tuple[tuple[str, tuple[str, str], tuple[str, str]], ...]) -> None:
    unchanged(context_of(*steps))


@pytest.mark.parametrize(
    ("written", "reworded"),
    [
        ("left the playroom", "leaves the room"),
        ("left the playroom", "goes out of the playroom"),
        ("moved the ball to the box", "puts the ball into the box"),
        ("moved the ball to the box", "takes the ball and puts it in the box"),
        ("Sally and Anne are in the playroom.", "Anne and Sally are both in the playroom."),
        ("The ball is in the basket.", "There is a ball in the basket."),
        ("The ball is in the box.", "The box now contains the ball."),
    ],
)
def test_a_reworded_sentence_changes_nothing(written: str, reworded: str) -> None:
    changed = SALLY_ANNE.to_json().replace(written, reworded)
    assert changed != SALLY_ANNE.to_json()
    unchanged(SocializedContext.from_json(changed))
    unchanged(SALLY_ANNE, reference=SocializedContext.from_json(changed))


def test_another_object_is_another_event() -> None:
    score = compare_perceived(
        SALLY_ANNE, SocializedContext.from_json(SALLY_ANNE.to_json().replace("in the box", "in the bag"))
    )
    assert (score.leaks, score.omissions) == (0, 0)
    assert [one.event for one in score.missing] == ["The ball is in the box."]
    assert [one.event for one in score.extra] == ["The ball is in the bag."]


def test_a_sentence_that_happens_twice_is_two_events() -> None:
    twice = [
        (NONE, (NONE, NONE), ("waves", NONE)),
        (NONE, (NONE, LAST_ACT), (NONE, "yawns")),
        (NONE, (LAST_ACT, NONE), ("waves", NONE)),
        (NONE, (NONE, NONE), (NONE, NONE)),
    ]
    other = [twice[0], (NONE, (NONE, NONE), (NONE, "yawns")), twice[2], (NONE, (NONE, LAST_ACT), (NONE, NONE))]
    score = compare_perceived(context_of(*twice), context_of(*other))
    assert (score.leaks, score.omissions, score.aligned) == (1, 1, 3)
    last = compare_perceived(context_of(*twice), context_of((NONE, (NONE, NONE), (NONE, "yawns")), *twice[2:]))
    assert (last.leaks, last.omissions, [one.event for one in last.missing]) == (0, 0, ["Sally waves"])  # the first


def test_a_fact_told_again_later_is_no_new_perception() -> None:
    again = context_of(TOGETHER, ("The ball is in the basket.", (NONE, f"{LAST_ACT} {STATE}"), ALONE[2]), AFTER)
    unchanged(again)


def test_agents_go_by_their_names_without_titles() -> None:
    renamed = SocializedContext.from_json(SALLY_ANNE.to_json().replace("Anne", "Mrs. Anne"))
    unchanged(renamed)


def test_somebody_whom_the_reference_does_not_know_perceives_nothing_rightly() -> None:
    data = SALLY_ANNE.to_data()
    data["agents_names"].append("Bob")
    for step in data["socialized_context"]:
        step["observations"]["Bob"], step["actions"]["Bob"] = STATE, NONE
    score = compare_perceived(SALLY_ANNE, SocializedContext.from_data(data))
    assert score.recall == 1.0 and {one.agent for one in score.leaked} == {"Bob"}
    assert [agent.agent for agent in score.agents] == ["Sally", "Anne"]


def test_nothing_to_perceive_is_perceived_rightly_by_perceiving_nothing() -> None:
    empty = context_of((NONE, (NONE, NONE), (NONE, NONE)))
    assert compare_perceived(empty, empty).f1 == 1.0
    assert (compare_perceived(SALLY_ANNE, empty).f1, compare_perceived(empty, SALLY_ANNE).f1) == (0.0, 0.0)
    assert compare_perceived(SALLY_ANNE, empty).precision == 0.0


def test_a_context_with_a_dangling_tag_is_refused() -> None:
    with pytest.raises(ContextError, match="events"):
        compare_perceived(SALLY_ANNE, context_of((LAST_ACT, (NONE, NONE), (NONE, NONE))))


def test_the_symbolic_reading_of_a_narrative_is_a_reference() -> None:
    score = compare_perceived(reference_of(STORY), symbolic())
    assert (score.f1, score.events, score.aligned) == (1.0, 7, 7)
    told = reference_of(f"Anne likes the hat. {STORY}")
    assert told.left_out == ("Anne likes the hat.",)
    assert compare_perceived(told, SALLY_ANNE).leaks == 0
    with pytest.raises(NarrativeError):
        reference_of("Once upon a time there was a ball.")


def test_people_who_act_together_are_actors_each() -> None:
    story = "Ann and Bob entered the hall. The hat is in the box. The box is in the hall. Ann moved the hat to the bag."
    reference = reference_of(story)
    assert [one.actor for one in reference.events[:2]] == ["Ann", "Bob"]
    assert compare_perceived(reference, parse_narrative(story)[0]).f1 == 1.0


def test_gold_perceivers_are_one_list_for_each_sentence() -> None:
    with pytest.raises(DatasetError, match="2 sentences"):
        reference_of_perceivers(["Ann left", "Bob left"], [["Ann"]])
    odd = reference_of_perceivers(["It was a dark night"], [["Ann", ""]])
    assert (odd.agents, odd.events[0].actor) == (("Ann",), None)


def test_symbolic_contexts_of_percept_tomi_agree_with_its_gold_perceivers(swm_data: Path) -> None:
    with (swm_data / "tomi/Percept-ToMi.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    hits = wrong = missed = 0
    scores = []
    for row in rows:
        story = literal_eval(row["story"])
        reference = reference_of_perceivers(story, literal_eval(row["perceivers"]))
        score = compare_perceived(reference, parse_narrative(". ".join(story) + ".")[0])
        assert not score.missing  # every sentence is found again
        scores.append(score.f1)
        hits += sum(agent.hits for agent in score.agents)
        wrong += sum(agent.wrong for agent in score.agents)
        missed += sum(agent.missed for agent in score.agents)
    assert len(scores) == 600
    assert sum(scores) / 600 >= 0.98 and 2 * hits / (2 * hits + wrong + missed) >= 0.98


def test_six_hundred_stories_in_other_words_have_the_same_perceived_events(swm_data: Path) -> None:
    plain = {row.index: row for row in get_benchmark("ori_tomi").load(swm_data / "tomi/Percept-ToMi.csv").rows}
    worded = {row.index: row for row in get_benchmark("tomi").load(swm_data / "tomi/rephrased_tomi_test_600.csv").rows}
    assert len(plain.keys() & worded.keys()) == 600
    for index, row in plain.items():
        one, other = row, worded[index]
        assert isinstance(one, Item) and isinstance(other, Item) and one.narrative != other.narrative
        score = compare_perceived(parse_narrative(one.narrative)[0], parse_narrative(other.narrative)[0])
        assert (score.f1, score.leaks, score.omissions) == (1.0, 0, 0)


@law
@given(contexts())
def test_every_context_agrees_with_itself(context: SocializedContext) -> None:
    try:
        score = compare_perceived(context, context)
    except ContextError:
        return  # what cannot be read as events is refused
    assert (score.f1, score.leaks, score.omissions) == (1.0, 0, 0)


@law
@given(contexts(), st.data())
def test_cutting_a_step_in_two_changes_nothing(context: SocializedContext, data: st.DataObject) -> None:
    steps = context.socialized_context
    if not steps or any(
        "next" in text.casefold() for step in steps for text in (*step.observations.values(), *step.actions.values())
    ):
        return
    at = data.draw(st.integers(0, len(steps) - 1))
    quiet = dict.fromkeys(context.agents_names, "none")
    first = steps[at].model_copy(update={"actions": quiet})
    second = SocializedStructure(timestep="cut", state="none", observations=quiet, actions=steps[at].actions)
    cut = context.model_copy(update={"socialized_context": [*steps[:at], first, second, *steps[at + 1 :]]})
    score = compare_perceived(context, cut)
    assert (score.f1, score.leaks, score.omissions) == (1.0, 0, 0)


@pytest.mark.parametrize("kind", ["tomi", "hitom"])
def test_as_many_leaks_and_omissions_are_found_as_were_made(kind: str) -> None:
    for number, story in enumerate(GENERATORS[kind](25, 7)):
        context = parse_narrative(story.narrative)[0]
        for share in (0.02, 0.2):
            worse = perturb(context, leak=share, omit=share, random=Random(number))
            score = compare_perceived(context, worse.context)
            assert (score.leaks, score.omissions) == (worse.leaked, worse.omitted)
            assert (score.extra, score.missing) == ((), ())


@pytest.mark.parametrize("seed", range(6))
def test_long_contexts_are_aligned_in_blocks_as_they_would_be_as_a_whole(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = Random(seed)
    rooms = ["den", "hall", "attic", "kitchen", "garage"]
    people = ["Al", "Bo", "Cy"]
    story = " ".join(f"{dice.choice(people)} entered the {dice.choice(rooms)}." for _ in range(60))
    reference = symbolic(story)
    candidate = perturb(reference, leak=0.1, omit=0.1, random=dice).context
    steps = list(candidate.socialized_context)
    del steps[dice.randrange(5, 50)]
    candidate = candidate.model_copy(update={"socialized_context": steps})
    whole = compare_perceived(reference, candidate)
    monkeypatch.setattr("social_world_model.evaluation.alignment.BLOCK", 40)
    assert compare_perceived(reference, candidate) == whole
