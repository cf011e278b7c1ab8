"""Episodes as EpisodeLogs of sotopia, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.adapters.sotopia_folders import export_contexts, export_logs, import_logs
from social_world_model.adapters.sotopia_logs import read_episode_log, to_episode_log
from social_world_model.adapters.sotopia_store import OWN, load_store, read_log
from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.experiments.episodes.files import StoredEpisode, episode_of
from social_world_model.experiments.episodes.folders import read_episode_folder
from social_world_model.interaction import Act
from social_world_model.s3ap import SocializedContext, validate
from tests.adapters.sotopia_episodes import acts_of, episodes, played, reward, scores, written_by_sotopia
from tests.strategies import law

MODELS = ("judge", "a", "b", "c")


def through_json(data: Any) -> Any:
    return json.loads(json.dumps(data, ensure_ascii=False))


@law
@given(st.data())
def test_an_exported_episode_is_imported_with_the_same_acts_cast_scores_and_environment(data: st.DataObject) -> None:
    episode: StoredEpisode = data.draw(episodes())
    given_scores = data.draw(st.one_of(st.just({}), scores(episode.cast)))
    models = MODELS[: len(episode.cast) + 1]
    log = read_log(through_json(to_episode_log(episode, given_scores, models=models)), "here")
    read = read_episode_log(log)
    back = read.stored(task=episode.task, repeat=episode.repeat, seat=episode.seat, person=episode.person)
    assert acts_of(back) == acts_of(episode)
    assert (back.cast, back.environment, back.why_over) == (episode.cast, episode.environment, episode.why_over)
    assert read.scores == given_scores
    assert episode_of(through_json({**vars(back), "usage": vars(back.usage)})) is not None
    context = SocializedContext.from_data(back.context)
    assert [issue for issue in validate(context) if issue.severity == "error"] == []
    assert context.socialized_context[0].observations == original(episode).socialized_context[0].observations
    assert [step.actions for step in context.socialized_context] == [
        step.actions for step in original(episode).socialized_context
    ]


def original(episode: StoredEpisode) -> SocializedContext:
    return SocializedContext.from_data(episode.context)


@law
@given(episodes(round_robin=True))
def test_who_had_the_turn_is_found_without_our_own_fields(episode: StoredEpisode) -> None:
    log = {**through_json(to_episode_log(episode, {}, models=MODELS)), "models": [], OWN: "something else"}
    back = read_episode_log(read_log(log, "here"))
    assert [dict(turn) for turn in back.turns] == [
        {name: Act(kind=act["kind"], text=act["text"], to=tuple(act["to"])) for name, act in turn.items()}
        for turn in acts_of(episode)
    ]


def imported(tmp_path: Path, *logs: Any, **options: Any) -> Any:
    path = tmp_path / "logs.jsonl"
    path.write_text("".join(f"{json.dumps(log)}\n" for log in logs), encoding="utf-8")
    return import_logs([path], tmp_path / "out", **options)


def test_a_log_of_sotopia_becomes_an_episode_with_briefings_and_verdict(tmp_path: Path) -> None:
    result = imported(tmp_path, written_by_sotopia(rewards=[reward(7), reward(3)]))
    (folder,) = result.folders
    read = read_episode_folder(folder.path)
    (episode,) = read.episodes
    assert (episode.task, episode.environment, episode.cast) == ("tent/0/1", "tent", ["Ann Lee", "Bob Ray"])
    assert episode.why_over == "Too few active agents"
    assert [list(turn["decisions"]) for turn in episode.turns] == [["Ann Lee"], ["Bob Ray"], ["Ann Lee"], ["Bob Ray"]]
    assert [one["act"]["kind"] for one in episode.decisions("Bob Ray")] == ["non-verbal", "leave"]
    assert episode.decisions("Ann Lee")[0]["act"]["text"] == 'It is "my" tent;\nBob Ray left the conversation'
    private = SocializedContext.from_data(episode.context).socialized_context[0].observations["Bob Ray"]
    assert "secrets: ill\nMy goal: Keep the tent" in private
    assert "debts" not in private
    assert {name: one["goal"] for name, one in read.scores(episode).items()} == {"Ann Lee": 7, "Bob Ray": 3}
    assert list(read.verdicts) == ["imported-judge-x"]
    assert (read.manifest["agent"], read.manifest["partner"], read.unreadable) == (
        "imported_model-a",
        "imported_model-b",
        (),
    )


@pytest.mark.parametrize(
    ("rewards", "note"),
    [
        ([0.0, 0.0], ""),
        ([4.5, 3], ""),
        ([], ""),
        ([reward(7), 0.0], "got scores of 1"),
        ([reward(12), reward(3)], "expected goal of Ann Lee from 0 to 10, got 12"),
        ([[3.0, {"overall_score": 3.0}], [3.0, {"overall_score": 3.0}]], "got only a mean"),
    ],
)
def test_rewards_that_are_no_scores_are_no_verdict(tmp_path: Path, rewards: Any, note: str) -> None:
    result = imported(tmp_path, written_by_sotopia(rewards=rewards))
    (folder,) = result.folders
    assert (folder.judged, result.skipped, len(result.notes)) == (0, (), bool(note))
    assert note in "".join(result.notes)
    assert not (folder.path / "verdicts").exists()


def with_messages(*changes: tuple[int, int, list[Any]]) -> dict[str, Any]:
    log = written_by_sotopia()
    for turn, number, message in changes:
        log["messages"][turn][number] = message
    return log


@pytest.mark.parametrize(
    ("log", "why"),
    [
        (with_messages((1, 2, ["Ann Lee", "Environment", "dances"])), "expected an act in the words of sotopia"),
        (with_messages((1, 2, ["Eve", "Environment", "did nothing"])), "got an act of 'Eve'"),
        (with_messages((1, 3, ["Bob Ray", "Environment", "did nothing"])), "got a second act"),
        (with_messages((1, 2, ["Ann Lee", "Environment"])), "messages[1][2]"),
        (with_messages((1, 2, ["Ann Lee", "Environment", 3])), "messages[1][2]"),
        (
            with_messages((1, 2, ["Ann Lee", "Environment", "[private to ['Eve']]  said: \"Hush\""])),
            "expected recipients among Ann Lee, Bob Ray",
        ),
        (with_messages((0, 0, ["Environment", "Ann Lee", "Hi"]), (0, 1, ["Environment", "Bob Ray", ""])), "situation"),
        (written_by_sotopia(messages=[]), "expected messages of 2 people"),
        (written_by_sotopia(messages="none"), "a list of messages"),
        (written_by_sotopia(agents=["a", "b", "c"]), "expected messages of 3 people"),
        (written_by_sotopia(agents=[1, 2]), "a list of texts as agents"),
        ({"pk": "x"}, "an episode with a list of messages"),
        (3, "expected an object or a list"),
    ],
)
def test_odd_logs_are_named_and_skipped(tmp_path: Path, log: Any, why: str) -> None:
    result = imported(tmp_path, written_by_sotopia(), log)
    (skipped,) = result.skipped
    assert "logs.jsonl, line 2" in skipped
    assert why in skipped
    assert result.folders[0].episodes == 1


def test_a_file_without_an_episode_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"got none; .*logs.jsonl: expected an episode"):
        imported(tmp_path, {"pk": 1})
    with pytest.raises(DatasetError, match="does not exist"):
        import_logs([tmp_path / "missing"], tmp_path)


def test_the_published_form_and_older_releases_are_read(tmp_path: Path) -> None:
    log = written_by_sotopia(rewards=[reward(7), reward(3)])
    published = {
        "episode_id": "p",
        "environment_id": log["environment"],
        "agent_ids": log["agents"],
        "experiment_tag": "t",
        "experiment_model_name_pairs": log["models"],
        "raw_messages": log["messages"],
        "raw_rewards": log["rewards"],
        "raw_rewards_prompt": "",
        "codename": "tent_code",
        "scenario": "Two people share a tent.",
        "agents_background": {"Ann Lee": "..."},
        "social_goals": {"Ann Lee": "..."},
        "social_interactions": "",
        "reasoning": "",
        "rewards": log["rewards"],
    }
    older = {name: log[name] for name in ("environment", "agents", "messages", "rewards")}
    result = imported(tmp_path, published, {**older, "extra": {"new": 1}})
    assert result.skipped == ()
    assert sorted(one.path.name for one in result.folders) == [
        "imported_model-a__imported_model-b",
        "imported_unknown__imported_unknown",
    ]
    tasks = [read_episode_folder(one.path).episodes[0].task for one in result.folders]
    assert sorted(tasks) == ["tent/0/1", "tent_code/0/1"]


def test_the_published_table_with_python_values_and_the_plain_text_are_read(tmp_path: Path) -> None:
    log = written_by_sotopia()
    about = {
        "environment_id": "tent",
        "agent_ids": str(log["agents"]),
        "experiment_model_name_pairs": str(log["models"]),
        "scenario": "Two people share a tent.",
        "codename": "table",
        "agents_background": str({"Ann Lee": "Ann's secrets: debts", "Bob Ray": "Bob's secrets: ill"}),
        "social_goals": str({"Ann Lee": "Get the tent", "Bob Ray": "Keep the tent"}),
        "rewards": [reward(7)[1], reward(3)[1]],
    }
    table = {**about, "raw_messages": [str([tuple(one) for one in turn]) for turn in log["messages"]]}
    hostile = {**about, "raw_messages": "__import__('os').system('touch hacked')"}
    text = (
        'Turn #1\nAnn Lee said: "It is "my" tent;\nBob Ray left"\n\nTurn #2\n'
        "Bob Ray: [non-verbal communication] frowns\n\nTurn #3\n\n\nTurn #4\nBob Ray: left the conversation\n"
    )
    result = imported(tmp_path, table, {**about, "codename": "text", "social_interactions": text}, hostile)
    assert [message.partition("line 3: ")[2][:34] for message in result.skipped] == [
        "expected an episode with a list of"
    ]
    (folder,) = result.folders
    assert (folder.episodes, folder.judged) == (2, 2)
    read = read_episode_folder(folder.path)
    first, second = read.episodes
    assert [one["act"]["kind"] for one in first.decisions("Bob Ray")] == ["non-verbal", "leave"]
    assert [one["act"]["kind"] for one in second.decisions("Bob Ray")] == ["non-verbal", "leave"]
    assert second.decisions("Ann Lee")[0]["act"]["text"] == 'It is "my" tent;\nBob Ray left'
    assert read.scores(second)["Ann Lee"]["goal"] == 7
    private = SocializedContext.from_data(second.context).socialized_context[0].observations["Bob Ray"]
    assert private.endswith("Bob's secrets: ill\nMy goal: Keep the tent</mental_state>")


def test_a_store_of_sotopia_gives_what_a_log_does_not_say(tmp_path: Path) -> None:
    log = with_messages((0, 0, ["Environment", "Ann Lee", ""]), (0, 1, ["Environment", "Bob Ray", ""]))
    environment: dict[str, Any] = {
        "pk": "tent",
        "codename": "camping",
        "scenario": "In a <b>wet</b> forest.",
        "agent_goals": ["Sleep <extra_info>alone</extra_info>", "Talk <p viewer='agent_0'>no</p>"],
    }
    people: list[dict[str, Any]] = [
        {"pk": "a", "first_name": "Ann", "secret": "debts"},
        {"pk": "b", "first_name": "Bob", "secret": "ill", "age": 31},
    ]
    store: dict[str, list[dict[str, Any]]] = {
        "EpisodeLog": [log],
        "AgentProfile": people,
        "EnvironmentProfile": [environment],
        "Other": [{"pk": "o"}],
    }
    for kind, entries in store.items():
        (tmp_path / kind).mkdir()
        for one in entries:
            (tmp_path / kind / f"{one['pk']}.json").write_text(json.dumps(one))
    for path in (tmp_path, tmp_path / "EpisodeLog", tmp_path / "EpisodeLog" / "log.json"):
        found = load_store(path)
        (read,) = [read_episode_log(one, found.people, found.environments) for one in found.logs]
        assert found.skipped == ()
        first = read.context.socialized_context[0]
        assert first.state == "In a <b>wet</b> forest."
        assert "My age: 31\nMy secret: ill\nMy goal: Talk</mental_state>" in first.observations["Bob Ray"]
        assert "My secret: debts\nMy goal: Sleep alone</mental_state>" in first.observations["Ann Lee"]


@pytest.mark.parametrize(
    "wrap", [lambda log: log, lambda log: [log, log], lambda log: {"episodes": [log]}, lambda log: {"x": log, "y": log}]
)
def test_several_forms_of_json_files_are_read(tmp_path: Path, wrap: Any) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(wrap(written_by_sotopia())), encoding="utf-8-sig")
    found = load_store(path)
    assert found.skipped == ()
    assert {one.models for one in found.logs} == {("judge-x", "model-a", "model-b")}


def test_damaged_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(json.dumps(written_by_sotopia()))
    (tmp_path / "cut.json").write_text(json.dumps(written_by_sotopia())[:500])
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "lines.jsonl").write_bytes(b'{"pk": \n\xff\xfe\n' + json.dumps(written_by_sotopia()).encode())
    (tmp_path / "notes.txt").write_text("not read")
    found = load_store(tmp_path)
    assert len(found.logs) == 2
    assert [message.split(": ")[0].removeprefix(f"{tmp_path}/") for message in found.skipped] == [
        "cut.json",
        "deep.json",
        "lines.jsonl, line 1",
        "lines.jsonl, line 2",
    ]


def test_the_compared_person_can_be_named_by_the_model(tmp_path: Path) -> None:
    turned = written_by_sotopia(models=["judge-x", "model-b", "model-a"])
    other = written_by_sotopia(models=["judge-x", "model-c", "model-d"])
    result = imported(tmp_path, written_by_sotopia(), turned, other, agent="model-b")
    (folder,) = result.folders
    assert [(one.seat, one.person) for one in read_episode_folder(folder.path).episodes] == [
        ("1", "Ann Lee"),
        ("2", "Bob Ray"),
    ]
    assert ["expected a person of the model model-b" in one for one in result.skipped] == [True]


def test_the_folders_of_one_store_can_be_compared_with_each_other(tmp_path: Path) -> None:
    def by(model: str, goal: int) -> dict[str, Any]:
        return written_by_sotopia(models=["judge-x", model, "model-p"], rewards=[reward(goal), reward(3)])

    folders = imported(tmp_path, by("model-a", 7), by("model-b", 9)).folders
    manifests = [read_episode_folder(one.path).manifest for one in folders]
    assert [manifest["agent"] for manifest in manifests] == ["imported_model-a", "imported_model-b"]
    assert manifests[0]["data_sha256"] == manifests[1]["data_sha256"]


def test_an_import_can_be_repeated_and_replaces_what_is_gone(tmp_path: Path) -> None:
    two = written_by_sotopia(agents=["b", "a"])
    first = imported(tmp_path, written_by_sotopia(), written_by_sotopia(), two)
    (folder,) = first.folders
    assert {one.index for one in read_episode_folder(folder.path).episodes} == {
        "tent/0/1-0",
        "tent/0/1-1",
        "tent/1/1-0",
    }
    before = {file: file.read_bytes() for file in folder.path.glob("*-*.json")}
    imported(tmp_path, written_by_sotopia(), written_by_sotopia(), two)
    assert {file: file.read_bytes() for file in folder.path.glob("*-*.json")} == before
    again = imported(tmp_path, written_by_sotopia())
    assert again.notes[0].endswith(": 2")
    assert [one.index for one in read_episode_folder(folder.path).episodes] == ["tent/0/1-0"]
    changed = imported(tmp_path, with_messages((0, 2, ["Ann Lee", "Environment", 'said: "Hi"'])))
    assert changed.notes[0].endswith(": 1")
    assert len(list(folder.path.parent.glob("*.old-2/tent*.json"))) == 1


def test_played_episodes_are_never_replaced_by_an_import(tmp_path: Path) -> None:
    (folder,) = imported(tmp_path, written_by_sotopia()).folders
    manifest = json.loads((folder.path / "run.json").read_text())
    (folder.path / "run.json").write_text(json.dumps({**manifest, "settings": {}}))
    with pytest.raises(ConfigurationError, match="without played episodes"):
        imported(tmp_path, written_by_sotopia())


def test_an_export_of_an_import_is_the_same_and_scores_come_from_the_chosen_judge(tmp_path: Path) -> None:
    (folder,) = imported(tmp_path, written_by_sotopia(rewards=[reward(7), reward(3)]), written_by_sotopia()).folders
    read = read_episode_folder(folder.path)
    result = export_logs([read], tmp_path / "export")
    assert (result.episodes, result.judged, result.skipped) == (2, 1, ())
    (again,) = import_logs([tmp_path / "export"], tmp_path / "again").folders
    back = read_episode_folder(again.path)
    assert [(one.index, acts_of(one), one.context) for one in back.episodes] == [
        (one.index, acts_of(one), one.context) for one in read.episodes
    ]
    assert [back.scores(one) for one in back.episodes] == [read.scores(one) for one in read.episodes]
    assert (again.path.name, list(back.verdicts)) == (folder.path.name, list(read.verdicts))
    with pytest.raises(ConfigurationError, match="imported-judge-x"):
        export_logs([read], tmp_path / "export", judges=["nobody"])


def test_contexts_are_exported_as_json_and_failed_episodes_are_skipped(tmp_path: Path) -> None:
    (folder,) = imported(tmp_path, written_by_sotopia(), written_by_sotopia()).folders
    read = read_episode_folder(folder.path)
    (path,) = folder.path.glob("tent*1-1.json")
    path.write_text(path.read_text().replace('"status": "played"', '"status": "error"'))
    result = export_contexts([read_episode_folder(folder.path)], tmp_path / "contexts")
    assert (result.episodes, len(result.skipped)) == (1, 1)
    (file,) = (tmp_path / "contexts").iterdir()
    assert SocializedContext.from_json(file.read_text()).to_data() == read.episodes[0].context


def test_the_rewards_of_an_episode_are_the_mean_and_the_scores() -> None:
    episode = played(("Ann", "Bob"), [{"Ann": Act(kind="speak", text="Hi")}])
    given = {"Ann": dict(reward(7)[1]), "Bob": {"goal": 4.0}}
    del given["Ann"]["overall_score"]
    log = to_episode_log(episode, given, models=("j", "a", "b"))
    assert log["rewards"] == [(1.0, given["Ann"]), (4.0, {"goal": 4.0})]
    assert to_episode_log(episode, {"Ann": given["Ann"]}, models=())["rewards"] == [0.0, 0.0]
