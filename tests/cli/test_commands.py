"""The commands as a user types them, on real files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import PROJECT, Done, python, swm

STORY = (
    "Sally and Anne are in the playroom. The ball is in the basket. Sally leaves the playroom. "
    "Anne moves the ball to the box."
)


def one_clear_line(done: Done, *parts: str) -> None:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("error: ")
    assert "expected" in line
    for part in parts:
        assert part in line


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.txt"
    path.write_text(STORY)
    return path


def test_a_run_prints_its_report_and_where_the_results_are(tmp_path: Path) -> None:
    done = swm("run", "hitom", "--limit", 10, "--output-dir", tmp_path)
    assert done.returncode == 0, done.stderr
    first, *rest = done.stdout.splitlines()
    assert first == "hitom · vanilla · symbolic · bundled sample hitom_sample.jsonl"
    assert ["all", "10", "10", "1.000", "0.619", "–", "1.000", "0", "0.200", "(c)"] in [line.split() for line in rest]
    folder = tmp_path / "hitom_results" / "vanilla_symbolic_hitom_sample.jsonl"
    assert rest[-1] == f"results: {folder}"
    assert len(list(folder.glob("*.json"))) == 11


def test_failed_items_are_named_and_make_the_exit_status_1(tmp_path: Path) -> None:
    rows = [
        {"index": 1, "story": "Al sang.", "question": "Where is the ball?", "answer": "box"},
        {
            "index": 2,
            "story": "Al is in the hall. The ball is in the box.",
            "question": "Where is the ball?",
            "answer": "box",
        },
    ]
    data = tmp_path / "rows.jsonl"
    data.write_text("\n".join(map(json.dumps, rows)))
    done = swm("run", "tomi", "--dataset-path", data, "--output-dir", tmp_path)
    assert done.returncode == 1
    assert "failed: '1': sentence 1 'Al sang.'" in done.stdout
    assert "of answered" in done.stdout
    assert "0.500" in done.stdout
    assert "1.000" in done.stdout


def test_contexts_are_generated_and_counted(tmp_path: Path) -> None:
    words = ("run", "tomi", "--mode", "generate_socialized_context", "--limit", 12, "--output-dir", tmp_path)
    done = swm(*words)
    assert done.returncode == 0
    assert "12 of 12 questions have a context; 0 failed" in done.stdout
    assert "contexts: 2 made, 0 reused" in done.stdout
    assert "12 reused from an earlier run" in swm(*words).stdout


def test_bad_input_to_a_run_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "columns.csv").write_text("index,text\n1,x\n")
    out = ("--output-dir", tmp_path / "out")
    one_clear_line(swm("run", "nope", *out), "hitom, mmtom, ori_tomi, tomi", "'nope'")
    one_clear_line(swm("run", "tomi", "--mode", "nope", *out), "vanilla", "'nope'")
    one_clear_line(swm("run", "tomi", "--model-name", "gpt-9", *out), "a key for gpt-9", "OPENAI_API_KEY")
    one_clear_line(swm("run", "tomi", "--model-name", "symbolc", *out), "did you mean symbolic?")
    one_clear_line(swm("run", "tomi", "--dataset-path", tmp_path / "no.csv", *out), "no.csv")
    one_clear_line(swm("run", "tomi", "--dataset-path", tmp_path / "file", *out), "which contains no rows")
    one_clear_line(swm("run", "tomi", "--dataset-path", tmp_path / "columns.csv", *out), "story", "index, text")
    one_clear_line(swm("run", "tomi", "--output-dir", tmp_path / "file"), "output folder", "file")
    one_clear_line(swm("run", "tomi", "--example-analysis-file", tmp_path / "no.txt", *out), "no.txt")
    assert not (tmp_path / "out").exists()


def test_an_unknown_option_is_a_usage_error() -> None:
    done = swm("run", "tomi", "--no-such-option")
    assert done.returncode == 2
    assert "--no-such-option" in done.stderr


def test_parse_prints_a_table_or_the_stored_form(story: Path) -> None:
    table = swm("parse", story)
    assert table.returncode == 0
    assert "leaves the playroom" in table.stdout
    data = json.loads(swm("parse", story, "--json").stdout)
    assert data["agents_names"] == ["Sally", "Anne"]


def test_parse_traces_each_sentence_to_its_step_and_perceivers(story: Path) -> None:
    lines = swm("parse", story, "--trace").stdout.splitlines()
    assert [line.split() for line in lines[::5]] == [["step", "sentence", "perceived", "by"]]
    assert lines[3] == "   1  Sally leaves the playroom.           Sally, Anne"
    assert lines[4] == "   2  Anne moves the ball to the box.      Anne"


def test_the_story_of_a_record_can_be_traced_and_a_context_cannot(story: Path, tmp_path: Path) -> None:
    context = json.loads(swm("parse", story, "--json").stdout)
    (tmp_path / "context.json").write_text(json.dumps(context))
    (tmp_path / "record.json").write_text(json.dumps({"index": 1, "story": STORY, "socialized_context": context}))
    traced = swm("parse", tmp_path / "record.json", "--trace")
    assert traced.stdout == swm("parse", story, "--trace").stdout
    one_clear_line(swm("parse", tmp_path / "context.json", "--trace"), "--trace")


def test_a_context_with_errors_is_not_shown_as_if_it_were_good(tmp_path: Path) -> None:
    step = {"state": "x", "observations": {"B": "none"}, "actions": {"A": "<same_as_next_state />"}}
    (tmp_path / "bad.json").write_text(json.dumps({"agents_names": ["A", "A"], "socialized_context": [step]}))
    done = swm("parse", tmp_path / "bad.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "expected a context without errors" in done.stderr


def test_a_story_may_come_from_standard_input() -> None:
    assert swm("ask", "-", "Where will Sally look for the ball?", stdin=STORY).stdout == "basket\n"


def test_questions_are_answered_from_a_story_or_its_context(story: Path, tmp_path: Path) -> None:
    context = tmp_path / "context.json"
    context.write_text(swm("parse", story, "--json").stdout)
    for source in (story, context):
        assert swm("ask", source, "Where will Anne look for the ball?").stdout == "box\n"
        assert swm("ask", source, "Where does Anne think Sally thinks the ball is?").stdout == "basket\n"


def test_a_question_about_nobody_or_nothing_is_refused_and_not_answered_with_unknown(story: Path) -> None:
    one_clear_line(swm("ask", story, "Where will Bob look for the ball?"), "Sally, Anne", "Bob")
    one_clear_line(swm("ask", story, "Where is the bal?"), "ball", "bal")
    one_clear_line(swm("ask", story, "Why is Sally so sad?"))
    assert swm("ask", story, "Where will Sally look for the ball first?").returncode == 0
    assert swm("ask", "-", "Where will Bo look for the ball?", stdin=f"{STORY} Bo is in the den.").stdout == "unknown\n"


def test_a_record_of_a_run_is_read_for_its_context_or_its_story(tmp_path: Path) -> None:
    for mode in ("vanilla", "pure_context"):
        swm("run", "tomi", "--mode", mode, "--limit", 1, "--output-dir", tmp_path)
    found = sorted(tmp_path.rglob("0.json"))
    shown = {swm("parse", path).stdout for path in found}
    assert len(found) >= 2
    assert len(shown) == 1
    assert "state" in shown.pop()


def test_a_long_sentence_is_cut_in_the_message(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("word " * 100_000)
    done = swm("parse", tmp_path / "long.txt")
    assert done.returncode == 2
    assert len(done.stderr) < 1000


def test_what_cannot_be_printed_is_a_clear_error(story: Path) -> None:
    if not Path("/dev/full").is_char_device():
        pytest.skip("this system has no device that is always full")
    code = "from social_world_model.cli import main; main()"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", code, "parse", str(story), "--json"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_generated_data_never_replace_what_is_no_ordinary_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    one_clear_line(swm("data", "generate", "tomi", "--n", 1, "--out", tmp_path / "pipe"), "regular file", "pipe")
    one_clear_line(swm("data", "generate", "tomi", "--n", 1, "--out", tmp_path), "regular file")
    assert (tmp_path / "pipe").is_fifo()


def test_a_view_holds_what_the_first_can_attribute_to_the_last(story: Path) -> None:
    done = swm("perspective", story, "Anne", "Sally")
    assert "basket" in done.stdout
    assert "box" not in done.stdout
    one_clear_line(swm("perspective", story, "Anna"), "Sally, Anne", "'Anna'; did you mean Anne?")


def test_the_older_name_of_perspective_warns_in_one_line_and_prints_the_same(story: Path) -> None:
    old, new = (swm(name, story, "Anne", "Sally", "--json") for name in ("view-of", "perspective"))
    assert (old.returncode, old.stdout) == (0, new.stdout)
    assert old.stderr == "warning: swm view-of is deprecated: use swm perspective\n"
    assert "view-of" not in swm("--help").stdout


def test_bad_stories_and_questions_are_one_clear_line(tmp_path: Path, story: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text("Al is in the hall. Al whistled.")
    one_clear_line(swm("parse", bad), "sentence 2", "Al whistled.")
    one_clear_line(swm("parse", tmp_path / "none.txt"), "none.txt")
    one_clear_line(swm("ask", story, "Why?"), "Where is the ball")
    bad.write_bytes(b"\xff\xfe\x00")
    one_clear_line(swm("parse", bad), "UTF-8")
    bad.write_text("")
    one_clear_line(swm("parse", bad), "at least one sentence")


def test_validate_exits_with_1_if_and_only_if_there_are_errors(story: Path, tmp_path: Path) -> None:
    good = swm("parse", story, "--json").stdout
    done = swm("validate", "-", stdin=good)
    assert done.returncode == 0
    assert done.stdout.endswith("0 errors, 1 warning\n")
    data = json.loads(good)
    del data["socialized_context"][0]["observations"]["Anne"]
    data["socialized_context"][1]["actions"]["Zed"] = "waves"
    bad = swm("validate", "-", stdin=json.dumps(data))
    assert bad.returncode == 1
    assert "error: socialized_context[0].observations: expected an entry for Anne" in bad.stdout
    assert "error: socialized_context[1].actions.Zed: expected an agent of the cast, got 'Zed'" in bad.stdout


@pytest.mark.parametrize("text", ["{", "[]", '{"agents_names": 3}', "null", "[" * 100_000])
def test_what_is_no_context_fails_validation_without_a_traceback(text: str) -> None:
    done = swm("validate", "-", stdin=text)
    assert done.returncode == 1
    assert "expected" in done.stdout
    assert "Traceback" not in done.stderr


def test_data_is_generated_and_can_be_run(tmp_path: Path) -> None:
    out, contexts = tmp_path / "new.jsonl", tmp_path / "gold"
    done = swm("data", "generate", "hitom", "--n", 3, "--seed", 4, "--out", out, "--contexts", contexts)
    assert done.returncode == 0, done.stderr
    assert "3 stories, 15 questions" in done.stdout
    run = swm("run", "hitom", "--dataset-path", out, "--mode", "pure_context", "--context-dir", contexts, "--no-save")
    assert run.returncode == 0, run.stderr
    assert "contexts: 0 made, 3 reused" in run.stdout
    assert "results: not saved" in run.stdout
    one_clear_line(swm("data", "generate", "nope", "--out", out), "'nope'")


def test_run_benchmarks_is_swm_run() -> None:
    done = python("run_benchmarks.py", "tomi", "--limit", 6, "--no-save")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("tomi · vanilla · symbolic")


def test_every_option_is_described_in_help() -> None:
    done = swm("run", "--help")
    for option in (
        *("--dataset-path", "--batch-size", "--save", "--no-save", "--model-name", "--mode", "--continue-mode"),
        *("--example-analysis-file", "--context-model", "--context-dir", "--limit", "--output-dir", "--seed"),
    ):
        assert option in done.stdout


def test_output_piped_into_a_closed_pipe_is_no_traceback(story: Path) -> None:
    command = f"{sys.executable} -m social_world_model parse {story} --json | head -c 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, cwd=PROJECT)
    assert done.stdout == "{"
    assert "Traceback" not in done.stderr
