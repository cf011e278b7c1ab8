"""One file with contexts, runs and items: what is inside, what is left out, and that it requests nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import social_world_model
from social_world_model import parse_narrative, view_context
from social_world_model.errors import ConfigurationError, ContextError, DatasetError
from social_world_model.symbolic.generators import GENERATORS
from social_world_model.viewer import catalogue as catalogue_module
from social_world_model.viewer.catalogue import Catalogue, discover
from social_world_model.viewer.choosing import chosen_indices, item_choice
from social_world_model.viewer.export import Draft, Export, export_html
from social_world_model.viewer.index import RunRows
from social_world_model.viewer.page import html_page, json_in_html
from tests.s3ap.builders import context as given_context
from tests.s3ap.builders import step

RESULTS = Path(__file__).parents[1] / "golden" / "schema_1" / "results"
TOMI = RESULTS / "tomi_results"
STATIC = Path(social_world_model.__file__).parent / "viewer" / "static"
STORY = "Al entered the den. Bo entered the den. The key is in the box. Al exited the den. Bo moved the key to the bag."
HOSTILE = "</script><script>alert(1)</script><!-- \u2028 \u2029 & <b>"


class Reader(HTMLParser):
    """The elements of a page, and the text of its scripts and styles, as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.inside = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")
        self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[-1] += data

    def text_of(self, tag: str, **attributes: str) -> str:
        (text,) = (
            text
            for (name, given), text in zip(self.elements, self.texts, strict=True)
            if name == tag and (attributes.items() <= given.items() if attributes else not given)
        )
        return text


def data_of(page: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Reader(page).text_of("script", id="swm-data"))
    return data


def exported(found: Catalogue, **further: Any) -> Export:
    return export_html(found, cache=False, **further)


def of_story(tmp_path: Path) -> Catalogue:
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    return discover([tmp_path / "story.txt"])


@pytest.fixture(scope="module")
def runs() -> Catalogue:
    return discover([TOMI])


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_policy_allows_the_script_and_the_style_of_the_file_and_no_request(tmp_path: Path) -> None:
    page = Reader(exported(of_story(tmp_path)).html)
    (policy,) = (given["content"] for tag, given in page.elements if given.get("http-equiv"))
    hashes = {
        tag: base64.b64encode(hashlib.sha256(page.text_of(tag, **given).encode()).digest()).decode()
        for tag, given in {"script": {"type": "module"}, "style": {}}.items()
    }

    assert policy == (
        f"default-src 'none'; script-src 'sha256-{hashes['script']}'; style-src 'sha256-{hashes['style']}'; "
        "img-src data:; form-action 'none'; base-uri 'none'"
    )


def test_the_file_has_a_language_a_title_and_words_for_browsers_without_scripts(tmp_path: Path) -> None:
    html = exported(of_story(tmp_path), title="<A title>").html

    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert "<title>&lt;A title&gt;</title>" in html
    assert '<div id="app"></div>' in html and "<noscript>This page needs JavaScript." in html
    assert not re.search(r"(?:src|href)=", html.partition("<script")[0])


def test_texts_cannot_end_the_data_or_start_a_script() -> None:
    hostile = given_context([HOSTILE], step(HOSTILE, {HOSTILE: "<same_as_state />"}, {HOSTILE: HOSTILE}))
    page = view_context(hostile)._page

    assert [tag for tag, _ in Reader(page).elements].count("script") == 2
    assert HOSTILE in data_of(page)["contexts"]["c1"]["agents"]
    data = page.partition('id="swm-data">')[2].partition("</script>")[0]
    assert not set(data) & {"<", "\u2028", "\u2029"}


def test_numbers_that_are_not_json_are_refused() -> None:
    with pytest.raises(ValueError):
        json_in_html({"value": float("nan")})


@pytest.mark.parametrize("name", ["viewer.js", "viewer-all.js", "viewer.css"])
def test_the_built_files_cannot_end_their_element(name: str) -> None:
    assert not re.search(r"</?(?:script|style)", (STATIC / name).read_text(encoding="utf-8"), re.IGNORECASE)


# --- contexts -------------------------------------------------------------------------------------------------------


def test_the_file_contains_the_contexts_as_the_server_sends_them(tmp_path: Path) -> None:
    found = of_story(tmp_path)
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    found = discover([tmp_path])

    data = data_of(exported(found).html)

    assert data["contexts"] == {"c1": json.loads(json.dumps(found.contexts["c1"].load()))}
    assert data["index"]["contexts"] == list(found.entries.values())
    assert [one["name"] for one in data["index"]["left_out"]] == ["bad.json"]
    assert data["index"]["edit"] is False and data["index"]["model"] is None
    assert set(data) == {"index", "contexts", "runs", "gains", "tables", "rows", "items", "comparisons"}


