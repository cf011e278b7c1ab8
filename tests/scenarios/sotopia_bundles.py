"""Small bundles in SOTOPIA's format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def person(pk: str, first: str, last: str = "", **fields: Any) -> dict[str, Any]:
    return {
        "pk": pk,
        "first_name": first,
        "last_name": last,
        "age": 30,
        "occupation": f"job of {pk}",
        "gender": "Woman",
        "gender_pronoun": "She/her",
        "public_info": f"public of {pk}",
        "moral_values": [f"moral of {pk}", "Care/Harm"],
        "personality_and_values": f"personality of {pk}",
        "decision_making_style": f"style of {pk}",
        "secret": f"secret of {pk}",
        **fields,
    }


def environment(pk: str, **fields: Any) -> dict[str, Any]:
    return {
        "pk": pk,
        "codename": f"code_{pk}",
        "scenario": f"Two people meet in {pk}",
        "agent_goals": [f"first goal of {pk}", f"second goal of {pk}"],
        "relationship": 3,
        **fields,
    }


def bundle(*, people: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    """Return a bundle with one environment and one cast: the first two people."""
    cast = [person("a", "Ann", "Lee"), person("b", "Bob")] if people is None else people
    return {
        "environments": {"e": environment("e", **fields)},
        "agents": {one["pk"]: one for one in cast},
        "env_agent_combos": [{"pk": "c", "env_id": "e", "agent_ids": [one["pk"] for one in cast]}],
    }


def written(folder: Path, data: Any, name: str = "bundle.json") -> Path:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path
