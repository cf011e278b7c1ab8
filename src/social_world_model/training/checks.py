"""Checks before a training run starts: GPUs, packages, disk space, base model and output folder."""

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
"""Names of the parameters that can occur in messages about problems."""

Problems = list[str]
"""Reasons why a training run cannot start, one line per reason."""


@dataclass(frozen=True)
class BaseModel:
    """Properties of a base model that are known without loading the model.

    Parameters
    ----------
    name
        Folder or hub id of the model.
    size
        Size of the weights in bytes; None if the size is unknown.
    """

    name: str
    size: int | None = None


def check_gpus(wanted: int, count: Callable[[], int] | None = None) -> Problems:
    """Return a problem if this machine has too few GPUs for the training.

    Parameters
    ----------
    wanted
        Number of GPUs that the training needs.
    count
        Function that returns the number of GPUs of this machine; by default `gpus`.
    """
    there = (count or gpus)()
    if there >= wanted:
        return []
    return [
        f"expected {wanted} GPUs for n_gpus {wanted}, got {there} on this machine: lower n_gpus, "
        "set CUDA_VISIBLE_DEVICES, or choose a back end that needs fewer GPUs (trl: at most one; together: none)"
    ]


def gpus() -> int:
    """Return the number of GPUs that this process can use. No library is loaded, because it could reserve a GPU."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return len([name for name in visible.split(",") if name.strip() not in ("", "-1")])
    try:
        done = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return 0
    return sum(line.startswith("GPU ") for line in done.stdout.splitlines())


def check_packages(names: Sequence[str], extra: str) -> Problems:
    """Return a problem if packages are missing.

    Parameters
    ----------
    names
        Names of importable packages.
    extra
        Name of the extra of this project that installs the packages; empty if there is no such extra.
    """
    missing = [name for name in names if find_spec(name) is None]
    how = f": uv sync --extra {extra}" if extra else ""
    return [f"expected {', '.join(missing)} to be installed{how}"] if missing else []


def base_model(name: str) -> BaseModel:
    """Find a base model in a folder, in the local cache or on the Hugging Face Hub. The model is not loaded.

    Raises
    ------
    ConfigurationError
        If the model does not exist, or if the folder of the model is not complete.
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
            f"expected a tokenizer next to the weights in {name}, got none: copy tokenizer.json and "
            "tokenizer_config.json from the base model"
        )
    return BaseModel(name, sum(path.stat().st_size for path in weights))


def _cached(name: str) -> Path | None:
    """Return the folder of a model in the cache of the Hugging Face client; None if no cached copy is complete."""
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
                f"expected an existing base model, got {name!r}: the Hugging Face Hub answered {error.code}. "
                "Check the name of the model. If the model is gated, set HF_TOKEN"
            ) from None
        raise ConfigurationError(
            f"cannot query the Hugging Face Hub for the base model {name!r}: the hub answered {error.code}"
        ) from None
    except (OSError, ValueError, HTTPException) as error:
        raise ConfigurationError(
            f"expected the base model {name!r} on this machine or a connection to the Hugging Face Hub, got neither: "
            f"{error}; pass a folder as base_model",
            parameters=("base_model",),
        ) from None
    tensors = said.get("safetensors") if isinstance(said, dict) else None
    total = tensors.get("total") if isinstance(tensors, dict) else None
    return BaseModel(name, 2 * total if isinstance(total, int) else None)


def obstacles(job: Job) -> tuple[Problems, BaseModel | None]:
    """Return the problems of a job, and the base model of the job.

    No library is loaded. The base model is None if the job does not need a local model, or if no such model was found.
    """
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
    """Return an estimate of the disk space that a training run needs, in bytes.

    A state contains the weights and two optimizer moments in 32 bits. A state is six times as large as the 16-bit
    weights. With LoRA, a state is about twice as large as the 16-bit weights. A new state is written before the oldest
    state is deleted. A finished checkpoint contains only the weights.

    Parameters
    ----------
    job
        Settings of the training.
    size
        Size of the 16-bit weights of the base model, in bytes.
    """
    state = 2 * size if job.rank else 6 * size
    finished = 1 + (job.total_steps - 1) // job.save_every
    return (job.keep + 1) * state + finished * size


def check_room(job: Job, model: BaseModel | None) -> Problems:
    """Return a problem if the disk space is too small for the training.

    Parameters
    ----------
    job
        Settings of the training.
    model
        Base model; None if the model is unknown. If the size of the model is unknown, the check requires 1 GB.
    """
    size = None if model is None else model.size
    needed = needed_bytes(job, size) if size is not None else int(GIGABYTE)
    place = next(path for path in (job.output_dir, *job.output_dir.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    if free >= needed:
        return []
    return [
        f"expected about {needed / GIGABYTE:.1f} GB of free space in {job.output_dir} for states and checkpoints, got "
        f"{free / GIGABYTE:.1f} GB: free up space, choose another output_dir, or raise save_steps to save less often"
    ]


def check_output(job: Job) -> None:
    """Create the output folder and check that it is writable.

    Raises
    ------
    ConfigurationError
        If the output folder is not writable.
    """
    probe = job.output_dir / f".swm-tmp-{os.getpid()}-probe"
    try:
        job.output_dir.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise ConfigurationError(
            f"expected a writable output folder, got {job.output_dir}: {error.strerror or error}"
        ) from None
