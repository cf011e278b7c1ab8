from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from social_world_model.errors import ConfigurationError, EndpointError, GenerationError, UnparsableOutputError
from social_world_model.generation_utils import (
    CallLimit,
    Calls,
    LanguageModel,
    PydanticOutputParser,
    agenerate,
    close_models,
    model_by_name,
)
from social_world_model.generation_utils import vllm_api as api_module
from social_world_model.generation_utils.clients import Clients
from social_world_model.generation_utils.model import Completion, Prompt
from social_world_model.generation_utils.names import keyless, runs_here
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.structured import generate_until_fit
from social_world_model.generation_utils.vllm_engine import keep_loaded
from social_world_model.settings import RunSettings
from tests.generation_utils import fake_vllm
from tests.generation_utils.endpoint import quick, run
from tests.generation_utils.fake_vllm import EngineDeadError, FakeVllm, MistralTokenizer, PlainTokenizer

LOCAL = "http://localhost:1/v1"


class Runtime(BaseModel):
    place: str


@pytest.fixture
def vllm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeVllm]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    api_module.log.cache_clear()
    yield fake_vllm.installed(monkeypatch)
    api_module.log().close()
    api_module.log.cache_clear()
    api_module.api.cache_clear()


def ask(
    text: str = "Where?", model: LanguageModel | None = None, calls: Calls | None = None, **more: object
) -> Completion:
    model = model or model_by_name("vllm/org/m")
    return run(model, (calls or quick()).complete(model, Prompt(text=text, **more)))  # type: ignore[arg-type]


def test_a_model_is_loaded_once_for_many_calls_that_are_made_together(vllm: FakeVllm) -> None:
    told: list[str] = []
    calls = quick(limit=CallLimit(10), on_problem=told.append)
    model = model_by_name("vllm/org/m")

    async def all_at_once() -> list[Completion]:
        return await asyncio.gather(*(calls.complete(model, Prompt(text=f"{n}")) for n in range(30)))

    replies = run(model, all_at_once())
    assert {one.text for one in replies} == {'{"place": "box"}'}
    assert (len(vllm.loaded), len(vllm.asked), vllm.most_at_once) == (1, 30, 10)
    assert vllm.shut_down == ["org/m"]
    assert len(told) == 1
    assert "vllm/org/m: the model is being loaded" in told[0]


def test_what_vllm_says_is_not_in_the_terminal(vllm: FakeVllm, capfd: pytest.CaptureFixture[str]) -> None:
    ask()
    assert capfd.readouterr() == ("", "")


def test_the_engine_has_a_thread_of_its_own(vllm: FakeVllm) -> None:
    ask()
    assert vllm.threads == {"vllm/org/m"}


def test_two_models_of_one_name_share_an_engine_that_ends_with_the_last(vllm: FakeVllm) -> None:
    async def both() -> None:
        one, other = model_by_name("vllm/m"), model_by_name("vllm/m")
        calls = quick()
        await asyncio.gather(*(calls.complete(model, Prompt(text="x")) for model in (one, other)))
        await one.close()
        await one.close()
        assert vllm.shut_down == []
        await calls.complete(other, Prompt(text="y"))
        await other.close()

    asyncio.run(both())
    assert (len(vllm.loaded), vllm.shut_down) == (1, ["m"])


def test_other_arguments_make_another_engine(vllm: FakeVllm) -> None:
    for length in (100, 200):
        ask(model=model_by_name("vllm/m", vllm_args={"max_model_len": length, "dtype": "float16"}))
    assert [(args.max_model_len, args.dtype, args.model) for args in vllm.loaded] == [
        (100, "float16", "m"),
        (200, "float16", "m"),
    ]
    assert all(args.disable_log_stats for args in vllm.loaded)


def test_runs_in_a_row_share_an_engine_until_another_is_needed(vllm: FakeVllm) -> None:
    with keep_loaded():
        ask(model=model_by_name("vllm/a"))
        ask(model=model_by_name("vllm/a"))
        assert (len(vllm.loaded), vllm.shut_down) == (1, [])
        ask(model=model_by_name("vllm/b"))
        assert vllm.shut_down == ["a"]
    assert vllm.shut_down == ["a", "b"]


def test_an_engine_serves_any_event_loop(vllm: FakeVllm) -> None:
    async def once() -> str:
        value = await agenerate("vllm/m", "Where?", {}, PydanticOutputParser(Runtime), structured_output=True)
        return value.place

    with keep_loaded():
        assert [asyncio.run(once()), asyncio.run(once())] == ["box", "box"]
        assert len(vllm.loaded) == 1


def test_close_models_shuts_it_down(vllm: FakeVllm) -> None:
    async def once() -> None:
        await agenerate("vllm/m", "Where?", {}, PydanticOutputParser(Runtime), structured_output=True)
        await close_models()

    asyncio.run(once())
    assert vllm.shut_down == ["m"]


