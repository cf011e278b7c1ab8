"""What lies below paths: contexts, runs, and what is left out."""

from __future__ import annotations

import asyncio
import io
import json
import os
import random
import shutil
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from social_world_model import parse_narrative
from social_world_model.errors import DatasetError
from social_world_model.experiments import EpisodeRun
from social_world_model.runs.reading import read_run, run_folders
from social_world_model.settings import EpisodeSettings
from social_world_model.symbolic.conversation.exports import People
from social_world_model.viewer import catalogue as catalogue_module
from social_world_model.viewer.catalogue import Catalogue, discover, item_context_id
from tests.experiments.judged import episode, run_folder

GOLDEN = Path(__file__).parents[1] / "golden"
RESULTS = GOLDEN / "schema_1" / "results"
STORY = "Al entered the den. Bo entered the den. The key is in the box. Al exited the den. Bo moved the key to the bag."
CHAT = "Ann: My cat is ill.\nBo: Oh no."
LEGACY = {
    "agents_names": ["Ann", "Bo"],
    "socialized_context": [
        {
            "timestep": "1",
            "state": "It rains.",
            "observations": ["Ann: [SAME AS STATE]", "Bo: none"],
            "actions": ["Ann: none", "Bo: waves"],
        }
    ],
}


def titles(found: Catalogue) -> list[str]:
    return [source.title for source in found.contexts.values()]


def left_out(found: Catalogue) -> dict[str, str]:
    return {one.name: one.why for one in found.left_out}


def result(**further: Any) -> str:
    return json.dumps({"schema": 2, "index": "7", "status": "answered", "question": "Where is the key?",
                       "narrative": STORY, "question_kind": "belief", "belief_chain": ["Al"],
                       "correct_answer": "box", "answer": "box", **further})  # fmt: skip


# --- kinds of files -------------------------------------------------------------------------------------------------


def test_a_story_and_a_chat_are_parsed_with_their_sentences(tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "chat.txt").write_text(CHAT, encoding="utf-8")

    found = discover([tmp_path / "story.txt", tmp_path / "chat.txt"])
    shown = [source.load() for source in found.contexts.values()]

    assert titles(found) == ["story.txt", "chat.txt"] and not found.left_out
    assert [one["domain"] for one in shown] == ["story", "conversation"]
    assert [len(one["narrative"]["sentences"]) for one in shown] == [5, 2]
    assert [one["title"] for one in found.entries.values()] == titles(found)


@pytest.mark.parametrize(
    "text",
    [
        '[{"role": "user", "content": "Hi!"}, {"role": "assistant", "content": "Hello."}]',
        '{"messages": [{"role": "user", "content": "Hi!"}, {"role": "assistant", "content": "Hello."}]}',
        "[12/01/26, 10:02:11] User: Hi!\n[12/01/26, 10:03:40] Assistant: Hello.",
        '{"narrative": "User: Hi!\\nAssistant: Hello."}',
        '{"story": "User: Hi!\\nAssistant: Hello."}',
    ],
)
def test_chats_are_read_in_every_form_that_swm_parse_reads(text: str, tmp_path: Path) -> None:
    (tmp_path / "chat").write_text(text, encoding="utf-8")

    (source,) = discover([tmp_path / "chat"]).contexts.values()

    assert source.load()["agents"] == ["User", "Assistant"]


def test_the_days_of_a_channel_are_one_chat(tmp_path: Path) -> None:
    channel = tmp_path / "export" / "general"
    channel.mkdir(parents=True)
    for day, said in (("2026-03-01", "Hi!"), ("2026-03-02", "Hello.")):
        rows = [{"type": "message", "user": "U1", "text": said, "ts": "1"}]
        (channel / f"{day}.json").write_text(json.dumps(rows), encoding="utf-8")
    (tmp_path / "note.txt").write_text(STORY, encoding="utf-8")

    found = discover([tmp_path], people=None)
    named = discover([channel], people=People.of({"Ann": ["U1"]}))

    assert titles(found) == ["note.txt", "general"]
    assert [source.load()["agents"] for source in named.contexts.values()] == [["Ann"]]
    assert [source.load()["agents"] for source in found.contexts.values()][1] == ["U1"]


