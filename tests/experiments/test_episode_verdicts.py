"""The stored form of verdicts, and folders of episodes with verdicts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.errors import DatasetError
from social_world_model.experiments.episodes.folders import episode_folders, read_episode_folder
from social_world_model.experiments.episodes.verdicts import (
    JudgedOrder,
    StoredVerdict,
    mean_scores,
    read_verdict,
    verdicts_folder,
    write_verdict,
)
from social_world_model.runs.names import file_stem
from social_world_model.scenarios.dimensions import DIMENSIONS
from social_world_model.usage import Usage
from tests.experiments.judged import episode, run_folder, tasks

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


@st.composite
def verdicts(draw: st.DrawFn) -> StoredVerdict:
    names = draw(st.lists(TEXTS, min_size=1, max_size=3, unique=True))

    def order(people: list[str]) -> JudgedOrder:
        scores = {name: {one: draw(st.floats(low, high)) for one, (low, high) in DIMENSIONS.items()} for name in people}
        why = {name: {one: draw(TEXTS) for one in DIMENSIONS} for name in people}
        return JudgedOrder(people=people, scores=scores, why=why, response=draw(TEXTS))

    is_judged = draw(st.booleans())
    status = "judged" if is_judged else draw(st.sampled_from(["refused", "unparsable", "error"]))
    return StoredVerdict(
        task=draw(TEXTS),
        repeat=draw(st.integers(0, 9)),
        episode_key=draw(TEXTS),
        judge=draw(TEXTS),
        status=status,  # type: ignore[arg-type]
        why=draw(TEXTS),
        orders=(order(names), order(names[::-1])) if is_judged else (),
        usage=Usage(requests=draw(st.integers(0, 9)), cost=draw(st.none() | st.floats(0, 9))),
        verdict_key=draw(TEXTS),
        raw=draw(TEXTS),
    )


@given(verdicts())
def test_a_stored_verdict_is_read_back_unchanged(verdict: StoredVerdict) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.json")
        write_verdict(path, verdict)
        assert read_verdict(path) == verdict


def judged(
    task: str = "room/0/1", judge: str = "o3", people: tuple[str, ...] = ("Ann Lee", "Bob"), **more: Any
) -> StoredVerdict:
    """Return a verdict whose second order gives the person who is listed first one point more."""

    def order(names: tuple[str, ...], bonus: float) -> JudgedOrder:
        scores = {name: dict.fromkeys(DIMENSIONS, 0.0) for name in names}
        scores[names[0]]["goal"] += bonus
        return JudgedOrder(people=list(names), scores=scores)

    fields: dict[str, Any] = {
        "task": task,
        "repeat": 0,
        "episode_key": f"key of {task}-0",
        "judge": judge,
        "status": "judged",
        "orders": (order(people, 2.0), order(people[::-1], 4.0)),
        **more,
    }
    return StoredVerdict(**fields)


def stored(folder: Path, verdict: StoredVerdict) -> Path:
    place = verdicts_folder(folder, verdict.judge)
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{file_stem(verdict.index)}.json"
    write_verdict(path, verdict)
    return path


def test_the_scores_are_the_mean_over_the_orders() -> None:
    assert judged().scores["Ann Lee"]["goal"] == 1.0
    assert judged().scores["Bob"]["goal"] == 2.0
    assert judged(status="unparsable", orders=()).scores == {}


def test_the_order_gap_is_the_advantage_of_the_person_who_is_listed_first() -> None:
    assert judged().order_gap["goal"] == 3.0
    assert judged().order_gap["secret"] == 0.0
    assert judged(people=("a", "b", "c")).order_gap["goal"] == 3.0, "the person in the middle does not move"
    assert judged(people=("a",)).order_gap == {}
    assert judged(status="error", orders=()).order_gap == {}


def test_the_mean_of_scores_leaves_out_what_some_of_them_lack() -> None:
    assert mean_scores([{"a": {"goal": 1.0, "secret": 0.0}, "b": {"goal": 2.0}}, {"a": {"goal": 3.0}}]) == {
        "a": {"goal": 2.0}
    }


DAMAGE: dict[str, Callable[[dict[str, Any]], object]] = {
    "no status": lambda data: data.pop("status"),
    "an unknown status": lambda data: data.update(status="scored"),
    "scores without the status judged": lambda data: data.update(status="error"),
    "the status judged without scores": lambda data: data.update(orders=[]),
    "a score out of range": lambda data: data["orders"][0]["scores"]["Bob"].update(goal=12),
    "a score that is text": lambda data: data["orders"][0]["scores"]["Bob"].update(goal="7"),
    "a score that is true": lambda data: data["orders"][0]["scores"]["Bob"].update(goal=True),
    "a score that is huge": lambda data: data["orders"][0]["scores"]["Bob"].update(goal=10**400),
    "a score of nobody": lambda data: data["orders"][0]["scores"].update(Cy={"goal": 3}),
    "a person without scores": lambda data: data["orders"][1]["scores"].pop("Bob"),
    "other people in one order": lambda data: data["orders"][1].update(people=["Cy"], scores={"Cy": {"goal": 1}}),
    "a person twice": lambda data: data["orders"][0]["people"].append("Bob"),
    "a repeat that is text": lambda data: data.update(repeat="0"),
    "a repeat that is true": lambda data: data.update(repeat=True),
    "a negative usage": lambda data: data["usage"].update(requests=-1),
    "a list as reasons": lambda data: data["orders"][0].update(why=[]),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_verdict_is_no_verdict(how: str, tmp_path: Path) -> None:
    path = stored(tmp_path, judged())
    data = json.loads(path.read_text())
    DAMAGE[how](data)
    path.write_text(json.dumps(data))
    assert read_verdict(path) is None


@pytest.mark.parametrize("text", ["", "[]", "null", "3", '{"task": ', "\x00", "[" * 100_000])
def test_a_file_that_is_no_object_is_no_verdict(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text)
    assert read_verdict(tmp_path / "a.json") is None
    assert read_verdict(tmp_path / "missing.json") is None


def test_a_folder_has_its_episodes_and_the_verdicts_of_each_judge(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run", tasks(4))
    for judge in ("o3", "org/Model (banded)"):
        for task in ("room0/0/1", "room0/0/2"):
            stored(folder, judged(task, judge))
    read = read_episode_folder(folder)
    assert [one.task for one in read.episodes] == ["room0/0/1", "room0/0/2", "room1/0/1", "room1/0/2"]
    assert {judge: sorted(found) for judge, found in read.verdicts.items()} == {
        "o3": ["room0/0/1-0", "room0/0/2-0"],
        "org/Model (banded)": ["room0/0/1-0", "room0/0/2-0"],
    }
    assert read.unreadable == ()
    assert read_episode_folder(folder, with_contexts=False).episodes[0].context == {}


def test_scores_are_the_mean_over_judges_and_empty_if_one_judge_has_none(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, tasks(2))
    stored(folder, judged("room0/0/1", "a"))
    stored(folder, judged("room0/0/2", "a"))
    other = judged("room0/0/1", "b")
    stored(folder, replace(other, orders=(replace(other.orders[0], scores={"Ann Lee": {"goal": 8.0}, "Bob": {}}),)))
    stored(folder, judged("room0/0/2", "b", status="unparsable", orders=()))
    read = read_episode_folder(folder)
    first, second = read.episodes
    assert read.scores(first) == {"Ann Lee": {"goal": 4.5}, "Bob": {}}
    assert read.scores(first, ["a"])["Ann Lee"]["goal"] == 1.0
    assert read.scores(second) == {}
    assert read.scores(first, ["nobody"]) == {}
    assert read.scores(first, []) == {}
    assert read.scores(replace(first, scores={"Bob": {"goal": 9.0}})) == {"Bob": {"goal": 9.0}}


def test_verdicts_about_other_episodes_damaged_files_and_files_of_killed_processes_do_not_count(
    tmp_path: Path,
) -> None:
    folder = run_folder(tmp_path, tasks(2))
    stored(folder, judged("room0/0/1", episode_key="an earlier version"))
    stored(folder, judged("no-such-room/0/1"))
    place = stored(folder, judged("room0/0/2", "a")).parent
    (place / ".swm-tmp-1234-x.json").write_text('{"task": ')
    (place / "half.json").write_text('{"task": ')
    (folder / ".swm-tmp-1234-x.json").write_text('{"task": ')
    (folder / "half.json").write_text("{}")
    aside = stored(folder, judged("room0/0/2", "a")).parent
    stored(folder, judged("room0/0/2", "a", why="an old verdict")).rename(aside / "old.json")
    (folder / "verdicts" / "a.old-1").mkdir()
    (aside / "old.json").rename(folder / "verdicts" / "a.old-1" / f"{file_stem('room0/0/2-0')}.json")
    stored(folder, judged("room0/0/2", "a"))
    read = read_episode_folder(folder)
    assert {judge: list(found) for judge, found in read.verdicts.items()} == {"a": ["room0/0/2-0"]}
    assert read.verdicts["a"]["room0/0/2-0"].why == ""
    assert read.unreadable == ("half.json", str(Path("verdicts", "a", "half.json")))


@given(st.text(st.sampled_from("aA/\\.:%~ ö\n\"'*?@"), min_size=1, max_size=300))
def test_the_folder_of_a_judge_is_one_folder_inside_the_run(name: str) -> None:
    folder = verdicts_folder(Path("run"), name)
    assert folder.parts[:2] == ("run", "verdicts")
    assert len(folder.parts) == 3
    assert folder.name not in (".", "..")


def test_judges_whose_names_differ_only_in_case_have_different_folders() -> None:
    assert verdicts_folder(Path("run"), "a").name.casefold() != verdicts_folder(Path("run"), "A").name.casefold()


def test_folders_are_found_at_any_depth_and_once(tmp_path: Path) -> None:
    place = tmp_path / "verdicts" / "out"  # a folder of the user may have this name
    one, two = (run_folder(place / "agents" / name, [episode()]) for name in ("a", "b"))
    run_folder(place / "agents" / "a.old-1", [episode()])
    run_folder(place / "other", [], kind="verdicts")
    stored(one, judged())
    (one / "verdicts" / "o3" / "run.json").write_text(json.dumps({"kind": "episodes"}))
    (place / "agents" / "c").mkdir()
    (place / "agents" / "c" / "run.json").write_text("{")
    assert list(episode_folders([place])) == [one, two]
    assert list(episode_folders([two, place, one])) == [two, one]
    assert list(episode_folders([tmp_path / "missing"])) == []


@pytest.mark.parametrize("manifest", [None, "{", "{}", '{"kind": "verdicts"}'])
def test_a_folder_without_episodes_is_refused(manifest: str | None, tmp_path: Path) -> None:
    if manifest is not None:
        (tmp_path / "run.json").write_text(manifest)
    with pytest.raises(DatasetError, match="expected a folder of episodes, as `swm agents run` writes"):
        read_episode_folder(tmp_path)
