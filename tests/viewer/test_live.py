"""Events about runs under way, on a real socket and with a clock of the test."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from social_world_model.runs.reading import read_result_file
from social_world_model.viewer import index, live
from social_world_model.viewer.catalogue import discover
from social_world_model.viewer.folders import Snapshot, scanned
from social_world_model.viewer.kept_rows import KeptRows
from social_world_model.viewer.live import Live, RunScanner, Scan
from tests.reports.runs_on_disk import write_run
from tests.viewer.serving import Client, viewing

Event = Mapping[str, Any]


def no_runs() -> Scan:
    return Scan({}, 0)


def under_way(folder: Path, right: list[bool | None]) -> Path:
    write_run(folder, right, questions=100)
    change(folder, started="2026-01-01T00:00:00", ended=None)
    return folder


def change(folder: Path, **fields: Any) -> None:
    """Write run.json again, as runs do: under another name first."""
    data = json.loads((folder / "run.json").read_text())
    (folder / ".new").write_text(json.dumps({**data, **fields}))
    (folder / ".new").replace(folder / "run.json")


def add(folder: Path, number: int, status: str = "answered") -> None:
    data = json.loads((folder / "0.json").read_text())
    (folder / ".new").write_text(json.dumps({**data, "index": str(number), "status": status}))
    (folder / ".new").replace(folder / f"{number}.json")


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never holds")


@contextmanager
def listening(client: Client, last_id: str | None = None) -> Iterator[Iterator[dict[str, str]]]:
    """Open the stream; iterate over its blocks as fields. A comment is a block with the field ``""``."""
    connection, reply = client.open("GET", "/api/live", headers={"last-event-id": last_id})
    assert reply.status == 200 and (reply.getheader("content-type") or "").startswith("text/event-stream")
    try:
        yield _blocks(reply)
    finally:
        connection.close()


def _blocks(reply: HTTPResponse) -> Iterator[dict[str, str]]:
    fields: dict[str, str] = {}
    for line in reply:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name or value:
            fields[name] = value
        elif fields:
            yield fields
            fields = {}


def next_run(blocks: Iterator[dict[str, str]], **expected: Any) -> tuple[str, Event]:
    """Return the id and the data of the next event about a run with these values."""
    for block in blocks:
        data = json.loads(block.get("data", "null"))
        if block.get("event") == "run" and all(data[name] == value for name, value in expected.items()):
            return block["id"], data
    raise AssertionError("the stream ended")


def next_index(blocks: Iterator[dict[str, str]], client: Client, titles: Mapping[str, str]) -> None:
    """Wait for an event after which the index has these contexts."""
    for block in blocks:
        if block.get("event") != "index":
            continue
        if {one["id"]: one["title"] for one in client.get("/api/index").data["contexts"]} == titles:
            return
    raise AssertionError("the stream ended")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return under_way(tmp_path / "ori_tomi_results" / "vanilla_m", [True, False])


def test_a_new_result_is_told_until_the_run_ends(folder: Path) -> None:
    with viewing(discover([folder]), cache=False) as client, listening(client) as blocks:
        _, first = next_run(blocks)
        assert first == client.get("/api/index").data["runs"][0]
        add(folder, 2)
        assert next_run(blocks, done=3)[1]["failed"] == 0
        add(folder, 3, "error")
        assert next_run(blocks, done=4)[1]["failed"] == 1
        change(folder, ended="2026-01-01T01:00:00", counts={"answered": 3, "error": 1})
        assert next_run(blocks, state="done")[1]["failed"] == 1


def test_a_listener_that_comes_back_gets_only_what_is_new(folder: Path) -> None:
    with viewing(discover([folder]), cache=False) as client:
        with listening(client) as blocks:
            next_run(blocks)
            add(folder, 2)
            last, _ = next_run(blocks, done=3)
        add(folder, 3)
        with listening(client, last) as blocks:
            assert next_run(blocks)[1]["done"] == 4
        with listening(client, "of-another-server-7") as blocks:
            assert "index" in {block.get("event") for block in (next(blocks), next(blocks), next(blocks))}


def test_the_end_of_the_server_ends_the_streams(folder: Path) -> None:
    ended = threading.Event()
    with viewing(discover([folder]), cache=False) as client:
        connection, reply = client.open("GET", "/api/live")

        def read() -> None:
            reply.read()
            ended.set()

        threading.Thread(target=read, daemon=True).start()
    assert ended.wait(20)
    connection.close()


def test_a_run_that_goes_or_comes_changes_the_index(folder: Path) -> None:
    with viewing(discover([folder]), cache=False) as client, listening(client) as blocks:
        next_run(blocks)
        folder.rename(folder.with_name("elsewhere"))
        assert next(block for block in blocks if block.get("event") == "index")["data"] == "null"


def test_only_new_files_of_a_run_under_way_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(path: Path) -> Any:
        read.append(path.name)
        return read_result_file(path)

    monkeypatch.setattr(index, "read_result_file", noted)
    done = write_run(folder.with_name("simtom_m"), [True] * 3, mode="simtom")
    folders = {"r1": folder, "r2": done}
    scanner = RunScanner(folders, KeptRows(folders, cache=False))
    assert scanner.scan().entries["r1"]["done"] == 2
    assert sorted(read) == ["0.json", "1.json"]
    scanner.scan()
    add(folder, 2)
    assert scanner.scan().entries["r1"]["done"] == 3
    assert read[2:] == ["2.json"]


def test_time_of_waiting_counts_as_a_tenth_of_a_scan(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way(folder, [True])
    folders, clock = {"r1": folder}, [0.0]

    def wait_and_scan(folder: Path) -> Snapshot:
        clock[0] += 10
        return scanned(folder)

    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(live, "scanned", wait_and_scan)
    assert RunScanner(folders, KeptRows(folders, cache=False)).scan().seconds == 1


def test_a_result_that_is_edited_in_its_place_at_rest_is_told(folder: Path) -> None:
    change(folder, ended="2026-01-01T01:00:00")
    with viewing(discover([folder]), cache=False) as client, listening(client) as blocks:
        assert next(blocks)[""] == "connected"
        before = client.get("/api/index").data["runs"][0]["stamp"]
        wait_until(lambda: client.get("/api/runs/r1/items").data["counts"]["wrong"] == 1)
        time.sleep(1.5)  # the first scan is over
        with (folder / "0.json").open("r+") as file:
            text = file.read().replace('"attic"', '"hall"').replace('"is_correct": true', '"is_correct": false')
            file.seek(0)
            file.write(text + " ")
        assert next_run(blocks, state="done")[1]["stamp"] != before


def test_runs_at_rest_take_turns(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = {f"r{number}": write_run(folder.with_name(f"m{number}"), [True]) for number in range(5)}
    scanner = RunScanner(folders, KeptRows(folders, cache=False))
    scanner.scan()
    looked: list[str] = []

    def slow(folder: Path) -> Any:
        looked.append(folder.name)
        time.sleep(0.6 * live.AT_REST)
        return scanned(folder)

    monkeypatch.setattr(live, "scanned", slow)
    for _ in range(5):
        before = len(looked)
        scanner.scan()
        assert 1 <= len(looked) - before <= 2
    assert set(looked) == {folder.name for folder in folders.values()}


def test_a_run_and_a_story_that_come_later_are_found_and_ids_stay(folder: Path, tmp_path: Path) -> None:
    story = tmp_path / "story.txt"
    story.write_text("Al entered the den. The key is in the box.")
    catalogue = discover([tmp_path])
    with viewing(catalogue, cache=False) as client, listening(client) as blocks:
        next_run(blocks)
        under_way(folder.with_name("a_new_run"), [True])
        (tmp_path / "a_new_story.txt").write_text("Bo entered the den. The cup is in the bag.")
        next_index(blocks, client, {"c1": "story.txt", "c2": "a_new_story.txt"})
        runs = client.get("/api/index").data["runs"]
        assert {run["id"]: run["name"] for run in runs} == {"r1": "vanilla_m", "r2": "a_new_run"}
        assert next_run(blocks, id="r2")[1]["done"] == 1
        assert client.get("/api/contexts/c2").data["agents"] == ["Bo"]
        story.unlink()
        next_index(blocks, client, {"c2": "a_new_story.txt"})
        story.write_text("Al entered the den. Cy entered the den.")
        next_index(blocks, client, {"c1": "story.txt", "c2": "a_new_story.txt"})
        assert client.get("/api/contexts/c1").data["agents"] == ["Al", "Cy"]


def test_a_scan_that_fails_is_repeated(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(live, "FAILED_SECONDS", 0)
    scans = 0

    def scan() -> Scan:
        nonlocal scans
        scans += 1
        if scans == 1:
            raise RecursionError
        return Scan({"r": {"state": "running"}}, 0)

    async def listen() -> str:
        blocks = Live(scan, interval=0.001).blocks()
        await anext(blocks)
        return await anext(blocks)

    assert "event: run" in asyncio.run(listen())
    assert "RecursionError" in caplog.text


def test_nothing_is_scanned_while_nobody_listens() -> None:
    scans = 0

    def scan() -> Scan:
        nonlocal scans
        scans += 1
        return Scan({"r": {"state": "running", "done": scans}}, 0)

    async def listen() -> None:
        nonlocal scans
        sender = Live(scan, interval=0.001)
        await asyncio.sleep(0.02)
        assert scans == 0
        for _ in range(2):
            blocks = sender.blocks()
            while "event: run" not in await anext(blocks):
                pass
            await blocks.aclose()  # type: ignore[attr-defined]
            await asyncio.sleep(0.01)
            before = scans
            assert before > 0
            await asyncio.sleep(0.05)
            assert scans == before

    asyncio.run(listen())


def test_a_comment_is_sent_if_nothing_happens() -> None:
    async def listen() -> list[str]:
        blocks = Live(no_runs, comment_seconds=0.01).blocks()
        return [await anext(blocks) for _ in range(3)]

    assert asyncio.run(listen())[1:] == [": still connected\n\n"] * 2


def test_a_slow_listener_gets_the_newest_event_and_memory_does_not_grow() -> None:
    async def listen() -> list[str]:
        sender = Live(no_runs)
        blocks = sender.blocks()
        await anext(blocks)
        for number in range(10_000):
            sender.send("run", "r1", {"done": number})
        sender.send("run", "r2", {"done": 1})
        assert len(sender._newest) == 2
        got = [await anext(blocks), await anext(blocks)]
        sender.close()
        assert [block async for block in blocks] == []
        return got

    got = asyncio.run(listen())
    assert ['{"done": 9999}' in got[0], '{"done": 1}' in got[1]] == [True, True]
