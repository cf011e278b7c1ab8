from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("suite")
"""No deadlines: the machine may be busy. The same examples each time; ``--hypothesis-profile explore`` draws others."""


def pytest_configure() -> None:
    """Take Ctrl-C as if the tests had been started in the foreground.

    A script's background job (``nohup uv run pytest &``) starts with SIGINT ignored. Every process that a test starts
    would inherit that, and a test that sends SIGINT would wait without end. The system resets a handler to the default
    where another program is started, so this helps the processes of the tests too.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Use every core for the whole suite (at most 8), and one process for named files or chosen tests."""
    chosen = config.option.keyword or config.option.file_or_dir or config.option.lf or config.option.failedfirst
    if chosen:
        return 0
    return min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@pytest.fixture
def swm_data() -> Path:
    """Return the folder of benchmark data, or skip."""
    folder = os.environ.get("SWM_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("benchmark data not found: set SWM_DATA to its folder")
    return Path(folder)


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take keys and addresses of endpoints away: no test may call anybody."""
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_BASE_URL")):
            monkeypatch.delenv(name)
