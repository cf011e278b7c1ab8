"""The memory of an agent as a list, with a table for notebooks."""

from __future__ import annotations

from html import escape

from social_world_model.s3ap.event import Event


class Memory(list[Event]):
    """The events that an agent remembers, in the order in which the agent perceived them."""

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="text-align:right">{escape(event.timestep)}</td>'
            f'<td style="text-align:left">{escape(event.kind)}</td>'
            f'<td style="text-align:left">{escape(event.text)}</td></tr>'
            for event in self
        )
        head = "".join(f'<th style="text-align:left">{name}</th>' for name in ("step", "kind", "event"))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
