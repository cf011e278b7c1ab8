"""Lengths of samples, in tokens of the model to train."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from social_world_model.errors import ConfigurationError
from social_world_model.training.samples import Sample, messages


class Lengths(Protocol):
    """Counter of the tokens of a sample."""

    def of(self, sample: Sample) -> int:
        """Return the number of tokens of request and reply together, formatted as in training."""
        ...


class TokenLengths:
    """Counter that uses a tokenizer of the package transformers.

    Parameters
    ----------
    name
        Folder or hub id of the tokenizer.

    Raises
    ------
    ConfigurationError
        If transformers is not installed, or if the tokenizer does not exist.
    """

    def __init__(self, name: str) -> None:
        self._tokenizer = load_tokenizer(name)
        self._has_template = bool(getattr(self._tokenizer, "chat_template", None))

    def of(self, sample: Sample) -> int:
        """Return the number of tokens of request and reply together."""
        if self._has_template:
            tokens = self._tokenizer.apply_chat_template(messages(sample), tokenize=True, return_dict=True)["input_ids"]
        else:
            tokens = self._tokenizer(f"{sample.prompt}\n{sample.reply}")["input_ids"]
        return len(tokens)


def load_tokenizer(name: str) -> Any:
    """Load a tokenizer from a folder or from the Hugging Face Hub.

    Raises
    ------
    ConfigurationError
        If transformers is not installed, or if the tokenizer does not exist.
    """
    try:
        from transformers import AutoTokenizer
    except ImportError:
        raise ConfigurationError(
            "expected the package transformers to count tokens, got none: install it with uv sync --extra training, "
            "or leave out tokenizer",
            parameters=("tokenizer",),
        ) from None
    folder = Path(name)
    if folder.is_dir() and not has_tokenizer(folder):
        raise ConfigurationError(
            f"expected a tokenizer in {name}, got a folder without tokenizer.json or tokenizer_config.json: "
            "copy the tokenizer files from the base model, or choose another folder"
        )
    try:
        return AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError, KeyError) as error:
        first = str(error).strip().partition("\n")[0]
        raise ConfigurationError(f"expected a tokenizer's folder or hub id, got {name!r}: {first}") from None


def has_tokenizer(folder: Path) -> bool:
    """Return whether a folder contains the files of a tokenizer."""
    return any((folder / name).is_file() for name in ("tokenizer.json", "tokenizer.model", "vocab.json"))


@dataclass
class Spread:
    """Collection of lengths, stored with four bytes per length.

    Examples
    --------
    >>> spread = Spread()
    >>> for length in (3, 9, 6): spread.add(length)
    >>> spread.summary()
    {'samples': 3, 'total': 18, 'mean': 6.0, 'median': 6, 'p95': 9, 'longest': 9}
    """

    seen: array[int] = field(default_factory=lambda: array("I"))

    def add(self, length: int) -> None:
        """Add a length."""
        self.seen.append(length)

    def summary(self) -> dict[str, float]:
        """Return statistics of the lengths; an empty dict if there are no lengths."""
        if not self.seen:
            return {}
        ordered = sorted(self.seen)
        total = sum(ordered)
        return {
            "samples": len(ordered),
            "total": total,
            "mean": round(total / len(ordered), 1),
            "median": ordered[len(ordered) // 2],
            "p95": ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))],
            "longest": ordered[-1],
        }
