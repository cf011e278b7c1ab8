"""An OpenAI-compatible server on this machine that knows the right answers, and goes wrong as it is told to."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import Self

from tests.server.http import Entry, Service, serving

__all__ = ["Entry", "FaultServer"]


class FaultServer(Service):
    """A server in a thread of its own, for as long as the `with` block runs.

    Parameters
    ----------
    rows
        What the oracle knows: index, story, question, answer.
    latency
        As `faults.latencies` reads it.
    faults
        As `faults.parsed_faults` reads it.
    quirks
        Share of the requests that get each odd response, by its name in `quirks.QUIRKS`.
    personalities
        Out of `faults.PERSONALITIES`.
    seed
        The same seed draws the same latencies and the same faults, by order of arrival.
    retry_after
        Seconds that a 429 tells clients to wait.
    scale
        Multiplies every latency.
    keep_bodies
        Whether the log keeps requests.
    replies
        Function from the first message of a request to the JSON of the reply. It replaces the oracle.

    Attributes
    ----------
    base_url
        For a client.
    log
        The requests for completions, by arrival.
    always
        Fault or quirk of every request; None where it is drawn.
    silent_from
        Number of the request from which on nothing is answered; None as long as everything is.
    """

    base_url: str

    def __enter__(self) -> Self:
        started: Future[str] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), name="fault server")
        self._thread.start()
        self.base_url = started.result(timeout=30)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self, started: Future[str]) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with serving(self) as url:
            started.set_result(url)
            await self._stop.wait()
