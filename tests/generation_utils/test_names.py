from __future__ import annotations

import json
import os
import traceback
from pathlib import Path

import pytest

from social_world_model.errors import ConfigurationError, EndpointError
from social_world_model.generation_utils import LanguageModel, model_by_name
from social_world_model.generation_utils.model import Prompt
from social_world_model.generation_utils.names import OPENAI_URL, TOGETHER_URL, takes_base_url
from tests.generation_utils.endpoint import KEY, QUERIES, ROWS, Endpoint, Sent, quick, refused, run, said
from tests.server import FaultServer

LOCAL = "http://localhost:1/v1"


def url_of(model: LanguageModel) -> str:
    return str(model.model.base_url).rstrip("/")


def sent_key(model: LanguageModel) -> str:
    key = model.model.client.api_key  # type: ignore[attr-defined]
    assert isinstance(key, str)
    return key


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI", "TOGETHER", "CUSTOM", "VLLM"):
        monkeypatch.setenv(f"{name}_API_KEY", f"{KEY}-{name.lower()}")


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("name", "url", "asked_as", "key"),
    [
        ("o1-2024-12-17", OPENAI_URL, "o1-2024-12-17", "openai"),
        ("ft:gpt-4o-2024-08-06:org::id", OPENAI_URL, "ft:gpt-4o-2024-08-06:org::id", "openai"),
        ("openai:gpt-4o", OPENAI_URL, "gpt-4o", "openai"),
        ("openai-chat:gpt-4o", OPENAI_URL, "gpt-4o", "openai"),
        ("together_ai/deepseek-ai/DeepSeek-R1", TOGETHER_URL, "deepseek-ai/DeepSeek-R1", "together"),
        (f"custom/Qwen/Qwen3@{LOCAL}", LOCAL, "Qwen/Qwen3", "custom"),
        (f"custom/llama3:8b@{LOCAL}", LOCAL, "llama3:8b", "custom"),
        (f"custom/name@2024@{LOCAL}", LOCAL, "name@2024", "custom"),
    ],
)
def test_a_name_says_who_is_asked_where_and_with_which_key(name: str, url: str, asked_as: str, key: str) -> None:
    model = model_by_name(name)
    assert (model.name, url_of(model), model.model.model_name) == (name, url, asked_as)
    assert sent_key(model) == f"{KEY}-{key}"
    assert sent_key(model) in model.keys
    assert model.model.client.max_retries == 0  # type: ignore[attr-defined]
    assert KEY not in f"{model!r}"


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("gpt-4o", "OPENAI_API_KEY"),
        ("openai:gpt-4o", "OPENAI_API_KEY"),
        ("openai-chat:gpt-4o", "OPENAI_API_KEY"),
        ("together_ai/x", "TOGETHER_API_KEY"),
        ("together:x", "TOGETHER_API_KEY"),
        ("deepseek:x", "DEEPSEEK_API_KEY"),
    ],
)
@pytest.mark.parametrize("value", [None, "", " "])
def test_a_missing_or_empty_key_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, variable: str, value: str | None
) -> None:
    if value is not None:
        monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError) as caught:
        model_by_name(name)
    assert variable in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["sk-se cret", "sk-se\ncret", "sk-secrét", "sk-se\x00cret"])
