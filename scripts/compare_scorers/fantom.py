"""Compare all metrics of FANToM for five sets of replies, with short and full input."""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock
from zlib import crc32

from scripts.compare_scorers import loading, replies
from scripts.compare_scorers.scored import official
from social_world_model.benchmarks import ItemResult
from social_world_model.benchmarks.builtin.fantom import FANToM
from social_world_model.contracts import Item
from social_world_model.reports import make_report

SEED = 99
SCENARIOS = ("inaccessible", "accessible")
LABELS: Mapping[str, str] = {
    "set:ALL*": "All*",
    "set:ALL": "All",
    "belief:multiple-choice": "belief, multiple choice",
    "belief:distance": "belief, free text",
    "belief_true_word-f1": "belief, free text: token F1 among the right",
    "answerability:set:ALL": "answerability: sets",
    "answerability:list": "answerability: list",
    "answerability:binary-f1": "answerability: yes or no, weighted F1",
    "info_accessibility:set:ALL": "information access: sets",
    "info_accessibility:list": "information access: list",
    "info_accessibility:binary-f1": "information access: yes or no, weighted F1",
    "first-order": "belief, free text: first order",
    "second-order": "belief, free text: second order",
    "second-order:cyclic": "belief, free text: second order, cyclic",
    "second-order:acyclic": "belief, free text: second order, acyclic",
    "set:ALL_character": "all about a character",
    "set:character_answer_consistency": "a character's answers agree",
}
"""Our labels, by name in the authors' report. The name of the scenario is left out."""

SHOWN = ("set:ALL", "set:ALL*", "belief:multiple-choice", "set:ALL_character", "set:character_answer_consistency")


def compare(clone: Path, data: Path) -> int:
    """Compare the figures. The result is the number of figures that differ.

    Parameters
    ----------
    clone
        Clone of the authors' repository.
    data
        FANToM file. Only sets with complete labels are used.
    """
    different = 0
    for form in ("short", "full"):
        rows = replies.complete_sets(data, whole=form == "full")
        print(f"FANToM, {form} input: {len(rows)} sets with complete labels")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "fantom.json")
            path.write_text(json.dumps(rows), encoding="utf-8")
            for kind in replies.KINDS:
                different += _compare_replies(clone, path, form, kind)
    return different


def _compare_replies(clone: Path, path: Path, form: str, kind: str) -> int:
    questions, theirs = _of_authors(clone, path, form, kind)
    benchmark = FANToM().configured({"input": form})
    benchmark.encoder = encode
    items = [row for row in benchmark.load(path).rows if isinstance(row, Item)]
    asked = [one for one in questions if form == "full" or one["correct_answer"] != "no:long"]
    assert [item.set_id for item in items] == [one["set_id"] for one in asked]
    outcomes = [official(benchmark, item, one["prediction"]) for item, one in zip(items, asked, strict=True)]
    ours = _of_ours(benchmark, outcomes)
    lenient = _of_ours(benchmark, [one.lenient or one for one in outcomes])
    differ = [name for name, value in theirs.items() if not _same(value, ours[name])]
    read = sum(one.read_differently for one in outcomes)
    print(f"  {kind}: {len(theirs)} figures, {len(differ)} differ; {read} of {len(items)} replies read differently")
    for name in differ:
        print(f"    {name}: authors {theirs[name]}, ours {ours[name]}")
    for name in (f"{scenario}:{label}" for scenario in SCENARIOS for label in SHOWN):
        print(f"    {name}: official {ours[name]:.3f}, lenient {lenient[name]:.3f}")
    return len(differ)


def _same(theirs: float, ours: float | None) -> bool:
    """Return whether two figures are equal. The order of a sum may change the last bit."""
    if theirs != theirs:  # not a number: the authors have no question of this kind
        return ours is None
    return ours is not None and abs(theirs - ours) < 1e-12


def _of_ours(benchmark: FANToM, outcomes: Sequence[ItemResult]) -> dict[str, float | None]:
    report = make_report(benchmark, outcomes)
    rows = {(table.title, row.label): row.value for table in report.tables for row in table.rows}
    found = {
        f"{scenario}:{name}": rows.get((f"{scenario} information", label))
        for scenario in SCENARIOS
        for name, label in {**LABELS, "part": "All by part", "conversation": "All by conversation"}.items()
    }
    return {**found, "fact_word-f1": rows["fact questions", "token F1"]}


def _of_authors(clone: Path, path: Path, form: str, kind: str) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Return the authors' questions with our replies, and the unrounded figures of the authors' reports."""
    _replace_packages()
    with loading.imported(clone, "eval_fantom") as authors, redirect_stdout(StringIO()):
        authors.round = lambda value, digits: value
        authors.SentenceTransformer = lambda name: _Embedder()
        pandas = sys.modules["pandas"]
        authors.loader.load = lambda: pandas.read_json(path, convert_dates=False)
        figures: dict[str, float] = {}
        for target in ("set", "part", "conversation") if form == "full" else ("set", "part"):
            random.seed(SEED)
            arguments = SimpleNamespace(
                model="gpt-4", conversation_input_type=form, use_cot=False, aggregation_target=target
            )
            agent = authors.FantomEvalAgent(arguments)
            questions = agent.flattened_fantom
            made = replies.made(kind, questions)
            reports = agent.run_reports(agent.evaluate_response(questions, made))
            for scenario, report in zip(SCENARIOS, reports.values(), strict=True):
                if target == "set":
                    figures |= {name: value / 100 for name, value in report.items() if isinstance(value, float)}
                else:
                    figures[f"{scenario}:{target}"] = report[f"{scenario}:set:ALL"] / 100
        return questions, figures


def _replace_packages() -> None:
    loading.torch_without_models()
    for name in ("tqdm", "sentence_transformers", "colorful"):
        loading.stand_in(name)
    if isinstance(sys.modules["tqdm"], MagicMock):
        sys.modules["tqdm"].tqdm = lambda found, **options: found
        sys.modules["tqdm"].tqdm.pandas = lambda: None
    for name in ("agents", "agents.gpt", "agents.huggingface", "agents.together_ai"):
        sys.modules[name] = MagicMock()
    metrics: Any = import_module("sklearn.metrics")

    def compute(predictions: Any, references: Any, pos_label: int, average: str) -> dict[str, float]:
        return {"f1": float(metrics.f1_score(references, predictions, pos_label=pos_label, average=average))}

    sys.modules["evaluate"] = MagicMock(load=lambda name: SimpleNamespace(compute=compute))


class _Embedder:
    """The stand-in for the authors' embedding model."""

    def to(self, device: object) -> _Embedder:
        return self

    def encode(self, text: str) -> Any:
        return encode([text])[0]


def encode(texts: Sequence[str]) -> list[Any]:
    """Return word counts, as arrays of the type that sentence-transformers returns."""
    import numpy

    vectors = []
    for text in texts:
        vector = numpy.zeros(97, dtype=numpy.float32)
        for word in text.lower().split():
            vector[crc32(word.strip(".,!?").encode()) % 97] += 1
        vectors.append(vector)
    return vectors
