"""Short ways to write a context in a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_world_model.s3ap import SocializedContext, SocializedStructure

Told = Mapping[str, str]


def step(
    state: str = "none", observations: Told | None = None, actions: Told | None = None, /, timestep: str = ""
) -> tuple[str, Told, Told, str]:
    """Write one step; whoever is not named perceives and does nothing."""
    return state, observations or {}, actions or {}, timestep


def context(cast: Sequence[str], *steps: tuple[str, Told, Told, str]) -> SocializedContext:
    """Write a context whose steps are named 1, 2, … unless they have names of their own."""
    return SocializedContext(
        agents_names=list(cast),
        socialized_context=[
            SocializedStructure(
                timestep=timestep or str(number),
                state=state,
                observations=dict.fromkeys(cast, "none") | dict(observations),
                actions=dict.fromkeys(cast, "none") | dict(actions),
            )
            for number, (state, observations, actions, timestep) in enumerate(steps, start=1)
        ],
    )
