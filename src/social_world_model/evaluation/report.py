"""Report an evaluation as a Markdown table and as JSON.

The columns Structural, Observation Accuracy and Overall come first; the columns of perceived events follow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from math import sqrt
from statistics import fmean
from typing import Any

from social_world_model.evaluation.judging import deviation, rubric_hash
from social_world_model.evaluation.perceived import PerceivedScore
from social_world_model.evaluation.run import OBSERVATION, STRUCTURAL, Evaluation, EvaluationRow
from social_world_model.settings.evaluation import NO_JUDGE

NOTHING = "–"
"""Placeholder for a missing value."""
FEWEST_FOR_CORRELATION = 3

Figure = float | int | None
_COLUMNS: Mapping[str, Callable[[EvaluationRow], Figure]] = {
    "Structural": lambda row: row.structure.score,
    "Observation Accuracy": lambda row: row.observation,
    "Overall": lambda row: row.overall,
    "Perceived Precision": lambda row: _of(row, "precision"),
    "Perceived Recall": lambda row: _of(row, "recall"),
    "Perceived F1": lambda row: _of(row, "f1"),
    "Leaks": lambda row: _of(row, "leaks"),
    "Omissions": lambda row: _of(row, "omissions"),
}


def _of(row: EvaluationRow, name: str) -> Figure:
    figure: Figure = None if row.perceived is None else getattr(row.perceived, name)
    return figure


def means(rows: Sequence[EvaluationRow]) -> dict[str, float | None]:
    """Return the mean of each column; None for a column without values."""
    found: dict[str, float | None] = {}
    for title, figure in _COLUMNS.items():
        values = [value for row in rows if (value := figure(row)) is not None]
        found[title] = fmean(values) if values else None
    return found


def spearman(some: Sequence[float], others: Sequence[float]) -> float | None:
    """Return Spearman's rank correlation, from -1 to 1; None if one of the variables is constant.

    Parameters
    ----------
    some, others
        Values of the two variables. Both sequences have the same length and the same order of cases.

    Examples
    --------
    >>> spearman([1, 2, 3], [0.1, 0.5, 0.9]), spearman([1, 2, 3], [1, 1, 1])
    (1.0, None)
    """
    ranks = [_ranks(values) for values in (some, others)]
    x, y = ([rank - fmean(all_of) for rank in all_of] for all_of in ranks)
    scale = sqrt(sum(a * a for a in x) * sum(b * b for b in y))
    return None if not scale else round(sum(a * b for a, b in zip(x, y, strict=True)) / scale, 12)


def _ranks(values: Sequence[float]) -> list[float]:
    """Return the ranks of values. Tied values get the mean of their ranks."""
    ordered = sorted(values)
    return [ordered.index(value) + (ordered.count(value) - 1) / 2 for value in values]


def correlation(evaluation: Evaluation) -> float | None:
    """Return the correlation between the F1 of perceived events and the judge's observation accuracy.

    Returns
    -------
    float or None
        Spearman's rho over the contexts in the mean, from -1 to 1. The value is None if fewer than three contexts have
        both scores, or if one of the two scores is constant.
    """
    both = [
        (row.perceived.f1, row.observation)
        for row in evaluation.counted
        if row.perceived is not None and row.observation is not None
    ]
    if len(both) < FEWEST_FOR_CORRELATION:
        return None
    return spearman([f1 for f1, _ in both], [observation for _, observation in both])


def judge_spread(evaluation: Evaluation) -> tuple[float, float] | None:
    """Return mean and standard deviation of the observation accuracy over the repeats; None if there is one repeat."""
    accuracies = [row.judged.accuracies for row in evaluation.counted if row.judged is not None]
    if not accuracies or len(accuracies[0]) < 2:
        return None
    each = [fmean(values) for values in zip(*accuracies, strict=True)]
    spread = deviation(each)
    return None if spread is None else (fmean(each), spread)


def markdown(evaluation: Evaluation) -> str:
    """Return the Markdown table, with remarks below the table."""
    titles = ["File", *_COLUMNS]
    lines = [_line(titles), _line(["---", *("---:" for _ in _COLUMNS)])]
    lines += [
        _line([_escaped(row.name), *(_shown(figure(row)) for figure in _COLUMNS.values())]) for row in evaluation.rows
    ]
    figures = means(evaluation.counted)
    lines.append(
        _line(["**Mean**", *(f"**{_shown(value)}**" if value is not None else NOTHING for value in figures.values())])
    )
    return "\n".join([*lines, "", *(f"- {note}" for note in remarks(evaluation))]) + "\n"


def remarks(evaluation: Evaluation) -> list[str]:
    """Return remarks about the contexts in the mean, about the judge, and about the files without a score."""
    rows, counted, settings = evaluation.rows, evaluation.counted, evaluation.settings
    failed = {one.name for one in evaluation.failed}
    shared = sum(row.name not in failed for row in rows) - len(counted)
    found = [
        f"Mean over {_many(len(counted), 'context')} of {_many(len(rows), 'pair')}"
        + (f"; pairs not counted because they repeat the context of another pair: {shared}" if shared else "")
        + f"; {_many(sum(_leaks(row) for row in counted), 'leak')} and "
        + f"{_many(sum(_omissions(row) for row in counted), 'omission')} in total"
    ]
    reference = (
        "the events that the symbolic model finds in the narrative"
        if settings.reference == "symbolic"
        else "the context with the same file name in gt_dir"
    )
    found.append(f"Perceived events, leaks and omissions (no model): compared with {reference}")
    if settings.judge_model == NO_JUDGE:
        found.append("No LLM judge: Observation Accuracy and Overall have no values")
    else:
        found.append(
            f"Observation Accuracy: share of observations that {settings.judge_model} judges right; Overall = "
            f"{STRUCTURAL:g} × Structural + {OBSERVATION:g} × Observation Accuracy"
        )
        found += _of_the_judge(evaluation)
    found += [f"Note: {note}" for note in evaluation.notes]
    if evaluation.failed:
        found.append(f"Not in the mean, {_many(len(evaluation.failed), 'file')}:")
        found += [f"  - {one.name} ({one.kind}): {one.why}" for one in evaluation.failed]
    return found


def _of_the_judge(evaluation: Evaluation) -> list[str]:
    found = []
    if (spread := judge_spread(evaluation)) is not None:
        found.append(
            f"Observation Accuracy over {evaluation.settings.repeats} repeats: mean {spread[0]:.3f}, standard "
            f"deviation {spread[1]:.3f}"
        )
    rho = correlation(evaluation)
    if rho is not None:
        found.append(f"Perceived F1 and Observation Accuracy: Spearman correlation {rho:.3f}")
    elif len(evaluation.counted) >= FEWEST_FOR_CORRELATION:
        found.append("Perceived F1 and Observation Accuracy: no correlation, because one of the two scores is constant")
    return found


def data(evaluation: Evaluation) -> dict[str, Any]:
    """Return the evaluation as data for JSON. The data contain the judge's reasons."""
    settings = {name: str(value) if name in ("gen_dir", "gt_dir", "cache") and value is not None else value
                for name, value in asdict(evaluation.settings).items()}  # fmt: skip
    counted = {row.name for row in evaluation.counted}
    spread = judge_spread(evaluation)
    return {
        "settings": settings,
        "weights": {"structural": STRUCTURAL, "observation": OBSERVATION},
        "rubric": rubric_hash(),
        "mean": {_key(title): value for title, value in means(evaluation.counted).items()},
        "contexts": len(counted),
        "correlation": correlation(evaluation),
        "judge_spread": None if spread is None else {"mean": spread[0], "standard_deviation": spread[1]},
        "files": [_row(row, row.name in counted) for row in evaluation.rows],
        "failed": [asdict(one) for one in evaluation.failed],
        "notes": list(evaluation.notes),
        "usage": asdict(evaluation.usage),
        "judgements": {"made": evaluation.judgements_made, "kept": evaluation.judgements_kept},
    }


