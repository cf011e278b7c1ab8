"""What model calls take: requests, tokens, US$."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What model calls took.

    Parameters
    ----------
    requests
        Number of calls.
    input_tokens, output_tokens
        Tokens, as the provider counts them.
    cost
        US$; None where the price is unknown.
    """

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None

    def __add__(self, other: Usage) -> Usage:
        """Return the sum; its cost is unknown as soon as that of one call is.

        >>> (Usage(requests=1, cost=0.5) + Usage(requests=2, cost=0.25)).cost
        0.75
        >>> (Usage(requests=1, cost=0.5) + Usage(requests=1)).cost is None
        True
        """
        if NO_USAGE in (self, other):
            return other if self == NO_USAGE else self
        return Usage(
            requests=self.requests + other.requests,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost=None if self.cost is None or other.cost is None else self.cost + other.cost,
        )


NO_USAGE = Usage()
"""No call was made, or none that costs anything."""
