from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import CancelledError

import pytest

from social_world_model.generation_utils.sync import plain_twin, run_sync


async def doubled(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


def test_a_coroutine_is_run_to_its_end_again_and_again() -> None:
    assert [run_sync(doubled(number)) for number in range(3)] == [0, 2, 4]


def test_a_plain_twin_takes_and_gives_the_same_without_a_loop() -> None:
    twin = plain_twin(doubled)
    assert (twin(3), twin(number=4)) == (6, 8)
    assert not asyncio.iscoroutinefunction(twin)


def test_it_works_where_a_loop_is_running_already() -> None:
    async def notebook() -> int:
        return run_sync(doubled(4))

    assert asyncio.run(notebook()) == 8


def test_all_of_it_runs_in_one_loop() -> None:
    async def loop() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    loops: list[asyncio.AbstractEventLoop] = [run_sync(loop())]
    thread = threading.Thread(target=lambda: loops.append(run_sync(loop())))
    thread.start()
    thread.join()
    assert loops[0] is loops[1] is run_sync(loop())


def test_an_error_comes_through() -> None:
    async def broken() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        run_sync(broken())


def test_ctrl_c_cancels_the_work_and_the_next_work_goes_on() -> None:
    begun, ended = threading.Event(), threading.Event()

    async def long() -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    def interrupt() -> None:
        begun.wait()
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        run_sync(long())
    assert run_sync(doubled(1)) == 2
    assert ended.wait(60)


def test_work_within_its_own_work_is_refused_instead_of_waiting_for_itself() -> None:
    async def outer() -> int:
        return run_sync(doubled(1))

    with pytest.raises(RuntimeError, match="await"):
        run_sync(outer())


def test_work_that_is_cancelled_inside_says_so() -> None:
    async def cancelled() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(1)

    with pytest.raises(CancelledError):
        run_sync(cancelled())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_has_a_loop_of_its_own() -> None:
    script = """
import os
from social_world_model.generation_utils.sync import plain_twin, run_sync
async def one(): return 1
run_sync(one())
child = os.fork()
if not child:
    os._exit(run_sync(one()) + 6)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "7"
