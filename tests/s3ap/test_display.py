from __future__ import annotations

import io
from html.parser import HTMLParser

from hypothesis import given
from rich.console import Console

from social_world_model.s3ap import SocializedContext
from tests.s3ap.builders import context, step
from tests.strategies import contexts, law

MARKUP = "[bold]loud[/bold] [/nothing] <script>alert('x')</script> & so"
HOSTILE = context(
    ["[red]Ann[/red]", "<b>Bob</b>"],
    step(
        MARKUP,
        {"[red]Ann[/red]": f"<same_as_state /> <mental_state>{MARKUP}</mental_state>", "<b>Bob</b>": "<unknown />"},
        {"<b>Bob</b>": MARKUP},
        timestep="[/1]<i>",
    ),
    step("none", {"<b>Bob</b>": "<same_as_last_action_1 />"}),
)


def in_terminal(shown: SocializedContext) -> str:
    console = Console(file=io.StringIO(), width=400, color_system="truecolor", force_terminal=False)
    console.print(shown)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


class Reader(HTMLParser):
    """Collects the elements and the words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


OUR_ELEMENTS = {
    *("table", "thead", "tbody", "tr", "th", "td", "b", "i", "span"),
    *("div", "svg", "text", "rect", "circle"),
}


def test_markup_in_texts_names_and_timesteps_is_shown_and_not_interpreted_in_a_terminal() -> None:
    text = in_terminal(HOSTILE)

    assert text.count(MARKUP) == 3
    assert "[red]Ann[/red]" in text
    assert "[/1]<i>" in text


def test_tags_are_shown_as_short_words_in_a_terminal() -> None:
    text = in_terminal(HOSTILE)

    assert "‹state›" in text
    assert "‹last action of <b>Bob</b>›" in text
    assert "‹unknown›" in text


def test_markup_in_texts_names_and_timesteps_is_escaped_in_html() -> None:
    page = HOSTILE._repr_html_()

    assert Reader(page).elements <= OUR_ELEMENTS
    assert Reader(page).words.count(MARKUP) == 3
    assert "<b>Bob</b>" in Reader(page).words
    assert "[/1]<i>" in Reader(page).words


def test_agents_for_whom_nothing_happens_have_no_row() -> None:
    quiet = context(["Ann", "Bob"], step("It rains.", {"Ann": "<same_as_state />"}))

    assert "Ann" in in_terminal(quiet)
    assert "Bob" not in in_terminal(quiet) + quiet._repr_html_().partition("<table")[2]


def test_a_drawing_above_the_table_shows_who_acts_and_who_perceives() -> None:
    shown = context(
        ["Ann", "Bob"],
        step("It rains.", {"Ann": "<same_as_state />"}, {"Ann": "waves"}, timestep="1"),
        step("none", {"Bob": "Ann waves."}, timestep="2"),
        step("It snows.", {"Bob": "<same_as_state />"}, {"Bob": "leaves"}, timestep="3"),
    )

    drawing = shown._repr_html_().partition("<table")[0]

    assert Reader(drawing).words == "1AnnBob"
    assert drawing.count("<circle") == 2
    assert drawing.count("<rect") == 2


def test_a_context_that_cannot_be_split_into_events_has_a_table_without_a_drawing() -> None:
    broken = context(["Ann"], step("It rains.", {"Ann": "<same_as_last_action />"}))

    assert broken._repr_html_().startswith("<table")


@law
@given(contexts())
def test_every_valid_context_can_be_shown(given_context: SocializedContext) -> None:
    assert "step" in in_terminal(given_context)
    assert Reader(given_context._repr_html_()).elements <= OUR_ELEMENTS
