"""Write a document as Markdown, HTML or LaTeX. Each format has one function, and escapes every text."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence

from social_world_model.reports.documents import Document, TextTable
from social_world_model.reports.escaping import html_text, latex_text, markdown_text

ROWS_ON_A_PAGE = 40
"""Maximum number of rows of a LaTeX table. Longer tables are split."""
TABLES_IN_A_ROW = 8
"""Number of LaTeX tables after which a new page begins, because LaTeX holds only few floating tables at once."""

_STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:72em;padding:0 1em}"
    "table{border-collapse:collapse;margin:.5em 0}th,td{padding:.2em .8em;text-align:left;vertical-align:top}"
    "thead th{border-bottom:1px solid #888}.n{text-align:right;font-variant-numeric:tabular-nums}"
    "td.n,td:first-child{white-space:nowrap}.n{min-width:3em}li{overflow-wrap:anywhere}"
    "div.t{overflow-x:auto}ul{font-size:.9em;opacity:.85}img{max-width:100%}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_PREAMBLE = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{textcomp}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage[margin=2cm]{geometry}
\usepackage{booktabs}
\usepackage{graphicx}
% A character that the Latin fonts do not have is shown as its code.
\newcommand{\swmchar}[1]{{\footnotesize[U+#1]}}
\setlength{\belowcaptionskip}{4pt}
% Shrinks a table that is wider than the text.
\newsavebox{\swmbox}
\newcommand{\swmfit}[1]{\sbox{\swmbox}{#1}%
  \ifdim\wd\swmbox>\linewidth\resizebox{\linewidth}{!}{\usebox{\swmbox}}\else\usebox{\swmbox}\fi}
\begin{document}
"""


def as_markdown(document: Document) -> str:
    """Return a document as Markdown with GitHub's tables."""
    return "\n".join(_markdown(document)) + "\n"


def _markdown(document: Document) -> Iterator[str]:
    yield f"# {markdown_text(document.title)}"
    for table in document.tables:
        yield from ("", f"## {markdown_text(table.title)}", "")
        yield _markdown_row([" ".join(heading.lines) for heading in table.headings])
        yield f"| {' | '.join('---:' if heading.number else '---' for heading in table.headings)} |"
        for place, row in enumerate(table.rows):
            yield _markdown_row(row, {column for number, column in table.best if number == place})
        yield from _markdown_list(table.notes)
    if document.notes:
        yield from ("", "## Notes")
        yield from _markdown_list(document.notes)


def _markdown_row(cells: Sequence[str], best: set[int] | frozenset[int] = frozenset()) -> str:
    texts = (f"**{markdown_text(cell)}**" if n in best else markdown_text(cell) for n, cell in enumerate(cells))
    return f"| {' | '.join(texts)} |"


def _markdown_list(notes: Sequence[str]) -> Iterator[str]:
    if notes:
        yield ""
        yield from (f"- {markdown_text(note)}" for note in notes)


def as_html(document: Document, pictures: Mapping[str, bytes] | None = None) -> str:
    """Return a document as an HTML page that loads nothing from other files or servers.

    Parameters
    ----------
    document
        The document.
    pictures
        SVG pictures by title. The page contains these pictures.
    """
    shown = "".join(
        f'<h2>{html_text(title)}</h2><img alt="{html_text(title)}" '
        f'src="data:image/svg+xml;base64,{base64.b64encode(picture).decode()}">\n'
        for title, picture in (pictures or {}).items()
    )
    title = html_text(document.title)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n"
        f"{as_html_part(document)}\n{shown}</body></html>\n"
    )


def as_html_part(document: Document) -> str:
    """Return the tables and notes of a document as HTML without a page around them, for a notebook."""
    notes = f"<h2>Notes</h2>{_html_list(document.notes)}" if document.notes else ""
    return "\n".join([*map(_html_table, document.tables), notes])


def _html_table(table: TextTable) -> str:
    kinds = [
        ' class="n" style="text-align:right"' if one.number else ' style="text-align:left"' for one in table.headings
    ]
    head = "".join(
        f"<th{kind}>{'<br>'.join(map(html_text, heading.lines))}</th>"
        for kind, heading in zip(kinds, table.headings, strict=True)
    )
    rows = "\n".join(
        "<tr>"
        + "".join(
            f"<td{kind}>{f'<b>{html_text(cell)}</b>' if (n, place) in table.best else html_text(cell)}</td>"
            for place, (kind, cell) in enumerate(zip(kinds, row, strict=True))
        )
        + "</tr>"
        for n, row in enumerate(table.rows)
    )
    title = f"<h2>{html_text(table.title)}</h2>" if table.title else ""
    return (
        f'{title}<div class="t"><table><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>'
        f"{_html_list(table.notes)}"
    )


