"""Usage of model calls: requests, tokens and cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Usage of model calls.

    Parameters
    ----------
    requests
        Number of requests.
    input_tokens, output_tokens
        Number of input tokens and number of output tokens, as counted by the provider.
    cost
        Cost in US$; None if the price is unknown.
    """

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None

    def __add__(self, other: Usage) -> Usage:
        """Return the sum of two usages. The cost of the sum is unknown if one of the costs is unknown.

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
"""Usage without any request."""
INTERRUPTED = "interrupted"
"""Role of requests whose reply did not arrive, because the run was stopped. Their tokens are estimates."""
