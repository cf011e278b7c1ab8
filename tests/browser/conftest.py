"""A real browser: Chromium, driven by Playwright. Where one of the two is missing, these tests are skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
MISSING = [
    *([] if CHROMIUM else ["Chromium (`apt-get install chromium`)"]),
    *([] if find_spec("playwright") and find_spec("axe_playwright_python") else ["`uv sync --group browser`"]),
]

COUNT_REQUESTS = """
globalThis.openRequests = 0;
const real = globalThis.fetch;
globalThis.fetch = async (address, ...given) => {
    const counts = !String(address).includes('/api/live');
    openRequests += counts;
    try { return await real(address, ...given); } finally { setTimeout(() => (openRequests -= counts), 50); }
};
"""
"""Script that counts the requests that a page waits for. The stream of live events never ends, and does not count."""


def settled(page: Any) -> Any:
    """Wait until a page has its heading and waits for no data."""
    page.wait_for_selector("main h1, main h2, [role=alert]")
    for _ in range(300):
        if page.evaluate("openRequests") == 0:
            return page
        page.wait_for_timeout(50)
    raise AssertionError("the page still waits for data after 15 s")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            if MISSING:
                item.add_marker(pytest.mark.skip(reason=f"needs {' and '.join(MISSING)}"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """One browser for all tests of this package. Its event loop must end before other tests start theirs."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if root else [])
        yield opened
        opened.close()


@dataclass
class Opened:
    """A page, with everything that it requested and complained about."""

    page: Any
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Opened]]:
    """Open an address in a fresh context of the browser. A page that reports an error fails its test."""
    contexts: list[Any] = []
    pages: list[Opened] = []

    def opened(address: str, *, fails: bool = False, **settings: Any) -> Opened:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **settings})
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = Opened(context.new_page())
        page.page.on("request", lambda request: page.requests.append(request.url))
        page.page.on("pageerror", lambda error: page.problems.append(str(error)))

        def note(said: Any) -> None:
            if said.type in ("error", "warning"):
                page.problems.append(said.text)

        def dismiss(dialog: Any) -> None:
            page.dialogs.append(dialog.message)
            dialog.dismiss()

        page.page.on("console", note)
        page.page.on("dialog", dismiss)
        context.add_init_script(COUNT_REQUESTS)
        page.page.goto(address)
        if not fails:
            pages.append(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [problem for page in pages for problem in page.problems] == []
