"""Prices of models, from the package genai-prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_ai.models import Model


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
