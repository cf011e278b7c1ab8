"""The how-tos cannot rot: their code runs, and their options exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from social_world_model.cli import run_benchmarks
from tests.commands import called, python

DOCS = Path(__file__).parents[1] / "docs"
LANGUAGE_MODELS = (DOCS / "language_models.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", re.findall(r"^```python\n(.*?)^```$", LANGUAGE_MODELS, re.MULTILINE | re.DOTALL))
def test_the_python_of_the_how_to_prints_what_it_says(code: str, tmp_path: Path) -> None:
    done = python("-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == re.findall(r"^ *print\(.*\)  # (.*)$", code, re.MULTILINE)


def test_every_option_it_names_exists() -> None:
    done = called(run_benchmarks, "--help")
    named = set(re.findall(r"--[a-z][a-z-]+", LANGUAGE_MODELS)) - {"--env-file"}
    assert named
    assert named <= set(re.findall(r"--[a-z][a-z-]+", done.stdout))


def test_every_file_that_the_docs_link_to_is_there() -> None:
    for page in DOCS.glob("*.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (DOCS / target).is_file(), f"{page.name}: {target}"
