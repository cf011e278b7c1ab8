from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.errors import ConfigurationError, ContextError
from social_world_model.s3ap import Event, SocializedContext, events
from social_world_model.s3ap.perturbation import Perturbed, perturb
from social_world_model.s3ap.validation import errors_of
from social_world_model.symbolic import parse_narrative
from tests.s3ap.builders import context, step
from tests.strategies import contexts, law, word_for_word_contexts

STATE = "<same_as_state />"
LAST = "<same_as_last_action />"
GOLDEN = Path(__file__).parents[1] / "golden"
shares = st.floats(0, 1)


def worse(given_context: SocializedContext, leak: float, omit: float, seed: int = 0) -> Perturbed:
    return perturb(given_context, leak=leak, omit=omit, random=Random(seed))


def things(given_context: SocializedContext) -> list[Event]:
    return [event for event in events(given_context) if event.kind in ("fact", "act", "utterance")]


def observations(done: Perturbed, position: int) -> dict[str, str]:
    return done.context.socialized_context[position].observations


def golden() -> list[SocializedContext]:
    files = [json.loads(path.read_text()) for path in sorted(GOLDEN.glob("*.json"))]
    return [SocializedContext.from_data(file["context"]) for file in files if "views" in file]


@law
@given(contexts(), shares, shares, st.integers(0, 9))
def test_the_result_always_validates_without_errors(
    given_context: SocializedContext, leak: float, omit: float, seed: int
) -> None:
    assert errors_of(worse(given_context, leak, omit, seed).context) == []


@law
@given(contexts(), shares, shares, st.integers(0, 9))
def test_states_acts_thoughts_and_what_only_observations_tell_stay(
    given_context: SocializedContext, leak: float, omit: float, seed: int
) -> None:
    after = worse(given_context, leak, omit, seed).context
    for old, new in zip(given_context.socialized_context, after.socialized_context, strict=True):
        assert (old.state, old.actions) == (new.state, new.actions)
    rest = [
        [
            (event.kind, event.text.rstrip("."), event.observers)
            for event in events(one)
            if event.kind in ("percept", "mental")
        ]
        for one in (given_context, after)
    ]
    assert rest[0] == rest[1]
    assert [event.text for event in things(given_context)] == [event.text for event in things(after)]


@law
@given(contexts(), st.integers(0, 9))
def test_without_leaks_and_omissions_nothing_changes(given_context: SocializedContext, seed: int) -> None:
    done = worse(given_context, 0, 0, seed)
    assert (done.context, done.leaked, done.omitted) == (given_context, 0, 0)


@law
@given(word_for_word_contexts())
def test_with_both_at_1_everything_but_an_actors_own_act_is_flipped(given_context: SocializedContext) -> None:
    done = worse(given_context, 1, 1)
    assert (done.leaked, done.omitted) == (done.leakable, done.omittable)
    last = len(given_context.socialized_context) - 1
    for old, new in zip(things(given_context), things(done.context), strict=True):
        for name in given_context.agents_names:
            stays = name == old.actor or (old.actor is not None and old.position == last)
            assert ((name in old.observers) == (name in new.observers)) == stays


@law
@given(contexts(), st.floats(0, 1), st.integers(0, 9))
def test_omissions_only_take_away_and_leaks_only_add(given_context: SocializedContext, share: float, seed: int) -> None:
    for old, less, more in zip(
        things(given_context),
        things(worse(given_context, 0, share, seed).context),
        things(worse(given_context, share, 0, seed).context),
        strict=True,
    ):
        assert less.observers <= old.observers <= more.observers


@law
@given(word_for_word_contexts(), st.floats(0, 1), st.floats(0, 1), st.integers(0, 9))
def test_a_higher_share_flips_the_same_and_more(
    given_context: SocializedContext, share: float, other: float, seed: int
) -> None:
    low, high = sorted((share, other))
    for old, some, more in zip(
        things(given_context),
        things(worse(given_context, low, low, seed).context),
        things(worse(given_context, high, high, seed).context),
        strict=True,
    ):
        assert old.observers ^ some.observers <= old.observers ^ more.observers


@law
@given(contexts(), st.integers(0, 9))
def test_the_same_seed_gives_the_same_bytes(given_context: SocializedContext, seed: int) -> None:
    first, second = (worse(given_context, 0.5, 0.5, seed).context.to_json() for _ in range(2))
    assert first == second


@pytest.mark.parametrize("given_context", golden())
def test_in_the_golden_files_all_that_can_be_is_flipped(given_context: SocializedContext) -> None:
    done = worse(given_context, 1, 1)
    assert done.leaked == done.leakable > 0
    assert done.omitted == done.omittable > 0


