"""Benchmarks: one file each, made known with `register`."""

from social_world_model.benchmarks.base import Benchmark
from social_world_model.benchmarks.counting import Line, Outcome, Score, Table, Unit
from social_world_model.benchmarks.registry import benchmark_names, get_benchmark, register

__all__ = [
    "Benchmark",
    "Line",
    "Outcome",
    "Score",
    "Table",
    "Unit",
    "benchmark_names",
    "get_benchmark",
    "register",
]
