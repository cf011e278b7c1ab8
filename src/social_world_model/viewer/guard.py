"""The rules for requests to the server of the viewer. Other pages, other hosts and other users get no data."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from social_world_model.errors import ConfigurationError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Hosts that only programs of this machine can reach."""
TOKEN_HEADER = b"x-swm-token"
USUAL_PORT = 80
"""Port of HTTP that no address names."""
LARGEST_BODY = 1_000_000
"""Maximum number of bytes in the body of a request."""
HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""Headers of every response."""


def check_loopback(host: str) -> None:
    """Refuse addresses that other machines can reach.

    Parameters
    ----------
    host
        Address on which a server shall listen.

    Raises
    ------
    ConfigurationError
        If the address is not a loopback address.
    """
    if host not in LOOPBACK:
        raise ConfigurationError(
            f"expected a loopback address ({', '.join(LOOPBACK)}), got {host!r:.80}: the viewer answers only this "
            "machine. To see the pages on another machine, use an SSH tunnel: ssh -L PORT:127.0.0.1:PORT HOST",
            parameters=("host",),
        )


def new_token() -> str:
    """Return a random token of 192 bits."""
    return secrets.token_urlsafe(24)


@dataclass(frozen=True)
class Refusal:
    """Why a request is refused: the status of the response, and a sentence for the reader."""

    status: int
    why: str


class Guard:
    """Answers only requests of the own pages. Every response gets the headers of `HEADERS`.

    Parameters
    ----------
    app
        Application that answers the accepted requests.
    port
        Port of the server.
    token
        Token that every request for data must contain, in the header ``x-swm-token``.
    edit
        Whether requests may change something.
    """

    def __init__(self, app: ASGIApp, *, port: int, token: str, edit: bool) -> None:
        self._app = app
        end = "" if port == USUAL_PORT else f":{port}"  # browsers leave out the usual port
        self._hosts = {f"{host}{end}".encode() for host in ("127.0.0.1", "localhost", "[::1]")}
        self._token = token.encode()
        self._edit = edit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":  # the server has no web sockets
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                others = [(name, value) for name, value in message["headers"] if name.decode() not in HEADERS]
                message = {**message, "headers": [*others, *ours]}
            await send(message)

        refusal = self.refusal(scope["method"], scope["path"], scope["headers"])
        if refusal is None:
            await self._app(scope, receive, send_with_headers)
        else:
            await _refused(refusal, send_with_headers)

    def refusal(self, method: str, path: str, headers: Any) -> Refusal | None:
        """Return why a request is refused; None if it is accepted.

        Parameters
        ----------
        method, path
            Method and path of the request.
        headers
            Pairs of names, in lower case, and values, as bytes.
        """
        given: dict[bytes, list[bytes]] = {}
        for name, value in headers:
            given.setdefault(name, []).append(value)
        return self._of_another_site(given) or self._without_right(method, path, given) or _of_body(method, given)

    def _of_another_site(self, given: Mapping[bytes, list[bytes]]) -> Refusal | None:
        host = given.get(b"host", [])
        if len(host) != 1 or host[0] not in self._hosts:
            return Refusal(421, "The request is for another host. Use the address that swm view printed.")
        origins = given.get(b"origin", [])
        if any(origin.removeprefix(b"http://") not in self._hosts or b"://" not in origin for origin in origins):
            return Refusal(403, "The request is from a page of another origin.")
        if any(site not in (b"none", b"same-origin") for site in given.get(b"sec-fetch-site", [])):
            return Refusal(403, "The request is from another site. Type or paste the address into the browser.")
        return None

    def _without_right(self, method: str, path: str, given: Mapping[bytes, list[bytes]]) -> Refusal | None:
        if method not in ("GET", "HEAD") and not (self._edit and method == "POST"):
            return Refusal(405, f"The server does not accept the method {method[:20]}.")
        tokens = given.get(TOKEN_HEADER, [])
        if path.startswith("/api") and not any(secrets.compare_digest(token, self._token) for token in tokens):
            return Refusal(401, "The token is missing or wrong. Open the address that swm view printed.")
        return None


def _of_body(method: str, given: Mapping[bytes, list[bytes]]) -> Refusal | None:
    if method != "POST":
        return None
    (length,) = given.get(b"content-length", [b""])[:1]
    if not length.isdigit() or b"transfer-encoding" in given:
        return Refusal(411, "The request has a body of unknown length.")
    if int(length) > LARGEST_BODY:
        return Refusal(413, f"The body of the request has more than {LARGEST_BODY:,} bytes.")
    kinds = [kind.partition(b";")[0].strip().lower() for kind in given.get(b"content-type", [])]
    return None if kinds == [b"application/json"] else Refusal(415, "The body of the request is not application/json.")


async def _refused(refusal: Refusal, send: Send) -> None:
    body = json.dumps({"error": refusal.why}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
