"""A server of the viewer on a real socket, and a client that sends whatever a test wants."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode

from social_world_model.viewer.catalogue import Catalogue
from social_world_model.viewer.server import server_of


@dataclass
class Got:
    """A response: status, headers in lower case, and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """Sends requests to a server. Headers of a request replace the usual ones; None removes a header."""

    port: int
    token: str

    def get(self, path: str, headers: Mapping[str, str | None] | None = None, **query: Any) -> Got:
        return self.ask("GET", f"{path}?{urlencode(query)}" if query else path, headers=headers)

    def post(self, path: str, data: Any, headers: Mapping[str, str | None] | None = None) -> Got:
        return self.ask("POST", path, json.dumps(data), {"content-type": "application/json", **(headers or {})})

    def ask(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str | None] | None = None
    ) -> Got:
        connection, reply = self.open(method, path, body, headers)
        try:
            return Got(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
        finally:
            connection.close()

    def open(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str | None] | None = None
    ) -> tuple[HTTPConnection, HTTPResponse]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        usual = {"host": f"127.0.0.1:{self.port}", "x-swm-token": self.token}
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        length = {} if body is None else {"content-length": str(len(body.encode()))}
        for name, value in {**usual, **length, **(headers or {})}.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(None if body is None else body.encode())
        return connection, connection.getresponse()


@contextmanager
def viewing(catalogue: Catalogue, **options: Any) -> Iterator[Client]:
    """Serve a catalogue on a free port until the block ends."""
    server, bound, address = server_of(catalogue, **options)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    try:
        yield Client(bound.getsockname()[1], address.partition("#token=")[2])
    finally:
        server.should_exit = True
        thread.join(20)
        bound.close()
        assert not thread.is_alive()
