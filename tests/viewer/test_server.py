"""The data that the server sends, on a real socket."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from social_world_model.errors import ConfigurationError
from social_world_model.experiments.run import Run
from social_world_model.settings import RunSettings
from social_world_model.viewer import live, server, summaries
from social_world_model.viewer.catalogue import Catalogue, discover
from social_world_model.viewer.index import ItemQuery, read_rows
from social_world_model.viewer.server import PAGE, server_of
from tests.reports.runs_on_disk import write_run
from tests.viewer.serving import Client, viewing

STORY = (
    "Sally entered the hall. Anne entered the hall. The ball is in the basket. Sally exited the hall. "
    "Anne moved the ball to the box."
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    root = tmp_path_factory.mktemp("shown")
    (root / "story.txt").write_text(STORY)
    (root / "chat.txt").write_text("Ann: I sold the car.\nBob: When?\nAnn: Yesterday.\n")
    for mode in ("vanilla", "perspective"):
        Run(RunSettings(benchmark="tomi", mode=mode, model_name="symbolic", output_dir=root)).execute_sync()
    write_run(root / "ori_tomi_results" / "simtom_m", [True, None], mode="simtom", start=10_000)
    return discover([root])


@pytest.fixture(scope="module")
def client(catalogue: Catalogue) -> Iterator[Client]:
    with viewing(catalogue, cache=False) as found:
        yield found


def runs_of(client: Client) -> dict[str, str]:
    return {run["mode"]: run["id"] for run in client.get("/api/index").data["runs"]}


def test_the_page_loads_only_own_files(client: Client) -> None:
    got = client.get("/")
    assert got.body.decode() == PAGE and got.headers["content-type"].startswith("text/html")
    assert "http" not in PAGE
    for path in ("/viewer.js", "/viewer.css"):
        assert path in PAGE
    for file in (Path(server.__file__).parent / "static").iterdir():
        got = client.get(f"/{file.name}")
        kind = {".js": "text/javascript", ".css": "text/css"}.get(file.suffix)
        assert got.status == (404 if kind is None else 200)
        assert kind is None or (got.body == file.read_bytes() and got.headers["content-type"].startswith(kind))


def test_the_index_lists_contexts_and_runs(client: Client) -> None:
    index = client.get("/api/index").data
    assert sorted(context["title"] for context in index["contexts"]) == ["chat.txt", "story.txt"]
    assert {run["mode"] for run in index["runs"]} >= {"vanilla", "perspective", "simtom"}
    assert (index["edit"], index["model"]) == (False, None)
    assert [one["why"].partition(":")[0] for one in index["left_out"]] == ["contexts that runs share"]
    assert index["version"]


def test_a_context_with_deeper_chains_and_knowledge(client: Client) -> None:
    ids = {context["title"]: context["id"] for context in client.get("/api/index").data["contexts"]}
    story = client.get(f"/api/contexts/{ids['story.txt']}").data
    assert story["facts"] == ["ball"] and story["narrative"]["text"] == STORY
    sally, anne = story["agents"].index("Sally"), story["agents"].index("Anne")
    chains = client.get(f"/api/contexts/{ids['story.txt']}/beliefs", fact="ball", chain=f"{anne},{sally}").data[
        "chains"
    ]
    assert chains[f"{anne}>{sally}"][-1][1] == "basket"
    changes = client.get(f"/api/contexts/{ids['chat.txt']}/knowledge", fact="I sold the car.").data["changes"]
    assert {change[3] for change in changes} == {"said", "heard"}


def test_the_context_of_an_item_has_its_question(client: Client) -> None:
    run = runs_of(client)["perspective"]
    row = client.get(f"/api/runs/{run}/items", limit=1).data["rows"][0]
    one = client.get(f"/api/runs/{run}/item", index=row["index"]).data
    context = client.get(f"/api/contexts/{one['a']['context']}").data
    assert context["question"]["text"] == one["question"] == row["question"]


def test_rows_of_two_runs_and_an_item_of_both(client: Client, catalogue: Catalogue) -> None:
    runs = runs_of(client)
    a, b = runs["vanilla"], runs["perspective"]
    got = client.get(f"/api/runs/{a}/items", f="all", q="where", offset=1, limit=2, b=b).data
    rows = [read_rows(catalogue.runs[id], cache=False) for id in (a, b)]
    expected = rows[0].page(rows[1], ItemQuery(q="where", offset=1, limit=2))
    assert got == json.loads(json.dumps(expected)) and len(got["rows"]) == 2
    one = client.get(f"/api/runs/{a}/item", index=got["rows"][0]["index"], b=b).data
    assert one["a"]["answer"] == got["rows"][0]["a"][1] and one["b"]["answer"] == got["rows"][0]["b"][1]
    missing = client.get(f"/api/runs/{a}/item", index=got["rows"][0]["index"], b=runs["simtom"]).data
    assert missing["b"] is None


def test_summary_gains_tables_and_comparison(client: Client, catalogue: Catalogue) -> None:
    runs = runs_of(client)
    a, b = runs["vanilla"], runs["perspective"]
    assert client.get(f"/api/runs/{a}").data == summaries.run_summary(catalogue.runs[a], a, cache=False)
    assert client.get("/api/gains").data.keys() == {b}
    assert client.get(f"/api/runs/{a}/tables").data["tables"]
    assert client.get("/api/compare", a=a, b=b).data["n"] > 0


def test_runs_that_cannot_be_compared_are_a_conflict_with_the_reason(client: Client) -> None:
    runs = runs_of(client)
    got = client.get("/api/compare", a=runs["vanilla"], b=runs["simtom"])
    assert got.status == 409 and "same benchmark" in got.data["error"]


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/api/none", {}, 404),
        ("/api/contexts/c99", {}, 404),
        ("/api/contexts/r99.1", {}, 404),
        ("/api/contexts/{run}.none", {}, 400),
        ("/api/runs/r99", {}, 404),
        ("/api/runs/c1", {}, 404),
        ("/api/runs/r99/items", {}, 404),
        ("/api/runs/{run}/items", {"f": "best"}, 400),
        ("/api/runs/{run}/items", {"offset": "x"}, 400),
        ("/api/runs/{run}/items", {"offset": "-1"}, 400),
        ("/api/runs/{run}/items", {"limit": "1001"}, 400),
        ("/api/runs/{run}/items", {"b": "r99"}, 404),
        ("/api/runs/{run}/item", {"index": "none"}, 400),
        ("/api/runs/{run}/item", {}, 400),
        ("/api/compare", {"a": "r99", "b": "r99"}, 404),
        ("/api/contexts/c1/beliefs", {"fact": "ball", "chain": "x"}, 400),
        ("/api/contexts/c1/beliefs", {"fact": "ball", "chain": "99"}, 400),
        ("/api/contexts/c2/beliefs", {"fact": "moon", "chain": ""}, 400),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(client: Client, path: str, query: dict[str, Any], status: int) -> None:
    got = client.get(path.format(run=runs_of(client)["vanilla"]), **query)
    assert got.status == status
    assert len(got.data["error"].split()) > 3


def test_a_run_that_vanished_is_left_out(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "ori_tomi_results" / "vanilla_m", [True])
    with viewing(discover([tmp_path]), cache=False) as client:
        folder.rename(tmp_path / "elsewhere")
        index = client.get("/api/index").data
        assert index["runs"] == [] and index["left_out"][0]["name"] == "vanilla_m"
        assert client.get("/api/runs/r1").status == 400


def test_other_requests_are_answered_during_slow_work(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(*_: Any, **__: Any) -> dict[str, Any]:
        begun.set()
        assert go_on.wait(60)
        return {"baseline": None, "tables": []}

    monkeypatch.setattr(summaries, "tables", slow)
    with viewing(catalogue, cache=False) as client:
        waiting = threading.Thread(target=client.get, args=(f"/api/runs/{runs_of(client)['vanilla']}/tables",))
        waiting.start()
        assert begun.wait(60)
        assert client.get("/api/index").status == 200
        assert waiting.is_alive()
        go_on.set()
        waiting.join()


def test_the_server_ends_during_slow_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun, never = threading.Semaphore(0), threading.Event()

    def slow(*_: Any, **__: Any) -> dict[str, Any]:
        begun.release()
        never.wait()
        return {}

    folder = write_run(tmp_path / "ori_tomi_results" / "vanilla_m", [True])
    monkeypatch.setattr(summaries, "tables", slow)
    monkeypatch.setattr(live, "scanned", slow)
    got: list[int] = []
    with viewing(discover([folder]), cache=False) as client:
        listener, _ = client.open("GET", "/api/live")
        waiting = threading.Thread(target=lambda: got.append(client.get("/api/runs/r1/tables").status))
        waiting.start()
        assert begun.acquire(timeout=60) and begun.acquire(timeout=60)
    waiting.join(60)
    listener.close()
    never.set()
    assert got == [503] and not caplog.records


def test_a_summary_of_a_run_under_way_is_not_made_for_every_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_run(tmp_path / "ori_tomi_results" / "vanilla_m", [True])
    data = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**data, "started": "2026-01-01T00:00:00", "ended": None}))
    made: list[Path] = []
    real = summaries.run_summary

    def counted(folder: Path, id: str, **options: Any) -> dict[str, Any]:
        made.append(folder)
        time.sleep(0.5)
        return real(folder, id, **options)

    monkeypatch.setattr(summaries, "run_summary", counted)
    with viewing(discover([tmp_path]), cache=False) as client:
        first = client.get("/api/runs/r1").data
        (folder / "1.json").write_text((folder / "0.json").read_text().replace('"index": "0"', '"index": "1"'))
        second = client.get("/api/runs/r1").data
    assert len(made) == 1
    assert (first["done"], second["done"]) == (1, 2)


def test_an_unexpected_error_is_told_without_its_text(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(summaries, "gains", lambda *_, **__: 1 / 0)
    with viewing(catalogue, cache=False) as client:
        got = client.get("/api/gains")
        assert got.status == 500 and "division" not in got.data["error"]
        assert client.get("/api/index").status == 200


def test_without_the_extra_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ConfigurationError, match="uv sync --extra viewer"):
        server_of(discover([]))
