"""Forward in time: one step, and futures that differ."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from pydantic import BaseModel, ConfigDict, Field

from social_world_model.errors import ConfigurationError, Issue, shortened
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.model import LanguageModel, Sampling
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.query_sections import HOW_TO_READ
from social_world_model.generation_utils.reading import UnfitReply, fit
from social_world_model.generation_utils.sections import PromptSpec, Section, compose_values, given
from social_world_model.generation_utils.structured import generate_until_fit
from social_world_model.s3ap import SocializedContext, SocializedStructure
from social_world_model.s3ap.context import SocialSimulation, Text
from social_world_model.s3ap.decoding import Decoder
from social_world_model.s3ap.entries import read_entries
from social_world_model.s3ap.rendering import render
from social_world_model.s3ap.tags import NONE, is_none, mental_state, split_pieces
from social_world_model.s3ap.validation import errors_of
from social_world_model.world_model.parsing import told

MOST_DIGITS = 18
"""Of a timestep that is counted on from; Python refuses to read very long numbers."""
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class NextMoment(BaseModel):
    """What comes next."""

    model_config = ConfigDict(extra="forbid")

    actions: list[Text] = Field(
        description="One entry for every agent, in the order of the record's agents, written 'agent_name: text': what "
        "it does or says now, without repeating its name; none if it does nothing."
    )
    state: Text = Field(description="How things stand after that, for an all-seeing narrator.")
    observations: list[Text] = Field(
        description="One entry for every agent, likewise: <same_as_last_action /> if it perceives everything that was "
        "done, <same_as_state /> if it perceives the whole state, the words themselves if a part, none if nothing. "
        "Thoughts, feelings and aims go at the end inside <mental_state>…</mental_state>."
    )


class Directions(BaseModel):
    """Ways in which a situation may go on."""

    model_config = ConfigDict(extra="forbid")

    directions: list[Text]


_RECORD: Section[object] = Section(name="record", text="Record:\n{record}")

NEXT: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(
            name="task",
            text=(
                "Continue a record of a situation between people by one moment, that is, by one step. Say what each "
                "agent does now, after the last moment, moved by what it itself has perceived and thinks; then how "
                "things stand after that; then what each agent perceives of it from where it is. Stay with what is "
                "likely for these people, and with the record's names."
            ),
        ),
        HOW_TO_READ,
        _RECORD,
        Section(
            name="direction",
            text="Over the next moments it goes this way; take only its next step now: {direction}",
            condition=given("direction"),
        ),
        Section(name="settled", text="Settled, to be repeated as it is: {settled}", condition=given("settled")),
    ),
    reply=NextMoment,
)
DIRECTIONS: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(
            name="task",
            text=(
                "Say in which ways a situation between people may go on. Each way is one sentence: who does what, and "
                "to what end. They must differ in what happens, not in wording, and each must be likely enough to be "
                "reckoned with."
            ),
        ),
        HOW_TO_READ,
        _RECORD,
        Section(name="one way", text="Name one way.", condition=lambda values: values["number"] == NUMBERS[1]),
        Section(
            name="several ways",
            text="Name {number} different ways.",
            condition=lambda values: values["number"] != NUMBERS[1],
        ),
    ),
    reply=Directions,
)


@dataclass(frozen=True)
class NextMomentParser:
    """Reads a reply as a context that is one step longer.

    Parameters
    ----------
    context
        What is continued.
    given
        Acts that are fixed, by agent; those of the last step among them.
    others
        Continuations that it must differ from in what is done or in how things stand.
    """

    context: SocializedContext
    given: Mapping[str, str]
    others: Sequence[SocializedContext] = ()

    @property
    def shape(self) -> type[BaseModel]:
        """What comes next."""
        return NextMoment

    def get_format_instructions(self) -> str:
        """Return the form's schema, with a sentence that asks for it."""
        return format_instructions(NextMoment)

    def parse(self, text: str) -> SocializedContext:
        """Return the longer context.

        Raises
        ------
        UnfitReply
            If there is no next moment in the reply, or it does not make a valid context.
        """
        moment = fit(text, NextMoment)
        cast = self.context.agents_names
        actions, wrong = read_entries(cast, moment.actions, "actions")
        observations, more = read_entries(cast, moment.observations, "observations")
        actions |= self.given
        lacking = [
            Issue(path="actions", expected=f"an entry for {name} ('none' if nothing)", got="none at all")
            for name in cast
            if name not in actions
        ]
        if wrong or more or lacking:
            raise UnfitReply(told([*wrong, *more, *lacking]))
        longer = extended(self.context, actions, moment.state, observations)
        if errors := errors_of(longer):
            raise UnfitReply(told(errors))
        if any(_gist(longer) == _gist(other) for other in self.others):
            raise UnfitReply("the same as another continuation; expected one in which something else happens")
        return longer


