import asyncio
import gc
import gzip
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any

import httpx2
import pytest

from social_world_model.generation_utils.transport import AiohttpTransport


def in_event_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    @wraps(test)
    def plain(*given: Any, **named: Any) -> None:
        asyncio.run(test(*given, **named))

    return plain


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def serving(reply: bytes, *, closes: bool = False) -> AsyncIterator[tuple[str, list[bytes], list[int]]]:
    """Serve one fixed reply; gives the address, the heads of the requests, and the ports of the clients."""
    heads: list[bytes] = []
    ports: list[int] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ports.append(writer.get_extra_info("peername")[1])
        try:
            while True:
                heads.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(reply)
                await writer.drain()
                if closes:
                    break
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heads, ports
    finally:
        server.close()


def client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=AiohttpTransport(), timeout=httpx2.Timeout(None, connect=5, read=5))


@in_event_loop
async def test_requests_in_a_row_use_one_connection() -> None:
    async with serving(OK) as (url, heads, ports), client() as http:
        texts = [(await http.get(f"{url}/a%20b?c=d%2Fe")).text for _ in range(3)]
    assert texts == ["ok"] * 3
    assert [head.split(b"\r\n")[0] for head in heads] == [b"GET /a%20b?c=d%2Fe HTTP/1.1"] * 3
    assert len(ports) == 1


@in_event_loop
async def test_two_hundred_requests_run_at_the_same_time() -> None:
    waiting = 0
    everyone = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal waiting
        await reader.readuntil(b"\r\n\r\n")
        waiting += 1
        if waiting == 200:
            everyone.set()
        await everyone.wait()
        writer.write(OK)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=256)
    async with client() as http:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        replies = await asyncio.gather(*(http.get(url) for _ in range(200)))
    server.close()
    assert {reply.text for reply in replies} == {"ok"}


@in_event_loop
async def test_a_redirect_is_not_followed() -> None:
    moved = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    async with serving(moved) as (url, _, _), client() as http:
        assert (await http.get(url)).status_code == 307


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (b"", httpx2.RemoteProtocolError),  # the server closes the connection
        (OK[:-1], httpx2.RemoteProtocolError),  # the server closes it in the middle of the body
        (b"no HTTP at all\r\n\r\n", httpx2.RemoteProtocolError),
    ],
)
@in_event_loop
async def test_a_connection_that_breaks_is_no_failure_to_connect(reply: bytes, expected: type[Exception]) -> None:
    async with serving(reply, closes=True) as (url, _, _), client() as http:
        with pytest.raises(expected):
            await http.get(url)


@in_event_loop
async def test_an_address_without_a_server_is_a_failure_to_connect() -> None:
    async with serving(OK) as (url, _, _):
        pass
    async with client() as http:
        with pytest.raises(httpx2.ConnectError, match=r"Cannot connect to host 127\.0\.0\.1:\d+ \["):
            await http.get(url)


@in_event_loop
async def test_a_silent_server_is_a_read_timeout() -> None:
    async with serving(OK[:10]) as (url, _, _), client() as http:
        with pytest.raises(httpx2.ReadTimeout):
            await http.get(url, timeout=httpx2.Timeout(None, read=0.05))


@in_event_loop
async def test_a_proxy_of_the_environment_is_used_except_for_excluded_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(OK) as (proxy, heads, _), serving(OK) as (direct, direct_heads, _), client() as http:
        monkeypatch.setenv("http_proxy", proxy.removeprefix("http://"))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        await http.get("http://model.test/v1")
        await http.get(direct)
    assert [head.split(b"\r\n")[0] for head in heads] == [b"GET http://model.test/v1 HTTP/1.1"]
    assert len(direct_heads) == 1


@in_event_loop
async def test_a_compressed_body_is_decompressed_once() -> None:
    packed = gzip.compress(b"hello")
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    async with serving(head + packed) as (url, _, _), client() as http:
        assert (await http.get(url)).text == "hello"


def ended_loop(http: httpx2.AsyncClient, work: Callable[[], None] = lambda: None) -> None:
    async def one() -> None:
        async with serving(OK) as (url, _, _):
            assert (await http.get(url)).text == "ok"
        work()

    asyncio.run(one())


def test_a_second_event_loop_gets_its_own_connections() -> None:
    http = client()
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        ended_loop(http)
        ended_loop(http)


def test_a_client_that_nobody_closed_prints_no_warning(capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        thread = threading.Thread(target=lambda: ended_loop(client()))
        thread.start()
        thread.join()
        gc.collect()
    assert capfd.readouterr().err == ""
