from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from social_world_model.errors import ConfigurationError, ContextError, EndpointError, UnparsableOutputError
from social_world_model.evaluation.estimating import estimate_evaluation
from social_world_model.evaluation.judging import (
    JUDGE,
    JUDGE_SAMPLING,
    JudgementParser,
    JudgeResult,
    LLMJudge,
    judge_prompt,
)
from social_world_model.evaluation.report import correlation, data, judge_spread, markdown, spearman
from social_world_model.evaluation.run import Evaluation, EvaluationRow, evaluate
from social_world_model.generation_utils import Calls, UnfitReply, model_by_name
from social_world_model.generation_utils.model import Sampling
from social_world_model.generation_utils.sections import Section
from social_world_model.s3ap import SocializedContext
from social_world_model.settings import EvaluationSettings
from tests.evaluation.judge_server import Judged, JudgeServer, all_right, first_leaks
from tests.evaluation.stored import (
    AFTER,
    ALONE,
    LAST_ACT,
    NONE,
    SALLY_ANNE,
    STATE,
    STORY,
    TOGETHER,
    context_of,
    write_result,
)


async def judged(
    model: str,
    cache: Path,
    context: SocializedContext = SALLY_ANNE,
    repeats: int = 1,
    sampling: Sampling = JUDGE_SAMPLING,
) -> tuple[JudgeResult, LLMJudge]:
    judge = LLMJudge(model_by_name(model), Calls(first_wait=0.01), cache, repeats, sampling)
    try:
        return await judge.judge(STORY, context), judge
    finally:
        await judge.model.close()


def settings(tmp_path: Path, model: str = "none") -> EvaluationSettings:
    return EvaluationSettings(
        gen_dir=tmp_path / "gen", gt_dir=tmp_path / "gt", judge_model=model, cache=tmp_path / "judgements", batch_size=4
    )


def folders(tmp_path: Path, contexts: int = 3) -> None:
    """Write pairs whose contexts differ from each other."""
    for number in range(contexts):
        story = STORY + " Anne exited the playroom." * number
        context = context_of(TOGETHER, ALONE, *[AFTER] * (number + 1))
        write_result(tmp_path / "gt", str(number), context, story)
        write_result(tmp_path / "gen", str(number), context, story)


def test_accuracy_is_the_share_of_observations_that_are_right(tmp_path: Path) -> None:
    with JudgeServer(first_leaks) as server:
        result, judge = asyncio.run(judged(server.model, tmp_path))
    assert result.accuracy == 5 / 6 and result.spread is None
    assert (judge.made, judge.kept, result.usage.requests) == (1, 0, 1)
    assert judge.calls.usage.keys() == {"judge"}
    assert server.temperatures == [0]


def test_a_judge_that_takes_no_temperature_is_asked_without_one(tmp_path: Path) -> None:
    with JudgeServer(refuse_temperature=True) as server:
        result, _ = asyncio.run(judged(server.model, tmp_path))
    assert result.accuracy == 1.0 and server.temperatures == [0, None]


def test_the_prompt_shows_decoded_observations_and_no_thoughts() -> None:
    thinking = context_of(
        (TOGETHER[0], (f"{STATE} <mental_state>I like it</mental_state>", STATE), TOGETHER[2]), ALONE, AFTER
    )
    prompt = judge_prompt(STORY, thinking)
    assert "- Anne observes: Sally left the playroom" in prompt
    assert "- Sally observes: Sally and Anne are in the playroom." in prompt
    assert "I like it" not in prompt and "Step 3." in prompt and STORY in prompt
    with pytest.raises(ContextError):
        judge_prompt(STORY, context_of((LAST_ACT, (NONE, NONE), (NONE, NONE))))


