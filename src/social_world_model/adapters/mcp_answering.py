"""Answer calls of the MCP tools. This module is imported at the first call, because it is slow to import."""

from __future__ import annotations

import asyncio
from typing import Any

from social_world_model.adapters.mcp_answers import answered, remembered, who_knows
from social_world_model.adapters.mcp_foreseeing import foreseen
from social_world_model.adapters.mcp_inputs import Contexts, context_data, known_name
from social_world_model.adapters.mcp_models import Models
from social_world_model.adapters.mcp_outputs import (
    AskOutput,
    ContextOutput,
    ForeseeOutput,
    IssueOutput,
    MemoryOutput,
    ValidateOutput,
    WhoKnows,
    context_output,
)
from social_world_model.errors import ConfigurationError, ContextError, NarrativeError
from social_world_model.s3ap import Issue, SocializedContext, validate
from social_world_model.symbolic.sources import source_of

ANSWERS_NEED = "or start the server with `swm mcp --model-name NAME`, so that a language model answers"


class Answering:
    """Answers calls of the MCP tools. Each tool has a method.

    Parameters
    ----------
    models
        Models of the server; None means the symbolic model.
    """

    def __init__(self, models: Models | None = None) -> None:
        self.models = models or Models()
        self.contexts = Contexts(self.models.parse)

    async def parse(self, text: str) -> ContextOutput:
        """Turn a text into a context.

        Parameters
        ----------
        text
            Story or chat.

        Raises
        ------
        SocialWorldModelError
            If the text cannot be read.
        """
        return context_output((await self.contexts.of(text)).to_data())

    async def who_knows(
        self,
        context: Any,
        fact: str,
    ) -> WhoKnows:
        """Tell who knows a fact.

        Parameters
        ----------
        context, fact
            Text or context, and words of the fact.

        Raises
        ------
        SocialWorldModelError
            If the text cannot be read, or if the fact has no words.
        """
        made = await self.contexts.of(context)
        found = await asyncio.to_thread(who_knows, made, fact)
        if self._is_guess(made):
            people = [one.model_copy(update={"certain": False}) for one in found.people]
            found = found.model_copy(update={"people": people})
        return found

    async def memory(self, context: Any, agent: str) -> MemoryOutput:
        """List what a person perceived and did.

        Parameters
        ----------
        context, agent
            Text or context, and name of the person.

        Raises
        ------
        SocialWorldModelError
            If the text cannot be read, or if the name is unknown.
        """
        made = await self.contexts.of(context)
        found = await asyncio.to_thread(remembered, made, known_name(agent, made.agents_names))
        if self._is_guess(made):
            events = [one.model_copy(update={"certain": False}) for one in found.events]
            found = found.model_copy(update={"events": events})
        return found

    async def perspective(
        self,
        context: Any,
        chain: list[str],
    ) -> ContextOutput:
        """Return the perspective of one person, or of A on B.

        Parameters
        ----------
        context, chain
            Text or context, and names of people.

        Raises
        ------
        SocialWorldModelError
            If the text cannot be read, or if a name is unknown.
        """
        made = await self.contexts.of(context)
        if not chain:
            raise ConfigurationError("expected at least one name in chain, got none", parameters=("chain",))
        names = [known_name(name, made.agents_names) for name in chain]
        return context_output((await asyncio.to_thread(made.perspective, *names)).to_data())

    async def ask(
        self,
        context: Any,
        question: str,
        agent: str | None = None,
    ) -> AskOutput:
        """Answer a question.

        Parameters
        ----------
        context, question, agent
            Text or context, the question, and the person whose memory is used; None means everything.

        Raises
        ------
        SocialWorldModelError
            If the text or the question cannot be read, or if the name is unknown.
        """
        made = await self.contexts.of(context)
        who = None if agent is None else known_name(agent, made.agents_names)
        try:
            return answered(made, await self.models.ask(made, question, who))
        except NarrativeError as error:
            raise error.with_hint(ANSWERS_NEED) from None

    async def foresee(
        self,
        context: Any,
        me: str,
        acts: list[str],
        partner: str | None = None,
        horizon: int = 1,
        goal: str | None = None,
    ) -> ForeseeOutput:
        """Imagine how a partner reacts to several acts.

        Parameters
        ----------
        context, me, acts, partner, horizon
            The same as in `social_world_model.world_model.foreseeing.foresee`. The context can also be a text.
        goal
            Goal of the person; None means that the acts are not valued.

        Raises
        ------
        SocialWorldModelError
            If the server has no language model, or if the text, a name, an act or a number cannot be used.
        """
        ask = self.models.imagination()
        made = await self.contexts.of(context)
        cast = made.agents_names
        other = None if partner is None else known_name(partner, cast)
        return await foreseen(
            ask,
            made,
            me=known_name(me, cast),
            acts=acts,
            partner=other,
            horizon=horizon,
            goal=goal or "",
        )

    async def validate(
        self,
        context: Any,
    ) -> ValidateOutput:
        """List the errors and warnings of a context.

        Parameters
        ----------
        context
            The context, as an object or as JSON.

        Raises
        ------
        ContextError
            If the text is not JSON.
        """
        try:
            issues = await asyncio.to_thread(_issues, context_data(context))
        except ContextError as error:
            if not error.issues:
                raise
            issues = list(error.issues)
        return ValidateOutput(
            valid=not any(issue.severity == "error" for issue in issues),
            issues=[
                IssueOutput(severity=one.severity, path=one.path, expected=one.expected, got=one.got) for one in issues
            ],
        )

    def _is_guess(self, context: SocializedContext) -> bool:
        """Return whether a language model decided who perceives what."""
        return not self.models.is_symbolic and source_of(context) is None


def _issues(data: Any) -> list[Issue]:
    return validate(SocializedContext.from_data(data))
