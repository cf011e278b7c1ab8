"""Compare the scores of replies to BigToM questions, in many formats."""

from __future__ import annotations

import csv
import random
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from itertools import cycle
from pathlib import Path
from typing import Any

from scripts.compare_scorers import loading
from scripts.compare_scorers.scored import official, told
from social_world_model.benchmarks import ItemResult, get_benchmark
from social_world_model.contracts import Item

FORMATS = (
    "{x}) {text}",
    "{x})",
    "{X}) {text}",
    "({x}) {text}",
    "Answer: {x}) {text}",
    "**{x})** {text}",
    "a) or b)",
    "not {y}) but {x})",
    "{X}. {text}",
    "{text}",
    "{x}",
    "I think {x} is correct.",
    "(Maria) b) {text}",
    "I do not know.",
)
GRADED = "graded"
"""Verdict for replies that the authors' code passes to a language model."""


def compare(clone: Path, data: Path) -> int:
    """Compare the verdicts. The result is the number of replies with different verdicts.

    Parameters
    ----------
    clone
        Clone of the authors' repository.
    data
        Folder with the authors' files ``CONDITION/stories.csv``.
    """
    asked: list[tuple[Item, str]] = []
    verdicts: list[str] = []
    for condition in sorted(path.parent.name for path in data.glob("*/stories.csv")):
        verdicts += _of_authors(clone, data, condition, asked)
    benchmark = get_benchmark("bigtom")
    outcomes: list[ItemResult] = [official(benchmark, item, reply) for item, reply in asked]
    pairs = list(zip(outcomes, verdicts, strict=True))
    differ = sum(str(one.is_correct) != verdict for one, verdict in pairs if verdict != GRADED)
    print(f"BigToM: the authors pass {verdicts.count(GRADED)} of {len(verdicts)} replies to a language model")
    return told("BigToM", differ, outcomes)


def _of_authors(clone: Path, data: Path, condition: str, asked: list[tuple[Item, str]]) -> list[str]:
    """Run the authors' code on the stories of a condition, and add the questions and replies to `asked`."""
    for name in ("langchain", "langchain.chat_models", "langchain.llms", "crfm_llm", "evaluate_llm", "tqdm"):
        loading.stand_in(name)
    init, kind, variable, rest = condition.split("_", 3)
    with (
        loading.imported(clone / "code" / "src", "evaluate_conditions") as authors,
        tempfile.TemporaryDirectory() as out,
    ):
        authors.CONDITION_DIR, authors.RESULTS_DIR = str(data), out
        with (data / condition / "stories.csv").open(encoding="utf-8") as file:
            right = {row[0]: row[2] for row in csv.reader(file, delimiter=";")}
        authors.EvaluateLLM = lambda model, method: _Model(right, asked)
        authors.tqdm.tqdm = lambda rows: rows
        random.seed(0)
        with redirect_stdout(StringIO()):
            authors.evaluate_condition(
                "openai/x", "openai/x", 0.0, "0shot", f"{init}_{kind}", variable, rest, len(right), 100, False, True, 0
            )
        return [
            verdict
            for path in Path(out).rglob("accuracy_*.csv")
            for verdict in path.read_text(encoding="utf-8").split()
        ]


class _Model:
    """The stand-in for the model that answers, and for the model that grades."""

    formats: Iterator[str] = cycle(FORMATS)

    def __init__(self, right: dict[str, str], asked: list[tuple[Item, str]]) -> None:
        self.right = right
        self.asked = asked

    def predict_answer(self, story: str, question: str) -> str:
        row: dict[str, Any] = {"context": story, "question": question, "true_answer": self.right[story]}
        (item,) = get_benchmark("bigtom").items(str(len(self.asked)), row)
        place = len(self.asked) // 3 % 2
        values = {"x": "ab"[place], "X": "AB"[place], "y": "ab"[1 - place], "text": item.choices[place]}
        self.asked.append((item, next(self.formats).format(**values)))
        return self.asked[-1][1]

    def grade_answer(self, *texts: str) -> str:
        return GRADED
