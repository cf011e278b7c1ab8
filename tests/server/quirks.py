"""Ways in which servers deviate from OpenAI's API: one odd response each, made from the right one.

A quirk has a name, such as `field:id:null`. `QUIRKS` tells what a client may make of it.
"""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Expected = Literal["read", "again", "refused", "fails"]
"""What a client makes of a response: it reads the answer, asks again, takes it as a refusal, or fails the call."""

MISSING = object()
BOMB = gzip.compress(b" " * 64_000_000)
DRAFT = '{"reasoning": "A draft.", "answer": "a draft"}'
"""An object that fits, but is not the answer."""


@dataclass(frozen=True)
class Raw:
    """A response: a body as it is, or JSON."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def bytes(self) -> bytes:
        """The body."""
        body = self.body
        return body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()


Make = Callable[[dict[str, Any], Mapping[str, Any]], Raw]
"""From the right completion and the request to what is sent."""


@dataclass(frozen=True)
class Quirk:
    """One odd response, and what a client makes of it."""

    make: Make
    expected: Expected


def _quirks() -> Iterator[tuple[str, Quirk]]:
    for family in (_fields, _bodies, _statuses, _replies, _thoughts, _options):
        yield from family()


def _put(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    data = copy.deepcopy(data)
    place: Any = data
    *steps, last = path.split(".")
    for step in steps:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is MISSING:
        place.pop(last, None)
    else:
        place[last] = value
    return data


def _changed(path: str, value: Any, expected: Expected = "read") -> Quirk:
    return Quirk(lambda data, _: Raw(_put(data, path, value)), expected)


def _fields() -> Iterator[tuple[str, Quirk]]:
    """Every field of metadata, missing, null and of another type."""
    odd: dict[str, tuple[Any, ...]] = {
        "id": (7, ["x"], ""),
        "object": ("text_completion", 1, "chat.completion.chunk"),
        "created": (1.5, "now", -1, 10**30),
        "model": (3, {"id": "m"}, ""),
        "service_tier": ("on_demand", 1),
        "system_fingerprint": (1, []),
        "usage": ({}, [], "none", {"total_tokens": 9}, {"prompt_tokens": None}, {"prompt_tokens": 1.0}, {"x": {}}),
        "choices.0.index": ("0", 1.5, -1),
        "choices.0.finish_reason": ("eos", "", 1, "stop_sequence", "end_turn"),
        "choices.0.logprobs": ({"tokens": ["a"]}, [1], "x"),
        "choices.0.message.role": ("model", 1, ""),
        "choices.0.message.refusal": ("", 0, False),
        "choices.0.message.annotations": ([{"type": "x"}], "x", {}),
        "choices.0.message.audio": ({"id": 1}, "x"),
        "choices.0.message.tool_calls": ([], "x", [{}]),
        "choices.0.message.function_call": ({}, "x"),
        "choices.0.message.reasoning_content": ("", "He saw it.", [{"type": "text", "text": "He saw it."}], 3),
        "metadata": ([1], "x"),
        "moderation": ({"x": 1}, "x"),
    }
    for path, values in odd.items():
        for name, value in (("missing", MISSING), ("null", None), *((json.dumps(one), one) for one in values)):
            yield f"field:{path}:{name}", _changed(path, value)


def _content(data: dict[str, Any]) -> str:
    return str(data["choices"][0]["message"]["content"])


def _bodies() -> Iterator[tuple[str, Quirk]]:
    """Bodies that are JSON and no completion, or a completion in another wrapping."""

    def chunks(data: dict[str, Any], end: str) -> str:
        text = _content(data)
        parts = [text[start : start + 7] for start in range(0, len(text), 7)]
        events = [
            {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": p}}]} for p in parts
        ]
        return "".join(f"data: {json.dumps(event)}\n\n" for event in events) + end

    stream = {"Content-Type": "text/event-stream"}
    yield "body:stream", Quirk(lambda data, _: Raw(chunks(data, "data: [DONE]\n\n"), headers=stream), "read")
    yield "body:stream cut", Quirk(lambda data, _: Raw(chunks(data, ""), headers=stream), "fails")
    html = {"Content-Type": "text/html"}
    yield "body:login page", Quirk(lambda data, _: Raw("<html><body>Login</body></html>", headers=html), "fails")
    yield "body:bare page", Quirk(lambda data, _: Raw("<!doctype html><p>Hi"), "fails")
    yield "body:bom", Quirk(lambda data, _: Raw(b"\xef\xbb\xbf" + json.dumps(data).encode()), "read")
    yield "body:blanks before", Quirk(lambda data, _: Raw("\n\n  " + json.dumps(data)), "read")
    yield "body:as text", Quirk(lambda data, _: Raw(json.dumps(data), headers={"Content-Type": "text/plain"}), "read")
    yield "body:no type", Quirk(lambda data, _: Raw(json.dumps(data), headers={"Content-Type": ""}), "read")
    for charset in ("latin-1", "utf-16", "cp1252", "no-such"):
        codec = "utf-8" if charset == "no-such" else charset
        headers = {"Content-Type": f"application/json; charset={charset}"}
        yield (
            f"body:{charset}",
            Quirk(
                lambda data, _, codec=codec, headers=headers: Raw(  # type: ignore[misc]
                    json.dumps(_put(data, "x", "ä"), ensure_ascii=False).encode(codec), headers=headers
                ),
                "read",
            ),
        )
    zipped = {"Content-Encoding": "gzip"}
    yield "body:gzip", Quirk(lambda data, _: Raw(gzip.compress(json.dumps(data).encode()), headers=zipped), "read")
    yield "body:bomb", Quirk(lambda data, _: Raw(BOMB, headers=zipped), "fails")
    yield "body:no gzip", Quirk(lambda data, _: Raw(json.dumps(data), headers=zipped), "fails")
    yield "body:too large", Quirk(lambda data, _: Raw(b" " * 9_000_000 + json.dumps(data).encode()), "fails")
    yield "body:cut", Quirk(lambda data, _: Raw(json.dumps(data)[:-40]), "fails")
    yield "body:bad bytes", Quirk(lambda data, _: Raw(b'{"id": "\xff\xfe"}'), "fails")
    yield "body:nan", Quirk(lambda data, _: Raw(json.dumps(_put(data, "created", float("nan")))), "fails")
    for value in ("", "null", "[]", "3", '"text"', "{}", "true", "OK"):
        yield f"body:{value or 'empty'}", Quirk(lambda data, _, value=value: Raw(value), "fails")  # type: ignore[misc]
    odd_choices: tuple[Any, ...] = (None, [], "none", [None], [{}], [{"message": None}], {"0": {}})
    for choices in odd_choices:
        yield f"body:choices {json.dumps(choices)}", _changed("choices", choices, "fails")
    yield "body:nested", Quirk(lambda data, _: Raw({"id": None, "choices": None, "provider": data}), "fails")
    errors: tuple[Any, ...] = (
        {"message": "overloaded"},
        {"message": "overloaded", "code": 503},
        {"message": "Provider returned error", "code": 502},
        {"message": "bad input", "code": 400},
        {"message": "no", "type": "rate_limit_exceeded"},
        "overloaded",
        ["overloaded"],
    )
    for error in errors:
        sent = {"id": None, "choices": None, "error": error}
        yield f"error in 200:{json.dumps(error)}", Quirk(lambda data, _, sent=sent: Raw(sent), "fails")  # type: ignore[misc]
    yield "body:text of a completion", Quirk(lambda data, _: Raw({"choices": [{"text": _content(data)}]}), "read")


def _statuses() -> Iterator[tuple[str, Quirk]]:
    """Statuses with a message, as text, as a page, and with the key repeated."""

    def error(status: int, body: Any, **headers: str) -> Quirk:
        return Quirk(lambda data, request: Raw(body(request) if callable(body) else body, status, headers), "fails")

    for status in (301, 302, 303, 307, 308):
        yield f"status:{status}", error(status, "", Location="https://other.example/v1/chat/completions")
    yield "status:304", error(304, "")
    for status in (400, 401, 402, 403, 404, 405, 408, 409, 413, 418, 422, 425, 500, 501, 502, 503, 504, 520, 524, 529):
        yield f"status:{status}", error(status, {"error": {"message": f"Sorry {status}.", "type": "x", "code": None}})
    yield "status:429", Quirk(lambda data, _: Raw({"error": "Slowly"}, 429, {"Retry-After": "0"}), "fails")
    yield "status:502 page", error(502, "<html>Bad gateway</html>")
    yield "status:400 detail", error(400, {"detail": "no such thing"})
    yield "status:400 empty", error(400, "")
    yield "status:500 list", error(500, [1, 2])
    yield "status:401 with the key", error(401, lambda request: {"error": {"message": f"Bad key {request['token']}"}})
    yield "status:500 with the key", error(500, lambda request: f"Bad key {request['token']}")
    yield "status:200 with the key", Quirk(lambda data, request: Raw({"error": f"Bad key {request['token']}"}), "fails")
    filtered = {"error": {"message": "Filtered by our content management policy.", "code": "content_filter"}}
    yield "status:400 filter", Quirk(lambda data, _: Raw(filtered, 400), "refused")
    flagged = {"error": {"message": "Flagged", "code": 403, "metadata": {"reasons": ["x"], "flagged_input": "y"}}}
    yield "status:403 flagged", Quirk(lambda data, _: Raw(flagged, 403), "refused")


def _said(content: Any, finish: Any = "stop", **more: Any) -> Make:
    """Return a quirk that changes the message; `content` may be a function of the right content."""

    def make(data: dict[str, Any], _: Mapping[str, Any]) -> Raw:
        text = _content(data)
        message = {key: value(text) if callable(value) else value for key, value in more.items()}
        message |= {"role": "assistant", "content": content(text) if callable(content) else content}
        return Raw(data | {"choices": [{"index": 0, "message": message, "finish_reason": finish}]})

    return make


def _answer(text: str) -> str:
    return str(json.loads(text)["answer"])


def _replies() -> Iterator[tuple[str, Quirk]]:
    """Replies that are near misses, or that only look like an answer."""
    read: dict[str, Callable[[str], str]] = {
        "fences": lambda text: f"Here:\n```json\n{text}\n```\nDone.",
        "twice": lambda text: f"{text}\n{text}",
        "after a draft": lambda text: f"{DRAFT}\nNo, wait:\n{text}",
        "in properties": lambda text: f'{{"properties": {text}}}',
        "wrapped": lambda text: f'{{"response": {text}}}',
        "wrapped twice": lambda text: f'{{"data": {{"result": {text}}}}}',
        "listed": lambda text: f"[{text}]",
        "answer listed": lambda text: json.dumps({"reasoning": "r", "answer": [_answer(text)]}),
        "capitals": lambda text: json.dumps({"Reasoning": "r", "ANSWER": _answer(text)}),
        "single quotes": lambda text: repr({"reasoning": "r", "answer": _answer(text)}),
        "trailing comma": lambda text: text[:-1] + ",}",
        "tool call in text": lambda text: f'<tool_call>{{"name": "f", "arguments": {text}}}</tool_call>',
        "boxed": lambda text: rf"It is \boxed{{{_answer(text)}}}.",
        "bold": lambda text: f"**Reasoning:** r\n\n**Answer:** {_answer(text)}",
        "xml": lambda text: f"<reasoning>r</reasoning><answer>{_answer(text)}</answer>",
        "more keys": lambda text: json.dumps({**json.loads(text), "confidence": 0.9}),
    }
    for name, change in read.items():
        yield f"reply:{name}", Quirk(_said(change), "read")
    again: dict[str, str | None] = {
        "null": None,
        "empty": "",
        "blanks": " \n",
        "prose": "The story has several people in it.",
        "schema": json.dumps({"properties": {"reasoning": {"type": "string"}, "answer": {"type": "string"}}}),
        "answer null": '{"reasoning": "r", "answer": null}',
        "answer empty": '{"reasoning": "r", "answer": " "}',
        "infinity": '{"reasoning": "r", "answer": Infinity}',
        "nan": '{"reasoning": "r", "answer": NaN}',
        "control": '{"reasoning": "r", "answer": "\\u0000\\u0007"}',
        "escape": '{"reasoning": "r", "answer": "\\u001b[31mbox"}',
        "surrogate": '{"reasoning": "r", "answer": "\\ud83d"}',
        "two answers": '{"reasoning": "r", "answer": ["one", "two"]}',
        "two boxes": r"\boxed{one} or \boxed{two}",
        "cut": '{"reasoning": "r", "answer": "bo',
        "cut after a draft": DRAFT + '{"reasoning": "r", "ans',
        "no reasoning": '{"answer": {"x": 1}}',
        "deep": '{"answer": ' * 200,
    }
    for name, text in again.items():
        yield f"reply:{name}", Quirk(_said(text), "again")
    yield "reply:cut by length", Quirk(_said(DRAFT + " and", "length"), "again")
    yield "reply:finish error", Quirk(_said("", "error"), "fails")
    yield "reply:filter in 200", Quirk(_said(None, "content_filter"), "refused")
    yield "reply:refusal", Quirk(_said(None, refusal="I can't help with that."), "refused")
    call = [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "…"}}]

    def called(text: str) -> Any:
        return [{**call[0], "function": {"name": "f", "arguments": text}}]

    yield "reply:tool call", Quirk(_said(None, "tool_calls", tool_calls=called), "read")
    yield (
        "reply:tool call with an object",
        Quirk(_said("", "tool_calls", tool_calls=lambda text: [{"function": {"arguments": json.loads(text)}}]), "read"),
    )
    yield "reply:function call", Quirk(_said(None, function_call=lambda text: {"name": "f", "arguments": text}), "read")
    yield "reply:two tool calls", Quirk(_said(None, tool_calls=lambda text: called(DRAFT) * 2), "again")
    yield "reply:parts", Quirk(_said(lambda text: [{"type": "text", "text": text}]), "read")
    yield "reply:parts of text", Quirk(_said(lambda text: [text[:9], text[9:]]), "read")
    yield "reply:object", Quirk(_said(json.loads), "read")
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": DRAFT}]}
    yield "reply:parts with thoughts", Quirk(_said(lambda text: [thought, {"type": "text", "text": text}]), "read")


def _thoughts() -> Iterator[tuple[str, Quirk]]:
    """Thoughts before the reply, and thoughts that never end."""
    tags = (("<think>", "</think>"), ("<thinking>", "</thinking>"), ("[THINK]", "[/THINK]"), ("◁think▷", "◁/think▷"))
    for opening, closing in tags:
        name = opening.strip("<[◁>]▷")
        yield (
            f"thoughts:{name}",
            Quirk(
                lambda data, request, o=opening, c=closing: _said(lambda text: f"{o}{DRAFT}{c}\n{text}")(data, request),  # type: ignore[misc]
                "read",
            ),
        )
        yield f"thoughts:{name} without an end", Quirk(_said(f"{opening}{DRAFT}"), "again")
    yield "thoughts:closed only", Quirk(_said(lambda text: f"Perhaps {DRAFT}.\n</think>\n{text}"), "read")
    yield "thoughts:only", Quirk(_said("<think>Hm.</think>"), "again")
    yield "thoughts:later without an end", Quirk(_said(f"Well. <think>{DRAFT}"), "again")
    head, final = "<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"
    yield "thoughts:channels", Quirk(_said(lambda text: f"{head}{DRAFT}{final}{text}"), "read")
    yield "thoughts:channels without an end", Quirk(_said(f"{head}{DRAFT}"), "again")
    yield "thoughts:plain channels", Quirk(_said(lambda text: f"analysisWe need {DRAFT}.assistantfinal{text}"), "read")
    yield "thoughts:plain channels without an end", Quirk(_said(f"analysisWe need {DRAFT}."), "again")
    for name in ("reasoning_content", "reasoning"):
        yield f"thoughts:reply in {name}", Quirk(_said(None, **{name: lambda text: text}), "read")
        yield f"thoughts:words in {name}", Quirk(_said("", **{name: f"Perhaps {DRAFT}?"}), "again")
        yield f"thoughts:cut in {name}", Quirk(_said("", "length", **{name: DRAFT}), "again")
        yield f"thoughts:beside in {name}", Quirk(_said(lambda text: text, **{name: DRAFT}), "read")


def _options() -> Iterator[tuple[str, Quirk]]:
    """Servers that refuse an option, with any status."""
    checks: dict[str, Callable[[Mapping[str, Any]], bool]] = {
        "response_format": lambda body: "response_format" in body,
        "json_schema": lambda body: body.get("response_format", {}).get("type") == "json_schema",
        "temperature": lambda body: "temperature" in body,
    }
    for word, is_sent in checks.items():
        for status in (400, 422, 500, 501):
            refusal = {"error": {"message": f"[{{'loc': ('body', '{word}'), 'msg': 'not supported'}}]", "type": "x"}}

            def make(
                data: dict[str, Any], request: Mapping[str, Any], *, sent: Any = is_sent, wrong: Any = (refusal, status)
            ) -> Raw:
                return Raw(*wrong) if sent(request) else Raw(data)

            yield f"option:{word} {status}", Quirk(make, "read")


QUIRKS: dict[str, Quirk] = dict(_quirks())
"""All quirks by name."""
