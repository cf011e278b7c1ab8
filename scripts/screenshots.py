"""Take the pictures of the viewer for the documentation: all pages, light and dark, wide and narrow.

``uv run --group browser python scripts/screenshots.py`` starts ``swm view --demo`` and needs Chromium. The pictures are
reduced to a palette: all together stay below 1 MB.
"""

from __future__ import annotations

import io
import math
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from tests.browser.demo import Served, served

OUT = Path(__file__).parents[1] / "docs" / "images"
WIDTHS = {"": (1440, 900), "_narrow": (390, 844)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
COLORS = 64
BOTTOM = """Math.max(...[...document.querySelectorAll('main *')].map((one) => one.getBoundingClientRect().bottom))"""
"""Script that returns where the page ends: a picture has no empty part below it."""


def pages(demo: Served) -> dict[str, str]:
    """Return the address of each page of the demo, after the ``#``, by name."""
    index = demo.get("index")
    contexts = {one["title"]: one["id"] for one in index["contexts"]}
    story, chat, episode = (
        next(name for title, name in contexts.items() if word in title.lower()) for word in ("sally", "conv", "stash")
    )
    runs = {run["name"]: run["id"] for run in index["runs"]}
    a, b = runs["symbolic_perspective"], runs["symbolic_leaks"]
    model = runs["smollm2_vanilla"]
    item = next(row["index"] for row in demo.get(f"runs/{a}/items?f=a&q=&offset=0&limit=9&b={b}")["rows"])
    earlier = {"agent": 1, "act": "moved the ball to the box", "thought": ""}
    branch = demo.get("branches", {"context": story, "at": 2, "fork": False, "inject": earlier})["id"]
    return {
        "context": f"/context/{story}?step=5",
        "conversation": f"/context/{chat}?step=8&chain=Jon",
        "episode": f"/context/{episode}?step=3",
        "results": f"/results?a={a}&b={b}&f=a",
        "item": f"/item/{model}/{quote(item)}?b={a}",
        "what_if": f"/branches/{branch}",
    }


def shoot(browser: Browser, demo: Served) -> None:
    """Write one picture per page, theme and width."""
    places = pages(demo)
    for theme in THEMES:
        for suffix, (width, height) in WIDTHS.items():
            context = browser.new_context(color_scheme=theme, viewport={"width": width, "height": height})
            page = context.new_page()
            page.goto(demo.address)
            for name, place in places.items():
                page.goto(f"{demo.origin}#{place}")
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
    with (
        tempfile.TemporaryDirectory() as branches,
        served("--demo", "--edit", branches) as demo,
        sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        shoot(browser, demo)
        browser.close()
    total = sum(path.stat().st_size for path in OUT.glob("*.png"))
    print(f"{len(list(OUT.glob('*.png')))} pictures, {total / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
