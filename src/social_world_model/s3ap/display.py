"""Tables of a context for a terminal (rich) and for a notebook (HTML)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from social_world_model.errors import ContextError
from social_world_model.printable import printable
from social_world_model.s3ap.drawing import to_svg
from social_world_model.s3ap.tags import PieceKind, is_none, split_pieces, tag_of
from social_world_model.s3ap.views import timeline

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from social_world_model.s3ap.context import SocializedContext


class _Row(NamedTuple):
    """A table row: one agent in one step, or the state of the step if `agent` is None."""

    timestep: str
    agent: str | None
    observed: str
    done: str = ""


def to_rich(context: SocializedContext) -> RenderableType:
    """Return a rich table with one row per step and agent; ``none`` is shown as an empty cell."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, expand=False, pad_edge=False)
    table.add_column("step", justify="right", style="bold", no_wrap=True)
    table.add_column("who", style="cyan", no_wrap=True)
    table.add_column("state · observes", ratio=3)
    table.add_column("does", ratio=2)
    cast = context.agents_names
    for row in _rows(context):
        if row.agent is None:
            table.add_section()
            state = _text(row.observed, cast) or Text("·", style="dim")
            table.add_row(Text(row.timestep), Text("(state)", style="dim"), state, "")
        else:
            done = _text(row.done, cast)
            done.stylize("bold")
            table.add_row("", Text(row.agent), _text(row.observed, cast), done)
    return table


def to_html(context: SocializedContext) -> str:
    """Return the table of `to_rich` as HTML, with the timeline as a drawing above; every text is escaped.

    A context that cannot be split into events has no drawing. All styles are inline, because notebooks and code hosts
    remove style sheets. The colours are readable on white and on black.
    """
    cell = "padding:.2em .8em;text-align:left;vertical-align:top"
    head = "".join(f'<th style="{cell}">{name}</th>' for name in ("step", "who", "state · observes", "does"))
    rows: list[str] = []
    cast = context.agents_names
    for row in _rows(context):
        if row.agent is None:
            rows.append(
                f'<tr style="background:none;border-top:1px solid #8888"><th style="{cell}">{escape(row.timestep)}</th>'
                f'<td style="{cell};opacity:.65">state</td>'
                f'<td style="{cell}" colspan="2">{_html(row.observed, cast) or "·"}</td></tr>'
            )
        else:
            rows.append(
                f'<tr style="background:none"><td></td><td style="{cell};white-space:nowrap">{escape(row.agent)}</td>'
                f'<td style="{cell}">{_html(row.observed, cast)}</td>'
                f'<td style="{cell}"><b>{_html(row.done, cast)}</b></td></tr>'
            )
    return (
        f'{_drawing(context)}<table style="border-collapse:collapse"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _drawing(context: SocializedContext) -> str:
    try:
        drawing = to_svg(timeline(context))
    except ContextError:
        return ""
    return f'<div style="overflow-x:auto">{drawing}</div>'


def _rows(context: SocializedContext) -> Iterator[_Row]:
    """Yield a row for the state of each step, then a row for every agent that perceives or does something."""
    for step in context.socialized_context:
        yield _Row(printable(step.timestep), None, step.state)
        for name in context.agents_names:
            observed, done = step.observations.get(name, ""), step.actions.get(name, "")
            if not (is_none(observed) and is_none(done)):
                yield _Row(printable(step.timestep), printable(name), observed, done)


def _spans(text: str, cast: Sequence[str]) -> Iterator[tuple[PieceKind, str]]:
    """Yield the pieces of a text for display; tags are replaced by short labels."""
    for piece in split_pieces(printable(text)):
        if is_none(piece.text):
            continue
        tag = tag_of(piece)
        if piece.kind == "mental":
            yield piece.kind, f"“{piece.text}”"
        elif tag is None or (piece.index is not None and piece.index >= len(cast)):
            yield piece.kind, piece.text
        elif piece.index is None:
            yield piece.kind, tag.label
        else:
            yield piece.kind, f"‹{tag.label.strip('‹›')} of {printable(cast[piece.index])}›"


def _text(text: str, cast: Sequence[str]) -> Text:
    """Return a text with coloured tags and thoughts; rich markup in the text is not interpreted."""
    from rich.text import Text

    styles: dict[PieceKind, str] = {"text": "", "mental": "italic magenta"}
    return Text(" ").join(Text(words, style=styles.get(kind, "green")) for kind, words in _spans(text, cast))


def _html(text: str, cast: Sequence[str]) -> str:
    marks: dict[PieceKind, str] = {"text": "{}", "mental": '<i style="color:#b455b4">{}</i>'}
    tag = '<span style="color:#2a8a4e">{}</span>'
    return " ".join(marks.get(kind, tag).format(escape(words)) for kind, words in _spans(text, cast))
