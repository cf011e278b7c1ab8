"""Escape texts of models and data for Markdown, HTML, LaTeX and csv, so that the texts are only ever shown as text."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from social_world_model.printable import printable

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories of characters that have no picture, or that change the text around them."""
_MARKDOWN_SIGN = re.compile(
    r"[\\`*\[\]|~$@]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|(?<=\bwww)\.|(?<=\bxmpp):|(?<=\bmailto):", re.I
)
_MARKDOWN_START = re.compile(r"^(?:(?:#{1,6}|[+\-])(?=\s|$)|[=\-]+$|\d{1,9}(?=[.)](?:\s|$)))")
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]")
_MINUS = re.compile(r"(?<![^\s(])-(?=\.?\d)")
_LATEX_SIGNS: Mapping[str, str] = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "-": "-{}",
    "–": "--{}",
    "—": "---{}",
    "−": "$-$",
    "±": r"$\pm$",
    "×": r"$\times$",
    "·": r"\textperiodcentered{}",
    "…": r"\ldots{}",
    "“": "``{}",
    "”": "''{}",
    "‘": "`{}",
    "’": "'{}",
    "\N{NO-BREAK SPACE}": "~",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
}
_LATEX_ACCENTS: Mapping[str, str] = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u ",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r ",
    "\u030b": "H ",
    "\u030c": "v ",
    "\u0323": "d ",
    "\u0327": "c ",
}
"""Commands for accents, by combining character."""


def one_line(text: str) -> str:
    r"""Return a text on one line. Characters that have no picture become ``\N{REPLACEMENT CHARACTER}``.

    >>> one_line("a\x1b[31m\nb")
    'a�[31m b'
    """
    line = " ".join(text.split())
    if line.isascii() and line.isprintable():
        return line
    return "".join("�" if unicodedata.category(sign) in _UNSEEN else sign for sign in line)


def markdown_text(text: str) -> str:
    r"""Return a text for Markdown, without active links, emphasis, HTML and mathematics.

    >>> print(markdown_text("[a](http://b.c) <b>*c*</b> gpt-4o"))
    \[a\](http\://b.c) &lt;b&gt;\*c\*&lt;/b&gt; gpt-4o
    """
    line = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = _MARKDOWN_SIGN.sub(lambda found: f"\\{found[0]}", line)
    return _MARKDOWN_START.sub(_escaped_start, line)


def _escaped_start(found: re.Match[str]) -> str:
    """Escape the start of a line that would otherwise begin a heading or a list."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def html_text(text: str) -> str:
    """Return a text for HTML.

    >>> html_text("<script>'x'</script>")
    '&lt;script&gt;&#x27;x&#x27;&lt;/script&gt;'
    """
    return html.escape(one_line(text))


def latex_text(text: str) -> str:
    r"""Return a text for LaTeX. Only ASCII characters remain, so that every engine can compile the text.

    Other letters become ``\swmchar{…}`` with the code of the letter. `renderers` defines this command.

    >>> print(latex_text("50 % of gpt_4 {é} Ω"))
    50 \% of gpt\_4 \{\'{e}\} \swmchar{3A9}
    """
    return "".join(map(_latex_sign, unicodedata.normalize("NFC", _MINUS.sub("−", one_line(text)))))


def _latex_sign(sign: str) -> str:
    if sign in _LATEX_SIGNS:
        return _LATEX_SIGNS[sign]
    if sign.isascii():
        return sign
    base, accents = (whole := unicodedata.normalize("NFD", sign))[0], whole[1:]
    if base.isascii() and accents in _LATEX_ACCENTS:
        return f"\\{_LATEX_ACCENTS[accents]}{{{base}}}"
    return f"\\swmchar{{{ord(sign):X}}}"


def csv_value(value: Any) -> Any:
    """Return a value for a csv cell. A text that a spreadsheet would calculate as a formula gets a leading apostrophe.

    Control characters become visible escapes.

    >>> csv_value("=1+1"), csv_value(-0.5), csv_value("gpt-4o")
    ("'=1+1", -0.5, 'gpt-4o')
    """
    if not isinstance(value, str):
        return value if value is None or isinstance(value, int | float) else csv_value(str(value))
    text = printable(value)
    return f"'{text}" if _FORMULA.search(text) else text
