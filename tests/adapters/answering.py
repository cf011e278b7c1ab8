"""A child process for the tests of the pipe. It answers in the ways that the requests ask for."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from typing import Any

from social_world_model.adapters.sotopia_side import serve


async def answer(request: dict[str, Any]) -> Any:
    match request["do"]:
        case "wait":
            await asyncio.sleep(request["seconds"])
        case "block":
            time.sleep(request["seconds"])
        case "fail":
            raise ValueError("no\nsuch act")
        case "print":
            print("printed by a library")  # noqa: T201
            os.write(1, b"written by a library\n")
        case "die":
            sys.stderr.write("the last words\n")
            sys.stderr.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        case "corrupt":
            os.write(request["descriptor"], b"no JSON\n")
        case "pid":
            return os.getpid()
    return request.get("value", "done")


if __name__ == "__main__":
    if "deaf" in sys.argv:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("ready", file=sys.stderr, flush=True)  # noqa: T201
        while True:
            time.sleep(1)
    serve(answer)
