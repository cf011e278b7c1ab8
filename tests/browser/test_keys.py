"""The pages by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from social_world_model import memory, parse_narrative
from social_world_model.viewer.demo import FILES
from tests.browser.conftest import Opened, settled
from tests.browser.demo import Served, pages_of, served

Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def demo() -> Iterator[Served]:
    with served("--demo", "--no-cache") as running:
        yield running


@pytest.fixture(scope="module")
def places(demo: Served) -> dict[str, str]:
    return pages_of(demo)


@pytest.fixture
def story(open_page: Open, demo: Served, places: dict[str, str]) -> Any:
    return settled(open_page(demo.at(places["context"])).page)


def tab_to(page: Any, selector: str) -> None:
    """Press the Tab key until an element has the focus."""
    for _ in range(200):
        if page.evaluate(f"document.activeElement?.matches({selector!r})"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not reach {selector}")


def says(page: Any) -> str:
    return str(page.get_attribute("input[type=range]", "aria-valuetext"))


def chosen(page: Any) -> list[str]:
    return [one.strip() for one in page.locator("[aria-label=Perspective] button[aria-pressed=true]").all_inner_texts()]


def test_arrows_home_and_end_change_the_step_and_say_it_in_words(story: Any) -> None:
    texts = [says(story)]
    for key in ("ArrowRight", "ArrowLeft", "Home", "End"):
        story.keyboard.press(key)
        texts.append(says(story))
    assert texts[0].startswith("Step 2") and texts[1].startswith("Step 3") and texts[2] == texts[0]
    assert texts[3].startswith("Step 1") and "Sally entered the playroom" in texts[3]
    assert texts[4].startswith("Step 8")


def test_numbers_choose_a_perspective_shift_adds_an_agent_and_escape_shows_everything(story: Any) -> None:
    story.keyboard.press("1")
    assert chosen(story) == ["Sally"]
    story.keyboard.press("Shift+Digit2")
    assert "Sally › Anne" in story.inner_text("[aria-label=Perspective]")
    assert "What Sally believes that Anne perceived" in story.inner_text("main")
    story.keyboard.press("Escape")
    assert chosen(story) == ["Everyone"]


def test_a_perspective_shows_what_the_agent_remembers_and_nothing_else(story: Any) -> None:
    context, _ = parse_narrative((FILES / "sally_anne.txt").read_text(encoding="utf-8"))
    story.keyboard.press("1")
    story.keyboard.press("End")
    shown = story.locator("aside ol li").all_inner_texts()
    expected = [event.text.removesuffix(".") for event in memory(context, "Sally")]
    assert [text.split("\n")[-1].removesuffix(".") for text in shown] == expected
    assert not any("moved the ball" in text for text in shown)


def test_a_slash_finds_and_a_question_mark_lists_the_keys(story: Any) -> None:
    story.keyboard.press("/")
    story.keyboard.type("moved")
    story.keyboard.press("Enter")
    assert says(story).startswith("Step 4")
    story.keyboard.press("Escape")
    tab_to(story, "input[type=range]")
    story.keyboard.press("1")
    story.keyboard.press("?")
    story.locator("dialog[open]").wait_for()
    story.keyboard.press("Escape")
    assert story.locator("dialog[open]").count() == 0
    assert chosen(story) == ["Sally"]


def test_the_table_has_every_event_of_the_drawing(story: Any) -> None:
    story.get_by_role("button", name="As a table").focus()
    story.keyboard.press("Enter")
    story.locator("main table").first.wait_for()
    words = story.locator("main table").first.inner_text()
    context, _ = parse_narrative((FILES / "sally_anne.txt").read_text(encoding="utf-8"))
    for event in context.events():
        assert event.text.removesuffix(".").split(" ", 1)[1] in words


def test_runs_are_chosen_compared_and_filtered_and_an_item_is_opened(
    open_page: Open, demo: Served, places: dict[str, str]
) -> None:
    page = settled(open_page(demo.at("/results")).page)
    for letter in ("A", "B"):
        tab_to(page, f"button[aria-label^='Run {letter}']:not(:disabled)")
        page.keyboard.press("Enter")
    page.get_by_text("Item by item").wait_for()
    settled(page)
    tab_to(page, "[role=group][aria-label=Filter] button:nth-of-type(3)")
    page.keyboard.press("Enter")
    assert "f=" in page.url
    tab_to(page, "a[href^='#/item']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/#/item/**")
    settled(page)
    first = page.inner_text("h1")
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    settled(page)
    assert page.inner_text("h1") != first
    page.keyboard.press("k")
    page.wait_for_timeout(300)
    settled(page)
    assert page.inner_text("h1") == first
