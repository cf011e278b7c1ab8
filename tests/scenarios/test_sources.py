"""Mistakes in the scenarios of users are named before an episode starts."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.scenarios import MEMBERS, SCENARIOS, get_scenarios, register_scenario


def room(**changed: Any) -> Any:
    members = {**dict.fromkeys(MEMBERS), "id": "room", "cast": ("Ann", "Bob"), "seats": {"a": "Ann"}, **changed}
    return SimpleNamespace(**{name: value for name, value in members.items() if value != "missing"})


@pytest.mark.parametrize(
    ("scenarios", "error", "message"),
    [
        ([room(), room()], DatasetError, "different ids from the source mine, got 'room' twice"),
        ([room(step="missing")], ConfigurationError, "without step"),
        ([room(seats={"a": "Zed"})], ConfigurationError, r"people of the cast \(Ann, Bob\), got 'Zed'"),
    ],
)
def test_a_wrong_scenario_of_a_source_is_named(
    scenarios: Sequence[Any], error: type[Exception], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SCENARIOS, "_values", dict(SCENARIOS._values))
    register_scenario(SimpleNamespace(name="mine", load=lambda data: scenarios))
    with pytest.raises(error, match=message):
        get_scenarios("mine")
