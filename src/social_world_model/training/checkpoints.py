"""Finished checkpoints: whatever trained, ``step_N`` is a Hugging Face folder with tokenizer, LoRA merged."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from social_world_model.errors import ConfigurationError
from social_world_model.training.lengths import has_tokenizer

_STATE_ONLY = ("optimizer", "scheduler", "rng_state", "trainer_state", "training_args", "scaler", "global_step")
"""What files are called that only matter for going on."""


def steps_in(folder: Path, pattern: str) -> list[tuple[int, Path]]:
    """Return the folders whose names end in a number, by it.

    Parameters
    ----------
    folder
        Where they lie.
    pattern
        E.g. ``step_*``.
    """
    ends = [(path.name.rpartition(pattern.removesuffix("*"))[2], path) for path in folder.glob(pattern)]
    return sorted((int(end), path) for end, path in ends if end.isdigit() and path.is_dir())


def published(folder: Path) -> list[Path]:
    """Return the finished checkpoints of a folder, by step."""
    return [path for _, path in steps_in(folder, "step_*")]


def publish(target: Path, fill: Callable[[Path], None]) -> None:
    """Make a checkpoint that is there whole, or not at all.

    Parameters
    ----------
    target
        Its folder.
    fill
        Puts the model's files into the folder that it is given.

    Raises
    ------
    ConfigurationError
        If what was put there is no model with a tokenizer, or there is no room.
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
    """See that a folder can be loaded as a model.

    Raises
    ------
    ConfigurationError
        If something is missing; the message names it.
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
            f"expected a model that transformers and vLLM can load in {folder}, got one without "
            f"{' and '.join(missing)}: copy what is missing from the base model"
        )


def link_tree(source: Path, target: Path, *, model_only: bool = False) -> None:
    """Put the files of a folder into another without taking up room, where the file system can.

    Parameters
    ----------
    source, target
        From where, to where.
    model_only
        Whether what only matters for going on stays behind.
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
    """Write a base model with an adapter merged into it, and its tokenizer.

    Parameters
    ----------
    base
        Folder or hub id of the base model; the tokenizer comes from the adapter's folder where that has one.
    adapter
        Folder of the adapter.
    folder
        Where the merged model goes.
    """
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(base, dtype="auto")
    merged = PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()
    merged.save_pretrained(str(folder))
    AutoTokenizer.from_pretrained(str(adapter) if has_tokenizer(adapter) else base).save_pretrained(str(folder))
