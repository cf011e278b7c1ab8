"""Files with derived data in the cache folder of the user. They can be deleted at any time."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError
from social_world_model.files import write_whole
from social_world_model.runs.keys import content_key

NAME = "social-world-model"
FORMAT = 1
"""Number of the format of cache files. Files of other formats are ignored."""


def cache_folder() -> Path:
    """Return the cache folder of the user for this package."""
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given) / NAME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / NAME
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / NAME / "Cache"
    return Path.home() / ".cache" / NAME


class CacheFile:
    """A file in the cache folder that keeps data about one or several results folders.

    Parameters
    ----------
    kind
        Kind of the data, such as ``"rows"``.
    *folders
        Results folders of the data.
    """

    def __init__(self, kind: str, *folders: Path) -> None:
        about = [kind, *(str(folder.resolve()) for folder in folders)]
        self._head = {"format": FORMAT, "version": version("social-world-model"), "about": about}
        self._path = cache_folder() / f"{kind}-{content_key(about=about)}.json"

    def read(self, key: str) -> Any:
        """Return the data if they were written with the same key; None if there are none.

        A damaged file, and a file of another version of this package, counts as missing.

        Parameters
        ----------
        key
            Hash of everything that the data depend on.
        """
        try:
            data = json.loads(self._path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(data, dict) or "data" not in data:
            return None
        return data["data"] if {name: data.get(name) for name in (*self._head, "key")} == self._expected(key) else None

    def write(self, key: str, data: Any) -> None:
        """Keep data. If the file cannot be written, nothing is kept.

        Parameters
        ----------
        key
            Hash of everything that the data depend on.
        data
            Data that JSON can contain.
        """
        with suppress(OSError, ConfigurationError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            text = json.dumps({**self._expected(key), "data": data}, ensure_ascii=False, separators=(",", ":"))
            write_whole(self._path, text, durable=False)

    def _expected(self, key: str) -> dict[str, Any]:
        return {**self._head, "key": key}
