"""Further checks of `check_vllm_cpu.sh`.

::

    python scripts/check_vllm.py replies FOLDER

Checks concurrent replies of the model in FOLDER, with and without a reply schema.

::

    python scripts/check_vllm.py results FOLDER N

Checks that FOLDER contains N results, each with a status.

::

    python scripts/check_vllm.py interrupt FOLDER

Checks Ctrl-C while the model in FOLDER is loaded, and while it replies.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from social_world_model.errors import GenerationError
from social_world_model.generation_utils import CallLimit, Calls, model_by_name
from social_world_model.generation_utils.model import Completion, LanguageModel, Prompt

REPLIES = 64
LEAST_JSON = 40
"""Smallest accepted number of complete replies. A random model completes a long text only by chance."""
LONGEST = 1500
ARGS = {"enforce_eager": True, "max_model_len": 8192}
SETTLED, MOST_SECONDS = 3.0, 120.0
INTERRUPTED = 130
Say = Callable[[str], object]


class Answer(BaseModel):
    """A reply schema with two fields."""

    model_config = ConfigDict(extra="forbid")

    reasoning: str
    answer: str


async def check_replies(folder: Path, say: Say) -> None:
    """Load a model once, and check concurrent replies."""
    told: list[str] = []
    calls = Calls(limit=CallLimit(REPLIES), on_problem=told.append, timeout=600)
    model = model_by_name(f"vllm/{folder}", vllm_args=ARGS)
    try:
        begun = time.monotonic()
        await model.load(told.append)
        say(f"loaded in {time.monotonic() - begun:.0f} s")
        begun = time.monotonic()
        await _check_form(model, calls, say)
        plain = Prompt(text="Where is the ball?", temperature=1.0, seed=7, max_output_tokens=20)
        one, same = await calls.complete(model, plain), await calls.complete(model, plain)
        assert one.text == same.text, "expected the same reply for the same seed"
        assert 0 < one.usage.output_tokens <= 20 and one.usage.cost == 0.0, one
        say(f"the same seed gives the same reply: {one.usage.input_tokens} tokens in, {one.usage.output_tokens} out")
        await _check_too_long(model, calls, say)
        say(f"{calls.spent.requests} calls in {time.monotonic() - begun:.0f} s, retries: {calls.retries}")
        assert sum("being loaded" in one for one in told) == 1, told
    finally:
        begun = time.monotonic()
        await model.close()
        say(f"shut down in {time.monotonic() - begun:.1f} s")


async def _check_form(model: LanguageModel, calls: Calls, say: Say) -> None:
    asked = [
        Prompt(text="Where is the ball?", shape=Answer, temperature=1.0, seed=seed, max_output_tokens=LONGEST)
        for seed in range(REPLIES)
    ]
    replies = await asyncio.gather(*(calls.complete(model, one) for one in asked))
    whole = [one for one in replies if one.finish_reason == "stop"]
    wrong = [one.text for one in whole if not _fits(one)]
    assert not wrong, f"expected complete replies that match the schema, got: {wrong[:3]}"
    say(f"replies that match the schema: {len(whole)} of {REPLIES}; the others were cut off at {LONGEST} tokens")
    assert len(whole) >= LEAST_JSON, f"expected at least {LEAST_JSON} complete replies, got {len(whole)}"


def _fits(completion: Completion) -> bool:
    data = json.loads(completion.text, strict=False)
    return isinstance(data, dict) and set(data) == set(Answer.model_fields)


async def _check_too_long(model: LanguageModel, calls: Calls, say: Say) -> None:
    prompts = [Prompt(text=text, temperature=1.0, max_output_tokens=5) for text in ("short", "long " * 9000)]
    short, long = await asyncio.gather(*(calls.complete(model, one) for one in prompts), return_exceptions=True)
    assert isinstance(short, Completion), short
    assert isinstance(long, GenerationError) and "max_model_len" in str(long), long
    say(f"only the prompt that is too long fails: {long}")


def check_results(folder: Path, number: int, say: Say) -> None:
    """Check that a run wrote a result with a status for every item."""
    files = sorted(path for path in folder.rglob("*.json") if path.name != "run.json")
    statuses = Counter(json.loads(path.read_text(encoding="utf-8")).get("status") for path in files)
    assert sum(statuses.values()) == number, f"expected {number} results in {folder}, got {statuses}"
    assert set(statuses) <= {"answered", "parsed", "unparsable"}, statuses
    say(f"results: {dict(statuses)}")


def check_interrupts(folder: Path, say: Say) -> None:
    """Check Ctrl-C in a run: the signal is sent to the command and to all its processes."""
    command = ["run", "tomi", "--no-save", "--model-name", f"vllm/{folder}", "--temperature", "1", "--batch-size", "4"]
    command += [part for name, value in ARGS.items() for part in ("--vllm-arg", f"{name}={value}")]
    for moment, sign in (("while the model is loaded", "being loaded"), ("while it replies", "concurrent calls")):
        swm = [str(Path(sys.executable).parent / "swm"), *command]
        with subprocess.Popen(swm, stderr=subprocess.PIPE, text=True, start_new_session=True) as run:
            assert run.stderr is not None
            seen = next((line for line in run.stderr if sign in line), None)
            assert seen is not None, f"expected a line with '{sign}', got none"
            time.sleep(SETTLED)
            begun = time.monotonic()
            os.killpg(run.pid, signal.SIGINT)
            said = run.stderr.read().splitlines()
            status = run.wait(MOST_SECONDS)
        assert status == INTERRUPTED, (status, said)
        say(f"Ctrl-C {moment}: exit status {status} after {time.monotonic() - begun:.1f} s: {' / '.join(said)}")


def main() -> None:
    """Run the check that the command line names."""
    say = lambda line: sys.stdout.write(f"  {line}\n")  # noqa: E731
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "replies":
        asyncio.run(check_replies(folder, say))
    elif what == "interrupt":
        check_interrupts(folder, say)
    else:
        check_results(folder, int(sys.argv[3]), say)


if __name__ == "__main__":
    main()
