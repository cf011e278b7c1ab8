"""TRL: one GPU or none, all weights or LoRA, in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError
from social_world_model.files import write_whole
from social_world_model.training.checkpoints import link_tree, merge_adapter, publish, steps_in
from social_world_model.training.jobs import Job
from social_world_model.training.lengths import load_tokenizer
from social_world_model.training.prepared import Prepared

PACKAGES = ("trl", "torch", "transformers", "datasets")
EXTRA = "training"
BATCH = 8
LOG = "training_log.json"
RATE, LORA_RATE = 2e-5, 2e-4

DEFAULTS: Mapping[str, Any] = {"lr_scheduler_type": "cosine", "weight_decay": 0.01}


def arguments(job: Job, *, validates: bool, on_gpu: bool) -> dict[str, Any]:
    """Return what is told to TRL's configuration.

    Raises
    ------
    ConfigurationError
        If the batch cannot be made of micro-batches.
    """
    batch = job.batch_size or BATCH
    micro = min(job.micro_batch_size, batch)
    if batch % micro:
        raise ConfigurationError(f"expected a --batch-size that is a multiple of {micro} (--micro-batch-size): {batch}")
    decided = {
        "output_dir": str(job.state_dir),
        "max_steps": job.total_steps,
        "per_device_train_batch_size": micro,
        "per_device_eval_batch_size": micro,
        "gradient_accumulation_steps": batch // micro,
        "learning_rate": job.learning_rate or job.config.get("learning_rate") or (LORA_RATE if job.rank else RATE),
        "max_length": None,  # nothing is cut: what is too long was left out before
        "completion_only_loss": True,
        "save_strategy": "steps",
        "save_steps": job.save_every,
        "save_total_limit": job.keep,
        "eval_strategy": "steps" if validates else "no",
        **({"eval_steps": job.save_every} if validates else {}),
        "logging_steps": max(1, job.total_steps // 100),
        "logging_first_step": True,
        "report_to": ["wandb"] if job.wandb else [],
        "run_name": job.output_dir.name,
        "seed": job.seed,
        "data_seed": job.seed,
        "use_cpu": not on_gpu,
        "bf16": on_gpu,
        "gradient_checkpointing": on_gpu,
    }
    return {**DEFAULTS, "warmup_steps": job.total_steps // 20, **job.config, **decided}


def train(job: Job, data: Prepared) -> list[Path]:
    """Train, go on where an earlier training was, and return the finished checkpoints.

    Raises
    ------
    ConfigurationError
        If something is missing, or the base model cannot be trained on conversations.
    """
    import torch
    from datasets import load_dataset
    from trl import SFTConfig, SFTTrainer

    tokenizer = load_tokenizer(job.model)
    if not getattr(tokenizer, "chat_template", None):
        raise ConfigurationError(
            f"expected a base model whose tokenizer has a chat template, got {job.model} without one: take an "
            "instruct model"
        )
    files = {"train": str(data.train), **({"val": str(data.val)} if data.val else {})}
    rows = load_dataset("parquet", data_files=files, cache_dir=str(job.state_dir / ".cache"))
    rows = rows.map(_prompt_and_completion, remove_columns=["messages"])
    on_gpu = torch.cuda.is_available()
    trainer = SFTTrainer(
        model=job.model,
        args=SFTConfig(**arguments(job, validates="val" in rows, on_gpu=on_gpu)),
        train_dataset=rows["train"],
        eval_dataset=rows.get("val"),
        processing_class=tokenizer,
        peft_config=_lora(job.rank) if job.rank else None,
        callbacks=[_publisher(job)],
    )
    states = _states(job)
    trainer.train(resume_from_checkpoint=str(states[-1][1]) if states else None)
    write_whole(job.output_dir / LOG, json.dumps(trainer.state.log_history, indent=1))
    return finish(job)


def _prompt_and_completion(row: dict[str, Any]) -> dict[str, Any]:
    """Return a conversation in the form in which TRL trains on the reply only."""
    return {"prompt": row["messages"][:1], "completion": row["messages"][1:]}


def _lora(rank: int) -> Any:
    from peft import LoraConfig

    return LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM")


def _publisher(job: Job) -> Any:
    """Return what makes a finished checkpoint of every state, before an older one is thrown away."""
    from transformers import TrainerCallback

    class Publisher(TrainerCallback):  # type: ignore[misc,unused-ignore]
        def on_save(self, *_: object, **__: object) -> None:
            finish(job)

    return Publisher()


def finish(job: Job) -> list[Path]:
    """Make finished checkpoints of the states that are there; return all that are there now."""
    for step, state in _states(job):
        target = job.checkpoints / f"step_{step}"
        if not target.exists():
            publish(target, lambda folder, state=state: _fill(job, state, folder))  # type: ignore[misc]
    return [path for _, path in steps_in(job.checkpoints, "step_*")]


def _states(job: Job) -> list[tuple[int, Path]]:
    """Return the states to go on from, by step; one that was interrupted while it was written is none."""
    states = steps_in(job.state_dir, "checkpoint-*")
    return [(step, state) for step, state in states if (state / "trainer_state.json").is_file()]  # written last


def _fill(job: Job, state: Path, folder: Path) -> None:
    if (state / "adapter_config.json").is_file():
        merge_adapter(job.model, state, folder)
    else:
        link_tree(state, folder, model_only=True)


def losses(output_dir: Path) -> tuple[float, float] | None:
    """Return the first and the last loss of a training; None where it left no log."""
    try:
        log = json.loads((output_dir / LOG).read_bytes())
        seen = [float(entry["loss"]) for entry in log if "loss" in entry]
    except (OSError, ValueError, TypeError):
        return None
    return (seen[0], seen[-1]) if seen else None
