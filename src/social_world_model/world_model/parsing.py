"""Parse narratives with a language model.

Each reply is validated. An invalid reply is requested again. A critique of the context is optional.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, field_validator

from social_world_model.choices import Wire
from social_world_model.contracts import ModelConfig, Parsed
from social_world_model.errors import (
    ContextError,
    GenerationError,
    Issue,
    NarrativeError,
    shortened,
)
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.configs import config_of
from social_world_model.generation_utils.model import LanguageModel, Prompt, Sampling
from social_world_model.generation_utils.output_parsers import PydanticOutputParser, format_instructions
from social_world_model.generation_utils.query_sections import HOW_TO_READ_COMPACT
from social_world_model.generation_utils.reading import UnfitReply, fit
from social_world_model.generation_utils.sections import PromptSpec, Section, compose_values, given
from social_world_model.generation_utils.structured import Generated, generate_until_fit
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.context import Text
from social_world_model.s3ap.rendering import render
from social_world_model.s3ap.tag_table import LAST_ACTION, MENTAL_STATE, NOTHING, STATE, legend
from social_world_model.s3ap.validation import errors_of
from social_world_model.s3ap.wire_forms import WIRE_FORMS, WireForm
from social_world_model.usage import NO_USAGE
from social_world_model.world_model.checking import refusals
from social_world_model.world_model.worked_example import CONTEXT as EXAMPLE_CONTEXT
from social_world_model.world_model.worked_example import NARRATIVE as EXAMPLE_NARRATIVE

CRITIQUE_ROUNDS = 2
ISSUES_TOLD = 8
PARSE_TEMPERATURE = 0.7


class Critique(BaseModel):
    """Problems that a critique found in a context."""

    written_form: ClassVar[str] = '{"problems": ["…", …]}'
    model_config = ConfigDict(extra="ignore")

    problems: list[Text]

    @field_validator("problems")
    @classmethod
    def _said(cls, problems: list[str]) -> list[str]:
        return [problem.strip() for problem in problems if problem.strip()]


_GUIDANCE = Section(name="guidance", text="{guidance}", condition=given("guidance"))
_NARRATIVE: Section[object] = Section(name="narrative", text="Narrative:\n{narrative}")
_CONTEXT: Section[object] = Section(name="context", text="Context:\n{context}")
TAGS_TO_WRITE = (STATE, LAST_ACTION, MENTAL_STATE, NOTHING)
"""Tags that a parse can contain. The other tags of S3AP are only for contexts from other sources."""


def _parse_prompt(wire: Wire) -> PromptSpec[Mapping[str, str]]:
    form = WIRE_FORMS[wire]
    return PromptSpec(
        sections=(
            Section(
                name="task",
                text=(
                    "Convert the narrative into a context: a list of steps. In each step, first the state holds, then "
                    "the agents perceive, then they act."
                ),
            ),
            Section(
                name="rules",
                text=(
                    "- Agents are all people who act, speak or perceive, named as in the narrative.\n"
                    "- Start a new step whenever someone acts or speaks. Simultaneous actions share a step. "
                    "Other agents perceive an action in the next step. The last step has no actions.\n"
                    "- The state says where people and things are. Write only what is new.\n"
                    "- An agent perceives only what its place allows. If this is only a part, write the part in words. "
                    "An absent agent perceives nothing.\n"
                    "- Write a mental state only if the narrative says or clearly implies it.\n"
                    "- Add nothing and leave nothing out. Keep the words of the narrative."
                ),
                before="\n",
            ),
            Section(name="legend", text="Tags:\n" + legend(TAGS_TO_WRITE, short=form.short_tags), before="\n"),
            Section(
                name="built-in example",
                text=f"Example narrative: {EXAMPLE_NARRATIVE}\nExample reply: {wire_text(EXAMPLE_CONTEXT, wire)}",
            ),
            Section(name="example", text="Another example:\n{example}", condition=given("example")),
            _GUIDANCE,
            _NARRATIVE,
        ),
        reply=form.shape,
    )


def wire_text(context: SocializedContext, wire: Wire = "standard") -> str:
    """Return a context as JSON in a wire form. A parser is trained to give this reply.

    Parameters
    ----------
    context
        Context with an entry for every agent in every step.
    wire
        Name of the wire form.

    Raises
    ------
    ContextError
        If an agent has no entry in a step.
    """
    return WIRE_FORMS[wire].write(context).model_dump_json()


PARSE: Mapping[Wire, PromptSpec[Mapping[str, str]]] = {wire: _parse_prompt(wire) for wire in WIRE_FORMS}
"""Prompt of each wire form."""
CRITIQUE: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(
            name="task",
            text=(
                "Check a context against its narrative. Look for missing people and missing actions. Look for agents "
                "that perceive an event from a place where they cannot perceive it, or do not perceive an event in "
                "their presence. Look for thoughts that other agents perceive, and for statements that the narrative "
                "does not make. Describe each problem in one sentence, with the number of its step. If there is no "
                "such problem, return an empty list. Style is not a problem."
            ),
        ),
        *(HOW_TO_READ_COMPACT, _GUIDANCE, _NARRATIVE, _CONTEXT),
    ),
    reply=Critique,
)
CORRECTION: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(
            name="task",
            text="A reviewer reported these problems. Correct the real problems and send the whole context again.",
        ),
        Section(name="problems", text="{problems}", before="\n"),
    ),
)
"""Message that the model gets after the context that it has sent."""


@dataclass(frozen=True)
class ContextOutputParser:
    """Reads a reply as a context.

    The parser refuses contexts with errors, and contexts that cannot describe the text (see `checking.refusals`).

    Parameters
    ----------
    narrative
        Text that the context must describe; empty if the text is unknown.
    wire
        Name of the wire form of the reply.
    """

    narrative: str = ""
    wire: Wire = "standard"

    @property
    def shape(self) -> type[BaseModel]:
        """Schema of the wire form."""
        return WIRE_FORMS[self.wire].shape

    def get_format_instructions(self) -> str:
        """Return the instruction to reply with JSON in the wire form."""
        return format_instructions(self.shape)

    def parse(self, text: str) -> SocializedContext:
        """Return the context of a reply.

        Raises
        ------
        UnfitReply
            If the reply contains no context, if the context has errors, or if the context cannot describe the
            narrative.
        """
        form = WIRE_FORMS[self.wire]
        reply = fit(text, form.shape)
        try:
            context = form.read(reply)
        except ContextError as error:
            raise UnfitReply(told(error.issues, form) or str(error)) from None
        if not context.socialized_context:
            raise UnfitReply(f"{form.path('socialized_context')}: expected at least one step, got none")
        if errors := errors_of(context):
            raise UnfitReply(told(errors, form))
        if reasons := refusals(self.narrative, context):
            parts = [reason.partition(":") for reason in reasons[:ISSUES_TOLD]]
            raise UnfitReply("; ".join(f"{form.path(path)}{colon}{why}" for path, colon, why in parts))
        return context


def told(issues: list[Issue] | tuple[Issue, ...], form: WireForm = WIRE_FORMS["standard"]) -> str:
    """Return issues as one line of text for a model.

    Parameters
    ----------
    issues
        Issues of a context.
    form
        Wire form of the reply. The paths of the issues get the field names of this form.
    """
    lines = [
        f"{form.path(issue.path)}: expected {issue.expected}, got {shortened(issue.got)}"
        for issue in issues[:ISSUES_TOLD]
    ]
    more = len(issues) - len(lines)
    return "; ".join([*lines, *([f"and {more} more"] if more > 0 else [])])


class LanguageModelParser:
    """Parses narratives with a language model.

    Parameters
    ----------
    model
        Language model that parses the narratives.
    calls
        Makes the model calls, with limits, retries and budget.
    sampling
        Sampling options. The default temperature is 0.7.
    example
        Additional worked example that is part of every prompt; None for no example.
    critique
        Whether the same model checks and corrects each context.
    wire
        Name of the wire form in which the model writes contexts.
    """

    def __init__(
        self,
        model: LanguageModel,
        calls: Calls,
        sampling: Sampling | None = None,
        example: str | None = None,
        *,
        critique: bool = False,
        wire: Wire = "standard",
    ) -> None:
        self.model = model
        self.calls = calls
        self.sampling = sampling or Sampling(temperature=PARSE_TEMPERATURE)
        self.example = example or None
        self.with_critique = critique
        self.wire: Wire = wire

    @property
    def name(self) -> str:
        """Name of the model, as users type it."""
        return self.model.name

    @cached_property
    def config(self) -> ModelConfig:
        """All prompts and reply schemas that may be sent, and the sampling options."""
        prompts = {"parse": PARSE[self.wire]}
        if self.with_critique:
            prompts |= {"critique": CRITIQUE, "correction": CORRECTION}
        own = {} if self.example is None else {"example": self.example}
        return config_of(prompts, self.sampling, own)

    def prompt(self, narrative: str, guidance: str = "") -> Prompt:
        """Return the prompt for a narrative.

        Parameters
        ----------
        narrative
            Text to parse.
        guidance
            Rules of the domain, e.g. who perceives what.
        """
        text = parse_prompt(narrative, guidance, self.example, self.wire)
        return self.sampling.prompt(text, WIRE_FORMS[self.wire].shape)

    async def parse(self, narrative: str, guidance: str = "") -> Parsed:
        """Return the context of a narrative.

        Parameters
        ----------
        narrative
            Text to parse.
        guidance
            Rules of the domain, e.g. who perceives what. The context keeps them in `context_manual`.

        Raises
        ------
        NarrativeError
            If the narrative is empty.
        UnparsableOutputError
            If no reply was a valid context of the narrative.
        RefusalError
            If the model refused to answer.
        GenerationError
            If no call returned a reply.
        """
        if not narrative.strip():
            raise NarrativeError("expected a narrative with at least one sentence", sentence=narrative[:80], number=1)
        prompt = self.prompt(narrative, guidance)
        parser = ContextOutputParser(narrative, self.wire)
        made = await generate_until_fit(self.model, prompt, parser, self.calls, "context")
        if self.with_critique:
            made = await self._corrected(narrative, guidance, prompt, made)
        context = made.value.model_copy(update={"context_manual": guidance or None})
        return Parsed(
            context=context,
            raw=made.completion.text,
            finish_reason=made.completion.finish_reason,
            usage=made.usage,
        )

    async def critique(self, narrative: str, context: SocializedContext, guidance: str = "") -> Generated[Critique]:
        """Return the problems that the model finds in a context.

        Parameters
        ----------
        narrative
            Text that the context was made from.
        context
            Context to check.
        guidance
            Rules of the domain, e.g. who perceives what.

        Raises
        ------
        ContextError
            If a tag in the context cannot be resolved.
        UnparsableOutputError, RefusalError, GenerationError
            If no reply could be read, if the model refused to answer, or if no call returned a reply.
        """
        cold = replace(self.sampling, temperature=0.0)
        prompt = cold.prompt(critique_prompt(narrative, context, guidance), Critique)
        parser = PydanticOutputParser(pydantic_object=Critique)
        return await generate_until_fit(self.model, prompt, parser, self.calls, "critic")

    async def _corrected(
        self, narrative: str, guidance: str, prompt: Prompt, made: Generated[SocializedContext]
    ) -> Generated[SocializedContext]:
        """Let the model check and correct a context, for a limited number of rounds.

        If a check or a correction fails, the last valid context is kept.
        """
        usage = made.usage
        for _ in range(CRITIQUE_ROUNDS):
            try:
                found = await self.critique(narrative, made.value, guidance)
                usage += found.usage
                if not found.value.problems:
                    break
                problems = "\n".join(f"- {problem}" for problem in found.value.problems)
                complaint = compose_values(CORRECTION.sections, problems=problems)
                again = replace(prompt, retries=((made.completion.text, complaint),))
                parser = ContextOutputParser(narrative, self.wire)
                made = await generate_until_fit(self.model, again, parser, self.calls, "context")
            except GenerationError as error:
                usage += error.usage or NO_USAGE
                break
            usage += made.usage
        return replace(made, usage=usage)


def parse_prompt(narrative: str, guidance: str = "", example: str | None = None, wire: Wire = "standard") -> str:
    """Return the prompt to parse a narrative, without the form of the reply; see `Prompt.whole_text`.

    Parameters
    ----------
    narrative
        Text to parse.
    guidance
        Rules of the domain, e.g. who perceives what.
    example
        Another worked example; None for no other example.
    wire
        Name of the wire form of the reply.
    """
    return compose_values(PARSE[wire].sections, guidance=guidance, example=example or "", narrative=narrative)


def critique_prompt(narrative: str, context: SocializedContext, guidance: str = "") -> str:
    """Return the prompt to check a context against its narrative.

    Parameters
    ----------
    narrative
        Text that the context was made from.
    context
        Context to check.
    guidance
        Rules of the domain, e.g. who perceives what.
    """
    shown = render(context, "compact")
    return compose_values(CRITIQUE.sections, guidance=guidance, narrative=narrative, context=shown)
