"""Samples that lie ready for training."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from social_world_model.errors import DatasetError
from social_world_model.training.data import TRAIN, VAL
from social_world_model.training.lengths import Lengths, Spread
from social_world_model.training.samples import Sample
from social_world_model.training.writing import check_parquet


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Files of samples.

    Parameters
    ----------
    train, val
        The parquet files; None where nothing is held out.
    train_rows, val_rows
        How many samples they hold.
    """

    train: Path
    train_rows: int
    val: Path | None = None
    val_rows: int = 0


def is_prepared(folder: Path) -> bool:
    """Tell whether a folder is one that `make_data` wrote, and not one of results.

    Raises
    ------
    DatasetError
        If it is both.
    """
    if not (folder / f"{TRAIN}.parquet").is_file():
        return False
    others = [path.name for path in folder.glob("*.json") if path.name != "report.json"]
    if others:
        raise DatasetError(
            f"expected a folder of results or one of samples, got {folder}, which holds {TRAIN}.parquet and "
            f"{len(others)} JSON files, {others[0]} among them: put them into folders of their own"
        )
    return True


def prepared(folder: Path) -> Prepared:
    """Return the samples of a folder.

    Raises
    ------
    DatasetError
        If it holds none, or none that can be trained on.
    """
    train, val = folder / f"{TRAIN}.parquet", folder / f"{VAL}.parquet"
    if not train.is_file():
        raise DatasetError(f"expected {TRAIN}.parquet in {folder}, got none: swm train data makes it")
    val_rows = _rows(val) if val.is_file() else 0
    rows = _rows(train)
    if not rows:
        raise DatasetError(f"expected samples in {train}, got none")
    return Prepared(train=train, train_rows=rows, val=val if val_rows else None, val_rows=val_rows)


def _rows(path: Path) -> int:
    check_parquet()
    import pyarrow
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
    except (OSError, pyarrow.ArrowInvalid) as error:
        raise DatasetError(f"expected samples in {path}, got a file that cannot be read: {error}") from None
    with file:
        columns: list[str] = file.schema_arrow.names
        if "messages" not in columns:
            raise DatasetError(
                f"expected a column messages in {path}, got {', '.join(columns)}: for supervised training, make the "
                "data with form 'sft'"
            )
        return int(file.metadata.num_rows)


def samples_of(path: Path) -> Iterator[Sample]:
    """Yield the samples of a parquet file, a row group at a time."""
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=500, columns=["messages"]):
            for row in batch.to_pylist():
                request, reply = row["messages"]
                yield Sample(narrative="", prompt=request["content"], reply=reply["content"])


def check_lengths(data: Prepared, lengths: Lengths, max_tokens: int) -> Spread:
    """Measure the samples that lie ready; training would stop at one that is too long, or cut it.

    Raises
    ------
    DatasetError
        If some are longer than they may be.
    """
    spread = Spread()
    for path in filter(None, (data.train, data.val)):
        for sample in samples_of(path):
            spread.add(lengths.of(sample))
    over = sum(length > max_tokens for length in spread.seen)
    if over:
        raise DatasetError(
            f"expected samples of at most {max_tokens} tokens (max_tokens), got {over} of {len(spread.seen)} that are "
            f"longer, the longest with {max(spread.seen)}: raise max_tokens, or make the data again (swm train data) "
            "with tokenizer and max_tokens, which leaves them out"
        )
    return spread


def sample_lines(path: Path, out: Path) -> None:
    """Write the samples of a parquet file as jsonl."""
    from social_world_model.files import whole_file
    from social_world_model.training.samples import messages

    with whole_file(out) as file:
        for sample in samples_of(path):
            file.write(json.dumps({"messages": messages(sample)}, ensure_ascii=False) + "\n")
