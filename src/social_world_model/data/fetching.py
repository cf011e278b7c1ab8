"""A benchmark's file from its authors' public source: checked, and there whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import os
import re
import shlex
import ssl
import tarfile
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal
from urllib.parse import urlsplit

from social_world_model.data.meetings import meeting_rows
from social_world_model.data.sources import SOURCES, Source
from social_world_model.errors import ConfigurationError, DatasetError, did_you_mean
from social_world_model.files import write_whole

TIMEOUT = 30.0
"""Seconds without a byte after which a download is given up."""

_CHUNK = 1 << 20
_BROKEN_ARCHIVE = (tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, RuntimeError)
"""What reading an archive raises; the last for one with a password, or packed in a way unknown here."""

Compared = Literal["table", "archive", "note", "nothing"]
"""What a file's hash was compared with: the table's, by way of its archive's, the one noted beside it, or none."""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A benchmark's file, and how sure it is that it is the right one.

    Parameters
    ----------
    source
        Where it is from.
    path
        Where it is.
    sha256
        Its hash, in hexadecimal.
    compared
        What that was compared with; after ``"archive"`` and ``"nothing"`` it is noted in ``FILE.sha256``.
    was_there
        Whether it was there before and nothing was downloaded.
    """

    source: Source
    path: Path
    sha256: str
    compared: Compared
    was_there: bool = False

    @property
    def rows(self) -> Path:
        """The file to run the benchmark on: this one, or the rows made of it."""
        return _rows_path(self.source, self.path)


def fetch(name: str, folder: Path) -> Fetched:
    """Download a benchmark's file, unless it is there.

    Parameters
    ----------
    name
        The benchmark.
    folder
        Where to put the file; it is made if need be. What is there is never written over.

    Raises
    ------
    ConfigurationError
        If there is no such benchmark, or the folder cannot be written.
    DatasetError
        If there is no single public file, it cannot be downloaded, or it has another hash than it must have.
        The message says how to get it by hand.
    """
    source = SOURCES.get(name)
    if source is None:
        raise ConfigurationError(
            f"expected a benchmark out of {', '.join(sorted(SOURCES))}; got {name!r}{did_you_mean(name, SOURCES)}"
        )
    if source.url is None:
        raise DatasetError(f"{name} cannot be fetched. Its publisher: {source.publisher}. {source.note}")
    got = _fetched(source, source.url, folder / source.file)
    if source.rows_file:
        _write_rows(got)
    return got


def _fetched(source: Source, url: str, path: Path) -> Fetched:
    """Return the file, downloaded if need be."""
    noted = None if source.sha256 is not None else _noted(path)
    if path.exists() or path.is_symlink():
        return _as_there(source, path, noted)
    _make(path.parent)
    with _temporary(path) as temporary:
        _download(source, url, path, temporary)
        sha256 = _sha256(temporary)
        _check_hash(source, path, sha256, noted)
        if source.sha256 is None and noted is None:
            write_whole(_note_path(path), f"{sha256}  {path.name}\n")
        if path.exists():
            raise ConfigurationError(f"expected to write {path}, and another file came there meanwhile: it is left")
        temporary.replace(path)
    return Fetched(source=source, path=path, sha256=sha256, compared=_compared(source, noted))


def _rows_path(source: Source, path: Path) -> Path:
    return path.with_name(source.rows_file) if source.rows_file else path


def _write_rows(got: Fetched) -> None:
    """Make the rows that ``swm run`` reads, unless they are there."""
    try:
        rows = meeting_rows(got.path.read_text(encoding="utf-8"))
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        if got.rows.exists() and got.rows.read_text(encoding="utf-8", errors="replace") != text:
            raise ConfigurationError(
                f"expected {got.rows} to hold the rows of {got.path}, got others. They are left as they are: move them "
                "away and fetch again, or name another folder"
            )
    except UnicodeDecodeError as error:
        raise DatasetError(f"expected {got.path} to be UTF-8 text: {error}") from None
    except OSError as error:
        raise ConfigurationError(f"expected to read {got.path} and {got.rows}: {error.strerror or error}") from None
    write_whole(got.rows, text)


def by_hand(source: Source, path: Path) -> str:
    """Return what to do without a connection: what to get, from where, and where to put it.

    Parameters
    ----------
    source
        A source with a URL.
    path
        Where the file belongs.
    """
    archive = f" (SHA-256 {source.archive_sha256 or 'not known'}) and take {source.member} out of it"
    return (
        f"by hand: download {source.url}{'' if source.member is None else archive}\n"
        f"  put it at {path}\n"
        f"  {_hash_told(source)}\n"
        f"  {'then fetch again: rows are made of it' if source.rows_file else f'use it with: {usage(source, path)}'}\n"
        f"  publisher: {source.publisher}; licence: {source.licence}"
    )


def usage(source: Source, path: Path) -> str:
    """Return the command that runs the benchmark on its file, or on the rows made of it."""
    return shlex.join(["swm", "run", source.benchmark, "--dataset-path", str(_rows_path(source, path))])


def _hash_told(source: Source) -> str:
    if source.sha256 is not None:
        return f"its SHA-256 must be {source.sha256}"
    whose = "its" if source.member is None else "its own"
    return f"{whose} SHA-256 is not known here"


def _compared(source: Source, noted: str | None) -> Compared:
    if source.sha256 is not None:
        return "table"
    if noted is not None:
        return "note"
    return "archive" if source.archive_sha256 is not None else "nothing"


def _as_there(source: Source, path: Path, noted: str | None) -> Fetched:
    """Return the file that is there if it is the right one."""
    if not path.is_file():
        raise ConfigurationError(f"expected to write an ordinary file, got {path}, which is none: move it away")
    expected = source.sha256 or noted
    sha256 = _sha256(path)
    if expected is None:  # put there by hand, perhaps: nothing says that it is another file
        write_whole(_note_path(path), f"{sha256}  {path.name}\n")
        return Fetched(source=source, path=path, sha256=sha256, compared="nothing", was_there=True)
    if sha256 != expected:
        raise DatasetError(
            f"expected {path} to have SHA-256 {expected}, got {sha256}. It is left as it is: move it away and fetch "
            "again, or name another folder"
        )
    compared: Compared = "table" if source.sha256 is not None else "note"
    return Fetched(source=source, path=path, sha256=sha256, compared=compared, was_there=True)


def _check_hash(source: Source, path: Path, got: str, noted: str | None) -> None:
    """Refuse a downloaded file that is another one than is known, or than the one fetched before."""
    if source.sha256 is not None and got != source.sha256:
        raise _another(source, str(source.url), source.sha256, got)
    if source.sha256 is None and noted is not None and got != noted:
        raise _another(source, f"{source.url}, as noted in {_note_path(path)} by an earlier fetch,", noted, got)


def _another(source: Source, what: str, expected: str, got: str) -> DatasetError:
    return DatasetError(
        f"expected SHA-256 {expected} of {what}, got {got}: it is another file and is not kept. "
        f"Look at {source.publisher} for what has changed"
    )


def _noted(path: Path) -> str | None:
    """Return the hash noted beside a file by an earlier fetch; None if there is no note."""
    note = _note_path(path)
    try:
        text = note.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):  # the latter is told when the folder is made
        return None
    except OSError as error:
        raise ConfigurationError(f"expected to read {note}: {error.strerror or error}") from None
    found = re.match(r"[0-9a-fA-F]{64}(?=\s|\Z)", text)
    if found is None:
        raise DatasetError(f"expected {note} to begin with a SHA-256, got {text[:80]!r}: remove it, or put it right")
    return found[0].lower()


def _note_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"expected a folder that can be written, got {folder}: {error.strerror}") from None


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """Give a name to write under before renaming; whatever lies there in the end is removed."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
    except OSError as error:
        raise ConfigurationError(f"expected to write {path}: {error.strerror or error}") from None
    finally:
        temporary.unlink(missing_ok=True)


