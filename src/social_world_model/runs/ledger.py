"""Count the usage of a run call by call, so that a killed run does not forget calls that were paid for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from social_world_model.runs.stored_json import TemporaryLines, read_lines
from social_world_model.runs.usages import read_usage
from social_world_model.usage import INTERRUPTED, NO_USAGE, Usage

FILE_NAME = "usage.jsonl"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """The usage of a run so far.

    Parameters
    ----------
    usage
        Usage by role.
    charged
        Usage of contexts that other runs paid for, by key of the context. The key ``""`` stands for earlier contexts.
    """

    usage: Mapping[str, Usage] = field(default_factory=dict)
    charged: Mapping[str, Usage] = field(default_factory=dict)

    @property
    def shared_contexts(self) -> Usage:
        """Usage of all contexts that other runs paid for."""
        return sum(self.charged.values(), NO_USAGE)

    @property
    def total(self) -> Usage:
        """Usage of all calls that the run needs."""
        return sum(self.usage.values(), self.shared_contexts)


class Ledger:
    """The usage of a run, written to a file before and after each call.

    Parameters
    ----------
    folder
        Folder of the run; None means that nothing is stored.
    """

    def __init__(self, folder: Path | None) -> None:
        self._lines = TemporaryLines(None if folder is None else folder / FILE_NAME)
        self._calls = 0

    def open(self, before: Recorded) -> None:
        """Write the usage of earlier runs, and open the file for this run.

        Parameters
        ----------
        before
            Usage of earlier runs in the same folder.

        Raises
        ------
        ConfigurationError
            If the file cannot be written.
        """
        lines: list[dict[str, Any]] = [{"role": role, "usage": asdict(used)} for role, used in before.usage.items()]
        lines += [{"context": key, "usage": asdict(used)} for key, used in before.charged.items() if used != NO_USAGE]
        self._lines.start(lines)

    def sent(self, role: str, expected: Usage) -> int:
        """Record a request that is sent now, and return the number of the request.

        Parameters
        ----------
        role
            Purpose of the request.
        expected
            Usage to count if the reply never arrives.
        """
        self._calls += 1
        self._lines.write({"call": self._calls, "role": role, "expected": asdict(expected)})
        return self._calls

    def ended(self, call: int, role: str, usage: Usage) -> None:
        """Record that the reply to a request arrived.

        Parameters
        ----------
        call
            Number of the request.
        role
            Purpose of the request.
        usage
            Usage of the reply; empty if the endpoint did not accept the request.
        """
        self._lines.write({"call": call, "role": role, "usage": asdict(usage)})

    def add(self, role: str, usage: Usage) -> None:
        """Record the usage of a model that does not report its requests.

        Parameters
        ----------
        role
            Purpose of the requests.
        usage
            Usage of the requests.
        """
        self._lines.write({"role": role, "usage": asdict(usage)})

    def charge(self, key: str, usage: Usage) -> None:
        """Record the usage of a context that another run paid for.

        Parameters
        ----------
        key
            Key of the context.
        usage
            Usage of the calls that made the context.
        """
        self._lines.write({"context": key, "usage": asdict(usage)})

    def close(self, *, finished: bool) -> None:
        """Close the file. If the run is finished, delete the file, because the manifest contains the usage."""
        self._lines.close(finished=finished)


def read_ledger(folder: Path) -> tuple[Recorded, int] | None:
    """Return the usage in the ledger of a stopped run, and the number of damaged lines; None if there is no ledger.

    Parameters
    ----------
    folder
        Folder of the run.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    lines, damaged = read_lines(path)
    usage: dict[str, Usage] = {}
    charged: dict[str, Usage] = {}
    open_calls: dict[int, Usage] = {}
    for line in lines:
        entry = _entry(line)
        if entry is None:
            damaged += 1
        elif entry.context is not None:
            charged[entry.context] = entry.usage
        elif "expected" in line:
            open_calls[line["call"]] = entry.usage
        else:
            open_calls.pop(line.get("call", 0), None)
            usage[entry.role] = usage.get(entry.role, NO_USAGE) + entry.usage
    for lost in open_calls.values():
        usage[INTERRUPTED] = usage.get(INTERRUPTED, NO_USAGE) + lost
    return Recorded(usage={role: used for role, used in usage.items() if used != NO_USAGE}, charged=charged), damaged


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A line of a ledger."""

    usage: Usage
    role: str = ""
    context: str | None = None


def _entry(line: Mapping[str, Any]) -> _Entry | None:
    """Return the content of a line; None if the line is damaged."""
    role, context, call = line.get("role"), line.get("context"), line.get("call", 0)
    try:
        used = read_usage(line.get("expected", line.get("usage")))
    except ValueError:
        return None
    if isinstance(context, str):
        return _Entry(usage=used, context=context)
    return _Entry(usage=used, role=role) if isinstance(role, str) and isinstance(call, int) else None
