"""Prices of models, from the package genai-prices."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation
    from pydantic_ai.messages import ModelResponse
    from pydantic_ai.models import Model
    from pydantic_ai.usage import RequestUsage

MILLION = 1_000_000
_CONTEXT = ("service_tier", "processing", "speed", "search_type", "route")
"""Details of a response that can change its price."""


class _Rates(NamedTuple):
    """Prices in US$ of a million tokens of prompt and of reply."""

    input: Decimal
    output: Decimal


class ReplyPrices:
    """Costs of the replies of one model. The price of the model is looked up once, because a look-up is slow.

    Each reply is priced separately if the price depends on the length of the prompt or on the time of day, or if a part
    of the tokens has another price, such as cached tokens.
    """

    def __init__(self) -> None:
        self._rates: dict[tuple[object, ...], _Rates | None] = {}
        self._unpriced = False

    def cost(self, response: ModelResponse) -> float | None:
        """Return the cost of a reply in US$; None if no price is known. An unknown price is not looked up again."""
        if self._unpriced:
            return None
        details = response.provider_details or {}
        context = [str(details.get(name)) for name in _CONTEXT]
        source = (
            response.model_name,
            response.provider_url,
            response.provider_name,
            response.timestamp.date(),
            *context,
        )
        usage, rates = response.usage, self._rates.get(source)
        if rates is not None and _is_plain(usage):
            return float((usage.input_tokens * rates.input + usage.output_tokens * rates.output) / MILLION)
        try:
            found = response.cost()
        except LookupError:
            self._unpriced = True
            return None
        except ValueError:  # this response has no token counts
            return None
        if source not in self._rates:
            self._rates[source] = _rates(found)
        return float(found.total_price)


def _rates(found: PriceCalculation) -> _Rates | None:
    """Return the prices per million tokens; None if the cost is not proportional to the number of tokens."""
    from genai_prices.types import ModelPrice, StartDateConstraint

    model, price = found.model, found.model_price
    variants = model.price_variants or ()
    conditions = [] if isinstance(model.prices, ModelPrice) else model.prices
    constraints = [one.constraint for one in (*variants, *conditions)]
    if not all(constraint is None or isinstance(constraint, StartDateConstraint) for constraint in constraints):
        return None  # the price depends on the time of day
    if not all(name in _CONTEXT for variant in variants for name in variant.when):
        return None
    sent, said = getattr(price, "input_mtok", None), getattr(price, "output_mtok", None)
    if getattr(price, "requests_kcount", None) is not None or not (
        isinstance(sent, Decimal) and isinstance(said, Decimal)
    ):
        return None  # each request has a price, or the price depends on the length of the prompt
    return _Rates(sent, said)


def _is_plain(usage: RequestUsage) -> bool:
    """Return whether all tokens have the normal price of prompts or replies."""
    special = (
        usage.cache_read_tokens or usage.cache_write_tokens or usage.input_audio_tokens or usage.output_audio_tokens
    )
    measured = not usage.unmeasured_requests
    return measured and not special and not any(n for name, n in usage.details.items() if name != "reasoning_tokens")


def price_of(model: Model, input_tokens: int, output_tokens: int) -> float | None:
    """Return the price of a call in US$; None if no price is known.

    Parameters
    ----------
    model
        Model to look up. The address of its endpoint is tried first. The name of its provider is tried second, because
        the address may belong to a proxy.
    input_tokens, output_tokens
        Number of tokens of the prompt and of the reply.
    """
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    tokens = Tokens(input_tokens=input_tokens, output_tokens=output_tokens)
    if model.base_url:
        try:
            return float(calc_price(tokens, model.model_name, provider_api_url=model.base_url).total_price)
        except LookupError:
            pass
    try:
        return float(calc_price(tokens, model.model_name, provider_id=model.system).total_price)
    except LookupError:
        return None
