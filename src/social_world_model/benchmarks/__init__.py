"""Benchmarks. Each benchmark has one file and is registered with `register`."""

from social_world_model.benchmarks.base import Benchmark, gold_cell, rows_by, text_cell
from social_world_model.benchmarks.counting import ItemResult, MetricRow, MetricTable, Score, ScoredUnit
from social_world_model.benchmarks.registry import benchmark_names, get_benchmark, register
from social_world_model.data.reading import Row

__all__ = [
    "Benchmark",
    "ItemResult",
    "MetricRow",
    "MetricTable",
    "Row",
    "Score",
    "ScoredUnit",
    "benchmark_names",
    "get_benchmark",
    "gold_cell",
    "register",
    "rows_by",
    "text_cell",
]
