"""What calls have spent, and the bound on it."""

from __future__ import annotations

from dataclasses import dataclass

from social_world_model.errors import BudgetExceededError, ConfigurationError
from social_world_model.generation_utils.model import LanguageModel
from social_world_model.usage import NO_USAGE, Usage


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a run may spend.

    Parameters
    ----------
    max_cost
        US$; None for no bound.
    max_tokens
        Of prompts and replies together; None for no bound.
    """

    max_cost: float | None = None
    max_tokens: int | None = None


class Spending:
    """What was spent so far, by role, against a budget.

    Parameters
    ----------
    budget
        What may be spent.

    Attributes
    ----------
    usage
        By role.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.usage: dict[str, Usage] = {}
        self._priced: set[str] = set()

    @property
    def total(self) -> Usage:
        """In all roles together."""
        return sum(self.usage.values(), NO_USAGE)

    def add(self, role: str, usage: Usage) -> None:
        """Count what a call took."""
        self.usage[role] = self.usage.get(role, NO_USAGE) + usage

    def typical_output(self) -> int:
        """Return the tokens of an average reply so far."""
        spent = self.total
        return spent.output_tokens // spent.requests if spent.requests else 0

    def exceeded(self, model: LanguageModel, active: int) -> BudgetExceededError | None:
        """Return the error that ends all calls if the budget is spent; None if it is not.

        Parameters
        ----------
        model
            Which is to be called next.
        active
            Number of calls under way.

        Raises
        ------
        ConfigurationError
            If there is a bound on the cost, and the cost of a call is not known.
        """
        spent, budget = self.total, self.budget
        self._check_price(model)
        if budget.max_tokens is not None and spent.input_tokens + spent.output_tokens >= budget.max_tokens:
            what = f"max_total_tokens {budget.max_tokens} is spent: {spent.input_tokens + spent.output_tokens} tokens"
        elif budget.max_cost is not None and self._expected_cost(spent, active) >= budget.max_cost:
            what = f"max_cost {budget.max_cost:g} is spent: {spent.cost or 0:.2f} US$"
        else:
            return None
        return BudgetExceededError(f"{what} in {spent.requests} calls, and {active} in flight", model=model.name)

    def _check_price(self, model: LanguageModel) -> None:
        if self.budget.max_cost is None or model.name in self._priced:
            return
        if model.price(1000, 1000) is None:
            raise ConfigurationError(
                f"expected a price for every model with max_cost, and there is none for {model.name}: "
                "use max_total_tokens instead",
                parameters=("max_cost", "max_total_tokens"),
            )
        self._priced.add(model.name)

    def _expected_cost(self, spent: Usage, active: int) -> float:
        """Return what is spent, and what the calls under way will have cost if they are like the others."""
        if not spent.requests:
            return 0.0
        if spent.cost is None:
            raise ConfigurationError(
                "expected a price for every reply with max_cost, and one came without what it took: "
                "use max_total_tokens instead",
                parameters=("max_cost", "max_total_tokens"),
            )
        return spent.cost + active * spent.cost / spent.requests