def test_contexts_are_read_in_their_present_and_in_their_older_form(tmp_path: Path) -> None:
    (tmp_path / "new.json").write_text(parse_narrative(STORY)[0].to_json(), encoding="utf-8")
    (tmp_path / "old.json").write_text(json.dumps(LEGACY), encoding="utf-8-sig")

    found = discover([tmp_path])
    new, old = (source.load() for source in found.contexts.values())

    assert titles(found) == ["new.json", "old.json"]
    assert new["narrative"] is None and new["facts"] == ["key"]
    assert old["events"][0][5] == [[0, [0]]]


def test_a_result_is_its_context_with_its_question(tmp_path: Path) -> None:
    context = parse_narrative(STORY)[0].to_data()
    (tmp_path / "7.json").write_text(result(socialized_context=context, context_model="symbolic"), encoding="utf-8")

    (source,) = discover([tmp_path / "7.json"]).contexts.values()
    shown = source.load()

    assert shown["question"]["chain"] == [0] and shown["question"]["gold"] == "box"
    assert len(shown["narrative"]["sentences"]) == 5


def test_a_context_of_a_language_model_has_no_sentences(tmp_path: Path) -> None:
    (tmp_path / "7.json").write_text(result(socialized_context=LEGACY, context_model="gpt-4o"), encoding="utf-8")
    (tmp_path / "8.json").write_text(result(socialized_context=LEGACY), encoding="utf-8")

    shown = [source.load() for source in discover([tmp_path]).contexts.values()]

    assert [one["narrative"]["provenance"] for one in shown] == ["none", "none"]
    assert [one["agents"] for one in shown] == [["Ann", "Bo"]] * 2


