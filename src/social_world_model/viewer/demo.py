"""The examples of ``swm view --demo``: a story, a conversation, an episode of a game, and two runs."""

from __future__ import annotations

from pathlib import Path

FILES = Path(__file__).parent / "demo_files"
RUNS = Path(__file__).parent / "demo_runs"


def demo_paths() -> list[Path]:
    """Return the paths of the bundled examples."""
    return [FILES / "sally_anne.txt", FILES / "conversation.txt", FILES / "stash.json", *sorted(RUNS.glob("*"))]
