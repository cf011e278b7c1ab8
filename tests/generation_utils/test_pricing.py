from datetime import UTC, datetime
from typing import Any

import pytest
from genai_prices.data_snapshot import get_snapshot
from hypothesis import given
from hypothesis import strategies as st
from pydantic_ai.messages import ModelResponse, TextPart
from pydantic_ai.usage import RequestUsage

from social_world_model.generation_utils.pricing import ReplyPrices

MODELS = [(provider.id, model.id) for provider in get_snapshot().providers for model in provider.models]
COUNTS = st.integers(0, 400_000)
TIERS = st.sampled_from([None, None, "default", "priority"])


def response(provider: str, model: str, usage: RequestUsage, tier: str | None = None) -> ModelResponse:
    return ModelResponse(
        parts=[TextPart("yes")],
        usage=usage,
        model_name=model,
        provider_name=provider,
        provider_details={"service_tier": tier} if tier else None,
        timestamp=datetime(2026, 11, 1, 12, tzinfo=UTC),
    )


@given(
    source=st.sampled_from(MODELS),
    tokens=st.lists(st.tuples(COUNTS, COUNTS, st.sampled_from([0, 0, 7]), st.sampled_from([0, 5]), TIERS), min_size=2),
)
def test_a_reply_costs_what_its_own_look_up_would_say(
    source: Any, tokens: list[tuple[int, int, int, int, str | None]]
) -> None:
    prices = ReplyPrices()
    for sent, said, cached, reasoned, tier in tokens:
        usage = RequestUsage(
            input_tokens=sent + cached,
            output_tokens=said + reasoned,
            cache_read_tokens=cached,
            details={"reasoning_tokens": reasoned},
        )
        made = response(source[0], source[1], usage, tier)
        try:
            expected = float(made.cost().total_price)
        except LookupError:
            assert prices.cost(made) is None
            return
        assert prices.cost(made) == pytest.approx(expected, rel=1e-12)


def test_the_price_of_a_model_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = []
    look_up = ModelResponse.cost

    def counted(made: ModelResponse) -> Any:
        looked_up.append(made.model_name)
        return look_up(made)

    monkeypatch.setattr(ModelResponse, "cost", counted)
    prices = ReplyPrices()
    usage = RequestUsage(input_tokens=1000, output_tokens=1000)
    costs = [prices.cost(response("openai", name, usage)) for name in ("gpt-4o", "gpt-4o-mini") for _ in range(3)]
    assert costs == [0.0125] * 3 + [0.00075] * 3
    assert looked_up == ["gpt-4o", "gpt-4o-mini"]


def test_an_unknown_price_is_not_looked_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    prices = ReplyPrices()
    usage = RequestUsage(input_tokens=1000, output_tokens=1000)
    assert prices.cost(response("custom", "oracle", usage)) is None
    monkeypatch.delattr(ModelResponse, "cost")
    assert prices.cost(response("custom", "oracle", usage)) is None
