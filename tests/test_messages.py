"""Texts of the library: they name parameters, and leave flags to the command line."""

import ast
import re
from pathlib import Path

import social_world_model

PACKAGE = Path(social_world_model.__file__).parent
SPEAKING_OF_FLAGS = ("cli", "settings", "training/settings.py")
"""Where flags are declared or shown."""
FLAG = re.compile(r"(?<![\w-])--[a-z][\w-]*")
COMMANDS = re.compile(r"`(?:swm|uv|vllm) [^`]*`|uv sync --extra \S*")
"""Whole commands, which a text may suggest."""
ARGUMENTS = {
    "data/fetching.py": {"--dataset-path"},
    "training/trainers/verl.py": {
        *("--backend", "--local_dir", "--target_dir"),
        *("--standalone", "--nnodes", "--node_rank", "--nproc_per_node"),
        *("--rdzv_backend", "--rdzv_endpoint", "--rdzv_id"),
    },
}
"""Arguments of a command that a file puts together, by file."""


def flags_in(source: str) -> set[str]:
    """Return the flags in the texts of a module, docstrings included, without those of whole commands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            found |= _flags("".join(_text(part) for part in node.values))
        elif isinstance(node, ast.Constant):
            found |= _flags(_text(node))
    return found


def _text(node: ast.AST) -> str:
    """Return a constant text; `…` in place of a value in it."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "…"


def _flags(text: str) -> set[str]:
    return set(FLAG.findall(COMMANDS.sub("", text)))


def test_library_texts_name_parameters_and_no_flags() -> None:
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(SPEAKING_OF_FLAGS):
            flags = flags_in(path.read_text(encoding="utf-8")) - ARGUMENTS.get(name, set())
            found |= {name: flags} if flags else {}
    assert not found


def test_a_flag_in_a_text_or_a_docstring_is_found_and_a_whole_command_is_none() -> None:
    assert flags_in('"""Of ``--rpm``."""') == {"--rpm"}
    assert flags_in("say(f'expected --max-cost {bound}')") == {"--max-cost"}
    assert not flags_in("say('write one: `swm data generate tomi --out FILE`')")
