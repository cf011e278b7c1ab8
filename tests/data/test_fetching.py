from __future__ import annotations

import hashlib
import io
import json
import re
import socket
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from social_world_model.benchmarks import get_benchmark
from social_world_model.data import fetching
from social_world_model.data.fetching import fetch
from social_world_model.data.meetings import meeting_rows
from social_world_model.data.sources import SOURCES, Source
from social_world_model.errors import ConfigurationError, DatasetError

DATA = b"index,story\n1,Al is here.\n" * 500
HASH = hashlib.sha256(DATA).hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()


def tarred(*entries: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in entries:
            entry = tarfile.TarInfo(name)
            entry.size, entry.type = (len(content) if kind == tarfile.REGTYPE else 0), kind
            entry.linkname = "/etc/hostname"
            archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def zipped(*entries: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return file.getvalue()


class Handler(BaseHTTPRequestHandler):
    """Serves what a test puts into `bodies`."""

    bodies: ClassVar[dict[str, bytes]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", self.path.replace("/moved", "", 1) or "/moved")
            self.end_headers()
        elif self.path in self.bodies:
            self.send_response(200)
            self.send_header("Content-Length", str(len(self.bodies[self.path]) + 7 * ("short" in self.path)))
            self.end_headers()
            self.wfile.write(self.bodies[self.path])
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(Handler, "bodies", {"/x.csv": DATA, "/short.csv": DATA})
    monkeypatch.setattr(Handler, "asked", [])
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        thread = threading.Thread(target=served.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{served.server_address[1]}"
        served.shutdown()
        thread.join()


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, server: str) -> Table:
    return Table(monkeypatch, server)


class Table:
    """Makes the table of sources hold one, `x`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, server: str) -> None:
        self.monkeypatch = monkeypatch
        self.server = server

    def holds(
        self,
        at: str,
        sha256: str | None = None,
        member: str | None = None,
        archive_sha256: str | None = None,
        rows_file: str = "",
    ) -> None:
        url = at if at.startswith("http") else f"{self.server}{at}"
        source = Source(
            benchmark="x",
            publisher="example.org",
            licence="CC0",
            file="x.csv",
            url=url,
            sha256=sha256,
            member=member,
            archive_sha256=archive_sha256,
            rows_file=rows_file,
        )
        self.monkeypatch.setattr(fetching, "SOURCES", {"x": source})


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def refused(folder: Path, *parts: str) -> str:
    """Fetch, expect to be refused in these words, and that nothing is left behind."""
    before = names_in(folder) if folder.exists() else []
    with pytest.raises(DatasetError) as caught:
        fetch("x", folder)
    for part in parts:
        assert part in str(caught.value)
    assert names_in(folder) == before
    return str(caught.value)


def test_a_file_with_the_known_hash_is_stored_whole(table: Table, tmp_path: Path) -> None:
    table.holds("/x.csv", HASH)
    got = fetch("x", tmp_path / "new" / "data")
    assert got.path.read_bytes() == DATA
    assert (got.sha256, got.compared, got.was_there) == (HASH, "table", False)
    assert names_in(tmp_path / "new" / "data") == ["x.csv"]


def test_redirects_are_followed(table: Table, tmp_path: Path) -> None:
    table.holds("/moved/moved/x.csv", HASH)
    assert fetch("x", tmp_path).path.read_bytes() == DATA
    assert Handler.asked == ["/moved/moved/x.csv", "/moved/x.csv", "/x.csv"]


def test_redirects_in_a_circle_end(table: Table, tmp_path: Path) -> None:
    table.holds("/moved", HASH)
    refused(tmp_path, "302", "to get the file manually")


def test_a_wrong_hash_is_refused_with_both_and_the_file_not_kept(table: Table, tmp_path: Path) -> None:
    table.holds("/x.csv", OTHER)
    refused(tmp_path, OTHER, HASH, "discarded")


def test_a_truncated_body_is_refused(table: Table, tmp_path: Path) -> None:
    table.holds("/short.csv", None)
    refused(tmp_path, f"{len(DATA)} of {len(DATA) + 7} bytes", "to get the file manually")


def test_a_missing_page_is_told_with_what_to_do(table: Table, tmp_path: Path) -> None:
    table.holds("/none.csv", HASH)
    refused(tmp_path, "404", "/none.csv", HASH, f"swm run x --dataset-path {tmp_path / 'x.csv'}", "CC0", "example.org")


def test_without_a_connection_it_says_what_to_get_and_where_to_put_it(table: Table, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    table.holds(f"http://127.0.0.1:{port}/x.zip", None, "x.csv", OTHER)
    refused(
        tmp_path,
        "no connection",
        f"download http://127.0.0.1:{port}/x.zip (SHA-256: {OTHER}) and extract x.csv from it",
    )


def test_a_file_that_is_there_with_the_right_hash_is_not_fetched_again(table: Table, tmp_path: Path) -> None:
    table.holds("/x.csv", HASH)
    fetch("x", tmp_path)
    again = fetch("x", tmp_path)
    assert (again.was_there, again.compared) == (True, "table")
    assert Handler.asked == ["/x.csv"]


def test_a_file_that_is_there_is_never_written_over(table: Table, tmp_path: Path) -> None:
    table.holds("/x.csv", HASH)
    (tmp_path / "x.csv").write_bytes(b"other")
    refused(tmp_path, OTHER, HASH, "move the file to another place")
    assert (tmp_path / "x.csv").read_bytes() == b"other"
    assert Handler.asked == []


def test_a_file_put_there_by_hand_is_taken_where_no_hash_is_known(table: Table, tmp_path: Path) -> None:
    table.holds("/x.csv")
    (tmp_path / "x.csv").write_bytes(b"other")
    got = fetch("x", tmp_path)
    assert (got.was_there, got.compared, got.sha256) == (True, "nothing", OTHER)
    assert fetch("x", tmp_path).compared == "note"
    assert Handler.asked == []


def test_an_unknown_hash_is_noted_and_compared_with_the_next_time(table: Table, tmp_path: Path) -> None:
    table.holds("/x.csv")
    assert fetch("x", tmp_path).compared == "nothing"
    assert (tmp_path / "x.csv.sha256").read_text() == f"{HASH}  x.csv\n"
    assert fetch("x", tmp_path).was_there
    (tmp_path / "x.csv").write_bytes(b"other")
    refused(tmp_path, HASH, OTHER)
    (tmp_path / "x.csv").unlink()
    Handler.bodies["/x.csv"] = b"other"
    refused(tmp_path, HASH, OTHER, "an earlier fetch")
    Handler.bodies["/x.csv"] = DATA
    assert fetch("x", tmp_path).compared == "note"


def test_a_note_that_is_no_hash_is_refused(table: Table, tmp_path: Path) -> None:
    table.holds("/x.csv")
    (tmp_path / "x.csv.sha256").write_text("?")
    refused(tmp_path, "expected", "x.csv.sha256")


@pytest.mark.parametrize("pack", [tarred, zipped])
@pytest.mark.parametrize("name", ["x.csv", "./x.csv", "a/b/x.csv", "../../x.csv", "/x.csv"])
def test_a_member_of_an_archive_is_taken_out_of_it_wherever_it_lies(
    table: Table, tmp_path: Path, pack: Callable[..., bytes], name: str
) -> None:
    folder = tmp_path / "a" / "data"
    body = pack((name, DATA), ("../evil.txt", b"evil"))
    Handler.bodies["/x.archive"] = body
    table.holds("/x.archive", None, "x.csv", hashlib.sha256(body).hexdigest())
    got = fetch("x", folder)
    assert got.path.read_bytes() == DATA
    assert got.compared == "archive"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "data", "x.csv", "x.csv.sha256"]


def test_an_archive_that_is_not_as_it_must_be_is_refused(table: Table, tmp_path: Path) -> None:
    whole = tarred(("x.csv", DATA))
    for body, part in (
        (tarred(("y.csv", DATA)), "got 0; files in the archive: y.csv"),
        (tarred(("x.csv", DATA), ("a/x.csv", DATA)), "got 2;"),
        (tarred(("x.csv", b""), kind=tarfile.SYMTYPE), "got 0; files in the archive: nothing"),
        (whole[: len(whole) // 2], "cannot be read"),
        (zipped(("x.csv", DATA)).replace(b"\nAl is", b"\nBo is").replace(b"1,Al", b"1,Bo"), "cannot be read"),
        (DATA, "cannot be read"),
    ):
        Handler.bodies["/x.archive"] = body
        table.holds("/x.archive", None, "x.csv")
        refused(tmp_path, part)
    Handler.bodies["/x.archive"] = whole
    table.holds("/x.archive", None, "x.csv", OTHER)
    refused(tmp_path, OTHER, hashlib.sha256(whole).hexdigest())
    table.holds("/x.archive", OTHER, "x.csv")
    refused(tmp_path, OTHER, HASH)


MEETINGS = (
    "<BEGIN><a party, Friday>\nAl: Hi!\n\n\nBo: Hello!\n\n(Kate joins)\n<END><a party, Friday>\n"
    "<BEGIN><a move,10K>\nAl: Kate?\n<END><a move, 10K>\n"
)


def test_rows_are_made_of_the_meetings_and_run(table: Table, tmp_path: Path) -> None:
    Handler.bodies["/x.csv"] = MEETINGS.encode()
    table.holds("/x.csv", rows_file="x.jsonl")
    got = fetch("x", tmp_path)
    assert got.rows == tmp_path / "x.jsonl"
    rows = [json.loads(line) for line in got.rows.read_text().splitlines()]
    assert [row["set_question_id"] for row in rows] == [
        "0-meeting-summary",
        "0-action-item",
        "1-meeting-summary",
        "1-action-item",
    ]
    assert rows[0]["context"] == "Al: Hi!\nBo: Hello!\n(Kate joins)\n"
    assert (rows[2]["private_info"], rows[2]["public_info"]) == ("a move", "10K")
    assert fetch("x", tmp_path).was_there
    got.rows.write_text("other")
    with pytest.raises(ConfigurationError, match="move the file to another place"):
        fetch("x", tmp_path)
    assert got.rows.read_text() == "other"


@pytest.mark.parametrize(
    "text", ["", "Al: Hi!", MEETINGS.replace("<END><a move, 10K>", "<END><a move, 9K>"), MEETINGS[:-20], "\xff"]
)
def test_meetings_in_another_layout_are_refused(table: Table, tmp_path: Path, text: str) -> None:
    (tmp_path / "x.csv").write_bytes(text.encode("latin-1"))
    table.holds("/x.csv", rows_file="x.jsonl")
    with pytest.raises(DatasetError, match=r"expected (meetings between|.* to be UTF-8)"):
        fetch("x", tmp_path)
    assert not (tmp_path / "x.jsonl").exists()


def test_the_rows_of_the_meetings_are_those_of_the_published_file(swm_data: Path) -> None:
    lines = (swm_data / "confaide" / "confaide.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    text = "".join(
        f"<BEGIN><{names}>\n{row['context']}<END><{names}>\n"
        for row in rows[::2]
        for names in [f"{row['private_info']}, {row['public_info']}"]
    )
    assert meeting_rows(text) == rows


def test_what_has_no_single_public_file_says_what_to_do_instead(tmp_path: Path) -> None:
    for name in ("tomi", "cobra_frames"):
        with pytest.raises(DatasetError, match=f"{name} cannot be fetched") as caught:
            fetch(name, tmp_path / "data")
        assert SOURCES[name].note in str(caught.value)
    assert not (tmp_path / "data").exists()


def test_an_unknown_name_and_a_folder_that_is_none_are_refused(table: Table, tmp_path: Path) -> None:
    table.holds("/x.csv", HASH)
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"can be fetched \(x\), got 'y'"):
        fetch("y", tmp_path)
    with pytest.raises(ConfigurationError, match="a folder that can be written"):
        fetch("x", tmp_path / "file")
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(ConfigurationError, match="which is not a regular file"):
        fetch("x", tmp_path)


def test_the_table_pins_what_it_names() -> None:
    for name, source in SOURCES.items():
        assert name == source.benchmark
        assert source.publisher
        assert source.licence
        if source.url is None:
            assert source.note
            continue
        assert source.url.startswith("https://")
        assert source.file == Path(source.file).name
        assert (source.member is None) == (source.archive_sha256 is None)
        assert source.archive_sha256 or re.search(r"/[0-9a-f]{40}/", source.url)
        assert re.fullmatch(r"[0-9a-f]{64}", source.sha256 or source.archive_sha256 or HASH)


def test_the_known_hash_of_ori_tomi_is_that_of_a_file_that_can_be_read(swm_data: Path) -> None:
    path = swm_data / "tomi" / "Percept-ToMi.csv"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == SOURCES["ori_tomi"].sha256
    assert len(get_benchmark("ori_tomi").load(path).rows) == 600
