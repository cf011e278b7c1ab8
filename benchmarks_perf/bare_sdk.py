"""Send requests through the openai SDK without other code: the baseline for the speed of this package.

uv run python benchmarks_perf/bare_sdk.py URL BODIES.jsonl IN_FLIGHT httpx|aiohttp
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from openai import AsyncOpenAI, DefaultAioHttpClient, DefaultAsyncHttpxClient

TRANSPORTS = {"httpx": DefaultAsyncHttpxClient, "aiohttp": DefaultAioHttpClient}
"""HTTP clients of the SDK. The first one is the default of the SDK; the other one uses the library that we use."""


async def send_all(url: str, bodies: list[Any], in_flight: int, transport: str) -> int:
    """Send all bodies with `in_flight` concurrent requests; return the number of received characters."""
    left = iter(bodies)
    received = 0
    http = TRANSPORTS[transport]()
    async with AsyncOpenAI(base_url=url, api_key="not-needed", max_retries=0, http_client=http) as client:

        async def send_next() -> None:
            nonlocal received
            for body in left:
                reply = await client.chat.completions.create(**body)
                received += len(reply.choices[0].message.content or "")

        await asyncio.gather(*(send_next() for _ in range(in_flight)))
    return received


if __name__ == "__main__":
    asked = [json.loads(line) for line in Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()]
    raise SystemExit(0 if asyncio.run(send_all(sys.argv[1], asked, int(sys.argv[3]), sys.argv[4])) else 1)
