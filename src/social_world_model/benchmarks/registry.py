"""Benchmarks by name."""

from __future__ import annotations

from social_world_model.benchmarks.base import Benchmark
from social_world_model.errors import ConfigurationError
from social_world_model.registry import Registry, check_members

BENCHMARKS: Registry[Benchmark] = Registry(
    "benchmark", package="social_world_model.benchmarks.builtin", attribute="BENCHMARK"
)


def register(benchmark: Benchmark) -> Benchmark:
    """Make a benchmark known by its name.

    Raises
    ------
    ConfigurationError
        If it is none, or another one has that name.
    """
    check_members(benchmark, "a benchmark", ("name", "items"))
    if not isinstance(benchmark, Benchmark):
        raise ConfigurationError(f"expected a subclass of Benchmark, got {type(benchmark).__name__}")
    BENCHMARKS.register(benchmark.name, benchmark)
    return benchmark


def get_benchmark(name: str) -> Benchmark:
    """Return a benchmark.

    Raises
    ------
    ConfigurationError
        If there is none of that name.
    """
    return BENCHMARKS.get(name)


def benchmark_names() -> list[str]:
    """Return all names, those of plug-ins included."""
    return sorted(BENCHMARKS.names())