def test_a_model_that_was_never_called_is_never_loaded(vllm: FakeVllm) -> None:
    asyncio.run(model_by_name("vllm/m").close())
    assert (vllm.loaded, vllm.shut_down) == ([], [])


def test_a_form_is_sent_as_its_schema(vllm: FakeVllm) -> None:
    ask(shape=Runtime)
    form = vllm.asked[0].structured_outputs
    assert form is not None
    assert form.json is not None
    assert (form.json["required"], form.json["properties"]["place"]["type"]) == (["place"], "string")
    assert vllm.prompts == [f"<user>{format_instructions(Runtime)}\n\nWhere?<assistant>"]


def test_free_text_has_no_form(vllm: FakeVllm) -> None:
    ask()
    assert vllm.asked[0].structured_outputs is None


def test_how_a_reply_is_drawn_is_passed_on(vllm: FakeVllm) -> None:
    ask(temperature=0.3, seed=5, max_output_tokens=7)
    params = vllm.asked[0]
    assert (params.temperature, params.seed, params.max_tokens, params.output_kind) == (0.3, 5, 7, "final only")


def test_what_is_not_said_is_the_models_own_and_a_reply_may_take_all_the_room(vllm: FakeVllm) -> None:
    vllm.own = {"temperature": 0.6, "top_p": 0.95}
    ask("Hi")
    params = vllm.asked[0]
    room = 1000 - len("<user>Hi<assistant>")
    assert (params.temperature, params.top_p, params.seed, params.max_tokens) == (0.6, 0.95, None, room)
    ask("Hi", max_output_tokens=5000)
    assert vllm.asked[1].max_tokens == room


def test_a_reply_has_a_default_cap_that_the_request_or_the_model_replaces(vllm: FakeVllm) -> None:
    def model() -> LanguageModel:
        return model_by_name("vllm/org/m", vllm_args={"max_model_len": 100_000})

    ask("Hi", model())
    ask("Hi", model(), max_output_tokens=20_000)
    vllm.own = {"max_tokens": 10_000}
    ask("Hi", model())
    assert [params.max_tokens for params in vllm.asked] == [8192, 20_000, 10_000]


def test_a_seed_is_not_sent_if_the_temperature_is_0(vllm: FakeVllm) -> None:
    ask(temperature=0.0, seed=5)
    ask(temperature=0.5, seed=5)
    ask(seed=5)
    assert [params.seed for params in vllm.asked] == [None, 5, 5]


def test_conversations_are_tokenised_outside_the_event_loop_of_the_engine(vllm: FakeVllm) -> None:
    ask("Hi")
    assert {thread.partition("_")[0] for thread in vllm.tokenizer.threads} == {"swm-tokenizer"}


@pytest.mark.parametrize(("batch_size", "expected"), [(None, 256), (3, 3), (300, 300)])
def test_concurrency_is_256_unless_batch_size_is_set(vllm: FakeVllm, batch_size: int | None, expected: int) -> None:
    clients = Clients(RunSettings(benchmark="tomi", batch_size=batch_size))
    clients.model("vllm/m")
    clients.set_concurrency()
    assert (clients.calls.limit.size, clients.calls.limit.in_flight) == (expected, 0)


def test_an_endpoint_beside_vllm_keeps_the_concurrency_of_endpoints(vllm: FakeVllm) -> None:
    clients = Clients(RunSettings(benchmark="tomi"))
    clients.model("vllm/m")
    clients.model("custom/m@http://127.0.0.1:9/v1")
    clients.set_concurrency()
    assert clients.calls.limit.size == 8


def test_usage_is_counted_in_tokens_and_costs_nothing(vllm: FakeVllm) -> None:
    usage = ask("Hi").usage
    assert (usage.input_tokens, usage.output_tokens) == (len("<user>Hi<assistant>"), len(vllm.text))
    assert usage.cost == 0.0
    assert model_by_name("vllm/m").price(10**6, 10**6) == 0.0


def test_a_reply_that_is_cut_off_says_so(vllm: FakeVllm) -> None:
    vllm.finish_reason = "length"
    assert ask().finish_reason == "length"


def test_thoughts_are_told_apart_where_no_form_is_asked_for(vllm: FakeVllm) -> None:
    for text in ("<think>\nA or B?\n</think>\n\nB", "A or B?</think>B"):
        vllm.text = text
        completion = ask()
        assert (completion.thinking, completion.text) == ("A or B?", "B")


def test_without_a_chat_template_the_prompt_is_plain_text(vllm: FakeVllm) -> None:
    vllm.tokenizer = PlainTokenizer()
    ask(retries=(("box", "That cannot be read."),))
    assert vllm.prompts == ["\0Where?\n\nbox\n\nThat cannot be read."]


