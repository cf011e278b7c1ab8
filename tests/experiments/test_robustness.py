from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import Item, Query, Reply
from social_world_model.errors import ConfigurationError, MeaninglessError
from social_world_model.experiments import Run, RunResult, RunSettings
from social_world_model.experiments.datasets import questions_of
from social_world_model.experiments.robustness import changes, plan
from social_world_model.experiments.scoring import rescore
from social_world_model.experiments.stored import read_stored_run
from social_world_model.experiments.sweep import title
from social_world_model.experiments.sweep_runs import run_sweep
from social_world_model.reports.comparing import compare
from social_world_model.reports.overviews import overview
from tests.experiments.fakes import FakeModel

STORY = (
    "Al entered the hall. Bo entered the hall. The ball is in the box. Al exited the hall. "
    "Bo moved the ball to the bag."
)


def settings(folder: Path, **options: object) -> RunSettings:
    return RunSettings(**{"benchmark": "hitom", "limit": 6, "output_dir": folder, **options})  # type: ignore[arg-type]


def execute(asked: RunSettings) -> RunResult:
    return asyncio.run(Run(asked).execute())


def robustness(asked: RunSettings) -> list[RunResult]:
    async def all_of_it() -> list[RunResult]:
        return [result async for result in run_sweep(plan(asked))]

    return asyncio.run(all_of_it())


def test_a_variant_has_a_folder_a_data_set_and_keys_of_its_own(tmp_path: Path) -> None:
    plain = execute(settings(tmp_path))
    other = execute(settings(tmp_path, variant="names-swapped"))
    assert plain.folder is not None
    assert other.folder is not None
    assert other.folder.name == f"{plain.folder.name}+variant=names-swapped"
    assert other.dataset.name == "hitom_sample.jsonl+variant=names-swapped"
    before, after = (json.loads((run / "0.json").read_text()) for run in (plain.folder, other.folder))
    assert before["item_key"] != after["item_key"]
    assert before["narrative"] != after["narrative"]
    manifest = json.loads((other.folder / "run.json").read_text())
    assert manifest["settings"]["variant"] == "names-swapped"
    assert manifest["data_sha256"] == plain.dataset.sha256
    assert json.loads((plain.folder / "run.json").read_text())["settings"]["variant"] is None


def test_a_variant_is_gone_on_with_and_another_seed_is_another_question(tmp_path: Path) -> None:
    asked = settings(tmp_path, variant="names-swapped")
    execute(asked)
    assert execute(asked).kept == 6
    assert execute(replace(asked, limit=7)).kept == 6
    assert execute(replace(asked, seed=5)).kept == 0


def test_another_draw_of_a_variant_is_other_data(tmp_path: Path) -> None:
    folders = []
    for seed in (None, 0, 1, 2):
        run = execute(settings(tmp_path, variant="options-shuffled", seed=seed))
        assert run.folder is not None
        folders.append(run.folder)
    name = "vanilla_symbolic_hitom_sample.jsonl+variant=options-shuffled"
    assert [folder.name for folder in folders] == [name, name, f"{name}+seed=1", f"{name}+seed=2"]
    with pytest.raises(ConfigurationError, match="expected two runs with the same data set"):
        compare(read_stored_run(folders[2]), read_stored_run(folders[3]))
    assert len(list(overview([tmp_path]).sections)) == 3
    plain = execute(settings(tmp_path, seed=3))  # which draws no question
    assert plain.dataset.name == "hitom_sample.jsonl"


def test_a_draw_of_a_variant_finds_the_contexts_of_the_stories_as_they_are(tmp_path: Path) -> None:
    asked = settings(tmp_path, mode="socialized_context", limit=5)
    assert execute(asked).contexts_made == 1
    assert execute(replace(asked, variant="options-shuffled", seed=4)).contexts_found == 1


def test_the_symbolic_model_answers_every_variant_in_every_mode_alike(tmp_path: Path) -> None:
    for mode in ("vanilla", "perspective", "simulation"):
        results = robustness(settings(tmp_path, mode=mode))
        assert [result.settings.variant for result in results] == [
            *(None, "options-shuffled", "names-swapped", "distractors"),
        ]
        for result in results[1:]:
            found = changes(results[0], result)
            assert (found.compared, found.changed) == (6, ())
            assert not result.failed


def test_contexts_of_the_same_stories_are_not_made_again(tmp_path: Path) -> None:
    asked = settings(tmp_path, mode="socialized_context", limit=5)
    assert execute(asked).contexts_made == 1
    again = execute(replace(asked, variant="options-shuffled"))
    assert (again.contexts_made, again.contexts_found) == (0, 1)
    assert execute(replace(asked, variant="distractors")).contexts_made == 1


