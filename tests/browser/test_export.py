"""Exported files and views for notebooks in a real browser: no request, no error, and texts stay texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from social_world_model import view_context
from social_world_model.viewer.catalogue import discover
from social_world_model.viewer.export import export_html
from tests.browser.conftest import Opened
from tests.s3ap.builders import context as given_context
from tests.s3ap.builders import step

Open = Callable[..., Opened]
RESULTS = Path(__file__).parents[1] / "golden" / "schema_1" / "results"
STORY = "Al entered the den. Bo entered the den. The key is in the box. Al exited the den. Bo moved the key to the bag."
HOSTILE = "says: \"</script><script>alert(1)</script><img src='http://example.org/x.png' onerror='alert(2)'> \u2028 !\""


def visible(found: Any) -> Any:
    """Return the first element that the reader sees; some texts are also in closed menus."""
    return found.locator("visible=true").first


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """The address of a file with a story, a hostile context, and runs with all their items; the ids of two runs."""
    folder = tmp_path_factory.mktemp("export")
    (folder / "a_story.txt").write_text(STORY, encoding="utf-8")
    names = ["<b>Ann</b>", "Bo"]
    hostile = given_context(names, step("It rains.", dict.fromkeys(names, "<same_as_state />"), {names[0]: HOSTILE}))
    (folder / "hostile.json").write_text(hostile.to_json(), encoding="utf-8")
    (folder / "broken.json").write_text("{}", encoding="utf-8")
    found = discover([folder, RESULTS])
    (folder / "out.html").write_text(export_html(found, items="all", cache=False).html, encoding="utf-8")
    ids = {path.name: id for id, path in found.runs.items()}
    data = "tomi_sample.jsonl"
    runs = {"a": ids[f"vanilla_symbolic_{data}"], "b": ids[f"perspective_symbolic_{data}_symbolic"]}
    return (folder / "out.html").as_uri(), runs


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("#/context/c1", ["Al exited the den.", "Where is the key?"]),
        ("#/context/c1?step=4&chain=Al", ["What Al perceived", "≠"]),
        ("#/results", ["Results", "tomi"]),
        ("#/results?a={a}&b={b}", ["Item by item", "B − A"]),
        ("#/item/{a}/1?b={b}", ["symbolic", "gold: "]),
    ],
)
def test_every_page_opens_from_a_file_without_a_request(
    place: str, words: list[str], everything: tuple[str, dict[str, str]], open_page: Open
) -> None:
    address, runs = everything
    place = place.format(**runs)
    opened = open_page(address + place, offline=True)
    main = opened.page.locator("main")

    for word in words:
        visible(main.get_by_text(word)).wait_for()
    assert opened.requests in ([address + place], [address])


def test_hostile_texts_are_shown_as_text(everything: tuple[str, dict[str, str]], open_page: Open) -> None:
    opened = open_page(f"{everything[0]}#/context/c2?step=0", offline=True)

    visible(opened.page.get_by_text("<b>Ann</b>")).wait_for()
    visible(opened.page.get_by_text("</script><script>alert(1)</script>")).wait_for()
    assert opened.dialogs == []
    assert opened.page.locator("#app script, #app img, #app iframe").count() == 0
    assert len(opened.requests) == 1


def test_a_notebook_shows_the_page_in_a_frame_and_its_links_stay_there(tmp_path: Path, open_page: Open) -> None:
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    shown = view_context(tmp_path / "story.txt")._repr_html_()
    (tmp_path / "notebook.html").write_text(
        f"<!doctype html><title>n</title><h1>Notebook</h1>{shown}", encoding="utf-8"
    )

    opened = open_page((tmp_path / "notebook.html").as_uri(), offline=True)
    frame = opened.page.frame_locator("iframe")
    frame.get_by_role("button", name="Al").first.click()
    visible(frame.get_by_text("What Al perceived")).wait_for()
    opened.page.frames[1].wait_for_url(re.compile("chain=Al"))
    frame.get_by_role("link", name="Contexts").click()
    visible(frame.get_by_text("Everything that happened")).wait_for()

    assert opened.page.url == (tmp_path / "notebook.html").as_uri()
    assert len(opened.requests) == 1


def test_the_static_view_of_a_context_needs_no_script(tmp_path: Path, open_page: Open) -> None:
    context = given_context(["Ann"], step("It rains.", {"Ann": "<same_as_state />"}, {"Ann": "waves"}))
    page = tmp_path / "static.html"
    page.write_text(f"<!doctype html><meta charset='utf-8'>{context._repr_html_()}", encoding="utf-8")

    opened: Any = open_page(page.as_uri(), java_script_enabled=False).page

    assert opened.locator("svg circle").count() == 1
    assert opened.locator("svg").bounding_box()["height"] > 20
    assert opened.locator("table").is_visible()