def test_a_conversation_goes_through_the_chat_template(vllm: FakeVllm) -> None:
    ask(retries=(("box", "That cannot be read."),))
    assert vllm.prompts == ["<user>Where?<assistant>box<user>That cannot be read.<assistant>"]


def test_a_tokenizer_that_gives_tokens_at_once_is_understood(vllm: FakeVllm) -> None:
    vllm.tokenizer = MistralTokenizer()
    assert ask().usage.input_tokens == 3


def test_a_prompt_that_is_too_long_fails_alone(vllm: FakeVllm) -> None:
    model, calls = model_by_name("vllm/m"), quick()

    async def both() -> list[Completion | BaseException]:
        asked = (calls.complete(model, Prompt(text=text)) for text in ("short", "x" * 1000))
        return await asyncio.gather(*asked, return_exceptions=True)

    short, long = run(model, both())
    assert isinstance(short, Completion)
    assert isinstance(long, GenerationError) and not isinstance(long, EndpointError)
    assert "1017 tokens" in str(long) and "vllm_args max_model_len=2034" in str(long) and "\n" not in str(long)
    assert (len(vllm.asked), calls.retries, calls.stopped) == (1, 0, False)


def test_a_form_that_is_not_taken_goes_into_the_prompt(vllm: FakeVllm) -> None:
    refused: list[str] = []

    def refuse(text: str) -> None:
        if not refused:
            refused.append(text)
            raise fake_vllm.VLLMClientError("Grammar error: unknown keyword")

    vllm.on_generate = refuse
    model = model_by_name("vllm/m")
    parser = PydanticOutputParser(Runtime)
    made = run(model, generate_until_fit(model, Prompt(text="Where?", shape=Runtime), parser, quick(), "answer"))
    assert (made.value.place, model.capabilities.tier) == ("box", "json")
    form = vllm.asked[-1].structured_outputs
    assert form is not None and form.json_object is True and form.json is None


def test_a_reply_that_does_not_fit_goes_back_to_the_same_model(vllm: FakeVllm) -> None:
    vllm.text = '{"room": 1}'
    model = model_by_name("vllm/m")
    parser = PydanticOutputParser(Runtime)
    with pytest.raises(UnparsableOutputError, match="asked 5 times"):
        run(model, generate_until_fit(model, Prompt(text="Where?", shape=Runtime), parser, quick(), "answer"))
    assert len(vllm.loaded) == 1


def test_an_engine_that_dies_stops_the_run_and_the_next_one_has_another(vllm: FakeVllm) -> None:
    def die(text: str) -> None:
        with api_module.log().path.open("a") as file:  # which the engine's process has as its standard error
            file.write("Traceback (most recent call last):\n  f()\nRuntimeError: CUDA error: an illegal access\n")
        raise EngineDeadError("see above")

    vllm.on_generate = die
    with pytest.raises(
        EndpointError,
        match=r"vllm/org/m: the vLLM engine has died \(CUDA error: an illegal access\); the full log is in \S+\.log",
    ):
        ask()
    vllm.on_generate = lambda _: None
    assert ask().text == vllm.text
    assert len(vllm.loaded) == 2


def test_any_other_fault_of_the_engine_is_tried_again(vllm: FakeVllm) -> None:
    faults = iter([RuntimeError("a hiccup")])

    def once(text: str) -> None:
        for fault in faults:
            raise fault

    vllm.on_generate = once
    calls = quick()
    assert ask(calls=calls).text == vllm.text
    assert calls.retries == 1


def test_a_call_that_takes_too_long_is_taken_back(vllm: FakeVllm) -> None:
    vllm.pause = 30
    with pytest.raises(EndpointError, match="no reply within"):
        ask(calls=quick(timeout=0.05, limit=CallLimit(1)))
    assert vllm.aborted == len(vllm.asked) > 0


def test_loading_takes_no_time_from_the_first_call(vllm: FakeVllm) -> None:
    import time

    vllm.on_load = lambda _: time.sleep(1.2)
    assert ask(calls=quick(timeout=1.0)).text == vllm.text


