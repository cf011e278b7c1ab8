from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils import CallLimit, RateLimit


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        await asyncio.sleep(0)
        self.now += seconds


async def admissions(rate: RateLimit, clock: Clock, calls: list[tuple[float, int]]) -> list[float]:
    """Return when calls were let in that come after such pauses, each with so many tokens."""
    times: list[float] = []
    for pause, tokens in calls:
        clock.now += pause
        await rate.admit(tokens)
        times.append(clock.now)
    return times


CALLS = st.lists(st.tuples(st.floats(0, 40), st.integers(0, 120)), max_size=40)


@settings(deadline=None)
@given(calls=CALLS, bound=st.integers(1, 6), start=st.floats(0, 1e6))
def test_no_window_of_sixty_seconds_holds_more_requests_than_the_limit(
    calls: list[tuple[float, int]], bound: int, start: float
) -> None:
    clock = Clock(start)
    times = asyncio.run(admissions(RateLimit(bound, clock=clock, sleep=clock.sleep), clock, calls))
    for first, beyond in zip(times, times[bound:], strict=False):
        assert beyond >= first + 60.0


@settings(deadline=None)
@given(calls=CALLS, bound=st.integers(1, 200))
def test_no_window_of_sixty_seconds_holds_more_tokens_than_the_limit_but_for_a_call_alone(
    calls: list[tuple[float, int]], bound: int
) -> None:
    clock = Clock()
    times = asyncio.run(admissions(RateLimit(tokens=bound, clock=clock, sleep=clock.sleep), clock, calls))
    for number, end in enumerate(times):
        window = [calls[i][1] for i in range(number + 1) if times[i] + 60.0 > end]
        assert sum(window) <= bound or len(window) == 1 or calls[number][1] == 0


def test_nobody_waits_longer_than_needed() -> None:
    clock = Clock(100.0)
    rate = RateLimit(2, clock=clock, sleep=clock.sleep)
    assert asyncio.run(admissions(rate, clock, [(0, 0), (5, 0), (5, 0), (0, 0), (200, 0)])) == [
        100.0,
        105.0,
        160.0,
        165.0,
        365.0,
    ]


@pytest.mark.parametrize("start", [0.0, 50.0])
def test_what_a_call_took_in_truth_replaces_the_estimate(start: float) -> None:
    async def run() -> list[float]:
        clock = Clock(start)
        rate = RateLimit(tokens=100, clock=clock, sleep=clock.sleep)
        first = await rate.admit(90)
        rate.correct(first, 10)
        await rate.admit(80)  # fits beside the ten
        times = [clock.now]
        second = await rate.admit(20)  # does not fit beside the ninety
        times.append(clock.now)
        rate.correct(first, 1000)  # that call was forgotten a minute after it
        rate.correct(second, 0)
        await rate.admit(100)
        return [*times, clock.now]

    assert asyncio.run(run()) == [start, start + 60.0, start + 60.0]


def test_calls_that_wait_are_let_in_in_their_order() -> None:
    async def run() -> list[int]:
        clock = Clock()
        rate = RateLimit(1, clock=clock, sleep=clock.sleep)
        order: list[int] = []

        async def call(number: int) -> None:
            await rate.admit(1)
            order.append(number)

        await asyncio.gather(*map(call, range(6)))
        return order

    assert asyncio.run(run()) == list(range(6))


def test_without_limits_nothing_is_counted() -> None:
    rate = RateLimit()
    assert not rate.bounded
    asyncio.run(rate.admit(10**9))
    assert RateLimit(tokens=1).bounded
    assert RateLimit(1).bounded


@pytest.mark.parametrize(("rpm", "tpm", "name"), [(0, None, "requests"), (-1, None, "requests"), (None, 0, "tokens")])
def test_a_limit_below_one_is_refused_by_the_name_of_its_parameter(rpm: int | None, tpm: int | None, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"expected {name} of at least 1"):
        RateLimit(rpm, tpm)


