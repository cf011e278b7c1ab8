"""The built pages under ``viewer/static``: up to date, small, and without a request to another host."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

import social_world_model

REPOSITORY = Path(__file__).parents[2]
WEB = REPOSITORY / "web"
STATIC = Path(social_world_model.__file__).parent / "viewer" / "static"
SOURCES = sorted(path.relative_to(WEB).as_posix() for path in (WEB / "src").rglob("*") if path.is_file())


def test_the_built_files_are_those_of_the_sources() -> None:
    hashed = hashlib.sha256()
    for name in ["package-lock.json", "vite.config.js", *SOURCES]:
        hashed.update(name.encode() + b"\0" + (WEB / name).read_bytes() + b"\0")
    built = (STATIC / "sources.sha256").read_text().strip()
    assert built == hashed.hexdigest(), "the sources have changed: run `npm ci && npm run build` in web/"


@pytest.mark.parametrize(
    ("name", "budget"),
    [
        ("viewer.js", 120_000),
        ("results.js", 45_000),
        ("branches.js", 30_000),
        ("viewer.css", 25_000),
        ("results.css", 15_000),
    ],
)
def test_the_built_files_stay_small(name: str, budget: int) -> None:
    assert 200 < (STATIC / name).stat().st_size <= budget


def test_no_source_writes_text_as_markup() -> None:
    markup = re.compile(r"\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|svelte-ignore")
    assert SOURCES and [name for name in SOURCES if markup.search((WEB / name).read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.glob("viewer*.*s")))
def test_the_built_files_name_no_other_host(name: str) -> None:
    """Names of XML namespaces, and of a page in the error messages of Svelte, are requested by nothing."""
    found = set(re.findall(r"(?:https?:)?//[\w-]+(?:\.[\w-]+)+", (STATIC / name).read_text(encoding="utf-8")))
    assert found <= {"http://www.w3.org", "https://svelte.dev"}
