"""Prompt and reply schema for the imagined reply of one person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

from social_world_model.generation_utils.query_sections import HOW_TO_READ_COMPACT
from social_world_model.generation_utils.replies import Given
from social_world_model.generation_utils.sections import PromptSpec, Section, compose_values, given
from social_world_model.interaction import ActKind
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.context import Text
from social_world_model.s3ap.rendering import render

KINDS_OF_ACTS: Mapping[ActKind, str] = {
    "speak": "say something",
    "non-verbal": "show something with face or body, such as a nod",
    "action": "do something",
    "leave": "leave, and take no further part",
    "none": "do nothing in this turn",
}
"""What each kind of act means, for prompts and for people."""


def _kind(value: object) -> object:
    """Return the kind of an act in our spelling. SOTOPIA writes "non-verbal communication"."""
    if not isinstance(value, str):
        return value
    plain = "-".join(value.casefold().replace("_", " ").replace("-", " ").split())
    return "non-verbal" if plain in ("non-verbal-communication", "nonverbal", "nonverbal-communication") else plain


Kind = Annotated[ActKind, BeforeValidator(_kind)]


class ImaginedReply(BaseModel):
    """What a person thinks and does next."""

    written_form: ClassVar[str] = '{"mind": "…", "act_kind": "…", "act_text": "…", "state": "…"}'
    model_config = ConfigDict(extra="forbid")

    mind: Given
    act_kind: Kind
    act_text: Text
    state: Text


REPLY: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(
            name="task",
            text=(
                "Imagine how one person in a situation with several people reacts. First write in `mind` what this "
                "person thinks, wants and feels now. Then write what this person most likely does next, not what "
                "would be best."
            ),
        ),
        HOW_TO_READ_COMPACT,
        Section(
            name="kinds",
            text="Kinds of acts:\n" + "\n".join(f"- {kind}: {text}" for kind, text in KINDS_OF_ACTS.items()),
        ),
        Section(
            name="how to write",
            text=(
                "`act_text` contains the words that the person says, or what the person does without the name of the "
                "person. `act_text` is empty for the kinds none and leave. `state` says what changes in the situation "
                "after the act. `state` is empty if nothing changes. Do not write what other people say or do."
            ),
            before="\n",
        ),
        Section(
            name="person",
            text="You are {by}. You have perceived only this and you know nothing else. What do you think and do next?",
        ),
        Section(name="situation", text="Everybody knows this: {situation}", condition=given("situation")),
        Section(name="known", text="What {me} knows of {by}: {known}", condition=given("known")),
        Section(name="context", text="Context:\n{context}"),
    ),
    reply=ImaginedReply,
)


def reply_prompt(context: SocializedContext, *, me: str, by: str, known: str = "", situation: str = "") -> str:
    """Return the prompt for the next act of a person.

    Parameters
    ----------
    context
        What the person knows.
    me
        Name of the person who imagines.
    by
        Name of the person who acts.
    known
        What the first person knows of the second person; empty if nothing is known.
    situation
        What all people know. The prompt leaves this text out if the context already contains the text.
    """
    shown = render(context, "compact")
    new = unless_in(shown, situation)
    return compose_values(REPLY.sections, context=shown, me=me, by=by, known=known, situation=new)


def unless_in(shown: str, text: str) -> str:
    """Return a text, or an empty text if another text contains it. Spaces and line breaks are treated as equal.

    Parameters
    ----------
    shown
        Text that may contain the other text.
    text
        Text to return.

    Examples
    --------
    >>> unless_in("@1: It rains. Al sings.", "It rains.  Al sings."), unless_in("@1: It rains.", "It snows.")
    ('', 'It snows.')
    """
    return "" if " ".join(text.split()) in " ".join(shown.split()) else text
