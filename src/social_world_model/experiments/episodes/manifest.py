"""Make the manifest of a run of episodes."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from social_world_model.experiments.episodes.folders import KIND
from social_world_model.experiments.episodes.plan import EpisodePlan
from social_world_model.plugins import loaded
from social_world_model.runs.journal import Journal
from social_world_model.runs.manifest import hashed
from social_world_model.runs.usages import usage_data
from social_world_model.settings import manifest_settings
from social_world_model.usage import Usage


def manifest_data(
    plan: EpisodePlan,
    *,
    usage: Mapping[str, Usage],
    understood: Mapping[str, Any],
    counts: Mapping[str, int],
    times: tuple[str, str | None],
    stopped: str | None,
) -> dict[str, Any]:
    """Return the fields of ``run.json``.

    Parameters
    ----------
    plan
        Plan of the run.
    usage
        Usage by role, including earlier commands in the same folder.
    understood
        What was found out about the endpoints.
    counts
        Number of episodes by status.
    times
        Start and end of the run. The end is None while the run is in progress.
    stopped
        Reason for an early stop; None if the run was not stopped.
    """
    settings = plan.settings
    agents = plan.agents(plan.tasks[0], Journal(None)).values()
    return {
        "version": version("social-world-model"),
        "command": list(settings.command),
        "kind": KIND,
        "scenario": settings.scenario,
        "agent": plan.agent.name,
        "partner": plan.partner.name,
        "dataset": "" if settings.data is None else settings.data.name,
        "data_sha256": plan.data_sha256,
        "seed": settings.seed,
        "settings": {**manifest_settings(settings), "models": _sampling(plan), "understood": dict(understood)},
        "prompts": {agent.name: hashed(agent.config) for agent in agents},
        "started": times[0],
        "ended": times[1],
        "stopped": stopped,
        "counts": dict(counts),
        "usage": usage_data(usage),
        "plug_ins": [one.data() for one in loaded()],
    }


def _sampling(plan: EpisodePlan) -> dict[str, dict[str, Any]]:
    """Return the sampling options that are set, by role of the language model."""
    asks = {"agent": plan.agent.ask, "world_model": plan.agent.world, "partner": plan.partner.ask}
    return {role: ask.sampling.chosen for role, ask in asks.items() if ask is not None}
