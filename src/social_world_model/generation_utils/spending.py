"""Track the usage of calls, and compare the usage with a budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from social_world_model.errors import BudgetExceededError, ConfigurationError
from social_world_model.generation_utils.model import LanguageModel
from social_world_model.generation_utils.pricing import MILLION
from social_world_model.usage import INTERRUPTED, NO_USAGE, Usage

on_send: ContextVar[Callable[[], None]] = ContextVar("on_send", default=lambda: None)
"""Function that a transport calls immediately before a request of the current task goes to the network."""


class UsageRecord(Protocol):
    """A record of all calls that stays if the process is killed."""

    def sent(self, role: str, expected: Usage) -> int:
        """Record a request that is sent now, and return the number of the request.

        Parameters
        ----------
        role, expected
            Purpose of the request, and the usage to count if the reply never arrives.
        """
        ...

    def ended(self, call: int, role: str, usage: Usage) -> None:
        """Record the usage of the reply to a request.

        Parameters
        ----------
        call, role, usage
            Number and purpose of the request, and the usage of the reply.
        """
        ...

    def add(self, role: str, usage: Usage) -> None:
        """Record the usage of a model that does not report its requests.

        Parameters
        ----------
        role, usage
            Purpose and usage of the requests.
        """
        ...


class RunningCall:
    """A request.

    Parameters
    ----------
    role
        Purpose of the request.
    expected
        Usage to count if the reply never arrives.
    record
        Record of all calls; None if there is no record.

    Attributes
    ----------
    usage
        Usage of the reply; empty if the endpoint did not accept the request. None before the reply.
    is_sent
        Whether the request was sent.
    """

    def __init__(self, role: str, expected: Usage, record: UsageRecord | None) -> None:
        self._role = role
        self._expected = expected
        self._record = record
        self._number = 0
        self.usage: Usage | None = None
        self.is_sent = False

    def sent(self) -> None:
        """Record that the request is sent now. A second call changes nothing."""
        if not self.is_sent and self._record is not None:
            self._number = self._record.sent(self._role, self._expected)
        self.is_sent = True

    def ended(self) -> None:
        """Record the usage of the reply."""
        if self._record is not None and self.usage is not None:
            self._record.ended(self._number, self._role, self.usage)


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Limits on the cost and the tokens of a run.

    Parameters
    ----------
    max_cost
        Maximum cost in US$; None means no limit.
    max_tokens
        Maximum number of tokens of prompts and replies together; None means no limit.
    """

    max_cost: float | None = None
    max_tokens: int | None = None


