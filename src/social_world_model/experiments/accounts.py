"""Usage of a run, over all commands that worked on the run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from social_world_model.generation_utils.calls import Calls
from social_world_model.runs.ledger import FILE_NAME as LEDGER
from social_world_model.runs.ledger import Ledger, Recorded, read_ledger
from social_world_model.runs.manifest import FILE_NAME as MANIFEST
from social_world_model.runs.manifest import checked_manifest
from social_world_model.runs.reading import recorded_usage
from social_world_model.usage import NO_USAGE, Usage


class Accounts:
    """Usage of a run, including earlier commands in the same folder.

    Parameters
    ----------
    folder
        Folder of the run; None means that nothing is stored.

    Attributes
    ----------
    ledger
        Record of the calls. If the process is killed, the next command reads it.
    before
        Usage of earlier commands.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.ledger = Ledger(folder)
        self.before = Recorded()

    def read(self, spent: Usage) -> list[str]:
        """Read the usage of earlier commands, and return notes about damaged fields and lines.

        Parameters
        ----------
        spent
            Usage of all stored replies of the run.
        """
        if self.folder is None:
            return []
        manifest, flaws = checked_manifest(self.folder)
        self.before = recorded_usage(self.folder, manifest, spent)
        notes = [f"{MANIFEST}: {flaw}" for flaw in flaws]
        ledger = read_ledger(self.folder)
        return [*notes, *([f"{LEDGER}: {in_words(ledger[1])} skipped"] if ledger is not None and ledger[1] else [])]

    def open(self, calls: Calls) -> None:
        """Record all calls from now on.

        Raises
        ------
        ConfigurationError
            If the ledger cannot be written.
        """
        self.ledger.open(self.before)
        calls.spending.record = self.ledger

    def usage(self, calls: Calls) -> dict[str, Usage]:
        """Return the usage of all commands, by role."""
        now: Mapping[str, Usage] = calls.usage
        roles = dict.fromkeys([*self.before.usage, *now])
        return {role: self.before.usage.get(role, NO_USAGE) + now.get(role, NO_USAGE) for role in roles}

    def close(self, calls: Calls, *, finished: bool) -> None:
        """Record no more calls. Write the manifest before, because the ledger of a finished run is deleted.

        Parameters
        ----------
        calls
            Calls of the run.
        finished
            Whether nothing is left to do.
        """
        calls.spending.record = None
        self.ledger.close(finished=finished)


def in_words(damaged: int) -> str:
    """Return the number of damaged lines in words."""
    return "1 damaged line is" if damaged == 1 else f"{damaged} damaged lines are"
