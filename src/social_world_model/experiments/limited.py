"""Wrappers that apply the run's limit of concurrent calls to a user's own answerer or parser."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from social_world_model.contracts import Answerer, ModelConfig, Parsed, Parser, Query, Reply
from social_world_model.errors import (
    ConfigurationError,
    ContextError,
    GenerationError,
    SocialWorldModelError,
    in_one_line,
)
from social_world_model.generation_utils.calls import ANSWER, ELSE, Calls, Role
from social_world_model.registry import check_members
from social_world_model.s3ap import validate
from social_world_model.usage import NO_USAGE, Usage

T = TypeVar("T")


class LimitedAnswerer:
    """Wrapper for a user's answerer. Each query counts as one of the run's concurrent calls.

    Parameters
    ----------
    wrapped
        Answerer of the user.
    calls
        Scheduler of the run's calls. Language models use the same scheduler, and share the concurrency limit and the
        usage counts.
    name
        Name in keys, folders and manifests. The default is the name of the answerer.

    Raises
    ------
    ConfigurationError
        If the object lacks a member of `Answerer`.
    """

    def __init__(self, wrapped: Answerer, calls: Calls, name: str = "") -> None:
        self.name = _checked(wrapped, "answerer", "an Answerer", ("usable_modes", "answer"), name)
        self.wrapped = wrapped
        self._calls = calls

    @property
    def config(self) -> ModelConfig:
        """Configuration of the wrapped answerer."""
        return self.wrapped.config

    @property
    def usable_modes(self) -> frozenset[str] | None:
        """Modes that the answerer supports. None means all modes."""
        return self.wrapped.usable_modes

    async def answer(self, query: Query) -> Reply:
        """Wait until one more call is allowed, and return the reply of the answerer.

        Raises
        ------
        GenerationError
            If the answerer raises an error that is not a `SocialWorldModelError`.
        ConfigurationError
            If the answerer does not return a `Reply`.
        """
        async with self._calls.limit.slot(ANSWER):
            reply = await _asked(lambda: self.wrapped.answer(query), Reply, f"answer of {self.name}", self.name)
        _count(self._calls, "answer", reply.usage)
        return reply


class LimitedParser:
    """Wrapper for a user's parser. Each parse counts as one of the run's concurrent calls.

    Parameters
    ----------
    wrapped
        Parser of the user.
    calls, name
        Scheduler and name, as in `LimitedAnswerer`.

    Raises
    ------
    ConfigurationError
        If the object lacks a member of `Parser`.
    """

    def __init__(self, wrapped: Parser, calls: Calls, name: str = "") -> None:
        self.name = _checked(wrapped, "parsers", "Parser objects", ("parse",), name)
        self.wrapped = wrapped
        self._calls = calls

    @property
    def config(self) -> ModelConfig:
        """Configuration of the wrapped parser."""
        return self.wrapped.config

    async def parse(self, narrative: str, guidance: str = "") -> Parsed:
        """Wait until one more call is allowed, and return the context of the parser.

        Parameters
        ----------
        narrative
            Narrative to parse.
        guidance
            Instructions of the benchmark for the parser. The text is empty if there are no instructions.

        Raises
        ------
        GenerationError
            If the parser raises an error that is not a `SocialWorldModelError`.
        ContextError
            If the context has validation errors.
        ConfigurationError
            If the parser does not return a `Parsed` object.
        """
        async with self._calls.limit.slot(ELSE):
            work = f"parse of {self.name}"
            parsed = await _asked(lambda: self.wrapped.parse(narrative, guidance), Parsed, work, self.name)
        _count(self._calls, "context", parsed.usage)
        if issues := [issue for issue in validate(parsed.context) if issue.severity == "error"]:
            raise ContextError(f"expected a valid context from {self.name}", issues)
        return parsed


def _checked(wrapped: Any, parameter: str, what: str, members: tuple[str, ...], name: str) -> str:
    """Check the members of a user's object, and return the name of the object."""
    check_members(wrapped, what, ("name", "config", *members), parameter)
    found = name or wrapped.name
    if not isinstance(found, str) or not found.strip():
        raise ConfigurationError(
            f"expected {parameter} to have a name, got {type(wrapped).__name__} with name {found!r}",
            parameters=(parameter,),
        )
    if not isinstance(wrapped.config, ModelConfig):
        raise ConfigurationError(
            f"expected {parameter} to have a ModelConfig as its config, got {type(wrapped).__name__} with "
            f"{type(wrapped.config).__name__}",
            parameters=(parameter,),
        )
    return found


async def _asked(ask: Callable[[], Awaitable[Any]], kind: type[T], what: str, model: str) -> T:
    """Await a method of a user's object, and check the type of the returned value."""
    try:
        made = ask()
        got = await made if inspect.isawaitable(made) else made
    except SocialWorldModelError:
        raise
    except Exception as error:
        why = in_one_line(error)
        raise GenerationError(f"expected {what} to return a {kind.__name__}, got {why}", model=model) from error
    if not inspect.isawaitable(made):
        raise ConfigurationError(f"expected {what} to be a coroutine function (async def), got a plain function")
    if not isinstance(got, kind):
        raise ConfigurationError(f"expected {what} to return a {kind.__name__}, got {type(got).__name__}")
    return got


def _count(calls: Calls, role: Role, usage: Usage) -> None:
    if usage != NO_USAGE:
        calls.spending.add(role, usage)
