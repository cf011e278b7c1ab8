from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.generation_utils.failures import AGAIN, Failure, without_keys
from social_world_model.generation_utils.model import LanguageModel, Prompt
from tests.generation_utils.endpoint import KEY, ROWS, Endpoint, Sent, closed_port, custom, refused, run, said
from tests.server import FaultServer

BODY = said("x").body


def failure(model: LanguageModel) -> Failure:
    with pytest.raises(Failure) as caught:
        run(model, model.complete(Prompt(text="Where is the ball?")))
    return caught.value


def without(*names: str) -> Sent:
    return Sent(body={name: part for name, part in BODY.items() if name not in names})


@pytest.mark.parametrize(
    ("sent", "kind", "message"),
    [
        (refused(401, "Incorrect API key.", code="invalid_api_key"), "unusable", "HTTP 401: Incorrect API key"),
        (refused(402, "Insufficient credits"), "unusable", "HTTP 402: Insufficient credits"),
        (refused(403, "Not in your country."), "no access", "HTTP 403: Not in your country"),
        (refused(404, "No such model."), "no access", "HTTP 404: No such model"),
        (refused(429, "Quota.", code="insufficient_quota"), "unusable", "HTTP 429: Quota"),
        (refused(429, "Slowly."), "rate limited", "HTTP 429: Slowly"),
        (refused(400, "maximum context length is 9 tokens"), "too long", "maximum context length"),
        (refused(400, "no", code="context_length_exceeded"), "too long", "HTTP 400: no"),
        (refused(400, "messages: not so"), "rejected", "HTTP 400: messages: not so"),
        (refused(400, "Bad.", param="messages[0]"), "rejected", r"HTTP 400: Bad. (messages[0])"),
        (Sent(413, "<html>too large</html>"), "rejected", "HTTP 413: got a web page"),
        (Sent(422, {"detail": [{"loc": ["body", "n"], "msg": "no", "input": "ours"}]}), "rejected", "422: body.n: no"),
        (Sent(400, {"detail": "no such thing"}), "rejected", "HTTP 400: no such thing"),
        (Sent(400, {"error": "no such thing"}), "rejected", "HTTP 400: no such thing"),
        (Sent(400, {}), "rejected", "HTTP 400: no message"),
        (refused(408, "x"), "server error", "HTTP 408: x"),
        (refused(409, "x"), "server error", "HTTP 409: x"),
        (refused(500, "x"), "server error", "HTTP 500: x"),
        (Sent(502, "<html>Bad gateway</html>"), "server error", "HTTP 502: got a web page"),
        (refused(503, "The model is overloaded"), "server error", "HTTP 503"),
        (Sent(200, "<html>Welcome</html>"), "web page", "expected JSON, got a web page"),
        (Sent(200, "", {"Content-Type": "text/plain"}), "malformed response", "expected JSON, got nothing"),
        (
            Sent(301, "", {"Location": "https://other.org/v1/chat/completions"}),
            "moved",
            "moved to https://other.org/v1;",
        ),
        (Sent(308, ""), "moved", "moved to an address that it does not name"),
        (Sent(200, None), "malformed response", ""),
        (Sent(200, []), "malformed response", ""),
        (Sent(200, 3), "malformed response", ""),
        (Sent(200, {}), "malformed response", ""),
        (Sent(200, {"error": {"message": "overloaded", "code": 503}}), "server error", "HTTP 503: overloaded (in a"),
        (Sent(200, {"error": {"message": "overloaded"}}), "server error", "overloaded (in a response with status 200"),
        (Sent(200, {"error": {"message": "bad", "code": 400}, "choices": None}), "rejected", "HTTP 400: bad (in a"),
        (Sent(200, {"error": {"message": "no", "type": "insufficient_quota"}}), "unusable", "no (in a"),
        (Sent(200, BODY | {"choices": []}), "malformed response", "the response is not a completion (no choices"),
        (Sent(200, BODY | {"choices": None}), "malformed response", "choices"),
        (Sent(200, BODY | {"choices": "none"}), "malformed response", "no choices"),
        (Sent(200, BODY | {"choices": [{"index": 0, "message": None}]}), "malformed response", "message"),
        (without("choices"), "malformed response", "choices"),
    ],
    ids=lambda value: f"{value.status}" if isinstance(value, Sent) else None,
)
def test_what_an_endpoint_sends_says_what_went_wrong(
    monkeypatch: pytest.MonkeyPatch, sent: Sent, kind: str, message: str
) -> None:
    with Endpoint(sent) as endpoint:
        found = failure(custom(monkeypatch, endpoint.base_url))
    assert (found.kind, found.unreached) == (kind, False)
    assert message in found.message
    assert "\n" not in found.message
    assert len(found.message) < 400
    assert (found.kind in AGAIN) == (kind in ("rate limited", "server error", "malformed response", "web page"))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "1"}, 1.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({"retry-after-ms": "nan"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait_is_read_from_the_headers(
    monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], seconds: float | None
) -> None:
    with Endpoint(refused(429, "Slowly.", headers)) as endpoint:
        assert failure(custom(monkeypatch, endpoint.base_url)).retry_after == seconds


def test_a_date_to_wait_for_is_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    with Endpoint(refused(429, "Slowly.", {"Retry-After": date})) as endpoint:
        seconds = failure(custom(monkeypatch, endpoint.base_url)).retry_after
    assert seconds is not None
    assert 25 < seconds <= 30


@pytest.mark.parametrize("fault", ["drop", "cut"])
def test_a_line_that_breaks_was_reached(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    with FaultServer(ROWS, faults=f"{fault}=1") as server:
        model = custom(monkeypatch, server.base_url)
        with pytest.raises(Failure) as caught:
            run(model, model.complete(Prompt(text=f"{ROWS[0]['story']} {ROWS[0]['question']}")))
    assert (caught.value.kind, caught.value.unreached) == ("connection", False)


def test_nobody_there_was_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    found = failure(custom(monkeypatch, closed_port()))
    assert (found.kind, found.unreached) == ("connection", True)
    assert "Cannot connect to host" in found.message


@pytest.mark.parametrize("words", [lambda token: token, lambda token: f"Bearer {token}!", lambda token: token * 2])
@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500])
def test_an_endpoint_that_repeats_the_key_does_not_make_us_repeat_it(
    monkeypatch: pytest.MonkeyPatch, words: Callable[[str], str], status: int
) -> None:
    def answer(body: dict[str, Any], token: str) -> Sent:
        assert token == KEY
        return Sent(status, {"error": {"message": words(token), "code": words(token), "param": words(token)}})

    with Endpoint(answer) as endpoint:
        found = failure(custom(monkeypatch, endpoint.base_url))
    assert KEY not in f"{found} {found!r} {found.message} {vars(found)}"
    assert "[key]" in found.message or status == 200


