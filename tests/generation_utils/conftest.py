from __future__ import annotations

import ssl
from collections.abc import Iterator
from functools import cache

import pytest

from social_world_model.contracts import Query
from social_world_model.generation_utils import answerer, prompts
from social_world_model.generation_utils.prompts import PROMPTS
from social_world_model.generation_utils.sections import PromptSpec
from social_world_model.registry import Registry


@pytest.fixture(scope="session", autouse=True)
def certificates_read_once() -> Iterator[None]:
    """Read the list of certificates once, not for each of hundreds of models: no test here speaks TLS."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


@pytest.fixture
def own_prompts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test register prompts that no other test sees."""
    registry: Registry[PromptSpec[Query]] = Registry("prompt", parameter="task")
    for name in PROMPTS.names():
        registry.register(name, PROMPTS.get(name))
    for module in (prompts, answerer):
        monkeypatch.setattr(module, "PROMPTS", registry)
