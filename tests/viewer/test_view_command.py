"""``swm view``: what it prints, what it opens, what it writes, and its exit status."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import webbrowser
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import Request, urlopen

import pytest

from social_world_model.viewer import server
from social_world_model.viewer.demo import RUNS, demo_paths
from tests.commands import LIMIT, PROJECT, swm

RESULTS = PROJECT / "tests" / "golden" / "schema_1" / "results" / "tomi_results"
STORY = "Al entered the den. Bo entered the den. The key is in the box. Al exited the den. Bo moved the key to the bag."
ADDRESS = "http://127.0.0.1:1/#token=t"


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.txt"
    path.write_text(STORY, encoding="utf-8")
    return path


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The options of a server that ends as soon as it has started."""
    got: dict[str, Any] = {}

    def server_of(catalogue: Any, **given: Any) -> tuple[Any, Any, str]:
        got.update(given)
        return SimpleNamespace(run=lambda sockets: None), nullcontext(), ADDRESS

    monkeypatch.setattr(server, "server_of", server_of)
    return got


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]) -> list[str]:
    """The addresses that a browser was opened with."""
    addresses: list[str] = []
    monkeypatch.setattr(webbrowser, "open", addresses.append)
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return addresses


# --- serving ---------------------------------------------------------------------------------------------------------


def test_the_address_is_all_that_goes_to_standard_output_and_ctrl_c_ends_the_server(story: Path) -> None:
    words = [sys.executable, "-m", "social_world_model", "view", str(story), "--no-open", "--no-cache"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None and process.stderr is not None
        address, _, token = process.stdout.readline().strip().partition("/#token=")
        asked = Request(f"{address}/api/index", headers={"x-swm-token": token})
        index = json.load(urlopen(asked, timeout=LIMIT))
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=LIMIT)

    assert [one["title"] for one in index["contexts"]] == ["story.txt"]
    assert (process.returncode, rest, errors) == (0, "", "")


def test_a_browser_opens_if_there_is_a_display(story: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    swm("view", story)
    assert opened == []

    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    swm("view", story, "--no-open")
    assert opened == []

    done = swm("view", story)
    assert opened == [ADDRESS]
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{ADDRESS}\n", "")


def test_other_machines_are_refused_with_a_hint(story: Path) -> None:
    done = swm("view", story, "--host", "0.0.0.0")

    assert done.returncode == 2 and done.stdout == ""
    assert "expected a loopback address" in done.stderr and "ssh -L" in done.stderr


def test_a_port_that_is_taken_is_an_error_that_names_the_option(story: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = swm("view", story, "--port", taken.getsockname()[1])

    assert done.returncode == 2 and "expected --port to be free" in done.stderr


def test_without_the_extra_the_message_says_how_to_install_it(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "starlette", None)
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    monkeypatch.setitem(sys.modules, "uvicorn", None)

    done = swm("view", story)

    assert done.returncode == 2 and "uv sync --extra viewer" in done.stderr


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_what_cannot_be_shown_is_named_on_standard_error(story: Path, opened: list[str]) -> None:
    (story.parent / "bad.json").write_text("{}", encoding="utf-8")

    done = swm("view", story.parent)

    assert done.returncode == 0
    assert done.stderr.startswith("left out: bad.json: expected a context (with agents_names")


def test_many_files_that_cannot_be_shown_are_counted(story: Path, opened: list[str]) -> None:
    for number in range(25):
        (story.parent / f"bad-{number:02}.json").write_text("{}", encoding="utf-8")

    lines = swm("view", story.parent).stderr.splitlines()

    assert len(lines) == 21 and lines[-1] == "left out: 5 more files"


def test_nothing_to_show_is_an_error(tmp_path: Path) -> None:
    done = swm("view", tmp_path, tmp_path / "missing.txt")

    assert done.returncode == 2 and done.stdout == ""
    assert "left out: missing.txt: expected a file or a folder" in done.stderr
    assert "got nothing that can be shown" in done.stderr


def test_no_path_is_an_error() -> None:
    done = swm("view")

    assert done.returncode == 2 and "expected at least one PATH or --demo" in done.stderr


def test_standard_input_is_a_path(tmp_path: Path) -> None:
    done = swm("view", "-", "--export", tmp_path / "out.html", stdin=STORY)

    assert done.returncode == 0 and "standard input" in (tmp_path / "out.html").read_text(encoding="utf-8")


# --- exports ---------------------------------------------------------------------------------------------------------


def test_an_export_is_one_file_and_needs_no_extra(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "starlette", None)
    out = story.parent / "out.html"

    done = swm("view", story, "--export", out)

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"written: {out} ({out.stat().st_size / 1_000_000:.1f} MB)\n"
    assert "<title>story.txt</title>" in out.read_text(encoding="utf-8")


def test_an_export_of_runs_tells_how_many_replies_are_inside(tmp_path: Path) -> None:
    out = tmp_path / "out.html"

    none, some = (
        swm("view", RESULTS, "--export", out, "--no-cache", *more) for more in ((), ("--items", "2", "--max-mb", "5"))
    )

    assert "the file contains no replies; to include replies, set --items to" in none.stderr
    assert "items with replies, which may be private" in some.stderr


def test_what_does_not_fit_is_told_with_the_option(tmp_path: Path) -> None:
    done = swm("view", RESULTS, "--export", tmp_path / "out.html", "--no-cache", "--items", "all", "--max-mb", "0.25")

    assert done.returncode == 0
    assert "items: it does not fit into the maximum size of the file (--max-mb)" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--items", "fliped"), "expected --items to be flipped, wrong, all or a number, got 'fliped'"),
        (("--max-mb", "0.001"), "expected --max-mb to be above the size of the pages alone, got 0.001"),
    ],
)
def test_wrong_values_are_named_with_their_option(words: tuple[str, str], message: str, story: Path) -> None:
    out = story.parent / "out.html"

    done = swm("view", story, "--export", out, *words)

    assert done.returncode == 2 and message in done.stderr and not out.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--items", "all"), "expected --items only together with --export"),
        (("--model-name", "gpt-4o"), "expected --model-name only together with --edit"),
        (("--edit", "x", "--max-cost", "2"), "expected --max-cost only together with --model-name"),
        (("--edit", "x", "--export", "y"), "expected --edit or --export, got both"),
    ],
)
def test_options_without_an_effect_are_refused(words: tuple[str, ...], message: str, story: Path) -> None:
    done = swm("view", story, *words, cwd=story.parent)

    assert done.returncode == 2 and message in done.stderr and list(story.parent.iterdir()) == [story]


