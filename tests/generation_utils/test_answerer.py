from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel

from social_world_model.contracts import Query, Reply
from social_world_model.errors import ConfigurationError, EndpointError, GenerationError
from social_world_model.generation_utils import Calls, LanguageModel
from social_world_model.generation_utils.answerer import LanguageModelAnswerer
from social_world_model.generation_utils.model import Sampling
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.prompts import PROMPTS, register_prompt
from social_world_model.generation_utils.sections import PromptSpec, Section
from social_world_model.runs.keys import fingerprint
from tests.generation_utils.endpoint import QUERIES, ROWS, Endpoint, custom, quick, refused, run, said
from tests.server import FaultServer
from tests.server.faults import PROSE
from tests.server.oracle import REASONING

QUERY = QUERIES[0]


def answered(model: LanguageModel, *queries: Query, calls: Calls | None = None, **more: Any) -> list[Reply]:
    answerer = LanguageModelAnswerer(model, calls or quick(), **more)

    async def every() -> list[Reply]:
        return await asyncio.gather(*map(answerer.answer, queries))

    return run(model, every())


def reply_of(model: LanguageModel, query: Query = QUERY, **more: Any) -> Reply:
    (reply,) = answered(model, query, **more)
    return reply


def test_an_answer_comes_with_its_reasons_its_raw_reply_and_what_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(ROWS) as server:
        reply = reply_of(custom(monkeypatch, server.base_url))
    assert (reply.response, reply.reasoning, reply.status) == (ROWS[0]["answer"], REASONING, "answered")
    assert reply.raw is not None
    assert REASONING in reply.raw
    assert (reply.finish_reason, reply.usage.requests, reply.usage.cost, reply.error) == ("stop", 1, None, "")
    assert reply.usage.output_tokens > 0


@pytest.mark.parametrize(
    "faults", ["truncated", "prose", "fences", "missing", "empty", "trailing", "429", "500", "drop", "cut", "hang"]
)
def test_no_fault_changes_an_answer(monkeypatch: pytest.MonkeyPatch, faults: str) -> None:
    calls = quick(timeout=1.0 if faults == "hang" else 60.0)
    with FaultServer(ROWS, faults=f"{faults}=0.3", seed=3) as server:
        replies = answered(custom(monkeypatch, server.base_url), *QUERIES[:20], calls=calls)
        assert any(entry.fault for entry in server.log)
    assert [reply.response for reply in replies] == [row["answer"] for row in ROWS[:20]]
    assert {reply.status for reply in replies} == {"answered"}


@pytest.mark.parametrize(
    "personality",
    ["always_fences", "ignores_schema", "integers", "no_schema_400", "no_seed", "no_temperature", "strict"],
)
def test_no_oddity_of_an_endpoint_changes_an_answer(monkeypatch: pytest.MonkeyPatch, personality: str) -> None:
    personalities = [personality, "no_json_mode"] if personality == "no_schema_400" else [personality]
    with FaultServer(ROWS, personalities=personalities) as server:
        replies = answered(
            custom(monkeypatch, server.base_url), *QUERIES[:12], sampling=Sampling(seed=1, max_output_tokens=500)
        )
    assert [reply.response for reply in replies] == [row["answer"] for row in ROWS[:12]]
    assert all(reply.reasoning for reply in replies)


def test_a_refusal_is_a_reply_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(ROWS, personalities=["refuses:where"]) as server:
        reply = reply_of(custom(monkeypatch, server.base_url))
    assert (reply.status, reply.response) == ("refused", "I'm sorry, but I can't help with that.")
    assert reply.response in reply.error
    assert reply.usage.requests == 1


def test_what_cannot_be_read_is_no_answer_and_nothing_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(ROWS, faults="prose=1") as server:
        reply = reply_of(custom(monkeypatch, server.base_url))
        assert {entry.body["model"] for entry in server.log} == {"oracle"}
    assert (reply.status, reply.response, reply.raw) == ("unparsable", "", PROSE)
    assert reply.usage.requests == len(server.log) == 5
    assert "could not be read" in reply.error


