"""Sweeps: one file describes many runs (benchmarks x models x modes x context models). A sweep can be resumed."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from social_world_model.contracts import Dataset
from social_world_model.errors import (
    ConfigurationError,
    DatasetError,
    MeaninglessError,
    SocialWorldModelError,
    did_you_mean,
)
from social_world_model.experiments.progress import Progress, RunResult
from social_world_model.experiments.run import Run
from social_world_model.generation_utils.names import keyless
from social_world_model.generation_utils.vllm_engine import keep_loaded
from social_world_model.modes import get_mode
from social_world_model.settings import RunSettings, declared
from social_world_model.symbolic.model import NAME
from social_world_model.usage import NO_USAGE

LISTS = ("benchmarks", "models", "modes", "context_models")
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
    """

    runs: tuple[RunSettings, ...]
    meaningless: tuple[str, ...]
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
    data = _loaded(path)
    runs: dict[Path, RunSettings] = {}
    meaningless: list[str] = []
    repeated: list[str] = []
    for settings in _combinations(data, path, tuple(command)):
        try:
            with keyless() if without_keys else nullcontext():
                folder = Run(settings).plan.folder.resolve()
        except MeaninglessError as error:
            meaningless.append(f"{title(settings)}: {error}")
            continue
        except (ConfigurationError, DatasetError) as error:
            raise type(error)(f"{title(settings)}: {error}") from None
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
    return Sweep(runs=tuple(runs.values()), meaningless=tuple(meaningless), repeated=tuple(repeated))


def _what(settings: RunSettings) -> tuple[object, ...]:
    """Return the settings that may differ between two runs with the same folder."""
    path = settings.dataset_path
    return (None if path is None else path.resolve(), settings.limit)


