"""Classify failed calls.

The kind of failure decides between a retry, a changed request, no retry, and stopping all calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from social_world_model.errors import shortened

Kind = Literal[
    "rate limited",  # the endpoint asks to wait
    "timeout",  # no reply within the timeout of one attempt
    "connection",  # no connection, or the connection broke
    "server error",  # an error of the server
    "malformed response",  # the response is not a completion
    "rejected",  # the endpoint rejects this request
    "too long",  # the prompt does not fit into the model's context window
    "no usage",  # the reply has no token counts; nothing else is wrong
    "unusable",  # every request would fail: wrong key, no quota
    "no access",  # HTTP 403 or 404: the endpoint refuses this request, or every request
    "moved",  # a redirect; requests are not sent to another address
    "web page",  # the response is a web page, such as a login page
    "unreadable",  # the response is complete, but it has a form that cannot be read; a retry gives the same response
    "option not supported",  # the endpoint refuses a setting or a kind of schema; the request is repeated without it
]
"""Kinds of failure, as printed in the progress line."""

AGAIN: frozenset[Kind] = frozenset(
    {"rate limited", "timeout", "connection", "server error", "malformed response", "web page"}
)
"""Kinds of failure that are retried (transient errors)."""


class Failure(Exception):  # noqa: N818 - becomes an error of the package after the last attempt
    """A failed attempt of a call.

    Parameters
    ----------
    kind
        Kind of failure.
    message
        Error message of the endpoint, without keys.
    retry_after
        Seconds that the endpoint asks to wait; None if it does not ask.
    unreached
        True if the connection could not be opened.
    """

    def __init__(self, kind: Kind, message: str, retry_after: float | None = None, *, unreached: bool = False) -> None:
        self.kind: Kind = kind
        self.message = message
        self.retry_after = retry_after
        self.unreached = unreached
        super().__init__(f"{kind}: {message}")


def without_keys(text: str, keys: Sequence[str]) -> str:
    """Return a text with every key replaced by ``[key]``.

    Parameters
    ----------
    text
        Text that may contain keys, such as an error message.
    keys
        Secrets to replace. Empty secrets are ignored.

    Examples
    --------
    >>> without_keys("Incorrect key sk-123", ["sk-123"])
    'Incorrect key [key]'
    """
    for key in sorted(filter(None, keys), key=len, reverse=True):  # a key may be a prefix of another key
        text = text.replace(key, "[key]")
    return text


def failure_of(error: Exception, keys: Sequence[str] = ()) -> Failure:
    """Classify an exception of pydantic-ai.

    Parameters
    ----------
    error
        Exception that a request raised.
    keys
        Secrets to remove from the message.
    """
    from pydantic import ValidationError
    from pydantic_ai import exceptions as ai

    said = " ".join(complaint(error).split()).rstrip(" .!")
    message = shortened(without_keys(said, keys), limit=300)
    if isinstance(error, Failure):
        return Failure(error.kind, shortened(without_keys(error.message, keys), limit=300), error.retry_after)
    if isinstance(error, UnicodeError):
        return Failure("rejected", f"the prompt cannot be sent ({message})")
    if not isinstance(error, ai.AgentRunError):
        return Failure("malformed response", f"the response is not a completion ({type(error).__name__}: {message})")
    if not isinstance(error, ai.ModelAPIError):
        invalid = isinstance(error.__cause__, ValidationError)
        return Failure("unreadable" if invalid else "malformed response", message)
    kinds: list[tuple[type[Exception], Kind]] = [
        (ai.ModelQuotaExceededError, "unusable"),
        (ai.ModelNotFoundError, "no access"),
        (ai.ModelAuthenticationError, "no access" if getattr(error, "status_code", 401) == 403 else "unusable"),
        (ai.ModelContextWindowExceededError, "too long"),
        (ai.ModelRateLimitError, "rate limited"),
        (ai.ModelUnavailableError, "server error"),
        (ai.ModelServerError, "server error"),
        (ai.ModelTimeoutError, "timeout"),
        (ai.ModelRequestTimeout, "timeout"),
        (ai.ModelConnectionError, "connection"),
        (ai.ModelRequestRejectedError, "rejected"),
    ]
    kind: Kind = next((kind for known, kind in kinds if isinstance(error, known)), "malformed response")
    if kind == "malformed response" and isinstance(error, ai.ModelHTTPError):
        kind = "server error" if error.status_code >= 500 or error.status_code in (408, 409, 425) else "rejected"
    unreached = isinstance(error, ai.ModelConnectionError) and error.phase == "connect"
    return Failure(kind, message, error.retry_after, unreached=unreached)


_FILTER_WORDS = ("content_filter", "content management policy", "content filter", "responsibleaipolicy")


def refusal_of(error: Exception) -> str | None:
    """Return the message of a content filter that refused a prompt; None if the error has another cause.

    Azure reports its filter as HTTP 400, and OpenRouter as HTTP 403.

    Parameters
    ----------
    error
        Exception that a request raised.
    """
    from pydantic_ai.exceptions import ModelHTTPError

    if not isinstance(error, ModelHTTPError) or error.status_code not in (400, 403):
        return None
    body = error.body if isinstance(error.body, dict) else {}
    metadata = body.get("metadata")
    flagged = isinstance(metadata, dict) and bool({"flagged_input", "reasons"} & metadata.keys())
    said = f"{body.get('code')} {complaint(error)}".casefold()
    return complaint(error) if flagged or any(word in said for word in _FILTER_WORDS) else None


def complaint(error: Exception) -> str:
    """Return the full error message of the endpoint, without the text that pydantic-ai adds."""
    from pydantic_ai.exceptions import ModelHTTPError

    if isinstance(error, Failure):
        return error.message
    if isinstance(error, ModelHTTPError):
        return f"HTTP {error.status_code}: {_said(error.body) or 'no message'}"
    cause = error.__cause__
    return f"{error} ({cause.__cause__ or cause})" if cause is not None and cause.__cause__ else str(error)


def _said(body: object) -> str:
    """Return the message in the body of an error, with the name of the parameter that caused the error."""
    if not isinstance(body, dict):
        is_page = str(body).lstrip()[:1] == "<"
        return "got a web page; check that this is the address of an API, such as …/v1" if is_page else str(body or "")
    said, about = body.get("message"), body.get("param")
    if said is None and isinstance(detail := body.get("detail"), list):  # FastAPI; `input` repeats our request
        problems = [one for one in detail if isinstance(one, dict)]
        return "; ".join(f"{'.'.join(map(str, one.get('loc', ())))}: {one.get('msg', '')}" for one in problems)
    text = str(said or body.get("detail") or body.get("error") or "")
    return f"{text} ({about})" if about and str(about) not in text else text
