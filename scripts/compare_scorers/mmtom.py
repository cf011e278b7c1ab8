"""Compare the scores of replies to MMToM-QA questions, in many formats."""

from __future__ import annotations

import ast
import json
import runpy
import sys
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock, patch

from scripts.compare_scorers import loading
from scripts.compare_scorers.scored import official, told
from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import Item

FORMATS = (
    "{x}",
    "{X}",
    "{x}.",
    "({x})",
    "\n {x}",
    " \n{x}",
    "{X}. {text}",
    "{text}",
    "Answer: {x}",
    "**{X}**",
    "\\boxed{{{x}}}",
    "<answer>{x}</answer>",
    "b or a",
    "A person would say {x}",
    "Both",
    "It is {x}",
    "I do not know",
    "{x}) {text}",
)


def compare(clone: Path, data: Path) -> int:
    """Compare the verdicts. The result is the number of replies with different verdicts.

    Parameters
    ----------
    clone
        Clone of the authors' repository.
    data
        File of questions in the authors' format: one JSON object per line.
    """
    benchmark = get_benchmark("mmtom")
    items = [row for row in benchmark.load(data).rows if isinstance(row, Item)]
    made = [_reply(form, item, number) for number, (form, item) in enumerate(zip(cycle(FORMATS), items, strict=False))]
    theirs = _of_authors(clone, data, made)
    outcomes = [official(benchmark, item, reply) for item, reply in zip(items, made, strict=True)]
    differ = sum(one.is_correct is not bool(score) for one, score in zip(outcomes, theirs, strict=True))
    return told("MMToM-QA", differ, outcomes)


def _reply(form: str, item: Item, number: int) -> str:
    place = item.choices.index(str(item.correct_answer)) if number % 4 else number // 4 % 2
    return form.format(x="ab"[place], X="AB"[place], text=item.choices[place])


def _of_authors(clone: Path, data: Path, made: Sequence[str]) -> list[int]:
    """Run the authors' script. It asks a stand-in for the model, and prints one score per question at the end."""
    for name in ("openai", "PIL", "tqdm"):
        loading.stand_in(name)
    if isinstance(sys.modules["tqdm"], MagicMock):
        sys.modules["tqdm"].tqdm = lambda found: found
    answers = iter(made)
    model = SimpleNamespace(create=lambda **request: {"choices": [{"text": next(answers)}]})
    script = str(clone / "BIP-ALM" / "testing_gpt.py")
    arguments = [script, "--benchmark_path", str(_lines(data)), "--gpt_choice", "gpt-3.5"]
    with (
        patch.object(sys, "argv", arguments),
        patch.object(sys.modules["openai"], "Completion", model, create=True),
        redirect_stdout(StringIO()) as printed,
    ):
        runpy.run_path(script, run_name="__main__")
    scores: list[int] = ast.literal_eval(printed.getvalue().strip().split("\n")[-1])
    return scores


def _lines(data: Path) -> Path:
    """Write the questions as JSON lines, which the authors' script expects."""
    rows = [json.loads(line) for line in data.read_text(encoding="utf-8").split("\n") if line.strip()]
    path = Path(tempfile.mkdtemp(), "questions.json")
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path