def test_a_key_that_a_cut_would_halve_is_taken_out_before_the_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(lambda body, token: refused(400, "x" * 285 + token)) as endpoint:
        assert KEY[:6] not in failure(custom(monkeypatch, endpoint.base_url)).message


@given(keys=st.lists(st.text("ab", min_size=1, max_size=3)), words=st.lists(st.sampled_from(["a", "ab", "bab", "c "])))
def test_no_key_stands_in_a_text_without_keys_even_if_one_begins_like_another(
    keys: list[str], words: list[str]
) -> None:
    text = without_keys("".join(words), keys)
    left = text.replace("[key]", "|")
    assert not [key for key in keys if key in left]


def test_a_longer_key_leaves_no_rest() -> None:
    assert without_keys("sk-12345 and sk-1", ["sk-1", "sk-12345", ""]) == "[key] and [key]"


def test_a_text_that_cannot_be_sent_is_rejected_and_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    prompt = Prompt(text="half a character: \ud83d")
    with Endpoint(said("x")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        with pytest.raises(Failure) as caught:
            run(model, model.complete(prompt))
    assert caught.value.kind == "rejected"
    assert len(prompt.hash) == 24
    assert not endpoint.bodies


def test_a_cancelled_call_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(Sent(held=True)) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)

        async def cancelled() -> bool:
            task = asyncio.create_task(model.complete(Prompt(text="x")))
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.wait([task])
            return task.cancelled()

        assert run(model, cancelled())
