"""Call several commands, each in a process of its own, for the price of one start: ``python driver.py COMMANDS.json``.

Plug-ins are loaded once in a process. A test that "report" knows a benchmark must not profit from an earlier "run".
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import pydantic_ai.models.function

import social_world_model.evaluation.run
import social_world_model.reports.overviews
import social_world_model.reports.published
import social_world_model.training.sft
from social_world_model import cli

__all__ = ["pydantic_ai", "social_world_model"]  # imported before any command, so that each need not do it


def call(words: list[str], folder: Path) -> dict[str, object]:
    """Call one command in a fork."""
    out, err = folder / "out", folder / "err"
    child = os.fork()
    if child == 0:
        for path, number in ((out, 1), (err, 2)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        sys.argv = ["swm", *words]
        status: object = 0
        try:
            cli.main()
        except SystemExit as ended:
            status = ended.code
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(str(status or 0)))
    _, ended_as = os.waitpid(child, 0)
    status = os.waitstatus_to_exitcode(ended_as)
    texts = [path.read_text(encoding="utf-8") for path in (out, err)]
    return {"words": words, "status": status, "out": texts[0], "err": texts[1]}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        commands = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        sys.stdout.write(json.dumps([call(words, Path(place)) for words in commands]))
