"""Events about runs under way, on a real socket and with a clock of the test."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from social_world_model.runs.reading import read_result_file
from social_world_model.viewer import index, live
from social_world_model.viewer.catalogue import discover
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


def test_a_folder_at_rest_is_not_scanned_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(folder, ended="2026-01-01T01:00:00")
    folders = {"r1": folder}
    scanner = RunScanner(folders, KeptRows(folders, cache=False))
    first = scanner.scan().entries
    with monkeypatch.context() as patched:
        patched.setattr(live, "scanned", lambda _: pytest.fail("scanned again"))
        assert scanner.scan().entries == first
    add(folder, 2)
    assert scanner.scan().entries["r1"]["done"] == 3


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
