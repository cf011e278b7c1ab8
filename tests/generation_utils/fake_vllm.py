"""A stand-in for vLLM with just what of it is used, put where `import` looks first."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any, Self

import pytest

from social_world_model.generation_utils import vllm_api, vllm_engine


class EngineDeadError(Exception):
    pass


class VLLMClientError(Exception):
    pass


@dataclass
class AsyncEngineArgs:
    model: str
    disable_log_stats: bool = False
    max_model_len: int = 1000
    dtype: str = "auto"
    enforce_eager: bool = False
    gpu_memory_utilization: float = 0.9
    tokenizer: str | None = None


@dataclass
class SamplingParams:
    temperature: float = 1.0
    top_p: float = 1.0
    seed: int | None = None
    max_tokens: int | None = 16
    output_kind: str = "cumulative"
    structured_outputs: StructuredOutputsParams | None = None


@dataclass
class StructuredOutputsParams:
    json: dict[str, Any] | None = None
    json_object: bool | None = None


class Tokenizer:
    """One token per character; a template as in ``<user>…<assistant>``."""

    chat_template: str | None = "a template"

    def __init__(self) -> None:
        self.threads: set[str] = set()

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        self.threads.add(threading.current_thread().name)
        return [*([0] if add_special_tokens else []), *map(ord, text)]

    def apply_chat_template(
        self, messages: list[dict[str, str]], *, tokenize: bool, add_generation_prompt: bool
    ) -> str | list[int]:
        assert not tokenize and add_generation_prompt
        return "".join(f"<{one['role']}>{one['content']}" for one in messages) + "<assistant>"


class PlainTokenizer(Tokenizer):
    chat_template = None


class MistralTokenizer(Tokenizer):
    """Has no template that could be seen, and gives tokens at once."""

    chat_template = None

    def apply_chat_template(self, messages: list[dict[str, str]], **_: Any) -> list[int]:
        return [1, 2, 3]


@dataclass
class FakeVllm:
    """What happened, and what is to happen.

    Attributes
    ----------
    loaded, asked, prompts, shut_down
        Arguments of each load; parameters and prompt of each call; names of what was shut down.
    threads
        In which threads.
    most_at_once
        Largest number of calls under way together.
    on_load, on_generate
        Called then; may raise.
    tokenizer, text, finish_reason, own, pause
        Of what the model says.
    """

    loaded: list[AsyncEngineArgs] = field(default_factory=list)
    asked: list[SamplingParams] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    shut_down: list[str] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    aborted: int = 0
    active: int = 0
    most_at_once: int = 0
    on_load: Callable[[AsyncEngineArgs], None] = lambda _: None
    on_generate: Callable[[str], None] = lambda _: None
    tokenizer: Tokenizer = field(default_factory=Tokenizer)
    text: str = '{"place": "box"}'
    finish_reason: str = "stop"
    own: dict[str, Any] = field(default_factory=dict)
    pause: float = 0.01

    def engine(self) -> type:
        fake = self

        class AsyncLLM:
            def __init__(self, args: AsyncEngineArgs) -> None:
                self.args = args
                self.model_config = SimpleNamespace(
                    max_model_len=args.max_model_len, get_diff_sampling_param=lambda: dict(fake.own)
                )

            @classmethod
            def from_engine_args(cls, args: AsyncEngineArgs) -> Self:
                asyncio.get_running_loop()
                fake.loaded.append(args)
                fake.threads.add(threading.current_thread().name)
                os.write(2, b"INFO hundreds of lines\n")  # as another process would
                fake.on_load(args)
                return cls(args)

            def get_tokenizer(self) -> Tokenizer:
                return fake.tokenizer

            async def generate(
                self, prompt: dict[str, list[int]], params: SamplingParams, request_id: str
            ) -> AsyncIterator[Any]:
                text = "".join(map(chr, prompt["prompt_token_ids"]))
                fake.asked.append(params)
                fake.prompts.append(text)
                fake.threads.add(threading.current_thread().name)
                fake.active += 1
                fake.most_at_once = max(fake.most_at_once, fake.active)
                try:
                    fake.on_generate(text)
                    await asyncio.sleep(fake.pause)
                except asyncio.CancelledError:
                    fake.aborted += 1
                    raise
                finally:
                    fake.active -= 1
                tokens = [ord(char) for char in fake.text]
                reply = SimpleNamespace(text=fake.text, token_ids=tokens, finish_reason=fake.finish_reason)
                yield SimpleNamespace(outputs=[reply])

            def shutdown(self) -> None:
                fake.shut_down.append(self.args.model)

        return AsyncLLM


def installed(monkeypatch: pytest.MonkeyPatch) -> FakeVllm:
    """Let `import vllm` find a stand-in; no engine outlives a test."""
    fake = FakeVllm()
    parts: dict[str, dict[str, Any]] = {
        "vllm": {},
        "vllm.exceptions": {"VLLMClientError": VLLMClientError},
        "vllm.engine": {},
        "vllm.engine.arg_utils": {"AsyncEngineArgs": AsyncEngineArgs},
        "vllm.sampling_params": {
            "SamplingParams": SamplingParams,
            "StructuredOutputsParams": StructuredOutputsParams,
            "RequestOutputKind": SimpleNamespace(FINAL_ONLY="final only"),
        },
        "vllm.v1": {},
        "vllm.v1.engine": {},
        "vllm.v1.engine.async_llm": {"AsyncLLM": fake.engine()},
        "vllm.v1.engine.exceptions": {"EngineDeadError": EngineDeadError},
    }
    for name, members in parts.items():
        module = ModuleType(name)
        module.__dict__.update(members)
        monkeypatch.setitem(sys.modules, name, module)
    vllm_api.api.cache_clear()
    monkeypatch.setattr(vllm_engine, "_ENGINES", {})
    monkeypatch.delenv("VLLM_BASE_URL", raising=False)
    for variable in ("VLLM_LOGGING_STREAM", "VLLM_NO_USAGE_STATS"):
        monkeypatch.setenv(variable, "")  # what is set by `api` goes again
    return fake