def test_nothing_is_asked_twice(tmp_path: Path) -> None:
    with JudgeServer(first_leaks) as server:
        first, _ = asyncio.run(judged(server.model, tmp_path))
        again, judge = asyncio.run(judged(server.model, tmp_path))
        assert len(server.bodies) == 1 and (judge.made, judge.kept) == (0, 1)
        assert again.accuracy == first.accuracy and again.usage.requests == 0
        other = context_of(TOGETHER, (NONE, (NONE, NONE), ALONE[2]), AFTER)
        asyncio.run(judged(server.model, tmp_path, other))
        assert len(server.bodies) == 2
        (kept,) = [path for path in tmp_path.glob("*.json") if "elsewhere" in path.read_text()][:1]
        kept.write_text("{", encoding="utf-8")
        asyncio.run(judged(server.model, tmp_path))
        asyncio.run(judged(server.model, tmp_path, other))
        assert len(server.bodies) == 3


def test_a_judgement_by_another_rubric_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(JUDGE, sections=(*JUDGE.sections, Section(name="haste", text="Be quick.")))
    with JudgeServer(first_leaks) as server:
        asyncio.run(judged(server.model, tmp_path))
        monkeypatch.setattr("social_world_model.evaluation.judging.JUDGE", other)
        _, judge = asyncio.run(judged(server.model, tmp_path))
    assert (judge.made, judge.kept, len(server.bodies)) == (1, 0, 2)


@pytest.mark.parametrize("sampling", [Sampling(temperature=0.5), Sampling(seed=3), Sampling(max_output_tokens=900)])
def test_a_judgement_drawn_otherwise_is_made_anew(tmp_path: Path, sampling: Sampling) -> None:
    with JudgeServer(first_leaks) as server:
        asyncio.run(judged(server.model, tmp_path))
        _, judge = asyncio.run(judged(server.model, tmp_path, sampling=sampling))
    assert (judge.made, judge.kept, len(server.bodies)) == (1, 0, 2)


def test_a_dry_run_of_an_evaluation_counts_the_judgements_that_are_missing(tmp_path: Path) -> None:
    with JudgeServer(first_leaks) as server:
        folders(tmp_path)
        asked = settings(tmp_path, server.model)
        before = estimate_evaluation(asked)
        assert len(server.bodies) == 0
        asyncio.run(evaluate(asked))
        after = estimate_evaluation(asked)
        calls = len(server.bodies)
    assert (before.usage.requests, before.kept) == (calls, 0)
    assert (after.usage.requests, after.kept) == (0, calls)


def test_repeats_tell_the_judges_own_spread(tmp_path: Path) -> None:
    given: list[Judged] = []

    def by_turns(prompt: str) -> Judged:
        given.append(first_leaks(prompt) if len(given) % 2 else all_right(prompt))
        return given[-1]

    with JudgeServer(by_turns) as server:
        result, _ = asyncio.run(judged(server.model, tmp_path, repeats=2))
    assert result.accuracies == (1.0, 5 / 6)
    assert result.accuracy == pytest.approx(11 / 12) and result.spread == pytest.approx(0.117851)


@pytest.mark.parametrize(
    ("faults", "checked", "says"),
    [
        ([], 1, "checked: expected 2, because the context has 2 agents and 1 steps, got 1"),
        ([("Bob", "1")], 2, "got Bob in step 1"),
        ([("Anne", "2")], 2, "got Anne in step 2"),
        ([("Anne", "1"), ("Anne", "1")], 2, "several for Anne in step 1"),
    ],
)
def test_a_judgement_covers_every_observation_and_names_each_fault_once(
    faults: list[tuple[str, str]], checked: int, says: str
) -> None:
    listed = [{"agent": agent, "step": step, "fault": "leak", "why": ""} for agent, step in faults]
    with pytest.raises(UnfitReply, match=says):
        JudgementParser(("Sally", "Anne"), 1).parse(json.dumps({"faults": listed, "checked": checked}))


def test_observations_without_a_fault_are_right() -> None:
    listed = [{"agent": "Anne", "step": "1", "fault": "omission", "why": "She was there."}]
    judgement = JudgementParser(("Sally", "Anne"), 2).parse(json.dumps({"faults": listed, "checked": 4}))
    assert judgement.accuracy == 0.75


