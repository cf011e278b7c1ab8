"""Measure the page of a large context: 60 agents, 200 steps, about 2,500 events.

uv run --group browser python benchmarks_perf/viewer_pages.py

Prints the first draw, the number of elements, and the medians of a step and of a change of perspective, each with its
budget. Times depend on the load of the machine. Measures the built pages and needs Chromium.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright

AGENTS, STEPS = 60, 200
ACTS = ('says: "hello <b>all</b> <script>alert(1)</script>"', "moved the ball to the box", "waves")
BUDGETS = {"first draw": 1000, "elements": 6000, "step": 100, "perspective": 200}
DRAWN = """async (change) => {
    const start = performance.now();
    const range = document.querySelector('input[type=range]');
    if (change.step === undefined) document.querySelectorAll('.names > button[aria-pressed]')[change.agent].click();
    else {
        range.value = change.step;
        range.dispatchEvent(new Event('input', {bubbles: true}));
    }
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 0)));
    return performance.now() - start;
}"""


def large_context() -> dict[str, Any]:
    """Return the data of the context. It is the same on every machine."""
    dice = Random(5)
    names = [f"Agent {number:02}" for number in range(AGENTS)]
    there = dict.fromkeys(names, True)
    steps = []
    for step in range(STEPS):
        for name in names:
            there[name] ^= dice.random() < 0.06
        seen = ("<same_as_last_action /> " if step else "") + "<same_as_state />"
        steps.append(
            {
                "timestep": str(step + 1),
                "state": f"It is {step} o'clock.",
                "observations": {
                    name: seen + " <mental_state>I wonder.</mental_state>" * (dice.random() < 0.08) if here else "none"
                    for name, here in there.items()
                },
                "actions": {
                    name: dice.choice(ACTS) if here and step < STEPS - 1 and dice.random() < 0.3 else "none"
                    for name, here in there.items()
                },
            }
        )
    return {"agents_names": names, "socialized_context": steps}


def measured(page: Page, address: str) -> dict[str, float]:
    """Return the measures of one page."""
    page.goto(address)
    page.wait_for_selector("input[type=range]")
    page.wait_for_timeout(1500)
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    steps = [page.evaluate(DRAWN, {"step": step}) for step in (10, 100, 50, 150, 120, 121, 122, 30, 199)]
    agents = [page.evaluate(DRAWN, {"agent": agent}) for agent in (5, 30, 12, 40, 7)]
    elements = page.evaluate("document.querySelectorAll('*').length")
    return {"first draw": paint, "elements": elements, "step": median(steps), "perspective": median(agents)}


def main() -> None:
    """Make the context, export it, and print the medians of five pages."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        context, exported = Path(folder, "large.json"), Path(folder, "large.html")
        context.write_text(json.dumps(large_context()), encoding="utf-8")
        command = [sys.executable, "-m", "social_world_model", "view", str(context), "--export", str(exported)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        pages = [
            measured(browser.new_page(viewport={"width": 1440, "height": 900}), exported.as_uri()) for _ in range(5)
        ]
        for name, budget in BUDGETS.items():
            values = sorted(round(page[name]) for page in pages)
            print(f"{name}: median {median(values)}, {values[0]} to {values[-1]}, budget {budget}")
        print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