def extended(
    context: SocializedContext, actions: Mapping[str, str], state: str, observations: Mapping[str, str]
) -> SocializedContext:
    """Return a context with these acts at its last step, where thoughts are kept beside them, and a step after it."""
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
    """Return an act with the thoughts that stood there before it, which belong to the record."""
    if act == before:
        return act
    return " ".join([act, *(mental_state(piece.text) for piece in split_pieces(before) if piece.kind == "mental")])


def _next_timestep(context: SocializedContext) -> str:
    """Return the number after the last one; where steps have other names, the first free one after their count."""
    taken = {step.timestep for step in context.socialized_context}
    last = context.socialized_context[-1].timestep
    number = int(last) if last.isascii() and last.isdecimal() and len(last) <= MOST_DIGITS else len(taken)
    return next(name for name in map(str, count(number + 1)) if name not in taken)


def fixed_acts(context: SocializedContext, given: Mapping[str, str]) -> dict[str, str]:
    """Return the acts that are settled for the last step: those that are there, and those that are given.

    Raises
    ------
    ConfigurationError
        If an act is given of somebody who is not there, or who has acted already, or cannot be read.
    """
    cast, last = context.agents_names, context.socialized_context[-1]
    done = {name: last.actions[name] for name in Decoder(context).acts(len(context.socialized_context) - 1)}
    for name, act in given.items():
        if name not in cast:
            raise ConfigurationError(f"expected acts of {', '.join(cast)}; got one of {name}")
        if name in done and done[name] != act and not is_none(act):
            raise ConfigurationError(
                f"expected no act of {name}, who acts in the last step already ({shortened(done[name])!r}); got "
                f"{shortened(act)!r}: step once without it, so that what was done is perceived first"
            )
    acts = {**given, **done}
    after = extended(context, {**dict.fromkeys(cast, NONE), **acts}, NONE, dict.fromkeys(cast, NONE))
    if errors := errors_of(after):
        raise ConfigurationError(f"expected acts that can be read, got one with: {errors[0]}")
    return acts


class DirectionsParser:
    """Reads a reply as so many different sentences."""

    shape: type[BaseModel] | None = Directions

    def __init__(self, number: int) -> None:
        self.number = number

    def get_format_instructions(self) -> str:
        """Return the form's schema, with a sentence that asks for it."""
        return format_instructions(Directions)

    def parse(self, text: str) -> list[str]:
        """Return the directions.

        Raises
        ------
        UnfitReply
            If there are not so many, or two are the same.
        """
        different: dict[str, str] = {}
        for direction in fit(text, Directions).directions:
            if direction.strip():
                different.setdefault(_plain(direction), direction.strip())
        if len(different) < self.number:
            raise UnfitReply(f"expected {self.number} different directions, got {len(different)}")
        return list(different.values())[: self.number]


