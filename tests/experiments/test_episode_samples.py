"""Training samples from episodes: their prompts are those on the wire, and nothing private of others is in them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.experiments.episodes.files import StoredEpisode, read_episode, write_episode
from social_world_model.experiments.episodes.folders import EpisodeFolder, read_episode_folder
from social_world_model.experiments.episodes.replay import Replayer
from social_world_model.experiments.episodes.run import EpisodeRun
from social_world_model.experiments.episodes.samples import NO_MIND, SampleRules, write_samples
from social_world_model.experiments.episodes.verdicts import JudgedOrder, StoredVerdict, write_verdict
from social_world_model.generation_utils.reading import fit
from social_world_model.scenarios.dimensions import DIMENSIONS
from social_world_model.settings import EpisodeSettings
from social_world_model.training.episode_reward import compute_score, reward_func
from social_world_model.world_model.foreseeing_prompts import ImaginedReply
from tests.agents.stub import prompt_of, stub
from tests.generation_utils.endpoint import Endpoint
from tests.scenarios.sotopia_bundles import bundle, environment, person, written

NAMES = ("Ann Lee", "Bob", "Cy", "Di", "Eve", "Flo")


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOM_API_KEY", "none")


def data_file(folder: Path, relationship: int = 3, number: int = 3) -> Path:
    """Write environments with one cast each. Everybody has an own secret and an own goal."""
    people = {pk: person(pk, *name.split()) for pk, name in zip("abcdef", NAMES, strict=True)}
    made = {
        "environments": {f"e{n}": environment(f"e{n}", relationship=relationship) for n in range(number)},
        "agents": people,
        "env_agent_combos": [
            {"pk": f"c{n}", "env_id": f"e{n}", "agent_ids": list("abcdef"[2 * n : 2 * n + 2])} for n in range(number)
        ],
    }
    return written(folder, {**bundle(), **made})


def played(folder: Path, **more: Any) -> tuple[EpisodeFolder, list[str]]:
    """Play episodes with a stub, and return the run and all prompts on the wire."""
    with Endpoint(stub) as endpoint:
        chosen: dict[str, Any] = {
            "agent": "plain",
            "model_name": f"custom/stub@{endpoint.base_url}",
            "max_turns": 6,
            "output_dir": folder / "out",
            **more,
        }
        result = asyncio.run(EpisodeRun(EpisodeSettings(**chosen)).execute())
    assert result.failed == 0 and result.folder is not None
    return read_episode_folder(result.folder), [prompt_of(body) for body in endpoint.bodies]


def rows(folder: Path, split: str = "train") -> list[dict[str, Any]]:
    file = folder / f"{split}.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def samples(run: EpisodeFolder, out: Path, *, data: Path | None = None, **rules: Any) -> list[tuple[str, str]]:
    """Return prompt and reply of all samples."""
    chosen = SampleRules(**{"val_share": 0.0, **rules})
    write_samples([run], out, rules=chosen, data=[data] if data else [])
    return [(row["messages"][0]["content"], row["messages"][1]["content"]) for row in rows(out)]


def acts_of(run: EpisodeFolder, people: str = "agent") -> list[dict[str, Any]]:
    return [
        decision["act"]
        for episode in run.episodes
        for name in episode.cast
        if people == "all" or (name == episode.person) is (people == "agent")
        for decision in episode.decisions(name)
    ]


def test_prompts_of_acts_are_those_that_the_plain_agent_sent(tmp_path: Path) -> None:
    data = data_file(tmp_path)
    run, wire = played(tmp_path, scenario="sotopia", data=data)
    made = samples(run, tmp_path / "samples", data=data, side="all")
    assert sorted(prompt for prompt, _ in made) == sorted(wire)
    assert "What you know of other people:" in made[0][0]
    assert [json.loads(reply) for _, reply in made] == acts_of(run, "all")
    own = samples(run, tmp_path / "own", data=data)
    assert [json.loads(reply) for _, reply in own] == acts_of(run) and len(own) == len(made) // 2


def test_strangers_need_no_data_file_and_missing_knowledge_is_counted(tmp_path: Path) -> None:
    run, wire = played(tmp_path, scenario="sotopia", data=data_file(tmp_path, relationship=0), limit=2)
    made = samples(run, tmp_path / "samples", side="all")
    assert sorted(prompt for prompt, _ in made) == sorted(wire)
    result = write_samples([run], tmp_path / "samples", rules=SampleRules(val_share=0.0))
    assert result.without_others == result.written["train"] == 6


def test_prompts_of_games_list_the_acts_and_the_reply_is_a_number(tmp_path: Path) -> None:
    run, wire = played(tmp_path, scenario="stash", seats="hider", repeats=3, save=True, max_turns=None)
    made = samples(run, tmp_path / "samples")
    assert sorted(prompt for prompt, _ in made) == sorted(wire)
    assert all(list(json.loads(reply)) == ["number"] for _, reply in made)
    assert len({reply for _, reply in made}) > 1


def test_prompts_of_replies_are_those_of_the_imagination_and_expect_what_really_happened(tmp_path: Path) -> None:
    data = data_file(tmp_path)
    run, wire = played(tmp_path, scenario="sotopia", data=data, agent="foresee", partner="plain")
    made = samples(run, tmp_path / "samples", data=data, learn="reply")
    assert made and {prompt for prompt, _ in made} <= set(wire)
    real = {(act["kind"], act["text"]) for act in acts_of(run, "partner")}
    for _, reply in made:
        read = fit(reply, ImaginedReply)
        assert (read.act_kind, read.act_text) in real
        assert (read.mind, read.state) == (NO_MIND, "")
    episode = run.episodes[0]
    turns = [turn["number"] for turn in episode.turns if episode.person in turn["decisions"]]
    answered = [number for number in turns if number < len(episode.turns)]
    of_first = [prompt for prompt, _ in made if f"You are {_partner(episode)}." in prompt]
    assert len(of_first) >= len(answered)


def _partner(episode: StoredEpisode) -> str:
    return next(name for name in episode.cast if name != episode.person)


@pytest.mark.parametrize("learn", ["act", "reply"])
def test_no_private_text_of_other_people_is_in_a_sample(tmp_path: Path, learn: Any) -> None:
    data = data_file(tmp_path)
    run, _ = played(tmp_path, scenario="sotopia", data=data)
    episodes = {name: episode for episode in run.episodes for name in episode.cast}
    for given in (data, None):
        for row in samples(run, tmp_path / "samples", data=given, learn=learn, side="all"):
            text = "\n".join(row)
            me = next(name for name in episodes if f"You are {name}." in text)
            number = NAMES.index(me)
            ours = {"abcdef"[number]} if learn == "act" else set()
            for pk in set("abcdef") - ours:
                assert f"secret of {pk}" not in text
            goals = ["first goal", "second goal"]
            for goal in goals if learn == "reply" else [goals[1 - number % 2]]:
                assert goal not in text


def test_environments_are_never_in_both_splits(tmp_path: Path) -> None:
    data = data_file(tmp_path, number=3)
    run, _ = played(tmp_path, scenario="sotopia", data=data)
    seen = set()
    for seed in range(12):
        rules = SampleRules(val_share=0.5, seed=seed)
        try:
            result = write_samples([run], tmp_path / "samples", form="grpo", rules=rules)
        except DatasetError as error:
            assert "held out" in str(error)
            continue
        parts = [
            {row["extra_info"]["environment"] for row in rows(tmp_path / "samples", split)}
            for split in ("train", "val")
        ]
        assert not parts[0] & parts[1] and parts[0] | parts[1] == {"e0", "e1", "e2"}
        assert dict(result.environments) == {
            name: len(part) for name, part in zip(("train", "val"), parts, strict=True) if part
        }
        assert sum(result.written.values()) == 18
        seen.add(frozenset(parts[1]))
    assert len(seen) > 2


def judged(run: EpisodeFolder, judge: str, goals: dict[str, float]) -> None:
    """Write verdicts of a judge: the goal score of each person by task and repeat."""
    for episode in run.episodes:
        scores = {
            name: {**dict.fromkeys(DIMENSIONS, 0.0), "goal": goals[episode.index] if name == episode.person else 0.0}
            for name in episode.cast
        }
        verdict = StoredVerdict(
            task=episode.task,
            repeat=episode.repeat,
            episode_key=episode.episode_key,
            judge=judge,
            status="judged",
            orders=(JudgedOrder(people=list(episode.cast), scores=scores),),
        )
        folder = run.path / "verdicts" / judge
        folder.mkdir(parents=True, exist_ok=True)
        write_verdict(folder / f"{episode.index.replace('/', '-')}.json", verdict)


def test_only_good_decisions_are_used_if_a_score_is_required(tmp_path: Path) -> None:
    data = data_file(tmp_path)
    run, _ = played(tmp_path, scenario="sotopia", data=data)
    goals = {episode.index: float(number) for number, episode in enumerate(run.episodes)}
    judged(run, "j", goals)
    run = read_episode_folder(run.path)
    rules = SampleRules(at_least={"goal": 4.0}, val_share=0.0)
    result = write_samples([run], tmp_path / "samples", form="grpo", rules=rules)
    assert (result.episodes, dict(result.skipped)) == (2, {"the scores are too low, or there are no scores": 4})
    truths = [json.loads(row["reward_model"]["ground_truth"]) for row in rows(tmp_path / "samples")]
    assert {truth["scores"]["goal"] for truth in truths} == {4.0, 5.0}
    assert {truth["scores"]["overall"] for truth in truths} == {4.0 / 7, 5.0 / 7}
    overall = SampleRules(at_least={"overall": 0.7}, val_share=0.0)
    assert write_samples([run], tmp_path / "samples", rules=overall).episodes == 1
    with pytest.raises(DatasetError, match="6 × the scores are too low"):
        write_samples([run], tmp_path / "other", rules=SampleRules(at_least={"goal": 4.0}, judges=("nobody",)))
    assert not (tmp_path / "other" / "train.jsonl").exists()


def test_seats_and_sides_choose_decisions(tmp_path: Path) -> None:
    run, _ = played(tmp_path, scenario="sotopia", data=data_file(tmp_path))
    assert len(samples(run, tmp_path / "samples", seats=("2",))) == 9
    made = samples(run, tmp_path / "samples", seats=("2",), side="partner")
    assert {prompt.split("You are ")[1].split(".")[0] for prompt, _ in made} == {"Ann Lee", "Cy", "Eve"}


def test_parquet_has_the_same_rows_as_json_lines(tmp_path: Path) -> None:
    from pyarrow import parquet

    run, _ = played(tmp_path, scenario="sotopia", data=data_file(tmp_path))
    for form in ("sft", "grpo"):
        write_samples([run], tmp_path / "samples", form=form, rules=SampleRules(val_share=0.0))
        table = parquet.read_table(tmp_path / "samples" / "train.parquet").to_pylist()
        assert table == rows(tmp_path / "samples") and len(table) == 18
    assert sorted(path.name for path in (tmp_path / "samples").iterdir()) == [
        "report.json",
        "train.jsonl",
        "train.parquet",
    ]


def test_samples_for_rewards_carry_what_the_rewards_need(tmp_path: Path) -> None:
    run, _ = played(tmp_path, scenario="sotopia", data=data_file(tmp_path))
    judged(run, "j", {episode.index: 7.0 for episode in run.episodes})
    run = read_episode_folder(run.path)
    for learn, best in (("act", 0.7), ("reply", 1.0)):
        rules = SampleRules(learn=learn, val_share=0.0)  # type: ignore[arg-type]
        write_samples([run], tmp_path / "samples", form="grpo", rules=rules)
        columns: dict[str, list[Any]] = {}
        for row in rows(tmp_path / "samples"):
            for name, value in row.items():
                columns.setdefault(name, []).append(value)
            real = row["reward_model"]["ground_truth"]
            played_act = json.dumps(json.loads(real)["reply"])
            assert compute_score(row["data_source"], played_act, real, row["extra_info"]) == best
            assert compute_score(row["data_source"], "?", real, row["extra_info"]) == 0.0
        assert len(columns["prompt"]) > 10
        assert reward_func(["?"] * len(columns["prompt"]), **columns) == [0.0] * len(columns["prompt"])


def games(tmp_path: Path) -> Iterator[EpisodeFolder]:
    for scenario in ("stash", "errand", "bargain"):
        chosen = EpisodeSettings(
            scenario=scenario, agent="habit", repeats=6, save=True, output_dir=tmp_path / scenario, seats="both"
        )
        result = asyncio.run(EpisodeRun(chosen).execute())
        assert result.folder is not None
        yield read_episode_folder(result.folder)


def test_the_record_alone_gives_the_same_memories_as_the_rules_of_the_games(tmp_path: Path) -> None:
    compared = 0
    for run in games(tmp_path):
        unknown = replace(run, manifest={**run.manifest, "scenario": "imported"})
        for episode in run.episodes:
            exact, recorded = Replayer().replay(run, episode), Replayer().replay(unknown, episode)
            assert (exact.knows_others, recorded.knows_others) == (True, False)
            assert [one.act for one in exact.decisions] == [one.act for one in recorded.decisions]
            for one, other in zip(exact.decisions, recorded.decisions, strict=True):
                assert one.observation.context == other.observation.context
                assert one.observation.news == other.observation.news
                assert one.observation.briefing.private == other.observation.briefing.private
                compared += 1
    assert compared > 100


def test_an_episode_that_does_not_fit_its_context_gives_no_sample(tmp_path: Path) -> None:
    data = data_file(tmp_path)
    run, _ = played(tmp_path, scenario="sotopia", data=data, limit=2)
    file = next(path for path in sorted(run.path.glob("*.json")) if path.name != "run.json")
    episode = read_episode(file)
    assert episode is not None
    turns: Any = json.loads(json.dumps(list(episode.turns)))
    next(iter(turns[0]["decisions"].values()))["act"]["text"] = "something else"
    write_episode(file, replace(episode, turns=turns))
    run = read_episode_folder(run.path)
    result = write_samples([run], tmp_path / "samples", rules=SampleRules(val_share=0.0), data=[data])
    assert result.episodes == 1
    assert dict(result.skipped) == {"the replayed turns differ from the stored context": 1}


def test_episodes_that_failed_are_left_out_and_nothing_to_write_is_an_error(tmp_path: Path) -> None:
    run, _ = played(tmp_path, scenario="sotopia", data=data_file(tmp_path), limit=1)
    failed = replace(run, episodes=tuple(replace(one, status="error") for one in run.episodes))
    with pytest.raises(DatasetError, match="got none: 1 × the episode ended in an error"):
        write_samples([failed], tmp_path / "samples")
    assert not list((tmp_path / "samples").iterdir())


def test_wrong_settings_and_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="val_share"):
        SampleRules(val_share=1.0)
    with pytest.raises(DatasetError, match="expected a data file"):
        write_samples([], tmp_path, data=[tmp_path / "none.json"])
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="expected to write to"):
        write_samples([], tmp_path / "file")
