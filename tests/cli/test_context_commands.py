"""``swm context`` and ``swm data fetch`` as a user runs them."""

from __future__ import annotations

import hashlib
import json
import shlex
import socket
import sys
from pathlib import Path

import pytest

from social_world_model.cli import main
from social_world_model.data import fetching
from social_world_model.data.sources import SOURCES, Source
from tests.cli.test_commands import one_clear_line
from tests.commands import swm


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the contexts of two stories, twelve questions."""
    out = tmp_path_factory.mktemp("contexts")
    done = swm("run", "tomi", "--mode", "generate_socialized_context", "--limit", 12, "--output-dir", out)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1].removeprefix("results: "))


def test_accuracy_follows_the_quality_of_the_contexts(folder: Path, tmp_path: Path) -> None:
    right = {}
    for share in ("0", "1"):
        out = tmp_path / share
        done = swm("context", "perturb", folder, "--leak", share, "--omit", share, "--out", out)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"2 contexts in 12 results: {out}\n")
        assert f"to use the perturbed contexts: swm run … --context-dir {out}" in done.stdout
        words = (
            "--mode",
            "pure_context",
            "--limit",
            12,
            "--context-dir",
            out,
            "--output-dir",
            tmp_path / f"run{share}",
        )
        answered = swm("run", "tomi", *words)
        assert "contexts: 0 made, 2 reused" in answered.stdout
        files = tmp_path.glob(f"run{share}/**/[0-9]*.json")
        right[share] = sum(json.loads(file.read_text())["is_correct"] for file in files)
    assert right["1"] < right["0"] == 12


def test_the_pairs_are_counted(folder: Path, tmp_path: Path) -> None:
    lines = swm("context", "perturb", folder, "--leak", 0, "--omit", 1, "--out", tmp_path / "o").stdout.splitlines()
    assert lines[1].startswith("leaked: 0 of ")
    word, number, _, of, *_ = lines[2].split()
    assert (word, number) == ("omitted:", of)


def test_files_that_cannot_be_used_are_named_and_make_the_exit_status_1(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for file in folder.glob("*.json"):
        (source / file.name).write_bytes(file.read_bytes())
    (source / "bad.json").write_text("{half")
    done = swm("context", "perturb", source, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert f"not used: {source / 'bad.json'}: expected a result" in done.stdout
    assert "1 file could not be used" in done.stdout


def test_records_without_a_context_are_counted_and_odd_folders_can_be_pasted(folder: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "o'ut 1"
    source.mkdir()
    for file in folder.glob("*.json"):
        (source / file.name).write_bytes(file.read_bytes())
    (source / "plain.json").write_text('{"index": "plain", "story": "x", "answer": "y"}')
    done = swm("context", "perturb", source, "--out", out)
    assert done.returncode == 0
    assert "skipped: 1 result without a context" in done.stdout
    assert f"--context-dir {shlex.quote(str(out))}" in done.stdout


def test_bad_input_is_one_clear_line(folder: Path, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    one_clear_line(swm("context", "perturb", tmp_path / "no", *out), "a folder of results", "no")
    one_clear_line(swm("context", "perturb", tmp_path / "empty", *out), "results with a context", "swm run")
    one_clear_line(swm("context", "perturb", folder, "--leak", 1.5, *out), "leak", "from 0 to 1", "1.5")
    one_clear_line(swm("context", "perturb", folder, "--out", folder), "two different folders")
    one_clear_line(swm("context", "perturb", folder, "--out", tmp_path), "choose another folder, or delete this folder")
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_fetched_is_explained(tmp_path: Path) -> None:
    one_clear_line(swm("data", "fetch", "nope", "--to", tmp_path / "d"), "hitom, mmtom", "'nope'")
    (tmp_path / "file").write_text("")
    one_clear_line(swm("data", "fetch", "mmtom", "--to", tmp_path / "file"), "a folder that can be written", "file")
    done = swm("data", "fetch", "tomi", "--to", tmp_path / "d")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "swm data generate tomi" in done.stderr


def fetched(monkeypatch: pytest.MonkeyPatch, folder: Path, source: Source) -> int:
    """Run ``swm data fetch`` with a table of one source, and return its exit status."""
    monkeypatch.setattr(fetching, "SOURCES", {"x": source})
    monkeypatch.setattr(sys, "argv", ["swm", "data", "fetch", "x", "--to", str(folder)])
    with pytest.raises(SystemExit) as caught:
        main()
    return int(caught.value.code or 0)


def test_without_a_connection_fetch_says_what_to_do_by_hand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/x.csv"
    source = Source(benchmark="x", publisher="example.org", licence="CC0", file="x.csv", url=url, sha256="a" * 64)
    assert fetched(monkeypatch, tmp_path, source) == 2
    told = capsys.readouterr().err
    path = tmp_path / "x.csv"
    for part in (
        f"to get the file manually, download {url}",
        f"save it as {path}",
        "a" * 64,
        f"swm run x --dataset-path {path}",
        "CC0",
    ):
        assert part in told


def test_a_file_that_is_there_is_named_with_how_to_use_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_bytes(b"data")
    sha256 = hashlib.sha256(b"data").hexdigest()
    source = Source(
        benchmark="x",
        publisher="example.org",
        licence="CC0",
        file="x.csv",
        url="https://example.org/x.csv",
        sha256=sha256,
        note="Small.",
    )
    assert fetched(monkeypatch, tmp_path, source) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"already there: {tmp_path / 'x.csv'} (4 bytes)",
        "from: example.org",
        "licence: CC0",
        f"SHA-256: {sha256}, as expected",
        "note: Small.",
        f"to use it: swm run x --dataset-path {tmp_path / 'x.csv'}",
    ]


def test_the_help_names_every_benchmark_that_can_be_fetched() -> None:
    told = swm("data", "fetch", "--help").stdout
    assert all(name in told for name in SOURCES)