def test_rules_parse_the_narrative_of_a_result_without_a_context(tmp_path: Path) -> None:
    (tmp_path / "7.json").write_text(result(), encoding="utf-8")
    (tmp_path / "8.json").write_text(result(narrative=None), encoding="utf-8")

    found = discover([tmp_path])

    assert [source.load()["facts"] for source in found.contexts.values()] == [["key"]]
    assert left_out(found) == {"8.json": "expected a result with a context or a narrative, got neither"}


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of episodes, as ``swm agents run`` writes it, with an agent that imagines futures."""
    folder = tmp_path_factory.mktemp("episodes")
    settings = EpisodeSettings(scenario="stash", agent="foresee", save=True, max_turns=4, output_dir=folder)
    asyncio.run(EpisodeRun(settings).execute())
    return folder


def test_an_episode_is_what_happened_and_its_decisions(episodes: Path) -> None:
    found = discover([episodes])
    (shown,) = (source.load() for source in found.contexts.values())
    anne, sally = 0, 1

    assert titles(found) == ["stash/hider 0"]
    assert shown["agents"] == ["Anne", "Sally"] and not found.runs and not found.left_out
    assert [(one["position"], one["agent"]) for one in shown["decisions"]] == [
        *((0, anne), (1, anne), (2, anne), (3, anne), (3, sally))
    ]
    first = shown["decisions"][0]
    assert first["act"] in [one["act"] for one in first["considered"]]
    future = first["considered"][1]["futures"][0]
    assert future[0]["by"] == "Sally" and future[0]["act"].startswith("says")
    happened = {text for _, _, _, text, *_ in shown["events"]}
    assert "Anne stays in the playroom." in happened
    assert not any(future[0]["act"] in text for text in happened)


def test_verdicts_beside_episodes_are_left_out_as_one_folder(tmp_path: Path) -> None:
    run = run_folder(tmp_path / "run", [episode()])
    run_folder(run / "verdicts" / "o3", [], kind="verdicts")
    (run / "verdicts" / "o3" / "a.json").write_text('{"task": "room/0/1"}')

    found = discover([tmp_path])

    assert titles(found) == ["room/0/1 0"]
    assert list(left_out(found)) == [str(Path("run", "verdicts", "o3"))]


def test_a_single_episode_can_be_opened(episodes: Path) -> None:
    (file,) = (path for path in episodes.rglob("*.json") if path.name != "run.json")

    assert discover([file]).contexts["c1"].load()["decisions"]


@pytest.mark.parametrize("missing", ["cast", "turns", "context", "seed"])
def test_an_episode_with_a_missing_field_is_left_out(missing: str, episodes: Path, tmp_path: Path) -> None:
    (file,) = (path for path in episodes.rglob("*.json") if path.name != "run.json")
    data = json.loads(file.read_text(encoding="utf-8"))
    del data[missing]
    (tmp_path / "e.json").write_text(json.dumps(data), encoding="utf-8")

    assert left_out(discover([tmp_path])) == {
        "e.json": "expected an episode, got a field that is missing or has a wrong type"
    }


def test_standard_input_is_read_once_and_opened_twice() -> None:
    stream = io.TextIOWrapper(io.BytesIO(STORY.encode()))
    with mock.patch.object(sys, "stdin", stream):
        found = discover(["-"])

    assert titles(found) == ["standard input"]
    assert found.contexts["c1"].load() == found.contexts["c1"].load()


def test_a_context_that_has_changed_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    found = discover([tmp_path])
    (tmp_path / "story.txt").write_text(STORY.replace("Bo", "Cy"), encoding="utf-8")

    assert found.contexts["c1"].load()["agents"] == ["Al", "Cy"]


# --- folders --------------------------------------------------------------------------------------------------------


def test_a_folder_with_a_mixture_shows_stories_and_runs(tmp_path: Path) -> None:
    shutil.copytree(RESULTS, tmp_path / "all" / "runs")
    (tmp_path / "all" / "story.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "all" / "deep" / "er").mkdir(parents=True)
    (tmp_path / "all" / "deep" / "er" / "chat.txt").write_text(CHAT, encoding="utf-8")
    (tmp_path / "all" / ".hidden").write_text("hidden", encoding="utf-8")

    found = discover([tmp_path / "all"])

    assert titles(found) == ["story.txt", "chat.txt"]
    folders = set(run_folders(tmp_path / "all" / "runs"))
    contexts = {folder for folder in folders if all(result.status == "parsed" for result in read_run(folder).results)}
    assert contexts and set(found.runs.values()) == folders - contexts
    assert list(found.runs) == [f"r{number}" for number in range(1, len(found.runs) + 1)]
    assert set(left_out(found).values()) == {"contexts that runs share: to see them, give this folder as a path"}


def test_a_folder_of_shared_contexts_that_is_given_shows_its_contexts() -> None:
    folder = next(RESULTS.rglob("socialized_context_symbolic_*"))

    found = discover([RESULTS, folder])

    stories = [path for path in folder.glob("*.json") if path.name != "run.json"]
    assert stories and len(found.contexts) == len(stories)
    assert all(context.load()["events"] for context in found.contexts.values())


def test_files_with_the_same_name_are_titled_with_their_folders(tmp_path: Path) -> None:
    for name in ("a/story.txt", "b/story.txt", "b/chat.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(STORY, encoding="utf-8")

    single = [tmp_path / "a" / "story.txt", tmp_path / "b" / "story.txt"]

    assert titles(discover([tmp_path])) == ["a/story.txt", "chat.txt", "b/story.txt"]
    assert titles(discover(single)) == list(map(str, single))


def test_the_results_of_a_run_are_listed_without_reading_them(tmp_path: Path) -> None:
    run = tmp_path / "tomi_results" / "vanilla_gpt-4o_x.csv"
    run.mkdir(parents=True)
    for number in range(20):
        (run / f"{number}.json").write_text("not a result")

    found = discover([tmp_path])

    assert found.runs == {"r1": run} and not found.contexts and not found.left_out


def test_results_that_a_later_run_moved_aside_are_left_out_with_the_reason(tmp_path: Path) -> None:
    shutil.copytree(next(RESULTS.rglob("vanilla_*/run.json")).parent, tmp_path / "run.old-1")

    found = discover([tmp_path])

    assert not found.runs and left_out(found) == {"run.old-1": "old results: a later run moved this folder aside"}


def test_a_run_of_a_newer_version_is_left_out_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"schema": 99, "benchmark": "tomi"}')

    assert "newer version" in left_out(discover([tmp_path]))[tmp_path.name]


def test_a_folder_that_links_to_itself_is_shown_once(tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")

    found = discover([tmp_path])

    assert titles(found) == ["story.txt"] and list(left_out(found)) == ["self"]


def test_what_is_given_twice_is_shown_once(tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    run = shutil.copytree(next(RESULTS.rglob("vanilla_*/run.json")).parent, tmp_path / "x_results" / "run")

    found = discover([tmp_path / "story.txt", tmp_path, run, tmp_path / "bad.json"])

    assert titles(found) == ["story.txt"] and list(left_out(found)) == ["bad.json"] and len(found.left_out) == 1
    assert list(found.runs.values()) == [run]


def test_episodes_with_the_same_name_are_titled_with_their_files(episodes: Path, tmp_path: Path) -> None:
    (file,) = (path for path in episodes.rglob("*.json") if path.name != "run.json")
    for name in "ab":
        shutil.copy(file, tmp_path / f"{name}.json")

    assert titles(discover([tmp_path])) == ["stash/hider 0", "stash/hider 0 (b.json)"]


def test_a_missing_path_and_a_file_that_is_no_text_are_left_out_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff")

    found = discover([tmp_path / "missing.txt", tmp_path / "photo.png"])

    assert "does not exist" in left_out(found)["missing.txt"]
    assert left_out(found)["photo.png"].startswith("expected text in UTF-8, got other bytes")


def test_contexts_above_the_limit_are_left_out_with_the_reason(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(catalogue_module, "MOST", 2)
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(STORY, encoding="utf-8")

    found = discover([tmp_path])

    assert titles(found) == ["a.txt", "b.txt"] and "at most 2 contexts" in left_out(found)["c.txt"]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '{"agents_names": ["\\ud83d"], "x": ' * 10])
def test_hostile_json_is_left_out_with_the_reason(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")

    assert list(left_out(discover([tmp_path]))) == ["x.json"]


def test_half_a_character_is_shown_as_a_question_mark(tmp_path: Path) -> None:
    hostile = {**LEGACY, "agents_names": ["Ann", "Bo"], "context_manual": "half \ud83d"}
    hostile["socialized_context"] = [LEGACY["socialized_context"][0] | {"state": "It \ud83drains."}]  # type: ignore[index]
    (tmp_path / "x.json").write_text(json.dumps(hostile), encoding="utf-8")

    (source,) = discover([tmp_path]).contexts.values()

    assert "It ?rains." in json.dumps(source.load(), ensure_ascii=False).encode().decode()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow only names in Unicode")
def test_names_of_files_that_are_not_unicode_are_shown_with_question_marks(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"a\xff.txt")).write_text(STORY, encoding="utf-8")
    (tmp_path / os.fsdecode(b"b\xff.txt")).write_text("{}", encoding="utf-8")

    found = discover([tmp_path])

    assert titles(found) == ["a?.txt"] and list(left_out(found)) == ["b?.txt"]
    assert found.contexts["c1"].load()["facts"] == ["key"]


def test_every_mutated_file_is_shown_or_left_out_with_a_reason(tmp_path: Path) -> None:
    """100 files with a few changed bytes each, beside whole ones."""
    dice = random.Random(4)
    context = parse_narrative(STORY)[0]
    whole = [context.to_json(), json.dumps(LEGACY), result(socialized_context=context.to_data()), result()]
    for number in range(100):
        data = bytearray(whole[number % len(whole)].encode())
        for _ in range(dice.randint(1, 4)):
            start = dice.randrange(len(data))
            data[start : start + dice.randint(0, 12)] = dice.randbytes(dice.randint(0, 3))
        (tmp_path / f"mutated-{number:03}.json").write_bytes(data)
    for number, text in enumerate(whole):
        (tmp_path / f"whole-{number}.json").write_text(text, encoding="utf-8")

    found = discover([tmp_path])

    assert sorted([*titles(found), *left_out(found)]) == sorted(path.name for path in tmp_path.iterdir())
    assert {f"whole-{number}.json" for number in range(len(whole))} <= set(titles(found))
    assert len(found.left_out) > 20 and all(why for why in left_out(found).values())
    for source in found.contexts.values():
        json.dumps(source.load(), ensure_ascii=False, allow_nan=False).encode()


# --- items ----------------------------------------------------------------------------------------------------------


def test_the_context_of_an_item_is_found_by_run_and_index() -> None:
    found = discover([RESULTS])
    run = next(id for id, folder in found.runs.items() if "socialized_context" in folder.name)
    index = next(path.stem for path in sorted(found.runs[run].glob("*.json")) if path.name != "run.json")

    source = found.context(item_context_id(run, index))
    shown = source.load()

    assert (shown["id"], shown["title"]) == (f"{run}.{index}", f"Item {index}")
    assert shown["question"]["text"]


@pytest.mark.parametrize("id", ["", "c9", "r1", "r99.1", "r1.no-such-item", "../../etc/passwd", "r1.../x"])
def test_an_unknown_context_is_an_error(id: str) -> None:
    with pytest.raises(DatasetError):
        discover([RESULTS]).context(id).load()
