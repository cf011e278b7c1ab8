from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from social_world_model.errors import ConfigurationError, RefusalError, UnparsableOutputError
from social_world_model.generation_utils import Calls, PydanticOutputParser, StrOutputParser, agenerate, model_by_name
from social_world_model.generation_utils.replies import PlainAnswer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "replies.jsonl"


def ask(file: Path, *prompts: str, **more: Any) -> list[Any]:
    """Return the replies of one scripted model to prompts, one after the other."""

    async def run() -> list[Any]:
        model = model_by_name(f"scripted/{file}")
        parser = more.pop("parser", StrOutputParser())
        calls = more.pop("calls", None)
        return [await agenerate(model, prompt, {}, parser, calls=calls, **more) for prompt in prompts]

    return asyncio.run(run())


def lines(file: Path, *entries: Any) -> Path:
    file.write_text("\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n", encoding="utf-8")
    return file


def test_the_first_entry_that_fits_replies(file: Path) -> None:
    lines(file, {"when": "(Sally|Anne) looks?", "reply": "one"}, {"when": "^Where", "reply": "two"}, {"reply": "rest"})
    assert ask(file, "Where would Anne look", "Where is it", "Who") == ["one", "two", "rest"]


def test_several_replies_come_in_turn_the_last_one_from_then_on(file: Path) -> None:
    lines(file, {"when": "x", "reply": ["first", "second"]}, {"when": "y", "reply": "other"})
    assert ask(file, "x", "y", "x", "x") == ["first", "other", "second", "second"]


def test_a_reply_that_is_no_text_is_sent_as_json(file: Path) -> None:
    lines(file, {"reply": {"answer": "café"}})
    assert ask(file, "x") == ['{"answer": "café"}']
    assert ask(file, "x", parser=PydanticOutputParser(PlainAnswer), structured_output=True)[0].answer == "café"


def test_a_list_and_json_lines_are_read_alike_with_odd_line_ends_in_texts(file: Path) -> None:
    entries = [{"when": "x", "reply": "a\u2028b\x85c"}, {"reply": ["d"]}]
    lines(file, *entries)
    assert ask(file, "x", "y") == ["a\u2028b\x85c", "d"]
    file.write_text(json.dumps(entries, indent=2), encoding="utf-8")
    assert ask(file, "x", "y") == ["a\u2028b\x85c", "d"]


def test_a_pattern_sees_what_was_said_since(file: Path) -> None:
    lines(file, {"when": "cannot be", "reply": {"answer": "box"}}, {"reply": "no JSON"})
    calls = Calls()
    assert ask(file, "x", parser=PydanticOutputParser(PlainAnswer), calls=calls)[0].answer == "box"
    assert calls.spent.requests == 2
    assert calls.spent.cost == 0.0


def test_a_refusal_is_one(file: Path) -> None:
    lines(file, {"when": "bomb", "refuse": "I would rather not."}, {"reply": "ok"})
    with pytest.raises(RefusalError, match="I would rather not") as caught:
        ask(file, "a bomb")
    assert caught.value.raw == "I would rather not."
    assert ask(file, "a balm") == ["ok"]


def test_a_prompt_without_an_entry_is_a_configuration_error_that_shows_it(file: Path) -> None:
    lines(file, {"when": "x", "reply": "one"})
    with pytest.raises(ConfigurationError, match=r"expected an entry in .*replies.jsonl for this prompt.*'Who\?'"):
        ask(file, "Who?")


def test_what_never_fits_is_asked_of_nobody_else(file: Path) -> None:
    lines(file, {"reply": "no JSON"})
    with pytest.raises(UnparsableOutputError):
        ask(file, "x", parser=PydanticOutputParser(PlainAnswer))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected scripted replies"),
        ("[]", "expected scripted replies"),
        ("\n\n", "expected scripted replies"),
        ("reply: box", "expected JSON or JSON Lines"),
        ('{"reply": "box"', "expected JSON or JSON Lines"),
        ('{"reply": "a"}\n{"reply": ', "expected JSON or JSON Lines"),
        ("[1]", "entry 0, got 1"),
        ('"text"', "entry 0, got text"),
        ('{"reply": "a"}\n{"when": "x"}', "entry 1"),
        ('{"reply": "a", "then": "b"}', "entry 0"),
        ('{"reply": "a", "refuse": "b"}', "entry 0"),
        ('{"refuse": null}', "expected a text as `refuse`"),
        ('{"when": "(", "reply": "a"}', "expected a regular expression as `when`"),
        ('{"when": 3, "reply": "a"}', "expected a regular expression as `when`"),
    ],
)
def test_a_malformed_file_is_told_with_its_place_before_any_call(file: Path, text: str, message: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        model_by_name(f"scripted/{file}")
    assert message in str(caught.value)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_told(file: Path, tmp_path: Path) -> None:
    for path in (file, tmp_path):
        with pytest.raises(ConfigurationError, match="expected a file of scripted replies at"):
            model_by_name(f"scripted/{path}")
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="expected a file of scripted replies at"):
        model_by_name(f"scripted/{file}")
