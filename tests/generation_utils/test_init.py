from __future__ import annotations

import subprocess
import sys

import pytest

import social_world_model.generation_utils as room

SCRIPT = """
import socket, sys
def refuse(*args, **more):
    raise OSError("no network on import")
socket.socket.connect = socket.getaddrinfo = refuse
import social_world_model.generation_utils
import social_world_model.generation_utils.answerer
import social_world_model.generation_utils.scripted
heavy = {"pydantic_ai", "openai", "aiohttp", "httpx", "httpx2", "genai_prices", "logfire", "lark", "rich"}
heavy |= {"opentelemetry"}
print(sorted(heavy & {name.partition(".")[0] for name in sys.modules}))
"""

WITH_A_MODEL = """
import os, socket, sys
os.environ["OPENAI_API_KEY"] = "sk-test-0123456789"
def refuse(*args, **more):
    raise OSError("no network before a call")
socket.socket.connect = socket.getaddrinfo = refuse
from social_world_model.generation_utils import model_by_name
print(model_by_name("gpt-4o-2024-08-06").price(1000, 1000))
print(sorted({"logfire", "sentry_sdk", "posthog"} & {name.partition(".")[0] for name in sys.modules}))
"""


def python(script: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.splitlines()


def test_the_room_is_light_until_a_call_is_made() -> None:
    assert python(SCRIPT) == ["[]"]


def test_a_model_is_made_and_priced_without_network_and_tells_nobody() -> None:
    assert python(WITH_A_MODEL) == ["0.0125", "[]"]


@pytest.mark.parametrize("name", room.__all__)
def test_every_public_name_is_there_and_described(name: str) -> None:
    assert getattr(room, name).__doc__


def test_the_public_names_are_sorted_and_each_once() -> None:
    assert room.__all__ == sorted(set(room.__all__))