def test_a_key_that_cannot_be_one_is_told_without_being_shown(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    if "\x00" not in key:
        monkeypatch.setenv("OPENAI_API_KEY", key)
    else:
        monkeypatch.setattr(os, "environ", {"OPENAI_API_KEY": key})
    for name in ("gpt-4o", "openai-chat:gpt-4o"):
        with pytest.raises(ConfigurationError, match="expected a key in the environment variable OPENAI_API_KEY") as e:
            model_by_name(name)
        assert "sk-se" not in str(e.value)


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "expected a model name"),
        (" ", "expected a model name"),
        ("gpt 4o", "expected a model name"),
        ("org/model", "expected a model name"),
        ("../model", "expected a model name"),
        ("together_ai/", "expected a name after together_ai/"),
        ("vllm/", "expected a name after vllm/"),
        ("custom/", "expected a name after custom/"),
        ("scripted/", "expected a name after scripted/"),
        ("nosuch:model", "cannot use the model 'nosuch:model': Unknown provider: nosuch"),
        ("llama3:8b", "cannot use the model 'llama3:8b': Unknown provider: llama3"),
        ("anthropic:claude", "install the `anthropic` package"),
        ("ollama:llama3", "OLLAMA_BASE_URL"),
        ("vllm:llama3", "VLLM_BASE_URL"),
        ("vllm/llama3", "a running server with base_url"),
        ("custom/model", "expected custom/NAME@URL"),
        ("custom/model@", "expected custom/NAME@URL"),
        (f"custom/@{LOCAL}", "expected custom/NAME@URL"),
        ("custom/model@localhost:8000", "expected custom/NAME@URL"),
        ("custom/model@ftp://host/v1", "expected custom/NAME@URL"),
        ("custom/model@http://", "expected an address"),
        ("custom/model@http://host:port/v1", "expected an address"),
        ("custom/model@http://host:99999/v1", "expected an address"),
        ("custom/model@http://[host/v1", "expected an address"),
        ("custom/model@http://ho st/v1", "expected an address"),
        (
            "custom/model@http://user:hunter2@host/v1",
            "a user name, password or query, got such a part for host",
        ),
        ("custom/model@http://user:hunter2@host:x/v1", "expected an address"),
        ("custom/model@http:/user:hunter2@host/v1", "expected"),
        (
            "custom/model@http://host/v1?api_key=hunter2",
            "a user name, password or query, got such a part for host",
        ),
        ("custom/model@htp://user:hunter2@host/v1?k=hunter2", "expected custom/NAME@URL"),
    ],
)
def test_a_name_that_means_nothing_is_one_line_and_no_secret_stands_in_it(name: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        model_by_name(name)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["nonsense", "http://user:hunter2@host/v1", "http://user:hunter2@host:x/v1"])
@pytest.mark.parametrize("name", ["gpt-4o", "openai:gpt-4o", "openai-chat:gpt-4o", "vllm/x"])
@pytest.mark.usefixtures("keys")
def test_an_address_from_the_environment_is_checked_too(monkeypatch: pytest.MonkeyPatch, name: str, url: str) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    monkeypatch.setenv("VLLM_BASE_URL", url)
    with pytest.raises(ConfigurationError, match="expected an address") as caught:
        model_by_name(name)
    assert "hunter2" not in str(caught.value)


@pytest.mark.usefixtures("keys")
def test_an_address_comes_from_the_option_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://one/v1")
    monkeypatch.setenv("VLLM_BASE_URL", "http://two/v1")
    assert url_of(model_by_name("gpt-4o")) == url_of(model_by_name("openai-chat:gpt-4o")) == "http://one/v1"
    assert url_of(model_by_name("vllm/x")) == "http://two/v1"
    assert url_of(model_by_name("gpt-4o", LOCAL)) == url_of(model_by_name("vllm/x", LOCAL)) == LOCAL
    assert url_of(model_by_name(f"custom/x@{LOCAL}")) == LOCAL


@pytest.mark.parametrize("empty", ["", " "])
@pytest.mark.parametrize("name", ["gpt-4o", "openai:gpt-4o", "openai-chat:gpt-4o"])
@pytest.mark.usefixtures("keys")
def test_an_empty_address_in_the_environment_is_none(monkeypatch: pytest.MonkeyPatch, name: str, empty: str) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", empty)
    monkeypatch.setenv("VLLM_BASE_URL", empty)
    assert url_of(model_by_name(name)) == OPENAI_URL
    with pytest.raises(ConfigurationError, match="VLLM_BASE_URL"):
        model_by_name("vllm/x")


def test_an_endpoint_of_ones_own_needs_no_key() -> None:
    for name, base_url in ((f"custom/x@{LOCAL}", None), ("vllm/x", LOCAL), ("gpt-4o", LOCAL)):
        model = model_by_name(name, base_url)
        assert model.keys == ()
        assert sent_key(model) == "not-needed"


