"""The pipe between the two processes of the SOTOPIA adapter."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from social_world_model.adapters import sotopia_side
from social_world_model.adapters.sotopia import from_sotopia, sotopia_process
from social_world_model.adapters.sotopia_side import Child, SideError
from social_world_model.errors import ConfigurationError, GenerationError
from tests.agents.observations import MOVES, observation
from tests.commands import PROJECT

COMMAND = [sys.executable, "-m", "tests.adapters.answering"]


@pytest.fixture
def child() -> Iterator[Child]:
    with Child(COMMAND, timeout=30) as one:
        yield one
    assert one.process.returncode == 0


def ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z"


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    limit = time.monotonic() + seconds
    while not condition() and time.monotonic() < limit:
        time.sleep(0.02)
    return condition()


def test_answers_arrive_in_any_order_and_errors_and_prints_do_not_disturb_them(child: Child) -> None:
    async def several() -> list[Any]:
        requests: list[dict[str, Any]] = [
            {"do": "wait", "seconds": 0.2, "value": "late"},
            {"do": "fail"},
            {"do": "print", "value": "a" * 300_000},
            {"do": "say", "value": "é\n\u2028"},
        ]
        return await asyncio.gather(*(child.ask(**one) for one in requests), return_exceptions=True)

    late, failed, long, short = asyncio.run(several())
    assert (late, long, short) == ("late", "a" * 300_000, "é\n\u2028")
    assert isinstance(failed, SideError)
    assert str(failed) == "ValueError: no such act"
    assert asyncio.run(child.ask(do="say", value=1)) == 1, "another event loop can use the process"


def test_a_child_that_dies_fails_all_requests_with_its_last_words() -> None:
    async def several(child: Child) -> list[Any]:
        requests: list[dict[str, Any]] = [{"do": "wait", "seconds": 60}, {"do": "die"}]
        return await asyncio.gather(*(child.ask(**one) for one in requests), return_exceptions=True)

    with Child(COMMAND) as child:
        for error in asyncio.run(several(child)):
            assert isinstance(error, SideError)
            assert "status -9" in str(error)
            assert "the last words" in str(error)
        with pytest.raises(SideError, match="status -9"):
            asyncio.run(child.ask(do="say"))
    assert ended(child.process.pid)


def test_an_answer_in_time_is_needed_and_the_child_stays_usable(child: Child) -> None:
    child.timeout = 0.2
    with pytest.raises(SideError, match=r"within 0\.2 s"):
        asyncio.run(child.ask(do="wait", seconds=60))
    child.timeout = 30
    assert asyncio.run(child.ask(do="say")) == "done"


def test_a_closed_child_ends_while_it_answers_and_while_it_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sotopia_side, "SECONDS_TO_END", 0.3)
    for request in ({"do": "wait", "seconds": 60}, {"do": "block", "seconds": 60}):
        child = Child(COMMAND, timeout=2)
        asyncio.run(child.ask(do="say"))

        async def closed(child: Child = child, request: dict[str, object] = request) -> None:
            asking = asyncio.create_task(child.ask(**request))
            await asyncio.sleep(0.1)
            child.close()
            with pytest.raises(SideError):
                await asking

        asyncio.run(closed())
        assert ended(child.process.pid)


def test_a_child_that_ignores_everything_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sotopia_side, "SECONDS_TO_END", 0.3)
    child = Child([*COMMAND, "deaf"], timeout=0.2)
    while "ready" not in child._state.errors:  # from now on, the process ignores the signal to end
        time.sleep(0.01)
    with pytest.raises(SideError, match="got none"):
        asyncio.run(child.ask(do="say", value="a" * 1_000_000))
    child.close()
    assert child.process.returncode == -signal.SIGKILL


def test_a_child_ends_when_its_object_is_collected() -> None:
    child = Child(COMMAND)
    pid = child.process.pid
    del child
    gc.collect()
    assert until(lambda: ended(pid))


def test_other_output_than_json_lines_is_an_error() -> None:
    welcome = [sys.executable, "-c", "print('Welcome'); input()"]
    with Child(welcome) as child, pytest.raises(SideError, match="expected JSON lines, got b'Welcome"):
        asyncio.run(child.ask(do="say"))


PARENT = """
import asyncio, sys
from social_world_model.adapters.sotopia_side import Child
child = Child([sys.executable, "-m", "tests.adapters.answering"])
print(asyncio.run(child.ask(do="pid")), flush=True)
{then}
"""


@pytest.mark.parametrize(
    ("then", "kill", "status"),
    [
        ("asyncio.run(child.ask(do='wait', seconds=60))", signal.SIGKILL, -signal.SIGKILL),
        ("asyncio.run(child.ask(do='wait', seconds=60))", signal.SIGINT, -signal.SIGINT),
        ("raise SystemExit(3)", None, 3),
        ("sys.exit(0)", None, 0),
    ],
)
def test_a_child_ends_with_its_parent(then: str, kill: signal.Signals | None, status: int) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(then=then)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=PROJECT,
        start_new_session=True,
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    if kill is signal.SIGINT:
        os.killpg(parent.pid, kill)  # as a terminal does: the child gets the signal, too
    elif kill is not None:
        parent.send_signal(kill)
    assert parent.wait(60) == status
    parent.stdout.close()
    assert until(lambda: ended(pid))


def test_a_missing_program_is_an_error_of_the_setting() -> None:
    with pytest.raises(ConfigurationError, match="expected a program at /no/python"):
        sotopia_process("/no/python")


def test_a_python_without_sotopia_gives_an_error_and_no_act() -> None:
    with sotopia_process(sys.executable) as process:
        agent = from_sotopia("gpt-4o", process)
        with pytest.raises(GenerationError, match="No module named 'sotopia'"):
            asyncio.run(agent.decide(observation()))
        with pytest.raises(ConfigurationError, match="got a list of acts"):
            asyncio.run(agent.decide(observation(available=MOVES)))
    assert agent.name == "sotopia_gpt-4o"


def test_a_cancelled_request_does_not_disturb_the_next_ones(child: Child) -> None:
    async def cancelled() -> object:
        asking = asyncio.create_task(child.ask(do="wait", seconds=0.2))
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await asyncio.sleep(0.3)  # the answer to the cancelled request arrives
        return await child.ask(do="say", value="next")

    assert asyncio.run(cancelled()) == "next"