def test_a_file_with_one_context_of_hitom_is_small() -> None:
    """200 KB with the full budget of the pages, 120 and 25 KB."""
    for story in GENERATORS["hitom"](20, 0):
        page = view_context(story.context)._page
        assert len(page.encode()) - sum((STATIC / f"viewer.{kind}").stat().st_size for kind in ("js", "css")) < 55_000


def test_contexts_that_do_not_fit_are_left_out_and_named(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(STORY, encoding="utf-8")
    found = discover([tmp_path])
    one = len(exported(discover([tmp_path / "a.txt"])).html.encode())

    made = exported(found, max_mb=(one + 500) / 1_000_000)
    data = data_of(made.html)

    assert list(data["contexts"]) == ["c1"]
    assert made.notes == ["left out: b.txt: it does not fit into the maximum size of the file (max_mb)"]
    assert [one["name"] for one in data["index"]["left_out"]] == ["b.txt"]
    assert len(made.html.encode()) < one + 1_000


def test_a_context_that_has_changed_and_cannot_be_opened_is_left_out(tmp_path: Path) -> None:
    found = of_story(tmp_path)
    (tmp_path / "story.txt").unlink()

    assert "does not exist" in exported(found).notes[0]


@pytest.mark.parametrize(("max_mb", "message"), [(0, "max_mb"), (0.01, "the pages alone")])
def test_a_size_below_the_pages_alone_is_refused(max_mb: float, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=message):
        exported(of_story(tmp_path), max_mb=max_mb)


def test_an_empty_catalogue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nothing to show"):
        exported(discover([tmp_path]))


# --- runs and items --------------------------------------------------------------------------------------------------


def test_without_a_choice_the_file_has_rows_and_tables_and_no_reply(runs: Catalogue) -> None:
    made = exported(runs)
    data = data_of(made.html)

    assert data["items"] == {} and data["contexts"] == {}
    assert list(data["runs"]) == [one["id"] for one in data["index"]["runs"]] == list(data["rows"])
    assert all(row[0].isdecimal() for rows in data["rows"].values() for row in rows)
    assert data["tables"] and data["gains"] and data["comparisons"]
    assert made.notes == [
        "the file contains no replies; to include replies, set items to flipped, wrong, all or a number"
    ]


def test_all_items_come_with_their_contexts_each_once(runs: Catalogue) -> None:
    made = exported(runs, items="all")
    data = data_of(made.html)
    named = [one["a"]["context"] for items in data["items"].values() for one in items.values()]

    assert {run: sorted(items) for run, items in data["items"].items()} == {
        run: sorted(row[0] for row in rows) for run, rows in data["rows"].items() if rows
    }
    assert set(named) == set(data["contexts"]) and len(set(named)) < len(named)
    assert all(entry["of_item"] for entry in data["index"]["contexts"])
    assert made.notes == [f"the file contains {len(named)} items with replies, which may be private"]


def test_flipped_items_are_those_that_only_one_run_answers_correctly(runs: Catalogue) -> None:
    data = data_of(exported(runs, items="flipped").html)
    verdicts: dict[str, set[bool]] = {}
    for rows in data["rows"].values():
        for index, *_, (_, _, correct) in rows:
            verdicts.setdefault(index, set()).add(correct)
    flipped = {index for index, given in verdicts.items() if len(given) == 2}

    assert flipped and len(flipped) < len(verdicts)
    assert {index for items in data["items"].values() for index in items} == flipped


def test_a_number_takes_items_from_the_start_for_all_runs(runs: Catalogue) -> None:
    data = data_of(exported(runs, items=2).html)

    with_answers = {run for run, rows in data["rows"].items() if rows}
    assert {run: len(items) for run, items in data["items"].items()} == dict.fromkeys(with_answers, 2)
    assert len({tuple(items) for items in data["items"].values()}) == 1


def test_items_that_do_not_fit_are_left_out_and_counted(runs: Catalogue) -> None:
    bare, whole = (len(exported(runs, items=items).html.encode()) for items in (None, "all"))

    made = exported(runs, items="all", max_mb=(bare + (whole - bare) / 2) / 1_000_000)
    inside = sum(map(len, data_of(made.html)["items"].values()))

    total = int(re.search(r"of (\d+) items", made.notes[1])[1])  # type: ignore[index]
    assert 0 < inside < total
    assert made.notes == [
        f"the file contains {inside} items with replies, which may be private",
        f"left out: {total - inside} of {total} items: it does not fit into the maximum size of the file (max_mb)",
    ]
    assert len(made.html.encode()) < (bare + whole) / 2 + 2_000


def test_runs_that_do_not_fit_are_left_out_and_named(runs: Catalogue) -> None:
    pages = len(html_page({**Draft(0).data(runs.left_out), "runs": {"r1": {}}}, "Social World Model").encode())

    made = exported(runs, max_mb=(pages + 100) / 1_000_000)

    assert data_of(made.html)["runs"] == {}
    assert len(made.notes) == len(runs.runs) and all("does not fit" in note for note in made.notes)


# --- choices --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "fliped", "-1", "1.5", "²", "9" * 20])
def test_a_choice_of_items_is_a_name_or_a_number(text: str) -> None:
    with pytest.raises(ConfigurationError, match="expected items to be flipped, wrong, all or a number") as caught:
        item_choice(text)

    assert caught.value.parameters == ("items",)
    assert ("did you mean flipped" in str(caught.value)) is (text == "fliped")


def rows_of(**verdicts: str) -> RunRows:
    """Return rows by index: ``+`` correct, ``-`` wrong, ``!`` failed, ``?`` not scored."""
    given = {"+": ("answered", "a", True), "-": ("answered", "b", False), "!": ("error", None, None),
             "?": ("answered", "a", None)}  # fmt: skip
    return RunRows([(index, "?", "a", None, None, given[sign]) for index, sign in verdicts.items()], "stamp")


@pytest.mark.parametrize(
    ("choice", "chosen"),
    [
        ("all", {"i": ["a", "b"], "j": ["a", "b"], "k": ["a", "b"], "l": ["a", "b"], "m": ["a"], "n": ["b"]}),
        ("flipped", {"j": ["a", "b"], "k": ["a", "b"]}),
        ("wrong", {"j": ["a", "b"], "k": ["a", "b"], "l": ["a", "b"], "n": ["b"]}),
        (3, {"i": ["a", "b"], "j": ["a", "b"], "k": ["a", "b"]}),
        (0, {}),
    ],
)
def test_items_are_chosen_for_all_runs_that_have_them(choice: Any, chosen: dict[str, list[str]]) -> None:
    runs = {"a": rows_of(i="+", j="+", k="!", l="-", m="?"), "b": rows_of(i="+", j="-", k="+", l="!", n="-")}

    assert dict(chosen_indices(runs, choice)) == chosen


# --- notebooks -------------------------------------------------------------------------------------------------------


def test_a_view_for_notebooks_is_a_frame_with_the_page_and_the_timeline_as_text(tmp_path: Path) -> None:
    of_story(tmp_path)

    shown = view_context(tmp_path / "story.txt", height=500)
    ((tag, given),) = Reader(shown._repr_html_()).elements

    assert tag == "iframe" and given["sandbox"] == "allow-scripts" and "height:500px" in str(given["style"])
    assert data_of(str(given["srcdoc"]))["contexts"]["c1"]["title"] == "story.txt"
    assert '<base href="about:srcdoc">' in str(given["srcdoc"])
    assert repr(shown).splitlines()[0].strip() == "1" and "Al" in repr(shown)


def test_a_view_of_a_context_needs_no_file() -> None:
    shown = given_context(["Ann"], step("It rains.", {"Ann": "<same_as_state />"}))

    assert data_of(view_context(shown)._page)["contexts"]["c1"]["agents"] == ["Ann"]


def test_a_view_of_a_parsed_story_has_its_sentences() -> None:
    context, trace = parse_narrative(STORY)

    shown = data_of(view_context(context, narrative=STORY, trace=trace)._page)["contexts"]["c1"]

    assert shown["narrative"]["text"] == STORY and len(shown["narrative"]["sentences"]) == 5
    assert data_of(view_context(context)._page)["contexts"]["c1"]["narrative"] is None


def test_a_view_of_something_else_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="does not exist"):
        view_context(tmp_path / "missing.txt")
    with pytest.raises(ContextError):
        view_context(given_context(["Ann"], step("It rains.", {"Ann": "<same_as_last_action />"})))


def test_the_page_of_a_frame_and_of_a_file_differ_only_in_their_addresses() -> None:
    data = Draft(0).data(())
    file, frame = html_page(data, "t"), html_page(data, "t", in_frame=True)

    assert frame.replace('<base href="about:srcdoc">\n', "") == file.replace("; base-uri 'none'", "")


def test_the_limit_of_contexts_holds_for_single_contexts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_module, "MOST", 0)

    with pytest.raises(DatasetError, match="at most 0 contexts"):
        Catalogue().add("one", lambda: None)  # type: ignore[arg-type, return-value]
