"""What a run stores and reports about contexts that do not fit their story."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from social_world_model.contracts import Parsed, Reply
from social_world_model.experiments import Run, RunResult, RunSettings
from social_world_model.experiments.stored import read_stored_run
from social_world_model.runs.names import context_folder
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic import SymbolicModel, parse_narrative
from tests.experiments.fakes import FakeModel, write_rows

RAW = "the reply as it came"


class Leaky(FakeModel):
    """A parser that adds a sentence from nowhere to the first story only."""

    async def parse(self, narrative: str, guidance: str = "") -> Parsed:
        made = parse_narrative(narrative)[0]
        if "box0" in narrative:
            first, *rest = made.socialized_context
            odd = first.model_copy(update={"state": "The gold bar is in the attic."})
            made = made.model_copy(update={"socialized_context": [odd, *rest]})
        return Parsed(context=made, raw=RAW, finish_reason="stop")


def run(folder: Path, mode: str, parser: Any, **settings: Any) -> RunResult:
    rows = write_rows(folder / "rows.jsonl", 2, 2)
    chosen = RunSettings(benchmark="tomi", mode=mode, dataset_path=rows, output_dir=folder / "out", **settings)
    answerer = FakeModel(lambda query: Reply(response="box0"))
    return Run(chosen, answerer=answerer, parsers=[parser]).execute_sync()


def stored(folder: Path | None) -> dict[str, dict[str, Any]]:
    assert folder is not None
    found = [json.loads(path.read_text()) for path in sorted(folder.glob("[0-9]*.json"))]
    return {str(data["index"]): data for data in found}


class TestARun:
    def test_answers_name_the_parser_and_the_doubts_about_their_context(self, tmp_path: Path) -> None:
        result = run(tmp_path, "socialized_context", Leaky(name="leaky"))
        results = stored(result.folder)
        assert {data["context_model"] for data in results.values()} == {"leaky"}
        assert "gold" in results["0"]["context_warnings"][0] and results["0"]["raw"] != RAW
        assert results["0"]["context_warnings"] == results["1"]["context_warnings"]
        assert "context_warnings" not in results["2"]

    def test_contexts_with_warnings_are_counted_once_each_with_their_kinds(self, tmp_path: Path) -> None:
        result = run(tmp_path, "socialized_context", Leaky(name="leaky"))
        (told,) = [note for note in result.notes if "with warnings" in note]
        assert told.startswith("1 context with warnings: words that do not occur in the narrative (1)")
        again = run(tmp_path, "socialized_context", Leaky(name="leaky"))
        assert again.kept == 4 and told in again.notes
        assert result.folder is not None and read_stored_run(result.folder).notes == (told,)

    @pytest.mark.parametrize("mode", ["socialized_context", "generate_socialized_context"])
    def test_the_raw_reply_stays_with_the_context(self, tmp_path: Path, mode: str) -> None:
        run(tmp_path, mode, Leaky(name="leaky"))
        contexts = stored(context_folder(tmp_path / "out", "tomi", "rows.jsonl", "leaky"))
        assert contexts["0"]["raw"] == RAW and contexts["0"]["finish_reason"] == "stop"
        assert contexts["0"]["context_model"] == "leaky" and contexts["0"]["context_warnings"]

    def test_reused_contexts_keep_parser_and_warnings(self, tmp_path: Path) -> None:
        run(tmp_path, "generate_socialized_context", Leaky(name="leaky"))
        result = run(tmp_path, "perspective", Leaky(name="leaky"))
        assert result.contexts_made == 0
        results = stored(result.folder)
        assert results["0"]["context_model"] == "leaky" and results["0"]["context_warnings"]

    def test_contexts_of_the_symbolic_model_are_not_checked(self, tmp_path: Path) -> None:
        result = run(tmp_path, "socialized_context", SymbolicModel())
        results = stored(result.folder)
        assert all("context_warnings" not in data for data in results.values())
        assert results["0"]["context_model"] == "symbolic"
        assert SocializedContext.from_data(results["0"]["socialized_context"]).agents_names == ["Al"]
