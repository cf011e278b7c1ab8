"""Make the plans of many runs of episodes. Data files are read once, and language models are created once."""

from __future__ import annotations

from pathlib import Path

from social_world_model.experiments.episodes.plan import EpisodePlan, LoadedScenarios, load_scenarios, plan_episodes
from social_world_model.generation_utils.clients import Clients
from social_world_model.settings import EpisodeSettings


class Planner:
    """Makes plans of runs that share language models and data.

    Parameters
    ----------
    clients
        Language models of all runs together; None to create them from the settings of the first plan.
    """

    def __init__(self, clients: Clients | None = None) -> None:
        self._clients = clients
        self._loaded: dict[tuple[str, Path | None], LoadedScenarios] = {}

    def __call__(self, settings: EpisodeSettings) -> EpisodePlan:
        """Return the plan of a run; see `plan_episodes`."""
        self._clients = self._clients or Clients(settings)
        source = (settings.scenario, settings.data)
        if source not in self._loaded:
            self._loaded[source] = load_scenarios(settings)
        return plan_episodes(settings, Clients(settings, within=self._clients), loaded=self._loaded[source])
