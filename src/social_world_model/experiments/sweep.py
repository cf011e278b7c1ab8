"""Sweeps: one file describes many runs (benchmarks x models x modes x context models). A sweep can be resumed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError, DatasetError, MeaninglessError
from social_world_model.experiments.plan import plan_in_sweep
from social_world_model.experiments.yaml_entries import entry, listed, loaded, names
from social_world_model.generation_utils.clients import Clients
from social_world_model.generation_utils.names import keyless
from social_world_model.modes import get_mode
from social_world_model.settings import RunSettings, declared
from social_world_model.symbolic.model import NAME

KEYS = frozenset({"benchmarks", "models", "modes", "context_models", "settings"})
_OF_A_BENCHMARK = frozenset({"name", "dataset_path", "options", "limit"})
_COMMON = frozenset(one.name for one in declared(RunSettings) if one.option.in_sweep)


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Runs of a sweep.

    Parameters
    ----------
    runs
        Settings of the runs, in the order of execution.
    meaningless
        One line per combination that is not run because the parts do not fit together.
    repeated
        Titles of runs that the file contains more than once. Each of these runs is executed once.
    questions
        Number of questions of all runs together.
    """

    runs: tuple[RunSettings, ...]
    meaningless: tuple[str, ...]
    questions: int
    repeated: tuple[str, ...] = ()


def read_sweep(path: Path, command: Sequence[str] = (), *, without_keys: bool = False) -> Sweep:
    """Read a sweep from a YAML file, and check each run without calling a model.

    Parameters
    ----------
    path
        Path of the YAML file. ``benchmarks`` is a list. Each entry is a name, or a mapping with ``name``,
        ``dataset_path``, ``options`` and ``limit``. ``models``, ``modes`` and ``context_models`` are lists of names.
        Modes that use contexts need ``context_models`` (default: symbolic). ``settings`` contains parameters of
        `RunSettings` for all runs. If ``settings`` contains a budget, all runs share the budget.
    command
        Command line, which the manifests of the runs contain.
    without_keys
        Whether API keys may be missing. Use True if no model will be called.

    Raises
    ------
    ConfigurationError, DatasetError
        If the file has another form, if a run is invalid, if two different runs would use one folder, or if there is no
        run.
    """
    data = loaded(path, KEYS, "a sweep")
    runs: dict[Path, RunSettings] = {}
    questions: dict[Path, int] = {}
    meaningless: list[str] = []
    repeated: list[str] = []
    combinations = list(_combinations(data, path, tuple(command)))
    clients = Clients(combinations[0])  # the creation of a client is slow
    for settings in combinations:
        try:
            with keyless() if without_keys else nullcontext():
                plan, _ = plan_in_sweep(settings, clients)
        except MeaninglessError as error:
            meaningless.append(f"{title(settings)}: {error}")
            continue
        except (ConfigurationError, DatasetError) as error:
            raise type(error)(f"{title(settings)}: {error}") from None
        folder = plan.folder.resolve()
        questions[folder] = len(plan.dataset.rows)
        other = runs.setdefault(folder, settings)
        if other is not settings and _what(other) != _what(settings):
            raise ConfigurationError(
                f"expected one folder per run of {path}, got the same folder {folder} for two runs "
                f"({title(settings)}) with different data files or limits. Rename a data file, "
                "or use two sweeps with different output_dir"
            )
        if other is not settings and title(settings) not in repeated:
            repeated.append(title(settings))
    if not runs:
        raise ConfigurationError(
            f"expected runs in {path}, got only combinations that do not fit together: {'; '.join(meaningless)}"
        )
    return Sweep(
        runs=tuple(runs.values()),
        meaningless=tuple(meaningless),
        repeated=tuple(repeated),
        questions=sum(questions.values()),
    )


def _what(settings: RunSettings) -> tuple[object, ...]:
    """Return the settings that may differ between two runs with the same folder."""
    path = settings.dataset_path
    return (None if path is None else path.resolve(), settings.limit)


def title(settings: RunSettings) -> str:
    """Return a title that identifies a run within a sweep.

    Examples
    --------
    >>> title(RunSettings(benchmark="tomi", mode="perspective"))
    'tomi · perspective · symbolic · contexts by symbolic'
    """
    parts = [settings.benchmark, *(f"{name}={value}" for name, value in settings.options.items())]
    parts += [settings.variant] if settings.variant is not None else []
    parts += [settings.mode, *([settings.model_name] if get_mode(settings.mode).answers else [])]
    if get_mode(settings.mode).uses_context:
        parts.append(f"contexts by {settings.context_model}")
    return " · ".join(parts)


def _combinations(data: Mapping[str, Any], path: Path, command: tuple[str, ...]) -> Iterator[RunSettings]:
    common = entry(data.get("settings") or {}, _COMMON, "settings", path)
    benchmarks = [_benchmark(one, path) for one in listed(data, "benchmarks", path)]
    models, modes = names(data, "models", path), names(data, "modes", path)
    makers = names(data, "context_models", path) if "context_models" in data else [NAME]
    for benchmark, model, mode in itertools.product(benchmarks, models, modes):
        answers = get_mode(mode).answers
        if not answers and model != models[0]:  # a mode that only makes contexts is run once for all models
            continue
        for maker in makers if get_mode(mode).uses_context else [NAME]:
            answerer = model if answers else NAME
            parts = {"mode": mode, "model_name": answerer, "context_model": maker, "command": command}
            yield _checked({**common, **benchmark, **parts}, path)


def _checked(values: Mapping[str, Any], path: Path) -> RunSettings:
    try:
        return RunSettings(**values)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _benchmark(one: Any, path: Path) -> dict[str, Any]:
    if isinstance(one, str):
        return {"benchmark": one}
    taken = entry(one, _OF_A_BENCHMARK, "a benchmark", path)
    if not isinstance(taken.get("name"), str):
        raise ConfigurationError(f"expected a benchmark in {path} to have a name, got {one!r}")
    options = taken.get("options") or {}
    if not isinstance(options, dict):
        raise ConfigurationError(
            f"expected the options of {taken['name']} in {path} to be a mapping of names to values, got {options!r}"
        )
    written = {str(name): str(value) for name, value in options.items()}
    return {"benchmark": taken.pop("name"), **taken, "options": written}