async def run_sweep(
    sweep: Sweep,
    on_progress: Callable[[Progress], None] = lambda _: None,
    on_problem: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[RunResult]:
    """Execute the runs of a sweep one by one, and yield the results. Stored answers are reused.

    A stopped run does not stop the other runs. A run stops, for example, if the model is unreachable, or if another
    process writes to the folder. All runs share one budget. When the budget is spent, the remaining runs are not
    started.

    Parameters
    ----------
    sweep
        Sweep to execute.
    on_progress
        Callback that receives the progress of the current run.
    on_problem
        Callback that receives a message about a problem with calls. Each kind of problem is reported once.
    """
    with keep_loaded():  # the next run may use the same model
        async for result in _in_order(sweep, on_progress, on_problem):
            yield result


async def _in_order(
    sweep: Sweep, on_progress: Callable[[Progress], None], on_problem: Callable[[str], None]
) -> AsyncIterator[RunResult]:
    tokens, cost = 0, 0.0
    for settings in sweep.runs:
        tokens_left = None if settings.max_total_tokens is None else settings.max_total_tokens - tokens
        cost_left = None if settings.max_cost is None else settings.max_cost - cost
        if any(bound is not None and bound <= 0 for bound in (tokens_left, cost_left)):
            return
        left = replace(settings, max_total_tokens=tokens_left, max_cost=cost_left)
        try:
            result = await Run(left, on_progress, on_problem).execute()
        except SocialWorldModelError as error:
            result = _not_run(settings, str(error))
        result = _told_as_shared(result, left, settings)
        used = sum(result.usage.values(), NO_USAGE)
        tokens += used.input_tokens + used.output_tokens
        cost += used.cost or 0.0
        yield result


def _told_as_shared(result: RunResult, left: RunSettings, settings: RunSettings) -> RunResult:
    """Return a result with a stop reason that names the budget of the sweep instead of the rest for this run."""
    why = result.stopped or ""
    for own, whole in (
        (f"max_total_tokens {left.max_total_tokens} ", f"max_total_tokens {settings.max_total_tokens} "),
        (f"max_cost {left.max_cost or 0:g} ", f"max_cost {settings.max_cost or 0:g} "),
    ):
        if own != whole and why.startswith(own):
            return replace(result, stopped=f"what was left of {whole}{why.removeprefix(own)}")
    return result


def _not_run(settings: RunSettings, why: str) -> RunResult:
    return RunResult(
        settings=settings,
        dataset=Dataset(name="" if settings.dataset_path is None else settings.dataset_path.name, rows=(), sha256=""),
        outcomes=(),
        no_gold=0,
        folder=None,
        kept=0,
        contexts_found=0,
        contexts_made=0,
        errors=(),
        stopped=why,
    )


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
    common = _known(data.get("settings") or {}, _COMMON, "settings", path)
    benchmarks = [_benchmark(one, path) for one in _listed(data, "benchmarks", path)]
    models, modes = _names(data, "models", path), _names(data, "modes", path)
    makers = _names(data, "context_models", path) if "context_models" in data else [NAME]
    for benchmark, model, mode in itertools.product(benchmarks, models, modes):
        answers = get_mode(mode).answers
        if not answers and model != models[0]:  # a mode that only makes contexts is run once for all models
            continue
        for maker in makers if get_mode(mode).uses_context else [NAME]:
            answerer = model if answers else NAME
            names = {"mode": mode, "model_name": answerer, "context_model": maker, "command": command}
            yield _checked({**common, **benchmark, **names}, path)


def _checked(values: Mapping[str, Any], path: Path) -> RunSettings:
    try:
        return RunSettings(**values)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _loaded(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
        data = yaml.safe_load(text)
        if twice := _repeated(yaml.compose(text, yaml.SafeLoader)):
            raise ConfigurationError(f"expected each name once in {path}, got {twice} twice: delete one of them")
    except OSError as error:
        raise ConfigurationError(f"expected a sweep in YAML, got {path}: {error.strerror or error}") from None
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise ConfigurationError(f"expected a sweep in YAML, got {path}: {' '.join(str(error).split())}") from None
    allowed = {*LISTS, "settings"}
    if not isinstance(data, dict) or not set(data) <= allowed:
        got, near = _KINDS.get(type(data), type(data).__name__), ""
        if isinstance(data, dict):
            unknown = [name for name in data if name not in allowed]
            got, near = ", ".join(map(str, data)), did_you_mean(unknown[0], allowed)
        raise ConfigurationError(f"expected {', '.join(sorted(allowed))} in {path}, got {got}{near}")
    return data


_KINDS: Mapping[type, str] = {type(None): "nothing", str: "text", list: "a list"}


def _repeated(node: Any) -> str | None:
    """Return a name that occurs twice in a YAML mapping, or None. The YAML loader would use the last value."""
    from yaml import MappingNode, ScalarNode, SequenceNode

    if isinstance(node, SequenceNode):
        return next(filter(None, map(_repeated, node.value)), None)
    if not isinstance(node, MappingNode):
        return None
    names = [str(key.value) for key, _ in node.value if isinstance(key, ScalarNode) and key.value != "<<"]
    twice = (name for name in names if names.count(name) > 1)
    return next(twice, None) or next(filter(None, (_repeated(value) for _, value in node.value)), None)


def _listed(data: Mapping[str, Any], name: str, path: Path) -> list[Any]:
    values = data.get(name)
    if not isinstance(values, list) or not values:
        raise ConfigurationError(f"expected {name} in {path} to be a list that is not empty, got {values!r}")
    return values


def _names(data: Mapping[str, Any], name: str, path: Path) -> list[str]:
    values = _listed(data, name, path)
    if wrong := [value for value in values if not isinstance(value, str)]:
        raise ConfigurationError(f"expected {name} in {path} to be a list of names, got {wrong[0]!r}")
    return values


def _benchmark(one: Any, path: Path) -> dict[str, Any]:
    if isinstance(one, str):
        return {"benchmark": one}
    taken = _known(one, _OF_A_BENCHMARK, "a benchmark", path)
    if not isinstance(taken.get("name"), str):
        raise ConfigurationError(f"expected a benchmark in {path} to have a name, got {one!r}")
    options = taken.get("options") or {}
    if not isinstance(options, dict):
        raise ConfigurationError(
            f"expected the options of {taken['name']} in {path} to be a mapping of names to values, got {options!r}"
        )
    written = {str(name): str(value) for name, value in options.items()}
    return {"benchmark": taken.pop("name"), **taken, "options": written}


def _known(values: Any, allowed: frozenset[str], what: str, path: Path) -> dict[str, Any]:
    if not isinstance(values, dict) or (unknown := set(values) - allowed):
        got, near = repr(values), ""
        if isinstance(values, dict):
            names = sorted(map(str, unknown))
            got, near = ", ".join(names), did_you_mean(names[0], allowed)
        raise ConfigurationError(
            f"expected the entries of {what} in {path} to be among {', '.join(sorted(allowed))}; got {got}{near}"
        )
    return dict(values)
