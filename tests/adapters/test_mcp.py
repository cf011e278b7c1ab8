"""The MCP server: its tools in this process, and the command over standard input and output."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.session import ClientSession
from mcp.client.stdio import stdio_client

from social_world_model.adapters.mcp import LARGEST, server_of
from social_world_model.adapters.mcp_answering import Answering
from social_world_model.adapters.mcp_models import Models
from social_world_model.errors import ConfigurationError
from social_world_model.symbolic import parse_narrative
from tests.agents.stub import prompt_of, stub
from tests.generation_utils.endpoint import Endpoint, refused, said

T = TypeVar("T")

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
CHAT = re.search(r"\$ cat chat.txt\n(.*?)\$ swm", README, re.DOTALL)[1]  # type: ignore[index]
STORY = re.search(r"\$ cat story.txt\n(.*?)```", README, re.DOTALL)[1]  # type: ignore[index]
TOOLS = ["parse", "who_knows", "memory", "perspective", "ask", "foresee", "validate"]
COMMAND = [sys.executable, "-m", "social_world_model", "mcp"]


def called(*calls: tuple[str, dict[str, Any]], answering: Answering | None = None) -> list[Any]:
    """Call tools of a server in this process, one after the other, and return their results."""
    made = answering or Answering()

    async def work() -> list[Any]:
        async with Client(server_of(lambda: made)) as client:
            results = [await client.call_tool(name, arguments) for name, arguments in calls]
        await made.models.close()
        return results

    return asyncio.run(work())


def served(model_name: str = "symbolic", world_model: str | None = None) -> Answering:
    return Answering(Models(model_name, world_model))


def found(name: str, answering: Answering | None = None, **arguments: Any) -> dict[str, Any]:
    """Return the result of a call without an error."""
    (result,) = called((name, arguments), answering=answering)
    assert not result.is_error, result.content[0].text
    assert json.loads(result.content[0].text) == result.structured_content
    data: dict[str, Any] = result.structured_content
    return data


def problem(name: str, answering: Answering | None = None, **arguments: Any) -> str:
    """Return the message of a call that ends in a tool error."""
    (result,) = called((name, arguments), answering=answering)
    assert result.is_error, result.structured_content
    text: str = result.content[0].text
    return text


def knowers(data: dict[str, Any]) -> list[str]:
    return [one["name"] for one in data["people"] if one["knows"]]


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOM_API_KEY", "none")


def test_the_list_of_tools_is_short_typed_and_read_only() -> None:
    async def listed() -> Any:
        async with Client(server_of(Answering)) as client:
            return await client.list_tools()

    tools = asyncio.run(listed()).tools
    assert [tool.name for tool in tools] == TOOLS
    assert all(tool.annotations.read_only_hint for tool in tools)
    assert all(tool.output_schema["properties"] and tool.input_schema["required"] for tool in tools)
    text = json.dumps([tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools])
    assert len(text) < 6600
    assert "Raises" not in text and "$ref" not in text


def test_who_knows_tells_who_was_there() -> None:
    data = found("who_knows", context=CHAT, fact="where the office dinner is")
    assert knowers(data) == ["Ann", "Cy"]
    assert all(one["certain"] for one in data["people"])
    assert data["evidence"] == [{"number": 6, "text": "Ann: The dinner is at Romano's, on Main Street."}]
    assert knowers(found("who_knows", context=CHAT, fact="the surprise party")) == ["Ann", "Bo"]


def test_a_fact_that_no_line_contains_is_a_guess() -> None:
    data = found("who_knows", context=CHAT, fact="quantum physics")
    assert knowers(data) == [] and not any(one["certain"] for one in data["people"])


def test_a_fact_in_many_lines_has_a_short_result() -> None:
    chat = "".join(f"Ann: The cake is in box {n}.\nBo: The cake, yes.\n" for n in range(200))
    data = found("who_knows", context=chat, fact="where the cake is")
    assert len(data["evidence"]) == 20 and len(json.dumps(data)) < 4000


def test_who_knows_in_a_story_is_about_the_place_of_an_object() -> None:
    data = found("who_knows", context=STORY, fact="Where is the ball?")
    assert knowers(data) == ["Anne"]
    assert any("moved the ball" in one["text"] for one in data["evidence"])


def test_ask_gives_answer_certainty_and_evidence() -> None:
    data = found("ask", context=CHAT, question="Does Cy know where the surprise party is?")
    assert (data["answer"], data["certain"]) == ("no", True)
    assert [one["number"] for one in data["evidence"]] == [1]
    assert "Cy was not in the conversation then" in data["why"]
    data = found("ask", context=STORY, question="Where will Sally look for the ball?", agent="sally")
    assert data["answer"] == "basket"


def test_an_uncertain_answer_is_marked_and_unread_lines_are_named() -> None:
    data = found("ask", context=f"{CHAT}(two of them leave)\n", question="What colour is the lamp?")
    assert not data["certain"]
    assert data["not_read"].startswith("line 7")


def test_memory_lists_only_what_the_person_perceived() -> None:
    data = found("memory", context=CHAT, agent="bo")
    assert data["agent"] == "Bo"
    assert [one["text"] for one in data["events"]][-1] == 'Ann says: "Bye, Bo!"'
    assert not any("Romano" in one["text"] for one in data["events"])


def test_memory_marks_guesses() -> None:
    chat = "Ann: Hello all.\nBo: Hello.\nCy: Good night, I go to bed.\nAnn: The code is 4711.\nCy: Ok."
    certain = {one["text"]: one["certain"] for one in found("memory", context=chat, agent="Cy")["events"]}
    assert certain['Ann says: "The code is 4711."'] is False
    assert certain['Bo says: "Hello."'] is True


def test_perspective_is_what_one_person_thinks_that_another_perceived() -> None:
    data = found("perspective", context=CHAT, chain=["Ann", "Bo"])
    assert data == parse_narrative(CHAT)[0].perspective("Ann", "Bo").to_data()
    assert "Romano" not in json.dumps(data)


def test_a_context_from_parse_is_accepted_by_all_tools_and_keeps_its_lines() -> None:
    answering = Answering()

    async def work() -> tuple[Any, Any, Any]:
        async with Client(server_of(lambda: answering)) as client:
            context = (await client.call_tool("parse", {"text": CHAT})).structured_content
            ask = {"question": "Who knows where the office dinner is?"}
            as_data = await client.call_tool("ask", {"context": context, **ask})
            as_json = await client.call_tool("ask", {"context": json.dumps(context), **ask})
            valid = await client.call_tool("validate", {"context": context})
            return as_data.structured_content, as_json.structured_content, valid.structured_content

    as_data, as_json, valid = asyncio.run(work())
    assert as_data == as_json and as_data["answer"] == "Ann, Cy"
    assert [one["number"] for one in as_data["evidence"]] == [6]
    assert valid["valid"]


def test_an_export_of_a_chat_is_accepted_as_json() -> None:
    export = [{"role": "user", "content": "My cat is ill."}, {"role": "assistant", "content": "Oh no."}]
    assert knowers(found("who_knows", context=json.dumps(export), fact="Whose cat is ill?")) == ["User", "Assistant"]


def test_validate_lists_issues() -> None:
    data = found("validate", context={"agents_names": ["Ann", "Ann"], "socialized_context": []})
    assert not data["valid"]
    assert data["issues"][0]["path"] == "agents_names"
    assert found("validate", context={"agents_names": 3})["valid"] is False
    assert "JSON" in problem("validate", context="no context")


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("memory", {"context": CHAT, "agent": "Zed"}, r"\(Ann, Bo, Cy\), got 'Zed'"),
        ("memory", {"context": "Ann Lee: Hi!\nBo Lee: Hi!", "agent": "Lee"}, "Ann Lee or Bo Lee"),
        ("ask", {"context": CHAT, "question": "Is it so?", "agent": "Zed"}, "got 'Zed'"),
        ("ask", {"context": STORY, "question": "Why?"}, "expected a question in one of these forms.*--model-name NAME"),
        ("perspective", {"context": CHAT, "chain": []}, "at least one name"),
        ("perspective", {"context": CHAT, "chain": ["Ann", "Zed"]}, "got 'Zed'"),
        ("parse", {"text": ""}, "empty text"),
        ("parse", {"text": "What is a mind?"}, "Ann: Hello.*--model-name NAME"),
        ("parse", {"text": "{not json"}, "not JSON"),
        ("parse", {"text": "Ann: \ud800\nBo: Hi."}, "valid Unicode|surrogate"),
        ("ask", {"context": {"a": 1}, "question": "Who?"}, "got a JSON object with the keys a"),
        ("ask", {"context": {"agents_names": [], "socialized_context": []}, "question": "Who?"}, "at least one agent"),
        ("ask", {"context": 7, "question": "Who?"}, "."),
        ("who_knows", {"context": CHAT, "fact": " ? "}, "fact to have words"),
        ("who_knows", {"context": CHAT, "fact": "what it is"}, "words that a line may contain"),
        ("ask", {"context": CHAT}, "question\n  Field required"),
        ("foresee", {"context": CHAT, "me": "Ann", "acts": ["waves"]}, "--model-name NAME"),
        ("unknown", {}, "Unknown tool"),
    ],
)
def test_bad_input_is_a_tool_error_that_says_what_to_do(name: str, arguments: dict[str, Any], said: str) -> None:
    assert re.search(said, problem(name, **arguments), re.DOTALL)


def test_arguments_of_more_than_200_kb_are_refused() -> None:
    line = "Ann: Hello there, Bo.\nBo: Hello, Ann.\n"
    text = line * (LARGEST // len(line))
    assert "at most 200,000 bytes" in problem("who_knows", context=text, fact=line * 20)
    assert "at most 200,000 bytes" in problem("parse", text="é" * (LARGEST // 2))
    assert "at most 200,000 bytes" in problem("ask", context=CHAT, question="x" * LARGEST)


def test_calls_at_the_same_time_share_one_parse_and_get_their_own_answers() -> None:
    answering = Answering()
    parsed: list[str] = []

    async def parse(text: str) -> Any:
        parsed.append(text)
        await asyncio.sleep(0)
        return await asyncio.to_thread(lambda: parse_narrative(text)[0])

    answering.contexts.parse = parse

    async def work() -> list[Any]:
        async with Client(server_of(lambda: answering)) as client:
            facts = ["the surprise party", "the office dinner"] * 8
            return await asyncio.gather(
                *(client.call_tool("who_knows", {"context": CHAT, "fact": fact}) for fact in facts)
            )

    results = asyncio.run(work())
    assert [knowers(one.structured_content) for one in results] == [["Ann", "Bo"], ["Ann", "Cy"]] * 8
    assert parsed == [CHAT]


def test_only_the_last_texts_are_kept() -> None:
    answering = Answering()
    called(*(("parse", {"text": f"Ann: I am {n}.\nBo: Yes, {n}."}) for n in range(40)), answering=answering)
    assert len(answering.contexts._kept) == 32


def test_foresee_imagines_a_reply_to_each_act_and_values_the_acts(key: None) -> None:
    with Endpoint(stub) as endpoint:
        data = found(
            "foresee",
            served(world_model=f"custom/stub@{endpoint.base_url}"),
            context=CHAT,
            me="Ann",
            partner="cy",
            acts=['says: "The party is a secret."', "Ann waves"],
            horizon=2,
            goal="keep the party secret",
        )
    futures = data["futures"]
    assert [one["act"] for one in futures] == ['says: "The party is a secret."', "Ann waves"]
    for one in futures:
        assert re.fullmatch(r'Cy says: ".*"\.?', one["reply"]) and one["partner_mind"]
        assert 0 <= one["value"] <= 10 and one["why"]
        assert [text.split()[0] for text in one["later"]] == ["Ann", "Cy"]
    prompts = [prompt_of(body) for body in endpoint.bodies]
    imagined = [prompt for prompt in prompts if "You are Cy." in prompt]
    assert imagined and not any("Blue Door" in prompt for prompt in imagined), "Cy was away when Ann told it"
    (valued,) = [prompt for prompt in prompts if "Candidate 2:" in prompt]
    assert "Your goal: keep the party secret" in valued and "This is turn" not in valued


def test_without_a_goal_acts_have_no_value(key: None) -> None:
    with Endpoint(stub) as endpoint:
        answering = served(world_model=f"custom/stub@{endpoint.base_url}")
        data = found("foresee", answering, context=CHAT, me="Ann", partner="Cy", acts=["waves"])
    assert "value" not in data["futures"][0] and len(endpoint.bodies) == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"acts": []}, "at least one act"),
        ({"acts": ["waves"] * 31}, "at most 30 imagined replies"),
        ({"horizon": 0}, "horizon to be at least 1"),
        ({"partner": None}, "partner to be one of Bo, Cy"),
        ({"partner": "Ann"}, "another person"),
        ({"me": "Zed"}, "got 'Zed'"),
        ({"acts": ["  "]}, "expected a text"),
    ],
)
def test_wrong_arguments_of_foresee_are_tool_errors(key: None, more: dict[str, Any], said: str) -> None:
    arguments = {"context": CHAT, "me": "Ann", "partner": "Cy", "acts": ["waves"], **more}
    answering = served(world_model="custom/stub@http://127.0.0.1:9/v1")
    assert said in problem("foresee", answering, **arguments)


def test_a_language_model_that_refuses_the_key_is_a_tool_error_and_the_next_call_tries_again(key: None) -> None:
    arguments = {"context": CHAT, "me": "Ann", "partner": "Cy", "acts": ["waves"]}
    with Endpoint(refused(401, "no such key"), stub) as endpoint:
        answering = served(world_model=f"custom/stub@{endpoint.base_url}")
        first, second = called(("foresee", arguments), ("foresee", arguments), answering=answering)
    assert first.is_error and "no such key" in first.content[0].text
    assert not second.is_error


def test_answers_from_contexts_of_a_language_model_are_guesses(key: None) -> None:
    from social_world_model.s3ap.wire_forms import WIRE_FORMS

    context, _ = parse_narrative(CHAT)
    reply = WIRE_FORMS["standard"].write(context).model_dump_json()
    with Endpoint(said(reply)) as endpoint:
        answering = served(f"custom/stub@{endpoint.base_url}")
        who, memory = called(
            ("who_knows", {"context": CHAT, "fact": "the office dinner"}),
            ("memory", {"context": CHAT, "agent": "Bo"}),
            answering=answering,
        )
    assert knowers(who.structured_content) == ["Ann", "Cy"]
    assert not any(one["certain"] for one in who.structured_content["people"])
    assert not any(one["certain"] for one in memory.structured_content["events"])
    assert len(endpoint.bodies) == 1, "the second call uses the context of the first"


def test_an_unknown_model_is_refused_at_the_start() -> None:
    with pytest.raises(ConfigurationError):
        Models("gpt-4o-2024-08-06")


def test_without_the_package_mcp_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    with pytest.raises(ConfigurationError, match="install the extra mcp"):
        server_of(Answering)


def over_stdio(work: Callable[[ClientSession], Awaitable[T]]) -> T:
    """Start `swm mcp`, and do some work with a session of a real client."""

    async def whole() -> T:
        server = StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env=dict(os.environ))
        async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            return await work(session)

    return asyncio.run(whole())


def test_a_client_over_stdio_asks_the_chat_of_the_readme_who_knows_what_without_a_key() -> None:
    async def work(session: ClientSession) -> Any:
        tools = await session.list_tools()
        calls: list[tuple[str, dict[str, Any]]] = [
            ("who_knows", {"context": CHAT, "fact": "where the office dinner is"}),
            ("perspective", {"context": CHAT, "chain": ["Ann", "Bo"]}),
            ("ask", {"context": CHAT, "question": "Who knows where the office dinner is?"}),
            ("memory", {"context": CHAT, "agent": "Cy"}),
            ("foresee", {"context": CHAT, "me": "Ann", "acts": ["waves"]}),
            ("parse", {"text": "x" * (LARGEST + 1)}),
        ]
        return [tool.name for tool in tools.tools], await asyncio.gather(*(session.call_tool(*one) for one in calls))

    names, (who, perspective, ask, memory, foresee, large) = over_stdio(work)
    assert names == TOOLS
    assert knowers(who.structured_content) == ["Ann", "Cy"]
    assert perspective.structured_content["agents_names"][:2] == ["Ann", "Bo"]
    assert ask.structured_content["answer"] == "Ann, Cy"
    assert "Romano" in memory.content[0].text and "Blue Door" not in memory.content[0].text
    assert foresee.is_error and "--model-name" in foresee.content[0].text
    assert large.is_error


def started() -> subprocess.Popen[str]:
    """Start `swm mcp`, and send it the first messages of a session and a call."""
    process = subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    about = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    call = {"name": "who_knows", "arguments": {"context": CHAT, "fact": "the office dinner"}}
    assert process.stdin is not None
    for message in (
        {"id": 1, "method": "initialize", "params": about},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": call},
    ):
        process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    process.stdin.flush()
    return process


def test_stdout_has_only_the_protocol_and_the_server_ends_with_its_input() -> None:
    process = started()
    assert process.stdout is not None and process.stdin is not None
    lines = [process.stdout.readline() for _ in range(2)]
    rest, errors = process.communicate(timeout=60)
    assert [json.loads(line)["id"] for line in lines] == [1, 2]
    assert (process.returncode, rest, errors) == (0, "", "")


def test_a_client_that_ends_before_the_answer_ends_the_server_without_a_traceback() -> None:
    process = started()
    assert process.stdout is not None and process.stdin is not None and process.stderr is not None
    process.stdout.close()
    process.stdin.close()
    process.wait(timeout=60)
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.returncode, errors) == (0, "")


def test_ctrl_c_ends_the_server_while_it_waits() -> None:
    process = started()
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode in (-signal.SIGINT, 130)
