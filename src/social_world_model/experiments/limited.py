"""A user's own answerer or parser, asked at most as many things at a time as a run may have calls."""

from __future__ import annotations

from social_world_model.contracts import Answerer, ModelConfig, Parsed, Parser, Query, Reply
from social_world_model.generation_utils.calls import ANSWER, ELSE
from social_world_model.generation_utils.limits import CallLimit


class LimitedAnswerer:
    """An answerer that takes a slot for each query.

    Parameters
    ----------
    wrapped
        Which answers.
    limit
        Shared with all calls of the run.
    """

    def __init__(self, wrapped: Answerer, limit: CallLimit) -> None:
        self.wrapped = wrapped
        self._limit = limit

    @property
    def name(self) -> str:
        """The answerer's name."""
        return self.wrapped.name

    @property
    def config(self) -> ModelConfig:
        """The answerer's configuration."""
        return self.wrapped.config

    @property
    def usable_modes(self) -> frozenset[str] | None:
        """The modes that mean something for the answerer; None for all."""
        return self.wrapped.usable_modes

    async def answer(self, query: Query) -> Reply:
        """Return the answerer's reply when it is its turn."""
        async with self._limit.slot(ANSWER):
            return await self.wrapped.answer(query)


class LimitedParser:
    """A parser that takes a slot for each narrative.

    Parameters
    ----------
    wrapped
        Which parses.
    limit
        Shared with all calls of the run.
    """

    def __init__(self, wrapped: Parser, limit: CallLimit) -> None:
        self.wrapped = wrapped
        self._limit = limit

    @property
    def name(self) -> str:
        """The parser's name."""
        return self.wrapped.name

    @property
    def config(self) -> ModelConfig:
        """The parser's configuration."""
        return self.wrapped.config

    async def parse(self, narrative: str, guidance: str = "") -> Parsed:
        """Return the parser's context when it is its turn."""
        async with self._limit.slot(ELSE):
            return await self.wrapped.parse(narrative, guidance)
