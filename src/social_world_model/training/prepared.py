"""Prepared samples: files that are ready for training."""

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
    """Files of prepared samples.

    Parameters
    ----------
    train, val
        Parquet files for training and validation. `val` is None if no sample is held out.
    train_rows, val_rows
        Number of samples in each file.
    """

    train: Path
    train_rows: int
    val: Path | None = None
    val_rows: int = 0


def is_prepared(folder: Path) -> bool:
    """Return whether a folder contains samples from `make_data` instead of results.

    Raises
    ------
    DatasetError
        If the folder contains both samples and results.
    """
    if not (folder / f"{TRAIN}.parquet").is_file():
        return False
    others = [path.name for path in folder.glob("*.json") if path.name != "report.json"]
    if others:
        raise DatasetError(
            f"expected a folder of results or a folder of samples, got {folder}, which contains {TRAIN}.parquet and "
            f"{len(others)} JSON files such as {others[0]}: move them into separate folders"
        )
    return True


def prepared(folder: Path) -> Prepared:
    """Return the prepared samples of a folder.

    Raises
    ------
    DatasetError
        If the folder contains no training samples, or if the samples do not have the form ``sft``.
    """
    train, val = folder / f"{TRAIN}.parquet", folder / f"{VAL}.parquet"
    if not train.is_file():
        raise DatasetError(f"expected {TRAIN}.parquet in {folder}, got none: create it with swm train data")
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
                f"expected a column named messages in {path}, got {', '.join(columns)}: for supervised training, "
                "create the data with form 'sft'"
            )
        return int(file.metadata.num_rows)


def samples_of(path: Path) -> Iterator[Sample]:
    """Yield the samples of a parquet file, reading one batch of rows at a time."""
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=500, columns=["messages"]):
            for row in batch.to_pylist():
                request, reply = row["messages"]
                yield Sample(narrative="", prompt=request["content"], reply=reply["content"])


def check_lengths(data: Prepared, lengths: Lengths, max_tokens: int) -> Spread:
    """Check that no prepared sample is too long. A trainer would stop at such a sample, or shorten it.

    Parameters
    ----------
    data
        Prepared samples.
    lengths
        Counter of tokens.
    max_tokens
        Largest number of tokens of a sample.

    Returns
    -------
    Spread
        Lengths of all samples.

    Raises
    ------
    DatasetError
        If a sample is too long.
    """
    spread = Spread()
    for path in filter(None, (data.train, data.val)):
        for sample in samples_of(path):
            spread.add(lengths.of(sample))
    over = sum(length > max_tokens for length in spread.seen)
    if over:
        raise DatasetError(
            f"expected samples of at most {max_tokens} tokens (max_tokens), got {over} of {len(spread.seen)} samples "
            f"that are longer (up to {max(spread.seen)} tokens). Raise max_tokens, or create the data again (swm train "
            "data) with tokenizer and max_tokens to leave them out"
        )
    return spread


def sample_lines(path: Path, out: Path) -> None:
    """Convert the samples of a parquet file to JSON lines.

    Parameters
    ----------
    path
        Parquet file to read.
    out
        File to write.
    """
    from social_world_model.files import whole_file
    from social_world_model.training.samples import messages

    with whole_file(out) as file:
        for sample in samples_of(path):
            file.write(json.dumps({"messages": messages(sample)}, ensure_ascii=False) + "\n")
