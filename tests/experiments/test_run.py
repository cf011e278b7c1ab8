from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from social_world_model.contracts import Parsed, Query, Reply
from social_world_model.errors import ConfigurationError, ContextError, DatasetError, GenerationError
from social_world_model.experiments import Run, RunResult, RunSettings
from social_world_model.modes import mode_names
from social_world_model.reports import make_report
from social_world_model.symbolic import SymbolicModel
from social_world_model.symbolic.model import USABLE_MODES
from social_world_model.usage import Usage
from tests.experiments.fakes import FakeModel, write_rows


def execute(settings: RunSettings) -> RunResult:
    return asyncio.run(Run(settings).execute())


@pytest.fixture
def settings(tmp_path: Path) -> RunSettings:
    data = write_rows(tmp_path / "rows.jsonl", stories=4, questions=5)
    return RunSettings(benchmark="tomi", dataset_path=data, output_dir=tmp_path / "out")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeModel:
    model = FakeModel()
    model.used_by(monkeypatch)
    return model


def stored_results(result: RunResult) -> dict[str, dict[str, Any]]:
    assert result.folder is not None
    files = [path for path in result.folder.glob("*.json") if path.name != "run.json"]
    return {path.stem: json.loads(path.read_text()) for path in files}


def test_every_item_gets_one_record_that_says_how_it_ended(settings: RunSettings) -> None:
    result = execute(settings)
    by_index = stored_results(result)
    assert set(by_index) == {str(number) for number in range(20)}
    assert {stored["status"] for stored in by_index.values()} == {"answered"}
    assert by_index["5"]["answer"] == by_index["5"]["correct_answer"] == "box1"
    assert by_index["5"]["is_correct"] is True
    assert "socialized_context" not in by_index["5"]


@pytest.mark.parametrize("mode", sorted(USABLE_MODES))
def test_the_symbolic_model_runs_in_every_mode(settings: RunSettings, mode: str) -> None:
    result = execute(replace(settings, mode=mode))
    assert result.failed == 0
    statuses = {stored["status"] for stored in stored_results(result).values()}
    assert statuses == ({"parsed"} if mode == "generate_socialized_context" else {"answered"})
    if mode != "generate_socialized_context":
        assert make_report(result).overall.accuracy == 1.0


@pytest.mark.parametrize("mode", ["socialized_context", "pure_context", "perspective", "simulation"])
def test_questions_about_one_story_share_one_parse(settings: RunSettings, fake: FakeModel, mode: str) -> None:
    result = execute(replace(settings, mode=mode, batch_size=8))
    assert len(fake.parsed) == len(set(fake.parsed)) == 4
    assert len(fake.queries) == 20
    assert result.contexts_made == 4


def test_generating_contexts_makes_one_call_per_story_and_answers_nothing(
    settings: RunSettings, fake: FakeModel
) -> None:
    result = execute(replace(settings, mode="generate_socialized_context"))
    assert len(fake.parsed) == 4
    assert fake.queries == []
    assert len(stored_results(result)) == 20
    assert all("answer" not in stored for stored in stored_results(result).values())


@pytest.mark.parametrize("batch_size", [1, 3])
def test_the_batch_size_is_the_number_of_calls_in_flight_of_any_role(
    settings: RunSettings, fake: FakeModel, batch_size: int
) -> None:
    execute(replace(settings, mode="socialized_context", batch_size=batch_size))
    assert fake.most == batch_size


def test_continue_asks_nothing_that_is_answered(settings: RunSettings, fake: FakeModel) -> None:
    execute(settings)
    again = execute(settings)
    assert len(fake.queries) == 20
    assert again.kept == 20
    assert len(again.outcomes) == 20


def test_continue_asks_failures_again_and_keeps_refusals(settings: RunSettings, fake: FakeModel) -> None:
    def moody(query: Query) -> Reply:
        if query.question.endswith("ball1?"):
            raise ContextError("down")
        if query.question.endswith("ball2?"):
            return Reply(response="", status="unparsable")
        if query.question.endswith("ball3?"):
            return Reply(response="I would rather not", status="refused")
        return Reply(response="box0")

    fake.reply = moody
    first = execute(settings)
    assert first.failed == 12
    assert len(fake.queries) == 20
    again = execute(settings)
    assert len(fake.queries) == 20 + 8
    assert again.kept == 12


