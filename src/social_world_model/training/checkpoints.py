"""Finished checkpoints: each ``step_N`` is a Hugging Face folder with a tokenizer and merged LoRA weights."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from social_world_model.errors import ConfigurationError
from social_world_model.training.lengths import has_tokenizer

_STATE_ONLY = ("optimizer", "scheduler", "rng_state", "trainer_state", "training_args", "scaler", "global_step")
"""Prefixes of files that are only needed to resume a training run."""


def steps_in(folder: Path, pattern: str) -> list[tuple[int, Path]]:
    """Return the subfolders whose names end in a number, as (number, folder) pairs sorted by number.

    Parameters
    ----------
    folder
        Parent folder.
    pattern
        Pattern of the folder names, such as ``step_*``. The star matches the number.
    """
    ends = [(path.name.rpartition(pattern.removesuffix("*"))[2], path) for path in folder.glob(pattern)]
    return sorted((int(end), path) for end, path in ends if end.isdigit() and path.is_dir())


def published(folder: Path) -> list[Path]:
    """Return the finished checkpoints of a folder, sorted by step."""
    return [path for _, path in steps_in(folder, "step_*")]


def publish(target: Path, fill: Callable[[Path], None]) -> None:
    """Create the folder of a checkpoint atomically.

    Parameters
    ----------
    target
        Folder of the checkpoint.
    fill
        Function that receives a folder and writes the files of the model into this folder.

    Raises
    ------
    ConfigurationError
        If a file of the model or of the tokenizer is missing, or if the files cannot be written.
    """
    unfinished = target.with_name(f".swm-tmp-{target.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(parents=True)
        fill(unfinished)
        for hidden in unfinished.glob(".*"):
            shutil.rmtree(hidden, ignore_errors=True)
        check(unfinished)
        unfinished.rename(target)
    except OSError as error:
        raise ConfigurationError(f"cannot write {target}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def check(folder: Path) -> None:
    """Check that a folder contains the files of a model: configuration, weights and tokenizer.

    Raises
    ------
    ConfigurationError
        If a file is missing. The message lists the missing files.
    """
    missing = [
        what
        for what, there in {
            "config.json": (folder / "config.json").is_file(),
            "weights (*.safetensors)": any(folder.glob("*.safetensors")) or any(folder.glob("pytorch_model*.bin")),
            "a tokenizer (tokenizer.json)": has_tokenizer(folder),
        }.items()
        if not there
    ]
    if missing:
        raise ConfigurationError(
            f"expected a complete model for transformers and vLLM in {folder}, got a folder without "
            f"{' and '.join(missing)}: copy the missing files from the base model"
        )


def link_tree(source: Path, target: Path, *, model_only: bool = False) -> None:
    """Link the files of a folder into another folder; copy the files if the file system does not support links.

    Parameters
    ----------
    source, target
        Folder that contains the files, and folder in which the links are created.
    model_only
        Whether to skip files that are only needed to resume a training run.
    """
    for path in sorted(source.rglob("*")):
        inside = path.relative_to(source)
        if path.is_dir() or (model_only and inside.name.startswith(_STATE_ONLY)):
            continue
        there = target / inside
        there.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, there)
        except OSError:  # another file system, or one without links
            shutil.copy2(path, there)


def merge_adapter(base: str, adapter: Path, folder: Path) -> None:
    """Merge a LoRA adapter into its base model; write the merged model and the tokenizer.

    Parameters
    ----------
    base
        Folder or hub id of the base model. The tokenizer of the base model is used if the folder of the adapter
        contains no tokenizer.
    adapter
        Folder of the adapter.
    folder
        Folder for the merged model.
    """
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(base, dtype="auto")
    merged = PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()
    merged.save_pretrained(str(folder))
    AutoTokenizer.from_pretrained(str(adapter) if has_tokenizer(adapter) else base).save_pretrained(str(folder))