@pytest.mark.parametrize("name", ["gpt-4o", "openai-chat:gpt-4o", "vllm/x", "vllm:x", "custom"])
def test_every_kind_of_name_works_over_a_socket_and_keeps_its_key_to_itself(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("SOME_OTHER_TOKEN", "1")  # too short for a secret: it would be taken out of every message
    problems: list[str] = []
    with FaultServer(ROWS, personalities=["unauthorised"]) as bad, FaultServer(ROWS) as good:
        for server in (good, bad):
            monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
            monkeypatch.setenv("VLLM_BASE_URL", server.base_url)
            for variable in ("OPENAI_API_KEY", "VLLM_API_KEY", "CUSTOM_API_KEY"):
                monkeypatch.setenv(variable, KEY)
            model = model_by_name(f"custom/x@{server.base_url}" if name == "custom" else name)
            work = quick(on_problem=problems.append).complete(
                model, Prompt(text=f"{QUERIES[0].narrative}\n{QUERIES[0].question}")
            )
            if server is good:
                assert ROWS[0]["answer"] in run(model, work).text
            else:
                with pytest.raises(EndpointError, match=r"Incorrect API key provided: \[key\]") as caught:
                    run(model, work)
                assert KEY not in "".join(traceback.format_exception(caught.value))
    assert len(bad.log) == 1
    assert problems == []  # it is the error that tells


def test_clients_of_pydantic_ai_do_not_try_again_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(refused(500, "x"), said("y")) as endpoint:
        monkeypatch.setenv("VLLM_BASE_URL", endpoint.base_url)
        calls = quick(tries=2)
        model = model_by_name("vllm:x")
        assert run(model, calls.complete(model, Prompt(text="Hello"))).text == "y"
    assert (len(endpoint.bodies), calls.retries) == (2, 1)


def test_a_scripted_model_is_free_and_known_by_its_file(tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text(json.dumps({"reply": "box"}))
    model = model_by_name(f"scripted/{file}")
    assert (model.name, model.free, model.price(10**6, 10**6)) == (f"scripted/{file}", True, 0.0)


@pytest.mark.parametrize(
    ("name", "takes"),
    [
        ("gpt-4o", True),
        ("ft:gpt-4o:x", True),
        ("vllm/x", True),
        ("vllm", True),
        ("custom/x@http://host/v1", False),
        ("together_ai/x", False),
        ("scripted/x", False),
        ("openai:gpt-4o", False),
        ("huggingface:Qwen/Qwen3", False),
    ],
)
def test_base_url_means_something_for_bare_names_and_vllm(name: str, takes: bool) -> None:
    assert takes_base_url(name) == takes


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("claude-3-5-sonnet-latest", "anthropic:claude-3-5-sonnet-latest"),
        ("gemini-2.5-pro", "google:gemini-2.5-pro"),
        ("mistral-large-latest", "mistral:mistral-large-latest"),
        ("deepseek-chat", "deepseek:deepseek-chat"),
        ("openai/gpt-4o", "openai:gpt-4o"),
        ("anthropic/claude-3-5-haiku", "anthropic:claude-3-5-haiku"),
        ("google/gemini-2.5-pro", "google:gemini-2.5-pro"),
        ("google/gemma-3-27b-it", "vllm/google/gemma-3-27b-it"),
        ("openrouter/meta-llama/llama-3-8b", "openrouter:meta-llama/llama-3-8b"),
        ("ollama/llama3.2", "custom/llama3.2@URL"),
        ("meta-llama/Llama-3.1-8B-Instruct", "together_ai/meta-llama/Llama-3.1-8B-Instruct"),
        ("llama3.2", "custom/llama3.2@URL"),
    ],
)
def test_a_name_of_another_tool_is_answered_with_its_form_here(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigurationError) as caught:
        model_by_name(name)
    assert f" {meant}" in str(caught.value)
    assert "OPENAI_API_KEY" not in str(caught.value)


@pytest.mark.parametrize("name", ["claude-3-5-sonnet-latest", "llama3.2"])
def test_with_an_address_a_bare_name_is_used_as_it_is(name: str) -> None:
    assert model_by_name(name, "http://localhost:1/v1").name == name


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        ("ollama:qwen3", {"OLLAMA_BASE_URL": "{url}", "OLLAMA_API_KEY": KEY}),
        (
            "azure:gpt-4o",
            {"AZURE_OPENAI_ENDPOINT": "{url}", "AZURE_OPENAI_API_KEY": KEY, "OPENAI_API_VERSION": "2024-10-21"},
        ),
    ],
)
def test_replies_of_providers_with_the_api_of_openai_are_read_leniently(
    monkeypatch: pytest.MonkeyPatch, name: str, variables: dict[str, str]
) -> None:
    odd = {"choices": [{"message": {"role": None, "content": [{"type": "text", "text": "yes"}]}}], "usage": None}
    with Endpoint(Sent(body=odd)) as endpoint:
        for variable, value in variables.items():
            monkeypatch.setenv(variable, value.format(url=endpoint.base_url))
        model = model_by_name(name)
        completion = run(model, quick().complete(model, Prompt(text="Hello")))
    assert completion.text == "yes"
    assert len(endpoint.bodies) == 1
