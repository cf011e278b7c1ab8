"""Parse narratives with a language model.

Each reply is validated. An invalid reply is requested again. A critique of the context is optional.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from pydantic import BaseModel, ConfigDict, field_validator

from social_world_model.contracts import ModelConfig, Parsed
from social_world_model.errors import (
    ContextError,
    GenerationError,
    Issue,
    NarrativeError,
    shortened,
)
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.configs import config_of, schema_1_config
from social_world_model.generation_utils.model import LanguageModel, Prompt, Sampling
from social_world_model.generation_utils.output_parsers import PydanticOutputParser, format_instructions
from social_world_model.generation_utils.query_sections import HOW_TO_READ
from social_world_model.generation_utils.reading import UnfitReply, fit
from social_world_model.generation_utils.sections import PromptSpec, Section, compose_values, given
from social_world_model.generation_utils.structured import Generated, generate_until_fit
from social_world_model.s3ap import SocializedContext, to_wire
from social_world_model.s3ap.context import Text
from social_world_model.s3ap.rendering import render
from social_world_model.s3ap.validation import errors_of
from social_world_model.s3ap.wire import SocializedContextForModel, from_wire
from social_world_model.usage import NO_USAGE
from social_world_model.world_model.checking import refusals

CRITIQUE_ROUNDS = 2
ISSUES_TOLD = 8
PARSE_TEMPERATURE = 0.7


class Critique(BaseModel):
    """What a critic found."""

    model_config = ConfigDict(extra="ignore")

    problems: list[Text]

    @field_validator("problems")
    @classmethod
    def _said(cls, problems: list[str]) -> list[str]:
        return [problem.strip() for problem in problems if problem.strip()]


_GUIDANCE = Section(name="guidance", text="{guidance}", condition=given("guidance"))
_NARRATIVE: Section[object] = Section(name="narrative", text="Narrative:\n{narrative}")
_RECORD: Section[object] = Section(name="record", text="Record:\n{record}")

PARSE: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(
            name="task",
            text=(
                "Turn the narrative into a record of who is where, who perceives what, who does what, and what goes on "
                "in each mind. Leave nothing out that anybody does or says, add nothing, and keep the narrative's "
                "names and words. Decide for each agent at each moment, by where it is, what it can perceive."
            ),
        ),
        _GUIDANCE,
        Section(name="example", text="A worked example:\n{example}", condition=given("example")),
        _NARRATIVE,
    ),
    reply=SocializedContextForModel,
)
CRITIQUE: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(
            name="task",
            text=(
                "Check a record against its narrative. Look for: acts or people that are missing; an agent that "
                "perceives what happens where it is not, or does not perceive what happens before its eyes; thoughts "
                "that others perceive; things that the narrative does not say. List every such problem in a sentence, "
                "with the number of its moment. An empty list means that the record is right; matters of taste are no "
                "problems."
            ),
        ),
        *(HOW_TO_READ, _GUIDANCE, _NARRATIVE, _RECORD),
    ),
    reply=Critique,
)
CORRECTION: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(
            name="task",
            text="A critic found the following. Correct what is right about it and send the whole record again.",
        ),
        Section(name="problems", text="{problems}", before="\n"),
    ),
    reply=SocializedContextForModel,
)
"""Message that the model gets after the context that it has sent."""

SCHEMA_1: Mapping[str, str] = {
    "parse": "8eb4438157a532fdc56eb581",
    "critique": "c70b6e0f4bade350e80ed83e",
    "correction": "0e4e9ccc0fb5c187d84b578d",
}
"""Hashes of the prompts in schema 1 of results, computed by `wording_hash`."""


@dataclass(frozen=True)
class ContextOutputParser:
    """Reads a reply as a context.

    The parser refuses contexts with errors, and contexts that cannot describe the text (see `checking.refusals`).

    Parameters
    ----------
    narrative
        Text that the context must describe; empty if the text is unknown.
    """

    narrative: str = ""

    @property
    def shape(self) -> type[BaseModel]:
        """Schema of the wire format."""
        return SocializedContextForModel

    def get_format_instructions(self) -> str:
        """Return the instruction to reply with JSON in the wire format."""
        return format_instructions(SocializedContextForModel)

    def parse(self, text: str) -> SocializedContext:
        """Return the context of a reply.

        Raises
        ------
        UnfitReply
            If the reply contains no context, if the context has errors, or if the context cannot describe the
            narrative.
        """
        wire = fit(text, SocializedContextForModel)
        try:
            context = from_wire(wire)
        except ContextError as error:
            raise UnfitReply(told(error.issues) or str(error)) from None
        if not context.socialized_context:
            raise UnfitReply("socialized_context: expected at least one moment, got none")
        if errors := errors_of(context):
            raise UnfitReply(told(errors))
        if reasons := refusals(self.narrative, context):
            raise UnfitReply("; ".join(reasons[:ISSUES_TOLD]))
        return context


def told(issues: list[Issue] | tuple[Issue, ...]) -> str:
    """Return issues as one line of text for a model."""
    lines = [f"{issue.path}: expected {issue.expected}, got {shortened(issue.got)}" for issue in issues[:ISSUES_TOLD]]
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
        Worked example that is part of every prompt; None for no example.
    critique
        Whether the same model checks and corrects each context.
    """

    def __init__(
        self,
        model: LanguageModel,
        calls: Calls,
        sampling: Sampling | None = None,
        example: str | None = None,
        *,
        critique: bool = False,
    ) -> None:
        self.model = model
        self.calls = calls
        self.sampling = sampling or Sampling(temperature=PARSE_TEMPERATURE)
        self.example = example or None
        self.with_critique = critique

    @property
    def name(self) -> str:
        """Name of the model, as users type it."""
        return self.model.name

    @cached_property
    def config(self) -> ModelConfig:
        """All prompts and reply schemas that may be sent, and the sampling options."""
        prompts = {"parse": PARSE}
        if self.with_critique:
            prompts |= {"critique": CRITIQUE, "correction": CORRECTION}
        own = {} if self.example is None else {"example": self.example}
        earlier = schema_1_config(self._wordings_of_schema_1(own), self.sampling, prompts, SCHEMA_1)
        return config_of(prompts, self.sampling, own, earlier)

    def _wordings_of_schema_1(self, own: Mapping[str, str]) -> dict[str, str]:
        """Return the prompt texts that are part of the keys in schema 1 of results.

        The texts are rebuilt from the current sections.
        """
        wordings = {
            "parse": f"{PARSE.sections[0].text}\n{format_instructions(SocializedContextForModel)}",
            **own,
        }
        if self.with_critique:
            task = f"{CRITIQUE.sections[0].text} {HOW_TO_READ.text}"
            wordings["critique"] = f"{task}\n{CORRECTION.sections[0].text}"
        return wordings

    def prompt(self, narrative: str, guidance: str = "") -> Prompt:
        """Return the prompt for a narrative.

        Parameters
        ----------
        narrative
            Text to parse.
        guidance
            Rules of the domain, e.g. who perceives what.
        """
        return self.sampling.prompt(parse_prompt(narrative, guidance, self.example), SocializedContextForModel)

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
        parser = ContextOutputParser(narrative)
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
                parser = ContextOutputParser(narrative)
                made = await generate_until_fit(self.model, again, parser, self.calls, "context")
            except GenerationError as error:
                usage += error.usage or NO_USAGE
                break
            usage += made.usage
        return replace(made, usage=usage)


def parse_prompt(narrative: str, guidance: str = "", example: str | None = None) -> str:
    """Return the prompt to parse a narrative. The reply schema is not part of this text.

    Parameters
    ----------
    narrative
        Text to parse.
    guidance
        Rules of the domain, e.g. who perceives what.
    example
        Worked example; None for no example.
    """
    return compose_values(PARSE.sections, guidance=guidance, example=example or "", narrative=narrative)


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
    record = render(context, "compact")
    return compose_values(CRITIQUE.sections, guidance=guidance, narrative=narrative, record=record)


def wire_text(context: SocializedContext) -> str:
    """Return a context as JSON in the wire format. A parser is trained to give this reply."""
    return to_wire(context).model_dump_json()