@settings(deadline=None, max_examples=60)
@given(
    size=st.integers(1, 4),
    calls=st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 4), st.sampled_from([None, 1, 3])), max_size=25),
)
def test_the_limit_is_never_exceeded_and_kept_full_even_when_calls_are_cancelled(
    size: int, calls: list[tuple[int, int, int | None]]
) -> None:
    async def run() -> None:
        limit = CallLimit(size)
        running: set[int] = set()
        waiting: set[int] = set()

        async def call(number: int, priority: int, turns: int) -> None:
            waiting.add(number)
            try:
                async with limit.slot(priority):
                    waiting.discard(number)
                    running.add(number)
                    assert len(running) <= size
                    for _ in range(turns):
                        await asyncio.sleep(0)
                    running.discard(number)
            finally:
                waiting.discard(number)
                running.discard(number)

        tasks = []
        for number, (priority, turns, cancel) in enumerate(calls):
            task = asyncio.create_task(call(number, priority, turns))
            tasks.append((task, cancel))
            await asyncio.sleep(0)
        stalled, before = 0, (set[int](), set[int]())
        for turn in range(200):
            for task, cancel in tasks:
                if cancel == turn:
                    task.cancel()
            await asyncio.sleep(0)
            now = (set(waiting), set(running))
            stalled = stalled + 1 if now == before and waiting and len(running) < size else 0
            assert stalled < 4  # a slot is handed over within a few turns
            before = now
        assert all(task.done() for task, _ in tasks)
        assert limit.in_flight == 0
        await asyncio.wait_for(limit.idle(), 1)

    asyncio.run(run())


def test_an_answer_that_follows_its_own_parse_goes_before_a_parse_that_waits() -> None:
    async def run() -> list[str]:
        limit, order = CallLimit(1), list[str]()

        async def call(name: str, priority: int) -> None:
            async with limit.slot(priority):
                order.append(name)
                await asyncio.sleep(0)

        async def item(number: int) -> None:
            await call(f"parse {number}", 1)
            await call(f"answer {number}", 0)

        await asyncio.gather(*map(item, range(3)))
        return order

    order = asyncio.run(run())
    assert order == [f"{what} {number}" for number in range(3) for what in ("parse", "answer")]


def test_what_has_begun_goes_on_before_anything_new_and_equals_in_their_order() -> None:
    async def run() -> list[str]:
        limit, order = CallLimit(1), list[str]()

        async def call(name: str, priority: int) -> None:
            async with limit.slot(priority):
                order.append(name)
                await asyncio.sleep(0)

        calls = [("first", 0), ("parse a", 1), ("parse b", 1), ("answer", 0), ("again", -1)]
        await asyncio.gather(*(call(*one) for one in calls))
        return order

    assert asyncio.run(run()) == ["first", "again", "answer", "parse a", "parse b"]


def test_idle_means_that_a_slot_is_free_and_nobody_waits() -> None:
    async def run() -> list[str]:
        limit, seen = CallLimit(1), list[str]()

        async def call(name: str) -> None:
            async with limit.slot():
                await asyncio.sleep(0.001)
                seen.append(name)

        tasks = [asyncio.create_task(call(name)) for name in "ab"]
        await asyncio.sleep(0)
        await limit.idle()
        seen.append("idle")
        await asyncio.gather(*tasks)
        return seen

    assert asyncio.run(run()) == ["a", "b", "idle"]


def test_a_thousand_calls_that_wait_cost_little_time() -> None:
    async def run() -> float:
        limit = CallLimit(2)

        async def call() -> None:
            async with limit.slot():
                await asyncio.sleep(0)

        start = time.process_time()
        await asyncio.gather(*(call() for _ in range(1000)))
        return time.process_time() - start

    assert min(asyncio.run(run()) for _ in range(2)) < 1.0


def test_a_limit_that_grows_starts_the_calls_that_wait() -> None:
    async def grown() -> tuple[int, int]:
        limit, end = CallLimit(2), asyncio.Event()

        async def call() -> None:
            async with limit.slot():
                await end.wait()

        calls = [asyncio.create_task(call()) for _ in range(7)]
        await asyncio.sleep(0)
        limit.grow(5)
        limit.grow(3)
        await asyncio.sleep(0)
        most = limit.in_flight
        end.set()
        await asyncio.gather(*calls)
        return most, limit.in_flight

    assert asyncio.run(grown()) == (5, 0)
