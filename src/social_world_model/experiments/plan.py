"""Plan of a run: everything that is decided before the first call of a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from social_world_model.benchmarks import Benchmark
from social_world_model.contracts import Dataset, Item
from social_world_model.errors import ConfigurationError
from social_world_model.experiments.datasets import benchmark_of, check_readable, questions_of
from social_world_model.experiments.models import Models
from social_world_model.generation_utils.clients import Clients
from social_world_model.modes import Mode, get_mode
from social_world_model.runs.keys import content_key, fingerprint
from social_world_model.runs.names import context_folder, folders_moved_aside, run_folder
from social_world_model.settings import RunSettings
from social_world_model.symbolic.model import NAME, SymbolicModel
from social_world_model.variants import MARK

_KEYED: Mapping[str, str] = {
    **{name: name for name in ("narrative", "question", "choices", "domain", "answer_form", "fact")},
    "asks": "question_kind",
    "chain": "belief_chain",
    "gold": "correct_answer",
    "readers": "audience",
}
"""Fields of an item that affect the reply or the score. The map is from names in hash keys to attributes."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Plan of a run, which is checked before the first call. Making the plan calls no model and writes no file.

    Parameters
    ----------
    settings
        Settings of the run.
    benchmark, mode
        Benchmark and mode, configured according to the settings.
    dataset
        Data set with the rows to ask.
    no_gold
        Number of rows that are not asked because they have no gold answer.
    model, context_model
        Name of the answering model, and name of the context model; None if the mode does not use the model.
    configs
        Fingerprints of the configurations of all models.
    """

    settings: RunSettings
    benchmark: Benchmark
    mode: Mode
    dataset: Dataset
    no_gold: int
    model: str | None
    context_model: str | None
    configs: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Folder of the results."""
        if self.model is None:
            return self.contexts_folder()
        settings, name = self.settings, self.benchmark.name
        return run_folder(settings.output_dir, name, self.mode.name, self.model, self.dataset.name, self.context_model)

    def contexts_folder(self, sample: int = 0, dataset: str = "") -> Path:
        """Return the folder that contains the contexts for several runs.

        Parameters
        ----------
        sample
            Number of the sample, from 0, if each story has several contexts.
        dataset
            Name of another data set with the same stories. An empty name means the data set of the plan.
        """
        name, model = dataset or self.dataset.name, self.context_model or self.settings.context_model
        folder = context_folder(self.settings.output_dir, self.benchmark.name, name, model)
        return folder / sample_folder(sample) if sample else folder

    def places_of_contexts(self) -> list[Path]:
        """Return the folders that may contain contexts of this run. Current folders precede older folders."""
        own = list(dict.fromkeys([self.contexts_folder(), self.folder]))
        aside = [old for folder in own for old in folders_moved_aside(folder)]
        unperturbed = self.contexts_folder(dataset=self.dataset.name.partition(MARK)[0])  # may have the same stories
        return list(dict.fromkeys([*own, *sorted(aside, reverse=True), unperturbed]))

    def item_key(self, item: Item) -> str:
        """Return a hash of everything that affects the answer to an item or the score of the answer."""
        settings = self.settings
        return content_key(
            mode=self.mode.name,
            model=self.model,
            context_model=self.context_model,
            recipes=self.configs,
            samples=[settings.samples, settings.context_samples],
            context_fields=settings.context_fields,
            guidance=self.benchmark.guidance,
            prompt_parts=dict(self.benchmark.prompt_parts),
            protocol=settings.protocol,
            **({} if settings.context_form is None else {"context_form": settings.context_form}),
            **{part: getattr(item, name) for part, name in _KEYED.items()},
            fields={name: value for name, value in item.fields.items() if name not in self.benchmark.unkeyed},
        )


def sample_folder(sample: int) -> str:
    """Return the name of the subfolder for the contexts of a sample after the first sample."""
    return f"sample-{sample + 1}"


def make_plan(settings: RunSettings, models: Models) -> Plan:
    """Read the data, and make the plan of a run.

    Parameters
    ----------
    settings
        Settings of the run.
    models
        Models of the run.

    Raises
    ------
    ConfigurationError
        If settings contradict each other.
    DatasetError
        If the data cannot be read, or if the data contain no question to ask.
    """
    benchmark, mode = benchmark_of(settings), get_mode(settings.mode)
    questions = questions_of(settings, benchmark, mode)
    if settings.context_dir is None:
        for model, parameter in [(models.answerer, "model_name"), *((one, "context_model") for one in models.parsers)]:
            if isinstance(getattr(model, "wrapped", model), SymbolicModel):
                check_readable(questions.dataset, parameter)
    return Plan(
        settings=settings,
        benchmark=benchmark,
        mode=mode,
        dataset=questions.dataset,
        no_gold=questions.no_gold,
        model=None if models.answerer is None else models.answerer.name,
        context_model=models.context_model,
        configs=tuple(fingerprint(config) for config in models.configs()),
    )


def plan_in_sweep(
    settings: RunSettings, clients: Clients, on_problem: Callable[[str], None] = lambda _: None
) -> tuple[Plan, Models]:
    """Make the plan and the models of a run that is a part of a sweep.

    Parameters
    ----------
    settings
        Settings of the run.
    clients
        Clients of the sweep. The runs of a sweep share the language models.
    on_problem
        Callback that receives a message about a problem with calls. Each kind of problem is reported once.

    Raises
    ------
    ConfigurationError, DatasetError
        If the run cannot be planned; see `Run`.
    """
    mode = get_mode(settings.mode)
    check_mode(settings, mode)
    models = Models(settings, mode, on_problem, within=clients)
    return make_plan(settings, models), models


def check_mode(settings: RunSettings, mode: Mode) -> None:
    """Check that the settings fit the mode, before any model is created.

    Parameters
    ----------
    settings
        Settings of the run.
    mode
        Mode of the run.

    Raises
    ------
    ConfigurationError
        If `context_dir` is not a folder, or if a setting does not fit the mode. The error names the parameters.
    """
    if settings.context_dir is not None and not settings.context_dir.is_dir():
        raise ConfigurationError(
            f"expected context_dir to be a folder, got {settings.context_dir}, which is not a folder",
            parameters=("context_dir",),
        )
    if not mode.answers and settings.model_name != NAME and settings.context_model == NAME:
        raise ConfigurationError(
            f"expected the model in context_model, because mode {mode.name} only makes contexts; got model_name "
            f"{settings.model_name}",
            parameters=("context_model", "model_name"),
        )
    if settings.context_samples > 1 and not (mode.uses_context and mode.answers):
        raise ConfigurationError(
            f"expected a mode that answers from contexts if context_samples is above 1, got {settings.mode}",
            parameters=("context_samples",),
        )
