"""What several commands have in common: options that are no settings, and how an interruption ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

INTERRUPTED = 130
RESUME_HINT = "everything finished is kept; --continue-mode continue goes on from there"
NOTHING_SAVED = "nothing was saved"

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say how many calls, tokens and dollars it would take, and stop.")
]


@contextmanager
def ended_by_ctrl_c(kept: str) -> Iterator[None]:
    """Say what is kept, and leave, where the user interrupts."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"interrupted: {kept}", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
