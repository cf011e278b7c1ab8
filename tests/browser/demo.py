"""The demo of ``swm view`` as a process, and the addresses of its pages."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen


@dataclass(frozen=True)
class Served:
    """A running server of pages."""

    address: str

    @property
    def origin(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}/"

    @property
    def token(self) -> str:
        return urlsplit(self.address).fragment.removeprefix("token=")

    def get(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Return the data that the server sends for a path, as the pages ask for it."""
        headers = {"x-swm-token": self.token, "content-type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.origin}api/{path}", data, headers), timeout=60) as reply:
            return json.load(reply)

    def at(self, place: str) -> str:
        """Return the address of a page, with the token."""
        return f"{self.address}{place}"


@contextmanager
def served(*arguments: str | Path) -> Iterator[Served]:
    """Run ``swm view`` with arguments, and wait for its address."""
    command = [sys.executable, "-m", "social_world_model", "view", "--no-open", "--port", "0", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address, f"the command ended with status {process.wait(60)}"
            yield Served(address)
        finally:
            process.terminate()


def pages_of(demo: Served) -> dict[str, str]:
    """Return the place of each page of the demo, after the ``#``, by name."""
    index = demo.get("index")
    contexts = {one["title"]: one["id"] for one in index["contexts"] if not one.get("parent")}
    story, chat, episode = (
        next(name for title, name in contexts.items() if word in title.lower()) for word in ("sally", "conv", "stash")
    )
    a, b = (run["id"] for run in index["runs"][:2])
    item = demo.get(f"runs/{a}/items?f=all&q=&offset=0&limit=1&b={b}")["rows"][0]["index"]
    return {
        "context": f"/context/{story}?step=2",
        "perspective": f"/context/{story}?chain=Sally",
        "conversation": f"/context/{chat}",
        "episode": f"/context/{episode}?step=1",
        "results": f"/results?a={a}&b={b}",
        "item": f"/item/{a}/{quote(item)}?b={b}",
        "what_if": f"/branches/{story}",
    }
