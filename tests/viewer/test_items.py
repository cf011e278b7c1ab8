"""One item of a run, as a page shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from social_world_model.errors import DatasetError
from social_world_model.viewer.items import item
from tests.experiments.served import served
from tests.reports.runs_on_disk import write_run


def test_an_item_has_the_question_the_reply_and_the_prompt(tmp_path: Path) -> None:
    with served(tmp_path, stories=1, questions=1) as serving:
        folder = serving.run(mode="socialized_context").folder
    assert folder is not None
    (path,) = [path for path in folder.glob("*.json") if path.name != "run.json"]
    stored = json.loads(path.read_text())
    found = item(folder, stored["index"], "r1.0")
    assert (found["question"], found["gold"]) == (stored["question"], stored["correct_answer"])
    one = found["a"]
    assert (one["raw"], one["response"], one["answer"]) == (stored["raw"], stored["response"], stored["answer"])
    assert one["response"][slice(*one["span"])].lower().replace(" ", "_").endswith(stored["answer"])
    assert any(stored["question"] in part["text"] for part in one["prompt"]["parts"])
    assert "not as sent" not in one["prompt"]["note"]
    assert one["usage"]["calls"] == stored["usage"]["requests"] > 0
    assert (one["context"], one["own_context"]) == ("r1.0", True)
    assert stored["context_raw"] and stored["context_model"]


def test_an_item_of_rules_says_that_there_is_no_prompt(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [True, None])
    one = item(folder, "0")["a"]
    assert one["prompt"] == {"parts": [], "note": one["prompt"]["note"]} and one["prompt"]["note"]
    assert (one["status"], one["correct"], one["context"]) == ("answered", True, None)
    assert (item(folder, "1")["a"]["status"], item(folder, "1")["a"]["correct"]) == ("error", None)


def test_a_context_that_rules_made_from_the_narrative_is_not_of_the_run(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [True])
    data = json.loads((folder / "0.json").read_text())
    (folder / "0.json").write_text(json.dumps({**data, "narrative": "Al entered the den. The key is in the box."}))
    one = item(folder, "0", "r1.0")["a"]
    assert (one["context"], one["own_context"]) == ("r1.0", False)


def test_a_narrative_that_rules_cannot_read_has_no_context(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [True])
    data = json.loads((folder / "0.json").read_text())
    (folder / "0.json").write_text(json.dumps({**data, "narrative": "Colourless green ideas."}))
    assert item(folder, "0", "r1.0")["a"]["context"] is None


def test_places_are_counted_as_browsers_count(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [True])
    data = json.loads((folder / "0.json").read_text())
    (folder / "0.json").write_text(json.dumps({**data, "response": "😀 the hall"}))
    assert item(folder, "0")["a"]["span"] == [7, 11]


def test_samples_are_listed(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [True])
    data = json.loads((folder / "0.json").read_text())
    samples = [{"answer": "hall", "is_correct": True, "response": "hall"}, {"status": "error", "error": "none"}]
    (folder / "0.json").write_text(json.dumps({**data, "samples": samples}))
    assert item(folder, "0")["a"]["samples"] == [
        {"answer": "hall", "correct": True, "response": "hall", "error": None},
        {"answer": None, "correct": None, "response": None, "error": "none"},
    ]


def test_an_unknown_index_and_a_damaged_result_are_refused(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [True])
    with pytest.raises(DatasetError, match="expected the index of a result"):
        item(folder, "7")
    data = json.loads((folder / "0.json").read_text())
    (folder / "0.json").write_text(json.dumps({**data, "choices": [1, 2]}))
    with pytest.raises(DatasetError, match="choices"):
        item(folder, "0")
