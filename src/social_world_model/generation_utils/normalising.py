"""Read chat completions leniently: rebuild each response from the parts that are used, before the SDK checks it.

`normalised` is a pure function. `NormalisingClient` applies it to the responses of any HTTP transport.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urljoin

import httpx2

from social_world_model.errors import shortened
from social_world_model.generation_utils.failures import Failure
from social_world_model.generation_utils.json_text import read
from social_world_model.generation_utils.thoughts import split_thoughts

LARGEST_REPLY = 8_000_000
"""Maximum number of bytes of a response after decompression. A larger response fails the call."""
COMPLETIONS = "/chat/completions"
"""End of the path of the requests whose responses are rebuilt."""

_STATUS_BY_WORD = {
    "insufficient_quota": 429,
    "rate_limit": 429,
    "invalid_api_key": 401,
    "authentication": 401,
    "permission": 403,
    "not_found": 404,
    "invalid_request": 400,
    "context_length": 400,
}
"""HTTP status for an error without a status code, by a word in its type or code."""
_THOUGHT_FIELDS = ("reasoning_content", "reasoning", "thinking", "thoughts")


class Normalised(NamedTuple):
    """A status and a body as OpenAI's own endpoint would send them."""

    status: int
    body: bytes


def normalised(status: int, headers: Mapping[str, str], body: bytes, url: str = "") -> Normalised:
    """Return a response to a chat completion in the form that OpenAI documents.

    Unknown fields are dropped, and odd metadata is replaced. An error inside a response with status 200 becomes a
    response with an error status. Responses with an error status stay the same.

    Parameters
    ----------
    status
        HTTP status.
    headers
        HTTP headers with lower-case names.
    body
        Body after decompression.
    url
        Address of the request, to complete the address of a redirect.

    Raises
    ------
    Failure
        If the response is a redirect or a web page, or if it is no completion.
    """
    if 300 <= status < 400:
        raise _moved(status, headers, url)
    if status >= 400:
        return Normalised(status, body)
    text = _text(body, headers.get("content-type", ""))
    data = _streamed(text) if text.lstrip().startswith(("data:", "event:", ":")) else read(text)
    if data is None:
        raise _no_json(text, headers)
    if not isinstance(data, dict):
        raise _no_completion(f"expected a JSON object, got {type(data).__name__}")
    choices = data.get("choices")
    if data.get("error") and not choices:
        return _error(data["error"])
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise _no_completion("no choices")
    return Normalised(status, json.dumps(_completion(data, choices[0])).encode())


def _moved(status: int, headers: Mapping[str, str], url: str) -> Failure:
    to = headers.get("location", "")
    place = urljoin(url, to).partition("?")[0].removesuffix(COMPLETIONS) if to else "an address that it does not name"
    return Failure(
        "moved", f"HTTP {status}: the endpoint has moved to {place}; requests are not sent to another address"
    )


def _text(body: bytes, content_type: str) -> str:
    """Return the text of a body, in the declared character set or in UTF-8."""
    name = content_type.partition("charset=")[2].partition(";")[0].strip(" \"'")
    try:
        codec = codecs.lookup(name or "utf-8").name
    except LookupError:
        codec = "utf-8"
    try:
        return body.decode("utf-8-sig" if codec == "utf-8" else codec)
    except UnicodeDecodeError as error:
        raise _no_completion(f"expected text in {codec}, got other bytes ({error.reason})") from None


def _no_json(text: str, headers: Mapping[str, str]) -> Failure:
    if text.lstrip()[:1] == "<" or "html" in headers.get("content-type", ""):
        return Failure("web page", "expected JSON, got a web page; is this the address of an API, such as …/v1?")
    return _no_completion(f"expected JSON, got {shortened(' '.join(text.split()), 80) or 'nothing'}")


def _no_completion(why: str) -> Failure:
    return Failure("malformed response", f"the response is not a completion ({why})")


def _error(error: Any) -> Normalised:
    """Return an error inside a response with status 200 as a response with an error status."""
    error = error if isinstance(error, dict) else {"message": str(error)}
    known = {name: error[name] for name in ("type", "code", "param") if error.get(name) is not None}
    code = str(error.get("code") or error.get("status") or "")
    if code.isascii() and code.isdigit() and 400 <= int(code) < 600:
        status = int(code)
    else:
        words = f"{known.get('type', '')} {code}".casefold()
        status = next((status for word, status in _STATUS_BY_WORD.items() if word in words), 500)
    message = str(error.get("message") or error.get("detail") or json.dumps(error))
    body = {"error": {**known, "message": f"{message} (in a response with status 200)"}}
    return Normalised(status, json.dumps(body).encode())


def _completion(data: Mapping[str, Any], choice: Mapping[str, Any]) -> dict[str, Any]:
    finish = choice.get("finish_reason")
    message = _message(choice, finish)
    if finish == "error" and not message["content"]:
        error = choice.get("error")
        said = str(error.get("message") or "") if isinstance(error, dict) else ""
        raise Failure("server error", f"the reply ended with an error{said and f': {shortened(said, 200)}'}")
    created, processed_as = data.get("created"), data.get("service_tier")
    return {
        "id": str(data.get("id") or ""),
        "object": "chat.completion",
        "created": int(created) if isinstance(created, int | float) and 0 <= created < 4e9 else 0,
        "model": str(data.get("model") or ""),
        "choices": [
            {"index": 0, "message": message, "finish_reason": finish or None if isinstance(finish, str) else None}
        ],
        "usage": _usage(data.get("usage")),
        **({"service_tier": processed_as} if isinstance(processed_as, str) else {}),
    }


