"""Prompts and reply schemas for steps and futures of a context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from social_world_model.generation_utils.query_sections import HOW_TO_READ_COMPACT
from social_world_model.generation_utils.sections import PromptSpec, Section, compose_values, given
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.context import Text
from social_world_model.s3ap.entries import write_entries
from social_world_model.s3ap.rendering import render
from social_world_model.s3ap.short_tags import short_tags
from social_world_model.s3ap.tags import NONE
from social_world_model.world_model.worked_example import CONTEXT as EXAMPLE

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class NextMoment(BaseModel):
    """The next step: the actions that lead to it, its state and its observations."""

    written_form: ClassVar[str] = (
        '{"actions": ["NAME: …", …], "state": "…", "observations": ["NAME: …", …]}\n'
        "actions and observations have one entry for every agent, in the order of the agents of the context."
    )
    model_config = ConfigDict(extra="forbid")

    actions: list[Text]
    state: Text
    observations: list[Text]


class Directions(BaseModel):
    """Ways in which a situation may continue."""

    written_form: ClassVar[str] = '{"directions": ["…", …]}'
    model_config = ConfigDict(extra="forbid")

    directions: list[Text]


def _worked_example() -> str:
    """Return the worked example of a parse as an example of a continuation: its first step, then the second step."""
    first, second = EXAMPLE.socialized_context
    cast = EXAMPLE.agents_names
    start = first.model_copy(update={"actions": dict.fromkeys(cast, NONE)})
    shown = render(EXAMPLE.model_copy(update={"socialized_context": [start]}), "compact")
    reply = NextMoment(
        actions=write_entries(cast, first.actions),
        state=second.state,
        observations=[short_tags(entry) for entry in write_entries(cast, second.observations)],
    )
    return f"Example context:\n{shown}\nExample reply: {reply.model_dump_json()}"


_CONTEXT: Section[object] = Section(name="context", text="Context:\n{context}")

NEXT: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(
            name="task",
            text=(
                "Continue a context of a situation with several people by one step. First write what each agent does "
                "after the last step, based only on what this agent has perceived and thinks. Then write the state "
                "after these actions. Then write what each agent perceives from its place: the actions and the new "
                "state. Choose what is likely for these people. Keep the names of the context."
            ),
        ),
        HOW_TO_READ_COMPACT,
        Section(name="built-in example", text=_worked_example()),
        _CONTEXT,
        Section(
            name="direction",
            text="This happens over the next steps: {direction}\nWrite only the next step of it.",
            condition=given("direction"),
        ),
        Section(
            name="settled",
            text="These actions are fixed. Repeat them without changes: {settled}",
            condition=given("settled"),
        ),
    ),
    reply=NextMoment,
)
DIRECTIONS: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(
            name="task",
            text=(
                "List ways in which a situation with several people may continue. Describe each way in one sentence: "
                "who does what, and why. The ways must differ in what happens, not only in wording. Each way must be "
                "plausible."
            ),
        ),
        HOW_TO_READ_COMPACT,
        _CONTEXT,
        Section(name="one way", text="List one way.", condition=lambda values: values["number"] == NUMBERS[1]),
        Section(
            name="several ways",
            text="List {number} different ways.",
            condition=lambda values: values["number"] != NUMBERS[1],
        ),
    ),
    reply=Directions,
)


def next_prompt(context: SocializedContext, given: Mapping[str, str], direction: str) -> str:
    """Return the prompt for the next step.

    Parameters
    ----------
    context
        Context to continue.
    given
        Fixed actions in the last step, by agent.
    direction
        Sentence about how the situation continues over the next steps; empty for no direction.
    """
    settled = "; ".join(f"{name}: {act}" for name, act in given.items())
    return compose_values(NEXT.sections, context=render(context, "compact"), direction=direction, settled=settled)


def directions_prompt(context: SocializedContext, futures: int) -> str:
    """Return the prompt for different directions in which a situation may continue.

    Parameters
    ----------
    context
        Context to continue.
    futures
        Number of directions.
    """
    number = NUMBERS[futures] if futures < len(NUMBERS) else str(futures)
    return compose_values(DIRECTIONS.sections, context=render(context, "compact"), number=number)