def test_a_judge_that_writes_prose_gives_no_judgement(tmp_path: Path) -> None:
    with JudgeServer(lambda _: "All of this looks fine to me.") as server, pytest.raises(UnparsableOutputError):
        asyncio.run(judged(server.model, tmp_path))
    assert len(server.bodies) == 5 and not list(tmp_path.iterdir())


def test_overall_weighs_structure_and_observation(tmp_path: Path) -> None:
    folders(tmp_path)
    with JudgeServer(first_leaks) as server:
        result = asyncio.run(evaluate(settings(tmp_path, server.model)))
    assert [row.overall for row in result.rows] == pytest.approx(
        [0.3 + 0.7 * share for share in (5 / 6, 7 / 8, 9 / 10)]
    )
    assert (result.failed, result.judgements_made, result.usage.requests) == ((), 3, 3)


def test_a_context_that_several_files_share_is_judged_once_and_counts_once(tmp_path: Path) -> None:
    for index in ("0", "1", "2"):
        write_result(tmp_path / "gt", index, SALLY_ANNE)
        write_result(tmp_path / "gen", index, SALLY_ANNE)
    with JudgeServer() as server:
        result = asyncio.run(evaluate(settings(tmp_path, server.model)))
    assert len(server.bodies) == 1 and len(result.rows) == 3 and len(result.counted) == 1


def test_a_judge_of_prose_fails_its_file_alone(tmp_path: Path) -> None:
    folders(tmp_path)

    def prose_for_the_second(prompt: str) -> Judged | str:
        return "No." if prompt.count("Anne exited the playroom.") == 1 else all_right(prompt)

    with JudgeServer(prose_for_the_second) as server:
        result = asyncio.run(evaluate(settings(tmp_path, server.model)))
    assert [(one.name, one.kind) for one in result.failed] == [("1.json", "failed")]
    assert [row.name for row in result.counted] == ["0.json", "2.json"]
    table = markdown(result)
    assert "| 1.json | 1.000 | – | – | 1.000 |" in table and "could not be read" in table
    assert "| **Mean** | **1.000** | **1.000** | **1.000** |" in table


def test_a_dead_judge_ends_the_run(tmp_path: Path) -> None:
    folders(tmp_path)
    with JudgeServer() as server:
        model = server.model
    with pytest.raises(EndpointError, match="no connection"):
        asyncio.run(evaluate(settings(tmp_path, model)))


def test_a_dead_judge_of_a_single_file_is_no_failure_of_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders(tmp_path, 1)
    monkeypatch.setattr("social_world_model.generation_utils.clients.Calls", partial(Calls, first_wait=0.001))
    with JudgeServer() as server:
        model = server.model
    with pytest.raises(EndpointError, match="no reply at all"):
        asyncio.run(evaluate(settings(tmp_path, model)))


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    folders(tmp_path, 4)
    with JudgeServer() as server:
        asked = settings(tmp_path, server.model)
        asyncio.run(evaluate(asked))
        (tmp_path / "judgements" / sorted(path.name for path in (tmp_path / "judgements").iterdir())[0]).unlink()
        again = asyncio.run(evaluate(asked))
    assert len(server.bodies) == 5 and (again.judgements_made, again.judgements_kept) == (1, 3)


def test_a_context_with_errors_is_scored_if_it_can_be_decoded_and_fails_if_not(tmp_path: Path) -> None:
    folders(tmp_path)
    missing = SALLY_ANNE.to_data()
    del missing["socialized_context"][2]["observations"]["Sally"]
    write_result(tmp_path / "gen", "0", SocializedContext.from_data(missing))
    write_result(
        tmp_path / "gen", "1", context_of((LAST_ACT, (NONE, NONE), (NONE, NONE))), STORY + " Anne exited the playroom."
    )
    with JudgeServer() as server:
        result = asyncio.run(evaluate(settings(tmp_path, server.model)))
    first, second, _ = result.rows
    assert first.structure.score < 1 and first.observation == 1.0 and first.perceived is not None
    assert second.structure.score < 1 and second.overall is None
    assert [one.name for one in result.failed] == ["1.json"] and "earlier step" in result.failed[0].why


