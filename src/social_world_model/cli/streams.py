"""Print to a terminal or a file without raw control characters from the texts of models and data."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from social_world_model.printable import printable


class PrintableStream:
    """A text stream that makes control characters visible.

    Parameters
    ----------
    raw
        Stream to write to.
    """

    def __init__(self, raw: TextIO) -> None:
        self.raw = raw

    def write(self, text: str) -> int:
        """Write a text; return its number of characters."""
        self.raw.write(printable(text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the stream below."""
        return getattr(self.raw, name)


@contextmanager
def printable_streams() -> Iterator[None]:
    """Make visible in everything that is printed: control characters, and characters that the encoding lacks."""
    before: tuple[Any, Any] = sys.stdout, sys.stderr
    for stream in before:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    made = [stream if stream is None else PrintableStream(stream) for stream in before]
    sys.stdout, sys.stderr = made
    try:
        yield
    finally:
        if sys.stdout is made[0] and sys.stderr is made[1]:
            sys.stdout, sys.stderr = before


def raw(stream: TextIO) -> TextIO:
    """Return the stream below, for the colours of rich. The caller makes the texts printable.

    Parameters
    ----------
    stream
        Standard output or standard error.
    """
    return stream.raw if isinstance(stream, PrintableStream) else stream


def show_line(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)
