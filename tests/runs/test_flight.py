from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from social_world_model.errors import ContextError, EndpointError, GenerationError, SocialWorldModelError
from social_world_model.generation_utils import CallLimit
from social_world_model.runs.flight import SingleFlight, run_bounded

Job = Callable[[], Coroutine[Any, Any, None]]


class Calls:
    """Counts calls in flight; a call ends after so many turns of the loop."""

    def __init__(self, limit: CallLimit) -> None:
        self.limit = limit
        self.running = 0
        self.most = 0
        self.log: list[str] = []

    async def call(self, name: str, priority: int = 0, turns: int = 5) -> None:
        async with self.limit.slot(priority):
            self.running += 1
            self.most = max(self.most, self.running)
            self.log.append(name)
            for _ in range(turns):
                await asyncio.sleep(0)
            self.running -= 1


@pytest.mark.parametrize("size", [1, 3, 8])
def test_the_limit_is_kept_full_and_never_exceeded(size: int) -> None:
    async def run() -> Calls:
        calls = Calls(CallLimit(size))

        def job(number: int) -> Job:
            return lambda: calls.call(str(number), turns=40 + number % 7)

        await run_bounded(calls.limit, (job(number) for number in range(50)))
        return calls

    calls = asyncio.run(run())
    assert calls.most == size
    assert calls.log == [str(number) for number in range(50)]


def test_work_is_taken_from_its_source_only_as_calls_become_free() -> None:
    taken: list[int] = []

    async def run() -> int:
        calls = Calls(CallLimit(2))
        most_ahead = 0

        async def one(number: int) -> None:
            nonlocal most_ahead
            most_ahead = max(most_ahead, len(taken) - number)
            await calls.call(str(number))

        def source() -> Any:
            for number in range(100):
                taken.append(number)
                yield lambda number=number: one(number)

        await run_bounded(calls.limit, source())
        return most_ahead

    assert asyncio.run(run()) <= 3
    assert len(taken) == 100


def test_answers_go_before_new_parses() -> None:
    async def run() -> list[str]:
        calls = Calls(CallLimit(1))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(calls.call("first"))]
            await asyncio.sleep(0)
            tasks += [group.create_task(calls.call("parse", priority=1)), group.create_task(calls.call("answer"))]
        return calls.log

    assert asyncio.run(run()) == ["first", "answer", "parse"]


def test_one_at_a_time_means_an_items_calls_follow_each_other() -> None:
    async def run() -> list[str]:
        calls = Calls(CallLimit(1))

        def job(number: int) -> Job:
            async def parse_then_answer() -> None:
                await calls.call(f"parse {number}", priority=1)
                await calls.call(f"answer {number}")

            return parse_then_answer

        await run_bounded(calls.limit, (job(number) for number in range(3)))
        return calls.log

    assert asyncio.run(run()) == [f"{what} {number}" for number in range(3) for what in ("parse", "answer")]


def test_a_cancelled_waiter_gives_its_place_away() -> None:
    async def run() -> list[str]:
        calls = Calls(CallLimit(1))
        first = asyncio.create_task(calls.call("first"))
        await asyncio.sleep(0)
        second = asyncio.create_task(calls.call("second"))
        third = asyncio.create_task(calls.call("third"))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(first, second, third, return_exceptions=True)
        await calls.call("fourth")
        return calls.log

    assert asyncio.run(run()) == ["first", "third", "fourth"]


def test_twenty_askers_at_one_moment_make_one_call() -> None:
    async def counted() -> tuple[int, set[str]]:
        flight: SingleFlight[str] = SingleFlight()
        made: list[int] = []

        async def make() -> str:
            made.append(1)
            await asyncio.sleep(0)
            return "context"

        answers = await asyncio.gather(*(flight.once("story", make) for _ in range(20)))
        return len(made), set(answers)

    assert asyncio.run(counted()) == (1, {"context"})


def test_a_failure_is_shared_and_not_paid_for_again() -> None:
    async def run() -> tuple[int, list[Any]]:
        flight: SingleFlight[str] = SingleFlight()
        tries: list[int] = []

        async def make() -> str:
            tries.append(1)
            await asyncio.sleep(0)
            raise ContextError("unreadable")

        first = await asyncio.gather(*(flight.once("story", make) for _ in range(5)), return_exceptions=True)
        later = await asyncio.gather(flight.once("story", make), return_exceptions=True)
        return len(tries), [*first, *later]

    tries, results = asyncio.run(run())
    assert tries == 1
    assert len(results) == 6
    assert all(isinstance(result, ContextError) for result in results)


