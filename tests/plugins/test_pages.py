"""The how-tos of plug-ins: their files are written as shown, their commands print what is shown, their Python runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.commands import python
from tests.plugins.packages import swm

DOCS = Path(__file__).parents[2] / "docs"
ANYTHING = "…"
"""A shown line that stands for any lines."""


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def steps(page: str) -> list[tuple[str, str]]:
    """Return each ``$ command`` with the output below it."""
    parts = [part for block in blocks(page, "console") for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts)]


def prints_what_is_shown(printed: str, shown: str) -> bool:
    lines = [line.rstrip() for line in shown.splitlines() if line.strip()]
    pattern = "\n".join(r"(?:.*\n)*?.*" if line == ANYTHING else re.escape(line) for line in lines)
    text = "\n".join(line.rstrip() for line in printed.splitlines() if line.strip())
    return re.fullmatch(pattern, text) is not None


@pytest.mark.parametrize("page", ["own_benchmark", "own_mode"])
def test_the_page_does_what_it_shows(page: str, tmp_path: Path) -> None:
    codes = blocks(page, "python")
    for code in codes:
        if named := re.match(r"# (\w+\.py)\n", code):
            (tmp_path / named[1]).write_text(code, encoding="utf-8")
    for command, shown in steps(page):
        if command.startswith("cat "):
            (tmp_path / command.removeprefix("cat ")).write_text(shown, encoding="utf-8")
    shown_steps = [(command, shown) for command, shown in steps(page) if not command.startswith("cat ")]
    ended = swm(tmp_path, *(command.removeprefix("swm ") for command, _ in shown_steps))
    assert len(ended) >= 4
    for one, (command, shown) in zip(ended, shown_steps, strict=True):
        assert (one.status, one.err) == (0, ""), command
        assert prints_what_is_shown(one.out, shown), f"{command}\n{one.out}"
    for code in codes:
        if code.startswith("# "):
            continue
        done = python("-c", code, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), code
        said = re.findall(r"^print\(.*\)  # (.*)$", code, re.MULTILINE)
        assert done.stdout.splitlines()[: len(said)] == said