def _message(choice: Mapping[str, Any], finish: Any) -> dict[str, Any]:
    """Return the message of a choice: its text, its thoughts and its refusal."""
    message = choice.get("message")
    if not isinstance(message, dict):
        if not isinstance(choice.get("text"), str):
            raise _no_completion("no message")
        message = {"content": choice["text"]}
    content, beside = _content(message.get("content"))
    if not content:
        content = _tool_arguments(message)
    inside, reply = split_thoughts(content)
    field = next((said for name in _THOUGHT_FIELDS if (said := _content(message.get(name))[0])), "")
    if not content.strip() and finish != "length" and _is_object(field):
        field, reply = "", field  # the server's reasoning parser took the reply
    thoughts = "\n".join(filter(None, (field, beside, inside)))
    refusal = message.get("refusal")
    return {
        "role": "assistant",
        "content": reply or "",
        "refusal": refusal if isinstance(refusal, str) and refusal else None,
        **({"reasoning_content": thoughts} if thoughts else {}),
    }


def _content(content: Any) -> tuple[str, str]:
    """Return the text and the thoughts of a message's content, which may be a list of parts."""
    if isinstance(content, str):
        return content, ""
    if isinstance(content, dict) and "type" not in content:
        return json.dumps(content, ensure_ascii=False), ""  # the server has already read the JSON
    texts, thoughts = [], []
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, dict) and part.get("type") in ("text", "output_text"):
            texts.append(_content(part.get("text"))[0])
        elif isinstance(part, dict) and part.get("type") in ("thinking", "reasoning"):
            thoughts.append(_content(part.get(part["type"], part.get("text")))[0])
    return "".join(texts), "".join(thoughts)


def _tool_arguments(message: Mapping[str, Any]) -> str:
    """Return the arguments of the only tool call of a message; empty if there is none."""
    calls = message.get("tool_calls")
    called = [call.get("function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    functions = called or [message.get("function_call")]
    if len(functions) != 1 or not isinstance(functions[0], dict):
        return ""
    return _content(functions[0].get("arguments"))[0]


def _is_object(text: str) -> bool:
    text = text.strip()
    return text.startswith("{") and text.endswith("}") and isinstance(read(text), dict)


def _usage(usage: Any) -> dict[str, Any] | None:
    """Return token counts as integers; None if a count is missing, so that the caller estimates the counts."""
    usage = usage if isinstance(usage, dict) else {}
    sent, replied = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    if sent is None or replied is None:
        return None
    counts: dict[str, Any] = {"prompt_tokens": sent, "completion_tokens": replied, "total_tokens": sent + replied}
    for name in ("prompt_tokens_details", "completion_tokens_details"):
        if isinstance(details := usage.get(name), dict):
            known = {key: _count(value) for key, value in details.items() if str(key).endswith("_tokens")}
            counts[name] = {key: value for key, value in known.items() if value is not None}
    return counts


def _count(value: Any) -> int | None:
    is_count = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e15
    return int(value) if is_count else None


def _streamed(text: str) -> Any:
    """Return the completion that a stream of events contains; None if the stream is incomplete."""
    whole: dict[str, Any] = {}
    said: dict[str, list[str]] = {"content": [], **{name: [] for name in _THOUGHT_FIELDS}}
    finish, done = None, False
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name != "data":
            continue
        if value.strip() == "[DONE]":
            done = True
            continue
        event = read(value)
        if not isinstance(event, dict):
            return None
        whole |= {key: part for key, part in event.items() if part is not None}
        for choice in _first_choices(event):
            delta = choice.get("delta") or choice.get("message") or {}
            for field, parts in said.items():
                parts.append(_content(delta.get(field))[0])
            finish = choice.get("finish_reason") or finish
    if not (done or finish) or whole.get("error"):
        return whole if whole.get("error") else None
    return {**whole, "choices": [{"message": {k: "".join(v) for k, v in said.items()}, "finish_reason": finish}]}


def _first_choices(event: Mapping[str, Any]) -> list[dict[str, Any]]:
    choices = event.get("choices")
    found = [one for one in choices if isinstance(one, dict)] if isinstance(choices, list) else []
    return [one for one in found if not one.get("index")]


class NormalisingClient(httpx2.AsyncClient):
    """An HTTP client that reads each response up to a maximum size, and normalises chat completions."""

    largest = LARGEST_REPLY

    async def send(self, request: httpx2.Request, *, stream: bool = False, **more: Any) -> httpx2.Response:
        """Send a request, and return its response with a body that has been read.

        Parameters
        ----------
        request
            Request to send.
        stream
            Whether the caller would read the body in parts. The body is read as a whole in any case.
        more
            Further arguments of the base class.

        Raises
        ------
        Failure
            If the response is too large, or `normalised` refuses it.
        """
        response = await super().send(request, stream=True, **more)
        try:
            body = await self._body(response)
        finally:
            await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        status = response.status_code
        if request.url.path.endswith(COMPLETIONS):
            made = normalised(status, headers, body, str(request.url))
            if made.body is not body:
                headers["content-type"] = "application/json"
            status, body = made
        for name in ("content-encoding", "content-length", "transfer-encoding"):
            headers.pop(name, None)
        return httpx2.Response(status, headers=headers, content=body, request=request)

    async def _body(self, response: httpx2.Response) -> bytes:
        """Return a decompressed body. Reading stops at the maximum, so that a small body cannot fill the memory."""
        parts, size = [], 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > self.largest:
                raise _no_completion(f"more than {self.largest / 1e6:g} MB")
            parts.append(part)
        return b"".join(parts)
