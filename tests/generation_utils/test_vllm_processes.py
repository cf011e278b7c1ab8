"""Engines that outlive nobody: real processes, since that is what it is about."""

from __future__ import annotations

import multiprocessing
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from social_world_model.generation_utils.vllm_processes import Processes

OWNER = """
import multiprocessing, os, sys, time
from social_world_model.generation_utils.vllm_processes import Processes

if __name__ == "__main__":
    processes = Processes()
    engine = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
    engine.start()
    processes.watch()
    print(engine.pid, flush=True)
    time.sleep(60)
"""


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def ends(pid: int) -> bool:
    for _ in range(1000):
        if not alive(pid):
            return True
        time.sleep(0.05)
    return False


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")


@needs_proc
@pytest.mark.parametrize("killed_by", [signal.SIGTERM, signal.SIGKILL])
def test_an_engine_ends_with_a_process_that_is_killed(killed_by: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        engine = int(owner.stdout.readline())
        assert alive(engine)
        owner.send_signal(killed_by)
    assert ends(engine)


@needs_proc
def test_only_what_was_begun_since_is_ended_and_a_watcher_ends_nothing_that_is_left() -> None:
    context = multiprocessing.get_context("spawn")
    earlier = context.Process(target=time.sleep, args=(60,))
    earlier.start()
    processes = Processes()
    later = context.Process(target=time.sleep, args=(60,))
    later.start()
    try:
        processes.watch()
        processes.unwatch()
        processes.unwatch()
        assert later.pid is not None and alive(later.pid)
        processes.terminate()
        later.join(60)
        assert (later.exitcode, earlier.is_alive()) == (-signal.SIGTERM, True)
    finally:
        for process in (earlier, later):
            process.kill()
            process.join()
