from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from social_world_model.errors import BudgetExceededError, ConfigurationError, EndpointError, GenerationError
from social_world_model.generation_utils import Budget, CallLimit, Calls, LanguageModel, RateLimit, model_by_name
from social_world_model.generation_utils.calls import LONGEST_OBEYED
from social_world_model.generation_utils.failures import Failure
from social_world_model.generation_utils.health import GIVEN_UP_IN_A_ROW, REJECTED_AT_FIRST, Health
from social_world_model.generation_utils.model import Completion, Prompt
from tests.generation_utils.endpoint import (
    KEY,
    QUERIES,
    ROWS,
    Answering,
    Endpoint,
    Sent,
    closed_port,
    custom,
    quick,
    refused,
    run,
    said,
)
from tests.server import FaultServer

HELLO = Prompt(text="Hello")


async def every(calls: Calls, model: LanguageModel, prompts: list[Prompt]) -> list[Completion | BaseException]:
    return await asyncio.gather(*(calls.complete(model, prompt) for prompt in prompts), return_exceptions=True)


def by_prompt(answer: Callable[[str], Sent]) -> Answering:
    return lambda body, token: answer(body["messages"][0]["content"])


def priced(monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint) -> LanguageModel:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    return model_by_name("gpt-4o-2024-08-06", endpoint.base_url)


