"""Read data files as rows (dicts). The file format is detected from the content. Cells are never executed."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from social_world_model.contracts import BadRow
from social_world_model.errors import DatasetError

Row = dict[str, Any]

LARGEST_TABLE = 200_000_000
"""Maximum number of bytes of the decompressed values in a parquet file."""
_VISIBLE = re.compile(rb"\S")
LONGEST_ROW = 2_000_000
"""Maximum number of characters of the texts in a row. A longer row fails alone."""


@dataclass(frozen=True)
class DataFile:
    """The rows of a data file.

    Parameters
    ----------
    name
        Name of the file, without its folder.
    sha256
        SHA-256 of the file, in hexadecimal.
    rows
        Rows in file order. If a line cannot be read, the row is a `BadRow`.
    """

    name: str
    sha256: str
    rows: tuple[Row | BadRow, ...]


def read_file(path: Path) -> DataFile:
    """Read a data file. The format is csv, JSON, JSON Lines, parquet or bAbI text.

    Parameters
    ----------
    path
        Path of the file. The file extension is ignored.

    Raises
    ------
    DatasetError
        If the file does not exist, if it contains no rows, or if it has another format.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DatasetError(
            f"expected a data file, got {path}, which cannot be read: {error.strerror or error}"
        ) from None
    try:
        rows = tuple(map(_limited, count(), _parquet(path) if data[:4] == b"PAR1" else _text_rows(data, path)))
    except UnicodeDecodeError as error:
        raise _no_text(path, error) from None
    if not rows:
        raise _empty(path)
    return DataFile(path.name, hashlib.sha256(data).hexdigest(), rows)


def _limited(number: int, row: Row | BadRow) -> Row | BadRow:
    """Return a row, or a `BadRow` if its texts are too long."""
    length = 0 if isinstance(row, BadRow) else sum(map(_length, row.values()))
    if length <= LONGEST_ROW:
        return row
    return BadRow(
        index=f"row-{number}",
        message=f"row {number}: expected at most {LONGEST_ROW:,} characters, got {length:,}",
    )


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str) else sum(map(_length, value)) if isinstance(value, list) else 0


def _empty(path: Path) -> DatasetError:
    return DatasetError(f"expected a data file with rows, got {path}, which contains no rows")


def cell(row: Row, name: str) -> str:
    """Return a cell as text without surrounding whitespace. A missing cell, null or NaN gives an empty text.

    Parameters
    ----------
    row
        Row of a data file.
    name
        Name of the column.

    Examples
    --------
    >>> cell({"answer": " box "}, "answer"), cell({"answer": float("nan")}, "answer"), cell({}, "answer")
    ('box', '', '')
    """
    value = row.get(name)
    return "" if value is None or value != value else str(value).strip()


