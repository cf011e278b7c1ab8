"""Write samples to parquet and JSON lines files; every file is written atomically."""

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
"""Number of samples that are kept in memory before a row group is written."""


def sft_row(sample: Sample) -> dict[str, Any]:
    """Return a sample in the format of supervised training with verl, TRL and Together."""
    return {"messages": messages(sample)}


def grpo_row(sample: Sample) -> dict[str, Any]:
    """Return a sample in the format of reinforcement learning with verl and TRL."""
    request, reply = messages(sample)
    return {
        "data_source": f"social_world_model/{sample.source or 'records'}",
        "prompt": [request],
        "reward_model": {"style": "rule", "ground_truth": reply["content"]},
        "extra_info": {"narrative": sample.narrative},
    }


ROWS: Mapping[Form, Callable[[Sample], dict[str, Any]]] = {"sft": sft_row, "grpo": grpo_row}


class Sink(Protocol):
    """Writer of samples."""

    def write(self, sample: Sample) -> None:
        """Write a sample."""
        ...


@dataclass
class Lines:
    """Writer of a JSON lines file, one sample per line."""

    path: Path
    form: Form
    stack: ExitStack
    _file: Any = None

    def write(self, sample: Sample) -> None:
        """Write a sample; the first sample opens the file."""
        if self._file is None:
            self._file = self.stack.enter_context(whole_file(self.path))
        self._file.write(json.dumps(ROWS[self.form](sample), ensure_ascii=False) + "\n")


@dataclass
class RowGroups:
    """Writer of a parquet file, in row groups."""

    path: Path
    form: Form
    stack: ExitStack
    _rows: list[dict[str, Any]] = field(default_factory=list)
    _writer: Any = None

    def write(self, sample: Sample) -> None:
        """Add a sample, and write a row group if there are enough samples."""
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
    """Open the files of a split. A file without samples is not created, and a failed write leaves no file.

    Parameters
    ----------
    folder
        Folder for the files.
    split
        Name of the split, ``"train"`` or ``"val"``.
    form
        Form of the samples: ``sft`` or ``grpo``.
    kinds
        Formats of the files: ``parquet``, ``jsonl`` or both.

    Raises
    ------
    ConfigurationError
        If pyarrow is needed but not installed, or if a file cannot be written.
    """
    if "parquet" in kinds:
        check_parquet()
    makers: Mapping[FileKind, Callable[[Path, Form, ExitStack], Sink]] = {"parquet": RowGroups, "jsonl": Lines}
    with ExitStack() as stack:
        yield [makers[kind](folder / f"{split}.{kind}", form, stack) for kind in kinds]


def check_parquet() -> None:
    """Check that parquet files can be read and written.

    Raises
    ------
    ConfigurationError
        If pyarrow is not installed.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise ConfigurationError(
            "expected the package pyarrow for parquet files, got none: install it with uv sync --extra parquet, or "
            "pass kinds=('jsonl',)"
        ) from None


@contextmanager
def _whole_parquet(path: Path, form: Form, flush: Callable[[], None]) -> Iterator[Any]:
    """Open a parquet file under a temporary name, and rename it after the last write."""
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
        with suppress(OSError):  # the file was renamed, or never created
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
