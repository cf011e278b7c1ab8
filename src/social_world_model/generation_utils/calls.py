"""Make all model calls. This module handles concurrency, timeouts, retries, rate limits and the budget."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from copy import copy
from dataclasses import InitVar, dataclass, field, replace
from typing import Literal

from social_world_model.errors import EndpointError, GenerationError
from social_world_model.generation_utils.failures import AGAIN, Failure
from social_world_model.generation_utils.health import DENIED, Health
from social_world_model.generation_utils.limits import Admission, CallLimit, RateLimit, RecentStarts
from social_world_model.generation_utils.model import CHARS_PER_TOKEN, Completion, LanguageModel, Prompt
from social_world_model.generation_utils.spending import Budget, Spending
from social_world_model.usage import Usage

Role = Literal["answer", "context", "critic", "simulate", "judge", "act", "propose", "foresee", "value", "partner"]
"""Purpose of a call. Usage is counted for each role."""

PRIORITY_REASK, ANSWER, ELSE = -1, 0, 1
"""Priorities of repeated requests, answers and other roles. The call with the lowest number goes first."""

IN_FLIGHT = 64
TIMEOUT = 300.0
TRIES = 8
FIRST_WAIT = 0.5
LONGEST_WAIT = 60.0
LONGEST_OBEYED = 600.0
"""Longest wait in seconds that an endpoint may ask for.

