"""Track the failures of an endpoint, and detect when further calls make no sense."""

from __future__ import annotations

from dataclasses import dataclass

from social_world_model.generation_utils.failures import AGAIN, Failure, Kind

UNREACHED_AT_FIRST = 10
"""If no call has succeeded, stop all calls after this many attempts without a connection."""
GIVEN_UP_IN_A_ROW = 3
"""Stop all calls when this many calls in a row have failed."""
FAILED_AT_FIRST = 30
"""If no call has succeeded, stop all calls after this many failed attempts.

The limit is at least three times the maximum number of concurrent calls.
"""
TIMEOUTS_AT_FIRST = 3
"""If no call has succeeded, stop all calls after this many timeouts.

The limit is at least the maximum number of concurrent calls.
"""
DENIED_AT_FIRST = 2
"""Stop all calls after this many responses that come from a wrong address or for a wrong model, if no call succeeded.

One such response may be a transient error, so the request is sent once more.
"""
DENIED_IN_A_ROW = 5
"""Stop all calls after this many such responses since the last successful call."""
MALFORMED_TRIES = 4
"""Maximum number of attempts for one call if the responses are no completions."""
REJECTED_AT_FIRST = 20
"""If no call has succeeded, stop all calls after this many rejected calls."""

DENIED: frozenset[Kind] = frozenset({"no access", "moved", "web page"})
"""Kinds of failure that show a wrong address or a wrong model if they are not exceptions."""


@dataclass
class Health:
    """Counts the failures of one model since the last successful call.

    Parameters
    ----------
    model
        Name of the model, for messages.
    concurrency
        Maximum number of concurrent calls.
    succeeded
        Whether any call has succeeded.
    """

    model: str
    concurrency: int
    succeeded: bool = False
    unreached: int = 0
    failed: int = 0
    timeouts: int = 0
    given_up: int = 0
    rejected: int = 0
    denied: int = 0

    def hopeless(self, failure: Failure) -> str | None:
        """Count a failed attempt. Return why all further calls would fail, or None if further calls may succeed."""
        self.unreached += failure.unreached
        self.timeouts += failure.kind == "timeout"
        self.failed += failure.kind in AGAIN and failure.kind != "rate limited"
        self.denied += failure.kind in DENIED
        if failure.kind == "unusable":
            return f"{self.model}: {failure.message}"
        if self.denied >= (DENIED_IN_A_ROW if self.succeeded else DENIED_AT_FIRST):
            return f"{self.model}: {failure.message}"
        if self.succeeded:
            return None
        if failure.unreached and self.unreached >= UNREACHED_AT_FIRST:
            return f"{self.model}: no connection ({failure.message})"
        if self.timeouts >= max(TIMEOUTS_AT_FIRST, self.concurrency):
            advice = "no request was answered: check that the server is running, or set a higher timeout"
            return f"{self.model}: {failure.message}; {advice}"
        if self.failed >= max(FAILED_AT_FIRST, 3 * self.concurrency):
            return f"{self.model}: {failure.message}; {self.failed} attempts failed, and none succeeded"
        return None

    def may_retry(self, failure: Failure, attempt: int, tries: int) -> bool:
        """Return whether the same request may succeed in another attempt.

        Parameters
        ----------
        failure
            Failure of the last attempt.
        attempt
            Number of attempts so far.
        tries
            Maximum number of attempts for one call.
        """
        if failure.kind in DENIED and not self.succeeded:
            tries = min(tries, DENIED_AT_FIRST)
        elif failure.kind == "malformed response":
            tries = min(tries, MALFORMED_TRIES)
        elif failure.kind not in AGAIN:
            return False
        return attempt < tries

    def give_up(self, failure: Failure, attempt: int, longest_wait: float) -> tuple[str, bool]:
        """Count a call that is given up.

        Parameters
        ----------
        failure
            Failure of the last attempt.
        attempt
            Number of attempts of the call.
        longest_wait
            Longest wait in seconds that an endpoint may ask for.

        Returns
        -------
        tuple of str and bool
            Error message, and True if all calls must stop.
        """
        message = f"{self.model}: {failure.kind}: {failure.message}"
        if failure.retry_after is not None and failure.retry_after > longest_wait:
            message = f"{message} (the endpoint asks to wait {failure.retry_after:.0f} s)"
        if failure.kind in AGAIN:
            self.given_up += 1
            message = f"{message} (tried {'once' if attempt == 1 else f'{attempt} times'})"
            if self.given_up >= GIVEN_UP_IN_A_ROW:
                return f"{message}; {self.given_up} calls in a row failed", True
            return message, False
        self.rejected += 1
        if not self.succeeded and self.rejected >= REJECTED_AT_FIRST:
            return f"{message}; {self.rejected} calls were rejected, and none was accepted", True
        return message, False
