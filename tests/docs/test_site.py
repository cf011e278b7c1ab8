"""The site builds strictly, asks nothing of other hosts, and has every public name."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from scripts import docs_reference, docs_site

import social_world_model
from tests.commands import swm
from tests.docs.pages import DOCS, PROJECT

LOADED = re.compile(
    r"<(?:script|img|iframe|source|video|audio)\b[^>]*?\bsrc=[\"']?((?:https?:)?//[^\"'\s>]+)"
    r"|<link\b(?=[^>]*\brel=[\"']?(?:stylesheet|preload|icon|preconnect|dns-prefetch))[^>]*?\bhref=[\"']?((?:https?:)?//[^\"'\s>]+)"
    r"|(?:@import\s*|url\()[\"']?((?:https?:)?//[^\"')\s]+)",
    re.IGNORECASE,
)
"""What a browser loads without a click: from HTML, and from style sheets."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site from a copy: tests may run at the same time."""
    folder = tmp_path_factory.mktemp("site")
    for name in ("docs", "src"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("zensical.toml", "CHANGELOG.md"):
        shutil.copy(PROJECT / name, folder)
    docs_site.write_demo(folder / "docs")
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    return folder / "site"


def test_the_site_has_every_page_and_a_search_index(site: Path) -> None:
    for page in DOCS.rglob("*.md"):
        assert (site / page.relative_to(DOCS).with_suffix(".html")).is_file(), page
    assert "Find out who knows what" in (site / "search.json").read_text(encoding="utf-8")
    assert (site / "llms.txt").is_file()


def test_the_page_of_the_viewer_embeds_the_demo(site: Path) -> None:
    page = site / "tasks" / "view.html"
    (frame,) = re.findall(r'<iframe[^>]*\bsrc="([^"]+)"', page.read_text(encoding="utf-8"))
    demo = (page.parent / frame).resolve().read_text(encoding="utf-8")
    assert 'id="swm-data"' in demo and "Where is the cucumber really?" in demo


def test_a_browser_loads_nothing_from_other_hosts(site: Path) -> None:
    found = {
        f"{path.relative_to(site)}: {''.join(match.groups(''))}"
        for path in site.rglob("*")
        if path.suffix in (".html", ".css", ".svg")
        for match in LOADED.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == set()


@pytest.mark.parametrize(
    ("text", "loads"),
    [
        ('<script src="https://cdn.example/x.js">', True),
        ('<link rel="stylesheet" href="https://fonts.example/x">', True),
        ("a { background: url(//x.example/y.png) }", True),
        ('<a href="https://arxiv.org/abs/2509.00559">', False),
        ('<link rel="canonical" href="https://x.example/">', False),
        ('<img src="concepts/s3ap.svg">', False),
    ],
)
def test_what_a_browser_loads_is_found(text: str, loads: bool) -> None:
    assert bool(LOADED.search(text)) is loads


def test_the_reference_has_every_public_name(site: Path) -> None:
    pages = [(site / "reference" / name).read_text(encoding="utf-8") for name in ("python.html", "errors.html")]
    anchors = set(re.findall(r'id="?social_world_model\.(\w+)"?[ >]', "".join(pages)))
    assert set(social_world_model.__all__) - anchors == set()


def test_every_page_is_in_the_navigation() -> None:
    nav = json.dumps(tomllib.loads((PROJECT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"])
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    assert pages == set(re.findall(r'"([^"]+\.md)"', nav))


def test_generated_files_are_up_to_date() -> None:

    for path, text in docs_reference.generated().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run uv run python scripts/docs_reference.py"


def test_pictures_are_up_to_date() -> None:
    from scripts import docs_pictures

    for name, draw in docs_pictures.PICTURES.items():
        assert (docs_pictures.FOLDER / name).read_text(encoding="utf-8") == draw()


def test_files_of_a_run_have_the_form_of_their_schemas(tmp_path: Path) -> None:
    assert swm("run", "tomi", "--limit", 2, "--mode", "socialized_context", "--output-dir", tmp_path).returncode == 0
    schemas = {
        name: Draft202012Validator(json.loads((DOCS / "reference" / "schemas" / f"{name}.schema.json").read_text()))
        for name in ("result", "run", "context")
    }
    (manifest,) = tmp_path.rglob("run.json")
    schemas["run"].validate(json.loads(manifest.read_text(encoding="utf-8")))
    results = [json.loads(path.read_text(encoding="utf-8")) for path in manifest.parent.glob("[0-9]*.json")]
    assert len(results) == 2
    for result in results:
        schemas["result"].validate(result)
        schemas["context"].validate(result["socialized_context"])
    assert not schemas["result"].is_valid({**results[0], "status": "fine"})
