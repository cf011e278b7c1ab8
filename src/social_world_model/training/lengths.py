"""How long samples are, in the tokens of the model that will be trained."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from social_world_model.errors import ConfigurationError
from social_world_model.training.samples import Sample, messages


class Lengths(Protocol):
    """Counts a sample's tokens."""

    def of(self, sample: Sample) -> int:
        """Return the tokens of request and reply together, as they are trained on."""
        ...


class TokenLengths:
    """Counts with a tokenizer of transformers.

    Parameters
    ----------
    name
        A folder, or a hub id.

    Raises
    ------
    ConfigurationError
        If transformers is missing, or there is no such tokenizer.
    """

    def __init__(self, name: str) -> None:
        self._tokenizer = load_tokenizer(name)
        self._has_template = bool(getattr(self._tokenizer, "chat_template", None))

    def of(self, sample: Sample) -> int:
        """Return the tokens of request and reply together."""
        if self._has_template:
            tokens = self._tokenizer.apply_chat_template(messages(sample), tokenize=True, return_dict=True)["input_ids"]
        else:
            tokens = self._tokenizer(f"{sample.prompt}\n{sample.reply}")["input_ids"]
        return len(tokens)


def load_tokenizer(name: str) -> Any:
    """Return a tokenizer.

    Raises
    ------
    ConfigurationError
        If transformers is missing, or there is no such tokenizer.
    """
    try:
        from transformers import AutoTokenizer
    except ImportError:
        raise ConfigurationError(
            "expected transformers, which counts tokens, got none: uv sync --extra training, or leave out tokenizer",
            parameters=("tokenizer",),
        ) from None
    folder = Path(name)
    if folder.is_dir() and not has_tokenizer(folder):
        raise ConfigurationError(
            f"expected a tokenizer in {name}, got a folder without tokenizer.json or tokenizer_config.json: "
            "copy the files of the base model's tokenizer into it, or name another one"
        )
    try:
        return AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError, KeyError) as error:
        first = str(error).strip().partition("\n")[0]
        raise ConfigurationError(f"expected a tokenizer's folder or hub id, got {name!r}: {first}") from None


def has_tokenizer(folder: Path) -> bool:
    """Tell whether a folder holds a tokenizer's files."""
    return any((folder / name).is_file() for name in ("tokenizer.json", "tokenizer.model", "vocab.json"))


@dataclass
class Spread:
    """Lengths that were seen, four bytes each.

    Examples
    --------
    >>> spread = Spread()
    >>> for length in (3, 9, 6): spread.add(length)
    >>> spread.summary()
    {'samples': 3, 'total': 18, 'mean': 6.0, 'median': 6, 'p95': 9, 'longest': 9}
    """

    seen: array[int] = field(default_factory=lambda: array("I"))

    def add(self, length: int) -> None:
        """Take up another one."""
        self.seen.append(length)

    def summary(self) -> dict[str, float]:
        """Return what a report says of them; nothing where there are none."""
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