def test_the_symbolic_reference_needs_no_folder(tmp_path: Path) -> None:
    folders(tmp_path)
    write_result(tmp_path / "gen", "9", SALLY_ANNE, story="Long ago, a king lived.")
    result = asyncio.run(evaluate(replace(settings(tmp_path), reference="symbolic", gt_dir=None)))
    assert [row.perceived is not None for row in result.rows] == [True, True, True, False]
    assert "symbolic grammar" in result.failed[0].why


@pytest.mark.parametrize(
    "wrong",
    [
        {"batch_size": 0},
        {"repeats": 0},
        {"rpm": 0},
        {"timeout": 0.0},
        {"max_cost": float("nan")},
        {"gt_dir": None},
        {"repeats": 2},
        {"base_url": "http://localhost:1/v1", "judge_model": "scripted/x"},
        {"judge_model": "symbolic"},
        {"judge_model": "gpt-5-2025-08-07"},
        {"judge_model": "custom/x@http://localhost:1/v1", "max_cost": 1.0},
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_is_read(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="expected"):
        asyncio.run(evaluate(replace(settings(tmp_path), **wrong)))  # type: ignore[arg-type]


def judged_row(name: str, f1: float, accuracies: tuple[float, ...], tmp_path: Path) -> EvaluationRow:
    from social_world_model.evaluation import compare_perceived, structure_of
    from social_world_model.evaluation.judging import Fault, Judgement

    def judgement(accuracy: float) -> Judgement:
        wrong = 10 - round(accuracy * 10)
        fault = Fault(agent="A", step="1", why="", fault="leak")
        return Judgement(faults=[fault] * wrong, checked=10)

    perceived = replace(compare_perceived(SALLY_ANNE, SALLY_ANNE), f1=f1)
    made = JudgeResult(judgements=tuple(judgement(one) for one in accuracies))
    return EvaluationRow(name=name, key=name, structure=structure_of(SALLY_ANNE), perceived=perceived, judged=made)


def test_the_report_says_how_f1_goes_with_the_judge_and_how_sure_the_judge_is(tmp_path: Path) -> None:
    rows = tuple(
        judged_row(f"{number}|.json", f1, accuracies, tmp_path)
        for number, (f1, accuracies) in enumerate([(0.2, (0.1, 0.3)), (0.5, (0.5, 0.5)), (0.9, (0.9, 0.9))])
    )
    result = Evaluation(settings=replace(settings(tmp_path, "m"), repeats=2), rows=rows, failed=())
    assert correlation(result) == 1.0
    assert judge_spread(result) == pytest.approx((0.533333, 0.04714), abs=1e-5)
    table = markdown(result)
    assert "Spearman correlation 1.000" in table and "standard deviation 0.047" in table and "| 0\\|.json |" in table
    assert correlation(replace(result, rows=rows[:2])) is None
    flat = replace(
        result, rows=(*rows[:1], judged_row("3", 0.2, (0.9, 0.9), tmp_path), judged_row("4", 0.2, (0.2, 0.2), tmp_path))
    )
    assert correlation(flat) is None and "no correlation" in markdown(flat)
    assert json.loads(json.dumps(data(result)))["files"][0]["judge"]["judgements"][0]["checked"] == 10


def test_ranks_are_shared_by_equals() -> None:
    assert spearman([1, 1, 2, 3], [1, 1, 2, 3]) == 1.0
    assert spearman([1, 2, 3, 4], [4, 3, 2, 1]) == -1.0
    assert spearman([1, 2, 3], [1, 3, 2]) == pytest.approx(0.5)
