"""Summary of episodes: scores, costs per turn, and how often imagined replies came true."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from social_world_model.agents.reading import speaks_for_other
from social_world_model.experiments.episode_calls import act_of
from social_world_model.experiments.episode_files import StoredEpisode
from social_world_model.experiments.episodes import PLAYED
from social_world_model.reports.clusters import grouped, student

FEWEST_CLUSTERS = 6
"""Minimum number of clusters of an interval."""


@dataclass(frozen=True, kw_only=True)
class MeanScore:
    """Mean of a score.

    Parameters
    ----------
    mean, n
        Mean, and number of episodes with this score.
    clusters
        Number of environments. If all episodes have the same environment, each episode is a cluster.
    interval
        95 % confidence interval: t interval on the means of the clusters. None for fewer than 6 clusters.
    """

    mean: float
    n: int
    clusters: int
    interval: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """How often the imagined reply to an act was the real reply to this act.

    Parameters
    ----------
    replies
        Number of imagined replies that have a real reply to compare with.
    same_kind
        Share of replies of the same kind, such as ``"speak"``.
    same_act
        Share of replies that are the same act, word for word.
    """

    replies: int
    same_kind: float
    same_act: float


@dataclass(frozen=True, kw_only=True)
class AgentSummary:
    """Summary of the agent's side of a run of episodes.

    Parameters
    ----------
    played, failed
        Number of episodes that were played to the end, and number of episodes that ended in an error.
    turns
        Mean number of turns of the played episodes.
    scores
        Mean score of the agent's person by dimension; empty if a judge must decide.
    forecast
        Accuracy of imagined replies; None if the agent imagined none.
    own_turns
        Number of own turns of the agent, in all episodes.
    calls, tokens, seconds, characters
        Means per own turn of the agent: calls of models, tokens in and out, duration, and length of the act.
    for_others
        Number of acts that speak for another person.
    """

    played: int
    failed: int
    turns: float | None
    scores: Mapping[str, MeanScore] = field(default_factory=dict)
    forecast: Forecast | None = None
    own_turns: int = 0
    calls: float = 0.0
    tokens: float = 0.0
    seconds: float = 0.0
    characters: float = 0.0
    for_others: int = 0


def summarize(episodes: Sequence[StoredEpisode]) -> AgentSummary:
    """Return the summary of the agent's side of episodes.

    Parameters
    ----------
    episodes
        Episodes of one run.
    """
    played = [episode for episode in episodes if episode.status == PLAYED]
    own = [(episode, decision) for episode in episodes for decision in episode.decisions(episode.person)]
    acts = [(episode, act_of(decision["act"])) for episode, decision in own]
    dimensions = dict.fromkeys(name for episode in played for name in episode.scores.get(episode.person, {}))

    def mean_of(value: Callable[[Mapping[str, Any]], float]) -> float:
        return _mean([value(decision) for _, decision in own]) or 0.0

    return AgentSummary(
        played=len(played),
        failed=len(episodes) - len(played),
        turns=_mean([float(len(episode.turns)) for episode in played]),
        scores={name: mean_score(played, name) for name in dimensions},
        forecast=_forecast(episodes),
        own_turns=len(own),
        calls=mean_of(lambda decision: _sum(decision, "requests")),
        tokens=mean_of(lambda decision: _sum(decision, "input_tokens") + _sum(decision, "output_tokens")),
        seconds=mean_of(lambda decision: float(decision["seconds"])),
        characters=mean_of(lambda decision: len(decision["act"]["text"])),
        for_others=sum(speaks_for_other(act, episode.person, episode.cast) for episode, act in acts),
    )


def mean_score(episodes: Sequence[StoredEpisode], dimension: str) -> MeanScore:
    """Return the mean of a score of the agent's person, with a t interval on the means of the environments.

    Parameters
    ----------
    episodes
        Played episodes. Episodes without this score are left out.
    dimension
        Name of the score.
    """
    scored = [one for one in episodes if dimension in one.scores.get(one.person, {})]
    values = [one.scores[one.person][dimension] for one in scored]
    environments = [one.environment for one in scored]
    groups = grouped(values, environments if len(set(environments)) > 1 else [""] * len(values))
    means = [math.fsum(group) / len(group) for group in groups]
    mean = math.fsum(means) / len(means)
    bounds = None
    if len(means) >= FEWEST_CLUSTERS:
        error = math.sqrt(math.fsum((one - mean) ** 2 for one in means) / (len(means) - 1) / len(means))
        half = student(0.975, len(means) - 1) * error
        bounds = (mean - half, mean + half)
    return MeanScore(mean=mean, n=len(values), clusters=len(means), interval=bounds)


def _forecast(episodes: Sequence[StoredEpisode]) -> Forecast | None:
    pairs = [pair for episode in episodes for pair in _pairs(episode)]
    if not pairs:
        return None

    def share(same: Callable[[Mapping[str, Any], Mapping[str, Any]], bool]) -> float:
        return sum(same(imagined, real) for imagined, real in pairs) / len(pairs)

    return Forecast(
        replies=len(pairs),
        same_kind=share(lambda imagined, real: imagined["kind"] == real["kind"]),
        same_act=share(lambda imagined, real: act_of(imagined) == act_of(real)),
    )


def _pairs(episode: StoredEpisode) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield each imagined first reply to an act that was played, with the act that followed."""
    for position, turn in enumerate(episode.turns):
        decision = turn["decisions"].get(episode.person)
        for one in decision["considered"] if decision is not None else ():
            for replies in one["replies"] if one["act"] == decision["act"] else ():
                real = _next_act(episode, position, replies[0]["by"]) if replies else None
                if real is not None:
                    yield replies[0]["act"], real


def _next_act(episode: StoredEpisode, position: int, person: str) -> Mapping[str, Any] | None:
    """Return what a person does before the agent acts again; None if the person does not act."""
    for turn in episode.turns[position:]:
        if turn is not episode.turns[position] and episode.person in turn["decisions"]:
            return None
        if person in turn["decisions"]:
            act: Mapping[str, Any] = turn["decisions"][person]["act"]
            return act
    return None


def _sum(decision: Mapping[str, Any], name: str) -> float:
    return float(sum(call["usage"][name] for call in decision["calls"]))


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
