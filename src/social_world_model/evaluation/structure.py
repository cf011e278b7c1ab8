"""Structural score of a context: schema, cast and timesteps."""

from __future__ import annotations

import re
from dataclasses import dataclass

from social_world_model.errors import Issue
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.validation import errors_of

SCHEMA, CAST, TIMESTEPS = 0.5, 0.3, 0.2
"""Weights of the three parts in the score. The sum of the weights is 1."""


@dataclass(frozen=True, kw_only=True)
class Structure:
    """Structural score of a context in three parts.

    Parameters
    ----------
    schema
        Share of steps without a validation error, from 0 to 1. The share is 0 if the cast has an error, or if there are
        no steps.
    cast
        Share of required entries that exist, from 0 to 1. Every agent needs an observation and an action in each step.
        An entry for an agent who is not in the cast counts as wrong.
    timesteps
        Share of steps with a valid timestep, from 0 to 1. A timestep must be unique. If a timestep is a number, it must
        be higher than all earlier numbers.
    issues
        Errors found in the context.
    """

    schema: float
    cast: float
    timesteps: float
    issues: tuple[Issue, ...] = ()

    @property
    def score(self) -> float:
        """Weighted mean of the three parts, from 0 to 1. A valid context with ascending timesteps has the score 1."""
        if self.schema == self.cast == self.timesteps == 1:
            return 1.0
        return SCHEMA * self.schema + CAST * self.cast + TIMESTEPS * self.timesteps


def structural_score(context: SocializedContext) -> float:
    """Return the structural score of a context, from 0 to 1.

    Examples
    --------
    >>> structural_score(SocializedContext(agents_names=["Al"], socialized_context=[]))
    0.0
    """
    return structure_of(context).score


def structure_of(context: SocializedContext) -> Structure:
    """Return the three parts of a context's structural score, and the errors in the context."""
    issues = tuple(errors_of(context))
    steps = len(context.socialized_context)
    if not steps:
        nothing = Issue(path="socialized_context", expected="at least one step", got="none")
        return Structure(schema=0.0, cast=0.0, timesteps=0.0, issues=(*issues, nothing))
    wrong = {issue.position for issue in issues}
    return Structure(
        schema=0.0 if None in wrong else 1 - len(wrong) / steps,
        cast=_cast(context),
        timesteps=_timesteps(context),
        issues=issues,
    )


def _cast(context: SocializedContext) -> float:
    cast = set(context.agents_names)
    entries = [set(texts) for step in context.socialized_context for texts in (step.observations, step.actions)]
    there = sum(len(names & cast) for names in entries)
    concerned = sum(len(names | cast) for names in entries)
    return there / concerned if concerned else 0.0


def _timesteps(context: SocializedContext) -> float:
    names = [step.timestep for step in context.socialized_context]
    right, seen, highest = 0, set[str](), float("-inf")
    for name in names:
        number = float(name) if re.fullmatch(r"\d{1,15}(?:\.\d{1,15})?", name) else None
        right += name not in seen and (number is None or number > highest)
        seen.add(name)
        highest = highest if number is None else max(highest, number)
    return right / len(names)
