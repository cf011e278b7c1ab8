"""Episodes of this package as episodes of sotopia, and the other way round. sotopia is not imported.

An `EpisodeLog` of sotopia has, for each turn, what the environment tells each person, and what each person does. An
episode of this package has the acts, and who perceived them.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from social_world_model.adapters.sotopia_store import OWN, EpisodeLog
from social_world_model.adapters.sotopia_texts import (
    ENVIRONMENT,
    Background,
    act_words,
    background_text,
    read_act,
    read_background,
    turn_text,
)
from social_world_model.agents.recorder import Record
from social_world_model.errors import DatasetError, shortened
from social_world_model.experiments.episodes.calls import act_data, act_of
from social_world_model.experiments.episodes.files import StoredEpisode
from social_world_model.experiments.episodes.verdicts import Scores
from social_world_model.interaction import Act, Briefing, Happening, background_and_goal
from social_world_model.runs.keys import content_key
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.tags import is_none, thoughts, without_tags
from social_world_model.s3ap.validation import errors_of
from social_world_model.scenarios.dimensions import DIMENSIONS, OVERALL, with_overall
from social_world_model.scenarios.sotopia_rendering import visible_text

_KEPT = ("task", "repeat", "seat", "person", "seed", "why_over")
_NAMES_OF_OVERALL = (OVERALL, "overall_score")
_OF_NOBODY = "the end of the log"


def to_episode_log(episode: StoredEpisode, scores: Scores, *, models: Sequence[str], tag: str = "") -> dict[str, Any]:
    """Return an episode in the form of sotopia's `EpisodeLog`, as data for JSON.

    The rewards are pairs of the mean score and the scores by dimension. If a person has no scores, the rewards are 0.0,
    which sotopia reads as "not judged". The ids of the people are their names, because episodes store no other ids.

    Parameters
    ----------
    episode
        The episode, with its context.
    scores
        Score by person and dimension, from `EpisodeFolder.scores`; empty if there is no verdict.
    models
        Names of the judge and of the models of all people, in the order of the cast.
    tag
        Tag of the episode.

    Raises
    ------
    ContextError
        If the context of the episode is damaged.
    """
    cast = tuple(episode.cast)
    turns = [{name: act_of(decision["act"]) for name, decision in turn["decisions"].items()} for turn in episode.turns]
    told = {name: background_text(one) for name, one in _told(episode).items()}
    texts = {name: f"\n{told[name]}\nConversation Starts:\n" for name in cast}
    messages = []
    for number, acts in enumerate(turns):
        done = [(name, ENVIRONMENT, act_words(acts.get(name, Act(kind="none")))) for name in cast]
        messages.append([*((ENVIRONMENT, name, texts[name]) for name in cast), *done])
        seen = {name: turn_text(one for one in acts.items() if _perceives(name, *one)) for name in cast}
        texts = {name: f"Turn #{number}: {seen[name]}\n" for name in cast}
    messages.append([(ENVIRONMENT, name, texts[name]) for name in cast])
    return {
        "pk": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{episode.episode_key}/{episode.index}")),
        "environment": episode.environment,
        "agents": list(cast),
        "tag": tag,
        "models": list(models),
        "messages": messages,
        "reasoning": f"Environment comments: terminated: {episode.why_over}",
        "rewards": [_reward(scores.get(name, {})) for name in cast]
        if _are_complete(scores, cast)
        else [0.0] * len(cast),
        "rewards_prompt": "",
        OWN: {name: getattr(episode, name) for name in _KEPT} | {"acting": [list(acts) for acts in turns]},
    }


def _are_complete(scores: Scores, cast: Sequence[str]) -> bool:
    return all(scores.get(name) for name in cast)


def _reward(scores: Mapping[str, float]) -> tuple[float, dict[str, float]]:
    given = {name: value for name, value in scores.items() if name != OVERALL}
    return with_overall(given).get(OVERALL, fmean(given.values())), given


def _perceives(name: str, actor: str, act: Act) -> bool:
    return not act.to or act.kind == "leave" or name in (actor, *act.to)


def _told(episode: StoredEpisode) -> dict[str, Background]:
    """Return what each person is told at the beginning: the situation, and the own background and goal."""
    first = SocializedContext.from_data(episode.context).socialized_context[0]
    scenario = "" if is_none(first.state) else first.state
    cast = tuple(episode.cast)
    told = {}
    for name in cast:
        background, goal = background_and_goal(thoughts(first.observations.get(name, "")))
        told[name] = Background(scenario=scenario, cast=cast, backgrounds={name: background}, goals={name: goal})
    return told


@dataclass(frozen=True, kw_only=True)
class ReadEpisode:
    """An episode of sotopia, as far as its log says.

    Parameters
    ----------
    log
        The log.
    cast
        Names of all people.
    turns
        Act of each person who had the turn, by turn.
    context
        The episode as S3AP.
    scores
        Score by person and dimension; empty if nobody judged the episode.
    note
        Why the rewards are no scores; empty if they are, or if there are none.
    """

    log: EpisodeLog
    cast: tuple[str, ...]
    turns: tuple[Mapping[str, Act], ...]
    context: SocializedContext
    scores: Scores
    note: str = ""

    @property
    def kept(self) -> Mapping[str, Any]:
        """What this package wrote about the episode: task, repeat, seat, person, seed, why_over; otherwise empty."""
        own = self.log.own
        texts = all(isinstance(own.get(name), str) for name in ("task", "seat", "person", "why_over"))
        numbers = all(type(own.get(name)) is int for name in ("repeat", "seed"))
        return own if texts and numbers and own["person"] in self.cast and own["repeat"] >= 0 else {}

    def stored(self, *, task: str, repeat: int, seat: str, person: str) -> StoredEpisode:
        """Return the stored form of the episode.

        Parameters
        ----------
        task, repeat, seat, person
            The same as for `StoredEpisode`.
        """
        turns = [
            {
                "number": number,
                "happenings": _sentences(acts),
                "decisions": {name: _decision(acts[name]) for name in acts},
            }
            for number, acts in enumerate(self.turns, start=1)
        ]
        context = self.context.to_data()
        about = {"task": task, "repeat": repeat, "seat": seat, "person": person, "seed": self.kept.get("seed", 0)}
        return StoredEpisode(
            environment=self.log.environment or self.log.codename or "unknown",
            cast=list(self.cast),
            status="played",
            why_over=self.kept.get("why_over") or _why_over(self.log.reason),
            turns=turns,
            context=context,
            episode_key=content_key(imported=about, turns=turns, context=context),
            **about,
        )


def read_episode_log(
    log: EpisodeLog,
    people: Mapping[str, Mapping[str, Any]] | None = None,
    environments: Mapping[str, Mapping[str, Any]] | None = None,
) -> ReadEpisode:
    """Return the episode in a log of sotopia.

    Parameters
    ----------
    log
        The log.
    people, environments
        Profiles by id, for logs that do not contain the backgrounds.

    Raises
    ------
    DatasetError
        If the log does not say who does what, or if it has no situation.
    """
    raw = _people(log)
    cast = _clean(raw)
    names = dict(zip(raw, cast, strict=True))
    turns = _turns(log, names)
    scenario, private = _briefings(log, raw, people or {}, (environments or {}).get(log.environment, {}))
    facts = [Happening(text=scenario, observers=frozenset(cast))] if scenario else []
    record = Record.begin(cast, facts, dict(zip(cast, private, strict=True)))
    present = frozenset(cast)
    for acts in turns:
        record = record.after(_happenings(acts, present))
        present -= {name for name, act in acts.items() if act.kind == "leave"}
    context = record.context()
    if issues := errors_of(context):
        raise DatasetError(f"expected an episode that S3AP can describe: {issues[0]}")
    scores, note = _scores(log, cast)
    return ReadEpisode(log=log, cast=cast, turns=tuple(turns), context=context, scores=scores, note=note)


def _people(log: EpisodeLog) -> tuple[str, ...]:
    """Return the names of the people, in the order of the log."""
    first = log.messages[0] if log.messages else ()
    told = [receiver for sender, receiver, _ in first if sender == ENVIRONMENT and receiver != ENVIRONMENT]
    did = [sender for turn in log.messages for sender, *_ in turn if sender != ENVIRONMENT]
    names = tuple(dict.fromkeys(told or log.backgrounds or did))
    if len(names) < 2 or (log.agents and len(log.agents) != len(names)):
        expected = f"{len(log.agents)} people" if log.agents else "at least two people"
        raise DatasetError(f"expected messages of {expected} with different names, got {', '.join(names) or 'none'}")
    return names


def _clean(names: Sequence[str]) -> tuple[str, ...]:
    """Return names on one line and without tags. A name that occurs again gets a number."""
    cast: list[str] = []
    for one in names:
        plain = name = without_tags(" ".join(one.split())) or "nobody"
        number = 1
        while name in cast:
            number += 1
            name = f"{plain} ({number})"
        cast.append(name)
    return tuple(cast)


def _turns(log: EpisodeLog, names: Mapping[str, str]) -> list[dict[str, Act]]:
    """Return the acts of each turn, of all people who had the turn."""
    done: list[dict[str, Act]] = []
    for number, turn in enumerate(log.messages):
        acts: dict[str, Act] = {}
        for sender, receiver, text in turn:
            if sender == ENVIRONMENT or receiver not in (ENVIRONMENT, *names):
                continue
            if sender not in names or names[sender] in acts:
                got = "a second act" if sender in names else f"an act of {shortened(repr(sender))}"
                raise DatasetError(f"expected one act of each of {', '.join(names)} in messages[{number}], got {got}")
            act = read_act(text)
            to = act.to or (() if receiver == ENVIRONMENT else (receiver,))
            if strangers := [one for one in to if one not in names]:
                raise DatasetError(f"expected recipients among {', '.join(names)}, got {shortened(repr(strangers[0]))}")
            acts[names[sender]] = Act(kind=act.kind, text=act.text, to=tuple(names[one] for one in to))
        if acts:
            done.append(acts)
    acting = log.own.get("acting")
    if isinstance(acting, list) and len(acting) == len(done):
        had = [[names.get(one) for one in turn if isinstance(one, str)] for turn in acting if isinstance(turn, list)]
        if len(had) == len(done) and all(set(turn) <= acts.keys() for turn, acts in zip(had, done, strict=True)):
            return [{name: acts[name] for name in turn if name} for turn, acts in zip(had, done, strict=True)]
    return _of_order(done, tuple(names.values()))


def _of_order(done: list[dict[str, Act]], cast: tuple[str, ...]) -> list[dict[str, Act]]:
    """Return the acts of the people who had the turn. sotopia also writes the idle people who had no turn."""
    active = [[name for name, act in acts.items() if act.kind != "none"] for acts in done]
    if any(len(names) > 1 for names in active):
        return done
    due = [cast[number % len(cast)] for number in range(len(done))]
    if any(names not in ([], [one]) for names, one in zip(active, due, strict=True)):
        return [{name: acts[name] for name in names} for acts, names in zip(done, active, strict=True)]
    return [{one: acts[one]} if one in acts else {} for acts, one in zip(done, due, strict=True)]


def _happenings(acts: Mapping[str, Act], present: frozenset[str]) -> list[Happening]:
    return [
        Happening(
            text=f"{name} {act.words.removeprefix(f'{name} ')}",
            observers=frozenset({name, *act.to}) if act.to and act.kind != "leave" else present,
            actor=name,
        )
        for name, act in acts.items()
        if act.words
    ]


def _sentences(acts: Mapping[str, Act]) -> list[str]:
    return [one.text for one in _happenings(acts, frozenset())]


def _decision(act: Act) -> dict[str, Any]:
    return {"act": act_data(act), "why": "", "considered": [], "calls": [], "seconds": 0.0}


def _briefings(
    log: EpisodeLog,
    names: tuple[str, ...],
    people: Mapping[str, Mapping[str, Any]],
    environment: Mapping[str, Any],
) -> tuple[str, list[str]]:
    """Return the situation and the private text of each person."""
    told = {receiver: text for sender, receiver, text in log.messages[0] if sender == ENVIRONMENT}
    scenario, private = log.scenario or str(environment.get("scenario", "")), []
    is_told = bool(scenario)
    scenario = visible_text(scenario, None)
    for number, name in enumerate(names):
        found = Background(scenario="", cast=names)
        with suppress(DatasetError):
            found = read_background(told.get(name, ""), cast=names)
            is_told = True
        scenario = found.scenario or scenario
        pk = log.agents[number] if log.agents else ""
        goals = environment.get("agent_goals")
        of_seat = goals[number] if isinstance(goals, list) and number < len(goals) else ""
        goal = found.goals.get(name) or log.goals.get(name) or str(of_seat)
        background = found.backgrounds.get(name) or log.backgrounds.get(name) or _about(people.get(pk, {}))
        told_to = Briefing(scenario="", me=name, cast=names, background=background, goal=visible_text(goal, number))
        private.append(told_to.private)
    if not is_told:
        raise DatasetError(
            "expected a situation in the first messages, in the log, or in a profile beside it; got none"
        )
    return scenario, private


_TOPICS = ("age", "gender", "occupation", "public_info", "personality_and_values", "decision_making_style", "secret")


def _about(person: Mapping[str, Any]) -> str:
    """Return the background in a profile; empty if there is no profile."""
    known = [(topic, str(person.get(topic) or "").strip()) for topic in _TOPICS]
    return "\n".join(f"My {topic.replace('_', ' ')}: {text}" for topic, text in known if text)


def _scores(log: EpisodeLog, cast: tuple[str, ...]) -> tuple[Scores, str]:
    """Return the scores by person, or nothing and the reason. Numbers alone are no judgement."""
    given = [dict(reward[1]) for reward in log.rewards if isinstance(reward, tuple)]
    if not given:
        return {}, ""
    if len(given) != len(cast) or len(log.rewards) != len(cast):
        return {}, f"expected scores of {len(cast)} people, got scores of {len(given)}: not judged"
    scores = {}
    for name, found in zip(cast, given, strict=True):
        scores[name] = {one: value for one, value in found.items() if one not in _NAMES_OF_OVERALL}
        for one, value in scores[name].items():
            low, high = DIMENSIONS.get(one, (-math.inf, math.inf))
            if not (low <= value <= high and math.isfinite(value)):
                return {}, f"expected {one} of {name} from {low:g} to {high:g}, got {value:g}: not judged"
    if not all(scores.values()):
        return {}, "expected scores by dimension, got only a mean: not judged"
    return scores, ""


def _why_over(reason: str) -> str:
    """Return the reason for the end, which sotopia writes before the comments of its judge."""
    first = reason.strip().split("\n", 1)[0].removeprefix("Environment comments: ")
    return " ".join(first.removeprefix("terminated: ").split()).rstrip("; ") or _OF_NOBODY