def _row(row: EvaluationRow, in_mean: bool) -> dict[str, Any]:
    judged = row.judged
    return {
        "file": row.name,
        "in_mean": in_mean,
        **{_key(title): figure(row) for title, figure in _COLUMNS.items()},
        "structure": {
            "schema": row.structure.schema,
            "cast": row.structure.cast,
            "timesteps": row.structure.timesteps,
            "issues": [str(issue) for issue in row.structure.issues],
        },
        "perceived": None if row.perceived is None else _perceived(row.perceived),
        "judge": None if judged is None else {
            "accuracies": list(judged.accuracies),
            "standard_deviation": judged.spread,
            "judgements": [one.model_dump() for one in judged.judgements],
        },
    }  # fmt: skip


def _perceived(score: PerceivedScore) -> dict[str, Any]:
    agents = [
        {**asdict(agent), "precision": agent.precision, "recall": agent.recall, "f1": agent.f1}
        for agent in score.agents
    ]
    return {**asdict(score), "agents": agents}


def _leaks(row: EvaluationRow) -> int:
    return 0 if row.perceived is None else row.perceived.leaks


def _omissions(row: EvaluationRow) -> int:
    return 0 if row.perceived is None else row.perceived.omissions


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(value: Figure) -> str:
    if value is None:
        return NOTHING
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _escaped(name: str) -> str:
    return name.replace("|", "\\|")


def _key(title: str) -> str:
    return title.casefold().replace(" ", "_")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
