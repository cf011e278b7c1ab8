"""The files of a results folder, as one scan of the folder finds them. No file is read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from social_world_model.errors import DatasetError
from social_world_model.reports.overviews import FILES as REPORT_FILES
from social_world_model.runs.keys import content_key
from social_world_model.runs.manifest import FILE_NAME

Changed = tuple[int, int]
"""Time of the last change in nanoseconds, and size."""


@dataclass(frozen=True)
class Snapshot:
    """The names, times and sizes of the JSON files in a results folder.

    Parameters
    ----------
    folder
        Folder of the run.
    files
        Time and size of each file that can contain a result, by name and sorted by name.
    manifest
        Time and size of ``run.json``; None if the folder has no such file.
    """

    folder: Path
    files: Mapping[str, Changed]
    manifest: Changed | None

    @cached_property
    def stamp(self) -> str:
        """A hash that changes when a file of the run is written, replaced or removed."""
        return content_key(files=list(self.files.items()), manifest=self.manifest)[:12]

    @property
    def latest(self) -> float:
        """Time of the last change of any file, in seconds; 0 if there are no files."""
        times = [changed[0] for changed in self.files.values()]
        return max([*times, self.manifest[0] if self.manifest else 0]) / 1e9


def scanned(folder: Path) -> Snapshot:
    """Return the files of a results folder.

    Parameters
    ----------
    folder
        Folder of a run.

    Raises
    ------
    DatasetError
        If the folder cannot be read.
    """
    found: dict[str, Changed] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name.endswith(".json") and not name.startswith(".") and (changed := _changed(entry)):
                    found[name] = changed
    except FileNotFoundError:
        raise DatasetError(f"expected the folder of a run, got {folder}, which does not exist") from None
    except OSError as error:
        raise DatasetError(f"expected a readable folder, got {folder}: {error.strerror or error}") from None
    manifest = found.pop(FILE_NAME, None)
    for name in REPORT_FILES:
        found.pop(name, None)
    return Snapshot(folder, dict(sorted(found.items())), manifest)


def _changed(entry: os.DirEntry[str]) -> Changed | None:
    """Return time and size of a file; for a link to nothing, of the link; None if the file has just been removed."""
    for follow in (True, False):
        with suppress(OSError):
            status = entry.stat(follow_symlinks=follow)
            return status.st_mtime_ns, status.st_size
    return None
