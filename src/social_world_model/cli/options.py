"""Parts that several commands share: the option ``--dry-run``, and what happens on Ctrl+C."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

INTERRUPTED = 130
RESUME_HINT = "finished results are kept; resume with --continue-mode continue"
NOTHING_SAVED = "nothing was saved"

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only estimate the number of calls, tokens and US$. No model is called.")
]


@contextmanager
def ended_by_ctrl_c(kept: str) -> Iterator[None]:
    """Print what is kept, and exit, if the user presses Ctrl+C."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"interrupted: {kept}", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