@pytest.mark.parametrize(
    ("error", "said", "message"),
    [
        (
            ValueError("Free memory on device cuda:0 (1.0/80.0 GiB) on startup is less than desired (0.9)."),
            "",
            r"expected enough memory for vllm/org/m, .*\(Free memory on device cuda:0 .*gpu_memory_utilization=0.8 .*"
            r"max_model_len=4096",
        ),
        (
            RuntimeError("Engine core initialization failed. See root cause above. Failed core proc(s): {}"),
            "(EngineCore pid=1) ERROR 11-23 10:00:00 [core.py:1] Traceback (most recent call last):\n"
            '(EngineCore pid=1) ERROR 11-23 10:00:00 [core.py:1]   File "x.py", line 1, in f\n'
            "(EngineCore pid=1) ERROR 11-23 10:00:00 [core.py:1] ValueError: To serve at least one request, (4 GiB KV "
            "cache is needed, which is larger than the available KV cache memory (1 GiB).\n",
            "expected enough memory for vllm/org/m, .*larger than the available KV cache memory",
        ),
        (
            RuntimeError("Engine core initialization failed. See root cause above."),
            "Traceback (most recent call last):\n  f()\ntorch.OutOfMemoryError: CUDA out of memory. Tried 2 GiB.\n",
            r"expected enough memory for vllm/org/m, got too little \(CUDA out of memory",
        ),
        (
            ValueError(
                "1 validation error for ModelConfig\n  Value error, User-specified max_model_len (9) is greater than "
                "the derived max_model_len (8). To allow overriding [type=value_error, input_value=1]\n  See https://errors.pydantic.dev"
            ),
            "",
            r"expected vllm_args max_model_len within the limit of vllm/org/m: User-specified max_model_len \(9\) is "
            r"greater than the derived max_model_len \(8\)$",
        ),
        (
            RuntimeError("Engine core initialization failed."),
            "WARNING nothing\nTraceback (most recent call last):\n  f()\nKeyError: 'layer 3'\n",
            "vLLM cannot load vllm/org/m: 'layer 3'; the full log is in ",
        ),
        (
            OSError("org/m is not a local folder\nand no model of the hub."),
            "",
            "cannot load vllm/org/m: org/m is not a",
        ),
        (
            ImportError("No module named 'einops'"),
            "",
            "a package that vLLM needs for vllm/org/m is missing .*uv sync --extra",
        ),
    ],
    ids=["memory here", "cache there", "memory there", "length", "something there", "no such model", "import"],
)
def test_what_keeps_a_model_from_being_loaded_is_one_clear_line(
    vllm: FakeVllm, error: Exception, said: str, message: str
) -> None:
    def fail(_: object) -> None:
        os.write(2, said.encode())
        raise error

    vllm.on_load = fail
    with pytest.raises(ConfigurationError, match=message) as caught:
        ask()
    assert "\n" not in str(caught.value)
    assert vllm.asked == []
    vllm.on_load = lambda _: None
    assert ask().text == vllm.text  # and the next one may succeed


def test_all_who_wait_for_a_load_hear_that_it_failed(vllm: FakeVllm) -> None:
    def fail(_: object) -> None:
        raise ValueError("CUDA out of memory")

    vllm.on_load = fail
    model, calls = model_by_name("vllm/m"), quick()

    async def three() -> list[Completion | BaseException]:
        return await asyncio.gather(*(calls.complete(model, Prompt(text="x")) for _ in "abc"), return_exceptions=True)

    assert [type(one) for one in run(model, three())] == [ConfigurationError] * 3
    assert len(vllm.loaded) == 1


def test_an_argument_that_the_engine_does_not_know_is_refused(vllm: FakeVllm) -> None:
    with pytest.raises(ConfigurationError, match="'max_modle_len'; did you mean max_model_len"):
        ask(model=model_by_name("vllm/m", vllm_args={"max_modle_len": 5}))
    assert vllm.loaded == []


def test_without_vllm_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(ConfigurationError, match="vLLM is not installed: run `uv sync --extra training`") as caught:
        model_by_name("vllm/org/m")
    assert "base_url" in str(caught.value) and "\n" not in str(caught.value)
    with keyless():
        assert model_by_name("vllm/org/m").price(1, 1) == 0.0  # a dry run needs none


def test_an_address_goes_before_this_process(vllm: FakeVllm, monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(model_by_name("vllm/m", LOCAL).model.base_url).rstrip("/") == LOCAL
    assert runs_here("vllm/m") and not runs_here("vllm/m", LOCAL) and not runs_here("gpt-4o")
    monkeypatch.setenv("VLLM_BASE_URL", LOCAL)
    assert str(model_by_name("vllm/m").model.base_url).rstrip("/") == LOCAL
    assert not runs_here("vllm/m")
    assert vllm.loaded == []


def test_a_model_that_is_closed_while_it_is_loaded_is_given_up(vllm: FakeVllm) -> None:
    import threading
    import time

    begun = threading.Event()

    def slowly(_: object) -> None:
        begun.set()
        time.sleep(0.2)

    vllm.on_load = slowly

    async def interrupted() -> None:
        model = model_by_name("vllm/m")
        call = asyncio.ensure_future(quick().complete(model, Prompt(text="x")))
        while not begun.is_set():
            await asyncio.sleep(0.01)
        call.cancel()
        await model.close()
        assert call.cancelled() or call.done()

    asyncio.run(interrupted())
    assert (vllm.shut_down, vllm.asked) == (["m"], [])
    vllm.on_load = lambda _: None
    assert ask(model=model_by_name("vllm/m")).text == vllm.text