@pytest.mark.parametrize("error", [GenerationError("timeout", transient=True), EndpointError("no connection")])
def test_after_an_error_that_may_pass_the_work_is_done_again(error: SocialWorldModelError) -> None:
    async def run() -> str:
        flight: SingleFlight[str] = SingleFlight()
        tries: list[int] = []

        async def make() -> str:
            tries.append(1)
            if len(tries) == 1:
                raise error
            return "context"

        with pytest.raises(type(error)):
            await flight.once("story", make)
        return await flight.once("story", make)

    assert asyncio.run(run()) == "context"


def test_after_an_error_what_is_under_way_is_finished_and_nothing_is_started() -> None:
    finished: list[int] = []

    async def run() -> None:
        calls = Calls(CallLimit(3))

        def job(number: int) -> Job:
            async def work() -> None:
                await calls.call(str(number), turns=2 if number == 1 else 20)
                if number == 1:
                    raise RuntimeError("broken")
                finished.append(number)

            return work

        await run_bounded(calls.limit, (job(number) for number in range(50)))

    with pytest.raises(RuntimeError, match="broken"):
        asyncio.run(run())
    assert finished[:2] == [0, 2]
    assert len(finished) <= 3


def test_a_cancellation_stops_everything_at_once() -> None:
    ended: list[str] = []

    async def run() -> None:
        limit = CallLimit(2)

        async def work() -> None:
            try:
                async with limit.slot():
                    await asyncio.sleep(3600)
            finally:
                ended.append("cancelled")

        everything = asyncio.gather(run_bounded(limit, (work for _ in range(10))))
        while limit.room:
            await asyncio.sleep(0)
        everything.cancel()
        with pytest.raises(asyncio.CancelledError):
            await everything

    asyncio.run(run())
    assert ended == ["cancelled", "cancelled"]


def test_a_cancellation_stops_work_that_waits_for_nothing_too() -> None:
    done: list[int] = []

    async def run() -> None:
        own = asyncio.current_task()
        assert own is not None

        async def work() -> None:
            done.append(1)
            if len(done) == 3:
                own.cancel()

        await run_bounded(CallLimit(2), (work for _ in range(10)))

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run())
    assert len(done) == 3


def test_work_in_a_task_of_its_own_stops_when_its_owner_is_cancelled() -> None:
    done: list[int] = []

    async def run() -> None:
        owner = asyncio.current_task()
        assert owner is not None

        async def work() -> None:
            done.append(1)
            if len(done) == 3:
                owner.cancel()

        tasks = [asyncio.create_task(run_bounded(CallLimit(2), (work for _ in range(1000)), owner=owner))]
        await asyncio.gather(*tasks)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run())
    assert len(done) <= 4


def test_when_all_work_is_started_it_is_told_although_some_is_still_running() -> None:
    told: list[int] = []

    async def run() -> int:
        limit, finished = CallLimit(2), 0

        async def work() -> None:
            nonlocal finished
            async with limit.slot():
                await asyncio.sleep(0.01)
            finished += 1

        await run_bounded(limit, (work for _ in range(3)), all_started=lambda: told.append(finished))
        return finished

    assert asyncio.run(run()) == 3
    assert told in ([1], [2])


def test_less_than_one_call_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        CallLimit(0)


def test_an_interruption_stores_replies_that_have_arrived_and_starts_no_call() -> None:
    async def interrupted() -> tuple[list[str], list[str]]:
        limit = CallLimit(2)
        reply: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        begun: list[str] = []
        stored: list[str] = []

        async def item(name: str, waits_for: asyncio.Future[str]) -> None:
            for number in range(2):
                async with limit.slot():
                    begun.append(f"{name}{number}")
                    stored.append(f"{name}: {await waits_for}")

        never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        work = [lambda: item("a", reply), lambda: item("b", never), lambda: item("c", never)]
        task = asyncio.create_task(run_bounded(limit, work))
        while len(begun) < 2:
            await asyncio.sleep(0)
        task.cancel()
        reply.set_result("box")
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5), limit.slot():
            pass  # the limit can be used again
        return begun, stored

    assert asyncio.run(interrupted()) == (["a0", "b0"], ["a: box"])
