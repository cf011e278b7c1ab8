"""Commands in tests: called in this process where only their output matters, or started as processes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

from social_world_model import cli

PROJECT = Path(__file__).parents[1]
LIMIT = 120
"""Seconds that a started command may take on a busy machine."""

Done = subprocess.CompletedProcess[str]


def swm(*words: object, stdin: str | None = None, cwd: Path = PROJECT, columns: int | None = None) -> Done:
    """Call ``swm`` in this process."""
    return called(cli.main, *words, stdin=stdin, cwd=cwd, columns=columns)


def called(
    program: Callable[[], None],
    *words: object,
    stdin: str | None = None,
    cwd: Path = PROJECT,
    columns: int | None = None,
) -> Done:
    """Call the function behind a script in this process, as if a user had typed the words.

    A process start costs about a second, most of it imports. What a user would see as a traceback is raised here.

    Parameters
    ----------
    program
        The function that the script calls.
    words
        The command's arguments.
    stdin
        What it reads from standard input.
    cwd
        Working directory.
    columns
        Width of the terminal, as the variable COLUMNS tells it; without it there is no terminal.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    typed = ["swm", *map(str, words)]
    with _typed(typed, stdin or "", cwd, columns), redirect_stdout(out), redirect_stderr(err):
        status = _status(program)
    return subprocess.CompletedProcess(typed, status, *(_text(stream) for stream in (out, err)))


def python(
    *words: object, cwd: Path = PROJECT, columns: int | None = None, environment: dict[str, str] | None = None
) -> Done:
    """Start this Python as a process of its own, and wait for it."""
    return subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT,
        env=_environment(columns) | (environment or {}),
    )


def _environment(columns: int | None) -> dict[str, str]:
    rest = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    return rest if columns is None else {**rest, "COLUMNS": str(columns)}


@contextmanager
def _typed(words: list[str], stdin: str, cwd: Path, columns: int | None) -> Iterator[None]:
    """Replace what a command reads from its process: arguments, standard input, folder, environment, terminal."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(sys, "argv", words))
        stack.enter_context(mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()))))
        stack.enter_context(mock.patch.dict(os.environ, _environment(columns), clear=True))
        stack.enter_context(mock.patch.object(os, "get_terminal_size", side_effect=OSError("no terminal")))
        stack.enter_context(chdir(cwd))
        yield


def _status(program: Callable[[], None]) -> int:
    """Return the exit status that a process would end with."""
    try:
        program()
    except SystemExit as ended:
        if isinstance(ended.code, str):
            sys.stderr.write(f"{ended.code}\n")
            return 1
        return int(ended.code or 0)
    return 0


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    written = stream.buffer
    assert isinstance(written, io.BytesIO)
    return written.getvalue().decode("utf-8")
