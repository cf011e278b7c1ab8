"""``swm agents import`` and ``swm agents export``, as users type them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from social_world_model.s3ap import SocializedContext
from tests.adapters.sotopia_episodes import reward, written_by_sotopia
from tests.commands import swm


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    path = tmp_path / "logs.jsonl"
    judged, unjudged = written_by_sotopia(rewards=[reward(7), reward(3)]), written_by_sotopia()
    path.write_text("".join(f"{json.dumps(one)}\n" for one in (judged, unjudged)), encoding="utf-8")
    return path


def test_logs_are_imported_and_exported_again(logs: Path, tmp_path: Path) -> None:
    done = swm("agents", "import", logs, "--output-dir", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert "episodes: 2 imported, 1 with scores, 0 skipped" in done.stdout
    folder = tmp_path / "out" / "agents" / "sotopia_logs.jsonl" / "imported_model-a__imported_model-b"
    assert f"results: {folder}" in done.stdout
    for form, file in (("sotopia", "EpisodeLog/*.json"), ("s3ap", "*.json")):
        exported = swm("agents", "export", tmp_path / "out", "--form", form, "--out", tmp_path / form)
        assert (exported.returncode, exported.stderr) == (0, "")
        assert "episodes: 2 exported" in exported.stdout
        assert len(list((tmp_path / form).glob(file))) == 2
    context = next((tmp_path / "s3ap").glob("*.json"))
    assert SocializedContext.from_json(context.read_text()).agents_names == ["Ann Lee", "Bob Ray"]
    rewards = [json.loads(one.read_text())["rewards"] for one in (tmp_path / "sotopia" / "EpisodeLog").iterdir()]
    assert sorted(isinstance(one[0], list) for one in rewards) == [False, True]
    default = swm("agents", "export", folder, "--form", "s3ap")
    assert (default.returncode, len(list((folder / "export-s3ap").iterdir()))) == (0, 2)
    assert swm("agents", "export", folder, "--form", "s3ap").returncode == 0, "an export is no run of episodes"


def test_what_was_skipped_is_named_with_status_1(logs: Path, tmp_path: Path) -> None:
    with logs.open("a", encoding="utf-8") as file:
        file.write('{"pk": "x"}\n{"cut": \n')
        file.writelines('{"pk": "more"}\n' for _ in range(20))
    done = swm("agents", "import", logs, "--output-dir", tmp_path / "out")
    assert done.returncode == 1
    assert "episodes: 2 imported, 1 with scores, 22 skipped" in done.stdout
    assert f"skipped: {logs}, line 4: " in done.stderr
    assert "skipped: … and 12 more" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["import", "{tmp}/missing"], "which does not exist"),
        (["import", "{tmp}/logs.jsonl", "--agent", "gpt-9"], "expected a person of the model gpt-9"),
        (["import", "{tmp}/logs.jsonl", "--output-dir", "{tmp}/logs.jsonl/x"], "expected a writable output folder"),
        (["export", "{tmp}", "--form", "sotopia"], "expected folders of episodes"),
        (["export", "{tmp}", "--form", "csv"], "--form"),
    ],
)
def test_wrong_words_are_named(words: list[str], message: str, logs: Path, tmp_path: Path) -> None:
    done = swm("agents", *(word.format(tmp=tmp_path) for word in words))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_judge_of_an_export_is_named_by_its_flag(logs: Path, tmp_path: Path) -> None:
    assert swm("agents", "import", logs, "--output-dir", tmp_path / "out").returncode == 0
    words = ("agents", "export", tmp_path / "out", "--form", "sotopia", "--out", tmp_path / "e", "--judge")
    assert "1 with scores" in swm(*words, "imported-judge-x").stdout
    unknown = swm(*words, "o3")
    assert (unknown.returncode, "imported-judge-x" in unknown.stderr) == (2, True)
    blocked = swm("agents", "export", tmp_path / "out", "--form", "s3ap", "--out", logs)
    assert (blocked.returncode, "--out" in blocked.stderr) == (2, True)
