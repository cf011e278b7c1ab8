"""Pages of the documentation as tests see them: code blocks, the commands in them and what they print.

- A `console` block has commands after `$ ` and their output below. A line `…` stands for any lines. `$ cat FILE` writes
  the file.
- A `bash` block has commands that must succeed.
- A `python`, `yaml` or `json` block that begins with a comment such as `# mine.py` is a file. Another `python` block is
  run, and must print what its `# comments` beside `print(...)` say.
- A block whose title begins with "needs" is not run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"
ANY_LINES = "…"
"""A shown line that stands for any lines."""
_BLOCK = re.compile(
    r"^```(?P<language>\w+)(?: title=\"(?P<title>[^\"\n]*)\")?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_FILE = re.compile(r"(?:#|//) ?([\w.-]+\.\w+)\n")


@dataclass(frozen=True)
class Block:
    """A code block.

    Parameters
    ----------
    language, title, text
        As the page has them; the title may be empty.
    line
        Number of its first line in the page.
    """

    language: str
    title: str
    text: str
    line: int

    @property
    def runs(self) -> bool:
        """Whether it can be run without a key, a GPU or other people's data."""
        return not self.title.startswith("needs")

    @property
    def file(self) -> str | None:
        """The name of the file that the block shows."""
        named = _FILE.match(self.text)
        return named[1] if named and self.language in ("python", "yaml", "json") else None

    def commands(self) -> list[tuple[str, str]]:
        """Return each command with the output shown below it, which is empty in a `bash` block."""
        if self.language == "console":
            parts = re.split(r"^\$ ", self.text, flags=re.MULTILINE)[1:]
            return [(command, shown) for command, _, shown in (part.partition("\n") for part in parts)]
        joined = self.text.replace("\\\n", " ")
        lines = [line.partition("  # ")[0].strip() for line in joined.splitlines()]
        return [(line, "") for line in lines if line and not line.startswith("#")]


def expected_print(code: str) -> str | None:
    """Return what Python code says it prints, in comments beside `print(...)` and below it; None without comments."""
    said: list[str] = []
    after_print = False
    for line in code.splitlines():
        beside = re.match(r" *print\(.*\)  # (.*)$", line)
        alone = re.match(r" *# (.*)$", line)
        if beside or (alone and after_print):
            said.append((beside or alone)[1])  # type: ignore[index]
        after_print = bool(beside) or "print(" in line or (bool(alone) and after_print)
    return "\n".join([*said, ANY_LINES]) if said else None


def pages() -> list[Path]:
    """Return the README and every page of the documentation."""
    return [PROJECT / "README.md", *sorted(DOCS.rglob("*.md"))]


def blocks(page: Path, *languages: str) -> Iterator[Block]:
    """Return the code blocks of a page, of these languages or of all."""
    text = page.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        if not languages or found["language"] in languages:
            line = text.count("\n", 0, found.start()) + 1
            yield Block(found["language"], found["title"] or "", found["text"], line)


def prints_what_is_shown(printed: str, shown: str) -> bool:
    """Return whether an output is the one that a page shows, blank lines and trailing spaces apart."""
    pattern = "".join(r"(?:.*\n)*?" if line == ANY_LINES else re.escape(f"{line}\n") for line in stripped(shown))
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in stripped(printed))) is not None


def stripped(text: str) -> list[str]:
    """Return the lines of a text that are not blank, without the spaces at their ends."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]
