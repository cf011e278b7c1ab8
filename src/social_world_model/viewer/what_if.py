"""What if: make branches of contexts, continue and compare branches, and ask questions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from social_world_model.errors import ConfigurationError, GenerationError, SocialWorldModelError, shortened
from social_world_model.evaluation import diff
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.model import CHARS_PER_TOKEN, Sampling
from social_world_model.generation_utils.names import model_by_name
from social_world_model.generation_utils.spending import Budget
from social_world_model.s3ap import SocializedContext, render
from social_world_model.usage import Usage
from social_world_model.viewer.answers import Answers
from social_world_model.viewer.branches import Branches
from social_world_model.viewer.injecting import injected
from social_world_model.viewer.secrets import without_secrets
from social_world_model.world_model import Answer, SocialWorldModel
from social_world_model.world_model.step_prompts import NextMoment, next_prompt

T = TypeVar("T")
Tell = Callable[[str, str, Any], None]
"""Sends an event: its kind, the id it is about, and its data."""
MOST_STEPS = 10
"""Maximum number of steps that a model adds in one go."""
LONGEST = 2000
"""Maximum number of characters of an act, a thought or a question."""


class BusyError(ConfigurationError):
    """Error for a request that has to wait until a model has finished other work."""


class WhatIf:
    """Makes and continues branches. Sources and runs are never changed.

    Parameters
    ----------
    answers
        Answers about contexts. They contain the branches, too.
    branches
        Branches on disk.
    model
        Name of the language model that continues contexts; None means that there is none.
    max_cost
        Maximum cost of all calls of the server in US$; None means no limit.
    tell
        Sends events to the pages.

    Raises
    ------
    ConfigurationError
        If no model has this name, or if its API key is missing.
    """

    def __init__(
        self, answers: Answers, branches: Branches, *, model: str | None, max_cost: float | None, tell: Tell
    ) -> None:
        self._answers, self._branches, self._model, self._tell = answers, branches, model, tell
        if model is not None:
            SocialWorldModel(model)
        self._calls = Calls(budget=Budget(max_cost=max_cost))
        self._work: asyncio.Task[None] | None = None

    def branch(self, data: Any) -> dict[str, str]:
        """Make a branch from the type `Injection`, and return its id.

        Parameters
        ----------
        data
            Body of the request.

        Raises
        ------
        ConfigurationError
            If the body has another form, or if `injected` refuses the change.
        """
        parent, at, fork = _given(data, "context", str), _given(data, "at", int), _given(data, "fork", bool)
        context = self._answers.socialized_context(parent)
        given = data.get("inject")
        agent, words = "", {"act": "", "thought": ""}
        if given is not None:
            agent = _agent(context, _given(given, "agent", int))
            words = {name: _text(given, name) for name in words}
        made = injected(context, at, agent=agent, fork=fork, **words)
        title = _title(context, at, agent, words, fork)
        id = self._branches.add(made, title=title, parent=parent, parent_title=self._answers.title(parent))
        return {"id": id}

    def go_on(self, id: str, data: Any) -> dict[str, Any]:
        """Return the type `Estimated` for further steps. Unless this is a dry run, a model starts to make them.

        The steps are written as a new branch. Call this method in the event loop of the server.

        Parameters
        ----------
        id
            Id of the context or branch.
        data
            Body of the request: `steps` and `dry_run`.

        Raises
        ------
        ConfigurationError
            If there is no model, if the number of steps is not allowed, or if the context cannot be continued.
        BusyError
            If a model still makes other steps.
        """
        steps, dry_run = _given(data, "steps", int), _given(data, "dry_run", bool)
        model = self._named_model()
        if not 1 <= steps <= MOST_STEPS:
            raise ConfigurationError(f"expected 1 to {MOST_STEPS} steps, got {steps}")
        context = self._answers.socialized_context(id)
        estimate = estimated(context, steps, model)
        if dry_run:
            return estimate
        if self._work is not None and not self._work.done():
            raise BusyError("expected no other work of the model, got steps that it still makes: wait for them")
        self._work = asyncio.create_task(self._continue(id, context, steps, model))
        return estimate

    def _named_model(self) -> str:
        if self._model is None:
            raise ConfigurationError("expected a server with a language model, got a server without one")
        return self._model

    async def _continue(self, id: str, context: SocializedContext, steps: int, model: str) -> None:
        calls, branch, done = Calls(within=self._calls), "", 0
        title = f"{steps} further step{'' if steps == 1 else 's'}"
        try:
            async with SocialWorldModel(model, calls=calls) as world:
                for done in range(1, steps + 1):
                    context = await world.step(context)
                    if branch:
                        self._branches.replace(branch, context, calls.spent)
                    else:
                        branch = self._branches.add(
                            context,
                            title=title,
                            parent=id,
                            parent_title=self._answers.title(id),
                            who=model,
                            usage=calls.spent,
                        )
                    self._tell("index", "", None)
                    self._tell("branch", id, {"id": id, "done": done, "of": steps, "error": None})
        except Exception as error:
            if branch:  # its cost includes the failed step
                with suppress(SocialWorldModelError):
                    self._branches.replace(branch, context, calls.spent)
                self._tell("index", "", None)
            known = isinstance(error, SocialWorldModelError)
            why = str(error) if known else f"the work of the model ended with {type(error).__name__}"
            told = f"{without_secrets(why)} ({spent_in_words(calls.spent)})"
            self._tell("branch", id, {"id": id, "done": max(done - 1, 0), "of": steps, "error": told})
            if not known:
                raise

    def compare(self, a: str, b: str) -> dict[str, Any]:
        """Return the type `Difference`.

        Parameters
        ----------
        a, b
            Ids of contexts or branches.
        """
        found = diff(self._answers.socialized_context(a), self._answers.socialized_context(b))
        return {
            "pairs": [[one.id, other.id] for one, other in found.pairs],
            "only_a": [event.id for event in found.only_a],
            "only_b": [event.id for event in found.only_b],
            "percepts": [
                {"a": change.a.id, "b": change.b.id, "gained": list(change.gained), "lost": list(change.lost)}
                for change in found.perceivers
            ],
        }

    async def ask(self, data: Any) -> dict[str, Any]:
        """Return the type `Answered`: the answer of rules or of the model, for everybody or in the role of an agent.

        Parameters
        ----------
        data
            Body of the request: `context`, `question`, `agent` and `by_model`.

        Raises
        ------
        ConfigurationError
            If the body has another form, or if the question cannot be asked.
        GenerationError
            If the model gives no answer.
        """
        context = self._answers.socialized_context(_given(data, "context", str))
        question, number = _text(data, "question"), data.get("agent")
        agent = None if number is None else _agent(context, _given(data, "agent", int))
        if not question:
            raise ConfigurationError("expected a question, got an empty text")
        if not _given(data, "by_model", bool):
            answer = await asyncio.to_thread(SocialWorldModel().ask_sync, context, question, agent=agent)
            return _answered(answer, Usage(cost=0.0))
        model = self._named_model()
        calls = Calls(within=self._calls)
        try:
            async with SocialWorldModel(model, calls=calls) as world:
                answer = await world.ask(context, question, agent=agent)
        except GenerationError as error:
            raise GenerationError(f"{error} ({spent_in_words(calls.spent)})", parameters=error.parameters) from None
        return _answered(answer, calls.spent)


def estimated(context: SocializedContext, steps: int, model: str) -> dict[str, Any]:
    """Return the type `Estimated` for further steps. No model is called.

    A prompt contains the context so far. A new step is assumed to be as long as the average step of the context.

    Parameters
    ----------
    context
        Context to continue.
    steps
        Number of steps.
    model
        Name of the model.

    Raises
    ------
    ConfigurationError
        If no model has this name, or if its API key is missing.
    """
    prompt = Sampling().prompt(next_prompt(context, {}, ""), NextMoment).tokens
    step = len(render(context, "compact")) // CHARS_PER_TOKEN // max(1, len(context.socialized_context)) + 1
    read, written = steps * prompt + step * steps * (steps - 1) // 2, steps * step
    cost = model_by_name(model).price(read, written)
    return {"calls": steps, "tokens": read + written, "cost": cost, "model": model}


def spent_in_words(usage: Usage) -> str:
    """Return what model calls used, as words for a message.

    Parameters
    ----------
    usage
        Usage of the calls.

    Examples
    --------
    >>> spent_in_words(Usage(input_tokens=900, output_tokens=100, requests=2, cost=0.25))
    'spent: 2 calls, 1,000 tokens, US$ 0.2500'
    """
    cost = "cost unknown" if usage.cost is None else f"US$ {usage.cost:.4f}"
    return f"spent: {usage.requests} calls, {usage.input_tokens + usage.output_tokens:,} tokens, {cost}"


def _answered(answer: Answer, usage: Usage) -> dict[str, Any]:
    tokens = usage.input_tokens + usage.output_tokens
    told = {"answer": answer.text, "certain": answer.certain, "why": answer.why}
    return {**told, "calls": usage.requests, "tokens": tokens, "cost": usage.cost}


def _given(data: Any, name: str, kind: type[T]) -> T:
    """Return a value of a body.

    Raises
    ------
    ConfigurationError
        If the value is missing or has another type.
    """
    value = data.get(name) if isinstance(data, Mapping) else None
    if type(value) is not kind:
        raise ConfigurationError(f"expected {name} as {kind.__name__} in the body of the request, got {value!r:.60}")
    return value


def _text(data: Any, name: str) -> str:
    text = _given(data, name, str).strip()
    if len(text) > LONGEST:
        raise ConfigurationError(f"expected at most {LONGEST} characters as {name}, got {len(text)}")
    return text


def _agent(context: SocializedContext, number: int) -> str:
    cast = list(dict.fromkeys(context.agents_names))
    if not 0 <= number < len(cast):
        raise ConfigurationError(f"expected the number of an agent from 0 to {len(cast) - 1}, got {number}")
    return cast[number]


def _title(context: SocializedContext, at: int, agent: str, words: Mapping[str, str], fork: bool) -> str:
    step = context.socialized_context[at].timestep
    if not agent:
        return f"ends with step {step}"
    told = words["act"].removeprefix(f"{agent} ") or f"thinks: {words['thought']}"
    return f"step {step}: {agent} {shortened(told, 60)}" + (", later steps removed" if fork else "")
