"""Write the generated pages of the documentation: commands, settings, Python API, modules, schemas, `llms.txt`.

    uv run python scripts/docs_reference.py

The pages are made from the commands, the declared settings and the docstrings. The pages are committed, so they can be
read without building the site. A test fails if a page is out of date.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_origin

import griffe
import typer
from pydantic import TypeAdapter
from typer.main import get_command

import social_world_model
from social_world_model import SocializedContext, cli
from social_world_model.cli.plugin_option import add_plugin_option
from social_world_model.runs.manifest import Manifest
from social_world_model.runs.results import Result
from social_world_model.settings import (
    EpisodeSettings,
    EvaluationSettings,
    JudgingSettings,
    RunSettings,
    Setting,
    declared,
)
from social_world_model.training import DataSettings, Job

PROJECT = Path(__file__).resolve().parents[1]
DOCS = PROJECT / "docs"
NOTE = "<!-- Written by scripts/docs_reference.py: do not edit. -->\n\n"
PARTS = {
    "s3ap": ("Contexts", "Read, check, transform and query contexts."),
    "world_model": ("World model", "Parse stories, answer questions, and predict steps with one object."),
    "symbolic": ("Symbolic model", "The built-in symbolic model, and parsers of stories and chats."),
    "contracts": ("Items, queries and replies", "Values and protocols that benchmarks, modes and models share."),
    "benchmarks": ("Benchmarks", "Items, scorers and metric tables."),
    "modes": ("Modes", "How a mode asks a model a question."),
    "experiments": ("Runs", "Plan and run a benchmark, or play episodes."),
    "agents": ("Agents", "Play episodes, and add an agent."),
    "interaction": ("Acts and observations", "Values and protocols that scenarios and agents share."),
    "scenarios": ("Scenarios", "Situations in which agents act."),
    "settings": ("Settings of episodes", "Options of `EpisodeRun`."),
    "runs": ("Stored results", "Read the folder of a run."),
    "reports": ("Reports", "Tables, intervals and comparisons."),
    "evaluation": ("Quality of contexts", "Compare contexts with a reference."),
    "generation_utils": ("Language models", "Models by name, calls, limits and output parsers."),
    "usage": ("Usage", "Calls, tokens and cost."),
    "training": ("Trainers", "Add a trainer."),
    "viewer": ("Views in notebooks", "Show a context as an interactive page."),
}
"""Heading and first sentence of each part of the Python API, by package."""
SETTINGS = {
    "Runs": (RunSettings, "`swm run`, `swm robustness`, `swm score`, sweep files and `RunSettings`."),
    "Episodes": (EpisodeSettings, "`swm play`, `swm agents run` and `EpisodeSettings`."),
    "Judging of episodes": (JudgingSettings, "`swm agents judge` and `JudgingSettings`."),
    "Evaluation of contexts": (EvaluationSettings, "`swm evaluate-contexts` and `EvaluationSettings`."),
    "Training data": (DataSettings, "`swm train data`, `swm train sft` and `training.DataSettings`."),
    "Training": (Job, "`swm train sft` and `training.Job`."),
}
SCHEMAS = {
    "context": ("A context (S3AP) as it is stored", SocializedContext),
    "result": ("A result: one file per question of a run", Result),
    "run": ("The manifest of a run, run.json", Manifest),
}


def commands_page() -> str:
    """Return the reference of all commands, from their help."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    for name, (place, _) in cli.COMMANDS.items():
        app.command(name)(_found(place))
    for name, (place, _) in cli.GROUPS.items():
        app.add_typer(_found(place), name=name)
    add_plugin_option(app)
    group: Any = get_command(app)
    parts = [f"# Commands\n\n{NOTE}Every command prints this text with `--help`.\n"]
    for name, command in group.commands.items():
        parts += _command_parts(f"swm {name}", command)
    return "\n".join(parts)


def _found(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(f"social_world_model.cli.{module}"), name)