@pytest.mark.parametrize("fault", ["429", "500", "drop", "cut", "hang"])
def test_a_quarter_of_faults_costs_no_answer_and_is_seen(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    problems: list[str] = []
    calls = quick(limit=CallLimit(8), timeout=1.0 if fault == "hang" else 30.0, on_problem=problems.append)
    prompts = [Prompt(text=f"{query.narrative}\n{query.question}") for query in QUERIES[:40]]
    with FaultServer(ROWS, faults=f"{fault}=0.25", seed=1) as server:
        model = custom(monkeypatch, server.base_url)
        made = run(model, every(calls, model, prompts))
        faults = [entry.fault for entry in server.log if entry.fault]
    for completion, row in zip(made, ROWS, strict=False):
        assert isinstance(completion, Completion), completion
        assert row["answer"] in completion.text
    assert len(faults) > 3
    assert calls.retries == len(faults) == len(server.log) - 40
    assert calls.spent.requests == 40
    assert calls.per_minute == len(server.log)
    assert len(problems) == 1  # told once, not forty times
    assert KEY not in problems[0]


def test_a_hang_holds_no_other_call(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = by_prompt(lambda text: Sent(held=True) if text == "hang" else said(text))
    with Endpoint(answers) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        calls = quick(limit=CallLimit(2), timeout=300.0)

        async def beside_a_hang() -> bool:
            hanging = asyncio.create_task(calls.complete(model, Prompt(text="hang")))
            await asyncio.gather(*(calls.complete(model, Prompt(text=str(number))) for number in range(20)))
            waits = not hanging.done()
            hanging.cancel()
            return waits

        assert run(model, beside_a_hang())


def test_a_hang_costs_its_own_call_its_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(said("warm"), Sent(held=True), said("x")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        calls = quick(timeout=1.0)

        async def timed() -> float:
            await calls.complete(model, HELLO)
            start = time.monotonic()
            assert (await calls.complete(model, HELLO)).text == "x"
            return time.monotonic() - start

        assert run(model, timed()) >= 1.0
    assert calls.retries == len(endpoint.bodies) - 2 >= 1


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds between tries, of which none is waited."""
    seen: list[float] = []

    async def pause(self: Calls, seconds: float) -> None:
        seen.append(seconds)

    monkeypatch.setattr(Calls, "_pause", pause)
    return seen


@pytest.mark.parametrize(
    ("headers", "first_wait", "least", "most"),
    [({"Retry-After": "0"}, 3.0, 0.0, 0.0), ({"Retry-After": "1"}, 0.1, 1.0, 1.0), ({}, 0.5, 0.25, 0.5)],
)
def test_an_endpoint_is_given_the_time_that_it_asks_for(
    monkeypatch: pytest.MonkeyPatch,
    waits: list[float],
    headers: dict[str, str],
    first_wait: float,
    least: float,
    most: float,
) -> None:
    with Endpoint(refused(429, "Slowly.", headers), said("x")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        assert run(model, quick(first_wait=first_wait).complete(model, HELLO)).text == "x"
    (wait,) = waits
    assert least <= wait <= most


def test_no_time_to_wait_is_believed_once_only(monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> None:
    with Endpoint(*[refused(429, "Slowly.", {"Retry-After": "0"})] * 3, said("x")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        run(model, quick(first_wait=0.2).complete(model, HELLO))
    at_once, second, third = waits
    assert (at_once, 0.2 <= second <= 0.4, 0.4 <= third <= 0.8) == (0.0, True, True)


def test_nobody_waits_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(refused(429, "Tomorrow.", {"Retry-After": f"{LONGEST_OBEYED + 1:.0f}"})) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        with pytest.raises(GenerationError, match=r"Tomorrow.*asks to wait 601 s.*tried once") as caught:
            run(model, quick().complete(model, HELLO))
    assert not isinstance(caught.value, EndpointError)
    assert len(endpoint.bodies) == 1


def test_where_nobody_is_a_few_tries_suffice_and_whoever_waits_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    problems: list[str] = []
    calls = quick(limit=CallLimit(4), first_wait=0.02, on_problem=problems.append)
    model = custom(monkeypatch, closed_port())
    made = run(model, every(calls, model, [HELLO] * 200))
    assert {type(error) for error in made} == {EndpointError}
    assert all("no connection" in str(error) for error in made)
    assert calls.per_minute <= 10 + 4
    assert len(problems) == 1
    assert max(len(traceback.extract_tb(error.__traceback__)) for error in made if isinstance(error, Exception)) < 20


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_no_call_can_mend_stops_at_once_also_those_who_wait_to_try_again(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    def answer(text: str) -> Sent:
        return refused(429, "Wait.", {"Retry-After": "500"}) if text == "wait" else refused(status, "Never.")

    with Endpoint(by_prompt(answer)) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        calls = quick(limit=CallLimit(2))
        made = run(model, every(calls, model, [Prompt(text="wait"), *[HELLO] * 50]))  # and not in 500 seconds
    assert {type(error) for error in made} == {EndpointError}
    assert len(endpoint.bodies) <= 3
    assert calls.stopped


def test_a_transient_failure_between_two_refusals_does_not_reset_their_count() -> None:
    health = Health("m", concurrency=2)
    assert health.hopeless(Failure("no access", "HTTP 403")) is None
    assert health.hopeless(Failure("rate limited", "HTTP 429")) is None
    assert health.hopeless(Failure("no access", "HTTP 403")) == "m: HTTP 403"


def test_calls_that_wait_for_the_next_minute_are_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(refused(401, "Never.")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        calls = quick(rate=RateLimit(1))
        made = run(model, asyncio.wait_for(every(calls, model, [HELLO] * 5), 5))
    assert {type(error) for error in made} == {EndpointError}
    assert len(endpoint.bodies) == 1


def test_one_poison_call_stops_no_other_and_several_in_a_row_do(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = by_prompt(lambda text: refused(500, "Oh.") if text == "poison" else said(text))
    with Endpoint(answer) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        calls = quick(limit=CallLimit(1), tries=3)
        prompts = [Prompt(text=text) for text in ["poison", "a", "poison", "b", "poison", "poison", "c"]]
        made = run(model, every(calls, model, prompts))
        assert [isinstance(one, Completion) for one in made] == [False, True, False, True, False, False, True]
        assert all(type(one) is GenerationError for one in made if not isinstance(one, Completion))
        assert "server error: HTTP 500: Oh (tried 3 times)" in str(made[0])

        model = custom(monkeypatch, endpoint.base_url)
        made = run(model, every(quick(limit=CallLimit(1), tries=3), model, [Prompt(text="poison")] * 9))
    kinds = [type(one) for one in made]
    assert kinds == [GenerationError] * (GIVEN_UP_IN_A_ROW - 1) + [EndpointError] * (10 - GIVEN_UP_IN_A_ROW)


def test_an_endpoint_that_never_works_is_left_after_a_bounded_number_of_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(ROWS, personalities=["always_500"]) as server:
        model = custom(monkeypatch, server.base_url)
        made = run(model, every(quick(limit=CallLimit(8)), model, [HELLO] * 100))
    assert EndpointError in {type(one) for one in made}
    assert len(server.log) <= 30 + 8


def test_requests_that_are_all_rejected_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(ROWS, personalities=["too_long"]) as server:
        model = custom(monkeypatch, server.base_url)
        made = run(model, every(quick(limit=CallLimit(1)), model, [HELLO] * 50))
    assert [type(one) for one in made[:REJECTED_AT_FIRST]] == [GenerationError] * 19 + [EndpointError]
    assert "too long: HTTP 400: This model's maximum context length" in str(made[0])
    assert len(server.log) == REJECTED_AT_FIRST


def test_one_prompt_that_is_too_long_is_its_own_affair(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = by_prompt(lambda text: said("x") if text == "Hello" else refused(400, "maximum context length is 9"))
    with Endpoint(answer) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        made = run(model, every(quick(limit=CallLimit(1)), model, [HELLO, *[Prompt(text="long")] * 30, HELLO]))
    assert [type(one) for one in made] == [Completion, *[GenerationError] * 30, Completion]
    assert len(endpoint.bodies) == 32


def test_what_is_asked_otherwise_counts_in_the_limit_of_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]

    async def sleep(seconds: float) -> None:
        now[0] += seconds

    with Endpoint(refused(400, "no seed"), refused(400, "no temperature"), said("x")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        calls = quick(rate=RateLimit(1, clock=lambda: now[0], sleep=sleep))
        run(model, calls.complete(model, Prompt(text="x", seed=1, temperature=0.0)))
    assert (now[0], calls.per_minute, calls.retries) == (120.0, 3, 0)


@pytest.mark.parametrize("budget", [Budget(max_tokens=100), Budget(max_cost=0.0001 * 1.25 * 5)])
@pytest.mark.parametrize("in_flight", [1, 4])
def test_a_budget_is_overstepped_by_the_calls_in_flight_at_most(
    monkeypatch: pytest.MonkeyPatch, budget: Budget, in_flight: int
) -> None:
    with Endpoint(said("x", tokens=10)) as endpoint:
        model = priced(monkeypatch, endpoint)
        calls = quick(limit=CallLimit(in_flight), budget=budget)
        made = run(model, every(calls, model, [HELLO] * 40))
    done = sum(isinstance(one, Completion) for one in made)
    assert 5 - in_flight <= done <= 5 + in_flight - 1  # five calls are what it pays for
    assert {type(one) for one in made} == {Completion, BudgetExceededError}
    assert "max_" in str(made[-1])
    assert len(endpoint.bodies) == done
    assert calls.stopped


def test_a_bound_on_cost_without_a_price_is_a_configuration_error_before_any_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Endpoint(said("x")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        with pytest.raises(ConfigurationError, match=r"max_cost.*none for custom/oracle.*max_total_tokens"):
            run(model, quick(budget=Budget(max_cost=1.0)).complete(model, HELLO))
    assert not endpoint.bodies


def test_a_bound_on_cost_and_a_reply_without_usage_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    body = {name: part for name, part in said("x").body.items() if name != "usage"}
    with Endpoint(Sent(body=body)) as endpoint:
        model = priced(monkeypatch, endpoint)
        calls = quick(limit=CallLimit(1), budget=Budget(max_cost=1.0))
        made = run(model, every(calls, model, [HELLO] * 2))
    assert [type(one) for one in made] == [Completion, ConfigurationError]


def test_usage_is_counted_by_role(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(said("x", tokens=1000)) as endpoint:
        model = priced(monkeypatch, endpoint)
        calls = quick()

        async def some() -> None:
            for role in ("context", "answer", "answer"):
                await calls.complete(model, HELLO, role)

        run(model, some())
    assert {role: usage.requests for role, usage in calls.usage.items()} == {"context": 1, "answer": 2}
    assert (calls.spent.input_tokens, calls.spent.output_tokens) == (3000, 3000)
    assert calls.spent.cost == pytest.approx(0.0375)
    assert (calls.active, calls.limit.in_flight) == (0, 0)


def test_a_reasked_prompt_goes_before_everything_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(said("x")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        calls = quick(limit=CallLimit(1))
        again = Prompt(text="again", retries=(("{", "no"),))
        roles: list[Any] = [("first", "answer"), ("parse", "context"), ("answer", "answer")]

        async def some() -> None:
            works = [calls.complete(model, Prompt(text=text), role) for text, role in roles]
            await asyncio.gather(*works, calls.complete(model, again, "context"))

        run(model, some())
    order = [body["messages"][0]["content"] for body in endpoint.bodies]
    assert order == ["first", "again", "answer", "parse"]
