"""What a reader sees first: the step that a context opens at, what was left out, and how a branch keeps its step."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import Opened, settled
from tests.browser.demo import Served, served
from tests.reports.runs_on_disk import write_run

STORY = "Sally and Anne are in the den. The ball is in the basket. Sally left the den. Anne moved the ball to the box."
CHAT = "Ann: The party is on Friday.\nBo: I have to go.\nAnn: Bye, Bo!\n(Bo left)\n(Cy joins)\nAnn: Hi Cy!\n"
Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("first_view")
    (folder / "sources").mkdir()
    for name, text in (("chat.txt", CHAT), ("story.txt", STORY), ("broken.json", "{")):
        (folder / "sources" / name).write_text(text, encoding="utf-8")
    run = write_run(folder / "sources" / "run", [True])
    data = json.loads((run / "0.json").read_text(encoding="utf-8"))
    (run / "0.json").write_text(json.dumps({**data, "narrative": STORY}), encoding="utf-8")
    with served(folder / "sources", "--edit", folder / "edits", "--no-cache") as running:
        yield running


def place(pages: Served, title: str) -> str:
    return next(f"/context/{one['id']}" for one in pages.get("index")["contexts"] if one["title"] == title)


def test_a_conversation_opens_at_the_first_utterance_that_not_everybody_heard(open_page: Open, pages: Served) -> None:
    page = settled(open_page(pages.at(place(pages, "chat.txt"))).page)
    assert page.locator("aside h2").first.inner_text().startswith("Step 1")
    assert page.locator(".bar.same").all_inner_texts() == ["said it", "has heard it"]
    page.keyboard.press("End")
    page.locator(".beside").first.wait_for()
    assert page.locator(".beside").all_inner_texts() == ["has heard it"]


def test_a_story_opens_at_its_last_step(open_page: Open, pages: Served) -> None:
    page = settled(open_page(pages.at(place(pages, "story.txt"))).page)
    assert page.locator(".bar.wrong").inner_text() == "≠ basket"
    assert page.locator("aside h2").first.inner_text().startswith("Step 3")


def test_the_list_of_contexts_says_what_was_left_out_and_why(open_page: Open, pages: Served) -> None:
    page = settled(open_page(pages.address).page)
    page.get_by_text("1 file or folder left out").click()
    assert page.get_by_text("broken.json").is_visible()


def test_what_if_opens_at_the_step_of_the_context_and_keeps_it_for_the_branch(open_page: Open, pages: Served) -> None:
    page = settled(open_page(pages.at(f"{place(pages, 'story.txt')}?step=2")).page)
    page.get_by_role("link", name="What if?").click()
    page.get_by_label("Agent").first.select_option("Sally")
    page.get_by_label("Words").fill("hums a song")
    page.get_by_role("button", name="Make a branch").click()
    page.get_by_text("only in B").wait_for()
    assert page.get_by_label("Step", exact=True).first.input_value() == "1"


def test_words_that_a_reader_types_stay_when_another_branch_appears(open_page: Open, pages: Served) -> None:
    id = place(pages, "story.txt").rpartition("/")[2]
    page = settled(open_page(pages.at(f"/branches/{id}")).page)
    page.get_by_label("Words").fill("waves")
    pages.get(
        "branches", {"context": id, "at": 2, "fork": False, "inject": {"agent": 0, "act": "sings", "thought": ""}}
    )
    page.get_by_role("link", name="Sally sings").wait_for()
    assert page.get_by_label("Words").input_value() == "waves"


def test_the_context_of_an_item_has_branches_too(open_page: Open, pages: Served) -> None:
    page = settled(open_page(pages.at("/item/r1/0")).page)
    assert page.get_by_text("Rules made this one from the narrative").is_visible()
    page.get_by_role("link", name="Open the context").click()
    page.get_by_role("heading", name="Item 0").wait_for()
    page.get_by_role("link", name="What if?").click()
    page.get_by_label("Agent").first.select_option("Sally")
    page.get_by_label("Words").fill("sneezes")
    page.get_by_role("button", name="Make a branch").click()
    page.get_by_text("only in B").wait_for()
    assert page.get_by_label("Branches").get_by_role("link").all_inner_texts() == ["Item 0", "step 3: Sally sneezes"]
