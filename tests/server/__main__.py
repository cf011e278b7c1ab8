"""Serve until killed: ``python -m tests.server --rows FILE.jsonl``; prints the base URL."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path

from tests.server.http import Service, serving


def arguments() -> argparse.Namespace:
    """Read what the user typed."""
    parser = argparse.ArgumentParser(prog="python -m tests.server", description=__doc__)
    parser.add_argument("--rows", type=Path, required=True, help="jsonl with index, story, question, answer")
    parser.add_argument("--latency", default="zero", help="zero, constant:S, lognormal:MEAN:SIGMA or heavy")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies every latency")
    parser.add_argument("--faults", default="", help="probabilities, such as 429=0.05,hang=0.02")
    parser.add_argument("--retry-after", type=float, default=0.0, help="seconds that a 429 tells clients to wait")
    parser.add_argument("--personality", action="append", default=[], help="may be given several times")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


async def serve(service: Service) -> None:
    """Serve for ever."""
    async with serving(service) as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Serve, once every story is parsed."""
    given = arguments()
    service = Service(
        [json.loads(line) for line in given.rows.read_text(encoding="utf-8").split("\n") if line.strip()],
        latency=given.latency,
        scale=given.scale,
        faults=given.faults,
        retry_after=given.retry_after,
        personalities=given.personality,
        seed=given.seed,
        keep_bodies=False,
    )
    service.oracle.parse_all()
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(service))


if __name__ == "__main__":
    main()