def test_the_share_flipped_is_close_to_the_probability() -> None:
    story = (
        "Sally and Anne are in the hall. Tom is in the den. The ball is in the box. The cup is in the bin. "
        "Sally leaves the hall. Anne moves the ball to the bag. Tom enters the hall. Anne leaves the hall."
    )
    made, _ = parse_narrative(story)
    done = [worse(made, 0.3, 0.1, seed) for seed in range(300)]
    assert sum(one.leaked for one in done) / sum(one.leakable for one in done) == pytest.approx(0.3, abs=0.03)
    assert sum(one.omitted for one in done) / sum(one.omittable for one in done) == pytest.approx(0.1, abs=0.02)


def test_a_tag_for_a_whole_state_becomes_sentences_where_one_fact_is_dropped() -> None:
    cast = ["Ann", "Bob"]
    given_context = context(cast, step("It rains. The door is open.", {"Ann": STATE, "Bob": "The door is open."}))
    texts = {observations(worse(given_context, 0, 0.5, seed), 0)["Ann"] for seed in range(30)}
    assert texts == {STATE, "It rains.", "The door is open.", "none"}


def test_a_tag_for_all_acts_becomes_one_for_each_that_is_kept() -> None:
    given_context = context(
        ["Ann", "Bob", "Cid"],
        step("none", {}, {"Ann": "waves", "Bob": "nods"}),
        step(LAST, {"Ann": LAST, "Cid": f"{LAST} <mental_state>Odd.</mental_state>"}),
    )
    texts = {observations(worse(given_context, 0, 0.5, seed), 1)["Cid"] for seed in range(30)}
    assert texts == {
        f"{tag}<mental_state>Odd.</mental_state>"
        for tag in (f"{LAST} ", "<same_as_last_action_0 /> ", "<same_as_last_action_1 /> ", "")
    }
    done = worse(given_context, 0, 1)
    assert observations(done, 1)["Ann"] == "<same_as_last_action_0 />"
    assert (done.omitted, done.omittable) == (3, 3)  # neither counts what it did itself


def test_an_act_told_again_later_is_omitted_everywhere() -> None:
    given_context = context(
        ["Ann", "Bob"],
        step("none", {}, {"Ann": "waves"}),
        step(LAST, {"Bob": "Sees Ann wave."}),
        step("It rains.", {"Bob": f"{LAST} Hears thunder."}),
    )
    done = worse(given_context, 0, 1)
    assert [observations(done, position)["Bob"] for position in (1, 2)] == ["none", "Hears thunder."]


def test_what_was_told_ahead_is_told_in_its_own_step_once_a_part_of_it_is_omitted() -> None:
    given_context = context(
        ["Ann", "Bob"],
        step("none", {"Bob": "<same_as_next_state />"}, {"Ann": "waves"}),
        step("It rains. The door is open.", {"Ann": STATE}),
    )
    done = next(one for seed in range(30) if (one := worse(given_context, 0, 0.5, seed)).omitted == 1
                and observations(one, 0)["Bob"] == "none")  # fmt: skip
    assert observations(done, 1)["Bob"] in ("It rains.", "The door is open.")


def test_a_leak_is_put_in_front_and_takes_the_place_of_nothing_known() -> None:
    given_context = context(
        ["Ann", "Bob", "Cid"],
        step("none", {}, {"Ann": "waves"}),
        step(LAST, {"Bob": "Hears a noise. <mental_state>Odd.</mental_state>", "Cid": "<unknown />"}),
    )
    told = observations(worse(given_context, 1, 0), 1)
    assert told == {
        "Ann": "none",
        "Bob": "<same_as_last_action_0 /> Hears a noise. <mental_state>Odd.</mental_state>",
        "Cid": "<same_as_last_action_0 />",
    }


def test_an_act_in_the_last_step_cannot_leak() -> None:
    done = worse(context(["Ann", "Bob"], step("none", {}, {"Ann": "waves"})), 1, 1)
    assert (done.leakable, done.omittable) == (0, 0)


def test_a_fact_that_a_state_tells_twice_is_one_thing() -> None:
    given_context = context(["Ann", "Bob"], step("It rains. It rains.", {"Ann": STATE}))
    done = worse(given_context, 1, 1)
    assert (done.leaked, done.leakable, done.omitted, done.omittable) == (1, 1, 1, 1)
    assert observations(done, 0) == {"Ann": "none", "Bob": "It rains."}


def test_where_wording_gets_in_the_way_only_that_pair_stays() -> None:
    given_context = context(["Ann", "Bob"], step('He says "Stop. The door is open.', {"Ann": "Hears rain."}))
    done = worse(given_context, 1, 1)
    assert (done.leaked, done.leakable) == (1, 2)
    assert observations(done, 0)["Ann"] == "Hears rain."  # the open quotation would swallow it


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_probability_outside_0_to_1_is_refused(share: float) -> None:
    for leak, omit in ((share, 0), (0, share)):
        with pytest.raises(ConfigurationError, match=r"expected (leak|omit) to be a probability from 0 to 1"):
            worse(golden()[0], leak, omit)


def test_a_context_with_errors_is_refused() -> None:
    with pytest.raises(ContextError, match="without errors"):
        worse(context(["Ann"], step("none", {"Ann": LAST})), 0.1, 0.1)