def _html_list(notes: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{html_text(note)}</li>' for note in notes)}</ul>" if notes else ""


def as_latex(document: Document, pictures: Mapping[str, str] | None = None) -> str:
    """Return a document as a LaTeX file that pdfLaTeX, XeLaTeX, LuaLaTeX and tectonic compile.

    Parameters
    ----------
    document
        The document. Each table is a ``table`` environment, which can be copied into a paper.
    pictures
        Names of PDF files next to the LaTeX file, by title. A missing file is left out.
    """
    parts = [_PREAMBLE, f"\\section*{{{latex_text(document.title)}}}\n"]
    tables = [part for table in document.tables for part in _pages(table)]
    for place, table in enumerate(tables, start=1):
        parts.append(_latex_table(table))
        if place % TABLES_IN_A_ROW == 0:
            parts.append("\\clearpage\n")
    if document.notes:
        parts.append(f"\\clearpage\n\\subsection*{{Notes}}\n{_latex_list(document.notes)}")
    for title, name in (pictures or {}).items():
        parts.append(
            f"\\IfFileExists{{{name}}}{{\\begin{{figure}}[htbp]\\centering\n"
            f"\\includegraphics[width=\\linewidth,height=.9\\textheight,keepaspectratio]{{{name}}}\n"
            f"\\caption{{{latex_text(title)}}}\n\\end{{figure}}}}{{}}\n"
        )
    return "\n".join([*parts, "\\end{document}\n"])


def _pages(table: TextTable) -> Iterator[TextTable]:
    """Yield a table in parts that fit on a page. The notes are below the last part."""
    starts = range(0, max(len(table.rows), 1), ROWS_ON_A_PAGE)
    for start in starts:
        end = start + ROWS_ON_A_PAGE
        yield TextTable(
            title=f"{table.title} (continued)" if start else table.title,
            headings=table.headings,
            rows=table.rows[start:end],
            notes=table.notes if end >= len(table.rows) else (),
            best=frozenset((row - start, column) for row, column in table.best if start <= row < end),
        )


def _latex_table(table: TextTable) -> str:
    columns = "".join("r" if heading.number else "l" for heading in table.headings)
    heads = " & ".join(_latex_heading(heading.lines, heading.number) for heading in table.headings)
    rows = "".join(f"{_latex_row(row, place, table.best)} \\\\\n" for place, row in enumerate(table.rows))
    notes = (
        f"\\par\\smallskip\n\\begin{{minipage}}{{\\linewidth}}\\footnotesize\n{_latex_list(table.notes)}\\end{{minipage}}\n"
        if table.notes
        else ""
    )
    return (
        f"\\begin{{table}}[!htbp]\n\\centering\\small\n\\caption{{{latex_text(table.title)}}}\n"
        f"\\swmfit{{\\begin{{tabular}}{{{columns}}}\n\\toprule\n{heads} \\\\\n\\midrule\n{rows}\\bottomrule\n"
        f"\\end{{tabular}}}}\n{notes}\\end{{table}}\n"
    )


def _latex_heading(lines: Sequence[str], number: bool) -> str:
    if len(lines) == 1:
        return latex_text(lines[0])
    stacked = r" \\ ".join(map(latex_text, lines))
    return f"\\shortstack[{'r' if number else 'l'}]{{{stacked}}}"


def _latex_row(cells: Sequence[str], place: int, best: frozenset[tuple[int, int]]) -> str:
    return " & ".join(
        f"\\textbf{{{latex_text(cell)}}}" if (place, column) in best else latex_text(cell)
        for column, cell in enumerate(cells)
    )


def _latex_list(notes: Sequence[str]) -> str:
    items = "".join(f"\\item {latex_text(note)}\n" for note in notes).replace("/", r"/\allowbreak{}")
    return f"\\begin{{itemize}}\\raggedright\\setlength{{\\itemsep}}{{0pt}}\n{items}\\end{{itemize}}\n"
