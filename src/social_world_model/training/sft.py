"""Supervised training from start to finish: look, make the data, look again, train, leave finished checkpoints."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from social_world_model.errors import ConfigurationError
from social_world_model.training import checks, prepared
from social_world_model.training.checks import BaseModel, Problems
from social_world_model.training.data import DataReport, OnProgress, make_data
from social_world_model.training.lengths import TokenLengths
from social_world_model.training.prepared import Prepared, is_prepared
from social_world_model.training.settings import DataSettings
from social_world_model.training.trainer import Job, Plan, Say


@dataclass
class Finetuned:
    """What came of a training.

    Parameters
    ----------
    data
        What was trained on.
    report
        What became of the contexts; None where the samples were there already.
    plan
        What the trainer did, or would do.
    checkpoints
        Folders that transformers and vLLM load.
    notes
        What would stand in the way of a real run.
    status
        The exit status of what was run.
    """

    data: Prepared
    report: DataReport | None = None
    plan: Plan = field(default_factory=Plan)
    checkpoints: list[Path] = field(default_factory=list)
    notes: Problems = field(default_factory=list)
    status: int = 0


def finetune(
    job: Job, source: DataSettings, say: Say, *, dry_run: bool = False, on_progress: OnProgress | None = None
) -> Finetuned:
    """Train.

    Parameters
    ----------
    job
        What, where, by whom.
    source
        Where the samples come from: results, or a folder of samples that lie ready.
    say
        Told what goes on, a line at a time.
    dry_run
        Whether to stop before the training: the data is written, the command composed, and what would stand in the
        way is noted instead of raised.
    on_progress
        Called while the data is made.

    Raises
    ------
    ConfigurationError
        If something stands in the way.
    DatasetError
        If there is nothing to train on.
    """
    checks.check_output(job)
    problems, model = checks.obstacles(job)
    if problems and not dry_run:
        raise ConfigurationError(
            "\n".join(["nothing was begun, because:", *(f"  {problem}" for problem in problems)]),
            parameters=checks.PARAMETERS,
        )
    data, report = _data(job, source, model, on_progress)
    if report is None and model is not None:
        problems += _lengths(job, data, dry_run)
    done = Finetuned(data, report, plan=job.trainer.plan(job, data), notes=problems)
    for note in done.plan.notes:
        say(f"note: {note}")
    if not dry_run:
        _train(job, done, say)
    return done


def _train(job: Job, done: Finetuned, say: Say) -> None:
    """Train, unless that was done before, and publish the checkpoints."""
    trainer = job.trainer
    if not trainer.capabilities.is_remote and (job.checkpoints / f"step_{job.total_steps}").is_dir():
        say(f"step {job.total_steps} is there already: nothing is trained again")
    else:
        for line in done.plan.shown:
            say(line)
        done.status = trainer.run(job, done.data, say)
    done.checkpoints = trainer.publish(job)


def _data(
    job: Job, source: DataSettings, model: BaseModel | None, on_progress: OnProgress | None
) -> tuple[Prepared, DataReport | None]:
    """Return the samples, made if need be."""
    if len(source.folders) == 1 and is_prepared(source.folders[0]):
        return prepared.prepared(source.folders[0]), None
    if job.nnodes > 1:
        raise ConfigurationError(
            f"expected samples that lie ready for {job.nnodes} machines, so that all train on the same, got none: make "
            "them with make_data (swm train data), and give that folder as the only one of folders",
            parameters=("folders",),
        )
    counted = model is not None and not checks.check_packages(("transformers",), "")
    rules = replace(source.rules, max_tokens=job.max_tokens if counted else None)
    settings = replace(
        source, out=job.data_dir, rules=rules, tokenizer=job.model if counted else None, kinds=("parquet", "jsonl")
    )
    report = make_data(settings, on_progress)
    return prepared.prepared(job.data_dir), report


def _lengths(job: Job, data: Prepared, dry_run: bool) -> Problems:
    """Measure samples that lie ready, where that can be done here."""
    if checks.check_packages(("transformers",), ""):
        return []
    try:
        prepared.check_lengths(data, TokenLengths(job.model), job.max_tokens)
    except ConfigurationError as error:
        if dry_run:
            return [str(error)]
        raise
    return []
