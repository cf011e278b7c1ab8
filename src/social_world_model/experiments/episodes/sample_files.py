"""Write rows to JSON lines files, and to parquet files if pyarrow is installed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from social_world_model.errors import ConfigurationError
from social_world_model.files import whole_file

ROW_GROUP = 2000
"""Number of rows that are kept in memory before a row group is written."""


class SampleFiles:
    """Files of several splits. A file appears when everything is written; a split without rows has no file.

    Parameters
    ----------
    folder
        Folder of the files. It is created. Files of an earlier call are replaced.
    splits
        Names of the splits.

    Raises
    ------
    ConfigurationError
        If a file cannot be written.
    """

    def __init__(self, folder: Path, splits: Sequence[str]) -> None:
        self.folder, self.splits = folder, tuple(splits)
        self.parquet = _parquet()
        self._stack = ExitStack()
        self._lines: dict[str, IO[str]] = {}
        self._groups: dict[str, list[Mapping[str, Any]]] = {}
        self._writers: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Create the folder."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Rename the files to their names, unless there was an error."""
        try:
            for split, writer in self._writers.items():
                if kind is None:
                    self._flush(split)
                writer.close()
            self._stack.__exit__(kind, error, trace)
            if kind is None:
                self._rename()
        except OSError as problem:
            raise self._unwritable(problem) from None
        finally:
            for split in self.splits:
                with suppress(OSError):
                    self._temporary(split).unlink()

    def write(self, split: str, row: Mapping[str, Any]) -> None:
        """Write a row.

        Parameters
        ----------
        split
            Name of the split.
        row
            Row as JSON data. All rows have the same columns.
        """
        if split not in self._lines:
            self._lines[split] = self._stack.enter_context(whole_file(self.folder / f"{split}.jsonl"))
        self._lines[split].write(json.dumps(row, ensure_ascii=False) + "\n")
        if self.parquet is not None:
            self._groups.setdefault(split, []).append(row)
            if len(self._groups[split]) >= ROW_GROUP or split not in self._writers:
                self._flush(split)

    def _flush(self, split: str) -> None:
        import pyarrow

        rows = self._groups.get(split)
        if not rows:
            return
        schema = self._writers[split].schema if split in self._writers else None
        table = pyarrow.Table.from_pylist(rows, schema=schema)
        if schema is None:
            assert self.parquet is not None
            self._writers[split] = self.parquet.ParquetWriter(
                str(self._temporary(split)), table.schema, compression="zstd"
            )
        self._writers[split].write_table(table)
        rows.clear()

    def _rename(self) -> None:
        for split in self.splits:
            done = self.folder / f"{split}.parquet"
            if split in self._writers:
                self._temporary(split).replace(done)
            else:
                done.unlink(missing_ok=True)
            if split not in self._lines:
                (self.folder / f"{split}.jsonl").unlink(missing_ok=True)

    def _temporary(self, split: str) -> Path:
        return self.folder / f".swm-tmp-{split}.parquet"

    def _unwritable(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(f"expected to write to {self.folder}: {error.strerror or error}", parameters=("out",))


def _parquet() -> Any:
    """Return the module for parquet files; None if pyarrow is not installed."""
    try:
        from pyarrow import parquet
    except ImportError:
        return None
    return parquet
