"""A context in a notebook: the pages in a frame, or the timeline as text."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from social_world_model.s3ap import SocializedContext, timeline
from social_world_model.symbolic import TraceEntry
from social_world_model.viewer.export import Draft
from social_world_model.viewer.opening import Opened, open_path
from social_world_model.viewer.page import html_page

HEIGHT = 760
"""Height of the frame in pixels."""


class ContextView:
    """A context as an interactive page for notebooks.

    Notebooks show the page in a frame. It needs no server and no running kernel. Everywhere else, the view is the
    timeline as text.

    Parameters
    ----------
    page
        The page: one HTML document for a frame.
    text
        The timeline.
    height
        Height of the frame in pixels.
    """

    def __init__(self, page: str, text: str, height: int = HEIGHT) -> None:
        self._page = page
        self._text = text
        self._height = height

    def __repr__(self) -> str:
        """Return the timeline as text."""
        return self._text

    def _repr_html_(self) -> str:
        style = f"width:100%;height:{self._height}px;border:1px solid #8888;border-radius:8px"
        return (
            f'<iframe title="Context" sandbox="allow-scripts" style="{style}" srcdoc="{escape(self._page)}"></iframe>'
        )


def view_context(
    context: SocializedContext | str | Path,
    *,
    narrative: str | None = None,
    trace: Sequence[TraceEntry] | None = None,
    height: int = HEIGHT,
) -> ContextView:
    """Show a context in a notebook: who was there, who perceived what, and what each agent believes.

    Parameters
    ----------
    context
        A context, or the path of a file: a story, a chat, a context in JSON, the result of an item, or an episode.
    narrative, trace
        Text that the context was made from, and the trace that `parse_narrative` returned with the context. None means
        that both come from the file, if there is a file.
    height
        Height of the frame in pixels.

    Returns
    -------
    ContextView
        A view for notebooks. Its text form is the timeline.

    Raises
    ------
    SocialWorldModelError
        If the file cannot be opened, or if the context cannot be split into events.

    Examples
    --------
    >>> from social_world_model import parse_narrative
    >>> context, _ = parse_narrative("Al entered the hall. The key is in the box. Al exited the hall.")
    >>> view_context(context)
        1
    Al  ●●
    """
    if isinstance(context, SocializedContext):
        title, opened = "Context", Opened(context=context)
    else:
        title, opened = Path(context).name, open_path(Path(context))
    if narrative is not None:
        opened = replace(opened, narrative=narrative, trace=trace)
    draft = Draft(sys.maxsize)
    draft.add_context(opened.payload("c1", opened.name or title))
    page = html_page(draft.data(()), title, in_frame=True)
    return ContextView(page, "\n".join(timeline(opened.context).lines()), height)
