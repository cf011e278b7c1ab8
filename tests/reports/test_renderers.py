"""Written reports: hostile texts are shown as text in every format, and LaTeX compiles."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from social_world_model.printable import printable
from social_world_model.reports.documents import Document, Heading, TextTable
from social_world_model.reports.escaping import csv_value, html_text, latex_text, markdown_text, one_line
from social_world_model.reports.renderers import ROWS_ON_A_PAGE, as_html, as_html_part, as_latex, as_markdown

HOSTILE = (
    r"\input{/etc/passwd} \write18{ls} $x$ #1 %x & _ ^ ~ \\[3pt] {",
    "[optional] *starred*",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[click](javascript:alert(1)) ![x](http://x.y/z.png) <http://a.b> http://c.d www.e.f me@g.h | `code` ~~x~~",
    "# heading",
    "- item",
    "1. item",
    "=1+1",
    "\x1b[31mred\x1b[0m \x07 \x00 \u202eright to left \ud83d",
    "模型 Ωμέγα модель नमूना é ǖ ß “quoted” – — … · ł",
    "&lt;b&gt; &amp;",
    "'single' \"double\" `grave",
    "two\nlines\r\n\tand a tab",
)
ENGINES = [name for name in ("pdflatex", "xelatex", "lualatex", "tectonic") if shutil.which(name)]
texts = st.text() | st.sampled_from(HOSTILE) | st.text("[]()<>*_`#|\\!&:/.@w=+-1 \n$%{}^~\"'", max_size=30)


def document(*cells: str, best: bool = True) -> Document:
    table = TextTable(
        title=cells[0],
        headings=(Heading(lines=("model",), number=False), Heading(lines=(cells[0], "n = 3"))),
        rows=tuple((cell, cell) for cell in cells),
        notes=cells,
        best=frozenset({(0, 1)} if best else ()),
    )
    return Document(title=cells[0], tables=(table,), notes=cells)


class _Tags(HTMLParser):
    """Collects the tags, the attributes and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _tags_of(page: str) -> _Tags:
    read = _Tags()
    read.feed(page)
    return read


@given(texts)
def test_a_text_in_html_is_only_text(text: str) -> None:
    assert "".join(_tags_of(html_text(text)).text) == one_line(text)
    assert not _tags_of(html_text(text)).tags


@pytest.mark.parametrize("text", HOSTILE)
def test_a_page_has_no_tags_but_its_own_and_loads_nothing(text: str) -> None:
    page = _tags_of(as_html(document(text), {text: b"<svg/>"}))
    own = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "h2",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
    assert page.tags <= own | {"b", "br", "ul", "li", "img"}
    assert page.attributes <= {"lang", "charset", "http-equiv", "content", "class", "style", "alt", "src"}
    assert page.text.count(one_line(text)) >= 4
    assert "default-src 'none'" in as_html(document(text))
    assert "<html" not in as_html_part(document(text))


@given(texts)
@example("a_b__c_ _d_")
@example("http://x.y")
@example("1) x")
@example("1.")
@example("#")
@example("+ x")
@example("---")
@example("- - -")
@example("===")
@example("    code")
@example("\\")
def test_a_text_in_markdown_is_only_text(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(f"- {markdown_text(text)}")
    kinds = {token.type for token in tokens}
    assert kinds <= {"bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"} | {
        *("paragraph_open", "paragraph_close", "inline")
    }
    children = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children) == one_line(text)


@given(texts)
def test_a_text_in_a_markdown_table_stays_in_its_cell(text: str) -> None:
    page = as_markdown(Document(title="t", tables=document(text, best=False).tables))
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page)
    assert sum(token.type == "td_open" for token in tokens) == 2
    assert sum(token.type == "th_open" for token in tokens) == 2


@pytest.mark.parametrize("text", ["http://a.b/c", "https://a.b", "www.a.b", "me@a.b", "ftp://a.b", "mailto:me@a.b"])
def test_an_address_in_markdown_is_not_made_a_link(text: str) -> None:
    assert re.search(r"(?<!\\)://|(?<!\\)@|\bwww\.", markdown_text(text)) is None


@given(texts)
def test_a_text_in_latex_is_ascii_and_has_no_bare_special_character(text: str) -> None:
    said = latex_text(text)
    assert said.isascii()
    assert not any(sign in said for sign in "#%&" if f"\\{sign}" not in said)
    assert said.count("{") - said.count("\\{") == said.count("}") - said.count("\\}")


@given(texts)
def test_a_cell_of_csv_is_no_formula(text: str) -> None:
    cell = csv_value(text)
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell in (printable(text), f"'{printable(text)}")
    assert "\x1b" not in cell


def test_letters_with_accents_stay_letters_in_latex() -> None:
    assert latex_text("Zoë, Łukasz") == r"Zo\"{e}, \L{}ukasz"
    assert latex_text("-0.5 – 1.0") == "$-$0.5 --{} 1.0"
    assert latex_text("gpt-4o") == "gpt-{}4o"


def test_a_long_table_is_split_for_latex_and_keeps_what_is_best() -> None:
    rows = tuple((str(number), "x") for number in range(ROWS_ON_A_PAGE + 1))
    headings = (Heading(lines=("a",)), Heading(lines=("b",)))
    table = TextTable(title="long", headings=headings, rows=rows, notes=("end",), best=frozenset({(ROWS_ON_A_PAGE, 0)}))
    said = as_latex(Document(title="t", tables=(table,)))
    assert said.count("\\begin{tabular}") == 2
    assert f"\\textbf{{{ROWS_ON_A_PAGE}}}" in said
    assert said.count("\\item end") == 1


@pytest.mark.skipif(not ENGINES, reason="no LaTeX command found: LaTeX is not compiled")
@pytest.mark.parametrize("engine", ENGINES)
def test_latex_compiles(tmp_path: Path, engine: str) -> None:
    every = [chr(code) for code in [*range(1, 0x250), 0x2013, 0x4E00, 0x1F600]]
    words = ("".join(every[start : start + 40]) for start in range(0, len(every), 40))
    (tmp_path / "report.tex").write_text(as_latex(document(*HOSTILE, *words), {"missing": "missing.pdf"}))
    options = [] if engine == "tectonic" else ["-interaction=nonstopmode", "-halt-on-error"]
    done = subprocess.run(
        [engine, *options, "report.tex"], cwd=tmp_path, capture_output=True, stdin=subprocess.DEVNULL, timeout=120
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    assert (tmp_path / "report.pdf").stat().st_size > 1000
