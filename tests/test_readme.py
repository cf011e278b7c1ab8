"""The README cannot rot: its worked example is run and must print what it shows."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from social_world_model.cli import run_benchmarks
from social_world_model.s3ap import SocializedContext, validate
from tests.commands import LIMIT, PROJECT, Done, called, python, swm

README = (PROJECT / "README.md").read_text(encoding="utf-8")
SLOW = ("uv run pytest", "uv run pre-commit", "uv run --env-file")
"""These take long, or need a key."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def console_steps() -> list[tuple[str, str]]:
    """Return every ``$ command`` of the worked example with the output below it."""
    steps: list[tuple[str, str]] = []
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            steps.append((command, output))
    return steps


def run(command: str, folder: Path) -> Done:
    """Run a documented command: ``swm`` and the scripts in this process, anything else as it stands."""
    words = shlex.split(command, comments=True)
    if words[:2] == ["uv", "run"]:
        words = words[2:]
    if words[0] == "swm":
        return swm(*words[1:], cwd=folder, columns=80)
    if words[:2] == ["python", "run_benchmarks.py"]:
        return called(run_benchmarks, *words[2:], cwd=folder, columns=80)
    if words[0] == "python":
        words[0] = sys.executable
    environment = {**os.environ, "COLUMNS": "80"}
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=LIMIT, env=environment)


def stripped(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shown = {command.removeprefix("cat "): text for command, text in console_steps() if command.startswith("cat ")}
    assert list(shown) == ["story.txt", "chat.txt"]
    for name, text in shown.items():
        (tmp_path / name).write_text(text.rstrip() + "\n")
    (sweep,) = blocks("yaml")
    (tmp_path / "sweep.yaml").write_text(sweep)
    return tmp_path


def test_the_worked_example_prints_what_the_readme_shows(folder: Path) -> None:
    steps = console_steps()
    assert len(steps) >= 6
    for command, shown in steps:
        done = run(command, folder)
        assert done.returncode == 0, done.stderr
        assert stripped(done.stdout) == stripped(shown), command


def test_the_commands_that_need_no_data_run(folder: Path) -> None:
    commands = [
        line
        for block in blocks("bash")
        for line in block.splitlines()
        if line.startswith("uv run") and "path/to" not in line and not line.startswith(SLOW)
    ]
    assert "uv run python run_benchmarks.py tomi" in " ".join(commands)
    for command in commands:
        done = run(command, folder)
        assert done.returncode == 0, done.stderr


def test_the_commands_on_real_data_run(folder: Path, swm_data: Path) -> None:
    lines = [line for block in blocks("bash") for line in block.splitlines() if "path/to" in line]
    commands = [line for line in lines if not line.startswith(SLOW)]
    assert len(commands) >= 2
    for command in commands:
        name = next(word for word in command.split() if word.startswith("path/to/")).removeprefix("path/to/")
        (found,) = swm_data.rglob(name)
        done = run(command.replace(f"path/to/{name}", shlex.quote(str(found))), folder)
        assert done.returncode == 0, done.stderr


def test_the_python_examples_run(folder: Path) -> None:
    printed = []
    for code in blocks("python"):
        done = python("-c", code, cwd=folder)
        assert done.returncode == 0, done.stderr
        printed.append(done.stdout)
    assert printed[0].startswith("[]\n")
    assert "Ann  ●─●──●─" in printed[1]
    assert printed[2] == "box\n"


def test_the_context_it_shows_is_valid() -> None:
    (shown,) = blocks("json")
    assert validate(SocializedContext.from_data(json.loads(shown))) == []


def test_every_file_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (PROJECT / target).is_file(), target
