"""A benchmark, a mode, models and a trainer of one's own work in every command, installed and as a file."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import python
from tests.plugins.packages import (
    ENTRY_POINTS,
    HIDINGS,
    OBJECTS,
    REGISTERED,
    Ended,
    data_and_settings,
    installed,
    path_of,
    swm,
)

DATA = "--dataset-path hidings.jsonl"
RUN = "data/hidings_results/vanilla_own/object_hidings.jsonl"
TWICE = "data/hidings_results/twice_own/function_hidings.jsonl_own/object"
CONTEXTS = "data/hidings_results/socialized_context_own/object_hidings.jsonl_own/object"
COMMANDS = {
    "list benchmarks": "hidings",
    "list modes": "twice",
    "list models": "own/NAME",
    "list trainers": "pretend",
    f"run hidings {DATA} --model-name own/object": "  keys                           2  2     1.000",
    f"run hidings {DATA} --model-name own/function --mode twice --context-model own/object": "by topic",
    f"run hidings {DATA} --model-name own/function --mode twice --context-model own/function --no-save": "1.000",
    f"run hidings {DATA} --model-name own/function --dry-run": "dry run: 2 questions",
    "report data --format md,json": "hidings · hidings.jsonl · n 2",
    f"compare {RUN} {TWICE}": "hidings",
    f"rescore {RUN} --scorer strict": "object_hidings.jsonl+scorer=strict",
    f"score hidings {DATA} --predictions replies.jsonl": "0.000",
    f"robustness hidings {DATA} --model-name own/object --variant names-swapped": "names-swapped",
    "sweep sweep.yaml": "[4/4] hidings · twice · own/function · contexts by own/object: 1.000, n 2",
    f"evaluate-contexts --gt-dir {CONTEXTS} --gen-dir {CONTEXTS} --judge-model own/function": " 1.00",
    f"train sft --backend pretend --output-dir trained --data-dir {CONTEXTS} --dry-run": "nothing was trained",
}


def check(ended: list[Ended]) -> None:
    for one, shown in zip(ended, COMMANDS.values(), strict=True):
        assert (one.status, "Traceback" in one.err) == (0, False), (one.words, one.out, one.err)
        assert shown in one.out, (one.words, one.out, one.err)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data_and_settings(tmp_path)
    return tmp_path


def test_everything_of_an_installed_plug_in_works_in_every_command(folder: Path) -> None:
    packages = installed(folder / "site", "hidings-bench", HIDINGS + OBJECTS, ENTRY_POINTS)
    check(swm(folder, *COMMANDS, packages=packages))
    manifest = json.loads((folder / RUN / "run.json").read_text(encoding="utf-8"))
    registered = ["benchmark hidings", "mode twice", "model prefix own", "trainer pretend"]
    assert [one | {"registered": one["registered"][0]} for one in manifest["plug_ins"]] == [
        {"package": "hidings-bench", "version": "0.3", "registered": name} for name in registered
    ]


def test_everything_of_a_plug_in_in_a_file_works_in_every_command(folder: Path) -> None:
    file = folder / path_of("hidings.py")
    file.parent.mkdir()
    file.write_text(HIDINGS + REGISTERED, encoding="utf-8")
    given = f" --plugin {shlex.quote(path_of('hidings.py'))}"
    check(swm(folder, *(command + given for command in COMMANDS)))
    manifest = json.loads((folder / TWICE / "run.json").read_text(encoding="utf-8"))
    (plug_in,) = manifest["plug_ins"]
    assert plug_in["file"] == path_of("hidings.py")
    assert plug_in["registered"] == ["benchmark hidings", "mode twice", "model prefix own", "trainer pretend"]
    assert (manifest["mode"], manifest["model"], manifest["context_model"]) == ("twice", "own/function", "own/object")
    assert manifest["usage"]["total"]["requests"] == 4, "two questions, each asked twice"


IN_PYTHON = """
from social_world_model import Run, RunSettings, compare, overview
from social_world_model.experiments.scoring import rescore
from social_world_model.experiments.stored import read_stored_run

common = dict(benchmark="hidings", dataset_path="hidings.jsonl")
others = dict(model_name="own/function", mode="twice", context_model="own/object")
runs = [Run(RunSettings(**common, **one)).execute_sync() for one in (dict(model_name="own/object"), others)]
folders = [run.folder for run in runs]
print([[one.is_correct for one in run.outcomes] for run in runs])
print(len(overview([Path("data")]).entries), rescore(folders[0], "strict").changed)
print(compare(*map(read_stored_run, folders)).a.model)
"""


def test_everything_works_in_python_through_register(folder: Path) -> None:
    done = python("-c", HIDINGS + REGISTERED + IN_PYTHON, cwd=folder)
    assert (done.stdout.splitlines(), done.stderr) == (["[[True, True], [True, True]]", "2 ()", "own/object"], "")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_package_with_entry_points_is_installed_into_a_fresh_environment_and_works(folder: Path) -> None:
    project = folder / "package"
    project.mkdir()
    (project / "hidings_bench.py").write_text(HIDINGS + OBJECTS, encoding="utf-8")
    points = "\n".join(f'{name} = "{value}"' for name, value in ENTRY_POINTS.items())
    (project / "pyproject.toml").write_text(
        f"""
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "hidings-bench"
version = "0.3"
dependencies = ["social-world-model"]
[project.entry-points.social_world_model]
{points}
[tool.hatch.build.targets.wheel]
only-include = ["hidings_bench.py"]
""",
        encoding="utf-8",
    )
    root = Path(__file__).parents[2]
    for words in (
        ["venv", "--python", sys.executable, "fresh"],
        ["pip", "install", "--python", "fresh", f"social-world-model[parquet] @ {root.as_uri()}", "./package"],
    ):
        done = subprocess.run(["uv", *words], cwd=folder, capture_output=True, text=True, timeout=500)
        assert done.returncode == 0, done.stderr
    program = folder / "fresh" / ("Scripts" if os.name == "nt" else "bin") / "swm"
    for command, shown in COMMANDS.items():
        done = subprocess.run(
            [program, *shlex.split(command)],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
            env=os.environ | {"COLUMNS": "160"},
        )
        assert (done.returncode, shown in done.stdout) == (0, True), (command, done.stdout, done.stderr)
