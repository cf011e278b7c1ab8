"""Imagine for the MCP server what several acts lead to, and value the acts by a goal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from social_world_model.adapters.mcp_outputs import ForeseenAct, ForeseeOutput
from social_world_model.agents.prompts import VALUE, sentence_of, text_of, values_of
from social_world_model.agents.reading import ScoresParser
from social_world_model.agents.replies import GoalScores
from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.asking import Ask
from social_world_model.interaction import Briefing, Future, Observation
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.prose import closed
from social_world_model.s3ap.views import memory
from social_world_model.world_model.foreseeing import ImaginedPerson, foresee

MOST_REPLIES = 30
"""Maximum number of imagined replies of one call of the tool."""
_VALUE = replace(VALUE["goal"], sections=tuple(part for part in VALUE["goal"].sections if part.name != "turn"))
"""Prompt of the agents, without the number of the turn: a conversation has no last turn."""


async def foreseen(
    ask: Ask, context: SocializedContext, *, me: str, acts: Sequence[str], partner: str | None, horizon: int, goal: str
) -> ForeseeOutput:
    """Return the imagined futures of several acts, in the order of the acts.

    Parameters
    ----------
    ask
        Asks the language model.
    context
        Context without errors.
    me
        Name of the person who considers the acts.
    acts
        Acts in words, such as ``'says: "Hello"'``. The name of the person at the beginning is left out.
    partner
        Name of the person who reacts; None if the context has two people.
    horizon
        Number of replies in each future.
    goal
        Goal of the person; empty if the acts are not valued.

    Raises
    ------
    ConfigurationError
        If a name, an act or a number is not possible.
    GenerationError
        If a reply could not be imagined or valued.
    """
    if not context.socialized_context:
        raise ConfigurationError("expected a context with at least one step, got none", parameters=("context",))
    futures = await foresee(
        ImaginedPerson(ask),
        context,
        me=me,
        acts=[act.strip().removeprefix(f"{me} ") for act in acts],
        partner=partner,
        horizon=horizon,
        max_replies=MOST_REPLIES,
    )
    values: Sequence[tuple[float, str] | None] = [None] * len(futures)
    if goal.strip():
        values = await _values(ask, context, me, futures, goal)
    return ForeseeOutput(
        futures=[_output(given, one, value, me) for given, one, value in zip(acts, futures, values, strict=True)]
    )


async def _values(
    ask: Ask, context: SocializedContext, me: str, futures: Sequence[Future], goal: str
) -> list[tuple[float, str]]:
    """Return the value and the reason of each future, from one call that compares all of them."""
    cast = tuple(context.agents_names)
    known = Observation(
        turn=1,
        turns_left=0,
        me=me,
        briefing=Briefing(scenario="", me=me, cast=cast, goal=goal),
        news=(),
        available=("none",),
        context=context,
    )
    shown = [f"Candidate {number}:\n{_shown(context, me, future)}" for number, future in enumerate(futures, start=1)]
    text = text_of(_VALUE, values_of(known), candidates="\n\n".join(shown), imagines="yes")
    return await ask(text, ScoresParser(GoalScores, len(futures)), role="value")


def _shown(context: SocializedContext, me: str, future: Future) -> str:
    """Return an act, and what the person would perceive after it."""
    known = len(memory(context, me)) + bool(future.act.words)
    perceived = [closed(event.text) for event in memory(future.context, me)[known:]]
    return "\n".join([sentence_of(me, future.act), *perceived])


def _output(given: str, future: Future, value: tuple[float, str] | None, me: str) -> ForeseenAct:
    first, *more = future.replies
    later = []
    for place, own in enumerate(future.own_acts):
        later.append(sentence_of(me, own))
        later += [sentence_of(reply.by, reply.act) for reply in more[place : place + 1]]
    score, why = value or (None, None)
    return ForeseenAct(
        act=given,
        reply=sentence_of(first.by, first.act),
        partner_mind=first.mind,
        value=score,
        why=why,
        later=later or None,
    )
