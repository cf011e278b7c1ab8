"""A context to look at: in a terminal (rich) and in a notebook (HTML)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from social_world_model.s3ap.tags import is_none, split_pieces

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from social_world_model.s3ap.context import SocializedContext


def to_rich(context: SocializedContext) -> RenderableType:
    """Return a table with a row per step and agent; what is nothing is left blank."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, expand=False, pad_edge=False)
    table.add_column("step", justify="right", style="bold", no_wrap=True)
    table.add_column("who", style="cyan", no_wrap=True)
    table.add_column("state · observes", ratio=3)
    table.add_column("does", ratio=2)
    for step in context.socialized_context:
        state = Text("·", style="dim") if is_none(step.state) else _marked(step.state)
        table.add_row(Text(step.timestep), Text("(state)", style="dim"), state, "")
        for name in context.agents_names:
            observed, done = step.observations.get(name, ""), step.actions.get(name, "")
            if not (is_none(observed) and is_none(done)):
                table.add_row("", Text(name), _marked(observed), _marked(done, act=True))
        table.add_section()
    return table


def _marked(text: str, *, act: bool = False) -> Text:
    """Colour tags and thoughts; markup in the text itself is shown as it is."""
    from rich.text import Text

    marked = Text()
    for piece in split_pieces(text):
        if is_none(piece.text):
            continue
        if marked:
            marked.append(" ")
        if piece.kind == "mental":
            marked.append(f"“{piece.text}”", style="italic magenta")
        elif piece.kind == "text":
            marked.append(piece.text, style="bold" if act else "")
        else:
            marked.append(_LABEL.get(piece.kind, piece.text) + ("" if piece.index is None else f" #{piece.index}"),
                          style="green")  # fmt: skip
    return marked


_LABEL = {
    "state": "= state",
    "last_action": "= last action",
    "next_state": "= next state",
    "unknown": "(unknown)",
}


def to_html(context: SocializedContext) -> str:
    """Return the same as an HTML table; every text is escaped."""
    rows: list[str] = []
    for step in context.socialized_context:
        state = "" if is_none(step.state) else _html(step.state)
        rows.append(
            f'<tr style="border-top:1px solid #8886"><th style="text-align:right">{escape(step.timestep)}</th>'
            f'<td style="opacity:.6">state</td><td colspan="2" style="text-align:left">{state}</td></tr>'
        )
        for name in context.agents_names:
            observed, done = step.observations.get(name, ""), step.actions.get(name, "")
            if not (is_none(observed) and is_none(done)):
                rows.append(
                    f'<tr><td></td><td style="text-align:left">{escape(name)}</td>'
                    f'<td style="text-align:left">{_html(observed)}</td>'
                    f'<td style="text-align:left"><b>{_html(done)}</b></td></tr>'
                )
    head = "<tr><th>step</th><th>who</th><th>state · observes</th><th>does</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def _html(text: str) -> str:
    parts: list[str] = []
    for piece in split_pieces(text):
        if is_none(piece.text):
            continue
        if piece.kind == "mental":
            parts.append(f'<i style="color:#a3a">“{escape(piece.text)}”</i>')
        elif piece.kind == "text":
            parts.append(escape(piece.text))
        else:
            number = "" if piece.index is None else f" #{piece.index}"
            parts.append(f'<span style="color:#284">{escape(_LABEL.get(piece.kind, piece.text))}{number}</span>')
    return " ".join(parts)
