"""The registry of benchmarks."""

from __future__ import annotations

from social_world_model.benchmarks.base import Benchmark
from social_world_model.errors import ConfigurationError
from social_world_model.registry import Registry, check_members

BENCHMARKS: Registry[Benchmark] = Registry(
    "benchmark", package="social_world_model.benchmarks.builtin", attribute="BENCHMARK"
)


def register(benchmark: Benchmark) -> Benchmark:
    """Register a benchmark under its name.

    Raises
    ------
    ConfigurationError
        If the object is not a `Benchmark`, or if the name is taken.
    """
    check_members(benchmark, "a benchmark", ("name", "items"))
    if not isinstance(benchmark, Benchmark):
        raise ConfigurationError(f"expected a subclass of Benchmark, got {type(benchmark).__name__}")
    BENCHMARKS.register(benchmark.name, benchmark)
    return benchmark


def get_benchmark(name: str) -> Benchmark:
    """Return the benchmark with this name.

    Raises
    ------
    ConfigurationError
        If the name is unknown.
    """
    return BENCHMARKS.get(name)


def benchmark_names() -> list[str]:
    """Return the names of all benchmarks, including plug-ins."""
    return sorted(BENCHMARKS.names())
