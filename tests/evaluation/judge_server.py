"""An OpenAI-compatible server on this machine that judges as it is told to."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Judged = dict[str, Any]


def all_right(prompt: str) -> Judged:
    """Say that no observation has a fault."""
    agents, steps = cells(prompt)
    return {"faults": [], "checked": len(agents) * len(steps)}


def first_leaks(prompt: str) -> Judged:
    """Find a leak in the first observation."""
    agents, steps = cells(prompt)
    fault = {"agent": agents[0], "step": steps[0], "why": "It was elsewhere.", "fault": "leak"}
    return {**all_right(prompt), "faults": [fault]}


def cells(prompt: str) -> tuple[list[str], list[str]]:
    """Return the agents and the numbers of the steps that the prompt asks about."""
    _, _, context = prompt.rpartition("\nAgents: ")
    return context.splitlines()[0].split(", "), re.findall(r"^Step (\d+)\. State:", context, re.MULTILINE)


class JudgeServer:
    """Serves judgements for as long as the `with` block runs.

    Parameters
    ----------
    reply
        From a prompt to a judgement, or to a text that is sent as it is.
    refuse_temperature
        Whether a temperature is refused, as by models that reason.
    """

    def __init__(self, reply: Callable[[str], Judged | str] = all_right, *, refuse_temperature: bool = False) -> None:
        self.reply = reply
        self.refuse_temperature = refuse_temperature
        self.bodies: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        judge = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                judge.bodies.append(body)
                if judge.refuse_temperature and "temperature" in body:
                    message = "Unsupported value: 'temperature' does not support 0 with this model."
                    self.send(
                        400, {"error": {"message": message, "type": "invalid_request_error", "param": "temperature"}}
                    )
                    return
                said = judge.reply(body["messages"][0]["content"])
                text = said if isinstance(said, str) else json.dumps(said)
                choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
                usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
                self.send(200, {"id": "x", "object": "chat.completion", "created": 1, "model": body["model"],
                                "choices": [choice], "usage": usage})  # fmt: skip

            def send(self, status: int, data: dict[str, Any]) -> None:
                text = json.dumps(data).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.model = f"custom/judge@http://127.0.0.1:{self._server.server_port}/v1"
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def temperatures(self) -> list[float | None]:
        """The temperature of each request."""
        return [body.get("temperature") for body in self.bodies]
