"""Is a context well formed? A score of three parts, each a share of what is as it should be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from social_world_model.errors import Issue
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.validation import errors_of

SCHEMA, CAST, TIMESTEPS = 0.5, 0.3, 0.2
"""Weights of the parts; together 1."""

_STEP = re.compile(r"socialized_context\[(\d+)\]")


@dataclass(frozen=True, kw_only=True)
class Structure:
    """How well a context is formed.

    Parameters
    ----------
    schema
        Share of steps without an error of `validate`, 0–1; 0 where the cast itself has one, or there is no step.
    cast
        Share of entries that are there, out of an observation and an action for each agent in each step, 0–1; an entry
        for somebody who is not in the cast is one more that should be otherwise.
    timesteps
        Share of steps whose timestep has a name of its own and, if it is a number, is higher than all before, 0–1.
    issues
        The errors.
    """

    schema: float
    cast: float
    timesteps: float
    issues: tuple[Issue, ...] = ()

    @property
    def score(self) -> float:
        """The weighted mean of the parts, 0–1; 1 for every context that validates with ascending timesteps."""
        if self.schema == self.cast == self.timesteps == 1:
            return 1.0
        return SCHEMA * self.schema + CAST * self.cast + TIMESTEPS * self.timesteps


def structural_score(context: SocializedContext) -> float:
    """Return how well a context is formed, 0–1.

    Examples
    --------
    >>> structural_score(SocializedContext(agents_names=["Al"], socialized_context=[]))
    0.0
    """
    return structure_of(context).score


def structure_of(context: SocializedContext) -> Structure:
    """Return the score of a context in parts, with what is wrong."""
    issues = tuple(errors_of(context))
    steps = len(context.socialized_context)
    if not steps:
        nothing = Issue(path="socialized_context", expected="at least one step", got="none")
        return Structure(schema=0.0, cast=0.0, timesteps=0.0, issues=(*issues, nothing))
    at = [_STEP.match(issue.path) for issue in issues]
    wrong = {found[1] for found in at if found is not None}
    return Structure(
        schema=0.0 if None in at else 1 - len(wrong) / steps,
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
