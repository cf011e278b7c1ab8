"""A user's own answerer or parser, asked at most as many things at a time as a run may have calls."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from social_world_model.contracts import Answerer, ModelConfig, Parsed, Parser, Query, Reply
from social_world_model.errors import ConfigurationError, ContextError, GenerationError, SocialWorldModelError
from social_world_model.generation_utils.calls import ANSWER, ELSE, Calls, Role
from social_world_model.registry import check_members
from social_world_model.s3ap import validate
from social_world_model.usage import NO_USAGE, Usage

T = TypeVar("T")


class LimitedAnswerer:
    """An answerer that takes a slot for each query.

    Parameters
    ----------
    wrapped
        The answerer.
    calls
        The owner of the run's calls: concurrency and usage are shared with language models.
    name
        What it is called in keys, folders and manifests; by default its own name.

    Raises
    ------
    ConfigurationError
        If the object lacks what an `Answerer` has.
    """

    def __init__(self, wrapped: Answerer, calls: Calls, name: str = "") -> None:
        self.name = _checked(wrapped, "answerer", "an Answerer", ("usable_modes", "answer"), name)
        self.wrapped = wrapped
        self._calls = calls

    @property
    def config(self) -> ModelConfig:
        """The answerer's configuration."""
        return self.wrapped.config

    @property
    def usable_modes(self) -> frozenset[str] | None:
        """The modes that mean something for the answerer; None for all."""
        return self.wrapped.usable_modes

    async def answer(self, query: Query) -> Reply:
        """Return the answerer's reply when it is its turn.

        Raises
        ------
        GenerationError
            If the answerer raises an error of its own.
        ConfigurationError
            If it returns something else than a `Reply`.
        """
        async with self._calls.limit.slot(ANSWER):
            reply = await _asked(lambda: self.wrapped.answer(query), Reply, f"answer of {self.name}", self.name)
        _count(self._calls, "answer", reply.usage)
        return reply


class LimitedParser:
    """A parser that takes a slot for each narrative.

    Parameters
    ----------
    wrapped
        The parser.
    calls, name
        As for `LimitedAnswerer`.

    Raises
    ------
    ConfigurationError
        If the object lacks what a `Parser` has.
    """

    def __init__(self, wrapped: Parser, calls: Calls, name: str = "") -> None:
        self.name = _checked(wrapped, "parsers", "Parser objects", ("parse",), name)
        self.wrapped = wrapped
        self._calls = calls

    @property
    def config(self) -> ModelConfig:
        """The parser's configuration."""
        return self.wrapped.config

    async def parse(self, narrative: str, guidance: str = "") -> Parsed:
        """Return the parser's context when it is its turn.

        Raises
        ------
        GenerationError
            If the parser raises an error of its own.
        ContextError
            If its context has errors.
        ConfigurationError
            If it returns something else than `Parsed`.
        """
        async with self._calls.limit.slot(ELSE):
            work = f"parse of {self.name}"
            parsed = await _asked(lambda: self.wrapped.parse(narrative, guidance), Parsed, work, self.name)
        _count(self._calls, "context", parsed.usage)
        if issues := [issue for issue in validate(parsed.context) if issue.severity == "error"]:
            raise ContextError(f"expected a valid context from {self.name}", issues)
        return parsed


def _checked(wrapped: Any, parameter: str, what: str, members: tuple[str, ...], name: str) -> str:
    """Return the name of an object, after a look at what it has."""
    check_members(wrapped, what, ("name", "config", *members), parameter)
    found = name or wrapped.name
    if not isinstance(found, str) or not found.strip():
        raise ConfigurationError(
            f"expected {parameter} with a name, got {type(wrapped).__name__} with {found!r}", parameters=(parameter,)
        )
    if not isinstance(wrapped.config, ModelConfig):
        raise ConfigurationError(
            f"expected {parameter} with a ModelConfig as config, got {type(wrapped).__name__} with "
            f"{type(wrapped.config).__name__}",
            parameters=(parameter,),
        )
    return found


async def _asked(ask: Callable[[], Awaitable[Any]], kind: type[T], what: str, model: str) -> T:
    """Await a method of a user's object, and check what it returns."""
    try:
        made = ask()
        got = await made if inspect.isawaitable(made) else made
    except SocialWorldModelError:
        raise
    except Exception as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())
        raise GenerationError(f"expected {what} to return a {kind.__name__}, got {why}", model=model) from error
    if not inspect.isawaitable(made):
        raise ConfigurationError(f"expected {what} to be a coroutine function (async def), got a plain function")
    if not isinstance(got, kind):
        raise ConfigurationError(f"expected {what} to return a {kind.__name__}, got {type(got).__name__}")
    return got


def _count(calls: Calls, role: Role, usage: Usage) -> None:
    if usage != NO_USAGE:
        calls.usage[role] = calls.usage.get(role, NO_USAGE) + usage
