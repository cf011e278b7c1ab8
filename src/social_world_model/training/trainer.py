"""What is trained (`Job`), and what trains it (`Trainer`); trainers by name.

A built-in trainer is a module of `training.trainers` with a value `TRAINER`. The module's name is the trainer's name.
Other trainers are made known with `register_trainer`.
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
"""Called with each line that tells a user what is going on."""


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a trainer can do, and the values that it takes where a job has none.

    Parameters
    ----------
    base_model
        Model that is trained where a job names none.
    lora_rank
        Rank of LoRA where a job has none; 0 is all weights.
    has_lora
        Whether it can train LoRA adapters.
    min_gpus, max_gpus
        GPUs of each machine: how many it needs, and can use. A `max_gpus` of None is any number.
    has_several_nodes
        Whether it can train on several machines.
    is_remote
        Whether a service trains: then GPUs, disk and base model of this machine do not matter.
    config_file
        Name of a configuration file that is used if it lies beside the started script; empty for none.
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
    """What must be on this machine before a job can start.

    Parameters
    ----------
    packages
        Names of importable packages.
    extra
        The extra of this project that installs them; empty if none does.
    gpus
        How many GPUs.
    """

    packages: tuple[str, ...] = ()
    extra: str = ""
    gpus: int = 0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a trainer would do, for dry runs.

    Parameters
    ----------
    command
        The words of the command that it starts; empty if it starts none.
    shown
        The lines that show the command to a user.
    notes
        Remarks about the data, a line each.
    """

    command: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Trainer(Protocol):
    """Trains a model on samples. A class of one's own may derive from this one, and then inherits what is optional.

    Everything that a trainer needs to resume goes into ``job.state_dir``. Finished checkpoints go into
    ``job.checkpoints`` as ``step_N`` (see `training.checkpoints.publish`). `training.losses.write_log` stores losses.
    """

    @property
    def name(self) -> str:
        """Name by which a job chooses it."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    def check(self, job: Job) -> None:
        """Check the settings of a job, beyond `capabilities`; called whenever a job is constructed.

        Raises
        ------
        ConfigurationError
            If it cannot follow them. The message names the parameter.
        """
        return None  # noqa: RET501 (without it, type checkers take the method for an abstract one)

    def needs(self, job: Job) -> Needs:
        """Return what must be on this machine."""
        return Needs()

    def problems(self, job: Job) -> list[str]:
        """Return what else stands in the way of a job, a line each, without loading a library or the data."""
        return []

    def plan(self, job: Job, data: Prepared) -> Plan:
        """Return what `run` would do.

        Raises
        ------
        ConfigurationError
            If the job cannot be done with this data.
        """
        return Plan()

    def run(self, job: Job, data: Prepared, say: Say) -> int:
        """Train, or resume an interrupted training; return the exit status, 0 for success.

        Raises
        ------
        SocialWorldModelError
            If it cannot be trained.
        """
        ...

    def publish(self, job: Job) -> list[Path]:
        """Make finished checkpoints of what `run` has written so far; return all that are there now, by step."""
        ...


TRAINERS: Registry[Trainer] = Registry(
    "trainer", package=f"{__package__}.trainers", attribute="TRAINER", parameter="backend"
)
_MEMBERS = ("name", "capabilities", "check", "needs", "problems", "plan", "run", "publish")


def register_trainer(trainer: Trainer) -> Trainer:
    """Make a trainer known by its name.

    Raises
    ------
    ConfigurationError
        If it lacks what a `Trainer` has, or another one has that name.
    """
    check_members(trainer, "a trainer", _MEMBERS)
    TRAINERS.register(trainer.name, trainer)
    return trainer


def get_trainer(name: str) -> Trainer:
    """Return a trainer.

    Raises
    ------
    ConfigurationError
        If there is none of that name.
    """
    return TRAINERS.get(name)


def trainer_names() -> list[str]:
    """Return the names of all trainers."""
    return TRAINERS.names()


@dataclass(frozen=True, kw_only=True)
class Job(Checked):
    """A training.

    Parameters
    ----------
    output_dir
        Folder for everything that the training writes.
    backend
        Name of the trainer.
    base_model
        A folder or hub id; empty for the trainer's default.
    n_gpus, nnodes
        GPUs of each machine, and machines.
    node_rank, master
        Which of several machines this is, from 0, and ``host:port`` of the first.
    total_steps, save_steps
        Steps to train, and steps from one checkpoint to the next; 0 for four checkpoints.
    batch_size, micro_batch_size
        Samples per step on all GPUs together (0 for the trainer's default), and samples that a GPU holds at once.
    max_tokens
        Longest sample.
    learning_rate
        None for the trainer's default.
    lora_rank
        0 for all weights; None for the trainer's default.
    seed
        Of the order of samples, and of new weights.
    wandb
        Whether to log to Weights & Biases.
    keep
        How many states to resume from are kept; finished checkpoints are all kept.
    config
        Further settings, in the trainer's own words.
    """

    output_dir: Annotated[Path, Option(help="Folder for everything that the training writes.")]
    backend: Annotated[
        str,
        Option(help=f"What trains: {', '.join(TRAINERS.built_in_names())}, or one of a plug-in (docs/training.md)."),
    ] = "verl"
    base_model: Annotated[str, Option(help="Folder or hub id; each back end has its own default.")] = ""
    n_gpus: Annotated[int, Option(help="GPUs of each machine.", least=0)] = 1
    nnodes: Annotated[int, Option(help="Number of machines.", least=1)] = 1
    node_rank: Annotated[int, Option(help="Which of several machines this is, from 0.", least=0)] = 0
    master: Annotated[str, Option(help="HOST:PORT of the first of several machines.")] = ""
    total_steps: Annotated[int, Option(help="Steps to train.", least=1)] = 1000
    save_steps: Annotated[int, Option(help="Steps from checkpoint to checkpoint; 0: four in all.", least=0)] = 0
    batch_size: Annotated[
        int, Option(help="Samples per step, all GPUs together; 0: the back end's default.", least=0)
    ] = 0
    micro_batch_size: Annotated[int, Option(help="Samples that a GPU holds at once.", least=1)] = 2
    max_tokens: Annotated[int, Option(help="Longest sample; longer ones are left out and counted.", least=1)] = 4096
    learning_rate: Annotated[float | None, Option(help="Without it, the back end's default.", above=0)] = None
    lora_rank: Annotated[int | None, Option(help="0: all weights. Without it, the back end's default.", least=0)] = None
    seed: Annotated[int, Option(help="Seed of stories, held-out samples, and training.", least=0)] = 0
    wandb: Annotated[bool, Option(help="Log to Weights & Biases.")] = False
    keep: Annotated[int, Option(help="How many states to resume from are kept.", least=1)] = 1
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
        """The trainer that `backend` names."""
        return get_trainer(self.backend)

    @property
    def model(self) -> str:
        """The base model."""
        return self.base_model or self.trainer.capabilities.base_model

    @property
    def rank(self) -> int:
        """Rank of LoRA; 0 for all weights."""
        return self.trainer.capabilities.lora_rank if self.lora_rank is None else self.lora_rank

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
        """Folder of finished checkpoints, ``step_N`` each."""
        return self.output_dir / "checkpoints"

    @property
    def state_dir(self) -> Path:
        """Folder of what the trainer needs to resume."""
        return self.output_dir / self.backend

    @property
    def data_dir(self) -> Path:
        """Folder of samples that are made for this training."""
        return self.output_dir / "data"


def _is_address(text: str) -> bool:
    """Tell whether a text is ``host:port``.

    >>> [_is_address(text) for text in ("first:29500", "[::1]:1", "first", ":1", "a b:1", "first:0", "first:99999")]
    [True, True, False, False, False, False, False]
    """
    host, _, port = text.rpartition(":")
    return bool(host) and not any(map(str.isspace, text)) and port.isdecimal() and 0 < int(port) < 2**16
