"""The reward: nothing for what is no context, everything for the reference, less for every slip in perception."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_world_model.errors import ConfigurationError
from social_world_model.s3ap import to_wire
from social_world_model.symbolic import parse_narrative
from social_world_model.training.reward import LONGEST_REPLY, compute_score, reward_func
from social_world_model.world_model.parsing import wire_text

STORY = (
    "Sally and Anne are in the den. The ball is in the box. The box is in the den. Sally left the den. "
    "Anne moved the ball to the bag."
)
CONTEXT = parse_narrative(STORY)[0]
TRUTH = wire_text(CONTEXT)


def score(reply: str, **rest: Any) -> float:
    return compute_score("social_world_model/tomi", reply, TRUTH, rest.pop("extra_info", {"narrative": STORY}), **rest)


def changed(position: int, agent: int, observation: str) -> str:
    """Return the reference with another observation."""
    wire = to_wire(CONTEXT).model_dump()
    name = wire["agents_names"][agent]
    wire["socialized_context"][position]["observations"][agent] = f"{name}: {observation}"
    return json.dumps(wire)


def test_the_reference_itself_is_worth_everything() -> None:
    assert score(TRUTH) == pytest.approx(1.0)
    assert score(f"Here it is:\n```json\n{TRUTH}\n```") == pytest.approx(1.0)


@pytest.mark.parametrize(
    "reply", ["", "It is a long story.", "{", "[]", '{"agents_names": []}', TRUTH[:-20], "[" * 9999]
)
def test_what_does_not_parse_is_worth_nothing(reply: str) -> None:
    assert score(reply) == 0.0


def test_a_reply_without_end_is_not_even_read() -> None:
    assert score(TRUTH + " " * LONGEST_REPLY) == 0.0


def test_a_record_without_somebody_who_acts_is_worth_nothing() -> None:
    alone = wire_text(parse_narrative("Sally is in the den. The ball is in the box. Sally left the den.")[0])
    assert score(alone) == 0.0
    assert score(alone, extra_info=None) > 0.0


def test_a_leak_and_an_omission_cost_something_and_not_everything() -> None:
    last = len(CONTEXT.socialized_context) - 1
    sally = CONTEXT.agents_names.index("Sally")
    leak = score(changed(last, sally, "<same_as_state />"))
    omission = score(changed(0, sally, "none"))
    for slip in (leak, omission):
        assert 0.3 < slip < 1.0


@settings(max_examples=60, deadline=None)
@given(st.text() | st.recursive(st.none() | st.text(), lambda inner: st.lists(inner)).map(json.dumps))
def test_a_reward_is_a_share_whatever_the_reply(reply: str) -> None:
    assert 0.0 <= score(reply) <= 1.0


def test_verl_and_trl_get_the_same_figures() -> None:
    replies = [TRUTH, changed(0, 0, "none"), "prose"]
    expected = [score(reply) for reply in replies]
    columns = {"reward_model": [{"ground_truth": TRUTH}] * 3, "extra_info": [{"narrative": STORY}] * 3}
    assert reward_func(replies, **columns) == expected
    assert reward_func(completions=replies, prompts=["p"] * 3, ground_truth=[TRUTH] * 3, **columns) == expected


def test_trl_may_hand_over_conversations() -> None:
    conversation = [{"role": "assistant", "content": TRUTH}]
    assert reward_func([conversation, []], ground_truth=[TRUTH, TRUTH]) == [pytest.approx(1.0), 0.0]


def test_a_reference_that_is_none_is_a_fault_of_the_data_and_not_a_reward_of_0() -> None:
    with pytest.raises(ConfigurationError, match="expected a reference in the wire form"):
        compute_score("x", TRUTH, "prose")
    with pytest.raises(ConfigurationError, match="form 'grpo'"):
        reward_func([TRUTH])


def test_verl_may_pass_what_we_do_not_know() -> None:
    assert score(TRUTH, reward_router_address="x", reward_model_tokenizer=None) == pytest.approx(1.0)
