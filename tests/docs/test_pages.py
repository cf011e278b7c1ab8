"""The pages cannot rot: commands print what is shown, Python runs, options and links exist."""

from __future__ import annotations

import json
import re
import shlex
import sys
from functools import lru_cache
from pathlib import Path

import pytest

from social_world_model import cli
from social_world_model.s3ap import SocializedContext, validate
from tests.commands import called, python, swm
from tests.docs.pages import PROJECT, Block, blocks, expected_print, pages, prints_what_is_shown

HERE = Path(__file__).parent
PAGES = pages()
SCRIPTS = {
    "run_benchmarks.py": cli.run_benchmarks,
    "run_socialized_context_eval.py": cli.run_socialized_context_eval,
}
NOT_OURS = (
    "uv ",
    "pip ",
    "vllm ",
    "git ",
    "cp ",
    "source ",
    "scripts/",
    "bash ",
    "docker ",
    "python -m ",
    "export ",
    "pytest",
)
"""Commands of other programs, which a test does not run: they install, build or start something."""
Step = dict[str, object]


def name_of(page: Path) -> str:
    return page.relative_to(PROJECT).as_posix()


def step_of(command: str) -> Step:
    """Return the step that runs a command line of a page."""
    command = re.sub(r"^uv run (?:--env-file \.env )?", "", command)
    line, _, into = command.partition(" > ")
    words = shlex.split(line, comments=True)
    if words[0] == "swm" or (words[:1] == ["python"] and words[1] in SCRIPTS):
        step: Step = {"command": words if words[0] == "swm" else words[1:]}
        return {**step, "into": into.strip()} if into else step
    return {"shell": re.sub(r"^python\b", shlex.quote(sys.executable), command)}


def expected_of(page: Path) -> list[tuple[str, Step, str | None]]:
    """Return what a page runs, in order: the text, its step, and the output that it shows, if any."""
    found: list[tuple[str, Step, str | None]] = []
    for block in blocks(page, "console", "bash", "python"):
        if block.runs and block.language != "python":
            found += [(command, step_of(command), shown) for command, shown in runnable(block)]
        elif block.runs and block.file is None:
            found.append((block.text, {"python": block.text}, expected_print(block.text)))
    return found


def runnable(block: Block) -> list[tuple[str, str | None]]:
    """Return the commands that a test runs, each with its output where the page shows it."""
    return [
        (command, shown if block.language == "console" else None)
        for command, shown in block.commands()
        if not re.sub(r"^uv run (?:--env-file \.env )?", "", command).startswith(NOT_OURS)
        and not (command.startswith("cat ") and shown)
    ]


def with_data(command: str, data: Path) -> str:
    """Put the path of a benchmark file in the place of `path/to/NAME`."""
    for name in re.findall(r"path/to/(\S+)", command):
        (found,) = data.rglob(name)
        command = command.replace(f"path/to/{name}", shlex.quote(str(found)))
    return command


