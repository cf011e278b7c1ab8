from __future__ import annotations

from social_world_model.usage import NO_USAGE, Usage


def test_nothing_called_took_nothing() -> None:
    assert NO_USAGE + NO_USAGE == sum([], NO_USAGE) == NO_USAGE


def test_tokens_are_summed_and_an_unknown_cost_makes_the_sum_unknown() -> None:
    priced = Usage(requests=1, input_tokens=5, output_tokens=1, cost=0.5)
    free = Usage(requests=1, input_tokens=5, cost=0.0)
    assert priced + NO_USAGE + free == Usage(requests=2, input_tokens=10, output_tokens=1, cost=0.5)
    assert (priced + Usage(requests=1)).cost is None