def test_a_failure_is_never_saved_as_a_wrong_answer(settings: RunSettings, fake: FakeModel) -> None:
    def down(query: Query) -> Reply:
        raise GenerationError("the line broke", model="fake")

    fake.reply = down
    result = execute(settings)
    assert {stored["status"] for stored in stored_results(result).values()} == {"error"}
    assert not any("answer" in stored or "is_correct" in stored for stored in stored_results(result).values())
    overall = make_report(result).overall
    assert (overall.accuracy, overall.accuracy_answered, overall.failed) == (0.0, None, 20)


def test_a_changed_row_is_asked_again(settings: RunSettings, fake: FakeModel) -> None:
    execute(settings)
    assert settings.dataset_path is not None
    text = settings.dataset_path.read_text()
    settings.dataset_path.write_text(text.replace('"answer": "box2"', '"answer": "box9"'))
    again = execute(settings)
    assert again.kept == 19
    assert len(fake.queries) == 21
    # The answer to what the row was before is not lost.
    assert again.folder is not None
    aside = again.folder.with_name(f"{again.folder.name}.old-1")
    assert [path.name for path in aside.iterdir()] == ["10.json"]
    assert any(f"1 earlier file was moved to {aside}" in note for note in again.notes)


def test_another_file_of_the_same_name_loses_nothing_of_the_first(settings: RunSettings, tmp_path: Path) -> None:
    first = execute(settings)
    before = stored_results(first)
    (tmp_path / "sub").mkdir()
    other = write_rows(tmp_path / "sub" / "rows.jsonl", stories=3, questions=2)
    other.write_text(other.read_text().replace("hall", "den"))
    again = execute(replace(settings, dataset_path=other))
    assert again.folder == first.folder
    assert again.folder is not None
    aside = again.folder.with_name(f"{again.folder.name}.old-1")
    assert {path.stem: json.loads(path.read_text()) for path in aside.iterdir()} == {
        index: before[index] for index in map(str, range(6))
    }


def test_a_file_of_other_software_is_moved_and_not_written_over(settings: RunSettings) -> None:
    first = execute(settings)
    assert first.folder is not None
    (first.folder / "3.json").write_text('{"hello": "world"}')
    again = execute(settings)
    assert again.folder is not None
    assert (again.folder.with_name(f"{again.folder.name}.old-1") / "3.json").read_text() == '{"hello": "world"}'


def test_new_moves_earlier_results_aside_and_says_so(settings: RunSettings, fake: FakeModel) -> None:
    first = execute(settings)
    again = execute(replace(settings, continue_mode="new"))
    assert len(fake.queries) == 40
    assert again.folder == first.folder
    assert first.folder is not None
    aside = first.folder.with_name(f"{first.folder.name}.old-1")
    assert len(list(aside.glob("*.json"))) == 21
    assert any(str(aside) in note for note in again.notes)


@pytest.mark.parametrize("continue_mode", ["new", "continue"])
def test_contexts_are_used_again_whatever_the_mode_that_made_them(
    settings: RunSettings, fake: FakeModel, continue_mode: Any
) -> None:
    execute(replace(settings, mode="generate_socialized_context"))
    for mode in ("perspective", "socialized_context", "generate_socialized_context"):
        result = execute(replace(settings, mode=mode, continue_mode=continue_mode))
        assert len(fake.parsed) == 4, mode
        assert result.contexts_made == 0
    assert result.failed == 0


def test_a_context_of_another_story_is_not_used(settings: RunSettings, fake: FakeModel) -> None:
    execute(replace(settings, mode="generate_socialized_context"))
    assert settings.dataset_path is not None
    settings.dataset_path.write_text(settings.dataset_path.read_text().replace("hall", "den"))
    execute(replace(settings, mode="perspective"))
    assert len(fake.parsed) == 8


def test_a_context_without_a_key_is_used_only_for_its_own_story(settings: RunSettings, fake: FakeModel) -> None:
    made = execute(replace(settings, mode="generate_socialized_context"))
    assert made.folder is not None
    for path in made.folder.glob("*.json"):
        data = json.loads(path.read_text())
        data.pop("context_key", None)
        if data.get("index") == "0":
            data["narrative"] = "Another story."
        path.write_text(json.dumps(data))
    for number in (1, 2, 3, 4):  # leave story 0 with the one file that tells another story
        (made.folder / f"{number}.json").unlink()
    result = execute(replace(settings, mode="perspective"))
    assert len(fake.parsed) == 4 + 1
    assert result.contexts_found == 3


