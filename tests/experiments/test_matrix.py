"""Matrices of episodes against a local server: cells, A/A pairs, resume, dead models, matched tokens, estimates."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from social_world_model.errors import ConfigurationError
from social_world_model.experiments.episodes import estimate as episode_estimate
from social_world_model.experiments.episodes.estimate import estimate_episodes
from social_world_model.experiments.episodes.matrix import Matrix, make_matrix, read_matrix
from social_world_model.experiments.episodes.matrix_runs import CellResult, estimate_matrix, run_matrix
from social_world_model.experiments.episodes.paper_matrix import paper_matrix, protocol_of
from social_world_model.experiments.episodes.run import EpisodeRun
from social_world_model.settings import EpisodeSettings
from tests.agents.stub import realistic_reply, stub_reply
from tests.experiments.test_episodes import StopError
from tests.generation_utils.endpoint import closed_port
from tests.scenarios.sotopia_bundles import bundle, environment, person, written
from tests.server import FaultServer

TURNS = 4


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOM_API_KEY", "none")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two environments with one cast each, so there are four tasks."""
    made = {
        **bundle(),
        "environments": {f"e{n}": environment(f"e{n}") for n in range(2)},
        "agents": {pk: person(pk, name) for pk, name in zip("abcd", ("Ann", "Bob", "Cy", "Di"), strict=True)},
        "env_agent_combos": [{"pk": f"c{n}", "env_id": f"e{n}", "agent_ids": ["ab"[n], "cd"[n]]} for n in (0, 1)],
    }
    return written(tmp_path, made)


def matrix_data(data: Path, server: FaultServer | str, **more: Any) -> dict[str, Any]:
    url = server if isinstance(server, str) else server.base_url
    settings = {"max_turns": TURNS, "output_dir": str(data.parent / "out"), **more.pop("settings", {})}
    return {
        "scenarios": [{"scenario": "sotopia", "data": str(data)}],
        "agents": ["plain", "foresee"],
        "models": [f"custom/stub-{number}@{url}" for number in range(2)],
        "settings": settings,
        **more,
    }


def made(data: Mapping[str, Any], **more: Any) -> Matrix:
    return make_matrix(data, "the test", **more)


def stub_server() -> FaultServer:
    return FaultServer([], replies=stub_reply)


def run(matrix: Matrix) -> list[CellResult]:
    async def results() -> list[CellResult]:
        return [result async for result in run_matrix(matrix)]

    return asyncio.run(results())


def agents_of(matrix: Matrix) -> list[tuple[str, str | None, int | None]]:
    return [
        (cell.settings.agent, (cell.settings.model_name or "").split("@")[0], cell.settings.seed)
        for cell in matrix.cells
    ]


def test_a_matrix_starts_with_pairs_that_differ_only_in_the_seed_and_each_cell_is_an_ordinary_run(data: Path) -> None:
    with stub_server() as server:
        matrix = made(matrix_data(data, server, settings={"limit": 2}))
        assert agents_of(matrix) == [
            ("plain", "custom/stub-0", None),
            ("plain", "custom/stub-0", 1),
            ("plain", "custom/stub-1", None),
            ("plain", "custom/stub-1", 1),
            ("foresee", "custom/stub-0", None),
            ("foresee", "custom/stub-1", None),
        ]
        results = run(matrix)
        assert [(one.is_complete, one.stopped, len(one.result.episodes)) for one in results if one.result] == [
            (True, None, 2)
        ] * 6
        folders = [one.result.folder for one in results if one.result and one.result.folder]
        assert len(set(folders)) == 6
        calls = len(server.log)
        assert calls == sum(one.usage.requests for one in results) == 4 * 2 * 4 * 1 + 2 * 2 * (2 * 5 + 2)
        pair = [json.loads((folder / "run.json").read_text()) for folder in folders[:2]]
        for manifest in pair:
            for sent in ("models", "understood"):
                manifest["settings"].pop(sent)
        assert [one["settings"]["aa"] for one in pair] == [True, True]
        differing = {name for name in pair[0] if pair[0][name] != pair[1][name]} - {"started", "ended", "usage"}
        assert differing == {"seed"}
        alone = EpisodeRun(matrix.cells[4].settings).execute_sync()
        assert (alone.kept, alone.failed, len(server.log)) == (2, 0, calls)
        assert [one.result.kept for one in run(matrix) if one.result] == [2] * 6
        assert len(server.log) == calls