If an endpoint asks for a longer wait, the call is not retried.
"""


@dataclass
class Calls:
    """Makes the calls of all models and roles of a run.

    Parameters
    ----------
    limit
        Limit on the number of concurrent calls; 64 by default. A call keeps its slot while it waits for a retry.
    timeout
        Maximum seconds for one attempt, 300 by default.
    tries
        Maximum number of attempts for one call, 8 by default.
    rate
        Limits on requests and tokens per minute. There are no limits by default.
    budget
        Limits on cost and tokens. Calls that are already running may exceed the budget.
    on_problem
        Function that is called with a message, once for each model and kind of problem.
    first_wait
        Seconds before the second attempt. The wait doubles before each further attempt, up to 60 seconds. Each wait is
        multiplied by a random factor between 0.5 and 1.
    within
        Calls of the whole sweep, for the calls of one run. All runs share limits, budget and health of endpoints.

    Attributes
    ----------
    spending
        Usage so far, and the budget.
    retries
        Number of attempts that repeated a failed attempt.
    """

    limit: CallLimit = field(default_factory=lambda: CallLimit(IN_FLIGHT))
    timeout: float = TIMEOUT
    tries: int = TRIES
    rate: RateLimit = field(default_factory=RateLimit)
    budget: InitVar[Budget | None] = None
    on_problem: Callable[[str], None] = lambda _: None
    first_wait: float = FIRST_WAIT
    within: Calls | None = field(default=None, repr=False)
    spending: Spending = field(init=False)
    retries: int = field(default=0, init=False)
    _health: dict[str, Health] = field(default_factory=dict, init=False)
    _seen: set[tuple[str, str]] = field(default_factory=set, init=False)
    _starts: RecentStarts = field(default_factory=RecentStarts, init=False)
    _stopped: GenerationError | None = field(default=None, init=False)
    _stop: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def __post_init__(self, budget: Budget | None) -> None:
        self.spending = Spending(budget or Budget(), None if self.within is None else self.within.spending)
        if self.within is not None:
            self.limit, self.rate = self.within.limit, self.within.rate
            self._health, self._seen, self._starts = self.within._health, self.within._seen, self.within._starts

    @property
    def usage(self) -> dict[str, Usage]:
        """Usage so far, by role."""
        return self.spending.usage

    @property
    def spent(self) -> Usage:
        """Usage so far, over all roles."""
        return self.spending.total

    @property
    def active(self) -> int:
        """Number of requests that are running now."""
        return self.spending.active

    @property
    def stopped(self) -> bool:
        """Whether all further calls are refused."""
        return self._stopped is not None

    @property
    def per_minute(self) -> int:
        """Number of requests sent in the last 60 seconds."""
        return self._starts.count

    async def complete(self, model: LanguageModel, prompt: Prompt, role: Role = "answer") -> Completion:
        """Make a call, and retry the call after transient errors.

        Parameters
        ----------
        model
            Model to call. A model that runs in this process is loaded first.
        prompt
            Request, with its sampling options.
        role
            Purpose of the call. The role sets the priority of the call, and usage is counted for each role.

        Raises
        ------
        GenerationError
            If no attempt of this call returned a reply. Other calls may still succeed.
        EndpointError
            If every further call would fail too. All waiting calls are then stopped.
        BudgetExceededError
            If the budget is used up.
        ConfigurationError
            If the model cannot be loaded, or if the model does not support this kind of call.
        """
        async with self.limit.slot(PRIORITY_REASK if prompt.retries else ANSWER if role == "answer" else ELSE):
            attempt = 1
            await model.load(self.on_problem)  # the timeout does not include loading
            while True:
                self._check(model)
                try:
                    return await self._once(model, prompt, role)
                except Failure as failure:
                    self._report(failure, model)
                    if failure.kind == "option not supported":
                        continue
                    await self._after(failure, model, prompt, attempt)
                attempt += 1
                self.retries += 1

    async def _once(self, model: LanguageModel, prompt: Prompt, role: Role) -> Completion:
        entry = await self._admitted(prompt.tokens + self.spending.typical_output())
        self._check(model)
        self._starts.add()
        try:
            with self.spending.call(role, model, prompt.tokens) as call:
                async with asyncio.timeout(self.timeout):
                    completion = self._with_usage(await model.complete(prompt), prompt, model)
                call.usage = completion.usage
        except TimeoutError:
            raise Failure("timeout", f"no reply within {self.timeout:g} s") from None
        if entry is not None:
            self.rate.correct(entry, completion.usage.input_tokens + completion.usage.output_tokens)
        self._health[model.name] = Health(model.name, self.limit.size, succeeded=True)
        return completion

    def _with_usage(self, completion: Completion, prompt: Prompt, model: LanguageModel) -> Completion:
        """If the endpoint does not report token counts, estimate them. Token limits then still apply."""
        usage = completion.usage
        if usage.input_tokens or usage.output_tokens or completion.refusal is not None:
            return completion
        self._report(Failure("no usage", "the endpoint reports no token counts; estimates are used"), model)
        said = len(completion.text) // CHARS_PER_TOKEN + 1
        return replace(completion, usage=replace(usage, input_tokens=prompt.tokens, output_tokens=said))

    async def _after(self, failure: Failure, model: LanguageModel, prompt: Prompt, attempt: int) -> None:
        """Wait until the next attempt. If no attempt is left, raise the error."""
        health = self._health.setdefault(model.name, Health(model.name, self.limit.size))
        if (why := health.hopeless(failure)) is not None:
            raise self._stop_all(model, why)
        wait = _wait(failure, attempt, self.first_wait) if health.may_retry(failure, attempt, self.tries) else None
        if wait is not None:
            await self._pause(wait)
            return
        message, same_for_all = health.give_up(failure, attempt, LONGEST_OBEYED)
        if same_for_all:
            raise self._stop_all(model, message)
        raise GenerationError(message, model=model.name, prompt_hash=prompt.hash, transient=failure.kind in AGAIN)

    async def _pause(self, seconds: float) -> None:
        """Wait for some seconds. Return early if all calls are stopped."""
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            pass

    async def _admitted(self, tokens: int) -> Admission | None:
        """Wait until the rate limit allows a call of this size, or until all calls are stopped."""
        if not self.rate.bounded:
            return None
        admission = asyncio.ensure_future(self.rate.admit(tokens))
        stop = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait([admission, stop], return_when=asyncio.FIRST_COMPLETED)
            return admission.result() if admission.done() else None
        finally:
            admission.cancel()
            stop.cancel()

    def _stop_all(self, model: LanguageModel, message: str) -> EndpointError:
        error = EndpointError(message, model=model.name)
        self._stopped = self._stopped or error
        self._stop.set()
        return error

    def _check(self, model: LanguageModel) -> None:
        """Raise an error if the budget is used up, or if all calls are stopped."""
        if self._stopped is None:
            self._stopped = self.spending.exceeded(model)
            if self._stopped is not None:
                self._stop.set()
        if self._stopped is not None:
            raise copy(self._stopped)  # a shared error would collect the tracebacks of all calls

    def _report(self, failure: Failure, model: LanguageModel) -> None:
        """Report each kind of problem once for each model."""
        if failure.kind == "unusable" or (failure.kind in DENIED and model.name not in self._health):
            return  # such a failure stops all calls, and the error that stops them reports it
        kind = failure.message if failure.kind == "option not supported" else failure.kind
        if (model.name, kind) not in self._seen:
            self._seen.add((model.name, kind))
            self.on_problem(f"{model.name}: {failure.kind}: {failure.message}")


def _wait(failure: Failure, attempt: int, first_wait: float) -> float | None:
    """Return the seconds until the next attempt; None if the endpoint asks to wait too long."""
    asked = failure.retry_after
    if asked is not None and asked > LONGEST_OBEYED:
        return None
    if asked == 0 and attempt == 1:
        return 0.0
    backoff = min(first_wait * 2.0 ** (attempt - 1), LONGEST_WAIT) * random.uniform(0.5, 1.0)
    return max(asked or 0.0, backoff)