def _download(source: Source, url: str, path: Path, target: Path) -> None:
    """Write the file, out of its archive if it comes in one, to the target."""
    if source.member is None:
        _save(source, url, path, target)
        return
    archive = target.with_name(f"{target.name}.archive")
    try:
        _save(source, url, path, archive)
        sha256 = _sha256(archive)
        if source.archive_sha256 is not None and sha256 != source.archive_sha256:
            raise _another(source, url, source.archive_sha256, sha256)
        _take_member(archive, source.member, url, target)
    finally:
        archive.unlink(missing_ok=True)


def _save(source: Source, url: str, path: Path, target: Path) -> None:
    """Write what a URL gives to a file.

    Raises
    ------
    DatasetError
        If it gives nothing, or less than it announced.
    """
    request = urllib.request.Request(url, headers={"User-Agent": "social-world-model", "Accept-Encoding": "identity"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response, target.open("wb") as file:
            if urlsplit(url).scheme == "https" and urlsplit(response.url).scheme != "https":
                raise _not_got(source, path, f"sent on to {response.url}, which nobody vouches for")
            announced = response.headers.get("Content-Length")
            written = _copy(response, file)
    except urllib.error.HTTPError as error:
        error.close()
        raise _not_got(source, path, f"{error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise _not_got(source, path, f"no connection: {error.reason}") from None
    except (http.client.HTTPException, TimeoutError, ConnectionError, ssl.SSLError) as error:
        raise _not_got(source, path, f"a connection that broke off: {error or type(error).__name__}") from None
    if announced is not None and announced.isdigit() and written != int(announced):
        raise _not_got(source, path, f"{written} of {announced} bytes")


def _not_got(source: Source, path: Path, why: str) -> DatasetError:
    return DatasetError(
        f"expected to download {source.benchmark} from {source.url}, got {why}\n{by_hand(source, path)}"
    )


def _copy(readable: IO[bytes], file: IO[bytes]) -> int:
    written = 0
    while chunk := readable.read(_CHUNK):
        written += file.write(chunk)
    return written


def _take_member(archive: Path, member: str, url: str, target: Path) -> None:
    """Copy one file of an archive to the target; no name in the archive is ever used as a path."""
    try:
        opened = _from_zip(archive, member, url) if zipfile.is_zipfile(archive) else _from_tar(archive, member, url)
        with opened as readable, target.open("wb") as file:
            _copy(readable, file)
    except _BROKEN_ARCHIVE as error:
        raise DatasetError(f"expected a zip or tar archive from {url}, got one that cannot be read: {error}") from None


@contextmanager
def _from_zip(archive: Path, member: str, url: str) -> Iterator[IO[bytes]]:
    with zipfile.ZipFile(archive) as opened:
        names = [entry.filename for entry in opened.infolist() if not entry.is_dir()]
        with opened.open(_one_of(names, member, url)) as readable:
            yield readable


@contextmanager
def _from_tar(archive: Path, member: str, url: str) -> Iterator[IO[bytes]]:
    with tarfile.open(archive) as opened:
        entries = {entry.name: entry for entry in opened.getmembers() if entry.isreg()}
        readable = opened.extractfile(entries[_one_of(list(entries), member, url)])
        if readable is None:
            raise tarfile.TarError("its member is no file")
        with readable:
            yield readable


def _one_of(names: list[str], member: str, url: str) -> str:
    """Return the name in an archive that is a member's, in whatever folder it lies there."""
    fits = [name for name in names if name.rsplit("/", 1)[-1] == member]
    if len(fits) != 1:
        got = ", ".join(names[:10]) or "nothing"
        raise DatasetError(f"expected {member} once in the archive {url}, got {len(fits)} of that name among: {got}")
    return fits[0]


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ConfigurationError(f"expected to read {path}: {error.strerror or error}") from None