@dataclass(frozen=True, kw_only=True)
class Imagination:
    """Imagines what comes next with a language model.

    Parameters
    ----------
    model, calls, sampling
        Who imagines, who makes the calls, how replies are drawn.
    """

    model: LanguageModel
    calls: Calls
    sampling: Sampling

    async def step(
        self,
        context: SocializedContext,
        *,
        given: Mapping[str, str] | None = None,
        direction: str = "",
        others: Sequence[SocializedContext] = (),
    ) -> SocializedContext:
        """Return a context that is one step longer.

        Raises
        ------
        ConfigurationError
            If the context has errors or no step, or a given act is of somebody who is not there, or who acts in
            the last step already.
        UnparsableOutputError
            If no reply made a valid context.
        """
        check(context)
        acts = fixed_acts(context, given or {})
        prompt = self.sampling.prompt(next_prompt(context, acts, direction), NextMoment)
        parser = NextMomentParser(context, acts, others)
        return (await generate_until_fit(self.model, prompt, parser, self.calls, "simulate")).value

    async def rollout(self, context: SocializedContext, steps: int, futures: int) -> SocialSimulation:
        """Return futures of a context: first directions that differ, then each of them step by step.

        Raises
        ------
        ConfigurationError
            As `step`; or if a number is below 1.
        UnparsableOutputError
            If the futures do not differ, or no reply made a valid context.
        """
        if steps < 1 or futures < 1:
            raise ConfigurationError(f"expected at least 1 step and 1 future, got {steps} and {futures}")
        check(context)
        prompt = self.sampling.prompt(directions_prompt(context, futures), Directions)
        made = await generate_until_fit(self.model, prompt, DirectionsParser(futures), self.calls, "simulate")
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._future(context, steps, direction)) for direction in made.value]
        except ExceptionGroup as several:  # the first that failed; the others were stopped for it
            raise several.exceptions[0] from None
        ends = [task.result() for task in tasks]
        return SocialSimulation(simulations=await self._distinct(context, ends, made.value))

    async def _future(self, context: SocializedContext, steps: int, direction: str) -> SocializedContext:
        for _ in range(steps):
            context = await self.step(context, direction=direction)
        return context

    async def _distinct(
        self, start: SocializedContext, ends: list[SocializedContext], directions: Sequence[str]
    ) -> list[SocializedContext]:
        """Have the last step of a future imagined again where it is the same as another."""
        kept: list[SocializedContext] = []
        for end, direction in zip(ends, directions, strict=True):
            if any(_gist(end) == _gist(other) for other in kept):
                before = shortened_by_one(end, start)
                end = await self.step(before, direction=direction, others=kept)
            kept.append(end)
        return kept


def check(context: SocializedContext) -> None:
    """Refuse a context that cannot be continued."""
    if errors := errors_of(context):
        raise ConfigurationError(f"expected a context without errors, got one with: {errors[0]}")
    if not context.socialized_context:
        raise ConfigurationError("expected a context with at least one step, got none")


def shortened_by_one(context: SocializedContext, start: SocializedContext) -> SocializedContext:
    """Return a continuation without its last step, and without the acts that led there."""
    steps = list(context.socialized_context[:-1])
    kept = start.socialized_context[-1].actions if len(steps) == len(start.socialized_context) else {}
    acts = {name: kept.get(name, NONE) for name in context.agents_names}
    steps[-1] = steps[-1].model_copy(update={"actions": acts})
    return context.model_copy(update={"socialized_context": steps})


def next_prompt(context: SocializedContext, given: Mapping[str, str], direction: str) -> str:
    """Return the prompt for one step forward."""
    settled = "; ".join(f"{name}: {act}" for name, act in given.items())
    return compose_values(NEXT.sections, record=render(context, "compact"), direction=direction, settled=settled)


def directions_prompt(context: SocializedContext, futures: int) -> str:
    """Return the prompt for ways in which a situation may go on."""
    number = NUMBERS[futures] if futures < len(NUMBERS) else str(futures)
    return compose_values(DIRECTIONS.sections, record=render(context, "compact"), number=number)


def _gist(context: SocializedContext) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Return what happens in a context, for comparison: states and acts, without case and blanks."""
    return [
        (_plain(step.state), tuple(sorted((name, _plain(act)) for name, act in step.actions.items())))
        for step in context.socialized_context
    ]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".")
