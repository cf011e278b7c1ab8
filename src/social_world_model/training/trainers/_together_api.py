"""HTTP client for files and fine-tuning jobs of Together, with retries of transient errors."""

from __future__ import annotations

import json
import random
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

from social_world_model.errors import ConfigurationError, EndpointError, shortened

URL = "https://api.together.xyz/v1"
TRIES = 6
LONGEST_WAIT = 60.0
CHUNK = 1 << 20
PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


@dataclass
class Together:
    """HTTP client of Together.

    Parameters
    ----------
    key
        API key. Messages never contain the key.
    url
        Base URL of the service.
    timeout
        Timeout of a request in seconds.
    sleep
        Function that waits for a number of seconds. Tests pass another function.
    """

    key: str
    url: str = URL
    timeout: float = 60.0
    sleep: Callable[[float], None] = time.sleep

    def upload(self, path: Path) -> str:
        """Upload a JSON lines file in pieces; return the id of the uploaded file.

        Raises
        ------
        EndpointError
            If the upload fails.
        """
        boundary = uuid.uuid4().hex
        fields = {"purpose": "fine-tune", "file_name": path.name, "file_type": "jsonl"}
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        head = "".join(parts) + (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n'
            "Content-Type: application/jsonl\r\n\r\n"
        )
        begin, end = head.encode(), f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(begin) + path.stat().st_size + len(end)),
        }
        said = self._json("POST", "/files/upload", lambda: _pieces(begin, path, end), headers)
        return _text(said, "id", "/files/upload")

    def start(self, settings: Mapping[str, Any]) -> str:
        """Start a fine-tuning job; return its id.

        The request is not retried. If only the reply was lost, a retry would start a second job, which costs money.

        Raises
        ------
        EndpointError
            If the service rejects the request or does not reply.
        """
        body = json.dumps(settings).encode()
        said = self._json("POST", "/fine-tunes", lambda: iter([body]), _json_headers(body), tries=1)
        return _text(said, "id", "/fine-tunes")

    def job(self, job_id: str) -> dict[str, Any]:
        """Return the current data of a job."""
        return self._json("GET", f"/fine-tunes/{job_id}")

    def fetch(self, job_id: str, target: Path, *, kind: str = "merged") -> None:
        """Download the model of a finished job as an archive; an incomplete download is deleted.

        Parameters
        ----------
        job_id
            Id of the job.
        target
            File to write.
        kind
            Kind of checkpoint, as Together's API names it: ``merged`` or ``model_output_path``.

        Raises
        ------
        EndpointError
            If the download fails.
        """
        query = urlencode({"ft_id": job_id, "checkpoint": kind})
        unfinished = target.with_name(f".swm-tmp-{target.name}")
        try:
            with self._open("GET", f"/finetune/download?{query}") as reply, unfinished.open("wb") as file:
                while piece := reply.read(CHUNK):
                    file.write(piece)
            unfinished.replace(target)
        except (OSError, HTTPException) as error:
            raise EndpointError(f"Together: the download of {job_id} was interrupted: {error}") from None
        finally:
            unfinished.unlink(missing_ok=True)

    def _json(
        self,
        method: str,
        path: str,
        body: Callable[[], Iterator[bytes]] | None = None,
        headers: Mapping[str, str] | None = None,
        tries: int = TRIES,
    ) -> dict[str, Any]:
        with self._open(method, path, body, headers, tries) as reply:
            try:
                said = json.load(reply)
            except (ValueError, RecursionError, OSError, HTTPException) as error:
                raise EndpointError(f"Together: expected JSON from {method} {path}, got none: {error}") from None
        if not isinstance(said, dict):
            raise EndpointError(f"Together: expected an object from {method} {path}, got {type(said).__name__}")
        return said

    def _open(
        self,
        method: str,
        path: str,
        body: Callable[[], Iterator[bytes]] | None = None,
        headers: Mapping[str, str] | None = None,
        tries: int = TRIES,
    ) -> IO[bytes]:
        """Return a successful response; transient errors are retried with exponential backoff."""
        for number in range(1, tries + 1):
            data = None if body is None else body()
            request = urllib.request.Request(self.url.rstrip("/") + path, data, method=method)
            # A redirect can lead to the storage of another provider, which must not receive the key.
            request.add_unredirected_header("Authorization", f"Bearer {self.key}")
            for name, value in (headers or {}).items():
                request.add_unredirected_header(name, value)
            try:
                reply: IO[bytes] = urllib.request.urlopen(request, timeout=self.timeout)
                return reply
            except urllib.error.HTTPError as error:
                said, wait = _said(error, self.key), _retry_after(error)
                if error.code in (401, 403):
                    raise ConfigurationError(f"Together rejected TOGETHER_API_KEY ({error.code}): {said}") from None
                if error.code not in PASSING or number == tries:
                    raise EndpointError(f"Together answered {error.code} to {method} {path}: {said}") from None
            except (OSError, HTTPException) as error:
                wait = None
                if number == tries:
                    raise EndpointError(f"no connection to Together ({method} {path} at {self.url}): {error}") from None
            self.sleep(backoff(number) if wait is None else min(wait, LONGEST_WAIT))
        raise AssertionError("the last attempt returns or raises")


def backoff(number: int) -> float:
    """Return the seconds to wait after an attempt, with exponential backoff and jitter. `number` counts from 1."""
    return min(LONGEST_WAIT, 2.0 ** (number - 1)) * random.uniform(0.5, 1.0)


def _pieces(begin: bytes, path: Path, end: bytes) -> Iterator[bytes]:
    yield begin
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece
    yield end


def _json_headers(body: bytes) -> dict[str, str]:
    return {"Content-Type": "application/json", "Content-Length": str(len(body))}


def _said(error: urllib.error.HTTPError, key: str) -> str:
    """Return the message of an error response, without the API key."""
    try:
        text = error.read().decode(errors="replace")
    except (OSError, HTTPException):
        text = ""
    try:
        data = json.loads(text)
        inner = data.get("error", data) if isinstance(data, dict) else data
        text = str(inner.get("message", inner)) if isinstance(inner, dict) else str(inner)
    except (ValueError, RecursionError):
        pass
    return shortened(" ".join(text.replace(key, "***").split()) or str(error.reason), limit=300)


def _retry_after(error: urllib.error.HTTPError) -> float | None:
    try:
        return max(0.0, float(error.headers.get("Retry-After", "")))
    except ValueError:
        return None


def _text(said: Mapping[str, Any], name: str, path: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise EndpointError(f"Together: expected {name} from {path}, got {shortened(str(dict(said)))}")
    return value
