"""Data files whose fields are missing or have another type than in the benchmark."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from social_world_model.benchmarks import get_benchmark
from social_world_model.data.reading import read_file
from social_world_model.errors import SocialWorldModelError

SAMPLES = Path(str(files("social_world_model.benchmarks").joinpath("samples")))
NAMES = sorted(path.name.partition("_sample")[0] for path in SAMPLES.glob("*_sample.*"))
MISSING = object()
VALUES: list[Any] = [MISSING, None, 1.5, "x", [None], {"a": [1]}]


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of all values inside a row; of a list, only the first two."""
    if at:
        yield at
    pairs = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for name, part in pairs:
        yield from places(part, (*at, name))


def changed(row: dict[str, Any], at: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """Return a copy of a row with another value at a path."""
    row = copy.deepcopy(row)
    inside: Any = row
    for name in at[:-1]:
        inside = inside[name]
    if value is MISSING:
        del inside[at[-1]]
    else:
        inside[at[-1]] = value
    return row


@pytest.mark.parametrize("name", NAMES)
def test_such_a_row_is_a_bad_row_or_a_clear_error_and_the_other_rows_are_read(name: str, tmp_path: Path) -> None:
    (sample,) = SAMPLES.glob(f"{name}_sample.*")
    rows = [row for row in read_file(sample).rows if isinstance(row, dict)][:3]
    benchmark, path, read = get_benchmark(name), tmp_path / "rows.json", 0
    for at in places(rows[0]):
        for value in VALUES:
            path.write_text(json.dumps([changed(rows[0], at, value), *rows[1:]]))
            try:
                dataset = benchmark.load(path)
            except SocialWorldModelError as error:
                assert str(error)
            else:
                assert dataset.rows
                read += 1
    assert read
