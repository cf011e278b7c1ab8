"""An endpoint that sends prepared answers, whatever they are, over a real socket."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any, Self, TypeVar

import pytest

from social_world_model.benchmarks.base import story_cell
from social_world_model.contracts import Query
from social_world_model.generation_utils import Calls, LanguageModel, model_by_name

T = TypeVar("T")

KEY = "sk-test-0123456789"
SAMPLE = Path(str(files("social_world_model.benchmarks").joinpath("samples", "tomi_sample.jsonl")))
ROWS: list[dict[str, Any]] = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
QUERIES = [Query(question=row["question"], question_kind="belief", narrative=story_cell(row)) for row in ROWS]
"""What the oracle of the fault-injecting server has answers to."""


def quick(**more: Any) -> Calls:
    """Return an owner of calls that waits little."""
    return Calls(**{"timeout": 60.0, "first_wait": 0.005, **more})


def run(model: LanguageModel, work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine, and close a model's connections after it."""

    async def whole() -> T:
        try:
            return await work
        finally:
            await model.close()

    return asyncio.run(whole())


@dataclass(frozen=True)
class Sent:
    """What goes out for one request.

    Parameters
    ----------
    body
        Text as it is, anything else as JSON.
    held
        Whether nothing goes out as long as the server runs.
    """

    status: int = 200
    body: Any = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    held: bool = False


def said(content: str | None, finish_reason: str = "stop", refusal: str | None = None, tokens: int = 10) -> Sent:
    """Return a chat completion."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return Sent(
        body={
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1700000000,
            "model": "gpt-4o-2024-08-06",
            "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
            "usage": {"prompt_tokens": tokens, "completion_tokens": tokens, "total_tokens": 2 * tokens},
        }
    )


def refused(status: int, message: str, headers: Mapping[str, str] | None = None, **more: Any) -> Sent:
    """Return an error as OpenAI words it."""
    return Sent(status, {"error": {"message": message, "type": "invalid_request_error", **more}}, headers or {})


Answering = Callable[[dict[str, Any], str], Sent]
"""From a request's body and its bearer token to what is sent."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class Endpoint:
    """A server in threads, for as long as the `with` block runs.

    Parameters
    ----------
    answers
        Sent in turn, the last one from then on; or a function.

    Attributes
    ----------
    bodies
        The requests, by arrival.
    base_url
        For a client.
    """

    def __init__(self, *answers: Sent | Answering) -> None:
        self.answers = answers
        self.bodies: list[dict[str, Any]] = []
        self.released = threading.Event()
        self._lock = threading.Lock()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16  # head and body in one piece

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                sent = endpoint.answer(body, self.headers["Authorization"].removeprefix("Bearer "))
                if sent.held:
                    endpoint.released.wait()
                    self.close_connection = True
                    return
                raw = (sent.body if isinstance(sent.body, str) else json.dumps(sent.body)).encode()
                self.send_response(sent.status)
                kind = "text/html" if isinstance(sent.body, str) else "application/json"
                for name, value in {"Content-Type": kind, **sent.headers, "Content-Length": str(len(raw))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: Any) -> None:
                return

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def answer(self, body: dict[str, Any], token: str) -> Sent:
        """Return what goes out for a request."""
        with self._lock:
            self.bodies.append(body)
            one = self.answers[min(len(self.bodies), len(self.answers)) - 1]
        return one if isinstance(one, Sent) else one(body, token)

    def __enter__(self) -> Self:
        threading.Thread(target=lambda: self._server.serve_forever(poll_interval=0.01), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


def closed_port() -> str:
    """Return an address where nobody listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.server_close()
    return f"http://127.0.0.1:{server.server_address[1]}/v1"


def custom(monkeypatch: pytest.MonkeyPatch, base_url: str, name: str = "oracle") -> LanguageModel:
    """Return a model behind an address, with a key."""
    monkeypatch.setenv("CUSTOM_API_KEY", KEY)
    return model_by_name(f"custom/{name}@{base_url}")
