"""A judge of episodes: it scores all people in the form that the prompt asks for.

The scores are a function of the name of the person and of the instructions that the judge obeys. The stub obeys every
instruction that stands outside JSON strings.
"""

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
    """Return a prompt without its JSON strings."""
    return _STRING.sub('""', prompt)


def scores_of(name: str, prompt: str) -> dict[str, float]:
    """Return the highest scores if an instruction outside JSON strings asks for them, otherwise drawn scores."""
    if _ORDERS.search(outside_strings(prompt)):
        return {dimension: high for dimension, (_, high) in DIMENSIONS.items()}
    return {
        dimension: low + hashlib.sha256(f"{place} {dimension}".encode()).digest()[0] % int(high - low + 1)
        for place, (dimension, (low, high)) in zip(name[:1] * len(DIMENSIONS), DIMENSIONS.items(), strict=True)
    }


def verdict_of(prompt: str) -> dict[str, Any]:
    """Return the verdict on the episode in a prompt."""
    verdict = {}
    for number, name in enumerate(people_of(prompt), start=1):
        scores = scores_of(name, prompt)
        verdict[f"person_{number}"] = {
            "name": name,
            **{dimension: {"why": f"as {name[:1]} does", "score": score} for dimension, score in scores.items()},
        }
    return verdict


def is_for_judge(prompt: str) -> bool:
    """Return whether a prompt asks for a verdict."""
    return '"person_1": {"name"' in prompt


def verdict_reply(prompt: str) -> str:
    """Return the reply to a prompt for a judge, as JSON."""
    return json.dumps(verdict_of(prompt), ensure_ascii=False)