def test_the_server_gets_the_options(story: Path, options: dict[str, Any]) -> None:
    swm("view", story, "--no-open", "--edit", "d", "--model-name", "m", "--max-cost", "2", "--port", "5", "--no-cache")

    expected = {"edit": Path("d"), "model": "m", "max_cost": 2.0, "port": 5, "host": "127.0.0.1", "cache": False}
    assert options == expected


def test_a_file_that_cannot_be_written_is_an_error(story: Path) -> None:
    done = swm("view", story, "--export", story / "out.html")

    assert done.returncode == 2 and "expected to write" in done.stderr


# --- demo ------------------------------------------------------------------------------------------------------------


def test_the_demo_is_a_story_a_conversation_an_episode_and_runs(tmp_path: Path) -> None:
    out = tmp_path / "out.html"

    done = swm("view", "--demo", "--export", out, "--no-cache")
    page = out.read_text(encoding="utf-8")
    data = json.loads(page.partition('id="swm-data">')[2].partition("</script>")[0])
    contexts = [data["contexts"][one["id"]] for one in data["index"]["contexts"]]

    assert done.returncode == 0 and not data["index"]["left_out"]
    assert [one["domain"] for one in contexts] == ["story", "conversation", "story"]
    assert contexts[0]["beliefs"]["ball"]["0"][-1][1] == "basket" and contexts[0]["beliefs"]["ball"][""][-1][1] == "box"
    assert contexts[2]["decisions"] and len(data["runs"]) == len(list(RUNS.rglob("run.json")))


def test_the_episode_of_the_demo_is_what_the_agent_plays(tmp_path: Path) -> None:
    (bundled,) = (path for path in demo_paths() if path.suffix == ".json")

    swm("agents", "run", "stash", "--save", "--output-dir", tmp_path)
    (played,) = (path for path in tmp_path.rglob("*.json") if path.name != "run.json")

    old, new = (json.loads(path.read_text(encoding="utf-8")) for path in (bundled, played))
    for turn in (turn for one in (old, new) for turn in one["turns"]):
        for decision in turn["decisions"].values():
            del decision["seconds"]
    assert (old["turns"], old["context"]) == (new["turns"], new["context"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_left_out_and_never_waited_for(story: Path, opened: list[str]) -> None:
    os.mkfifo(story.parent / "pipe")

    done = swm("view", story.parent)

    assert done.returncode == 0 and done.stderr.startswith("left out: pipe: expected a file or a folder")
