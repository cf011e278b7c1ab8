"""What happens if an agent of a user fails, or returns something else than a decision."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from social_world_model.agents.checked import decided
from social_world_model.contracts import ModelConfig
from social_world_model.errors import ConfigurationError, GenerationError
from social_world_model.interaction import Act, Decision, act_problem
from tests.agents.helpers import ANN, CAST, KINDS, beginning, observed

HELLO = Act(kind="speak", text="Hello.")


@dataclass
class Own:
    """An agent that returns a value, or raises it if it is an error."""

    made: Any
    name: str = "own"
    config: ModelConfig = field(default_factory=ModelConfig)

    async def decide(self, observation: Any) -> Any:
        if isinstance(self.made, BaseException):
            raise self.made
        return self.made


def asked(made: Any) -> Decision:
    return asyncio.run(decided(Own(made), observed(beginning(), ANN)))


@pytest.mark.parametrize("error", [ValueError("no"), KeyError("no"), TimeoutError(), asyncio.CancelledError()])
def test_any_error_of_an_agent_ends_only_its_episode(error: BaseException) -> None:
    with pytest.raises(GenerationError, match=f"expected a decision of own, got {type(error).__name__}"):
        asked(error)


def test_an_agent_that_is_cancelled_from_outside_is_not_an_error_of_the_agent() -> None:
    class Waiting(Own):
        async def decide(self, observation: Any) -> Any:
            await asyncio.Event().wait()

    async def cancelled() -> bool:
        task = asyncio.create_task(decided(Waiting(None), observed(beginning(), ANN)))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(cancelled())


@pytest.mark.parametrize(
    ("made", "got"),
    [
        (None, "NoneType"),
        (HELLO, "Act"),
        (Decision(act=None), "act of the type NoneType"),  # type: ignore[arg-type]
        (Decision(act=HELLO, why=None), "why of the type NoneType"),  # type: ignore[arg-type]
        (Decision(act=HELLO, usage=None), "usage of the type NoneType"),  # type: ignore[arg-type]
        (Decision(act=HELLO, considered=None), "considered of the type NoneType"),  # type: ignore[arg-type]
        (Decision(act=HELLO, considered=("wave",)), "considered of the type str"),  # type: ignore[arg-type]
        (Decision(act=Act(kind="speak", text=5)), "text of the act of the type int"),  # type: ignore[arg-type]
        (Decision(act=Act(kind="speak", text="x", to="Bob")), "to of the act of the type str"),  # type: ignore[arg-type]
    ],
)
def test_a_value_that_is_no_decision_is_named_with_its_type(made: Any, got: str) -> None:
    with pytest.raises(ConfigurationError, match=f"expected own to return a Decision, got {got}$"):
        asked(made)


def test_a_decision_passes_unchanged() -> None:
    made = Decision(act=HELLO, why="politeness")
    assert asked(made) is made


def test_half_of_a_surrogate_pair_is_no_text_of_an_act() -> None:
    problem = act_problem(Act(kind="speak", text="a\ud800"), me=ANN, cast=CAST, available=KINDS)
    assert "surrogate" in problem
