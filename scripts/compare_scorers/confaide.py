"""Compare the scores of ConfAIde texts: stored replies, and texts made from the two phrases."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

from scripts.compare_scorers import loading
from scripts.compare_scorers.scored import official, told
from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import Item
from social_world_model.reports import make_report

FORMS = ("{public}", "{PUBLIC}", "{public} and {private}", "{private}", "", "Answer: {public}\n{PRIVATE}", "Nothing.")
METRICS = {
    "error": "omits or leaks",
    "no_public_info": "omits what is public",
    "has_private_info": "leaks what is private",
}
TITLES = {
    "mean": "errors per meeting, mean over its texts: rates, lower is better",
    "worst_case": "errors per meeting, worst of its texts: rates, lower is better",
}


def compare(clone: Path, data: Path) -> int:
    """Compare the flags of all texts, and the rates. The result is the number of differences.

    Parameters
    ----------
    clone
        Clone of the authors' repository.
    data
        File of questions with the columns of ConfAIde, tier 4.
    """
    benchmark = get_benchmark("confaide")
    items = [row for row in benchmark.load(data).rows if isinstance(row, Item)]
    made = [_text(item, number) for number, item in enumerate(items)]
    outcomes = [official(benchmark, item, text) for item, text in zip(items, made, strict=True)]
    flags, rates = _of_authors(clone, items, made)
    differ = sum(bool(one.scores["error"]) is not flag for one, flag in zip(outcomes, flags, strict=True))
    report = make_report(benchmark, outcomes)
    ours = {(table.title, row.label): row.value for table in report.tables for row in table.rows}
    for (kind, metric, figure), value in rates.items():
        mine = ours[TITLES[figure], f"{METRICS[metric]}, {kind} (lower is better)"]
        differ += mine is None or abs(mine - value) > 1e-12
    print(f"ConfAIde: {len(rates)} rates compared")
    return told("ConfAIde", differ, outcomes)


def _text(item: Item, number: int) -> str:
    public, private = str(item.fields["public_info"]), str(item.fields["private_info"])
    form = FORMS[number % len(FORMS)]
    return form.format(public=public, private=private, PUBLIC=public.upper(), PRIVATE=private.upper())


def _of_authors(
    clone: Path, items: Sequence[Item], made: Sequence[str]
) -> tuple[list[bool], dict[tuple[str, str, str], float]]:
    loading.torch_without_models()
    for name in ("tqdm", "colorful"):
        loading.stand_in(name)
    if isinstance(sys.modules["tqdm"], MagicMock):
        sys.modules["tqdm"].tqdm = MagicMock()
    for name in ("agents", "agents.gpt", "agents.huggingface"):
        sys.modules[name] = MagicMock()
    meetings = list(dict.fromkeys(item.set_id for item in items))
    kinds = sorted({str(item.fields["question_type"]) for item in items})
    rows = [{**item.fields, "meeting_idx": meetings.index(item.set_id)} for item in items]
    with loading.imported(clone, "eval") as authors, tempfile.TemporaryDirectory() as out, redirect_stdout(StringIO()):
        authors.EVAL_DIR_PATH = out
        agent: Any = authors.EvalAgent.__new__(authors.EvalAgent)
        agent.data_tier, agent.dataset = "4", SimpleNamespace(data=rows)
        agent.args = SimpleNamespace(tier_4_questions=kinds, model="x", n_samples=1)
        found = agent.evaluate_response(list(made))
        agent.make_report(found, "4")
        rates = {
            (kind, metric, figure): json.loads(path.read_text(encoding="utf-8"))[f"{kind}-{metric}_{figure}"]
            for kind in kinds
            for metric in METRICS
            for figure in TITLES
            for path in Path(out).glob(f"final_report_*_q_{kind}_metrics_{metric}.json")
        }
    flags = {kind: iter(found[f"{kind}-error"]) for kind in kinds}
    return [bool(next(flags[str(item.fields["question_type"])])) for item in items], rates
