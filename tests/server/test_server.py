from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import openai
import pytest

from social_world_model.benchmarks.base import story_cell
from social_world_model.s3ap import SocializedContextForModel, from_wire, validate
from social_world_model.symbolic import parse_narrative
from tests.server import FaultServer
from tests.server.faults import FAULTS, draws, latencies, parsed_faults
from tests.server.oracle import REASONING, Oracle, schema_in

SAMPLE = Path(str(files("social_world_model.benchmarks").joinpath("samples", "tomi_sample.jsonl")))
ROWS: list[dict[str, Any]] = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
STORY, QUESTION, GOLD = story_cell(ROWS[0]), ROWS[0]["question"], ROWS[0]["answer"]
ASK = f"Story: {STORY}\n\nQuestion: {QUESTION}"


def closed_object(*names: str, **more: Any) -> dict[str, Any]:
    properties = {name: {"type": "string"} for name in names}
    return {"type": "object", "properties": properties, "required": [*names], "additionalProperties": False} | more


def formatted(schema: dict[str, Any], strict: bool = True) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema, "strict": strict}}


ANSWER = formatted(closed_object("reasoning", "answer"))
PARSE = formatted(SocializedContextForModel.model_json_schema())


def call(server: FaultServer, prompt: str, form: Any = None, **more: Any) -> Any:
    more |= {"response_format": form} if form else {}
    with openai.OpenAI(base_url=server.base_url, api_key="sk-told", max_retries=0, timeout=5) as client:
        return client.chat.completions.create(model="m", messages=[{"role": "user", "content": prompt}], **more)


def content(*request: Any, **more: Any) -> Any:
    return call(*request, **more).choices[0].message.content


def always(*names: str, **more: Any) -> FaultServer:
    faults = ",".join(f"{name}=1" for name in names if name in FAULTS)
    return FaultServer(ROWS, faults=faults, personalities=[name for name in names if name not in FAULTS], **more)


def stored(text: str) -> Any:
    return from_wire(SocializedContextForModel.model_validate_json(text)).model_dump(exclude={"context_manual"})


def expected(story: str) -> Any:
    return parse_narrative(story)[0].model_dump(exclude={"context_manual"})


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer(ROWS) as running:
        yield running