@pytest.mark.parametrize(
    "odd", [{"narrative": ["a", "b"]}, {"narrative": 5}, {"narrative": {}}, {"context_key": ["x"]}, {"item_key": 1}]
)
@pytest.mark.parametrize("mode", sorted(USABLE_MODES))
def test_a_record_of_other_software_stops_nothing(settings: RunSettings, mode: str, odd: dict[str, Any]) -> None:
    contexts = settings.output_dir / "tomi_results" / "socialized_context_symbolic_rows.jsonl_symbolic"
    contexts.mkdir(parents=True)
    stored = {"index": 0, "socialized_context": {"agents_names": ["Al"], "socialized_context": []}, **odd}
    (contexts / "0.json").write_text(json.dumps(stored))
    for context_dir in (None, contexts):
        assert execute(replace(settings, mode=mode, context_dir=context_dir)).failed == 0


def test_contexts_edited_in_the_shared_folder_are_answered_from_again(settings: RunSettings) -> None:
    made = execute(replace(settings, mode="generate_socialized_context"))
    assert execute(replace(settings, mode="pure_context")).kept == 0
    assert made.folder is not None
    for path in made.folder.glob("[0-9]*.json"):
        path.write_text(path.read_text().replace("in the box0", "in the crate"))
    again = execute(replace(settings, mode="pure_context"))
    assert again.kept == 15
    assert stored_results(again)["0"]["answer"] == "crate"


def test_a_reply_leaves_its_fields_in_the_record_even_if_they_are_empty(settings: RunSettings) -> None:
    stored = stored_results(execute(settings))["0"]
    assert {name: stored[name] for name in ("reasoning", "raw", "finish_reason")} == {
        "reasoning": None,
        "raw": None,
        "finish_reason": None,
    }


def test_the_shared_folder_of_contexts_follows_the_data(settings: RunSettings, fake: FakeModel) -> None:
    execute(replace(settings, mode="generate_socialized_context"))
    assert settings.dataset_path is not None
    settings.dataset_path.write_text(settings.dataset_path.read_text().replace("hall", "den"))
    for mode in ("perspective", "pure_context", "simulation"):
        execute(replace(settings, mode=mode))
    assert len(fake.parsed) == 4 + 4


def test_a_shared_context_never_replaces_an_answer(settings: RunSettings, fake: FakeModel) -> None:
    answered = execute(replace(settings, mode="socialized_context"))
    assert settings.dataset_path is not None
    settings.dataset_path.write_text(settings.dataset_path.read_text().replace("hall", "den"))
    execute(replace(settings, mode="perspective"))
    assert {stored["status"] for stored in stored_results(answered).values()} == {"answered"}


def test_contexts_that_changed_are_answered_from_again(settings: RunSettings, tmp_path: Path) -> None:
    made = execute(replace(settings, mode="generate_socialized_context", output_dir=tmp_path / "made"))
    given = replace(settings, mode="pure_context", context_dir=made.folder)
    assert make_report(execute(given)).overall.accuracy == 1.0
    assert execute(given).kept == 20
    assert made.folder is not None
    for path in made.folder.glob("[0-9]*.json"):
        data = json.loads(path.read_text())
        for step in data["socialized_context"]["socialized_context"]:
            step["observations"] = dict.fromkeys(step["observations"], "none")
        path.write_text(json.dumps(data))
    again = execute(given)
    assert again.kept == 0
    assert make_report(again).overall.accuracy == 0.8  # four of five questions have the answer "unknown"


