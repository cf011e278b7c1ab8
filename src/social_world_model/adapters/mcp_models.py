"""The models of an MCP server, with their calls."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cached_property

from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.asking import Ask, DirectAsk
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.model import LanguageModel, Sampling
from social_world_model.generation_utils.names import model_by_name
from social_world_model.generation_utils.spending import Budget
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.model import NAME
from social_world_model.world_model.answers import Answer
from social_world_model.world_model.model import SocialWorldModel
from social_world_model.world_model.parsing import PARSE_TEMPERATURE

TRIES = 3
"""Maximum number of attempts of a call. Clients do not wait long for a tool."""
NO_MODEL = (
    "expected a language model for foresee, got the symbolic model, which imagines no replies: start the server with "
    "`swm mcp --model-name NAME`, or with `swm mcp --world-model NAME`"
)


@dataclass
class Models:
    """The models of a server. If a problem has stopped all calls, the next call of a tool starts anew.

    Parameters
    ----------
    model_name
        Model that parses texts and answers questions: ``"symbolic"``, or a language model.
    world_model
        Language model that imagines replies; None means the same model.
    max_cost
        Maximum cost of all calls in US$; None means no limit.

    Raises
    ------
    ConfigurationError
        If no model has this name, or if the API key of the model is missing.
    """

    model_name: str = NAME
    world_model: str | None = None
    max_cost: float | None = None

    def __post_init__(self) -> None:
        self._all_calls = Calls(budget=Budget(max_cost=self.max_cost))
        self._calls = self._fresh()
        self._model = SocialWorldModel(self.model_name, calls=self._calls)
        self._imagining = self.world_model or self.model_name
        SocialWorldModel(self._imagining)  # checks the name and the key

    @property
    def is_symbolic(self) -> bool:
        """Whether the symbolic model parses texts and answers questions."""
        return self._model.is_symbolic

    async def parse(self, text: str) -> SocializedContext:
        """Return the context of a text.

        Raises
        ------
        NarrativeError, GenerationError
            If the text cannot be read, or if the language model failed.
        """
        if self.is_symbolic:
            return await asyncio.to_thread(self._model.parse_sync, text)
        return await self._ready().parse(text)

    async def ask(self, context: SocializedContext, question: str, agent: str | None) -> Answer:
        """Return the answer to a question.

        Parameters
        ----------
        context, question, agent
            The same as in `SocialWorldModel.ask`.

        Raises
        ------
        NarrativeError, ConfigurationError, GenerationError
            If the question cannot be read, if the context has errors, or if the language model failed.
        """
        if self.is_symbolic:
            return await asyncio.to_thread(self._model.ask_sync, context, question, agent=agent)
        return await self._ready().ask(context, question, agent=agent)

    def imagination(self) -> Ask:
        """Return the language model that imagines replies.

        Raises
        ------
        ConfigurationError
            If the server has only the symbolic model.
        """
        if self._imagining == NAME:
            raise ConfigurationError(NO_MODEL)
        self._ready()
        sampling = Sampling.of(None, temperature=PARSE_TEMPERATURE)
        return DirectAsk(model=self._imagination, calls=self._calls, sampling=sampling)

    async def close(self) -> None:
        """Close all connections."""
        await self._model.__aexit__(None, None, None)
        if "_imagination" in self.__dict__:
            await self._imagination.close()

    @cached_property
    def _imagination(self) -> LanguageModel:
        return model_by_name(self._imagining)

    def _ready(self) -> SocialWorldModel:
        if self._calls.stopped:
            self._calls = self._model.calls = self._fresh()
        return self._model

    def _fresh(self) -> Calls:
        return Calls(within=self._all_calls, tries=TRIES)
