"""Benchmarks by name."""

from __future__ import annotations

from importlib import import_module

from social_world_model.benchmarks.base import Benchmark
from social_world_model.errors import ConfigurationError

_BUILT_IN = {
    "bigtom": "bigtom",
    "cobra_frames": "cobra_frames",
    "confaide": "confaide",
    "fantom": "fantom",
    "hitom": "hitom",
    "mmtom": "mmtom",
    "ori_tomi": "tomi",
    "tomi": "tomi",
}
_KNOWN: dict[str, Benchmark] = {}


def register(benchmark: Benchmark) -> Benchmark:
    """Make a benchmark known by its name.

    Raises
    ------
    ConfigurationError
        If another one has that name.
    """
    _load(benchmark.name)  # a built-in name is taken, whether it was used yet or not
    if _KNOWN.get(benchmark.name, benchmark) is not benchmark:
        raise ConfigurationError(f"expected a new name for a benchmark, got {benchmark.name!r}, which is taken")
    _KNOWN[benchmark.name] = benchmark
    return benchmark


def get_benchmark(name: str) -> Benchmark:
    """Return a benchmark.

    Raises
    ------
    ConfigurationError
        If there is none of that name.
    """
    _load(name)
    if name not in _KNOWN:
        raise ConfigurationError(f"expected a benchmark out of {', '.join(benchmark_names())}; got {name!r}")
    return _KNOWN[name]


def _load(name: str) -> None:
    if name not in _KNOWN and name in _BUILT_IN:
        import_module(f"{__package__}.{_BUILT_IN[name]}")


def benchmark_names() -> list[str]:
    """Return all names."""
    return sorted({*_BUILT_IN, *_KNOWN})