def _command_parts(name: str, command: Any) -> Iterator[str]:
    """Return the section of a command; for a group, return the sections of its commands."""
    if hasattr(command, "commands"):
        for inner, one in command.commands.items():
            yield from _command_parts(f"{name} {inner}", one)
        return
    context = typer.Context(command, info_name=name)
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    usage = " ".join([name, *(one.display_name_raw.strip("{}").upper() for one in arguments), "[OPTIONS]"])
    yield f"## {name}\n\n```text\n{usage}\n```\n\n{_paragraphs(command.help or '')}\n"
    if arguments:
        yield "| argument | meaning |\n|---|---|"
        yield from (f"| `{one.display_name_raw.strip('{}').upper()}` | {_cell(one.help or '')} |" for one in arguments)
        yield ""
    yield "| option | value | default | meaning |\n|---|---|---|---|"
    for one in command.params:
        record = one.get_help_record(context) if one.param_type_name == "option" else None
        if record is not None:
            yield _option_row(*record)
    yield ""


def _option_row(names: str, text: str) -> str:
    """Return the table row of an option, made from the help of the option."""
    flags, _, kind = names.partition(" <")
    default = re.search(r"\s*\[default: (.*)\]$", text)
    required = text.endswith("[required]")
    plain = re.sub(r"\s*\[(?:default: .*|required)\]$", "", text)
    listed = ", ".join(f"`{flag}`" for flag in re.split(r", | / ", flags))
    shown = f"`{default[1]}`" if default else "required" if required else ""
    return f"| {listed} | {_value(kind.removesuffix('>'))} | {shown} | {_cell(plain)} |"


def _value(kind: str) -> str:
    """Return the type of an option in words."""
    if inner := re.fullmatch(r"list\[(.*)\]", kind):
        return f"{_value(inner[1])}, repeatable"
    words = {"str": "text", "int": "integer", "float": "number", "path": "path", "Path": "path", "": ""}
    return words.get(kind) or (" or ".join(f"`{one}`" for one in kind.split("|")) if kind else "")


def _cell(text: str) -> str:
    """Return a text for a table cell; placeholders and tags are formatted as code."""
    flat = " ".join(text.split()).replace("|", "\\|")
    return re.sub(r"(?<![`\w])(<[^<>\s]+(?: /)?>)", r"`\1`", flat)


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


def settings_page() -> str:
    """Return the tables of declared settings."""
    parts = [
        f"# Settings\n\n{NOTE}Each setting has one name in Python, and usually one option on the command line. "
        "The Python name is also the name in sweep files. A value outside its range raises a `ConfigurationError`.\n"
    ]
    for heading, (settings, used_by) in SETTINGS.items():
        parts.append(f"## {heading}\n\nUsed by {used_by}\n")
        parts.append("| Python | command line | type | default | meaning |\n|---|---|---|---|---|")
        parts += [_setting_row(setting) for setting in declared(settings)]
        parts.append("")
    return "\n".join(parts)


def _setting_row(setting: Setting) -> str:
    option = setting.option
    flag = {"nothing": "", "positional": "first argument"}.get(option.typed, f"`{setting.flag}`")
    bounds = [
        f"{words} {bound:g}"
        for words, bound in (
            ("at least", option.least),
            ("above", option.above),
            ("at most", option.most),
            ("below", option.below),
        )
        if bound is not None
    ]
    kind = ", ".join([_type_name(setting.type), *bounds])
    default = "required" if setting.required else "" if setting.default is None else f"`{setting.default}`"
    return f"| `{setting.name}` | {flag} | {kind} | {default} | {_cell(option.help)} |"


def _type_name(kind: Any) -> str:
    """Return a type in words."""
    if get_origin(kind) is None:
        return "none" if kind is type(None) else str(getattr(kind, "__name__", kind))
    parts = [one for one in get_args(kind) if one is not type(None)]
    if all(isinstance(one, str) for one in parts):
        return "one of " + ", ".join(f"`{one}`" for one in parts)
    if isinstance(get_origin(kind), type) and issubclass(get_origin(kind), Mapping):
        return "mapping"
    if get_origin(kind) in (tuple, list):
        return f"list of {_type_name(parts[0]).removeprefix('one of ')}"
    return " or ".join(_type_name(one) for one in parts)


