"""Many runs from one file: benchmarks x models x modes x context models, one after the other, resumable."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from social_world_model.contracts import NO_USAGE
from social_world_model.errors import ConfigurationError, DatasetError, MeaninglessError
from social_world_model.experiments.run import Run
from social_world_model.experiments.settings import Progress, RunResult, RunSettings
from social_world_model.generation_utils.names import keyless
from social_world_model.modes import get_mode
from social_world_model.symbolic.model import NAME

LISTS = ("benchmarks", "models", "modes", "context_models")
_OF_A_BENCHMARK = frozenset({"name", "dataset_path", "options", "limit"})
_OF_THE_SWEEP = frozenset({"benchmark", "mode", "model_name", "context_model", "command", "example", "prompt_template"})
_COMMON = frozenset(one.name for one in fields(RunSettings)) - _OF_THE_SWEEP - {"dataset_path", "options"}


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What to run.

    Parameters
    ----------
    runs
        In order.
    meaningless
        A line for each combination that is left out, since it means nothing.
    """

    runs: tuple[RunSettings, ...]
    meaningless: tuple[str, ...]


def read_sweep(path: Path, command: Sequence[str] = (), *, without_keys: bool = False) -> Sweep:
    """Read a sweep, and check each of its runs as far as that is possible without a call.

    Parameters
    ----------
    path
        YAML with ``benchmarks`` (names, or mappings with ``name``, ``dataset_path``, ``options``, ``limit``),
        ``models``, ``modes``, ``context_models`` (for modes that use contexts; symbolic where left out), and
        ``settings``: what `RunSettings` takes, for every run. A budget there is the whole sweep's.
    command
        The command line, for the manifests.
    without_keys
        Whether models may lack their keys: for what makes no call.

    Raises
    ------
    ConfigurationError, DatasetError
        If the file is not that, if a run cannot be made, or none is left.
    """
    data = _loaded(path)
    runs: list[RunSettings] = []
    meaningless: list[str] = []
    for settings in _combinations(data, path, tuple(command)):
        try:
            if without_keys:
                with keyless():
                    Run(settings)
            else:
                Run(settings)
        except MeaninglessError as error:
            meaningless.append(f"{title(settings)}: {error}")
        except (ConfigurationError, DatasetError) as error:
            raise type(error)(f"{title(settings)}: {error}") from None
        else:
            runs.append(settings)
    if not runs:
        raise ConfigurationError(f"expected runs in {path}, got none that means anything: {'; '.join(meaningless)}")
    return Sweep(runs=tuple(runs), meaningless=tuple(meaningless))


async def run_sweep(
    sweep: Sweep,
    on_progress: Callable[[Progress], None] = lambda _: None,
    on_problem: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[RunResult]:
    """Run one after the other, and yield what each came to; what earlier sweeps answered is kept.

    A run that is stopped (nobody answers) does not keep the others from theirs. A budget is shared by all: when it is
    spent, the rest is not begun.
    """
    tokens, cost = 0, 0.0
    for settings in sweep.runs:
        left = replace(
            settings,
            max_total_tokens=None if settings.max_total_tokens is None else settings.max_total_tokens - tokens,
            max_cost=None if settings.max_cost is None else settings.max_cost - cost,
        )
        if any(bound is not None and bound <= 0 for bound in (left.max_total_tokens, left.max_cost)):
            return
        result = await Run(left, on_progress, on_problem).execute()
        used = sum(result.usage.values(), NO_USAGE)
        tokens += used.input_tokens + used.output_tokens
        cost += used.cost or 0.0
        yield result


def title(settings: RunSettings) -> str:
    """Return what tells a run from the others of a sweep.

    >>> title(RunSettings(benchmark="tomi", mode="perspective"))
    'tomi · perspective · symbolic · contexts by symbolic'
    """
    parts = [settings.benchmark, *(f"{name}={value}" for name, value in settings.options.items())]
    parts += [settings.mode, settings.model_name]
    if get_mode(settings.mode).uses_context:
        parts.append(f"contexts by {settings.context_model}")
    return " · ".join(parts)


def _combinations(data: Mapping[str, Any], path: Path, command: tuple[str, ...]) -> Iterator[RunSettings]:
    common = _known(data.get("settings") or {}, _COMMON, "settings", path)
    benchmarks = [_benchmark(one, path) for one in _listed(data, "benchmarks", path)]
    models, modes = _names(data, "models", path), _names(data, "modes", path)
    makers = _names(data, "context_models", path) if "context_models" in data else [NAME]
    for benchmark, model, mode in itertools.product(benchmarks, models, modes):
        for maker in makers if get_mode(mode).uses_context else [NAME]:
            names = {"mode": mode, "model_name": model, "context_model": maker, "command": command}
            yield _checked({**common, **benchmark, **names}, path)


def _checked(values: Mapping[str, Any], path: Path) -> RunSettings:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(RunSettings).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ConfigurationError(f"{path}: {where}: {first['msg']}, got {first['input']!r}") from None


def _loaded(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"expected a sweep in YAML, got {path}: {error}") from None
    allowed = {*LISTS, "settings"}
    if not isinstance(data, dict) or not set(data) <= allowed:
        got = ", ".join(map(str, data)) if isinstance(data, dict) else type(data).__name__
        raise ConfigurationError(f"expected {', '.join(sorted(allowed))} in {path}, got {got}")
    return data


def _listed(data: Mapping[str, Any], name: str, path: Path) -> list[Any]:
    values = data.get(name)
    if not isinstance(values, list) or not values:
        raise ConfigurationError(f"expected {name} in {path} to be a list with something in it, got {values!r}")
    return values


def _names(data: Mapping[str, Any], name: str, path: Path) -> list[str]:
    values = _listed(data, name, path)
    if wrong := [value for value in values if not isinstance(value, str)]:
        raise ConfigurationError(f"expected {name} in {path} to be names, got {wrong[0]!r}")
    return values


def _benchmark(one: Any, path: Path) -> dict[str, Any]:
    if isinstance(one, str):
        return {"benchmark": one}
    taken = _known(one, _OF_A_BENCHMARK, "a benchmark", path)
    if not isinstance(taken.get("name"), str):
        raise ConfigurationError(f"expected a benchmark in {path} to have a name, got {one!r}")
    options = taken.get("options") or {}
    if not isinstance(options, dict):
        raise ConfigurationError(f"expected the options of {taken['name']} in {path} to be names with values")
    written = {str(name): str(value) for name, value in options.items()}
    return {"benchmark": taken.pop("name"), **taken, "options": written}


def _known(values: Any, allowed: frozenset[str], what: str, path: Path) -> dict[str, Any]:
    if not isinstance(values, dict) or (unknown := set(values) - allowed):
        got = ", ".join(sorted(map(str, unknown))) if isinstance(values, dict) else repr(values)
        raise ConfigurationError(f"expected {what} in {path} to have any of {', '.join(sorted(allowed))}; got {got}")
    return dict(values)
