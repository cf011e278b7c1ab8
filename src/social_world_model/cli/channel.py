"""The option ``--channel``: a chat whose messages absent people can read later."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

ChannelKind = Annotated[
    Literal["members", "history"] | None,
    typer.Option(
        "--channel",
        help="Who reads a chat that people can read later, such as a Slack channel. members: people read what is "
        "written while they are members. history: people also read what was written before they joined. Only stage "
        "lines such as (Bo leaves) change who is a member. Default: people hear what is said in their presence.",
        show_default=False,
    ),
]
