"""Supervised training from start to finish: checks, data, training and finished checkpoints."""

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
    """Outcome of a training run.

    Parameters
    ----------
    data
        Prepared samples of the training.
    report
        Counts of used and skipped contexts; None if the samples already existed.
    plan
        Description of what the trainer does.
    checkpoints
        Folders of finished checkpoints, which transformers and vLLM can load.
    notes
        Problems that a dry run found.
    status
        Exit status of the training.
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
    """Train a model on samples, and return its finished checkpoints.

    Parameters
    ----------
    job
        Settings of the training.
    source
        Source of the samples: folders of results, a story generator, or one folder of prepared samples.
    say
        Callback for messages to the user, one line per call.
    dry_run
        Whether to stop before the training. A dry run writes the data and composes the command. Problems are returned
        as notes, and no error is raised.
    on_progress
        Callback for progress while samples are made.

    Raises
    ------
    ConfigurationError
        If the training cannot start. The message lists all problems.
    DatasetError
        If there are no training samples.
    """
    checks.check_output(job)
    problems, model = checks.obstacles(job)
    if problems and not dry_run:
        raise ConfigurationError(
            "\n".join(["the training was not started, because:", *(f"  {problem}" for problem in problems)]),
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
    """Train, if the training is not complete yet, and publish the checkpoints."""
    trainer = job.trainer
    if not trainer.capabilities.is_remote and (job.checkpoints / f"step_{job.total_steps}").is_dir():
        say(f"step {job.total_steps} already exists: the training is not repeated")
    else:
        for line in done.plan.shown:
            say(line)
        done.status = trainer.run(job, done.data, say)
    done.checkpoints = trainer.publish(job)


def _data(
    job: Job, source: DataSettings, model: BaseModel | None, on_progress: OnProgress | None
) -> tuple[Prepared, DataReport | None]:
    """Return prepared samples; make the samples if necessary."""
    if len(source.folders) == 1 and is_prepared(source.folders[0]):
        return prepared.prepared(source.folders[0]), None
    if job.nnodes > 1:
        raise ConfigurationError(
            f"expected prepared samples for {job.nnodes} machines, got none: all machines must train on the same data. "
            "Create the samples with make_data (swm train data), and set folders to the folder of the samples",
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
    """Check the lengths of prepared samples, if transformers is installed."""
    if checks.check_packages(("transformers",), ""):
        return []
    try:
        prepared.check_lengths(data, TokenLengths(job.model), job.max_tokens)
    except ConfigurationError as error:
        if dry_run:
            return [str(error)]
        raise
    return []
