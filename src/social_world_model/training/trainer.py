"""The settings of a training (`Job`), the interface of trainers (`Trainer`), and the registry of trainers.

A built-in trainer is a module of `training.trainers` with a value `TRAINER`. The name of the module is the name of the
trainer. Use `register_trainer` to add other trainers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from social_world_model.errors import ConfigurationError
from social_world_model.registry import Registry, check_members
from social_world_model.settings import Checked, Option

if TYPE_CHECKING:
    from social_world_model.training.prepared import Prepared

Say = Callable[[str], None]
"""Callback that shows a message of one line to the user."""


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """Capabilities of a trainer, and its default values.

    Parameters
    ----------
    base_model
        Default base model.
    lora_rank
        Default rank of LoRA. A rank of 0 means that all weights are trained.
    has_lora
        Whether the trainer supports LoRA adapters.
    min_gpus, max_gpus
        Smallest and largest number of GPUs per machine. A `max_gpus` of None means no limit.
    has_several_nodes
        Whether the trainer supports several machines.
    is_remote
        Whether a remote service trains the model. For a remote service, GPUs, disk space and local base models are not
        checked.
    config_file
        Name of a configuration file. The file is used if it is in the folder of the script. An empty name means no
        file.
    """

    base_model: str
    lora_rank: int = 0
    has_lora: bool = True
    min_gpus: int = 0
    max_gpus: int | None = 1
    has_several_nodes: bool = False
    is_remote: bool = False
    config_file: str = ""


@dataclass(frozen=True, kw_only=True)
class Needs:
    """Requirements of a job on this machine.

    Parameters
    ----------
    packages
        Names of importable packages.
    extra
        Name of the extra of this project that installs the packages; empty if there is no such extra.
    gpus
        Number of GPUs.
    """

    packages: tuple[str, ...] = ()
    extra: str = ""
    gpus: int = 0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Description of what a trainer does, for dry runs.

    Parameters
    ----------
    command
        Words of the command that the trainer starts; empty if the trainer starts no command.
    shown
        Lines that show the command to the user.
    notes
        Remarks about the data, one line per remark.
    """

    command: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Trainer(Protocol):
    """Interface of a trainer, which trains a model on samples. Subclasses inherit the optional methods.

    A trainer stores everything that is needed to resume in ``job.state_dir``. Finished checkpoints are stored in
    ``job.checkpoints`` as ``step_N`` (see `training.checkpoints.publish`). Losses are stored with
    `training.losses.write_log`.
    """

    @property
    def name(self) -> str:
        """Name of the trainer; a job selects its trainer by this name."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """Capabilities of the trainer, and its default values."""
        ...

    def check(self, job: Job) -> None:
        """Check settings that `capabilities` does not cover. This method is called when a job is created.

        Raises
        ------
        ConfigurationError
            If the trainer does not support a setting. The message names the parameter.
        """
        return None  # noqa: RET501 (without it, type checkers treat the method as abstract)

    def needs(self, job: Job) -> Needs:
        """Return the requirements of a job on this machine."""
        return Needs()

    def problems(self, job: Job) -> list[str]:
        """Return further problems of a job, one line per problem. No library and no data are loaded."""
        return []

    def plan(self, job: Job, data: Prepared) -> Plan:
        """Return a description of what `run` would do.

        Parameters
        ----------
        job
            Settings of the training.
        data
            Prepared samples.

        Raises
        ------
        ConfigurationError
            If the job is not possible with these samples.
        """
        return Plan()

    def run(self, job: Job, data: Prepared, say: Say) -> int:
        """Train, or resume an interrupted training run; return the exit status (0 means success).

        Parameters
        ----------
        job
            Settings of the training.
        data
            Prepared samples.
        say
            Callback for messages to the user.

        Raises
        ------
        SocialWorldModelError
            If the training fails.
        """
        ...

    def publish(self, job: Job) -> list[Path]:
        """Make finished checkpoints from the states that `run` wrote; return all checkpoints, sorted by step."""
        ...


TRAINERS: Registry[Trainer] = Registry(
    "trainer", package=f"{__package__}.trainers", attribute="TRAINER", parameter="backend"
)
_MEMBERS = ("name", "capabilities", "check", "needs", "problems", "plan", "run", "publish")


def register_trainer(trainer: Trainer) -> Trainer:
    """Register a trainer under its name.

    Raises
    ------
    ConfigurationError
        If a member of `Trainer` is missing, or if another trainer has the same name.
    """
    check_members(trainer, "a trainer", _MEMBERS)
    TRAINERS.register(trainer.name, trainer)
    return trainer


def get_trainer(name: str) -> Trainer:
    """Return the trainer with this name.

    Raises
    ------
    ConfigurationError
        If no trainer has this name.
    """
    return TRAINERS.get(name)


def trainer_names() -> list[str]:
    """Return the names of all trainers."""
    return TRAINERS.names()


@dataclass(frozen=True, kw_only=True)
class Job(Checked):
    """Settings of a training run.

    Parameters
    ----------
    output_dir
        Folder for everything that the training writes.
    backend
        Name of the trainer.
    base_model
        Folder or hub id of the base model. If the value is empty, the default of the trainer is used.
    n_gpus, nnodes
        Number of GPUs per machine, and number of machines.
    node_rank, master
        Number of this machine, counted from 0, and ``host:port`` of the first machine. Both are used with several
        machines only.
    total_steps, save_steps
        Number of training steps, and number of steps between two checkpoints. A `save_steps` of 0 gives four
        checkpoints.
    batch_size, micro_batch_size
        Number of samples per step on all GPUs together, and number of samples that one GPU processes at once. A
        `batch_size` of 0 means the default of the trainer.
    max_tokens
        Largest number of tokens of a sample.
    learning_rate
        Learning rate; None means the default of the trainer.
    lora_rank
        Rank of LoRA. A rank of 0 means that all weights are trained. None means the default of the trainer.
    seed
        Random seed for the order of the samples and for new weights.
    wandb
        Whether to log to Weights & Biases.
    keep
        Number of states to keep for resuming. All finished checkpoints are kept.
    config
        Additional settings, with the names that the trainer uses.
    """

    output_dir: Annotated[Path, Option(help="Folder for everything that the training writes.")]
    backend: Annotated[
        str,
        Option(
            help=f"Trainer: {', '.join(TRAINERS.built_in_names())}, or a trainer from a plug-in "
            "(see swm list trainers)."
        ),
    ] = "verl"
    base_model: Annotated[str, Option(help="Base model: folder or hub id (default: depends on the back end).")] = ""
    n_gpus: Annotated[int, Option(help="Number of GPUs per machine.", least=0)] = 1
    nnodes: Annotated[int, Option(help="Number of machines.", least=1)] = 1
    node_rank: Annotated[
        int, Option(help="Index of this machine, starting at 0, if there are several machines.", least=0)
    ] = 0
    master: Annotated[str, Option(help="HOST:PORT of the first machine, if there are several machines.")] = ""
    total_steps: Annotated[int, Option(help="Steps to train.", least=1)] = 1000
    save_steps: Annotated[int, Option(help="Steps between two checkpoints; 0 gives four checkpoints.", least=0)] = 0
    batch_size: Annotated[
        int, Option(help="Samples per step on all GPUs together; 0 is the back end's default.", least=0)
    ] = 0
    micro_batch_size: Annotated[int, Option(help="Samples per GPU at once.", least=1)] = 2
    max_tokens: Annotated[
        int, Option(help="Maximum length of a sample in tokens; longer samples are left out.", least=1)
    ] = 4096
    learning_rate: Annotated[
        float | None, Option(help="Learning rate (default: depends on the back end).", above=0)
    ] = None
    lora_rank: Annotated[
        int | None, Option(help="Rank of LoRA; 0 trains all weights (default: depends on the back end).", least=0)
    ] = None
    seed: Annotated[int, Option(help="Seed of stories, held-out samples and training.", least=0)] = 0
    wandb: Annotated[bool, Option(help="Log to Weights & Biases.")] = False
    keep: Annotated[int, Option(help="Number of states to keep for resuming.", least=1)] = 1
    config: Annotated[Mapping[str, Any], Option(typed="nothing")] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_machines()
        self._check_capabilities(self.trainer.capabilities)
        self.trainer.check(self)

    def _check_machines(self) -> None:
        if self.nnodes > 1 and not _is_address(self.master):
            raise ConfigurationError(
                f"expected master to be HOST:PORT of the first machine for nnodes {self.nnodes}, got {self.master!r}",
                parameters=("master", "nnodes"),
            )
        if self.node_rank >= self.nnodes:
            raise ConfigurationError(
                f"expected node_rank from 0 to {self.nnodes - 1}, got {self.node_rank}", parameters=("node_rank",)
            )

    def _check_capabilities(self, can: Capabilities) -> None:
        if self.nnodes > 1 and not can.has_several_nodes:
            raise ConfigurationError(
                f"expected nnodes to be 1 for backend {self.backend}, got {self.nnodes}: choose a back end that trains "
                "on several machines, such as verl",
                parameters=("nnodes", "backend"),
            )
        if self.n_gpus < can.min_gpus:
            raise ConfigurationError(
                f"expected n_gpus to be at least {can.min_gpus} for backend {self.backend}, got {self.n_gpus}",
                parameters=("n_gpus", "backend"),
            )
        if can.max_gpus is not None and self.n_gpus > can.max_gpus:
            raise ConfigurationError(
                f"expected n_gpus to be at most {can.max_gpus} for backend {self.backend}, got {self.n_gpus}: choose a "
                "back end that trains on several GPUs, such as verl",
                parameters=("n_gpus", "backend"),
            )
        if self.rank and not can.has_lora:
            raise ConfigurationError(
                f"expected lora_rank to be 0 for backend {self.backend}, which trains all weights, got {self.rank}",
                parameters=("lora_rank", "backend"),
            )

    @property
    def trainer(self) -> Trainer:
        """The trainer with the name `backend`."""
        return get_trainer(self.backend)

    @property
    def model(self) -> str:
        """The base model of the job, or the trainer's default."""
        return self.base_model or self.trainer.capabilities.base_model

    @property
    def rank(self) -> int:
        """Rank of LoRA of the job, or the trainer's default. A rank of 0 means that all weights are trained."""
        return self.trainer.capabilities.lora_rank if self.lora_rank is None else self.lora_rank

    @property
    def world(self) -> int:
        """Number of GPUs on all machines together."""
        return self.n_gpus * self.nnodes

    @property
    def save_every(self) -> int:
        """Number of steps between two saved states."""
        return self.save_steps or max(1, self.total_steps // 4)

    @property
    def checkpoints(self) -> Path:
        """Folder of finished checkpoints, which are named ``step_N``."""
        return self.output_dir / "checkpoints"

    @property
    def state_dir(self) -> Path:
        """Folder of the files that the trainer needs to resume."""
        return self.output_dir / self.backend

    @property
    def data_dir(self) -> Path:
        """Folder of the samples that are made for this training."""
        return self.output_dir / "data"


def _is_address(text: str) -> bool:
    """Return whether a text is ``host:port``.

    >>> [_is_address(text) for text in ("first:29500", "[::1]:1", "first", ":1", "a b:1", "first:0", "first:99999")]
    [True, True, False, False, False, False, False]
    """
    host, _, port = text.rpartition(":")
    return bool(host) and not any(map(str.isspace, text)) and port.isdecimal() and 0 < int(port) < 2**16
