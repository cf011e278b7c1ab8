"""Rewards of acts and of imagined replies, in the forms of verl and TRL."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.errors import ConfigurationError
from social_world_model.scenarios.dimensions import DIMENSIONS, RANGES
from social_world_model.training.episode_reward import (
    ACTS,
    READABLE,
    REPLIES,
    SAME_KIND,
    act_in,
    compute_score,
    forecast,
    reward_func,
    verdict,
)

KINDS = ("speak", "non-verbal", "action", "leave", "none")
WORDS = st.lists(st.sampled_from(["I", "go", "now", "you", "stay", "Ann's", "here"]), min_size=1, max_size=8).map(
    " ".join
)


def imagined(kind: str, text: str = "", **more: Any) -> str:
    return json.dumps({"mind": "Hm.", "act_kind": kind, "act_text": text, "state": "", **more}, ensure_ascii=False)


def written(kind: str, text: str = "") -> str:
    return json.dumps({"kind": kind, "text": text, "to": []})


def truth(kind: str, text: str, scores: dict[str, float] | None = None, **reply: Any) -> str:
    act = {"kind": kind, "text": text, "to": []}
    return json.dumps({"act": act, "reply": reply or act, "scores": scores or {}})


@given(st.sampled_from(KINDS), WORDS, st.sampled_from(KINDS), WORDS)
def test_a_forecast_is_worth_most_for_the_same_act_and_more_for_the_same_kind(
    kind: str, text: str, other: str, words: str
) -> None:
    assert forecast(imagined(kind, text), kind, text) == 1.0
    value = forecast(imagined(other, words), kind, text)
    if other != kind:
        assert value == READABLE
    else:
        assert SAME_KIND <= value <= 1.0
        if kind in ("speak", "non-verbal", "action"):
            assert (value == 1.0) == (words.casefold().split() == text.casefold().split())


def test_a_forecast_with_more_of_the_real_words_is_worth_more() -> None:
    real = "I can give you the blanket tonight"
    guesses = ["No.", "I want tea", "I can give you tea", "I can give you the blanket", real]
    values = [forecast(imagined("speak", guess), "speak", real) for guess in guesses]
    assert values == sorted(values) and values[0] == SAME_KIND and values[-1] == 1.0 and len(set(values)) == 5
    assert forecast(imagined("speak", "I CAN give you the blanket, tonight!"), "speak", real) == 1.0


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I think he leaves.",
        "{}",
        imagined("speak", ""),
        imagined("dance"),
        imagined("none", mind=" "),
        "[" * 9000,
        "x" * 30_000,
    ],
)
def test_a_forecast_that_cannot_be_read_is_worth_nothing(reply: str) -> None:
    assert forecast(reply, "none", "") == 0.0
    assert forecast(reply, "speak", "Hello.") == 0.0


@given(st.sampled_from(sorted(RANGES)), st.floats(0, 1))
def test_a_verdict_is_the_score_scaled_to_its_range(dimension: str, share: float) -> None:
    low, high = RANGES[dimension]
    value = min(high, low + share * (high - low))
    assert verdict(written("speak", "Hi."), {dimension: value}, dimension) == pytest.approx(share, abs=1e-9)
    assert verdict("no act", {dimension: value}, dimension) == 0.0


def test_the_range_of_the_mean_is_the_mean_of_the_ranges() -> None:
    best = {name: high for name, (_, high) in DIMENSIONS.items()}
    assert RANGES["overall"][1] == pytest.approx(sum(best.values()) / 7)


@pytest.mark.parametrize(
    ("scores", "dimension", "said"),
    [
        ({}, "goal", "a score of goal from 0 to 10, got None"),
        ({"goal": 12.0}, "goal", "got 12.0"),
        ({"goal": True}, "goal", "got True"),
        ({"goal": float("nan")}, "goal", "got nan"),
        ({"goal": 5.0}, "fun", "dimension to be one of"),
    ],
)
def test_a_score_that_is_missing_or_impossible_is_an_error_of_the_data(
    scores: dict[str, float], dimension: str, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        verdict(written("none"), scores, dimension)


def test_acts_are_read_in_both_forms() -> None:
    assert act_in(written("speak", "Hi.")) == {"kind": "speak", "text": "Hi.", "to": []}
    assert act_in('```json\n{"number": 2}\n```') == {"number": 2}
    assert (
        act_in(written("speak", " ")) is None
        and act_in("Hi.") is None
        and act_in('{"kind": "fly", "text": ""}') is None
    )


def test_verl_calls_compute_score_for_both_data_sources() -> None:
    real = truth("speak", "Hello there.", {"goal": 8.0, "overall": 2.0})
    assert compute_score(REPLIES, imagined("speak", "Hello there"), real) == 1.0
    assert compute_score(REPLIES, "?", real, {"turn": 3}, reward_router_address=None) == 0.0
    assert compute_score(ACTS, written("speak", "hello there"), real, {"turn": 3}) == 0.8
    assert compute_score(ACTS, "no act", real) == 0.0
    attached = {"scores": {"goal": 3.0, "relationship": 0.0}, "turn": 3}
    assert compute_score(ACTS, written("leave"), real, attached) == 0.3
    assert compute_score(ACTS, written("leave"), real, {**attached, "dimension": "relationship"}) == 0.5
    with pytest.raises(ConfigurationError, match="expected scores in extra_info"):
        compute_score(ACTS, written("leave"), real)
    with pytest.raises(ConfigurationError, match="expected scores in extra_info"):
        compute_score(ACTS, written("leave"), truth("leave", ""))
    with pytest.raises(ConfigurationError, match="data_source"):
        compute_score("gsm8k", "4", real)


def test_trl_calls_reward_func_with_columns_and_acts_without_scores_have_no_reward() -> None:
    columns: dict[str, Any] = {
        "data_source": [REPLIES, ACTS, ACTS, ACTS],
        "reward_model": [
            {"style": "rule", "ground_truth": truth("speak", "Hello.")},
            *[{"style": "rule", "ground_truth": truth("speak", "Hello.", {"goal": 6.0}, number=2)}] * 3,
        ],
        "extra_info": [{"turn": 1}] * 4,
        "prompts": ["p"] * 4,
    }
    replies = [imagined("speak", "Hello"), '{"number": 2}', '{"number": 1}', "?"]
    assert reward_func(replies, **columns) == [1.0, 0.6, None, 0.0]
    spoken = [[{"role": "assistant", "content": reply}] for reply in replies]
    assert reward_func(spoken, **columns) == [1.0, 0.6, None, 0.0]
    played = [None, {"goal": 1.0}, {"goal": 2.0}, {"goal": 3.0}]
    assert reward_func(replies, **columns, scores=played) == [1.0, 0.1, 0.2, 0.0]


@pytest.mark.parametrize("wrong", [None, {}, {"ground_truth": "x"}, {"ground_truth": "{}"}, {"ground_truth": "[1]"}])
def test_a_sample_without_a_reference_is_an_error_of_the_data(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match="swm agents export --form grpo"):
        reward_func(["?"], data_source=[REPLIES], reward_model=[wrong])