def test_a_dry_run_counts_the_calls_of_the_matrix_and_calls_nothing(data: Path) -> None:
    with stub_server() as server:
        given = matrix_data(
            data,
            server,
            agents=["plain", "reflect", "foresee-paper", {"agent": "foresee", "horizon": 2}, "best-of"],
            models=[f"custom/stub@{server.base_url}"],
            world_models=[f"custom/world-{number}@{server.base_url}" for number in range(2)],
            match_tokens="foresee-paper",
            settings={"limit": 1},
        )
        matrix = made(given, without_keys=True)
        estimates = asyncio.run(estimate_matrix(matrix))
        assert len(server.log) == 0
        assert not (data.parent / "out").exists()
        results = run(matrix)
        assert len(matrix.cells) == 2 + 1 + 2 + 2 + 1 + 1
        ordinary = [one for cell, one in estimates if cell.target is None]
        assert [one.total.requests for one in ordinary] == [one.usage.requests for one in results[:-1]]
        again = asyncio.run(estimate_matrix(matrix))
        assert sum(one.total.requests for _, one in again[:-1]) == 0
        assert {one.kept for _, one in again[:-1]} == {1}


class Killer:
    """Lets a number of replies be stored, and then ends the process of the sweep as a kill does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, replies: int) -> None:
        from social_world_model.runs.journal import Journal

        left, keep = replies, Journal.keep

        def keeping(journal: Journal, *given: Any) -> None:
            nonlocal left
            if left <= 0:
                raise StopError
            keep(journal, *given)
            left -= 1

        monkeypatch.setattr(Journal, "keep", keeping)


def test_a_killed_matrix_is_continued_without_paying_a_stored_reply_again(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stub_server() as server:
        given = matrix_data(data, server, settings={"batch_size": 2, "limit": 2})
        needed = sum(one.total.requests for _, one in asyncio.run(estimate_matrix(made(given))))
        for replies in (10, 15, 20):
            with monkeypatch.context() as patch:
                Killer(patch, replies)
                with pytest.raises((StopError, BaseExceptionGroup)):
                    run(made(given))
        results = run(made(given))
        assert all(one.is_complete for one in results)
        lost = 3 * 2 * 4  # at each end, the calls that were running
        assert needed <= len(server.log) <= needed + lost


def test_a_dead_world_model_stops_only_its_cells(data: Path) -> None:
    with stub_server() as server:
        given = matrix_data(
            data,
            server,
            agents=["foresee-paper", "best-of"],
            models=[f"custom/stub@{server.base_url}"],
            world_models=[f"custom/dead@{closed_port()}", f"custom/world@{server.base_url}"],
            match_tokens="foresee-paper",
            aa=False,
        )
        results = run(made(given))
    assert [one.is_complete for one in results] == [False, True, True, False]
    assert "no connection" in (results[0].stopped or "")
    assert results[0].result is not None
    assert results[0].result.episodes == ()
    assert "expected 4 played episodes of the agent foresee-paper to compare its tokens, got 0" in (
        results[3].stopped or ""
    )


def test_a_spent_budget_ends_the_sweep_and_the_same_command_continues(data: Path) -> None:
    with stub_server() as server:
        given = matrix_data(data, server, settings={"max_total_tokens": 30_000, "batch_size": 1, "limit": 2})
        first = run(made(given))
        assert len(first) < 6
        assert "max_total_tokens 30000 is spent" in (first[-1].stopped or "")
        paid = len(server.log)
        more = matrix_data(data, server, settings={"batch_size": 4, "limit": 2})
        assert all(one.is_complete for one in run(made(more)))
        whole = 4 * 2 * 4 + 2 * 2 * 12
        assert whole <= len(server.log) <= whole + 1
        assert paid < whole


def test_best_of_gets_candidates_until_it_needs_the_tokens_of_the_other_agent_and_the_choice_is_kept(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer([], replies=realistic_reply) as server:
        given = matrix_data(data, server, models=[f"custom/stub@{server.base_url}"], match_tokens="foresee", aa=False)
        *_, matched = run(made(given))
        assert matched.is_complete
        assert matched.result is not None
        assert matched.cell.settings.candidates > 5
        (note,) = matched.notes
        found = re.fullmatch(
            r"(\d+) candidates: ([\d,]+) tokens per own turn in the pilot, foresee needs ([\d,]+) \(within 10 %\)", note
        )
        assert found is not None, note
        ours, theirs = (int(number.replace(",", "")) for number in found.groups()[1:])
        assert abs(ours - theirs) <= 0.1 * theirs
        assert int(found[1]) == matched.cell.settings.candidates
        calls = len(server.log)
        (stored,) = (data.parent / "out").rglob("*.best-of")
        before = stored.read_text()
        *_, again = run(made(given))
        assert (again.cell.settings, len(server.log), stored.read_text()) == (matched.cell.settings, calls, before)
        stored.write_text(before[:20])
        *_, again = run(made(given))
        assert (again.cell.settings, len(server.log), stored.read_text()) == (matched.cell.settings, calls, before)


def test_shards_share_the_number_of_candidates(data: Path) -> None:
    with FaultServer([], replies=realistic_reply) as server:
        given = matrix_data(
            data,
            server,
            agents=["reflect"],
            models=[f"custom/stub@{server.base_url}"],
            match_tokens="reflect",
            aa=False,
        )
        matched = [run(made(given, shard=f"{number}/2"))[-1] for number in (1, 2)]
        again = run(made(given, shard="2/2"))[-1]
    assert again.cell == matched[-1].cell
    assert all(one.is_complete for one in matched)
    assert len({one.cell.settings.candidates for one in matched}) == 1
    assert len(list((data.parent / "out").rglob("*.best-of"))) == 1


def test_pilots_that_are_not_chosen_are_moved_aside(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def wrong(self: Any, plan: Any) -> float:
        return 500.0 * plan.settings.candidates if plan.settings.agent == "best-of" else 1.0

    monkeypatch.setattr(episode_estimate.Estimator, "tokens_per_turn", wrong)
    with FaultServer([], replies=realistic_reply) as server:
        given = matrix_data(
            data,
            server,
            agents=["foresee"],
            models=[f"custom/stub@{server.base_url}"],
            match_tokens="foresee",
            aa=False,
        )
        *_, matched = run(made(given))
    assert "(within 10 %)" in matched.notes[0]
    folders = sorted(path.parent.name for path in (data.parent / "out").rglob("run.json") if "best-of" in str(path))
    assert len(folders) > 1, "the first guess was wrong"
    assert matched.result is not None
    assert matched.result.folder is not None
    assert [name for name in folders if ".old-1" not in name] == [matched.result.folder.name]


def test_tokens_that_cannot_be_reached_are_named(data: Path) -> None:
    with stub_server() as server:
        given = matrix_data(
            data, server, agents=["plain"], models=[f"custom/stub@{server.base_url}"], match_tokens="plain", aa=False
        )
        *_, matched = run(made(given))
    assert matched.is_complete
    assert matched.cell.settings.candidates == 1
    assert "not within 10 %: the nearest number of candidates is used" in matched.notes[0]


@pytest.mark.parametrize("agent", ["foresee", "best-of", "cot"])
def test_estimated_tokens_are_within_a_tenth_of_the_tokens_of_the_run(data: Path, agent: str) -> None:
    with FaultServer([], replies=realistic_reply) as server:
        settings = EpisodeSettings(
            scenario="sotopia",
            data=data,
            agent=agent,
            model_name=f"custom/stub@{server.base_url}",
            output_dir=data.parent / "out",
            limit=1,
        )
        estimate = estimate_episodes(settings).total
        assert len(server.log) == 0
        result = EpisodeRun(settings).execute_sync()
        characters = sum(entry.prompt_chars for entry in server.log)
    used = list(result.usage.values())
    assert estimate.requests == len(server.log)
    assert estimate.input_tokens == pytest.approx(characters / 4, rel=0.1)
    assert estimate.input_tokens + estimate.output_tokens == pytest.approx(
        sum(one.input_tokens + one.output_tokens for one in used), rel=0.1
    )


CODENAMES = (
    *("share_blanket", "sell_item", "craigslist_0", "craigslist_2", "craigslist_3", "craigslist_7"),
    *("revenge_plot", "game_winning", "share_stuff", "donate_funds", "join_trip", "guest", "sleep", "divide_items"),
)
BOTH_SEATS = 6


@pytest.fixture
def hard(tmp_path: Path) -> Path:
    """A bundle of the size of SOTOPIA-hard: 14 environments with 5 casts each."""
    people = {f"p{n}": person(f"p{n}", f"Name{n}") for n in range(10)}
    made = {
        "environments": {name: environment(name) for name in CODENAMES},
        "agents": people,
        "env_agent_combos": [
            {"pk": f"{name}-{n}", "env_id": name, "agent_ids": [f"p{2 * n}", f"p{2 * n + 1}"]}
            for name in CODENAMES
            for n in range(5)
        ],
    }
    return written(tmp_path, made, "hard.json")


@pytest.fixture
def seats(tmp_path: Path) -> Path:
    """An EnvironmentList: both seats of six environments, and one seat of eight."""
    listed = [(name, seat) for name in CODENAMES[:BOTH_SEATS] for seat in (0, 1)]
    listed += [(name, number % 2) for number, name in enumerate(CODENAMES[BOTH_SEATS:])]
    made = {"environments": [name for name, _ in listed], "agent_index": [str(seat) for _, seat in listed]}
    return written(tmp_path, made, "seats.json")


@pytest.mark.parametrize(("has_seats", "tasks", "calls"), [(True, 100, 215_600), (False, 140, 301_840)])
def test_the_matrix_of_the_paper_has_the_calls_of_the_paper(
    hard: Path, seats: Path, has_seats: bool, tasks: int, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("TOGETHER_API_KEY", raising=False)
    monkeypatch.setattr(episode_estimate, "SAMPLED", 1)
    given = paper_matrix({"output_dir": hard.parent / "out"}, hard, seats if has_seats else None)
    matrix = make_matrix(given, "the preset", without_keys=True)
    assert len(matrix.cells) == 49 + 7 + 7
    assert {cell.episodes for cell in matrix.cells} == {tasks}
    assert [cell.is_second for cell in matrix.cells[:14]] == [False, True] * 7
    estimates = asyncio.run(estimate_matrix(matrix))
    size = protocol_of((cell, one.total.requests) for cell, one in estimates)
    assert (size.cells, size.episodes, size.calls) == (56, 56 * tasks, calls)
    per_episode = {cell.settings.agent: one.total.requests / tasks for cell, one in estimates}
    assert per_episode == {"plain": 20, "foresee-paper": 40}


def test_controls_are_three_more_cells_per_model(hard: Path) -> None:
    matrix = make_matrix(paper_matrix({"limit": 1}, hard, controls=True, aa=False), "the preset", without_keys=True)
    assert len(matrix.cells) == 49 + 7 + 3 * 7
    matched = [cell for cell in matrix.cells if cell.target is not None]
    assert {(cell.settings.agent, cell.target.agent) for cell in matched if cell.target} == {
        ("best-of", "foresee-paper")
    }


def test_five_percent_of_the_paper_need_the_estimated_calls_and_tokens(hard: Path) -> None:
    """Seven of 140 tasks, one cell without a world model and one with it: the other cells have the same prompts."""
    with FaultServer([], replies=realistic_reply, keep_bodies=False) as server:
        for agent in ("plain", "foresee-paper"):
            common: dict[str, Any] = {
                "scenario": "sotopia",
                "data": hard,
                "output_dir": hard.parent / "out",
            }
            whole = EpisodeSettings(**common, agent=agent, model_name=f"custom/stub@{server.base_url}")
            tasks = tuple(task.id for task in EpisodeRun(whole).plan.tasks[::20])  # 5 % of 140
            estimate = estimate_episodes(whole).total
            server.reset()
            result = EpisodeRun(EpisodeSettings(**{**vars(whole), "task": tasks})).execute_sync()
            assert (len(tasks), result.failed) == (7, 0)
            assert estimate.requests == 20 * len(server.log)
            assert estimate.input_tokens / 20 == pytest.approx(
                sum(entry.prompt_chars for entry in server.log) / 4, rel=0.1
            )


def test_shards_of_a_matrix_have_disjoint_folders_and_all_tasks_together(data: Path) -> None:
    with stub_server() as server:
        given = matrix_data(data, server, agents=["plain"], aa=False)
        whole = made(given)
        found: list[str] = []
        folders = set()
        for number in (1, 2):
            matrix = made(given, shard=f"{number}/2")
            assert [cell.settings.shard for cell in matrix.cells] == [f"{number}/2"] * 2
            for result in run(matrix):
                assert result.result is not None
                assert result.result.folder is not None
                folders.add(result.result.folder)
                found += [episode.index for episode in result.result.episodes]
        assert sorted(found) == sorted(2 * [task.index for task in EpisodeRun(whole.cells[0].settings).plan.tasks])
        assert len(folders) == 4
        assert {folder.relative_to(data.parent / "out").parts[0] for folder in folders} == {
            "shard-1-of-2",
            "shard-2-of-2",
        }


def test_combinations_that_do_not_fit_are_named_and_unused_models_do_not_repeat_a_cell() -> None:
    given = {
        "scenarios": ["stash", "bargain"],
        "agents": ["habit", "foresee", "foresee"],
        "partners": ["habit", {"partner": "habit", "partner_model": "custom/none@http://127.0.0.1:1/v1"}],
        "settings": {"repeats": 3},
    }
    matrix = made(given)
    assert [cell.title for cell in matrix.cells] == [
        "stash · habit · partner habit",
        "stash · foresee · partner habit",
        "bargain · habit · partner habit",
        "bargain · foresee · partner habit",
    ]
    assert matrix.repeated == ("stash · foresee · partner habit", "bargain · foresee · partner habit")
    assert len(matrix.meaningless) == 4
    assert all("expected a partner with a language model if partner_model is set" in one for one in matrix.meaningless)
    models = [f"custom/{name}@http://127.0.0.1:1/v1" for name in "ab"]
    assert len(made({"scenarios": ["stash"], "agents": ["habit"], "models": models, "aa": False}).cells) == 1


def test_the_estimate_of_a_game_that_typical_acts_end_at_once_comes_from_its_first_prompt() -> None:
    model = "custom/none@http://127.0.0.1:1/v1"
    estimate = estimate_episodes(EpisodeSettings(scenario="bargain", agent="plain", model_name=model, limit=1)).roles
    assert estimate["act"].input_tokens / estimate["act"].requests < 1000


def test_agents_that_need_games_are_left_out_of_other_scenarios(data: Path) -> None:
    matrix = made(matrix_data(data, "http://127.0.0.1:1/v1", agents=["plain", "habit", "random"], aa=False))
    assert {cell.settings.agent for cell in matrix.cells} == {"plain"}
    assert len(matrix.meaningless) == 4


def test_games_without_a_model_are_stored_and_found_again(tmp_path: Path) -> None:
    given = {"scenarios": ["stash"], "agents": ["habit", "foresee"], "settings": {"output_dir": str(tmp_path)}}
    assert [one.is_complete for one in run(made(given))] == [True, True]
    assert [one.result.kept for one in run(made(given)) if one.result] == [1, 1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"agents": []}, "expected agents in the test to be a list that is not empty, got []"),
        ({"scenarios": []}, "expected scenarios in the test to be a list that is not empty"),
        ({"models": []}, "expected models in the test to be a list that is not empty"),
        ({"partners": []}, "expected partners in the test to be a list that is not empty"),
        ({"models": [3]}, "expected models in the test to be a list of names, got 3"),
        ({"agents": ["plian"]}, "did you mean plain"),
        ({"agents": [{"candidates": 3}]}, "expected each entry of agents in the test to have a field agent"),
        ({"agents": [{"agent": "best-of", "candidate": 3}]}, "got candidate; did you mean candidates?"),
        ({"agents": [{"agent": "best-of", "candidates": 0}]}, "the test: expected candidates to be a whole number"),
        ({"agents": [{"agent": "foresee", "candidates": 60, "horizon": 4}]}, "expected at most 200 imagined replies"),
        ({"partners": ["plian"]}, "expected partners to be one of"),
        ({"agents": ["human"]}, "expected agents that need no person in the test, got human: use swm play"),
        ({"partners": ["human"]}, "expected agents that need no person in the test, got human: use swm play"),
        ({"scenarios": ["sotopiaa"]}, "sotopia"),
        ({"scenarios": [{"scenario": "sotopia", "data": "nothing.json"}]}, "nothing.json"),
        ({"world_models": ["custom/w@http://127.0.0.1:1/v1"], "agents": ["plain"]}, "add foresee or foresee-paper"),
        ({"match_tokens": "forese"}, "got 'forese'; did you mean foresee?"),
        ({"match_tokens": ["foresee"]}, "expected match_tokens in the test to be one of the agents plain, foresee"),
        ({"aa": "yes"}, "expected aa in the test to be true or false, got 'yes'"),
        ({"settings": {"save": False}}, "expected the entries of settings in the test to be among"),
        ({"settings": {"temprature": 0}}, "did you mean temperature"),
        ({"settings": {"shard": "1/2"}}, "expected the entries of settings in the test to be among"),
    ],
)
def test_wrong_entries_are_named_before_any_call(data: Path, change: dict[str, Any], message: str) -> None:
    with stub_server() as server:
        given = {**matrix_data(data, server), **change}
        with pytest.raises(Exception, match=re.escape(message)) as error:
            made(given)
    assert type(error.value).__module__ == "social_world_model.errors"
    assert len(server.log) == 0


@pytest.mark.parametrize("shard", ["0/4", "5/4", "a/b"])
def test_a_wrong_shard_of_a_matrix_is_named(data: Path, shard: str) -> None:
    with pytest.raises(ConfigurationError, match="expected shard to be I/N"):
        made(matrix_data(data, "http://127.0.0.1:1/v1"), shard=shard)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "got nothing"),
        ("- plain", "got a list"),
        ("agents: [plain]\nagents: [cot]", "got agents twice"),
        ("agent: [plain]", "did you mean agents"),
        ("a: [", "expected a matrix in YAML"),
    ],
)
def test_a_file_of_another_form_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "matrix.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        read_matrix(path)
    with pytest.raises(ConfigurationError, match="expected a matrix in YAML"):
        read_matrix(tmp_path / "missing.yaml")


def test_two_different_cells_never_share_a_folder(data: Path) -> None:
    given = matrix_data(data, "http://127.0.0.1:1/v1")
    entry = given["scenarios"][0]
    with pytest.raises(ConfigurationError, match="expected one folder per cell"):
        made({**given, "scenarios": [entry, {**entry, "limit": 1}]})
