"""Plug-ins on disk, as files and as installed packages, and commands that use them."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.commands import python

HERE = Path(__file__).parent
HIDINGS = (HERE / "hidings.py").read_text(encoding="utf-8")
REGISTERED = """
from social_world_model import register, register_mode, register_model, register_trainer

register(Hidings())
register_mode(Twice())
register_model("own", own_model)
register_trainer(Pretend())
"""
ENTRY_POINTS = {
    "benchmarks": "hidings_bench:Hidings",
    "modes": "hidings_bench:MODES",
    "models": "hidings_bench:MODELS",
    "trainers": "hidings_bench:Pretend",
}
OBJECTS = """
MODES = [Twice()]
MODELS = {"own": own_model}
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    words: list[str]
    status: int
    out: str
    err: str


def swm(folder: Path, *commands: str, packages: Path | None = None) -> list[Ended]:
    """Call commands in a folder, each in a process of its own.

    Parameters
    ----------
    folder
        Where they run.
    commands
        Without ``swm``, quoted as in a shell.
    packages
        A folder on PYTHONPATH.
    """
    listed = folder / ".commands.json"
    listed.write_text(json.dumps([shlex.split(command) for command in commands]), encoding="utf-8")
    environment = {} if packages is None else {"PYTHONPATH": str(packages)}
    done = python(HERE / "driver.py", listed, cwd=folder, columns=160, environment=environment)
    assert done.returncode == 0, done.stderr
    return [Ended(**one) for one in json.loads(done.stdout)]


def installed(folder: Path, name: str, text: str, entry_points: Mapping[str, str], version: str = "0.3") -> Path:
    """Lay a module and its metadata into a folder, as an installer does; return the folder.

    Parameters
    ----------
    name
        Of the package, whose module is called likewise, with underscores.
    text
        Of the module.
    entry_points
        Of the group `social_world_model`.
    """
    about = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    about.mkdir(parents=True)
    (folder / f"{name.replace('-', '_')}.py").write_text(text, encoding="utf-8")
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    lines = ["[social_world_model]", *(f"{key} = {value}" for key, value in entry_points.items())]
    (about / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    return folder


def data_and_settings(folder: Path) -> None:
    """Write what the commands read: questions, replies, a sweep."""
    from tests.plugins.hidings import ROW

    rows = [ROW | {"index": number} for number in range(2)]
    replies = [{"index": number, "response": "It is."} for number in range(2)]
    for name, lines in (("hidings.jsonl", rows), ("replies.jsonl", replies)):
        (folder / name).write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    sweep = {
        "benchmarks": [{"name": "hidings", "dataset_path": "hidings.jsonl"}],
        "models": ["own/object", "own/function"],
        "modes": ["vanilla", "twice"],
        "context_models": ["own/object"],
        "settings": {"output_dir": "swept"},
    }
    (folder / "sweep.yaml").write_text(json.dumps(sweep), encoding="utf-8")


def path_of(name: str) -> str:
    """Return a path that needs quotes."""
    return os.path.join("my plug-ins ü", name)  # noqa: PTH118
