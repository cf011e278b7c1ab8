"""Download the data file of a benchmark from a public source, and verify the hash of the file.

A failed download leaves no partial file.
"""

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
"""A download stops if no data arrive for this number of seconds."""

LARGEST = 2_000_000_000
"""Maximum number of bytes of a downloaded or unpacked file."""
_CHUNK = 1 << 20
_BROKEN_ARCHIVE = (tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, RuntimeError)
"""Exceptions that an unreadable archive can raise. A password or an unknown compression raises `RuntimeError`."""

Compared = Literal["table", "archive", "note", "nothing"]
"""Source of the hash that a file is expected to have.

- ``"table"``: `SOURCES` contains the hash of the file
- ``"archive"``: `SOURCES` contains the hash of the archive, and the archive contains the file
- ``"note"``: an earlier fetch saved the hash in ``FILE.sha256``
- ``"nothing"``: no hash was known
"""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A benchmark's data file on disk, with the result of the hash check.

    Parameters
    ----------
    source
        Entry of `SOURCES` that describes the file.
    path
        Path of the file on disk.
    sha256
        SHA-256 of the file, in hexadecimal.
    compared
        Source of the expected hash. If it is ``"archive"`` or ``"nothing"``, the hash of the file is saved in
        ``FILE.sha256``.
    was_there
        Whether the file already existed. An existing file is not downloaded again.
    """

    source: Source
    path: Path
    sha256: str
    compared: Compared
    was_there: bool = False

    @property
    def rows(self) -> Path:
        """Path for `dataset_path`: the downloaded file, or the file of rows made from the downloaded file."""
        return _rows_path(self.source, self.path)


def fetch(name: str, folder: Path) -> Fetched:
    """Download the data file of a benchmark, unless the file already exists.

    Parameters
    ----------
    name
        Name of the benchmark.
    folder
        Folder to save the file in. If the folder does not exist, it is created. Existing files are never overwritten.

    Returns
    -------
    Fetched
        The file on disk, with its hash.

    Raises
    ------
    ConfigurationError
        If the benchmark is unknown, or if the folder cannot be written.
    DatasetError
        If the benchmark has no single public file, if the download fails, or if the hash of the file is wrong. The
        error message explains how to get the file manually.
    """
    source = SOURCES.get(name)
    if source is None:
        raise ConfigurationError(
            f"expected a benchmark that can be fetched ({', '.join(sorted(SOURCES))}), got "
            f"{name!r}{did_you_mean(name, SOURCES)}"
        )
    if source.url is None:
        raise DatasetError(f"{name} cannot be fetched. Publisher: {source.publisher}. {source.note}")
    got = _fetched(source, source.url, folder / source.file)
    if source.rows_file:
        _write_rows(got)
    return got


def _fetched(source: Source, url: str, path: Path) -> Fetched:
    """Return the data file. If the file does not exist, download the file."""
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
            raise ConfigurationError(f"expected to write {path}, but another process created it during the download")
        temporary.replace(path)
    return Fetched(source=source, path=path, sha256=sha256, compared=_compared(source, noted))


def _rows_path(source: Source, path: Path) -> Path:
    return path.with_name(source.rows_file) if source.rows_file else path


def _write_rows(got: Fetched) -> None:
    """Write the rows that ``swm run`` reads. If the file of rows exists, check that the rows are the same."""
    try:
        rows = meeting_rows(got.path.read_text(encoding="utf-8"))
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        if got.rows.exists() and got.rows.read_text(encoding="utf-8", errors="replace") != text:
            raise ConfigurationError(
                f"expected {got.rows} to contain the rows of {got.path}, got other rows. The file was not changed: "
                "move the file to another place and fetch again, or fetch into another folder"
            )
    except UnicodeDecodeError as error:
        raise DatasetError(f"expected {got.path} to be UTF-8 text: {error}") from None
    except OSError as error:
        raise ConfigurationError(
            f"expected to read {got.path} and {got.rows}, got an error: {error.strerror or error}"
        ) from None
    write_whole(got.rows, text)


def by_hand(source: Source, path: Path) -> str:
    """Return instructions for a manual download: the URL, the hash, and where to save the file.

    Parameters
    ----------
    source
        Source that has a URL.
    path
        Path at which the user saves the file.
    """
    archive = f" (SHA-256: {source.archive_sha256 or 'unknown'}) and extract {source.member} from it"
    use = f"then run: {usage(source, path)}"
    return (
        f"to get the file manually, download {source.url}{'' if source.member is None else archive}\n"
        f"  save it as {path}\n"
        f"  {_hash_told(source)}\n"
        f"  {'then fetch again to make rows from the file' if source.rows_file else use}\n"
        f"  publisher: {source.publisher}; licence: {source.licence}"
    )


def usage(source: Source, path: Path) -> str:
    """Return the command that runs the benchmark on the data file, or on the rows made from the data file.

    Parameters
    ----------
    source
        Source of the file.
    path
        Path of the downloaded file.
    """
    return shlex.join(["swm", "run", source.benchmark, "--dataset-path", str(_rows_path(source, path))])


def _hash_told(source: Source) -> str:
    if source.sha256 is not None:
        return f"its SHA-256 must be {source.sha256}"
    return f"the SHA-256 of {source.member or 'the file'} is unknown"


def _compared(source: Source, noted: str | None) -> Compared:
    if source.sha256 is not None:
        return "table"
    if noted is not None:
        return "note"
    return "archive" if source.archive_sha256 is not None else "nothing"


def _as_there(source: Source, path: Path, noted: str | None) -> Fetched:
    """Check the hash of an existing file, and return the file."""
    if not path.is_file():
        raise ConfigurationError(
            f"expected a regular file, got {path}, which is not a regular file: move it to another place"
        )
    expected = source.sha256 or noted
    sha256 = _sha256(path)
    if expected is None:  # the file may come from a manual download; no hash contradicts it
        write_whole(_note_path(path), f"{sha256}  {path.name}\n")
        return Fetched(source=source, path=path, sha256=sha256, compared="nothing", was_there=True)
    if sha256 != expected:
        raise DatasetError(
            f"expected {path} to have SHA-256 {expected}, got {sha256}. The file was not changed: move the file to "
            "another place and fetch again, or fetch into another folder"
        )
    compared: Compared = "table" if source.sha256 is not None else "note"
    return Fetched(source=source, path=path, sha256=sha256, compared=compared, was_there=True)


def _check_hash(source: Source, path: Path, got: str, noted: str | None) -> None:
    """Raise an error if the hash of a download is not the known hash, or not the hash of an earlier fetch."""
    if source.sha256 is not None and got != source.sha256:
        raise _another(source, str(source.url), source.sha256, got)
    if source.sha256 is None and noted is not None and got != noted:
        raise _another(source, f"{source.url} (saved in {_note_path(path)} by an earlier fetch)", noted, got)


def _another(source: Source, what: str, expected: str, got: str) -> DatasetError:
    return DatasetError(
        f"expected SHA-256 {expected} of {what}, got {got}. The downloaded file was discarded. "
        f"See {source.publisher} for changes"
    )


def _noted(path: Path) -> str | None:
    """Return the hash that an earlier fetch saved next to a file; None if no hash was saved."""
    note = _note_path(path)
    try:
        text = note.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):  # creating the folder reports the second error
        return None
    except OSError as error:
        raise ConfigurationError(f"expected to read {note}, got an error: {error.strerror or error}") from None
    found = re.match(r"[0-9a-fA-F]{64}(?=\s|\Z)", text)
    if found is None:
        raise DatasetError(f"expected {note} to begin with a SHA-256, got {text[:80]!r}: delete or correct the file")
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
    """Yield a temporary path in the folder of a file, and delete the temporary file at the end."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
    except OSError as error:
        raise ConfigurationError(f"expected to write {path}, got an error: {error.strerror or error}") from None
    finally:
        temporary.unlink(missing_ok=True)


