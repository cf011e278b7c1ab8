"""The server: what it answers, its log, and HTTP/1.1 over a socket."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Literal

from social_world_model.errors import SocialWorldModelError
from tests.server.faults import (
    BROKEN,
    RATE_LIMIT,
    Refusal,
    check_personalities,
    content_of,
    draws,
    latencies,
    parsed_faults,
    refusal,
)
from tests.server.oracle import Asked, Oracle, OracleRow, UnknownError
from tests.server.quirks import QUIRKS

MODEL = "oracle"
REFUSAL = "I'm sorry, but I can't help with that."


@dataclass
class Entry:
    """A request for a completion, as the server saw it.

    Parameters
    ----------
    number
        From 0, in order of arrival.
    arrived, answered
        Seconds of `time.monotonic`; `answered` is when the reply went out or the connection was closed, and
        None as long as neither has happened.
    latency
        The seconds drawn for it, scale included.
    fault
        What was done to it; None where the drawn fault does not fit the reply.
    kind, row
        What it asks for, and the index of the row; None where the oracle was not asked, or does not know.
    prompt_chars
        Characters of all messages and of the response format.
    body
        The request; empty where bodies are not kept.
    status
        None where no answer goes out.
    """

    number: int
    arrived: float
    latency: float
    answered: float | None = None
    fault: str | None = None
    kind: Literal["parse", "answer"] | None = None
    row: str | None = None
    prompt_chars: int = 0
    body: dict[str, Any] = field(default_factory=dict)
    status: int | None = None


@dataclass(frozen=True)
class Answer:
    """What goes out; an entry where it is the answer to a request for a completion."""

    status: int
    value: Any
    entry: Entry | None = None
    headers: str = ""


class Service:
    """What the server does with a request; the parameters are explained at `FaultServer`."""

    def __init__(
        self,
        rows: Iterable[Mapping[str, Any]],
        *,
        latency: str = "zero",
        faults: str = "",
        quirks: Mapping[str, float] = MappingProxyType({}),
        personalities: Collection[str] = (),
        seed: int = 0,
        retry_after: float = 0.0,
        scale: float = 1.0,
        keep_bodies: bool = True,
        replies: Callable[[str], str] | None = None,
    ) -> None:
        check_personalities(personalities)
        self._replies = replies
        self.oracle = Oracle(rows)
        self.log: list[Entry] = []
        self._settings = (latency, parsed_faults(faults) | dict(quirks), seed, scale)
        self._personalities = frozenset(personalities)
        self._refused = [name.partition(":")[2].casefold() for name in personalities if name.startswith("refuses:")]
        self._retry_after = retry_after
        self._keep_bodies = keep_bodies
        self.silent_from: int | None = None
        self.always: str | None = None
        self.reset()

    def reset(self) -> None:
        """Empty the log, and draw from the beginning again."""
        latency, faults, seed, scale = self._settings
        self.log.clear()
        self._latency = latencies(latency, seed, scale)
        self._faults = draws(faults, seed)

    def handle(self, method: str, path: str, body: bytes, token: str) -> Answer:
        """Answer a request."""
        match method, path:
            case "POST", "/v1/chat/completions":
                return self._complete(body, token)
            case "GET", "/v1/models":
                model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "tests"}
                return Answer(200, {"object": "list", "data": [model]})
            case "GET", "/log":
                return Answer(200, [{k: v for k, v in vars(entry).items() if k != "body"} for entry in self.log])
            case "POST", "/reset":
                self.reset()
                return Answer(200, {})
        return _refused(Refusal(404, f"Invalid URL ({method} {path})"))

    def _complete(self, raw: bytes, token: str) -> Answer:
        entry = Entry(len(self.log), time.monotonic(), self._latency())
        self.log.append(entry)
        drawn, where = next(self._faults)
        drawn = self.always or drawn
        try:
            body = json.loads(raw)
            texts, form = _texts(body), body.get("response_format")
        except (ValueError, KeyError, TypeError, AttributeError):
            return _refused(Refusal(400, "We could not parse the JSON body of your request."), entry)
        entry.prompt_chars = sum(map(len, texts)) + (len(json.dumps(form)) if form is not None else 0)
        if self._keep_bodies:
            entry.body = body
        if wrong := refusal(self._personalities, body, token):
            return _refused(wrong, entry)
        try:
            asked, value = self._asked_and_reply(texts, form)
        except (UnknownError, SocialWorldModelError) as error:
            return _refused(Refusal(400, f"The oracle has no reply: {error}", code="unknown_to_the_oracle"), entry)
        entry.kind, entry.row = asked.kind, asked.row.index
        if self.silent_from is not None and entry.number >= self.silent_from:
            drawn = "hang"
        if drawn in ("429", "500", "drop", "hang", "cut"):
            entry.fault = drawn
        if drawn == "429":
            return _refused(RATE_LIMIT, entry, f"Retry-After: {self._retry_after:g}\r\n")
        if drawn == "500":
            return _refused(BROKEN, entry)
        entry.status = None if drawn in ("drop", "hang") else 200
        if asked.kind == "answer" and any(word in asked.row.question.casefold() for word in self._refused):
            return Answer(200, _completion(entry, body, None), entry)
        if drawn in QUIRKS:
            return self._odd(drawn, entry, body | {"token": token}, value)
        content, fault = content_of(value, asked.kind, drawn, where, self._personalities)
        entry.fault = entry.fault or fault
        return Answer(200, _completion(entry, body, content), entry)

    def _asked_and_reply(self, texts: Sequence[str], form: Any) -> tuple[Asked, Any]:
        if self._replies is None:
            asked = self._asked("\n".join(texts), form)
            return asked, self.oracle.reply(asked)
        return Asked("answer", OracleRow("", "", "", ""), None, json=True), json.loads(self._replies(texts[0]))

    def _odd(self, name: str, entry: Entry, body: dict[str, Any], value: Any) -> Answer:
        completion = _completion(entry, body, content_of(value, "answer", None, 0.0)[0])
        made = QUIRKS[name].make(completion, body)
        entry.fault, entry.status = name, made.status
        return Answer(made.status, made.bytes, entry, "".join(f"{k}: {v}\r\n" for k, v in made.headers.items()))

    def _asked(self, prompt: str, form: Any) -> Asked:
        if "ignores_schema" not in self._personalities:
            return self.oracle.asked(prompt, form)
        asked = self.oracle.asked(prompt)
        return replace(asked, json=asked.schema is not None or "json" in prompt.casefold())


class Connection(asyncio.Protocol):
    """One client's connection: a request, its answer, the next request."""

    def __init__(self, service: Service, others: set[Connection]) -> None:
        self._service = service
        self._others = others
        self._received = bytearray()
        self._busy = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a client in."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._others.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a client, and what it still waits for."""
        self._others.discard(self)
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Take what comes; requests are answered one after the other."""
        self._received += data
        self._next()

    def _next(self) -> None:
        end = self._received.find(b"\r\n\r\n")
        if self._busy or end < 0:
            return
        first, *lines = self._received[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        start, length = end + 4, int(headers.get("content-length", 0))
        if len(self._received) < start + length:
            return
        body = bytes(self._received[start : start + length])
        del self._received[: start + length]
        self._busy = True
        method, path, _ = first.split(" ")
        answer = self._service.handle(method, path, body, headers.get("authorization", "").removeprefix("Bearer "))
        if answer.entry is not None and answer.entry.latency > 0:
            self._timer = asyncio.get_running_loop().call_later(answer.entry.latency, self._send, answer)
        else:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        fault = answer.entry.fault if answer.entry is not None else None
        if fault == "hang":
            return  # for as long as the client stays
        if answer.entry is not None:
            answer.entry.answered = time.monotonic()
        if fault == "drop":
            self.transport.close()
            return
        body = answer.value if isinstance(answer.value, bytes) else json.dumps(answer.value).encode()
        kind = "" if "Content-Type:" in answer.headers else "Content-Type: application/json\r\n"
        phrase = HTTPStatus(answer.status).phrase if answer.status in list(HTTPStatus) else "Odd"
        head = (
            f"HTTP/1.1 {answer.status} {phrase}\r\n{kind}Content-Length: {len(body)}\r\n{answer.headers}\r\n"
        ).encode()
        if fault == "cut":
            self.transport.write(head + body[: len(body) // 2])
            self.transport.close()
            return
        self.transport.write(head + body)
        self._busy = False
        self._next()


@asynccontextmanager
async def serving(service: Service) -> AsyncIterator[str]:
    """Serve on a free port of this machine; gives the base URL."""
    connections: set[Connection] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(service, connections), "127.0.0.1", 0, backlog=4096)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()
        await asyncio.sleep(0)  # whoever is just being let in
        for connection in connections:
            connection.transport.abort()
        await asyncio.sleep(0)  # a socket is closed one turn later


def _refused(wrong: Refusal, entry: Entry | None = None, headers: str = "") -> Answer:
    if entry is not None:
        entry.status = wrong.status
    return Answer(wrong.status, wrong.body(), entry, headers)


def _texts(body: Mapping[str, Any]) -> list[str]:
    """Return the contents of all messages, of which each is a text or a list of parts."""
    contents = [message.get("content") or "" for message in body["messages"]]
    parts = [
        [content] if isinstance(content, str) else [part.get("text", "") for part in content] for content in contents
    ]
    return ["".join(texts) for texts in parts]


def _completion(entry: Entry, body: Mapping[str, Any], content: str | None) -> dict[str, Any]:
    """Return a chat.completion; content None is a refusal."""
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    cut = bool(limit and content and len(content) > 4 * limit)
    content = content[: 4 * limit] if content and limit and cut else content
    prompt_tokens, tokens = math.ceil(entry.prompt_chars / 4), math.ceil(len(content or "") / 4)
    message = {"role": "assistant", "content": content, "refusal": REFUSAL if content is None else None}
    return {
        "id": f"chatcmpl-{entry.number}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": body.get("model", MODEL),
        "choices": [
            {"index": 0, "message": message, "logprobs": None, "finish_reason": "length" if cut else "stop"},
        ],
        "usage": {"prompt_tokens": prompt_tokens, "completion_tokens": tokens, "total_tokens": prompt_tokens + tokens},
    }
