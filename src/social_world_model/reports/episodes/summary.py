"""Summary of episodes: scores, costs per turn, and how often imagined replies came true."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from social_world_model.agents.reading import speaks_for_other
from social_world_model.experiments.episodes.calls import act_of
from social_world_model.experiments.episodes.files import StoredEpisode
from social_world_model.reports.environments import Level, level
from social_world_model.runs.usages import read_usage
from social_world_model.scenarios.dimensions import with_overall
from social_world_model.usage import NO_USAGE


@dataclass(frozen=True, kw_only=True)
class EpisodeFigures:
    """The agent's side of an episode in numbers.

    Parameters
    ----------
    task, seat, repeat, seed, environment
        The episode: see `StoredEpisode`.
    played
        Whether the episode was played to its end.
    turns, own_turns
        Number of turns, and number of turns of the agent.
    scores
        Score of the agent's person by dimension; empty if there is none.
    calls, tokens, seconds, characters
        Sums over the own turns of the agent.
    replies, same_kind, same_act
        Numbers of imagined replies: with a real reply to compare with, of the same kind as the real reply, and equal to
        the real reply word for word.
    for_others
        Number of acts that speak for another person.
    """

    task: str
    seat: str
    repeat: int
    seed: int
    environment: str
    played: bool
    turns: int
    scores: Mapping[str, float]
    own_turns: int
    calls: int
    tokens: int
    seconds: float
    characters: int
    replies: int
    same_kind: int
    same_act: int
    for_others: int

    @property
    def index(self) -> str:
        """Name of the episode, unique in its run."""
        return f"{self.task}-{self.repeat}"

    @property
    def length(self) -> float:
        """Mean number of characters per own turn."""
        return self.characters / self.own_turns if self.own_turns else 0.0


def figures_of(episode: StoredEpisode) -> EpisodeFigures:
    """Return the agent's side of an episode in numbers.

    Parameters
    ----------
    episode
        A stored episode. The scores are the scores of the game. An episode that was not played has no scores.
    """
    own = episode.decisions(episode.person)
    acts = [act_of(decision["act"]) for decision in own]
    usage = sum((read_usage(call["usage"]) for decision in own for call in decision["calls"]), NO_USAGE)
    pairs = list(_pairs(episode))
    return EpisodeFigures(
        task=episode.task,
        seat=episode.seat,
        repeat=episode.repeat,
        seed=episode.seed,
        environment=episode.environment,
        played=episode.is_played,
        turns=len(episode.turns),
        scores=with_overall(episode.scores.get(episode.person, {})) if episode.is_played else {},
        own_turns=len(own),
        calls=usage.requests,
        tokens=usage.input_tokens + usage.output_tokens,
        seconds=math.fsum(float(decision["seconds"]) for decision in own),
        characters=sum(len(act.text) for act in acts),
        replies=len(pairs),
        same_kind=sum(imagined["kind"] == real["kind"] for imagined, real in pairs),
        same_act=sum(act_of(imagined) == act_of(real) for imagined, real in pairs),
        for_others=sum(speaks_for_other(act, episode.person, episode.cast) for act in acts),
    )


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
    scores: Mapping[str, Level] = field(default_factory=dict)
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
        Episodes of one run. The scores are the scores of the game.
    """
    return summary_of([figures_of(episode) for episode in episodes])


def summary_of(episodes: Sequence[EpisodeFigures]) -> AgentSummary:
    """Return the summary of episodes.

    Parameters
    ----------
    episodes
        Episodes of one run, perhaps with the scores of judges.
    """
    played = [one for one in episodes if one.played]
    own_turns = sum(one.own_turns for one in episodes)
    dimensions = dict.fromkeys(name for one in played for name in one.scores)
    found = {name: mean_score(played, name) for name in dimensions}
    return AgentSummary(
        played=len(played),
        failed=len(episodes) - len(played),
        turns=sum(one.turns for one in played) / len(played) if played else None,
        scores={name: score for name, score in found.items() if score is not None},
        forecast=_forecast(episodes),
        own_turns=own_turns,
        calls=sum(one.calls for one in episodes) / max(1, own_turns),
        tokens=sum(one.tokens for one in episodes) / max(1, own_turns),
        seconds=math.fsum(one.seconds for one in episodes) / max(1, own_turns),
        characters=sum(one.characters for one in episodes) / max(1, own_turns),
        for_others=sum(one.for_others for one in episodes),
    )


def mean_score(episodes: Sequence[EpisodeFigures], dimension: str) -> Level | None:
    """Return the mean of a score of the agent's person over environments.

    Parameters
    ----------
    episodes
        Episodes. Episodes without this score are left out.
    dimension
        Name of the score.

    Returns
    -------
    Level or None
        None if no episode has this score.
    """
    scored = [one for one in episodes if dimension in one.scores]
    return level([one.scores[dimension] for one in scored], [one.environment for one in scored])


def _forecast(episodes: Sequence[EpisodeFigures]) -> Forecast | None:
    replies = sum(one.replies for one in episodes)
    if not replies:
        return None
    return Forecast(
        replies=replies,
        same_kind=sum(one.same_kind for one in episodes) / replies,
        same_act=sum(one.same_act for one in episodes) / replies,
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