def test_what_no_call_answers_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(ROWS, personalities=["not_found"]) as server:
        model = custom(monkeypatch, server.base_url)
        with pytest.raises(EndpointError, match="The model `oracle` does not exist"):
            reply_of(model)
    with Endpoint(refused(400, "Not so.")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        with pytest.raises(GenerationError, match="rejected: HTTP 400: Not so"):
            reply_of(model)


def test_without_reasoning_no_reasons_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(ROWS) as server:
        reply = reply_of(custom(monkeypatch, server.base_url), replace(QUERY, reasoning=False))
        (entry,) = server.log
    assert (reply.response, reply.reasoning) == (ROWS[0]["answer"], "")
    assert "reason" not in str(entry.body).casefold()
    assert list(entry.body["response_format"]["json_schema"]["schema"]["properties"]) == ["answer"]


def test_thoughts_that_a_model_shows_are_its_reasons_where_it_gives_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(said('<think>She saw it.</think>{"answer": "box"}')) as endpoint:
        reply = reply_of(custom(monkeypatch, endpoint.base_url), replace(QUERY, reasoning=False))
    assert (reply.response, reply.reasoning) == ("box", "She saw it.")


def test_a_retelling_is_the_text_of_its_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(said('{"retold": "Ida sits."}')) as endpoint:
        reply = reply_of(custom(monkeypatch, endpoint.base_url), replace(QUERY, task="recount", agent="Ida"))
    assert (reply.response, reply.status) == ("Ida sits.", "answered")
    assert "The person is Ida." in endpoint.bodies[0]["messages"][0]["content"]


def test_draws_of_one_question_have_seeds_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    sampling = Sampling(temperature=0.7, seed=10, max_output_tokens=99)
    with Endpoint(said('{"reasoning": "r", "answer": "a"}')) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        answered(model, QUERY, replace(QUERY, sample=2), sampling=sampling, calls=quick())
    assert sorted(body["seed"] for body in endpoint.bodies) == [10, 12]
    assert {(body["temperature"], body["max_completion_tokens"]) for body in endpoint.bodies} == {(0.7, 99)}


def test_a_wording_of_ones_own_is_used_for_questions_and_is_in_the_configuration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    template = "In short. {narrative} {question}"
    with Endpoint(said('{"reasoning": "r", "answer": "a"}')) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        answerer = LanguageModelAnswerer(model, quick(), prompt_template=template)
        run(model, answerer.answer(QUERY))
    assert endpoint.bodies[0]["messages"][0]["content"].partition("\n\n")[2].startswith("In short.")
    plain = LanguageModelAnswerer(model, quick()).config.prompts
    assert answerer.config.prompts == {**plain, "prompt file": template}
    with pytest.raises(ConfigurationError, match=r"expected \{agent\}"):
        answerer.prompt(replace(QUERY, agent="Al"))


def test_the_configuration_tells_apart_what_draws_other_replies(monkeypatch: pytest.MonkeyPatch) -> None:
    model = custom(monkeypatch, "http://localhost:1/v1")
    plain = LanguageModelAnswerer(model, quick())
    assert plain.name == model.name
    assert plain.usable_modes is None
    assert {name: value for name, value in plain.config.settings.items() if value is not None} == {"temperature": 0.0}
    for other in (Sampling(top_p=0.5), Sampling(reasoning_effort="high"), Sampling(structured="json")):
        assert fingerprint(LanguageModelAnswerer(model, quick(), other).config) != fingerprint(plain.config)
    same = LanguageModelAnswerer(model, quick(), Sampling(structured="auto"))
    assert fingerprint(same.config) == fingerprint(plain.config)
    assert plain.config != LanguageModelAnswerer(model, quick(), Sampling(seed=1)).config


class Mood(BaseModel):
    """How somebody feels."""

    mood: str


@pytest.mark.usefixtures("own_prompts")
def test_a_registered_prompt_is_sent_with_its_own_form_and_its_field_is_the_response(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task: Section[Query] = Section(name="task", text="How does {agent} feel?")
    register_prompt("test_mood", PromptSpec(sections=(task,), reply=Mood, field="mood"))
    with Endpoint(said('{"mood": "glad"}')) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        reply = reply_of(model, replace(QUERY, task="test_mood", agent="Ida"), prompt_template="{narrative} {question}")
    (body,) = endpoint.bodies
    assert (reply.response, reply.status) == ("glad", "answered")
    assert body["messages"][0]["content"] == f"{format_instructions(Mood)}\n\nHow does Ida feel?"
    assert list(body["response_format"]["json_schema"]["schema"]["properties"]) == ["mood"]


def test_only_the_prompts_of_an_answerers_tasks_are_in_its_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    model = custom(monkeypatch, "http://localhost:1/v1")
    answerer = LanguageModelAnswerer(model, quick(), tasks=["answer"])
    assert not any(name.startswith("recount") for name in answerer.config.prompts)
    assert len(answerer.config.schemas) == 2
    everything = LanguageModelAnswerer(model, quick())
    assert everything.prompts.keys() == set(PROMPTS.names())
    with pytest.raises(ConfigurationError, match="expected a query with one of the tasks answer, got 'recount'"):
        answerer.prompt(replace(QUERY, task="recount"))
    with pytest.raises(ConfigurationError, match=r"expected task to be one of .*did you mean answer\?"):
        LanguageModelAnswerer(model, quick(), tasks=["anwser"])


@pytest.mark.parametrize(
    ("name", "sampling", "first"),
    [
        ("gpt-oss-20b", Sampling(), ["answer"]),
        ("plain", Sampling(thinking="on"), ["answer"]),
        ("plain", Sampling(reasoning_effort="high"), ["answer"]),
        ("plain", Sampling(thinking="off"), ["reasoning", "answer"]),
        ("plain", Sampling(reasoning_effort="none"), ["reasoning", "answer"]),
    ],
)
def test_a_model_that_reasons_by_itself_is_not_asked_to_reason(
    monkeypatch: pytest.MonkeyPatch, name: str, sampling: Sampling, first: list[str]
) -> None:
    model = custom(monkeypatch, "http://localhost:1/v1", name)
    prompt = LanguageModelAnswerer(model, quick(), sampling).prompt(QUERY)
    assert prompt.shape is not None
    assert list(prompt.shape.model_fields) == first
    assert ("step by step" in prompt.text) == ("reasoning" in first)


def test_a_model_is_known_to_reason_after_its_first_thoughts_and_these_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    thought = said('{"reasoning": "", "answer": "box"}')
    thought.body["choices"][0]["message"]["reasoning_content"] = "He saw it."
    with Endpoint(thought) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        reply = reply_of(model, QUERY)
        prompt = LanguageModelAnswerer(model, quick()).prompt(QUERY)
    assert (reply.response, reply.reasoning) == ("box", "He saw it.")
    assert prompt.shape is not None
    assert list(prompt.shape.model_fields) == ["answer"]
