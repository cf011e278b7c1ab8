"""All pages of the demo in a real browser: accessibility, keyboard, narrow windows, and links."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import Opened, settled
from tests.browser.demo import Served, pages_of, served

PAGES = ("context", "perspective", "conversation", "episode", "results", "item", "what_if")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
WIDTHS = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 390, "height": 844}}
Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served("--demo", "--edit", tmp_path_factory.mktemp("branches"), "--no-cache") as running:
        yield running


@pytest.fixture(scope="module")
def places(demo: Served) -> dict[str, str]:
    return pages_of(demo)


@pytest.mark.parametrize("width", list(WIDTHS))
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_violation_of_wcag_2_2_in_both_themes_and_never_scrolls_sideways(
    open_page: Open, demo: Served, places: dict[str, str], name: str, width: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = settled(open_page(demo.at(places[name]), viewport=WIDTHS[width], bypass_csp=True).page)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        found = Axe().run(page, options={"runOnly": RULES})
        assert found.violations_count == 0, f"{theme}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_never_scrolls_sideways_at_200_percent(
    open_page: Open, demo: Served, places: dict[str, str], name: str
) -> None:
    page = settled(open_page(demo.at(places[name]), viewport={"width": 720, "height": 450}).page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


FOCUSABLE = """() => [...document.querySelectorAll(
    'a[href], button:not(:disabled), input:not(:disabled), select, textarea, summary, [tabindex="0"]')]
    .filter((one) => one.checkVisibility({visibilityProperty: true}) && one.tabIndex >= 0
      && !(one.type === 'radio' && !one.checked)).length"""
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    globalThis.seen ??= new Map();
    if (!globalThis.seen.has(one)) globalThis.seen.set(one, globalThis.seen.size);
    return globalThis.seen.get(one);
}"""


@pytest.mark.parametrize("name", PAGES)
def test_the_tab_key_reaches_everything_on_a_page_and_leaves_it_again_without_a_request_to_others(
    open_page: Open, demo: Served, places: dict[str, str], name: str
) -> None:
    opened = open_page(demo.at(places[name]))
    page = settled(opened.page)
    expected = page.evaluate(FOCUSABLE)
    reached: list[int] = []
    for _ in range(expected + 30):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if reached and (focused is None or focused == reached[0]):
            break
        if focused is not None:
            reached.append(focused)
    else:
        pytest.fail(f"the focus does not leave the page after {expected + 30} keys")
    assert len(set(reached)) == len(reached), "the focus goes in a circle inside of the page"
    assert len(reached) >= expected
    assert opened.requests and all(request.startswith((demo.origin, "data:")) for request in opened.requests)


def test_the_token_leaves_the_address_and_a_page_without_it_says_so(open_page: Open, demo: Served) -> None:
    page = settled(open_page(demo.address).page)
    assert demo.token not in page.url
    refused = open_page(demo.origin, fails=True).page
    refused.wait_for_selector("[role=alert]")
    assert "token" in refused.inner_text("[role=alert]")


def test_the_theme_follows_the_system_until_the_reader_switches(open_page: Open, demo: Served) -> None:
    page = settled(open_page(demo.address, color_scheme="dark").page)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("header button")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_a_branch_made_on_the_page_is_compared_with_its_context(
    open_page: Open, demo: Served, places: dict[str, str]
) -> None:
    page = settled(open_page(demo.at(places["what_if"])).page)
    before = len(demo.get("index")["contexts"])
    page.get_by_label("Step").first.select_option("7")
    page.get_by_label("Agent").first.select_option("Sally")
    page.get_by_label("Words").fill("hums a song")
    page.get_by_role("button", name="Make a branch").click()
    page.get_by_role("button", name="Make a branch").wait_for()
    page.get_by_text("hums a song").first.wait_for()
    assert len(demo.get("index")["contexts"]) == before + 1
    assert "/branches/" in page.url
