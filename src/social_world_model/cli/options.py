"""Code that several commands share: the option ``--dry-run``, and the handling of Ctrl+C."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

INTERRUPTED = 130
RESUME_HINT = "finished results are saved; resume with --continue-mode continue"
NOTHING_SAVED = "nothing was saved"

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only print an estimate of calls, tokens and cost. No model is called.")
]


@contextmanager
def ended_by_ctrl_c(kept: str) -> Iterator[None]:
    """If the user presses Ctrl+C, print what is saved, then exit."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"interrupted: {kept}", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
