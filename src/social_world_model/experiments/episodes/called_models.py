"""The language models that took part in episodes, and how a judge is related to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from social_world_model.experiments.episodes.files import StoredEpisode
from social_world_model.generation_utils.families import bare_name, family

CalledModels = Mapping[str, frozenset[str]]
"""Names of models by role: ``"agent"``, ``"partner"``, and ``"value"`` for models that valued acts."""


def called_models(episodes: Iterable[StoredEpisode], settings: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return the models that were called in episodes.

    Parameters
    ----------
    episodes
        Episodes of one run.
    settings
        Settings in the manifest of the run. Imported episodes have no calls, but the settings name their models.
    """
    found: dict[str, set[str]] = {"agent": set(), "partner": set(), "value": set()}
    for episode in episodes:
        for turn in episode.turns:
            for name, decision in turn["decisions"].items():
                called = [(call.get("role"), str(call.get("model"))) for call in decision["calls"]]
                found["agent" if name == episode.person else "partner"].update(model for _, model in called)
                found["value"].update(model for role, model in called if role == "value")
    for role, option in (("agent", "model_name"), ("partner", "partner_model")):
        if not found[role] and isinstance(name := settings.get(option), str):
            found[role].add(name)
    return {role: frozenset(names) for role, names in found.items()}


def has_valued(models: CalledModels, judge: str) -> bool:
    """Return whether a judge is also a model that valued acts.

    Parameters
    ----------
    models
        Models of the episodes.
    judge
        Name of the judge's model.
    """
    return any(bare_name(name) == bare_name(judge) for name in models.get("value", ()))


def relatives(models: CalledModels, role: str, judge: str) -> list[str]:
    """Return the models of the agent or of the partner that have the family of a judge.

    Parameters
    ----------
    models
        Models of the episodes.
    role
        ``"agent"`` or ``"partner"``.
    judge
        Name of the judge's model.
    """
    return sorted(name for name in models.get(role, ()) if family(name) == family(judge))
