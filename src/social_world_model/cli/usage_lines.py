"""Print the usage of model calls, estimates of it, and why a command stopped."""

from __future__ import annotations

from collections.abc import Mapping

from social_world_model.cli.progress import dollars, told
from social_world_model.settings import CallSettings
from social_world_model.usage import NO_USAGE, Usage


def show_usage_estimate(roles: Mapping[str, Usage], settings: CallSettings) -> None:
    """Print the estimated calls, tokens and cost of each role, and name the limits that the calls would reach."""
    if not roles:
        print("no calls to language models")
        return
    total = sum(roles.values(), NO_USAGE)
    width = max(10, *map(len, roles))
    print(f"{'':{width}} {'calls':>8} {'tokens in':>12} {'tokens out':>12}  {'cost':>13}")
    for role, usage in [*roles.items(), *([("all", total)] if len(roles) > 1 else [])]:
        print(_usage_row(role.ljust(width), usage))
    print("Tokens are estimated as characters / 4. Retries, and new requests after invalid replies, are not included.")
    print("The length of replies is a guess: reasoning models write many times more.")
    cost = total.cost
    if settings.max_cost is not None and cost is not None and cost > settings.max_cost:
        print(f"--max-cost {settings.max_cost:g} will stop the command before the end")
    if settings.rpm is not None and total.requests > settings.rpm:
        print(f"with --rpm {settings.rpm} the calls take at least {total.requests / settings.rpm:,.0f} minutes")


def _usage_row(role: str, usage: Usage) -> str:
    return f"{role} {usage.requests:>8,} {usage.input_tokens:>12,} {usage.output_tokens:>12,}  {dollars(usage):>13}"


def show_usage(usage: Mapping[str, Usage]) -> None:
    """Print the usage of model calls by role, if there are any calls."""
    if usage:
        used = sum(usage.values(), NO_USAGE)
        roles = ", ".join(f"{one.requests} {role}" for role, one in usage.items())
        print(f"calls: {roles}; {used.input_tokens:,} tokens in, {used.output_tokens:,} out; {dollars(used)}")


def show_stop(why: str, done: str) -> None:
    """Print why a run ended early, and what is done.

    Parameters
    ----------
    why
        Message of the error that stopped the run.
    done
        What is done, and how to continue.
    """
    print(f"stopped: {told(why)}")
    print(done)
