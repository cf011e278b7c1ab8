"""Shards: parts of the tasks of a run, for several processes or machines."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from social_world_model.errors import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class Shard:
    """One part of the tasks. A hash of the id of a task decides in which part the task is.

    Parameters
    ----------
    number
        Number of the part, from 1.
    parts
        Number of all parts.
    """

    number: int
    parts: int

    @classmethod
    def of(cls, name: str | None) -> Shard | None:
        """Return the part with a name such as ``"1/4"``; None for all tasks.

        Parameters
        ----------
        name
            Name of the part; None for all tasks.

        Raises
        ------
        ConfigurationError
            If the part has another form, or if its number is out of range.
        """
        if name is None:
            return None
        found = re.fullmatch(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", name)
        if found is None or int(found[1]) > int(found[2]):
            raise ConfigurationError(
                f"expected shard to be I/N with I from 1 to N, such as 1/4; got {name!r}",
                parameters=("shard",),
            )
        return cls(number=int(found[1]), parts=int(found[2]))

    @property
    def folder(self) -> str:
        """Name of the folder of the part, inside the output folder."""
        return f"shard-{self.number}-of-{self.parts}"

    def has(self, task: str) -> bool:
        """Return whether a task is in this part.

        Parameters
        ----------
        task
            Id of the task.
        """
        digest = hashlib.sha256(task.encode(errors="surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.parts == self.number - 1
