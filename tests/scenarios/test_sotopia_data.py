"""Bundles and lists of seats that cannot be used: one typed error each, with the path of the field."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from social_world_model.errors import DatasetError
from social_world_model.scenarios import sotopia_data
from social_world_model.scenarios.sotopia_data import read_bundle, read_seats
from tests.scenarios.sotopia_bundles import bundle, environment, person, written

Change = Callable[[dict[str, Any]], Any]


def test_entries_can_be_lists_and_optional_fields_can_be_missing(tmp_path: Path) -> None:
    data = {
        "environments": [{"pk": "e", "scenario": "They meet", "agent_goals": ["x", "y"]}],
        "agents": [{"pk": "a", "first_name": "Zoë"}, {"pk": "b", "last_name": "of and: Ann", "age": float("nan")}],
        "env_agent_combos": {"c": {"env_id": "e", "agent_ids": ["b", "a"]}},
        "another": 1,
    }
    (cast,) = read_bundle(written(tmp_path, data))
    assert (cast.environment.codename, cast.environment.relationship) == ("e", 0)
    assert [(one.name, one.age, one.secret) for one in cast.people] == [("of and: Ann", "", ""), ("Zoë", "", "")]


def test_a_bundle_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle(relationship="4")), encoding="utf-8-sig")
    assert read_bundle(path)[0].environment.relationship == 4


def set_in(name: str, **fields: Any) -> Change:
    def change(data: dict[str, Any]) -> None:
        (data[name][0] if isinstance(data[name], list) else next(iter(data[name].values()))).update(fields)

    return change


def listed_twice(name: str) -> Change:
    def change(data: dict[str, Any]) -> None:
        entries = data[name] if isinstance(data[name], list) else [*data[name].values()]
        data[name] = [*entries, entries[0]]

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data["agents"].pop("b"), r"env_agent_combos\[0\].agent_ids\[1\]: expected the id .* got 'b'"),
        (
            lambda data: data["environments"].update({"f": data["environments"].pop("e")}),
            r"environments.f.pk: expected 'f', as the name of the entry, got 'e'",
        ),
        (set_in("env_agent_combos", env_id="E"), r"env_agent_combos\[0\].env_id: .* got 'E'; did you mean e\?"),
        (set_in("env_agent_combos", env_id=None), r"env_agent_combos\[0\].env_id: .* got no id"),
        (set_in("env_agent_combos", env_id=["e"]), r"env_id: .* got \['e'\]"),
        (set_in("env_agent_combos", agent_ids=["a"]), r"agent_ids: expected at least two people, got 1"),
        (set_in("env_agent_combos", agent_ids="ab"), r"agent_ids: expected a list, got str"),
        (set_in("env_agent_combos", agent_ids=["a", "a"]), r"agent_ids: expected different people, got a, a"),
        (lambda data: data.update(hard_env_ids=["e", "x"]), r"hard_env_ids\[1\]: expected the id .* got 'x'"),
        (
            set_in("environments", agent_goals=[]),
            r"environments.e.agent_goals: expected a goal .* got none",
        ),
        (set_in("environments", agent_goals=None), r"environments.e.agent_goals: .* got none"),
        (set_in("environments", agent_goals=["x", " "]), r"environments.e.agent_goals\[1\]: expected a text, got none"),
        (set_in("environments", agent_goals=["x"]), r"env_agent_combos\[0\]: expected as many .* \(1\), got 2"),
        (set_in("environments", agent_goals=["x", "y", "z"]), r"as the environment e has goals \(3\), got 2"),
        (set_in("environments", scenario=""), r"environments.e.scenario: expected a text, got none"),
        (set_in("environments", scenario={}), r"environments.e.scenario: expected a text, got \{\}"),
        (set_in("environments", relationship=6), r"environments.e.relationship: expected a number from 0 to 5, got 6"),
        (set_in("environments", relationship=-1), r"relationship: .* got -1"),
        (set_in("environments", relationship=2.5), r"relationship: .* got 2.5"),
        (set_in("environments", relationship=True), r"relationship: .* got True"),
        (set_in("environments", relationship="friend"), r"relationship: .* got 'friend'"),
        (set_in("agents", first_name="", last_name=None), r"agents.a.first_name: expected a name, got none"),
        (set_in("agents", secret={"one": 1}), r"agents.a.secret: expected a text, got"),
        (set_in("agents", pk="z"), r"agents.a.pk: expected 'a', as the name of the entry, got 'z'"),
        (listed_twice("agents"), r"agents\[2\].pk: expected each id once, got 'a' again"),
        (listed_twice("environments"), r"environments\[1\].pk: expected each id once, got 'e' again"),
        (listed_twice("env_agent_combos"), r"env_agent_combos\[1\].pk: expected each id once, got 'c' again"),
        (lambda data: data.update(agents=[{"first_name": "Ann"}]), r"agents\[0\].pk: expected a text, got none"),
        (lambda data: data.update(agents=["a"]), r"agents\[0\]: expected a JSON object, got str"),
        (lambda data: data.update(agents="a"), r"agents: expected a list, got str"),
        (lambda data: data.update(agents={}), r"agents: expected at least one entry, got none"),
        (lambda data: data.update(env_agent_combos=[]), r"env_agent_combos: expected at least one entry"),
        (lambda data: data.update(agent=data.pop("agents")), r"agents: .* got no such name; did you mean agent\?"),
    ],
)
def test_a_bundle_that_cannot_be_used_is_one_error_with_the_path_of_the_field(
    tmp_path: Path, change: Change, message: str
) -> None:
    data = bundle()
    change(data)
    path = written(tmp_path, data)
    with pytest.raises(DatasetError, match=message) as caught:
        read_bundle(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "got an empty file"),
        (b" \n", "got an empty file"),
        (b'{"environments": ', "expected JSON in"),
        (b"[" * 100_000, "expected JSON in"),
        (b"[]", "the file: expected a JSON object, got list"),
        (b'{"agents": {"a": {}, "a": {}}}', "expected each name once in an object, got 'a' twice"),
        (b"\xff\xfe{\x00}\x00", "to be UTF-8 text"),
    ],
)
def test_a_file_that_is_no_json_object_is_an_error(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bundle.json"
    path.write_bytes(content)
    for read in (read_bundle, read_seats):
        with pytest.raises(DatasetError, match=message):
            read(path)


def test_a_missing_file_and_a_folder_are_errors(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(DatasetError, match="which cannot be read"):
            read_bundle(path)


def test_a_file_above_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, bundle())
    monkeypatch.setattr(sotopia_data, "LARGEST_FILE", path.stat().st_size - 1)
    with pytest.raises(DatasetError, match=r"expected at most .* MB"):
        read_bundle(path)


def test_environments_and_people_without_a_cast_are_allowed(tmp_path: Path) -> None:
    data = bundle()
    data["environments"]["f"] = environment("f", agent_goals=["one"])
    data["agents"]["c"] = person("c", "Cleo")
    assert len(read_bundle(written(tmp_path, data))) == 1


def test_a_list_of_seats_counts_each_seat_once(tmp_path: Path) -> None:
    data = {"pk": "l", "name": "hard", "environments": ["e", "f", "e", "e"], "agent_index": ["0", "1", 1, "0"]}
    assert read_seats(written(tmp_path, data)) == (("e", "1"), ("f", "2"), ("e", "2"))


def test_a_list_without_positions_counts_both_seats(tmp_path: Path) -> None:
    data = {"environments": ["e", "f"], "agent_index": None}
    assert read_seats(written(tmp_path, data)) == (("e", "1"), ("e", "2"), ("f", "1"), ("f", "2"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"agent_index": ["0"]}, "environments: expected a list, got none"),
        ({"environments": []}, "environments: expected ids of environments, got an empty list"),
        ({"environments": ["e", ""]}, r"environments\[1\]: expected a text, got none"),
        ({"environments": ["e", "f"], "agent_index": ["0"]}, r"agent_index: expected one .* \(2\), got 1"),
        ({"environments": ["e"], "agent_index": ["-1"]}, r"agent_index\[0\]: expected the position of a seat"),
        ({"environments": ["e"], "agent_index": [True]}, r"agent_index\[0\]: .* got True"),
        ({"environments": ["e"], "agent_index": "0"}, "agent_index: expected a list, got str"),
    ],
)
def test_a_list_of_seats_that_cannot_be_used_is_one_error(tmp_path: Path, data: Any, message: str) -> None:
    with pytest.raises(DatasetError, match=f"expected an EnvironmentList of SOTOPIA in .*{message}"):
        read_seats(written(tmp_path, data))