def literal(cell: Any) -> Any:
    """Return the value of a cell with a Python literal, such as a list. Return other cells unchanged.

    Examples
    --------
    >>> literal("['a', 'b']"), literal("__import__('os')"), literal("box")
    (['a', 'b'], "__import__('os')", 'box')
    """
    if not isinstance(cell, str):
        return cell
    try:
        return ast.literal_eval(cell.strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return cell


def _text_rows(data: bytes, path: Path) -> Iterator[Row | BadRow]:
    try:
        if _is_jsonl(data):
            return _jsonl_rows(line.decode("utf-8-sig") for line in io.BytesIO(data))
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_text(path, error) from None
    if not text.strip():
        raise _empty(path)
    if text.lstrip()[0] in "[{":
        return _json_rows(text, path)
    if _is_babi(text):
        return _babi_rows(text)
    return _csv_rows(text, path)


def _no_text(path: Path, error: UnicodeDecodeError) -> DatasetError:
    return DatasetError(f"expected {path} to be UTF-8 text or parquet, got other data: {error}")


def _is_jsonl(data: bytes) -> bool:
    """Return whether the first of several lines is a JSON object. Such a file is read line by line, to save memory."""
    end = data.find(b"\n")
    if end < 0 or _VISIBLE.search(data, end) is None:
        return False
    try:
        return isinstance(json.loads(data[:end].decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        return False


def _json_rows(text: str, path: Path) -> Iterator[Row | BadRow]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):  # several objects (JSON Lines) or invalid JSON
        yield from _jsonl_rows(text.split("\n"))
        return
    rows = _listed(whole) if isinstance(whole, dict) else whole
    if not isinstance(rows, list):
        raise DatasetError(f'expected {path} to contain a list of rows or {{"data": [rows]}}, got other JSON data')
    for number, row in enumerate(rows):
        yield row if isinstance(row, dict) else BadRow(index=f"row-{number}", message=_no_object(number, row))


def _listed(whole: dict[str, Any]) -> Any:
    """Return the rows of a JSON object: the list ``data``, or all values if they are objects, or the object itself."""
    if "data" in whole:
        return whole["data"]
    if whole and all(isinstance(row, dict) for row in whole.values()):
        return [{"index": index, **row} for index, row in whole.items()]
    return [whole]


def _jsonl_rows(lines: Iterable[str]) -> Iterator[Row | BadRow]:
    for number, line in enumerate(line for line in lines if line.strip()):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield BadRow(
                index=f"row-{number}",
                message=f"row {number}: expected a JSON object on the line, got invalid JSON: {error}",
            )
            continue
        yield _shared(row) if isinstance(row, dict) else BadRow(index=f"row-{number}", message=_no_object(number, row))


def _shared(row: Row) -> Row:
    """Return a row whose lists share equal texts with other rows: several questions often repeat one story."""
    for name, value in row.items():
        if isinstance(value, list):
            row[name] = [sys.intern(part) if isinstance(part, str) else part for part in value]
    return row


def _no_object(number: int, row: Any) -> str:
    return f"row {number}: expected a JSON object, got {type(row).__name__}"


def _is_babi(text: str) -> bool:
    """Return whether a text is bAbI text: first line ``1 sentence``, and a line ``n question<TAB>answer``."""
    return text.startswith("1 ") and any("\t" in line and line.split(" ", 1)[0].isdigit() for line in text.split("\n"))


def _babi_rows(text: str) -> Iterator[Row]:
    """Yield one row per question. The rows are numbered from 0."""
    story: list[str] = []
    count = 0
    for line in text.split("\n"):
        number, _, rest = line.strip().partition(" ")
        if number == "1":
            story = []
        if "\t" in rest:
            question, answer, *_ = rest.split("\t")
            yield {"index": str(count), "story": list(story), "question": question.strip(), "answer": answer.strip()}
            count += 1
        elif rest:
            story.append(rest)


def _csv_rows(text: str, path: Path) -> Iterator[Row | BadRow]:
    csv.field_size_limit(2**31 - 1)
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)  # the comma if the header contains none of them
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate(reader):
            if None in row or any(value is None for value in row.values()):
                wanted = len(reader.fieldnames or ())
                index = row.get("index") or f"row-{number}"
                yield BadRow(index=index, message=f"row {number}: expected {wanted} cells, got more or fewer cells")
            else:
                yield dict(row)
    except csv.Error as error:
        raise DatasetError(f"expected {path} to be csv, JSON, JSON Lines, parquet or bAbI text: {error}") from None


def _parquet(path: Path) -> list[Row]:
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        raise DatasetError(f"reading {path} needs pyarrow: uv sync --extra parquet") from None
    rows: list[Row] = []
    size = 0
    try:
        file = parquet.ParquetFile(path)
        groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
        stored = sum(group.total_byte_size for group in groups)
        if stored <= LARGEST_TABLE:
            # A small file can repeat a large value, so a batch has at most about as many bytes as the limit.
            for batch in file.iter_batches(batch_size=max(1, min(64, LARGEST_TABLE // max(stored, 1)))):
                read = batch.to_pylist()
                size += sum(_length(value) for row in read for value in row.values())
                if size > LARGEST_TABLE:
                    break
                rows += read
    except Exception as error:  # noqa: BLE001 - pyarrow has no common base class for errors of broken files
        raise DatasetError(f"expected a parquet file, got {path}, which cannot be read: {error}") from None
    if max(stored, size) > LARGEST_TABLE:
        raise DatasetError(f"expected at most {LARGEST_TABLE / 1e6:g} MB of data in {path}, got more: split the file")
    return rows
