"""How an endpoint has done so far, and when no further call to it makes sense."""

from __future__ import annotations

from dataclasses import dataclass

from social_world_model.generation_utils.failures import AGAIN, Failure

UNREACHED_AT_FIRST = 10
"""So many attempts without a connection, before any call succeeded, mean that nobody is there."""
GIVEN_UP_IN_A_ROW = 3
"""So many calls given up one after another mean that nobody is there any more."""
FAILED_AT_FIRST = 30
"""So many failed attempts, or three times the concurrency, before any succeeded, mean that none will."""
TIMEOUTS_AT_FIRST = 3
"""So many attempts that timed out, or as many as the concurrency, before any succeeded, mean that none will."""
REJECTED_AT_FIRST = 20
"""So many requests rejected, before any was taken, mean that none will be."""


@dataclass
class Health:
    """Counts what happened to the calls of one model since its last success.

    Parameters
    ----------
    model
        Its name, for messages.
    concurrency
        Maximum number of concurrent calls.
    succeeded
        Whether any call ever did.
    """

    model: str
    concurrency: int
    succeeded: bool = False
    unreached: int = 0
    failed: int = 0
    timeouts: int = 0
    given_up: int = 0
    rejected: int = 0

    def hopeless(self, failure: Failure) -> str | None:
        """Count a failed attempt; return why every call would fail, or None if this is not known."""
        self.unreached += failure.unreached
        self.timeouts += failure.kind == "timeout"
        self.failed += failure.kind in AGAIN and failure.kind != "rate limited"
        if failure.kind == "unusable":
            return f"{self.model}: {failure.message}"
        if self.succeeded:
            return None
        if failure.unreached and self.unreached >= UNREACHED_AT_FIRST:
            return f"{self.model}: nobody answers there ({failure.message})"
        if self.timeouts >= max(TIMEOUTS_AT_FIRST, self.concurrency):
            advice = "nothing ever came: is it alive? If it is only slow, raise timeout"
            return f"{self.model}: {failure.message}; {advice}"
        if self.failed >= max(FAILED_AT_FIRST, 3 * self.concurrency):
            return f"{self.model}: {failure.message}; the same for {self.failed} tries"
        return None

    def give_up(self, failure: Failure, attempt: int, longest_wait: float) -> tuple[str, bool]:
        """Count a call that is given up; return why, and whether that means the end of all calls.

        Parameters
        ----------
        failure
            The last one.
        attempt
            How often it was tried.
        longest_wait
            Seconds that an endpoint may ask to wait at most.
        """
        message = f"{self.model}: {failure.kind}: {failure.message}"
        if failure.retry_after is not None and failure.retry_after > longest_wait:
            message = f"{message} (it asks to wait {failure.retry_after:.0f} s)"
        if failure.kind in AGAIN:
            self.given_up += 1
            message = f"{message} (tried {'once' if attempt == 1 else f'{attempt} times'})"
            if self.given_up >= GIVEN_UP_IN_A_ROW:
                return f"{message}; the same for {self.given_up} calls in a row", True
            return message, False
        self.rejected += 1
        if not self.succeeded and self.rejected >= REJECTED_AT_FIRST:
            return f"{message}; and none of {self.rejected} calls was accepted", True
        return message, False
