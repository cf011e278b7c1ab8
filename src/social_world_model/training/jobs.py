"""What is to be trained: the settings that every back end understands, and where each file of a training lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from social_world_model.errors import ConfigurationError

Backend = Literal["verl", "trl", "together"]

BASE_MODELS: Mapping[Backend, str] = {
    "verl": "microsoft/Phi-4-mini-instruct",
    "trl": "Qwen/Qwen2.5-0.5B-Instruct",
    "together": "Qwen/Qwen3-8B",
}
"""What is trained where no --base-model is given."""
LORA_RANKS: Mapping[Backend, int] = {"verl": 0, "trl": 0, "together": 16}
"""What is trained where no --lora-rank is given; 0 is all weights."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A training.

    Parameters
    ----------
    output_dir
        Where everything of it goes.
    backend
        Who trains.
    base_model
        A folder or hub id; empty for the back end's own.
    n_gpus, nnodes
        GPUs of each machine, and machines.
    node_rank, master
        Which of several machines this is, and ``host:port`` of the first.
    total_steps, save_steps
        How long, and how often it is kept; 0 for four times.
    batch_size, micro_batch_size
        Samples a step, all GPUs together (0 for the back end's own), and samples that a GPU holds at once.
    max_tokens
        Longest sample.
    learning_rate
        None for the back end's own.
    lora_rank
        0 for all weights; None for the back end's own.
    seed
        Of the order of samples, and of new weights.
    wandb
        Whether W&B is told.
    keep
        How many states to go on from are kept; finished checkpoints all are.
    config
        Further settings of the back end, in its own words.
    """

    output_dir: Path
    backend: Backend = "verl"
    base_model: str = ""
    n_gpus: int = 1
    nnodes: int = 1
    node_rank: int = 0
    master: str = ""
    total_steps: int = 1000
    save_steps: int = 0
    batch_size: int = 0
    micro_batch_size: int = 2
    max_tokens: int = 4096
    learning_rate: float | None = None
    lora_rank: int | None = None
    seed: int = 0
    wandb: bool = False
    keep: int = 1
    config: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        numbers = {
            "--n-gpus": self.n_gpus if self.backend == "verl" else max(self.n_gpus, 1),
            "--nnodes": self.nnodes,
            "--total-steps": self.total_steps,
            "--micro-batch-size": self.micro_batch_size,
            "--max-tokens": self.max_tokens,
            "--keep": self.keep,
        }
        for option, number in numbers.items():
            if number < 1:
                raise ConfigurationError(f"expected {option} of at least 1, got {number}")
        for option, number in {"--batch-size": self.batch_size, "--save-steps": self.save_steps}.items():
            if number < 0:
                raise ConfigurationError(f"expected {option} of at least 1, or none, got {number}")
        if self.lora_rank is not None and self.lora_rank < 0:
            raise ConfigurationError(f"expected --lora-rank 0 (all weights) or more, got {self.lora_rank}")
        if self.nnodes > 1 and self.backend != "verl":
            raise ConfigurationError(f"expected --backend verl for {self.nnodes} machines, got {self.backend}")
        if self.nnodes > 1 and not self.master:
            raise ConfigurationError(f"expected --master HOST:PORT for {self.nnodes} machines, got none")
        if not 0 <= self.node_rank < self.nnodes:
            raise ConfigurationError(f"expected --node-rank from 0 to {self.nnodes - 1}, got {self.node_rank}")
        if self.backend == "trl" and self.n_gpus > 1:
            raise ConfigurationError(
                f"expected one GPU (or none) for --backend trl, got --n-gpus {self.n_gpus}: several need --backend verl"
            )

    @property
    def model(self) -> str:
        """The base model."""
        return self.base_model or BASE_MODELS[self.backend]

    @property
    def rank(self) -> int:
        """Rank of LoRA; 0 for all weights."""
        return LORA_RANKS[self.backend] if self.lora_rank is None else self.lora_rank

    @property
    def world(self) -> int:
        """GPUs of all machines."""
        return self.n_gpus * self.nnodes

    @property
    def save_every(self) -> int:
        """Steps from one kept state to the next."""
        return self.save_steps or max(1, self.total_steps // 4)

    @property
    def checkpoints(self) -> Path:
        """Where finished checkpoints go, as ``step_N``."""
        return self.output_dir / "checkpoints"

    @property
    def state_dir(self) -> Path:
        """Where a back end keeps what it needs to go on."""
        return self.output_dir / self.backend

    @property
    def data_dir(self) -> Path:
        """Where samples go that are made for this training."""
        return self.output_dir / "data"


def read_config(path: Path | None) -> dict[str, Any]:
    """Return the settings of a YAML file; none without a file.

    Raises
    ------
    ConfigurationError
        If it cannot be read, or holds something else than settings by name.
    """
    if path is None:
        return {}
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"expected a configuration file, got {path}: {error.strerror or error}") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"expected YAML in {path}, got: {error}") from None
    if data is None:
        return {}
    if not isinstance(data, dict) or not all(isinstance(name, str) for name in data):
        raise ConfigurationError(f"expected settings by name in {path}, got {type(data).__name__}")
    return data
