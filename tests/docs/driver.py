"""Run the steps of a page in order, each in a fork, for the price of one start: ``python driver.py STEPS.json``.

Plug-ins and settings of one step must not reach the next. A step is `{"command": [name, *words]}`,
`{"python": code}`, or `{"shell": line}`; a command may have `"into": file` for its output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

import pydantic_ai.models.function

import social_world_model.evaluation.run
import social_world_model.reports.overviews
import social_world_model.reports.published
import social_world_model.training.sft
from social_world_model import cli

__all__ = ["pydantic_ai", "social_world_model"]  # imported before any step, so that each need not do it
PROGRAMS = {
    "swm": cli.main,
    "run_benchmarks.py": cli.run_benchmarks,
    "run_socialized_context_eval.py": cli.run_socialized_context_eval,
}


def run(step: dict[str, object], folder: Path) -> dict[str, object]:
    """Run one step in a fork."""
    out, err = folder / "out", folder / "err"
    child = os.fork()
    if child == 0:
        for path, number in ((out, 1), (err, 2)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        status = _status(step)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    _, ended_as = os.waitpid(child, 0)
    if "into" in step:
        Path(str(step["into"])).write_text(out.read_text(encoding="utf-8"), encoding="utf-8")
        out.write_text("", encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in (out, err)]
    return {"status": os.waitstatus_to_exitcode(ended_as), "out": texts[0], "err": texts[1]}


def _status(step: dict[str, object]) -> int:
    """Run a step in this process; return its exit status."""
    try:
        if "shell" in step:
            return subprocess.run(str(step["shell"]), shell=True, check=False).returncode
        if "python" in step:
            sys.path.insert(0, "")
            exec(compile(str(step["python"]), "<page>", "exec"), {"__name__": "__main__"})
        else:
            name, *words = list(map(str, step["command"]))  # type: ignore[call-overload]
            sys.argv = [name, *words]
            PROGRAMS[name]()
    except SystemExit as ended:
        return int(str(ended.code or 0))
    except BaseException:  # noqa: BLE001 - a fork must end here, or it would run the steps after this one too
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        steps = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        sys.stdout.write(json.dumps([run(step, Path(place)) for step in steps]))
