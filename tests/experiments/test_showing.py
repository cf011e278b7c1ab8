"""One stored item with the prompt that the model got."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from social_world_model.errors import DatasetError
from social_world_model.experiments.showing import prompt_of, stored_result
from social_world_model.runs.keys import content_key
from social_world_model.runs.reading import read_run
from tests.experiments.served import served
from tests.reports.runs_on_disk import write_run
from tests.server.oracle import Asked


@pytest.mark.parametrize(
    "mode", ["vanilla", "vanilla_no_reasoning", "socialized_context", "perspective", "question_only", "simtom"]
)
def test_the_prompt_of_is_what_was_sent(tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(tmp_path, stories=2, questions=4) as serving:
        asked = serving.server._asked
        sent: list[str] = []

        def noted(text: str, form: object) -> Asked:
            sent.append(text)
            return asked(text, form)

        monkeypatch.setattr(serving.server, "_asked", noted)
        result = serving.run(mode=mode)
    assert result.folder is not None
    stored = read_run(result.folder)
    results = list(stored.results)
    assert len(results) == 8
    for one in results:
        prompt = prompt_of(stored, one)
        assert prompt.text in sent
        assert "not as sent" not in prompt.note
        assert [part.text in prompt.text for part in prompt.parts] == [True] * len(prompt.parts)
        assert [str(one.question) in part.text for part in prompt.parts if part.name == "question"] in ([True], [])
        assert "rebuilt from the stored item" in prompt.note
    several = ["only the first prompt is shown" in prompt_of(stored, one).note for one in results]
    assert any(several) is (mode == "simtom")


def test_the_wording_of_the_run_is_shown_even_if_it_has_changed_since(tmp_path: Path) -> None:
    with served(tmp_path, stories=1, questions=1) as serving:
        folder = serving.run().folder
    assert folder is not None
    manifest = json.loads((folder / "run.json").read_text())
    parts = manifest["prompts"]["answer"]
    parts["answer: task"] = {"text": "An older wording.", "hash": content_key(text="An older wording.")}
    parts["answer: question"]["text"] += " Be brief."
    del parts["answer: reasoning"]
    (folder / "run.json").write_text(json.dumps(manifest))
    stored = read_run(folder)
    prompt = prompt_of(stored, next(iter(stored.results)))
    assert "An older wording." in prompt.text
    assert prompt.note.endswith("not as sent: these parts have another wording than in the run: reasoning, question")


def test_a_prompt_is_rebuilt_while_an_event_loop_runs_as_in_notebooks(tmp_path: Path) -> None:
    parts = {"answer": {"answer: task": {"text": "Answer."}}}
    stored = read_run(write_run(tmp_path / "run", [True], mode="vanilla"))
    stored.manifest = {**stored.manifest, "prompts": parts}

    async def in_a_notebook() -> str:
        return prompt_of(stored, stored_result(stored, "0")).text

    assert "Answer." in asyncio.run(in_a_notebook())


def test_why_there_is_no_prompt_is_said(tmp_path: Path) -> None:
    stored = read_run(write_run(tmp_path / "rules", [True], model="symbolic"))
    result = stored_result(stored, "0")
    assert prompt_of(stored, result).note.startswith("no prompt: the answer is from a rule-based model")
    prompts = {"answer": {"answer: task": {"text": "Answer."}}}
    for changes, why in (
        ({"mode": "of tomorrow"}, "the mode 'of tomorrow' is unknown"),
        ({"mode": "perspective"}, "expected a result with a context"),
        ({"settings": {"protocol": 3}}, "cannot be rebuilt"),
        ({"prompts": []}, "no prompt"),
    ):
        changed = read_run(stored.folder)
        changed.manifest = {**stored.manifest, "prompts": prompts, **changes}
        asked = replace(result, belief_chain=("Al",))
        found = prompt_of(changed, asked)
        assert found.text == "" and why in found.note


def test_an_index_that_is_not_there_is_an_error_with_the_nearest(tmp_path: Path) -> None:
    stored = read_run(write_run(tmp_path / "run", [True] * 12))
    assert stored_result(stored, "11").index == "11"
    with pytest.raises(DatasetError, match=r"expected the index of a result .* got '111'; did you mean .*11"):
        stored_result(stored, "111")
