"""What a failed call means: try again, ask otherwise, give this item up, or stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from social_world_model.errors import shortened

Kind = Literal[
    "rate limited",  # the endpoint asks to wait
    "timeout",  # no answer within the time given to a call
    "connection",  # nobody there, or the line broke
    "server error",  # its own fault
    "malformed response",  # something came that is no reply of a model
    "rejected",  # this request is not taken: too long, or something in it is not understood
    "too long",  # the prompt does not fit into the model's context
    "no usage",  # a reply came, and nothing went wrong but the accounts
    "unusable",  # no request will be taken: key, name of the model, quota
    "asked otherwise",  # the endpoint refused a setting or a way to ask for a form, and is asked without it
]
"""What went wrong, in the words of the progress line."""

AGAIN: frozenset[Kind] = frozenset({"rate limited", "timeout", "connection", "server error", "malformed response"})
"""The kinds after which another try makes sense."""


class Failure(Exception):  # noqa: N818 - made into an error of the package when no try is left
    """One call that failed.

    Parameters
    ----------
    kind
        What went wrong.
    message
        What the endpoint says about it, without keys.
    retry_after
        Seconds that the endpoint asks to wait; None if it does not.
    unreached
        Whether no connection was made at all.
    """

    def __init__(self, kind: Kind, message: str, retry_after: float | None = None, *, unreached: bool = False) -> None:
        self.kind: Kind = kind
        self.message = message
        self.retry_after = retry_after
        self.unreached = unreached
        super().__init__(f"{kind}: {message}")


def without_keys(text: str, keys: Sequence[str]) -> str:
    """Return a text in which no key stands.

    >>> without_keys("Incorrect key sk-123", ["sk-123"])
    'Incorrect key [key]'
    """
    for key in sorted(filter(None, keys), key=len, reverse=True):  # a key may begin like another one
        text = text.replace(key, "[key]")
    return text


def failure_of(error: Exception, keys: Sequence[str] = ()) -> Failure:
    """Return what an exception of pydantic-ai means."""
    from pydantic_ai import exceptions as ai

    said = " ".join(complaint(error).split()).rstrip(" .!")
    message = shortened(without_keys(said, keys), limit=300)
    if isinstance(error, UnicodeError):
        return Failure("rejected", f"the prompt cannot be sent ({message})")
    if not isinstance(error, ai.AgentRunError):
        return Failure("malformed response", f"what came is no completion ({type(error).__name__}: {message})")
    if not isinstance(error, ai.ModelAPIError):
        return Failure("malformed response", message)
    kinds: list[tuple[type[Exception], Kind]] = [
        (ai.ModelQuotaExceededError, "unusable"),
        (ai.ModelAuthenticationError, "unusable"),
        (ai.ModelNotFoundError, "unusable"),
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


def complaint(error: Exception) -> str:
    """Return what the endpoint said, whole and without the wrapping."""
    from pydantic_ai.exceptions import ModelHTTPError

    if isinstance(error, ModelHTTPError):
        return f"HTTP {error.status_code}: {_said(error.body) or 'no message'}"
    cause = error.__cause__
    return f"{error} ({cause.__cause__ or cause})" if cause is not None and cause.__cause__ else str(error)


def _said(body: object) -> str:
    """Return the words of an error's body, and the parameter that it is about."""
    if not isinstance(body, dict):
        is_page = str(body).lstrip()[:1] == "<"
        return "a web page; is this the address of an API, such as …/v1?" if is_page else str(body or "")
    said, about = body.get("message"), body.get("param")
    if said is None and isinstance(detail := body.get("detail"), list):  # as FastAPI says it; `input` is our own text
        problems = [one for one in detail if isinstance(one, dict)]
        return "; ".join(f"{'.'.join(map(str, one.get('loc', ())))}: {one.get('msg', '')}" for one in problems)
    text = str(said or body.get("detail") or body.get("error") or "")
    return f"{text} ({about})" if about and str(about) not in text else text
