"""What is looked at before time or money is spent: GPUs, packages, room, base model, data."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from social_world_model.errors import ConfigurationError
from social_world_model.training.lengths import has_tokenizer
from social_world_model.training.trainer import Job

HUB = "https://huggingface.co"
HUB_SECONDS = 10.0
WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
GIGABYTE = 1e9

PARAMETERS = ("n_gpus", "base_model", "output_dir", "save_steps")
"""Parameters that problems name."""

Problems = list[str]
"""What stands in the way, a line each."""


@dataclass(frozen=True)
class BaseModel:
    """What is known of a base model without loading it.

    Parameters
    ----------
    name
        As typed.
    size
        Bytes of its weights; None where that is not known.
    """

    name: str
    size: int | None = None


def check_gpus(wanted: int, count: Callable[[], int] | None = None) -> Problems:
    """Return what is wrong with the GPUs of this machine."""
    there = (count or gpus)()
    if there >= wanted:
        return []
    return [
        f"expected {wanted} GPUs for n_gpus {wanted}, got {there} on this machine: lower n_gpus, "
        "set CUDA_VISIBLE_DEVICES, or choose a back end that needs fewer (trl: one GPU or none; together: none)"
    ]


def gpus() -> int:
    """Return how many GPUs this process may use, without loading a library that would hold one."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return len([name for name in visible.split(",") if name.strip() not in ("", "-1")])
    try:
        done = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return 0
    return sum(line.startswith("GPU ") for line in done.stdout.splitlines())


def check_packages(names: Sequence[str], extra: str) -> Problems:
    """Return which packages are missing, and the extra that brings them."""
    missing = [name for name in names if find_spec(name) is None]
    how = f": uv sync --extra {extra}" if extra else ""
    return [f"expected {', '.join(missing)} to be installed{how}"] if missing else []


def base_model(name: str) -> BaseModel:
    """Return what is known of a base model.

    Raises
    ------
    ConfigurationError
        If there is none of that name, or its folder lacks something.
    """
    folder = Path(name).expanduser()
    if folder.exists() or name.startswith((".", "/", "~")) or name.count("/") > 1:
        return _local(name, folder)
    cached = _cached(name)
    if cached is not None:
        return _local(name, cached)
    return _on_the_hub(name)


def _local(name: str, folder: Path) -> BaseModel:
    if not folder.is_dir():
        raise ConfigurationError(f"expected a base model's folder or hub id, got {name!r}, which is neither")
    if not (folder / "config.json").is_file():
        inner = next(folder.glob("checkpoints/step_*"), None)
        hint = f": did you mean {inner}?" if inner is not None else ""
        raise ConfigurationError(f"expected a model in {name}, got a folder without config.json{hint}")
    weights = [path for pattern in WEIGHTS for path in folder.glob(pattern)]
    if not weights:
        raise ConfigurationError(f"expected weights in {name}, got a folder without *.safetensors")
    if not has_tokenizer(folder):
        raise ConfigurationError(
            f"expected a tokenizer beside the weights in {name}, got none: copy tokenizer.json and "
            "tokenizer_config.json of its base model into it"
        )
    return BaseModel(name, sum(path.stat().st_size for path in weights))


def _cached(name: str) -> Path | None:
    """Return the folder in which the hub's client keeps a model, where it has it whole."""
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    root = Path(os.environ.get("HF_HUB_CACHE") or home / "hub") / f"models--{name.replace('/', '--')}" / "snapshots"
    whole = [path for path in root.glob("*") if (path / "config.json").exists() and any(path.glob("*.safetensors"))]
    return next((path for path in whole if has_tokenizer(path)), None)


def _on_the_hub(name: str) -> BaseModel:
    endpoint = os.environ.get("HF_ENDPOINT") or HUB
    request = urllib.request.Request(f"{endpoint.rstrip('/')}/api/models/{quote(name)}")
    if token := os.environ.get("HF_TOKEN"):
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=HUB_SECONDS) as reply:
            said: Any = json.load(reply)
    except urllib.error.HTTPError as error:
        if error.code in (401, 403, 404):
            raise ConfigurationError(
                f"expected a base model that exists, got {name!r}: the hub answers {error.code} "
                "(no such model, or a closed one: then set HF_TOKEN)"
            ) from None
        raise ConfigurationError(f"cannot ask the hub about the base model {name!r}: it answers {error.code}") from None
    except (OSError, ValueError, HTTPException) as error:
        raise ConfigurationError(
            f"expected the base model {name!r} here or a hub that can be asked for it, got neither: {error}; "
            "name a folder as base_model",
            parameters=("base_model",),
        ) from None
    tensors = said.get("safetensors") if isinstance(said, dict) else None
    total = tensors.get("total") if isinstance(tensors, dict) else None
    return BaseModel(name, 2 * total if isinstance(total, int) else None)


def obstacles(job: Job) -> tuple[Problems, BaseModel | None]:
    """Return what stands in the way of a job, and what is known of its base model, without loading a library."""
    needs = job.trainer.needs(job)
    problems = [*(check_gpus(needs.gpus) if needs.gpus else []), *check_packages(needs.packages, needs.extra)]
    problems += job.trainer.problems(job)
    if job.trainer.capabilities.is_remote:
        return problems, None
    model = None
    try:
        model = base_model(job.model)
    except ConfigurationError as error:
        problems.append(str(error))
    problems += check_packages(("wandb",), "training") if job.wandb else []
    return problems + check_room(job, model), model


def needed_bytes(job: Job, size: int) -> int:
    """Return the room that a training takes, roughly.

    A state holds weights and two moments in 32 bit, three times twice what the weights are in 16; with LoRA the
    moments are next to nothing. A new one is written before the oldest goes. Finished checkpoints hold the weights.
    """
    state = 2 * size if job.rank else 6 * size
    finished = 1 + (job.total_steps - 1) // job.save_every
    return (job.keep + 1) * state + finished * size


def check_room(job: Job, model: BaseModel | None) -> Problems:
    """Return whether what is written will fit."""
    size = None if model is None else model.size
    needed = needed_bytes(job, size) if size is not None else int(GIGABYTE)
    place = next(path for path in (job.output_dir, *job.output_dir.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    if free >= needed:
        return []
    return [
        f"expected about {needed / GIGABYTE:.1f} GB free in {job.output_dir} for states and checkpoints, got "
        f"{free / GIGABYTE:.1f} GB: make room, choose another output_dir, or raise save_steps to save less often"
    ]


def check_output(job: Job) -> None:
    """Make the output folder.

    Raises
    ------
    ConfigurationError
        If it cannot be written to.
    """
    probe = job.output_dir / f".swm-tmp-{os.getpid()}-probe"
    try:
        job.output_dir.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise ConfigurationError(
            f"expected an output folder that can be written, got {job.output_dir}: {error.strerror or error}"
        ) from None
