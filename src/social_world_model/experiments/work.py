"""Do the work of a run: keep replies and usage on disk, report regularly, and note the reason for an early stop."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

from social_world_model.errors import BudgetExceededError, EndpointError
from social_world_model.experiments.accounts import Accounts, in_words
from social_world_model.generation_utils.clients import Clients
from social_world_model.runs.flight import run_bounded
from social_world_model.runs.journal import FILE_NAME as JOURNAL
from social_world_model.runs.journal import Journal

PROGRESS_SECONDS = 0.5
MANIFEST_SECONDS = 10.0


class Work:
    """The work of one run.

    Parameters
    ----------
    clients
        Language models of the run.
    journal
        Replies of unfinished work.
    accounts
        Usage of the run.
    report
        Function that reports the progress. It is called twice per second.
    save
        Function that writes the manifest. It is called at the start, regularly, and at the end.

    Attributes
    ----------
    stopped
        Reason for an early stop; None if the work was not stopped.
    times
        Start and end of the work. The end is None while the work is in progress.
    """

    def __init__(
        self,
        clients: Clients,
        journal: Journal,
        accounts: Accounts,
        *,
        report: Callable[[], None],
        save: Callable[[], None],
    ) -> None:
        self.clients, self.journal, self.accounts = clients, journal, accounts
        self._report, self._save = report, save
        self.stopped: str | None = None
        self.times: tuple[str, str | None] = ("", None)

    def open(self, keys: set[str]) -> list[str]:
        """Start the work, and return notes about damaged lines of stored replies.

        Parameters
        ----------
        keys
            Keys of all open work.

        Raises
        ------
        ConfigurationError
            If a file cannot be written.
        """
        self.times = (_now(), None)
        self.journal.open(keys)
        self.accounts.open(self.clients.calls)
        self._save()
        return [f"{JOURNAL}: {in_words(self.journal.damaged)} skipped"] if self.journal.damaged else []

    async def do(
        self,
        todo: Sequence[Callable[[], Coroutine[Any, Any, None]]],
        is_finished: Callable[[], bool],
        *,
        all_started: Callable[[], None] = lambda: None,
        owner: asyncio.Task[Any] | None = None,
    ) -> None:
        """Do all open work. If no further call can succeed, the work stops, and `stopped` has the reason.

        Parameters
        ----------
        todo, all_started, owner
            The same as for `run_bounded`.
        is_finished
            Function that returns whether nothing is left to do. The stored replies are then deleted.
        """
        ticker = asyncio.create_task(self._tick())
        try:
            if todo:
                await self.clients.load()
            await run_bounded(self.clients.calls.limit, todo, all_started=all_started, owner=owner)
        except (EndpointError, BudgetExceededError) as error:
            self.stopped = str(error)
        except BaseException as error:
            self.stopped = str(error) or "interrupted"
            raise
        finally:
            ticker.cancel()
            await self.clients.close()
            finished = self.stopped is None and is_finished()
            self.journal.close(finished=finished)
            self.times = (self.times[0], _now())
            self._save()
            self.accounts.close(self.clients.calls, finished=finished)

    async def _tick(self) -> None:
        """Report the progress regularly. Save the usage regularly, because the run may be killed."""
        ticks = round(MANIFEST_SECONDS / PROGRESS_SECONDS)
        for tick in itertools.count():
            await asyncio.sleep(PROGRESS_SECONDS)
            self._report()
            if tick % ticks == ticks - 1:
                self._save()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
