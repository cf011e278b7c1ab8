"""Agents of users: async callables and agents of pydantic-ai."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from pydantic_ai import Agent as PydanticAgent
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.models.test import TestModel

from social_world_model.agents.callables import agent_from
from social_world_model.agents.rendering import observation_text
from social_world_model.errors import BudgetExceededError, ConfigurationError, GenerationError
from social_world_model.interaction import Act, Agent, Decision, Observation
from tests.agents.observations import MOVES, observation

WAVES = Act(kind="action", text="waves")


def returning(value: Any) -> Any:
    async def own(observation: Observation) -> Any:
        return value

    return own


def decided(own: Any, **fields: Any) -> Decision:
    return asyncio.run(agent_from(own).decide(observation(**fields)))


@pytest.mark.parametrize(
    ("value", "decision"),
    [
        (WAVES, Decision(act=WAVES)),
        ("Hello: all", Decision(act=Act(kind="speak", text="Hello: all"))),
        (Decision(act=WAVES, why="to greet"), Decision(act=WAVES, why="to greet")),
    ],
)
def test_a_callable_returns_an_act_a_text_or_a_decision(value: Any, decision: Decision) -> None:
    assert decided(returning(value)) == decision


def test_a_text_names_a_listed_act() -> None:
    assert decided(returning(" 1 "), available=MOVES).act == MOVES[0]
    assert decided(returning("Moves the ball to the red box"), available=MOVES).act == MOVES[0]
    assert decided(returning("eats it"), available=MOVES).act == Act(kind="speak", text="eats it")


def test_an_object_with_an_async_call_is_a_callable() -> None:
    class Own:
        async def __call__(self, observation: Observation) -> str:
            return f"I am {observation.me}"

    assert decided(Own()).act.text == "I am Ann"


def test_an_agent_is_returned_unchanged() -> None:
    agent = agent_from(returning(WAVES), name="waver", settings={"version": 2})
    assert isinstance(agent, Agent)
    assert agent_from(agent, name="other") is agent
    assert (agent.name, agent.config.settings) == ("waver", {"version": 2})


@pytest.mark.parametrize("value", [None, 3, ["Hello"], {"kind": "none"}, Decision(act="Hi")])  # type: ignore[arg-type]
def test_another_value_is_an_error_that_says_what_was_expected(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="expected own to return an Act, a Decision, or a text to say, got"):
        decided(returning(value))


@pytest.mark.parametrize("own", ["plain", 3, None, dict, Act])
def test_other_objects_are_refused(own: Any) -> None:
    with pytest.raises(ConfigurationError, match="expected own to be an async callable") as caught:
        agent_from(own)
    assert caught.value.parameters == ("own",)


def test_a_plain_function_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="expected own to be a coroutine function"):
        decided(lambda observation: WAVES)


def test_an_error_of_the_callable_names_the_cause() -> None:
    async def own(observation: Observation) -> Act:
        raise KeyError("no such\nperson")

    with pytest.raises(GenerationError, match=r"got KeyError: 'no such\\nperson'") as caught:
        decided(own)
    assert isinstance(caught.value.__cause__, KeyError)


def test_errors_of_the_package_are_not_changed() -> None:
    async def own(observation: Observation) -> Act:
        raise BudgetExceededError("spent")

    with pytest.raises(BudgetExceededError, match=r"^spent$"):
        decided(own)


def test_an_agent_of_pydantic_ai_gets_the_observation_as_text() -> None:
    seen: list[str] = []

    def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        seen.extend(str(getattr(part, "content", "")) for message in messages for part in message.parts)
        return ModelResponse(parts=[TextPart("Hello Bob")])

    decision = decided(PydanticAgent(FunctionModel(reply)))
    assert decision.act == Act(kind="speak", text="Hello Bob")
    assert seen == [observation_text(observation())]
    assert (decision.usage.requests, decision.usage.cost) == (1, None)
    assert decision.usage.input_tokens > 0


def test_an_agent_of_pydantic_ai_can_return_acts() -> None:
    own = PydanticAgent(TestModel(custom_output_args={"kind": "action", "text": "waves"}), output_type=Act)
    assert decided(own).act == WAVES
    with pytest.raises(ConfigurationError, match="or a text to say, got int"):
        decided(PydanticAgent(TestModel(), output_type=int))


def test_an_error_of_pydantic_ai_is_a_generation_error() -> None:
    def fail(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        raise RuntimeError("no connection")

    with pytest.raises(GenerationError, match="got RuntimeError: no connection"):
        decided(PydanticAgent(FunctionModel(fail)))


def test_pydantic_ai_is_not_imported_for_a_callable() -> None:
    program = (
        "import sys; from social_world_model.agents.callables import agent_from\n"
        "async def own(observation): ...\n"
        "agent_from(own); print('pydantic_ai' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout == "False\n"
