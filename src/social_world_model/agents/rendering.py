"""Observations and acts as plain text, for people and for agents of users."""

from __future__ import annotations

from collections.abc import Iterable

from social_world_model.interaction import Act, Briefing, Observation
from social_world_model.s3ap.prose import closed
from social_world_model.world_model.foreseeing_prompts import KINDS_OF_ACTS


def act_text(act: Act) -> str:
    """Return an act in words, without the name of the person.

    Parameters
    ----------
    act
        The act.

    Examples
    --------
    >>> act_text(Act(kind="action", text="moves the ball")), act_text(Act(kind="none"))
    ('moves the ball', 'does nothing')
    """
    words = act.words or "does nothing"
    return f"{words} (only {', '.join(act.to)} perceives this)" if act.to and act.kind != "speak" else words


def briefing_text(briefing: Briefing) -> str:
    """Return what a person knows at the beginning, in plain words.

    Parameters
    ----------
    briefing
        The briefing of the person.
    """
    others = [name for name in briefing.cast if name != briefing.me]
    known = [f"{name}: {text}" for name, text in briefing.others.items() if text.strip()]
    parts = [
        f"You are {briefing.me}. Other people: {', '.join(others) or 'nobody'}.",
        _titled("Situation", [briefing.scenario] if briefing.scenario else []),
        _titled("Only you know this", briefing.background.splitlines()),
        _titled("Your goal", [briefing.goal] if briefing.goal else []),
        _titled("What you know about the other people", [line for text in known for line in text.splitlines()]),
    ]
    return "\n\n".join(part for part in parts if part)


def news_beyond_briefing(observation: Observation) -> tuple[str, ...]:
    """Return the news of an observation, without the situation that the briefing already contains.

    Parameters
    ----------
    observation
        The observation of the agent.
    """
    situation = closed(" ".join(observation.briefing.scenario.split()))
    return tuple(sentence for sentence in observation.news if closed(sentence) != situation)


def listed_acts(observation: Observation) -> list[str]:
    """Return all possible acts of an observation with their numbers; empty if it lists kinds of acts.

    Parameters
    ----------
    observation
        The observation of the agent.
    """
    acts = [one for one in observation.available if isinstance(one, Act)]
    return [f"{number}. {act_text(act)}" for number, act in enumerate(acts, start=1)]


def listed_kinds(observation: Observation) -> list[str]:
    """Return the available kinds of acts with their meanings; empty if the observation lists all possible acts.

    Parameters
    ----------
    observation
        The observation of the agent.
    """
    return [f"{one}: {KINDS_OF_ACTS[one]}" for one in observation.available if not isinstance(one, Act)]


def observation_text(observation: Observation) -> str:
    """Return everything that an agent may use to decide on an act, in plain words.

    The text has the briefing, the memory of the person, the news since the own last turn, the number of turns left, the
    available acts, and why the last act was refused.

    Parameters
    ----------
    observation
        The observation of the agent.

    Raises
    ------
    ContextError
        If the context of the observation is not valid.
    """
    me, briefing = observation.me, observation.briefing
    remembered = [
        event.text
        for event in observation.context.memory(me)
        if event.kind != "mental"
        and not (event.kind == "fact" and event.position == 0 and event.text in briefing.scenario)
    ]
    parts = [
        briefing_text(briefing),
        _titled("What you remember", remembered),
        _titled("New since your last turn", news_beyond_briefing(observation)),
        f"This is turn {observation.turn}. Turns after this one: {observation.turns_left}.",
        _titled("Available acts", [*listed_acts(observation), *listed_kinds(observation)]),
        f"Your last act was refused: {observation.problem}. Choose another act." if observation.problem else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _titled(title: str, lines: Iterable[str]) -> str:
    """Return lines below a title; empty if there is no line."""
    shown = [f"- {' '.join(line.split())}" for line in lines if line.strip()]
    return "\n".join([f"{title}:", *shown]) if shown else ""