def test_the_same_folder_of_contexts_under_another_name_asks_nothing_again(
    settings: RunSettings, tmp_path: Path, fake: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = execute(replace(settings, mode="generate_socialized_context", output_dir=tmp_path / "made"))
    assert made.folder is not None
    execute(replace(settings, mode="pure_context", context_dir=made.folder))
    monkeypatch.chdir(made.folder)
    assert execute(replace(settings, mode="pure_context", context_dir=Path())).kept == 20


def test_a_folder_of_contexts_may_come_from_any_model(settings: RunSettings, tmp_path: Path, fake: FakeModel) -> None:
    other = tmp_path / "other"
    other.mkdir()
    made = execute(replace(settings, mode="generate_socialized_context", output_dir=tmp_path / "made"))
    for number, stored in enumerate(stored_results(made).values()):
        (other / f"{number}.json").write_text(json.dumps({**stored, "index": f"x{number}", "context_key": "of-o3"}))
    result = execute(replace(settings, mode="perspective", context_dir=other))
    assert (result.contexts_found, result.contexts_made) == (4, 0)
    # What others made is not taken for this model's own later.
    fake.parsed.clear()
    execute(replace(settings, mode="perspective", output_dir=settings.output_dir))
    assert len(fake.parsed) == 4


def test_a_folder_of_contexts_that_fits_nothing_is_said_to(settings: RunSettings, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = execute(replace(settings, mode="perspective", context_dir=tmp_path / "empty"))
    assert any("none of the 0 files contains a context of a story in this data set" in note for note in result.notes)
    assert result.contexts_made == 4


def test_usage_of_every_call_is_kept_and_summed(settings: RunSettings, fake: FakeModel) -> None:
    fake.reply = lambda query: Reply(
        response="box0", usage=Usage(requests=1, input_tokens=10, output_tokens=2, cost=0.5)
    )
    result = execute(settings)
    assert result.folder is not None
    manifest = json.loads((result.folder / "run.json").read_text())
    whole = {"requests": 20, "input_tokens": 200, "output_tokens": 40, "cost": 10.0}
    assert manifest["usage"] == {"answer": whole, "total": whole}
    assert stored_results(result)["3"]["usage"]["input_tokens"] == 10


def test_half_a_character_in_a_row_is_one_error_result(settings: RunSettings) -> None:
    assert settings.dataset_path is not None
    with settings.dataset_path.open("a") as file:
        file.write('\n{"index": "\\ud83d", "story": "S.", "question": "Where is the ball?", "answer": "box"}')
        file.write('\n{"index": "e", "story": "S.", "question": "Where?", "answer": "box", "extra": "\\ud83d"}')
    result = execute(settings)
    assert (len(result.outcomes), result.failed) == (22, 2)


def test_a_folder_in_the_place_of_a_record_is_moved_out_of_the_way(settings: RunSettings) -> None:
    first = execute(settings)
    assert first.folder is not None
    (first.folder / "3.json").unlink()
    (first.folder / "3.json").mkdir()
    again = execute(settings)
    assert (again.kept, again.failed) == (19, 0)


def test_a_broken_context_is_reported_and_made_again(settings: RunSettings, fake: FakeModel) -> None:
    made = execute(replace(settings, mode="generate_socialized_context"))
    assert made.folder is not None
    for number in range(5):
        (made.folder / f"{number}.json").write_text('{"index": "0", "socialized_con')
    result = execute(replace(settings, mode="perspective"))
    assert len(fake.parsed) == 4 + 1
    assert sum("not used as a context" in note for note in result.notes) == 3
    assert any(note.endswith("as contexts: 2") for note in result.notes)


def test_a_folder_of_contexts_goes_first(settings: RunSettings, tmp_path: Path, fake: FakeModel) -> None:
    made = execute(replace(settings, mode="generate_socialized_context", output_dir=tmp_path / "elsewhere"))
    result = execute(replace(settings, mode="perspective", context_dir=made.folder))
    assert result.contexts_found == 4
    assert len(fake.parsed) == 4


def test_a_story_that_cannot_be_parsed_fails_all_its_questions_and_is_tried_once(
    settings: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stubborn(FakeModel):
        async def parse(self, narrative: str, guidance: str = "") -> Parsed:
            self.parsed.append(narrative)
            raise ContextError("no")

    model = Stubborn()
    model.used_by(monkeypatch, "parser")
    result = execute(replace(settings, mode="perspective"))
    assert result.failed == 20
    assert len(model.parsed) == 4
    assert not any("socialized_context" in stored for stored in stored_results(result).values())


def test_a_context_is_stored_before_anything_is_answered_from_it(settings: RunSettings, fake: FakeModel) -> None:
    def stop(query: Query) -> Reply:
        raise KeyboardInterrupt

    fake.reply = stop
    with pytest.raises(KeyboardInterrupt):
        execute(replace(settings, mode="perspective", batch_size=1))
    fake.reply = lambda query: Reply(response="box0")
    result = execute(replace(settings, mode="perspective"))
    assert len(fake.parsed) == 4
    assert result.failed == 0


def test_labels_never_reach_a_model(settings: RunSettings, fake: FakeModel, tmp_path: Path) -> None:
    row = {
        "index": 1,
        "story": "Al entered the hall. The ball is in the box.",
        "question": "Where will Al look for the ball?",
        "answer": "GOLD-LABEL",
        "qTypeRaw": "SECRET-TYPE",
        "set_id": "SECRET-SET",
    }
    data = tmp_path / "secret.jsonl"
    data.write_text(json.dumps(row))
    for mode in sorted({*mode_names()} - {"options_only"}):
        execute(replace(settings, mode=mode, dataset_path=data))
    seen = f"{fake.queries}{fake.parsed}"
    assert "Where will Al look" in seen
    assert not [secret for secret in ("GOLD-LABEL", "SECRET-TYPE", "SECRET-SET") if secret in seen]


def test_what_each_mode_shows(settings: RunSettings, fake: FakeModel) -> None:
    shown = {}
    for mode in ("vanilla", "socialized_context", "pure_context", "perspective", "simulation"):
        fake.queries.clear()
        execute(replace(settings, mode=mode, limit=1))
        (query,) = fake.queries
        shown[mode] = [name for name in ("narrative", "context", "memory") if getattr(query, name) is not None]
    assert shown == {
        "vanilla": ["narrative"],
        "socialized_context": ["narrative", "context"],
        "pure_context": ["context"],
        "perspective": ["context"],
        "simulation": ["memory"],
    }


def test_a_bad_row_is_one_error_result_and_the_rest_is_answered(settings: RunSettings) -> None:
    assert settings.dataset_path is not None
    with settings.dataset_path.open("a") as file:
        file.write('\n{"index": "../../x", "story": "Al sang.", "question": "Where is the ball?", "answer": "box"}')
        file.write('\n{"index": "bad", "story": "", "question": "Where is the ball?", "answer": "box"}')
    result = execute(settings)
    assert result.failed == 2
    assert len(result.outcomes) == 22
    by_index = stored_results(result)
    assert by_index["bad"]["status"] == by_index["%2E.%2F..%2Fx"]["status"] == "error"
    assert "Al sang." in by_index["%2E.%2F..%2Fx"]["error"]
    assert by_index["0"]["status"] == "answered"


def test_without_saving_nothing_is_written(settings: RunSettings) -> None:
    result = execute(replace(settings, save=False, mode="socialized_context"))
    assert result.folder is None
    assert len(result.outcomes) == 20
    assert not settings.output_dir.exists()


def test_the_manifest_says_what_the_run_was(settings: RunSettings) -> None:
    result = execute(replace(settings, mode="perspective", seed=3, command=("swm", "run")))
    assert result.folder is not None
    manifest = json.loads((result.folder / "run.json").read_text())
    assert manifest["mode"] == "perspective"
    assert manifest["context_model"] == manifest["model"] == "symbolic"
    assert manifest["data_sha256"] == result.dataset.sha256
    assert manifest["seed"] == 3
    assert manifest["command"] == ["swm", "run"]
    assert manifest["counts"] == {"answered": 20}
    assert manifest["ended"] >= manifest["started"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"benchmark": "nope"}, "expected benchmark to be one of"),
        ({"mode": "nope"}, "expected mode to be one of"),
        ({"model_name": "gpt-9"}, "expected a key for gpt-9 in the environment variable OPENAI_API_KEY"),
        ({"mode": "perspective", "context_model": "Symbolic "}, "did you mean symbolic"),
        ({"batch_size": 0}, "batch_size to be a whole number of at least 1 or None, got 0"),
        ({"limit": 0}, "limit to be a whole number of at least 1 or None, got 0"),
        ({"mode": "perspective", "example": "once upon"}, "a language model for the setting example"),
        ({"context_dir": Path("no/such/folder")}, "context_dir to be a folder"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_is_written(
    settings: RunSettings, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Run(replace(settings, **change))
    assert not settings.output_dir.exists()


def test_a_mode_that_means_nothing_to_the_model_is_refused(
    settings: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SymbolicModel, "usable_modes", frozenset({"vanilla"}))
    with pytest.raises(ConfigurationError, match=r"expected a mode that symbolic supports \(vanilla\); got persp"):
        Run(replace(settings, mode="perspective"))


def test_an_output_folder_that_cannot_be_written_is_refused(settings: RunSettings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="expected a writable output folder"):
        execute(replace(settings, output_dir=tmp_path / "file"))


def test_an_empty_data_set_is_refused(settings: RunSettings, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(DatasetError, match="which contains no rows"):
        Run(replace(settings, dataset_path=tmp_path / "empty.csv"))


def test_an_error_in_one_item_loses_nothing_that_was_under_way(settings: RunSettings, fake: FakeModel) -> None:
    def broken(query: Query) -> Reply:
        if query.narrative is not None and "box1" in query.narrative:
            raise ZeroDivisionError
        return Reply(response="box0")

    fake.reply = broken
    with pytest.raises(ZeroDivisionError):
        execute(replace(settings, batch_size=2))
    fake.reply = lambda query: Reply(response="box0")
    calls = len(fake.queries)
    again = execute(settings)
    assert again.kept >= 5
    assert len(fake.queries) - calls == 20 - again.kept
