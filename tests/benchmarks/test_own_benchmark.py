"""A benchmark of one's own; the how-to is tested in tests/plugins/test_pages.py."""

from __future__ import annotations

import pytest

from social_world_model.benchmarks import Benchmark
from social_world_model.errors import DatasetError


def test_a_benchmark_without_a_sample_wants_a_file() -> None:
    class Bare(Benchmark):
        name = "bare"

        def items(self, index: str, row: dict[str, object]) -> list[object]:  # type: ignore[override]
            return []

    with pytest.raises(DatasetError, match="expected a data file for bare, which has no bundled sample; got none"):
        Bare().load()
