"""Supervised training from start to finish: look, make the data, look again, train, leave finished checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from social_world_model.errors import ConfigurationError
from social_world_model.training import checks, prepared, together_backend, trl_backend, verl_backend
from social_world_model.training.checks import BaseModel, Problems
from social_world_model.training.data import DataReport, DataSettings, OnProgress, make_data
from social_world_model.training.jobs import Job
from social_world_model.training.lengths import TokenLengths
from social_world_model.training.prepared import Prepared, is_prepared

Say = Callable[[str], None]


@dataclass
class Finetuned:
    """What came of a training.

    Parameters
    ----------
    data
        What was trained on.
    report
        What became of the contexts; None where the samples were there already.
    command
        What was run, or would be; empty where nothing outside this process is.
    checkpoints
        Folders that transformers and vLLM load.
    notes
        What would stand in the way of a real run.
    status
        The exit status of what was run.
    """

    data: Prepared
    report: DataReport | None = None
    command: list[str] = field(default_factory=list)
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
        Where the samples come from: records, or a folder of samples that lie ready.
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
    problems, model = _problems(job)
    if problems and not dry_run:
        raise ConfigurationError("\n".join(["nothing was begun, because:", *(f"  {problem}" for problem in problems)]))
    data, report = _data(job, source, model, on_progress)
    if report is None and model is not None and job.backend != "together":
        problems += _lengths(job, data, dry_run)
    done = Finetuned(data, report, notes=problems)
    if job.backend == "verl":
        done.command = verl_backend.command(job, data)
        batch = verl_backend.batch_size(job, data.train_rows)
        if data.val_rows < batch:
            say(f"note: {data.val_rows} samples are held out, fewer than a batch of {batch}: none is validated on")
    if dry_run:
        return done
    done.status = _train(job, done, say)
    return done


def _train(job: Job, done: Finetuned, say: Say) -> int:
    if job.backend != "together" and (job.checkpoints / f"step_{job.total_steps}").is_dir():
        say(f"step {job.total_steps} is there already: nothing is trained again")
        done.checkpoints = verl_backend.finish(job) if job.backend == "verl" else trl_backend.finish(job)
        return 0
    if job.backend == "verl":
        for line in verl_backend.shown(done.command):
            say(line)
        status = verl_backend.train(job, done.data)
        done.checkpoints = verl_backend.finish(job)
        return status
    if job.backend == "trl":
        done.checkpoints = trl_backend.train(job, done.data)
    else:
        done.checkpoints = together_backend.train(job, done.data, say)
    return 0


def _problems(job: Job) -> tuple[Problems, BaseModel | None]:
    """Return what stands in the way, and what is known of the base model."""
    if job.backend == "together":
        try:
            together_backend.client()
        except ConfigurationError as error:
            return [str(error)], None
        return [], BaseModel(job.model)
    problems: Problems = []
    if job.backend == "verl":
        problems += checks.check_gpus(job.n_gpus)
        problems += checks.check_packages(verl_backend.PACKAGES, verl_backend.EXTRA)
    else:
        peft = ("peft",) if job.rank else ()
        problems += checks.check_packages((*trl_backend.PACKAGES, *peft), trl_backend.EXTRA)
    model = None
    try:
        model = checks.base_model(job.model)
    except ConfigurationError as error:
        problems.append(str(error))
    problems += checks.check_packages(("wandb",), "training") if job.wandb else []
    return problems + checks.check_room(job, model), model


def _data(
    job: Job, source: DataSettings, model: BaseModel | None, on_progress: OnProgress | None
) -> tuple[Prepared, DataReport | None]:
    """Return the samples, made if need be."""
    if len(source.folders) == 1 and is_prepared(source.folders[0]):
        return prepared.prepared(source.folders[0]), None
    if job.nnodes > 1:
        raise ConfigurationError(
            f"expected samples that lie ready for {job.nnodes} machines, so that all train on the same, got none: make "
            "them with swm train data, and give that folder as --data-dir"
        )
    counted = model is not None and job.backend != "together" and not checks.check_packages(("transformers",), "")
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
