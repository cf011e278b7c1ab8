"""Everything that is decided about a run before its first call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from social_world_model.benchmarks import Benchmark
from social_world_model.contracts import Dataset, Item
from social_world_model.errors import ConfigurationError
from social_world_model.experiments.datasets import benchmark_of, check_readable, questions_of
from social_world_model.experiments.models import Models
from social_world_model.modes import Mode, get_mode
from social_world_model.runs.keys import content_key, fingerprints
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
"""What of an item decides its reply or its score, by the name that keys have for it."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A run, checked as far as that is possible before the first call. It makes no call and writes nothing.

    Parameters
    ----------
    settings
        What the user asked for.
    benchmark, mode
        Under these settings.
    dataset
        The rows that are asked.
    no_gold
        Number of rows left out because they have no correct answer.
    model, context_model
        Names of the models in use; None where the mode uses none.
    configs
        Fingerprints of the configurations of all models.
    earlier_configs
        The same as results of schema 1 have them.
    """

    settings: RunSettings
    benchmark: Benchmark
    mode: Mode
    dataset: Dataset
    no_gold: int
    model: str | None
    context_model: str | None
    configs: tuple[str, ...]
    earlier_configs: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where the results are stored."""
        if self.model is None:
            return self.contexts_folder()
        settings, name = self.settings, self.benchmark.name
        return run_folder(settings.output_dir, name, self.mode.name, self.model, self.dataset.name, self.context_model)

    def contexts_folder(self, sample: int = 0, dataset: str = "") -> Path:
        """Return where contexts are shared with other runs.

        Parameters
        ----------
        sample
            Number of the context, from 0, where each story has several.
        dataset
            Name of another data set with the same stories.
        """
        name, model = dataset or self.dataset.name, self.context_model or self.settings.context_model
        folder = context_folder(self.settings.output_dir, self.benchmark.name, name, model)
        return folder / sample_folder(sample) if sample else folder

    def places_of_contexts(self) -> list[Path]:
        """Return the folders in which contexts of this run may be, those that were moved aside last."""
        own = list(dict.fromkeys([self.contexts_folder(), self.folder]))
        aside = [old for folder in own for old in folders_moved_aside(folder)]
        unperturbed = self.contexts_folder(dataset=self.dataset.name.partition(MARK)[0])  # may have the same stories
        return list(dict.fromkeys([*own, *sorted(aside, reverse=True), unperturbed]))

    def item_key(self, item: Item) -> str:
        """Return the hash of everything that decides the answer to an item, and how it is scored."""
        return self._key(item, self.configs)

    def item_keys(self, item: Item) -> tuple[str, str]:
        """Return the key of an item, and the one that a result of schema 1 has for it."""
        return self._key(item, self.configs), self._key(item, self.earlier_configs)

    def _key(self, item: Item, configs: tuple[str, ...]) -> str:
        settings = self.settings
        return content_key(
            mode=self.mode.name,
            model=self.model,
            context_model=self.context_model,
            recipes=configs,
            samples=[settings.samples, settings.context_samples],
            context_fields=settings.context_fields,
            guidance=self.benchmark.guidance,
            prompt_parts=dict(self.benchmark.prompt_parts),
            protocol=settings.protocol,
            **{part: getattr(item, name) for part, name in _KEYED.items()},
            fields={name: value for name, value in item.fields.items() if name not in self.benchmark.unkeyed},
        )


def sample_folder(sample: int) -> str:
    """Return the name of the folder of further contexts, inside that of the first ones."""
    return f"sample-{sample + 1}"


def make_plan(settings: RunSettings, models: Models) -> Plan:
    """Read the data and decide what is run.

    Raises
    ------
    ConfigurationError
        If settings do not go together.
    DatasetError
        If the data cannot be read.
    """
    benchmark, mode = benchmark_of(settings), get_mode(settings.mode)
    questions = questions_of(settings, benchmark, mode)
    if settings.context_dir is None:
        for model, parameter in [(models.answerer, "model_name"), *((one, "context_model") for one in models.parsers)]:
            if isinstance(getattr(model, "wrapped", model), SymbolicModel):
                check_readable(questions.dataset, parameter)
    configs = [fingerprints(config) for config in models.configs()]
    return Plan(
        settings=settings,
        benchmark=benchmark,
        mode=mode,
        dataset=questions.dataset,
        no_gold=questions.no_gold,
        model=None if models.answerer is None else models.answerer.name,
        context_model=models.context_model,
        configs=tuple(one.current for one in configs),
        earlier_configs=tuple(one.earlier for one in configs),
    )


def check_mode(settings: RunSettings, mode: Mode) -> None:
    """Refuse settings that mean nothing in a mode, before its models are made.

    Raises
    ------
    ConfigurationError
        Naming the parameters.
    """
    if settings.context_dir is not None and not settings.context_dir.is_dir():
        raise ConfigurationError(
            f"expected context_dir to be a folder, got {settings.context_dir}", parameters=("context_dir",)
        )
    if not mode.answers and settings.model_name != NAME and settings.context_model == NAME:
        raise ConfigurationError(
            f"{mode.name} answers nothing: expected the model that makes contexts as context_model, got model_name "
            f"{settings.model_name}",
            parameters=("context_model", "model_name"),
        )
    if settings.context_samples > 1 and not (mode.uses_context and mode.answers):
        raise ConfigurationError(
            f"expected context_samples with a mode that answers from contexts, got {settings.mode}",
            parameters=("context_samples",),
        )