def _download(source: Source, url: str, path: Path, target: Path) -> None:
    """Download the file. If the URL points to an archive, extract the file from the archive."""
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
    """Save the response of a URL as a file.

    Raises
    ------
    DatasetError
        If the download fails, or if the response is shorter than announced by Content-Length.
    """
    request = urllib.request.Request(url, headers={"User-Agent": "social-world-model", "Accept-Encoding": "identity"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response, target.open("wb") as file:
            if urlsplit(url).scheme == "https" and urlsplit(response.url).scheme != "https":
                raise _not_got(source, path, f"a redirect to {response.url}, which is not encrypted")
            announced = response.headers.get("Content-Length")
            written = _copy(response, file)
    except urllib.error.HTTPError as error:
        error.close()
        raise _not_got(source, path, f"{error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise _not_got(source, path, f"no connection: {error.reason}") from None
    except (http.client.HTTPException, TimeoutError, ConnectionError, ssl.SSLError) as error:
        raise _not_got(source, path, f"an interrupted connection: {error or type(error).__name__}") from None
    if announced is not None and announced.isdigit() and written != int(announced):
        raise _not_got(source, path, f"{written} of {announced} bytes")


def _not_got(source: Source, path: Path, why: str) -> DatasetError:
    return DatasetError(
        f"expected to download {source.benchmark} from {source.url}, got {why}\n{by_hand(source, path)}"
    )


def _copy(readable: IO[bytes], file: IO[bytes]) -> int:
    """Copy a file, and return its size.

    Raises
    ------
    DatasetError
        If the file is too large: a small archive can contain a file that fills the disk.
    """
    written = 0
    while chunk := readable.read(_CHUNK):
        written += file.write(chunk)
        if written > LARGEST:
            raise DatasetError(f"expected a data file of at most {LARGEST / 1e9:g} GB, got a larger file")
    return written


def _take_member(archive: Path, member: str, url: str, target: Path) -> None:
    """Copy one file from an archive to the target path. Names in the archive are never used as paths."""
    try:
        opened = _from_zip(archive, member, url) if zipfile.is_zipfile(archive) else _from_tar(archive, member, url)
        with opened as readable, target.open("wb") as file:
            _copy(readable, file)
    except _BROKEN_ARCHIVE as error:
        raise DatasetError(
            f"expected a zip or tar archive from {url}, got a file that cannot be read: {error}"
        ) from None


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
            raise tarfile.TarError("the member is not a regular file")
        with readable:
            yield readable


def _one_of(names: list[str], member: str, url: str) -> str:
    """Return the full name of a file in an archive. The file may be in any folder of the archive."""
    fits = [name for name in names if name.rsplit("/", 1)[-1] == member]
    if len(fits) != 1:
        got = ", ".join(names[:10]) or "nothing"
        raise DatasetError(f"expected one {member} in the archive {url}, got {len(fits)}; files in the archive: {got}")
    return fits[0]


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ConfigurationError(f"expected to read {path}, got an error: {error.strerror or error}") from None
