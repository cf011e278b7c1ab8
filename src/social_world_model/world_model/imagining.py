"""Continue a context by one step, or into several different futures."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

from pydantic import BaseModel

from social_world_model.errors import ConfigurationError, Issue, shortened
from social_world_model.generation_utils.asking import Ask
from social_world_model.generation_utils.calls import Role
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.reading import UnfitReply, fit
from social_world_model.s3ap import SocializedContext, SocializedStructure
from social_world_model.s3ap.context import SocialSimulation
from social_world_model.s3ap.decoding import Decoder
from social_world_model.s3ap.entries import read_entries
from social_world_model.s3ap.short_tags import long_tags
from social_world_model.s3ap.tags import NONE, is_none, mental_state, split_pieces
from social_world_model.s3ap.validation import errors_of
from social_world_model.world_model.parsing import told
from social_world_model.world_model.step_prompts import Directions, NextMoment, directions_prompt, next_prompt

T = TypeVar("T")

MOST_DIGITS = 18
"""Maximum number of digits of a timestep that is read as a number. Python refuses to read very long numbers."""


@dataclass(frozen=True)
class NextMomentParser:
    """Reads a reply as a context that is one step longer.

    Parameters
    ----------
    context
        Context to continue.
    given
        Fixed actions by agent, including the actions in the last step of `context`.
    others
        Other continuations. The new continuation must differ from them in an action or a state.
    """

    context: SocializedContext
    given: Mapping[str, str]
    others: Sequence[SocializedContext] = ()

    @property
    def shape(self) -> type[BaseModel]:
        """Reply schema of the next step."""
        return NextMoment

    def get_format_instructions(self) -> str:
        """Return the instruction to reply with JSON of this schema."""
        return format_instructions(NextMoment)

    def parse(self, text: str) -> SocializedContext:
        """Return the longer context.

        Raises
        ------
        UnfitReply
            If the reply contains no next step, or if the longer context is not valid.
        """
        moment = fit(text, NextMoment)
        cast = self.context.agents_names
        actions, wrong = read_entries(cast, list(map(long_tags, moment.actions)), "actions")
        observations, more = read_entries(cast, list(map(long_tags, moment.observations)), "observations")
        actions |= self.given
        lacking = [
            Issue(path="actions", expected=f"an entry for {name} ('none' if nothing)", got="none at all", agent=name)
            for name in cast
            if name not in actions
        ]
        if wrong or more or lacking:
            raise UnfitReply(told([*wrong, *more, *lacking]))
        longer = extended(self.context, actions, long_tags(moment.state), observations)
        if errors := errors_of(longer):
            raise UnfitReply(told(errors))
        if any(_gist(longer) == _gist(other) for other in self.others):
            raise UnfitReply(
                "expected a continuation with different events, got the same events as in another continuation"
            )
        return longer


def extended(
    context: SocializedContext, actions: Mapping[str, str], state: str, observations: Mapping[str, str]
) -> SocializedContext:
    """Return a context with new actions in its last step, and with one more step.

    Mental states in the last step are kept.

    Parameters
    ----------
    context
        Context to continue.
    actions
        Action of each agent in the last step, by name.
    state
        State of the new step.
    observations
        Observation of each agent in the new step, by name.
    """
    *earlier, last = context.socialized_context
    after = SocializedStructure(
        timestep=_next_timestep(context),
        state=state,
        observations=dict(observations),
        actions=dict.fromkeys(context.agents_names, NONE),
    )
    acts = {name: _with_thoughts(actions[name], last.actions[name]) for name in context.agents_names}
    return context.model_copy(
        update={"socialized_context": [*earlier, last.model_copy(update={"actions": acts}), after]}
    )


def _with_thoughts(act: str, before: str) -> str:
    """Return a new action, followed by the mental states from the text of the old action."""
    if act == before:
        return act
    return " ".join([act, *(mental_state(piece.text) for piece in split_pieces(before) if piece.kind == "mental")])


def _next_timestep(context: SocializedContext) -> str:
    """Return the next timestep: the last number plus one, or an unused number if timesteps are not numbers."""
    taken = {step.timestep for step in context.socialized_context}
    last = context.socialized_context[-1].timestep
    number = int(last) if last.isascii() and last.isdecimal() and len(last) <= MOST_DIGITS else len(taken)
    return next(name for name in map(str, count(number + 1)) if name not in taken)


def fixed_acts(context: SocializedContext, given: Mapping[str, str]) -> dict[str, str]:
    """Return the fixed actions of the last step: the actions in the context and the given actions.

    Parameters
    ----------
    context
        Context to continue.
    given
        Additional actions in the last step, by agent.

    Raises
    ------
    ConfigurationError
        If an agent is unknown, if an action is invalid, or if it contradicts an action in the last step.
    """
    cast, last = context.agents_names, context.socialized_context[-1]
    done = {name: last.actions[name] for name in Decoder(context).acts(len(context.socialized_context) - 1)}
    for name, act in given.items():
        if name not in cast:
            raise ConfigurationError(f"expected actions of {', '.join(cast)}, got an action of {name}")
        if name in done and done[name] != act and not is_none(act):
            raise ConfigurationError(
                f"expected no action of {name}, who already acts in the last step ({shortened(done[name])!r}), got "
                f"{shortened(act)!r}: call step without this action first, so that agents observe the earlier action"
            )
    acts = {**given, **done}
    after = extended(context, {**dict.fromkeys(cast, NONE), **acts}, NONE, dict.fromkeys(cast, NONE))
    if errors := errors_of(after):
        raise ConfigurationError(f"expected valid actions, got an action with this problem: {errors[0]}")
    return acts


class DirectionsParser:
    """Reads a reply as a list of different directions.

    Parameters
    ----------
    number
        Number of directions. Additional directions in the reply are ignored.
    """

    shape: type[BaseModel] | None = Directions

    def __init__(self, number: int) -> None:
        self.number = number

    def get_format_instructions(self) -> str:
        """Return the instruction to reply with JSON of this schema."""
        return format_instructions(Directions)

    def parse(self, text: str) -> list[str]:
        """Return the directions.

        Raises
        ------
        UnfitReply
            If the reply has too few different directions.
        """
        different: dict[str, str] = {}
        for direction in fit(text, Directions).directions:
            if direction.strip():
                different.setdefault(_plain(direction), direction.strip())
        if len(different) < self.number:
            raise UnfitReply(f"expected {self.number} different directions, got {len(different)}")
        return list(different.values())[: self.number]


@dataclass(frozen=True)
class Imagination:
    """Continues contexts with a language model.

    Parameters
    ----------
    ask
        Asks the language model that continues the contexts.
    role
        Purpose of the calls, for the counts of usage.
    temperature
        Temperature of the calls; None means the temperature of `ask`.
    """

    ask: Ask
    role: Role = "simulate"
    temperature: float | None = None

    async def step(
        self,
        context: SocializedContext,
        *,
        given: Mapping[str, str] | None = None,
        direction: str = "",
        others: Sequence[SocializedContext] = (),
        place: str = "",
    ) -> SocializedContext:
        """Return a context that is one step longer.

        Parameters
        ----------
        context
            Context without errors, with at least one step.
        given
            Actions of some agents in the last step, by name. The model adds the other actions.
        direction
            Sentence about how the situation continues over the next steps; empty for no direction.
        others
            Other continuations. The new continuation must differ from them.
        place
            Place of the call among the calls of a decision; see `Ask`.

        Raises
        ------
        ConfigurationError
            If the context has errors or no step, or if `fixed_acts` refuses a given action.
        UnparsableOutputError
            If no reply gave a valid context.
        """
        check(context)
        acts = fixed_acts(context, given or {})
        parser = NextMomentParser(context, acts, others)
        text = next_prompt(context, acts, direction)
        return await self.ask(text, parser, role=self.role, place=place, temperature=self.temperature)

    async def rollout(self, context: SocializedContext, steps: int, futures: int) -> SocialSimulation:
        """Return several different futures of a context.

        The model first names different directions. Then it continues the context step by step in each direction.

        Parameters
        ----------
        context
            Context without errors, with at least one step.
        steps
            Number of steps in each future, at least 1.
        futures
            Number of futures, at least 1.

        Raises
        ------
        ConfigurationError
            If the context has errors or no step, or if a number is below 1.
        UnparsableOutputError
            If the futures do not differ, or if no reply gave a valid context.
        """
        if steps < 1 or futures < 1:
            raise ConfigurationError(f"expected at least 1 step and 1 future, got {steps} and {futures}")
        check(context)
        text, parser = directions_prompt(context, futures), DirectionsParser(futures)
        directions = await self.ask(text, parser, role=self.role, temperature=self.temperature)
        ends = await together(self._future(context, steps, direction) for direction in directions)
        return SocialSimulation(simulations=await self._distinct(context, ends, directions))

    async def _future(self, context: SocializedContext, steps: int, direction: str) -> SocializedContext:
        for _ in range(steps):
            context = await self.step(context, direction=direction)
        return context

    async def _distinct(
        self, start: SocializedContext, ends: list[SocializedContext], directions: Sequence[str]
    ) -> list[SocializedContext]:
        """If a future equals an earlier future, generate the last step of this future again."""
        kept: list[SocializedContext] = []
        for end, direction in zip(ends, directions, strict=True):
            if any(_gist(end) == _gist(other) for other in kept):
                before = shortened_by_one(end, start)
                end = await self.step(before, direction=direction, others=kept)
            kept.append(end)
        return kept


async def together(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run coroutines at the same time, and return their results in order.

    Parameters
    ----------
    work
        The coroutines.

    Raises
    ------
    Exception
        The first error of a coroutine, without an `ExceptionGroup` around it. All other coroutines are cancelled.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except ExceptionGroup as several:  # the first error, which cancelled the other tasks
        raise several.exceptions[0] from None
    return [task.result() for task in tasks]


def check(context: SocializedContext) -> None:
    """Refuse a context that cannot be continued.

    Raises
    ------
    ConfigurationError
        If the context has errors or no step.
    """
    if errors := errors_of(context):
        raise ConfigurationError(f"expected a context without errors, got this error: {errors[0]}")
    if not context.socialized_context:
        raise ConfigurationError("expected a context with at least one step, got none")


def shortened_by_one(context: SocializedContext, start: SocializedContext) -> SocializedContext:
    """Return a continuation without its last step, and without the actions that led to this step.

    Parameters
    ----------
    context
        Continuation to shorten.
    start
        Context at the beginning of the continuation. The actions in the last step of this context are kept.
    """
    steps = list(context.socialized_context[:-1])
    kept = start.socialized_context[-1].actions if len(steps) == len(start.socialized_context) else {}
    acts = {name: kept.get(name, NONE) for name in context.agents_names}
    steps[-1] = steps[-1].model_copy(update={"actions": acts})
    return context.model_copy(update={"socialized_context": steps})


def _gist(context: SocializedContext) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Return states and actions in lower case and without extra spaces. Contexts are compared in this form."""
    return [
        (_plain(step.state), tuple(sorted((name, _plain(act)) for name, act in step.actions.items())))
        for step in context.socialized_context
    ]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".")
