"""The decisions of a stored episode, as the pages read them. Imagined futures are only in decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from social_world_model.experiments.episodes.calls import act_of
from social_world_model.experiments.episodes.files import StoredEpisode

NOTHING = "does nothing"
"""Words for the act of a person who does nothing."""


def episode_decisions(episode: StoredEpisode) -> list[dict[str, Any]]:
    """Return the decisions of all people of an episode, in the order of the turns.

    Turn n is the step at position n - 1 of the context. `agent` is the name of the person.

    Parameters
    ----------
    episode
        A stored episode.
    """
    return [
        {
            "position": turn["number"] - 1,
            "agent": name,
            "act": _words(decision["act"]),
            "why": decision["why"],
            "considered": [_considered(one) for one in decision["considered"]],
        }
        for turn in episode.turns
        for name, decision in turn["decisions"].items()
    ]


def _considered(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "act": _words(one["act"]),
        "value": one["value"],
        "why": one["why"],
        "futures": [
            [
                {"by": reply["by"], "mind": reply["mind"], "act": _words(reply["act"]), "state": reply["state"]}
                for reply in replies
            ]
            for replies in one["replies"]
        ],
    }


def _words(act: Mapping[str, Any]) -> str:
    return act_of(act).words or NOTHING
