"""Train with verl and FSDP on several GPUs and machines, in a separate process."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError
from social_world_model.training.checkpoints import link_tree, merge_adapter, publish, published, steps_in
from social_world_model.training.prepared import Prepared
from social_world_model.training.trainer import Capabilities, Job, Needs, Plan, Say, Trainer

PACKAGES = ("verl", "torch", "ray", "cachetools", "fastapi", "uvicorn")
EXTRA = "verl_training"
PROJECT = "social-world-model"
PER_GPU = 16
"""Number of samples per step and GPU, if a job has no `batch_size`."""

POLL_SECONDS = 15.0

DEFAULTS: Mapping[str, Any] = {
    "data": {"num_workers": 2, "truncation": "error", "use_dynamic_bsz": True},
    "engine": {"model_dtype": "fp32"},
    "optim": {
        "lr": 1e-5,
        "lr_warmup_steps_ratio": 0.05,
        "lr_scheduler_type": "cosine",
        "weight_decay": 0.01,
        "clip_grad": 1.0,
    },
    "model": {"enable_gradient_checkpointing": True},
    "trainer": {"project_name": PROJECT},
}
"""The same settings as in training/verl_sft_config.yaml, for installations without this file."""


def batch_size(job: Job, rows: int) -> int:
    """Return the number of samples per step: a multiple of the number of GPUs, and at most `rows`.

    Parameters
    ----------
    job
        Settings of the training.
    rows
        Number of training samples.

    Raises
    ------
    ConfigurationError
        If there are too few samples, or if the batch size of the job is not a multiple of the number of GPUs.
    """
    if rows < job.world:
        raise ConfigurationError(
            f"expected at least {job.world} samples for {job.world} GPUs, got {rows}: create more samples"
        )
    if not job.batch_size:
        return min(PER_GPU * job.world, rows // job.world * job.world)
    if job.batch_size % job.world:
        near = max(1, round(job.batch_size / job.world)) * job.world
        raise ConfigurationError(
            f"expected batch_size to be a multiple of the number of GPUs ({job.world}), got {job.batch_size}: "
            f"use {near}",
            parameters=("batch_size",),
        )
    if job.batch_size > rows:
        raise ConfigurationError(
            f"expected at least {job.batch_size} samples for batch_size {job.batch_size}, got {rows}: create more "
            "samples, or lower batch_size",
            parameters=("batch_size",),
        )
    return job.batch_size


def overrides(job: Job, data: Prepared) -> list[str]:
    """Return the overrides of verl's configuration, in the syntax of Hydra.

    Parameters
    ----------
    job
        Settings of the training.
    data
        Prepared samples.
    """
    batch = batch_size(job, data.train_rows)
    validates = data.val is not None and data.val_rows >= batch  # verl drops a batch that is not full
    decided: dict[str, Any] = {
        "data.train_files": data.train,
        "data.val_files": data.val if validates else None,
        "data.messages_key": "messages",
        "data.train_batch_size": batch,
        "data.micro_batch_size_per_gpu": job.micro_batch_size,
        "data.max_length": job.max_tokens,
        "data.max_token_len_per_gpu": job.max_tokens * job.micro_batch_size,
        "model.path": job.model,
        "model.lora_rank": job.rank,
        **({"model.lora_alpha": 2 * job.rank} if job.rank else {}),
        **({} if job.learning_rate is None else {"optim.lr": job.learning_rate}),
        "trainer.total_training_steps": job.total_steps,
        # The training ends after the steps or after the epochs, so the number of epochs must be large enough.
        "trainer.total_epochs": math.ceil(job.total_steps / (data.train_rows // batch)) + 1,
        "trainer.n_gpus_per_node": job.n_gpus,
        "trainer.nnodes": job.nnodes,
        "trainer.default_local_dir": job.state_dir.absolute(),
        "trainer.experiment_name": job.output_dir.name,
        "trainer.seed": job.seed,
        "trainer.save_freq": job.save_every,
        "trainer.test_freq": job.save_every if validates else -1,
        "trainer.max_ckpt_to_keep": job.keep,
        "trainer.resume_mode": "auto",
        "trainer.logger": ["console", *(["wandb"] if job.wandb else [])],
        "checkpoint.save_contents": ["model", "optimizer", "extra", *([] if job.rank else ["hf_model"])],
    }
    settings = {**_flat(DEFAULTS), **_flat(job.config), **_without_flash_attention(job), **decided}
    return ["engine=fsdp", "optim=fsdp", *(f"{name}={_hydra(value)}" for name, value in settings.items())]


def command(job: Job, data: Prepared, python: str = sys.executable) -> list[str]:
    """Return the command that starts the training.

    Parameters
    ----------
    job
        Settings of the training.
    data
        Prepared samples.
    python
        Python interpreter that runs the command.
    """
    if job.nnodes == 1:
        where = ["--standalone", "--nnodes=1"]
    else:
        where = [
            f"--nnodes={job.nnodes}",
            f"--node_rank={job.node_rank}",
            "--rdzv_backend=c10d",
            f"--rdzv_endpoint={job.master}",
            f"--rdzv_id={PROJECT}",
        ]
    run = [python, "-m", "torch.distributed.run", *where, f"--nproc_per_node={job.n_gpus}"]
    return [*run, "-m", "verl.trainer.sft_trainer", *overrides(job, data)]


def train(job: Job, data: Prepared, poll: float = POLL_SECONDS) -> int:
    """Start the training, or resume an interrupted training run; return the exit status.

    Finished checkpoints are made during the training, because verl keeps only the newest states.

    Parameters
    ----------
    job
        Settings of the training.
    data
        Prepared samples.
    poll
        Seconds between two searches for new states.
    """
    with subprocess.Popen(command(job, data)) as running:
        while running.poll() is None:
            try:
                running.wait(poll)
            except subprocess.TimeoutExpired:
                finish(job)
    return running.returncode


def finish(job: Job) -> list[Path]:
    """Make finished checkpoints from the states of verl, and merge LoRA weights; return all finished checkpoints.

    Raises
    ------
    ConfigurationError
        If a checkpoint cannot be made.
    """
    if job.node_rank:
        return []
    whole = _latest(job.state_dir)
    for step, state in steps_in(job.state_dir, "global_step_*"):
        target = job.checkpoints / f"step_{step}"
        if step <= whole and not target.exists():
            publish(target, partial(_fill, job, state))
    return published(job.checkpoints)


def _latest(folder: Path) -> int:
    """Return the newest step with a complete state; 0 if no state is complete."""
    try:
        return int((folder / "latest_checkpointed_iteration.txt").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0


def _fill(job: Job, state: Path, folder: Path) -> None:
    """Write the model of a state into a folder."""
    if not job.rank:
        link_tree(state / "huggingface", folder)
        return
    merged = folder / ".base"
    words = [sys.executable, "-m", "verl.model_merger", "merge", "--backend", "fsdp"]
    done = subprocess.run([*words, "--local_dir", str(state), "--target_dir", str(merged)], check=False)
    if done.returncode:
        raise ConfigurationError(
            f"verl could not merge {state}: exit status {done.returncode}; see the output of verl above"
        )
    merge_adapter(str(merged), merged / "lora_adapter", folder)


def _without_flash_attention(job: Job) -> dict[str, Any]:
    """Return the settings that verl needs if flash-attn is not installed."""
    said = _flat(job.config)
    if find_spec("flash_attn") is not None or "model.use_remove_padding" in said:
        return {}
    return {"model.use_remove_padding": False, "+model.override_config.attn_implementation": "sdpa"}


def _flat(settings: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Return nested settings as a flat mapping with dotted names."""
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        flat.update(_flat(value, f"{path}{name}.") if isinstance(value, Mapping) else {f"{path}{name}": value})
    return flat


