"""Together: upload samples, run a fine-tuning job, and download the merged model."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError, EndpointError, shortened
from social_world_model.files import write_whole
from social_world_model.training.checkpoints import link_tree, publish, published
from social_world_model.training.lengths import has_tokenizer
from social_world_model.training.prepared import Prepared, sample_lines
from social_world_model.training.trainer import Capabilities, Job, Say, Trainer
from social_world_model.training.trainers._together_api import Together

KEY = "TOGETHER_API_KEY"
URL = "TOGETHER_BASE_URL"
STATE = "job.json"
DONE, FAILED = "completed", frozenset({"error", "user_error", "cancelled", "cancel_requested"})
FIRST_LOOK, SLOWEST_LOOK = 10.0, 120.0
BATCH = 16

DEFAULTS: Mapping[str, Any] = {
    "learning_rate": 1e-4,
    "warmup_ratio": 0.05,
    "n_checkpoints": 1,
    "train_on_inputs": False,
    "lora_dropout": 0.0,
    "suffix": "social-world-model",
}
"""The same settings as in training/finetune_config.yaml, for installations without this file."""
_OF_LORA = ("lora_r", "lora_alpha", "lora_dropout", "lora_trainable_modules")


@dataclass(frozen=True)
class State:
    """State of a started job. It is stored so that no upload and no job is repeated.

    Parameters
    ----------
    training_file, validation_file, job_id
        Ids from Together. An id is empty until Together returns it.
    """

    training_file: str = ""
    validation_file: str = ""
    job_id: str = ""


def client() -> Together:
    """Return a client with the API key from the environment.

    Raises
    ------
    ConfigurationError
        If the environment contains no API key.
    """
    key = os.environ.get(KEY, "").strip()
    if not key:
        raise ConfigurationError(
            f"expected a key in {KEY} for backend together, got none: add the key to .env", parameters=("backend",)
        )
    url = os.environ.get(URL, "").strip()
    return Together(key, url) if url else Together(key)


def settings(job: Job, data: Prepared, state: State) -> dict[str, Any]:
    """Return the settings of a fine-tuning job in the format of Together's API.

    Parameters
    ----------
    job
        Settings of the training.
    data
        Prepared samples.
    state
        Ids of the uploaded files.
    """
    said = {**DEFAULTS, **job.config}
    lora = {name: said.pop(name) for name in _OF_LORA if name in said}
    batch = job.batch_size or int(said.get("batch_size") or BATCH)
    steps_per_epoch = max(1, data.train_rows // batch)
    if job.rank:
        kind: dict[str, Any] = {"type": "Lora", "lora_r": job.rank, "lora_alpha": 2 * job.rank, **lora}
    else:
        kind = {"type": "Full"}
    tracked = {"wandb_api_key": _wandb_key(), "wandb_project_name": "social-world-model"} if job.wandb else {}
    return {
        **said,
        "model": job.model,
        "training_file": state.training_file,
        **({"validation_file": state.validation_file, "n_evals": 1} if state.validation_file else {}),
        "n_epochs": max(1, round(job.total_steps / steps_per_epoch)),
        "batch_size": batch,
        **({} if job.learning_rate is None else {"learning_rate": job.learning_rate}),
        "training_type": kind,
        **tracked,
    }


def _wandb_key() -> str:
    key = os.environ.get("WANDB_API_KEY", "").strip()
    if not key:
        raise ConfigurationError("expected a key in WANDB_API_KEY for wandb, got none", parameters=("wandb",))
    return key


def train(job: Job, data: Prepared, say: Say, service: Together | None = None) -> list[Path]:
    """Upload the samples, run a job and download the model; completed steps of an earlier call are not repeated.

    Parameters
    ----------
    job
        Settings of the training.
    data
        Prepared samples.
    say
        Callback for messages to the user.
    service
        HTTP client; by default, a client with the API key from the environment.

    Returns
    -------
    list of Path
        Folders of all finished checkpoints.

    Raises
    ------
    ConfigurationError
        If there is no API key, or if the downloaded model is not complete.
    EndpointError
        If the service does not reply, or if the job fails.
    """
    service = service or client()
    state = read_state(job)
    if job.wandb:
        _wandb_key()
    state = _uploaded(job, data, state, service, say)
    if not state.job_id:
        state = State(state.training_file, state.validation_file, service.start(settings(job, data, state)))
        say(f"started {state.job_id}")  # before storing the id: the user sees it even if storing fails
        _keep(job, state)
    ended = wait(service, state.job_id, say)
    if ended.get("status") != DONE:
        (job.state_dir / STATE).rename(job.state_dir / f"{STATE}.failed")
        raise EndpointError(
            f"Together: job {state.job_id} ended with status {ended.get('status')}: {_last_event(ended)}"
        )
    return _fetched(job, state, ended, service, say)


def _uploaded(job: Job, data: Prepared, state: State, service: Together, say: Say) -> State:
    if state.training_file:
        return state
    job.state_dir.mkdir(parents=True, exist_ok=True)
    ids = []
    for path in (data.train, data.val):
        if path is None:
            ids.append("")
            continue
        lines = job.state_dir / f"{path.stem}.jsonl"
        sample_lines(path, lines)
        ids.append(service.upload(lines))
        say(f"uploaded {lines.name} ({lines.stat().st_size:,} bytes): {ids[-1]}")
    state = State(*ids)
    _keep(job, state)
    return state


def wait(service: Together, job_id: str, say: Say) -> dict[str, Any]:
    """Poll a job until it ends; the interval grows while the status stays the same.

    Parameters
    ----------
    service
        HTTP client.
    job_id
        Id of the job.
    say
        Callback for messages; it receives every change of status.

    Returns
    -------
    dict
        Data of the ended job.
    """
    pause, seen = FIRST_LOOK, ""
    while True:
        now = service.job(job_id)
        status = str(now.get("status"))
        told = f"{status}: {_last_event(now)}"
        if told != seen:
            say(f"{job_id} {told}")
            pause, seen = FIRST_LOOK, told
        if status == DONE or status in FAILED:
            return now
        service.sleep(pause * random.uniform(0.8, 1.2))
        pause = min(SLOWEST_LOOK, pause * 1.5)


def _last_event(job: Mapping[str, Any]) -> str:
    events = job.get("events")
    last = events[-1] if isinstance(events, list) and events else None
    return shortened(str(last.get("message", ""))) if isinstance(last, dict) else ""


def _fetched(job: Job, state: State, ended: Mapping[str, Any], service: Together, say: Say) -> list[Path]:
    """Return the finished checkpoints; download and unpack the new checkpoint if it is missing."""
    steps = ended.get("total_steps")
    target = job.checkpoints / f"step_{steps if isinstance(steps, int) and steps > 0 else job.total_steps}"
    if not target.exists():
        archive = job.state_dir / "model.tar.zst"
        if not archive.is_file():
            say("downloading the merged model")
            service.fetch(state.job_id, archive, kind="merged" if job.rank else "model_output_path")
        publish(target, lambda folder: unpack(archive, folder))
        archive.unlink()
    return published(job.checkpoints)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the model in an archive; the model can be in any folder of the archive.

    Parameters
    ----------
    archive
        Archive in a format that ``tar`` recognizes.
    folder
        Existing folder for the files of the model.

    Raises
    ------
    ConfigurationError
        If the archive cannot be unpacked.
    """
    inside = folder / ".archive"
    inside.mkdir()
    done = subprocess.run(["tar", "-xf", str(archive), "-C", str(inside)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ConfigurationError(
            f"cannot unpack {archive} (the file is kept; tar needs the program zstd): {shortened(done.stderr.strip())}"
        )
    config = next(iter(sorted(inside.rglob("config.json"), key=lambda path: len(path.parts))), None)
    link_tree(inside if config is None else config.parent, folder)
    if not has_tokenizer(folder):
        for path in inside.rglob("tokenizer*"):
            shutil.copy2(path, folder / path.name)


def read_state(job: Job) -> State:
    """Return the stored state of a job; an empty state if none is stored."""
    try:
        said = json.loads((job.state_dir / STATE).read_bytes())
        return State(**{name: str(said.get(name, "")) for name in State.__dataclass_fields__})
    except (OSError, ValueError, RecursionError, AttributeError):
        return State()


def _keep(job: Job, state: State) -> None:
    job.state_dir.mkdir(parents=True, exist_ok=True)
    write_whole(job.state_dir / STATE, json.dumps(state.__dict__, indent=1))


class TogetherTrainer(Trainer):
    """Trainer that runs fine-tuning jobs of Together."""

    name = "together"
    capabilities = Capabilities(
        base_model="Qwen/Qwen3-8B", lora_rank=16, max_gpus=None, is_remote=True, config_file="finetune_config.yaml"
    )

    def problems(self, job: Job) -> list[str]:
        """Return a problem if the API key is missing."""
        try:
            client()
        except ConfigurationError as error:
            return [str(error)]
        return []

    def run(self, job: Job, data: Prepared, say: Say) -> int:
        """Run the job at Together, and download the model."""
        train(job, data, say)
        return 0

    def publish(self, job: Job) -> list[Path]:
        """Return the finished checkpoints, which `run` has downloaded."""
        return published(job.checkpoints)


TRAINER = TogetherTrainer()
