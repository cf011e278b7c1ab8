"""Train with TRL: all weights or LoRA, in this process, on one GPU or on the CPU."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError
from social_world_model.training.checkpoints import link_tree, merge_adapter, publish, published, steps_in
from social_world_model.training.lengths import load_tokenizer
from social_world_model.training.losses import write_log
from social_world_model.training.prepared import Prepared
from social_world_model.training.trainer import Capabilities, Job, Needs, Say, Trainer

PACKAGES = ("trl", "torch", "transformers", "datasets")
EXTRA = "training"
BATCH = 8
RATE, LORA_RATE = 2e-5, 2e-4

DEFAULTS: Mapping[str, Any] = {"lr_scheduler_type": "cosine", "weight_decay": 0.01}


def arguments(job: Job, *, validates: bool, on_gpu: bool) -> dict[str, Any]:
    """Return the arguments of TRL's ``SFTConfig``.

    Parameters
    ----------
    job
        Settings of the training.
    validates
        Whether there are held-out samples for validation.
    on_gpu
        Whether a GPU is available.

    Raises
    ------
    ConfigurationError
        If the batch size is not a multiple of the micro-batch size.
    """
    batch = job.batch_size or BATCH
    micro = min(job.micro_batch_size, batch)
    if batch % micro:
        raise ConfigurationError(
            f"expected batch_size to be a multiple of {micro} (micro_batch_size), got {batch}",
            parameters=("batch_size", "micro_batch_size"),
        )
    decided = {
        "output_dir": str(job.state_dir),
        "max_steps": job.total_steps,
        "per_device_train_batch_size": micro,
        "per_device_eval_batch_size": micro,
        "gradient_accumulation_steps": batch // micro,
        "learning_rate": job.learning_rate or job.config.get("learning_rate") or (LORA_RATE if job.rank else RATE),
        "max_length": None,  # no sample is cut: long samples were left out before
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
    """Train, or resume an interrupted training run; return the finished checkpoints.

    Parameters
    ----------
    job
        Settings of the training.
    data
        Prepared samples.

    Raises
    ------
    ConfigurationError
        If the tokenizer cannot be loaded, if it has no chat template, or if a checkpoint cannot be written.
    """
    import torch
    from datasets import load_dataset
    from trl import SFTConfig, SFTTrainer

    tokenizer = load_tokenizer(job.model)
    if not getattr(tokenizer, "chat_template", None):
        raise ConfigurationError(
            f"expected a base model whose tokenizer has a chat template, got {job.model} without one: use an "
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
    write_log(job.output_dir, trainer.state.log_history)
    return finish(job)


def _prompt_and_completion(row: dict[str, Any]) -> dict[str, Any]:
    """Return a conversation as prompt and completion, so that TRL trains on the reply only."""
    return {"prompt": row["messages"][:1], "completion": row["messages"][1:]}


def _lora(rank: int) -> Any:
    from peft import LoraConfig

    return LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM")


def _publisher(job: Job) -> Any:
    """Return a callback that makes a finished checkpoint from every state, before old states are deleted."""
    from transformers import TrainerCallback

    class Publisher(TrainerCallback):  # type: ignore[misc,unused-ignore]
        def on_save(self, *_: object, **__: object) -> None:
            finish(job)

    return Publisher()


def finish(job: Job) -> list[Path]:
    """Make a finished checkpoint from every stored state; return all finished checkpoints."""
    for step, state in _states(job):
        target = job.checkpoints / f"step_{step}"
        if not target.exists():
            publish(target, lambda folder, state=state: _fill(job, state, folder))  # type: ignore[misc]
    return published(job.checkpoints)


def _states(job: Job) -> list[tuple[int, Path]]:
    """Return the states from which the training can resume, sorted by step."""
    states = steps_in(job.state_dir, "checkpoint-*")
    return [(step, state) for step, state in states if (state / "trainer_state.json").is_file()]  # written last


def _fill(job: Job, state: Path, folder: Path) -> None:
    if (state / "adapter_config.json").is_file():
        merge_adapter(job.model, state, folder)
    else:
        link_tree(state, folder, model_only=True)


class Trl(Trainer):
    """Trainer that uses TRL in this process."""

    name = "trl"
    capabilities = Capabilities(base_model="Qwen/Qwen2.5-0.5B-Instruct")

    def needs(self, job: Job) -> Needs:
        """Return the packages that the training needs."""
        return Needs(packages=(*PACKAGES, *(("peft",) if job.rank else ())), extra=EXTRA)

    def run(self, job: Job, data: Prepared, say: Say) -> int:
        """Train the model in this process."""
        train(job, data)
        return 0

    def publish(self, job: Job) -> list[Path]:
        """Make finished checkpoints from all states."""
        return finish(job)


TRAINER = Trl()