def _hydra(value: Any) -> str:
    """Return a value in the syntax of Hydra's command line.

    >>> [_hydra(value) for value in (None, True, 1e-05, ["a", "b"], "x", Path("a b"))]
    ['null', 'true', '1e-05', '[a,b]', 'x', "'a b'"]
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_hydra, value))}]"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    plain = bool(text) and all(char.isalnum() or char in "/._-" for char in text)
    return text if plain else json.dumps(text) if "'" in text else f"'{text}'"


def shown(words: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a command with line continuations, ready to copy into a shell."""
    import shlex

    quoted = [shlex.quote(word) for word in words]
    if quoted[1:3] == ["-m", "torch.distributed.run"]:  # torchrun is the familiar name of this module
        quoted[:3] = ["torchrun"]
    head = quoted.index("verl.trainer.sft_trainer") + 1 if "verl.trainer.sft_trainer" in quoted else len(quoted)
    yield " ".join(quoted[:head]) + (" \\" if head < len(quoted) else "")
    for position, word in enumerate(quoted[head:], start=head + 1):
        yield f"    {word}" + (" \\" if position < len(quoted) else "")


class Verl(Trainer):
    """Trainer that starts verl in a separate process."""

    name = "verl"
    capabilities = Capabilities(
        base_model="microsoft/Phi-4-mini-instruct",
        min_gpus=1,
        max_gpus=None,
        has_several_nodes=True,
        config_file="verl_sft_config.yaml",
    )

    def needs(self, job: Job) -> Needs:
        """Return the packages and GPUs that the training needs."""
        return Needs(packages=PACKAGES, extra=EXTRA, gpus=job.n_gpus)

    def plan(self, job: Job, data: Prepared) -> Plan:
        """Return the command, and a note if there are too few held-out samples for validation."""
        words = command(job, data)
        batch = batch_size(job, data.train_rows)
        few = f"{data.val_rows} samples are held out, fewer than one batch of {batch}: validation is skipped"
        notes = (few,) if data.val_rows < batch else ()
        return Plan(command=tuple(words), shown=tuple(shown(words)), notes=notes)

    def run(self, job: Job, data: Prepared, say: Say) -> int:
        """Run the command; return its exit status."""
        return train(job, data)

    def publish(self, job: Job) -> list[Path]:
        """Make finished checkpoints from all states."""
        return finish(job)


TRAINER = Verl()
