"""Take the pictures of the viewer for the documentation: all pages, light and dark, wide and narrow.

``uv run --group browser python scripts/screenshots.py`` starts ``swm view --demo`` and needs Chromium. The pictures are
reduced to a palette: all together stay below 1 MB.
"""

from __future__ import annotations

import io
import json
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

OUT = Path(__file__).parents[1] / "docs" / "images"
WIDTHS = {"": (1440, 900), "_narrow": (390, 844)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
COLORS = 64
BOTTOM = """Math.max(...[...document.querySelectorAll('main *')].map((one) => one.getBoundingClientRect().bottom))"""
"""Script that returns where the page ends: a picture has no empty part below it."""


@contextmanager
def demo(*arguments: str) -> Iterator[str]:
    """Start the demo, and return its address with the token."""
    command = [sys.executable, "-m", "social_world_model", "view", "--demo", "--no-open", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def get(page: Page, path: str, body: Any = None) -> Any:
    """Return what the server answers to the page."""
    return page.evaluate(
        """async ([path, body]) => {
            const headers = {'x-swm-token': sessionStorage.getItem('swm-token'), 'content-type': 'application/json'};
            const reply = await fetch(path, body ? {method: 'POST', headers, body} : {headers});
            return reply.json();
        }""",
        [path, None if body is None else json.dumps(body)],
    )


def pages(page: Page) -> dict[str, str]:
    """Return the address of each page of the demo, after the ``#``, by name."""
    index = get(page, "/api/index")
    contexts = {one["title"]: one["id"] for one in index["contexts"]}
    story, chat, episode = (
        next(name for title, name in contexts.items() if word in title.lower()) for word in ("sally", "conv", "stash")
    )
    runs = {run["name"]: run["id"] for run in index["runs"]}
    a, b = runs["symbolic_perspective"], runs["symbolic_leaks"]
    model = runs["smollm2_vanilla"]
    item = next(row["index"] for row in get(page, f"/api/runs/{a}/items?f=a&q=&offset=0&limit=9&b={b}")["rows"])
    earlier = {"agent": 1, "act": "moved the ball to the box", "thought": ""}
    branch = get(page, "/api/branches", {"context": story, "at": 2, "fork": False, "inject": earlier})["id"]
    return {
        "context": f"/context/{story}?step=5",
        "conversation": f"/context/{chat}?step=8&chain=Jon",
        "episode": f"/context/{episode}?step=3",
        "results": f"/results?a={a}&b={b}&f=a",
        "item": f"/item/{model}/{quote(item)}?b={a}",
        "what_if": f"/branches/{branch}",
    }


def shoot(browser: Browser, address: str) -> None:
    """Write one picture per page, theme and width."""
    first = browser.new_page()
    first.goto(address)
    first.wait_for_selector("main h1")
    places = pages(first)
    token = first.evaluate("sessionStorage.getItem('swm-token')")
    origin = "{0.scheme}://{0.netloc}/".format(urlsplit(address))
    for theme in THEMES:
        for suffix, (width, height) in WIDTHS.items():
            context = browser.new_context(color_scheme=theme, viewport={"width": width, "height": height})
            page = context.new_page()
            page.goto(f"{origin}#token={token}")
            page.wait_for_selector("main h1")
            for name, place in places.items():
                page.goto(f"{origin}#{place}")
                page.wait_for_timeout(2500)
                shown = min(height, math.ceil(page.evaluate(BOTTOM)) + 16)
                save(
                    page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": shown}),
                    OUT / f"{name}_{theme}{suffix}.png",
                )
            context.close()


def save(png: bytes, path: Path) -> None:
    """Write a picture with few colours."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Write all pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("expected Chromium, got none: apt-get install chromium")
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as branches, demo("--edit", branches) as address, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        shoot(browser, address)
        browser.close()
    total = sum(path.stat().st_size for path in OUT.glob("*.png"))
    print(f"{len(list(OUT.glob('*.png')))} pictures, {total / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