def test_a_variant_that_changes_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MeaninglessError, match="expected questions with options for options-shuffled, got none"):
        Run(settings(tmp_path, benchmark="tomi", variant="options-shuffled"))
    with pytest.raises(MeaninglessError, match="people with names"):
        questions_of(settings(tmp_path, variant="names-swapped"), get_benchmark("cobra_frames"), None)


def test_what_a_variant_leaves_as_it_was_is_noted(tmp_path: Path) -> None:
    plan = Run(settings(tmp_path, benchmark="fantom", variant="options-shuffled", limit=None)).plan
    assert any(note.startswith("options-shuffled: ") and note.endswith(" unchanged") for note in plan.dataset.notes)


def test_only_variants_that_mean_something_are_planned(tmp_path: Path) -> None:
    planned = plan(settings(tmp_path, benchmark="tomi"))
    assert [one.variant for one in planned.runs] == [None, "names-swapped", "distractors"]
    (line,) = planned.meaningless
    assert line.startswith("options-shuffled: expected questions with options")
    assert [title(one) for one in planned.runs][1] == "tomi · names-swapped · vanilla · symbolic"
    with pytest.raises(ConfigurationError, match="expected a variant that applies to the data, got none"):
        plan(settings(tmp_path, benchmark="tomi"), ["options-shuffled"])
    with pytest.raises(ConfigurationError, match="expected a mode that answers questions"):
        plan(settings(tmp_path, mode="generate_socialized_context"))


def write_two(folder: Path) -> Path:
    """Two questions about one story: who thinks what, with options."""
    rows = [
        {"index": number, "story": STORY, "question": asked, "choices": "A. box, B. bag, C. jar", "answer": gold}
        for number, (asked, gold) in enumerate(
            [("Where does Al really think the ball is?", "box"), ("Where is the ball really?", "bag")]
        )
    ]
    path = folder / "two.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_whoever_goes_by_the_place_of_an_option_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FakeModel(lambda query: Reply(response="A")).used_by(monkeypatch, "answerer")
    first, shuffled, named, distracted = robustness(settings(tmp_path, dataset_path=write_two(tmp_path), limit=None))
    assert [outcome.answer for outcome in first.outcomes] == ["box", "box"]
    asked = [row for row in shuffled.dataset.rows if isinstance(row, Item)]
    assert [outcome.answer for outcome in shuffled.outcomes] == [row.choices[0] for row in asked]
    moved = tuple(row.index for row in asked if row.choices[0] != "box")
    assert changes(first, shuffled).changed == moved
    assert moved
    assert changes(first, named).changed == changes(first, distracted).changed == ()


def test_whoever_answers_with_a_name_answers_with_the_old_one_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def names(query: Query) -> Reply:
        people = [line.partition(":")[0] for line in (query.narrative or "").split("\n")]
        return Reply(response=", ".join(dict.fromkeys(people)) if query.answer_form == "names" else "no")

    FakeModel(names).used_by(monkeypatch, "answerer")
    asked = settings(tmp_path, benchmark="fantom", limit=None)
    plain, other = execute(asked), execute(replace(asked, variant="names-swapped"))
    lists = [row.index for row in plain.dataset.rows if isinstance(row, Item) and row.answer_form == "names"]
    said = [{one.index: one.answer for one in run.outcomes}[lists[0]] for run in (plain, other)]
    assert said[0] != said[1]
    assert not set(changes(plain, other).changed) & set(lists)


def test_an_answer_in_one_of_the_two_alone_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FakeModel(lambda query: Reply(response="box" if "Al" in query.question else "", status="answered")).used_by(
        monkeypatch, "answerer"
    )
    asked = settings(tmp_path, dataset_path=write_two(tmp_path), limit=None)
    plain, other = execute(asked), execute(replace(asked, variant="names-swapped"))
    assert [outcome.status for outcome in plain.outcomes] == ["answered", "unparsable"]
    assert [outcome.status for outcome in other.outcomes] == ["unparsable", "unparsable"]
    assert changes(plain, other).changed == ("0",)


def test_a_run_in_a_variant_is_never_taken_for_the_run_itself(tmp_path: Path) -> None:
    plain = execute(settings(tmp_path))
    other = execute(settings(tmp_path, variant="distractors"))
    assert plain.folder is not None
    assert other.folder is not None
    with pytest.raises(ConfigurationError, match="expected two runs with the same data set"):
        compare(read_stored_run(plain.folder), read_stored_run(other.folder))
    assert len(list(overview([tmp_path]).sections)) == 2
    assert rescore(other.folder, "strict").after.name.endswith("+variant=distractors+scorer=strict")
