"""Samples as files: parquet by row groups, jsonl by lines; each is there whole, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from social_world_model.errors import ConfigurationError
from social_world_model.files import whole_file
from social_world_model.training.samples import Sample, messages
from social_world_model.training.settings import FileKind, Form

ROW_GROUP = 2000
"""Samples kept in memory before they are written."""


def sft_row(sample: Sample) -> dict[str, Any]:
    """Return a sample as verl's, TRL's and Together's supervised training read it."""
    return {"messages": messages(sample)}


def grpo_row(sample: Sample) -> dict[str, Any]:
    """Return a sample as verl's and TRL's training by reward read it."""
    request, reply = messages(sample)
    return {
        "data_source": f"social_world_model/{sample.source or 'records'}",
        "prompt": [request],
        "reward_model": {"style": "rule", "ground_truth": reply["content"]},
        "extra_info": {"narrative": sample.narrative},
    }


ROWS: Mapping[Form, Callable[[Sample], dict[str, Any]]] = {"sft": sft_row, "grpo": grpo_row}


class Sink(Protocol):
    """Takes samples."""

    def write(self, sample: Sample) -> None:
        """Take one."""
        ...


@dataclass
class Lines:
    """Writes a sample a line."""

    path: Path
    form: Form
    stack: ExitStack
    _file: Any = None

    def write(self, sample: Sample) -> None:
        """Write one, and open the file with the first."""
        if self._file is None:
            self._file = self.stack.enter_context(whole_file(self.path))
        self._file.write(json.dumps(ROWS[self.form](sample), ensure_ascii=False) + "\n")


@dataclass
class RowGroups:
    """Writes row groups of a parquet file."""

    path: Path
    form: Form
    stack: ExitStack
    _rows: list[dict[str, Any]] = field(default_factory=list)
    _writer: Any = None

    def write(self, sample: Sample) -> None:
        """Take one, and write a row group where there are enough."""
        if self._writer is None:
            self._writer = self.stack.enter_context(_whole_parquet(self.path, self.form, self._flush))
        self._rows.append(ROWS[self.form](sample))
        if len(self._rows) >= ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        import pyarrow

        if self._rows:
            self._writer.write_table(pyarrow.Table.from_pylist(self._rows, schema=_schema(self.form)))
            self._rows.clear()


@contextmanager
def sinks(folder: Path, split: str, form: Form, kinds: tuple[FileKind, ...]) -> Iterator[list[Sink]]:
    """Open the files of a split; one that gets no sample is not made, and no file is left half-written.

    Raises
    ------
    ConfigurationError
        If pyarrow is missing, or something cannot be written.
    """
    if "parquet" in kinds:
        check_parquet()
    makers: Mapping[FileKind, Callable[[Path, Form, ExitStack], Sink]] = {"parquet": RowGroups, "jsonl": Lines}
    with ExitStack() as stack:
        yield [makers[kind](folder / f"{split}.{kind}", form, stack) for kind in kinds]


def check_parquet() -> None:
    """See to it that parquet can be written.

    Raises
    ------
    ConfigurationError
        If it cannot.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise ConfigurationError(
            "expected pyarrow, which reads and writes parquet, got none: uv sync --extra parquet, or kinds=('jsonl',)"
        ) from None


@contextmanager
def _whole_parquet(path: Path, form: Form, flush: Callable[[], None]) -> Iterator[Any]:
    """Open a parquet file under a temporary name, and rename it when everything is written."""
    from pyarrow import parquet

    temporary = path.with_name(f".swm-tmp-{path.name}")
    try:
        with parquet.ParquetWriter(str(temporary), _schema(form), compression="zstd") as writer:
            yield writer
            flush()
        temporary.replace(path)
    except OSError as error:
        raise ConfigurationError(f"expected to write {path}: {error.strerror or error}") from None
    finally:
        with suppress(OSError):  # it was renamed, or never made
            temporary.unlink()


def _schema(form: Form) -> Any:
    import pyarrow

    text = pyarrow.string()
    conversation = pyarrow.list_(pyarrow.struct([("role", text), ("content", text)]))
    if form == "sft":
        return pyarrow.schema([("messages", conversation)])
    return pyarrow.schema(
        [
            ("data_source", text),
            ("prompt", conversation),
            ("reward_model", pyarrow.struct([("style", text), ("ground_truth", text)])),
            ("extra_info", pyarrow.struct([("narrative", text)])),
        ]
    )