class TestTheOracle:
    def test_every_row_gets_its_gold_answer_and_every_story_its_parse(self) -> None:
        oracle = Oracle(ROWS)
        for row in ROWS:
            asked = oracle.asked(f"{story_cell(row)}\n{row['question']}", ANSWER)
            assert (asked.kind, asked.row.index) == ("answer", str(row["index"]))
            assert oracle.reply(asked) == {"reasoning": REASONING, "answer": row["answer"]}
        for story in {story_cell(row) for row in ROWS}:
            assert stored(json.dumps(oracle.reply(oracle.asked(story, PARSE)))) == expected(story)

    def test_an_answer_and_a_parse_come_over_the_socket_and_are_logged(self) -> None:
        with FaultServer(ROWS) as server:
            reply = call(server, ASK, ANSWER, temperature=0, seed=1, max_tokens=500)
            assert stored(content(server, f"Parse: {STORY}", PARSE)) == expected(STORY)
        choice, usage, chars = reply.choices[0], reply.usage, len(ASK) + len(json.dumps(ANSWER))
        assert choice.message.content == json.dumps({"reasoning": REASONING, "answer": GOLD})
        assert (choice.finish_reason, choice.message.role, choice.message.refusal) == ("stop", "assistant", None)
        tokens = [-(-size // 4) for size in (chars, len(choice.message.content))]
        assert [usage.prompt_tokens, usage.completion_tokens] == tokens
        first, second = server.log
        assert (first.number, first.kind, first.row, first.fault, first.status) == (0, "answer", "0", None, 200)
        assert (first.prompt_chars, first.body["messages"][0]["content"]) == (chars, ASK)
        assert second.kind == "parse" and first.answered and first.arrived <= first.answered <= second.arrived

    def test_exactly_the_properties_of_the_schema_are_filled(self, server: FaultServer) -> None:
        schema = closed_object("place", "answer")
        schema["properties"] |= {"names": {"type": "array"}, "other": {"anyOf": [{"type": "string"}, {"type": "null"}]}}
        reply = content(server, ASK, formatted({"$ref": "#/$defs/Answer", "$defs": {"Answer": schema}}))
        assert json.loads(reply) == {"place": GOLD, "answer": GOLD, "names": [], "other": GOLD}

    def test_a_schema_in_the_prompt_counts(self, server: FaultServer) -> None:
        assert json.loads(content(server, f"Fill in {json.dumps(closed_object('answer'))}. {ASK}")) == {"answer": GOLD}
        prompt = f"{json.dumps(SocializedContextForModel.model_json_schema(), indent=1)}\n{STORY}"
        assert stored(content(server, prompt, {"type": "json_object"})) == expected(STORY)
        assert schema_in('{no} {"properties": 1} {"a": [{"properties": {}}]} {') == {"properties": {}}

    def test_without_a_schema_an_answer_is_prose_and_a_bare_story_is_parsed(self, server: FaultServer) -> None:
        assert content(server, ASK).endswith(f"Answer: {GOLD}")
        cut = call(server, ASK, max_completion_tokens=5).choices[0]
        assert (cut.finish_reason, len(cut.message.content)) == ("length", 20)
        assert stored(content(server, f"Story: {STORY}")) == expected(STORY)

    def test_the_last_story_counts_and_of_those_that_begin_alike_the_longest(self) -> None:
        stories = {"longer": f"{STORY} Leona entered the hall.", "0": STORY, "shorter": STORY.rsplit(" ", 6)[0]}
        more = [{"index": i, "story": story, "question": QUESTION, "answer": "box"} for i, story in stories.items()]
        oracle, example = Oracle([*ROWS, *more]), f"Example: {story_cell(ROWS[-1])} {ROWS[-1]['question']}"
        for index, story in stories.items():
            assert oracle.asked(f"{example} Story: {story}\n{QUESTION}", ANSWER).row.index == index
            assert oracle.asked(f"{example} Story: {story}", PARSE).row.index == index

    def test_white_space_does_not_count_and_the_question_may_suffice(self) -> None:
        oracle = Oracle([*ROWS, {"index": "short", "story": "Al left.", "question": "Who left?", "answer": "Al"}])
        prompt = f"<story>{STORY.replace('. ', f'.{chr(10)}  ')}</story><question>{QUESTION}</question>"
        assert oracle.asked(prompt, ANSWER).row.index == "0"
        assert oracle.asked(f"Leona remembers little. {QUESTION}", ANSWER).row.question == QUESTION
        assert oracle.asked("Al left. Who left?", ANSWER).row.index == "short"

    @pytest.mark.parametrize("form", [PARSE, ANSWER])
    def test_what_it_does_not_know_is_a_bad_request(self, server: FaultServer, form: Any) -> None:
        with pytest.raises(openai.BadRequestError, match="The oracle has no reply"):
            call(server, "Nobody did anything. Who?", form)


class TestLatencyAndFaults:
    def test_latencies_are_drawn_in_order_of_arrival_and_waited_for(self) -> None:
        with FaultServer(ROWS, latency="heavy", scale=0.001, seed=7) as server:
            for _ in range(5):
                call(server, ASK)
        draw, other = latencies("heavy", 7, 0.001), latencies("heavy", 8, 0.001)
        drawn = [entry.latency for entry in server.log]
        assert drawn == [draw() for _ in drawn] != [other() for _ in drawn]
        assert all(entry.answered and entry.answered - entry.arrived >= entry.latency for entry in server.log)

    def test_chances_and_means_are_as_told(self) -> None:
        drawn, again = (list(islice(draws(parsed_faults("429=0.1, hang=0.2"), 3), 10_000)) for _ in range(2))
        counts = Counter(name for name, _ in drawn)
        assert drawn == again and [counts["429"], counts["hang"]] == pytest.approx([1000, 2000], rel=0.1)
        draw = latencies("lognormal:3:0.5", 0)  # 3 is the mean of the seconds, not of their logarithm
        assert statistics.mean(draw() for _ in range(20_000)) == pytest.approx(3, rel=0.02)

    def test_429_tells_when_to_come_back(self) -> None:
        with always("429", retry_after=1.5) as server, pytest.raises(openai.RateLimitError) as caught:
            call(server, ASK)
        assert (caught.value.response.headers["Retry-After"], caught.value.code) == ("1.5", "rate_limit_exceeded")

    @pytest.mark.parametrize(("fault", "status"), [("429", 429), ("500", 500), ("drop", None), ("cut", 200)])
    def test_the_server_or_the_connection_breaks(self, fault: str, status: int | None) -> None:
        error = openai.APIConnectionError if fault in ("drop", "cut") else openai.APIStatusError
        with always(fault) as server, pytest.raises(error):
            call(server, ASK)
        assert (server.log[0].fault, server.log[0].status) == (fault, status)

    def test_a_hanging_request_ends_with_the_client_s_patience_or_the_server(self) -> None:
        with ThreadPoolExecutor() as pool:
            with always("hang") as server:
                with pytest.raises(openai.APITimeoutError):
                    call(server, ASK, timeout=1.0)
                waiting = pool.submit(call, server, ASK)
                while len(server.log) < 2:
                    time.sleep(0.01)
            with pytest.raises(openai.APIConnectionError, match="Connection error"):
                waiting.result()
        assert [entry.answered for entry in server.log] == [None, None]

    @pytest.mark.parametrize(("fault", "seed"), [("truncated", 0), ("truncated", 1), ("truncated", 2), ("trailing", 0)])
    def test_a_truncated_or_sloppy_reply_is_no_json(self, fault: str, seed: int) -> None:
        with always(fault, seed=seed) as server:
            for prompt, form in ((ASK, ANSWER), (STORY, PARSE), (ASK, formatted(closed_object("answer")))):
                text = content(server, prompt, form)
                assert text.startswith("{")
                with pytest.raises(ValueError):
                    json.loads(text)
                if fault == "trailing":
                    assert json.loads(text.replace(", }", "}").replace(", ]", "]").replace("\n\t", " "))

    def test_a_reply_may_be_prose_or_empty(self) -> None:
        with always("prose") as prose, always("empty") as empty:
            text = content(prose, ASK, ANSWER).casefold()
            assert text and not any(part in text for part in ("{", "answer", *ROWS[0]["cands"]))
            assert content(empty, ASK, ANSWER) == ""

    @pytest.mark.parametrize("name", ["fences", "always_fences"])
    def test_fences_stand_around_json_after_a_sentence(self, name: str) -> None:
        with always(name) as server:
            before, _, rest = content(server, ASK, ANSWER).partition("```json\n")
        assert before and json.loads(rest.removesuffix("\n```"))["answer"] == GOLD

    def test_a_key_is_missing_or_what_somebody_observed(self) -> None:
        with always("missing") as server:
            assert len(json.loads(content(server, ASK, ANSWER))) == 1
            parse = json.loads(content(server, STORY, PARSE))
        entries = sum(len(step["observations"]) for step in parse["socialized_context"])
        assert entries == len(parse["socialized_context"]) * len(parse["agents_names"]) - 1
        assert validate(from_wire(SocializedContextForModel.model_validate(parse)))

    def test_wrong_names_leave_an_actor_out_of_a_parse_only(self) -> None:
        with always("wrong_names") as server:
            parse = json.loads(content(server, STORY, PARSE))
            assert json.loads(content(server, ASK, ANSWER))["answer"] == GOLD
        (gone,) = set(parse_narrative(STORY)[0].agents_names) - set(parse["agents_names"])
        assert f"{gone}: " not in json.dumps(parse)
        assert [entry.fault for entry in server.log] == ["wrong_names", None]

    def test_no_fault_reaches_what_later_requests_get(self) -> None:
        with FaultServer(ROWS, faults=",".join(f"{name}=0.1" for name in FAULTS[5:])) as server:
            for _ in range(60):
                content(server, STORY, PARSE)
        assert {entry.fault for entry in server.log} == {*FAULTS[5:], None}
        assert stored(json.dumps(server.oracle.parse(STORY))) == expected(STORY)


class TestPersonalities:
    @pytest.mark.parametrize(
        ("names", "more", "status", "code", "says"),
        [
            ("unauthorised", {}, 401, "invalid_api_key", "sk-told"),
            ("quota", {}, 429, "insufficient_quota", "quota"),
            ("not_found", {}, 404, "model_not_found", "`m`"),
            ("always_500", {}, 500, None, "error"),
            ("too_long", {}, 400, "context_length_exceeded", "maximum context length"),
            ("no_temperature", {"temperature": 0}, 400, "unsupported_value", "'temperature' does not support 0"),
            ("no_seed", {"seed": 1}, 400, "unsupported_parameter", "'seed'"),
            ("no_schema_400", {"form": ANSWER}, 400, None, "response_format"),
            ("no_schema_400 no_json_mode", {"form": {"type": "json_object"}}, 400, None, "response_format"),
            ("strict", {"form": formatted(closed_object("answer"), strict=False)}, 400, None, "strict"),
            ("strict", {"form": formatted(closed_object("answer", required=[]))}, 400, None, "required"),
            ("strict", {"form": formatted(closed_object("answer", default={}))}, 400, None, "default"),
            ("strict", {"form": formatted(closed_object(patternProperties={}))}, 400, None, "patternProperties"),
            ("strict", {"form": formatted({"$ref": "#"})}, 400, None, "object"),
            ("strict", {"form": formatted(closed_object("a", items={"properties": {}}))}, 400, None, "additional"),
        ],
    )
    def test_some_refuse_requests(self, names: str, more: Any, status: int, code: str | None, says: str) -> None:
        with always(*names.split()) as server, pytest.raises(openai.APIStatusError, match=says) as caught:
            call(server, ASK, **more)
        assert (caught.value.status_code, caught.value.code, server.log[0].status) == (status, code, status)

    def test_what_they_do_not_mind_is_answered(self) -> None:
        easy = always("strict", "no_temperature", "no_seed", "no_json_mode", "refuses:bomb")
        with easy as server, always("no_schema_400") as other:
            assert stored(content(server, STORY, PARSE, temperature=1)) == expected(STORY)
            assert json.loads(content(server, ASK, ANSWER))["answer"] == GOLD
            assert json.loads(content(other, ASK, {"type": "json_object"}))["answer"] == GOLD

    def test_a_schema_may_be_ignored_but_not_the_prompt(self) -> None:
        with always("ignores_schema") as server:
            assert content(server, ASK, ANSWER).endswith(f"Answer: {GOLD}")
            assert content(server, STORY, PARSE).startswith("The story tells of Mirjam")
            assert json.loads(content(server, f"Reply in JSON. {ASK}", ANSWER))["answer"] == GOLD
            assert stored(content(server, f"Reply in JSON. {STORY}", PARSE)) == expected(STORY)

    def test_numbers_may_be_integers_and_words_taboo(self) -> None:
        with FaultServer([{**ROWS[0], "answer": "12"}], personalities=["integers"]) as server:
            assert json.loads(content(server, ASK, ANSWER))["answer"] == 12
            assert json.loads(content(server, STORY, PARSE))["socialized_context"][0]["timestep"] == 1
        with always("refuses:cucumber") as server:
            assert content(server, ASK, ANSWER) is None and call(server, ASK).choices[0].message.refusal
            assert stored(content(server, STORY, PARSE)) == expected(STORY)


def test_a_setting_that_there_is_not_is_refused() -> None:
    wrong: list[Any] = [{"latency": how} for how in ("", "constant", "lognormal:1", "lognormal:0:1", "zero:1")]
    wrong += [{"faults": text} for text in ("typo=0.1", "429=0.6,500=0.6", "429=-1", "429")]
    wrong += [{"personalities": [name]} for name in ("typo", "refuses", "strict:x")]
    for setting in wrong:
        with pytest.raises(ValueError):
            FaultServer(ROWS, **setting)


def test_it_runs_as_a_process_with_a_log_and_a_reset() -> None:
    command = [sys.executable, "-m", "tests.server", "--rows", str(SAMPLE), "--faults", "500=1", "--seed", "1"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process, ExitStack() as stack:
        stack.callback(process.kill)
        url = next(iter(process.stdout or ())).strip()
        log = url.replace("/v1", "/log")
        with openai.OpenAI(base_url=url, api_key="k", max_retries=0) as client:
            assert [model.id for model in client.models.list().data] == ["oracle"]
            with pytest.raises(openai.InternalServerError):
                client.chat.completions.create(model="m", messages=[{"role": "user", "content": ASK}])
        with urlopen(log) as reply:
            (entry,) = json.load(reply)
        assert (entry["fault"], entry["row"], "body" in entry) == ("500", "0", False)
        with urlopen(Request(log.replace("/log", "/reset"), method="POST")), urlopen(log) as reply:
            assert json.load(reply) == []
