"""Send the HTTP requests of the openai SDK with aiohttp.

With the default transport of the SDK, the connection pool takes a third of the processor time of a request if 200 calls
run at the same time. The pool of aiohttp takes about the same time for any number of calls.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx2
from yarl import URL

from social_world_model.generation_utils.spending import on_send

_CLOSE_SECONDS = 2.0
"""Maximum seconds to wait for connections that are closed from another thread."""

_ERRORS: tuple[tuple[type[Exception], type[httpx2.RequestError]], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx2.ConnectTimeout),
    (TimeoutError, httpx2.ReadTimeout),
    (aiohttp.ClientHttpProxyError, httpx2.ProxyError),
    (aiohttp.ClientConnectorError, httpx2.ConnectError),
    (aiohttp.InvalidURL, httpx2.UnsupportedProtocol),
    (aiohttp.ClientOSError, httpx2.ReadError),
    (aiohttp.ClientError, httpx2.RemoteProtocolError),
    (OSError, httpx2.ReadError),
)
"""Errors of aiohttp, and the errors that the SDK expects instead. The first matching line decides."""


class AiohttpTransport(httpx2.AsyncBaseTransport):
    """HTTP transport without a limit on the number of connections.

    Proxies are read from the environment, as in the default transport. Connections belong to one event loop. A request
    in another event loop opens new connections.
    """

    def __init__(self) -> None:
        self._tls = httpx2.create_ssl_context()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[tuple[str, str], str | None] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request, and return its response. The body of the response is not read yet.

        Raises
        ------
        httpx2.RequestError
            If there is no response. The type of the error says whether the connection was opened.
        """
        limits = request.extensions.get("timeout", {})
        body = await request.aread()
        with _translated():
            response = await self._of_this_loop().request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=request.headers.multi_items(),
                data=body or None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(sock_connect=limits.get("connect"), sock_read=limits.get("read")),
                proxy=self._proxy(request.url.scheme, request.url.host),
            )
        return httpx2.Response(
            response.status, headers=list(response.raw_headers), stream=_Body(response), request=request
        )

    async def aclose(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _of_this_loop(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop:
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ssl=self._tls),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[_announcing()],
                auto_decompress=False,  # the response decompresses its body
            )
            self._loop, self._session = loop, session
            weakref.finalize(self, _close, session, loop)  # scripts often end without closing their models
        return self._session

    def _proxy(self, scheme: str, host: str) -> str | None:
        """Return the address of the proxy for a host; None if there is no proxy."""
        if (scheme, host) not in self._proxies:
            found = getproxies()
            used = None if proxy_bypass(host) else found.get(scheme, found.get("all"))
            self._proxies[scheme, host] = used if used is None or "://" in used else f"http://{used}"
        return self._proxies[scheme, host]


class _Body(httpx2.AsyncByteStream):
    """Body of a response, as sent."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _translated():
            async for part in self._response.content.iter_any():
                yield part

    async def aclose(self) -> None:
        """Keep the connection if the body was read completely. Otherwise, close the connection."""
        self._response.close()


def _announcing() -> aiohttp.TraceConfig:
    """Return a configuration that calls `on_send` when a connection is open and the headers are complete."""

    async def announce(*_: object) -> None:
        on_send.get()()

    config = aiohttp.TraceConfig()
    config.on_request_headers_sent.append(announce)
    return config


@contextmanager
def _translated() -> Iterator[None]:
    """Raise errors of aiohttp as the errors that the SDK expects."""
    try:
        yield
    except Exception as error:
        made = next((made for known, made in _ERRORS if isinstance(error, known)), None)
        if made is None:
            raise
        raise made(str(error).replace(" ssl:default", "") or type(error).__name__) from error


def _close(session: aiohttp.ClientSession, loop: asyncio.AbstractEventLoop) -> None:
    """Close a session whose transport no longer exists. aiohttp would print a warning otherwise."""
    if session.closed:
        return
    if loop.is_closed():
        with suppress(StopIteration):  # the connections are already closed, so there is nothing to wait for
            session.close().send(None)
    elif asyncio._get_running_loop() is loop:
        loop.create_task(session.close())
    elif loop.is_running():
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(session.close(), loop).result(_CLOSE_SECONDS)
    else:
        loop.run_until_complete(session.close())
