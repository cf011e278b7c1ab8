"""What calls took, together."""

from __future__ import annotations

from collections.abc import Iterable

from social_world_model.contracts import NO_USAGE, Usage


def total(usages: Iterable[Usage]) -> Usage:
    """Return the sum; its cost is unknown as soon as that of one call is.

    >>> total([Usage(requests=1, cost=0.5), Usage(requests=2, cost=0.25)]).cost
    0.75
    >>> total([Usage(requests=1, cost=0.5), Usage(requests=1)]).cost is None
    True
    """
    called = [usage for usage in usages if usage != NO_USAGE]
    costs = [usage.cost for usage in called if usage.cost is not None]
    return Usage(
        requests=sum(usage.requests for usage in called),
        input_tokens=sum(usage.input_tokens for usage in called),
        output_tokens=sum(usage.output_tokens for usage in called),
        cost=sum(costs) if called and len(costs) == len(called) else None,
    )