def write_files(page: Path, folder: Path) -> None:
    """Write the files that a page shows."""
    for block in blocks(page):
        if block.file:
            (folder / block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            for command, shown in block.commands():
                if command.startswith("cat ") and shown:
                    (folder / command.removeprefix("cat ")).write_text(shown.rstrip() + "\n", encoding="utf-8")


def run_steps(steps: list[Step], folder: Path) -> list[dict[str, str | int]]:
    listed = folder / ".steps.json"
    listed.write_text(json.dumps(steps), encoding="utf-8")
    done = python(HERE / "driver.py", listed, cwd=folder, columns=100)
    assert done.returncode == 0, done.stderr
    ended: list[dict[str, str | int]] = json.loads(done.stdout)
    return ended


@pytest.mark.parametrize("page", [page for page in PAGES if expected_of(page)], ids=name_of)
def test_the_page_does_what_it_shows(page: Path, tmp_path: Path) -> None:
    expected = expected_of(page)
    write_files(page, tmp_path)
    for (text, _, shown), ended in zip(expected, run_steps([step for _, step, _ in expected], tmp_path), strict=True):
        assert ended["status"] == 0, f"{text}\n{ended['out']}\n{ended['err']}"
        if shown is not None:
            assert prints_what_is_shown(str(ended["out"]), shown), f"{text}\n{ended['out']}"


def test_commands_on_benchmark_files_run(tmp_path: Path, swm_data: Path) -> None:
    marked = [block for page in PAGES for block in blocks(page, "bash") if block.title == "needs the benchmark files"]
    commands = [with_data(command, swm_data) for block in marked for command, _ in runnable(block)]
    assert len(commands) >= 2
    for command, ended in zip(commands, run_steps([step_of(one) for one in commands], tmp_path), strict=True):
        assert ended["status"] == 0, f"{command}\n{ended['err']}"


@lru_cache
def options_of(*command: str) -> set[str]:
    """Return the options that the help of a command lists."""
    program = SCRIPTS.get(command[0])
    done = called(program, "--help") if program else swm(*command[1:], "--help")
    assert done.returncode == 0, done.stderr
    return set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", done.stdout))


def our_commands(block: Block) -> list[list[str]]:
    """Return the words of each command of this project in a block."""
    lines = [re.sub(r"^(?:uv run )?(?:--env-file \.env )?(?:python )?", "", line) for line, _ in block.commands()]
    return [shlex.split(line.partition(" > ")[0], comments=True) for line in lines if line.startswith(("swm", "run_"))]


def test_every_option_in_a_command_exists() -> None:
    seen = 0
    for page in PAGES:
        for block in blocks(page, "console", "bash"):
            for words in our_commands(block):
                group = words[0] == "swm" and words[1] in cli.GROUPS
                known = options_of(*words[: 3 if group else 2 if words[0] == "swm" else 1])
                used = {word.partition("=")[0] for word in words if re.match(r"--?[a-zA-Z]", word)}
                assert used <= known, f"{name_of(page)}, line {block.line}: {used - known} in {shlex.join(words)}"
                seen += len(used)
    assert seen > 50


def test_every_option_that_the_text_names_exists() -> None:
    known = set().union(
        *(options_of("swm", name) for name in cli.COMMANDS),
        *(options_of("swm", "agents", name) for name in ("compare", "export", "import", "judge", "run", "sweep")),
        options_of("swm", "data", "generate"),
        options_of("swm", "data", "fetch"),
        options_of("swm", "train", "data"),
        options_of("swm", "train", "sft"),
        options_of("swm", "context", "perturb"),
    )
    others = {
        "--env-file",
        "--all-extras",
        "--extra",
        "--strict",
        "--locked",
        "--group",
        "--tensor-parallel-size",
        "--cfg",
        "--serve",
        "--port",
        "--model-path",
        "--config",
    }
    for page in PAGES:
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        named = set(re.findall(r"(?<![\w-])--[a-z][\w-]+", text)) - others
        assert named <= known, f"{name_of(page)}: {named - known}"


def test_every_link_leads_to_a_file() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).is_file(), f"{name_of(page)}: {target}"


def test_contexts_that_pages_show_are_valid() -> None:
    shown = [json.loads(block.text) for page in PAGES for block in blocks(page, "json") if "agents_names" in block.text]
    assert shown
    for data in shown:
        assert validate(SocializedContext.from_data(data)) == []


def test_blocks_that_are_not_run_say_what_they_need() -> None:
    titles = {block.title for page in PAGES for block in blocks(page) if not block.runs}
    needs = (
        "a key",
        "a GPU",
        "the benchmark files",
        "a server",
        "your files",
        "Docker",
        "an extra",
        "a browser",
        "a network",
    )
    assert {title for title in titles if not title.removeprefix("needs ").startswith(needs)} == set()


@pytest.mark.parametrize(
    ("printed", "shown", "same"),
    [
        ("a\n\nb  \n", "a\nb\n", True),
        ("a\nx\ny\nb\n", "a\n…\nb\n", True),
        ("a\nb\nc\n", "a\nb\n", False),
        ("a\n", "b\n", False),
    ],
)
def test_shown_output_is_compared_line_by_line(printed: str, shown: str, same: bool) -> None:
    assert prints_what_is_shown(printed, shown) is same
