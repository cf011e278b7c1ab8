from __future__ import annotations

import os
from pathlib import Path

import pytest


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