class Spending:
    """Tracks the usage by role, and checks the budget.

    Parameters
    ----------
    budget
        Limits on cost and tokens.
    within
        Spending of the whole sweep, which also counts each call and has the budget. None outside a sweep.

    Attributes
    ----------
    usage
        Usage so far, by role.
    active
        Number of calls that are running now.
    over
        Error that stops all calls, because the budget is used up; None before that.
    record
        Record of all calls; None if there is no record.
    """

    def __init__(self, budget: Budget, within: Spending | None = None) -> None:
        self.budget = budget
        self.within = within
        self.active = 0
        self.over: BudgetExceededError | None = None
        self.record: UsageRecord | None = None
        self.usage: dict[str, Usage] = {}
        self._priced: set[str] = set()
        self._input_prices: dict[str, float | None] = {} if within is None else within._input_prices

    @property
    def total(self) -> Usage:
        """Usage so far, over all roles."""
        return sum(self.usage.values(), NO_USAGE)

    def add(self, role: str, usage: Usage) -> None:
        """Add the usage of a model that does not report its requests.

        Parameters
        ----------
        role
            Purpose of the call, such as ``answer``.
        usage
            Tokens and cost of the call.
        """
        if self.record is not None:
            self.record.add(role, usage)
        self._count(role, usage)

    @contextmanager
    def call(self, role: str, model: LanguageModel, tokens: int) -> Iterator[RunningCall]:
        """Count a request as active inside the ``with`` block, and add its usage at the end of the block.

        If the block ends with an error and without a usage, the endpoint did not accept the request, and the usage is
        empty. If the block is cancelled, the usage of the prompt is added under the role ``interrupted``, because the
        endpoint may charge for the request.

        Parameters
        ----------
        role
            Purpose of the call, such as ``answer``.
        model
            Model that is called.
        tokens
            Estimated number of tokens of the prompt.
        """
        expected = Usage(requests=1, input_tokens=tokens, cost=self._input_cost(model, tokens))
        call = RunningCall(role, expected, self.record)
        if not model.announces_requests:
            call.sent()
        self._count_active(1)
        announced = on_send.set(call.sent)
        try:
            yield call
        except Exception:
            call.usage = call.usage or NO_USAGE
            raise
        finally:
            on_send.reset(announced)
            self._count_active(-1)
            if call.usage is not None:
                call.ended()
                self._count(role, call.usage)
            elif call.is_sent:
                self._count(INTERRUPTED, expected)

    def _input_cost(self, model: LanguageModel, tokens: int) -> float | None:
        """Return the cost of the tokens of a prompt in US$; None if the price is unknown. The look-up is slow."""
        if model.name not in self._input_prices:
            self._input_prices[model.name] = model.price(MILLION, 0)
        price = self._input_prices[model.name]
        return None if price is None else price * tokens / MILLION

    def _count(self, role: str, usage: Usage) -> None:
        if usage != NO_USAGE:
            self.usage[role] = self.usage.get(role, NO_USAGE) + usage
        if self.within is not None:
            self.within._count(role, usage)

    def _count_active(self, number: int) -> None:
        self.active += number
        if self.within is not None:
            self.within._count_active(number)

    def typical_output(self) -> int:
        """Return the average number of tokens per reply so far; 0 before the first reply."""
        spent = self.total
        return spent.output_tokens // spent.requests if spent.requests else 0

    def exceeded(self, model: LanguageModel) -> BudgetExceededError | None:
        """If the budget is used up, return the error that stops all calls. Otherwise return None.

        Parameters
        ----------
        model
            Model of the next call.

        Raises
        ------
        ConfigurationError
            If the budget limits the cost, but the cost of a call is unknown.
        """
        if self.within is not None:
            return self.within.exceeded(model)
        spent, budget = self.total, self.budget
        self._check_price(model)
        if budget.max_tokens is not None and spent.input_tokens + spent.output_tokens >= budget.max_tokens:
            what = f"max_total_tokens {budget.max_tokens} is spent: {spent.input_tokens + spent.output_tokens} tokens"
        elif budget.max_cost is not None and self._expected_cost(spent) >= budget.max_cost:
            what = f"max_cost {budget.max_cost:g} is spent: {spent.cost or 0:.2f} US$"
        else:
            return self.over
        calls = f"{spent.requests} calls, and {self.active} more calls are running"
        self.over = self.over or BudgetExceededError(f"{what} in {calls}", model=model.name)
        return self.over

    def _check_price(self, model: LanguageModel) -> None:
        if self.budget.max_cost is None or model.name in self._priced:
            return
        if model.price(1000, 1000) is None:
            raise ConfigurationError(
                f"expected a known price for every model if max_cost is set, got none for {model.name}: "
                "use max_total_tokens instead",
                parameters=("max_cost", "max_total_tokens"),
            )
        self._priced.add(model.name)

    def _expected_cost(self, spent: Usage) -> float:
        """Return the cost so far plus the expected cost of the running calls.

        Each running call has the average cost.
        """
        if not spent.requests:
            return 0.0
        if spent.cost is None:
            raise ConfigurationError(
                "expected a known cost for every reply if max_cost is set, got a reply without a cost: "
                "use max_total_tokens instead",
                parameters=("max_cost", "max_total_tokens"),
            )
        return spent.cost + self.active * spent.cost / spent.requests