def python_page() -> str:
    """Return the page from which the site makes the Python API: a directive for every public name."""
    home = social_world_model._HOME
    parts = [
        f"# Python API\n\n{NOTE}Import these names from `social_world_model`. Each name is loaded when it is first "
        "used. [Errors](errors.md) have another page.\n"
    ]
    for package, (heading, sentence) in PARTS.items():
        parts.append(f"## {heading}\n\n{sentence}\n")
        parts += [f"::: social_world_model.{name}\n" for name in home[package]]
    assert set(home) - {"errors"} == set(PARTS), "a package with public names lacks a heading in PARTS"
    return "\n".join(parts)


def modules_page() -> str:
    """Return a table of modules for each package, with the first sentence of each docstring."""
    root = Path(social_world_model.__file__).parent
    parts = [f"# Modules\n\n{NOTE}Every module of `social_world_model`, with the first sentence of its docstring.\n"]
    for package in sorted({path.parent for path in root.rglob("*.py")}):
        parts.append(f"## {'.'.join(['social_world_model', *package.relative_to(root).parts])}\n")
        parts.append("| module | content |\n|---|---|")
        for path in sorted(package.glob("*.py")):
            text = " ".join(
                (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0].split()
            )
            parts.append(f"| `{path.name}` | {_cell(text)} |")
        parts.append("")
    return "\n".join(parts)


def schema_of(title: str, kind: Any) -> dict[str, Any]:
    """Return the JSON schema of a stored form, with the descriptions from the docstring."""
    schema: dict[str, Any] = TypeAdapter(kind).json_schema()
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}
    schema.pop("description", None)
    for part in schema.get("$defs", {}).values():
        part["description"] = part.get("description", "").partition("\n")[0]
    if kind is not SocializedContext:  # a newer version may add fields, and a result has the columns of its row
        schema["additionalProperties"] = True
        schema["required"] = [one.name for one in fields(kind) if one.name in schema.get("required", [])]
        for name, text in _described(kind).items():
            if name in schema["properties"]:
                schema["properties"][name]["description"] = text
    return schema


def _described(kind: type) -> dict[str, str]:
    """Return the descriptions of parameters in a docstring, by name."""
    docstring = griffe.Docstring(inspect.getdoc(kind) or "")
    found: dict[str, str] = {}
    for section in docstring.parse("numpy", warnings=False):
        if section.kind is griffe.DocstringSectionKind.parameters:
            for parameter in section.value:
                for name in parameter.name.split(", "):
                    found[name] = " ".join(parameter.description.split())
    return found


def llms_txt(pages_made: Mapping[Path, str]) -> str:
    """Return the index of the pages for language models (llmstxt.org)."""
    site = tomllib.loads((PROJECT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    parts = [f"# {site['site_name']}\n\n> {site['site_description']}\n"]
    for entry in site["nav"]:
        ((title, pages),) = entry.items()
        listed = pages if isinstance(pages, list) else [entry]
        parts.append(f"## {title}\n")
        for page in listed:
            ((name, path),) = page.items()
            text = pages_made.get(DOCS / path) or (DOCS / path).read_text(encoding="utf-8")
            parts.append(f"- [{name}]({path.removesuffix('.md')}.html): {_first_sentence(text)}")
        parts.append("")
    return "\n".join(parts)


def _first_sentence(page: str) -> str:
    """Return the first sentence of a page, without links."""
    text = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    paragraphs = [
        part
        for part in re.split(r"\n\s*\n", text)
        if part.strip() and not part.startswith(("#", "!", "`", "|", "--8<--"))
    ]
    flat = (
        " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", paragraphs[0]).replace("*", "").split()) if paragraphs else ""
    )
    return re.split(r"(?<=\.)\s", flat)[0]


def generated() -> dict[Path, str]:
    """Return every generated file and its text."""
    pages = {
        DOCS / "reference" / "cli.md": commands_page(),
        DOCS / "reference" / "settings.md": settings_page(),
        DOCS / "reference" / "python.md": python_page(),
        DOCS / "reference" / "modules.md": modules_page(),
        **{
            DOCS / "reference" / "schemas" / f"{name}.schema.json": json.dumps(schema_of(title, kind), indent=1) + "\n"
            for name, (title, kind) in SCHEMAS.items()
        },
    }
    return {**pages, DOCS / "llms.txt": llms_txt(pages)}


def main() -> int:
    """Write the files that changed; return the exit status."""
    for path, text in generated().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"written: {path.relative_to(PROJECT).as_posix()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
