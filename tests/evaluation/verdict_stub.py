"""A judge of episodes that obeys every instruction outside JSON strings, and otherwise draws scores by name."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from social_world_model.scenarios.dimensions import DIMENSIONS

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_PERSON = re.compile(r'^\{"number": (\d+), "name": ("(?:[^"\\]|\\.)*"), "background and goal": ', re.MULTILINE)
_ORDERS = re.compile(r"score 10|ignore the rules|highest scores", re.IGNORECASE)


def people_of(prompt: str) -> list[str]:
    """Return the names of the people, by number."""
    found = _PERSON.findall(prompt)
    assert [int(number) for number, _ in found] == list(range(1, len(found) + 1))
    return [json.loads(name) for _, name in found]


def outside_strings(prompt: str) -> str:
    """Return a prompt without the content of its JSON strings."""
    return _STRING.sub('""', prompt)


def scores_of(name: str, prompt: str = "") -> dict[str, float]:
    """Return the highest scores if an instruction outside JSON strings asks for them.

    Otherwise, the first letter of the name decides.
    """
    if _ORDERS.search(outside_strings(prompt)):
        return {dimension: high for dimension, (_, high) in DIMENSIONS.items()}
    return {
        dimension: int(low) + hashlib.sha256(f"{name[0]} {dimension}".encode()).digest()[0] % int(high - low + 1)
        for dimension, (low, high) in DIMENSIONS.items()
    }


def entry_of(name: str, prompt: str = "") -> dict[str, Any]:
    """Return the part of a verdict about one person."""
    scores = scores_of(name, prompt)
    return {"name": name, **{one: {"why": f"As {name[0]} is.", "score": score} for one, score in scores.items()}}


def verdict_of(prompt: str) -> dict[str, Any]:
    """Return the verdict on the episode in a prompt."""
    return {f"person_{n}": entry_of(name, prompt) for n, name in enumerate(people_of(prompt), start=1)}


def is_for_judge(prompt: str) -> bool:
    """Return whether a prompt asks for a verdict."""
    return '"person_1": {"name"' in prompt


def verdict_reply(prompt: str) -> str:
    """Return the reply to a prompt for a judge, as JSON."""
    return json.dumps(verdict_of(prompt), ensure_ascii=False)
