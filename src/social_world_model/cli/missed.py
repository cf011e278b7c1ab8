"""``swm missed``: list the lines of a chat that a person did not hear."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from social_world_model.cli.channel import ChannelKind
from social_world_model.cli.people import PeopleFile
from social_world_model.cli.stories import SYMBOLIC, ModelName, Story, context_of

Name = Annotated[
    str, typer.Argument(help="Name of the person, or a part of the name that no other person has.", show_default=False)
]


def missed(
    story: Story,
    name: Name,
    model_name: ModelName = SYMBOLIC,
    people: PeopleFile = None,
    channel: ChannelKind = None,
) -> None:
    """List the lines of a chat that a person did not hear.

    Each line is printed with its number. The mark (guess) means that it is a guess that the person did not hear the
    line. If the person heard every line, the output is: nothing.
    """
    from social_world_model.cli.answers import tell_unread
    from social_world_model.symbolic import missed as missed_lines

    context = context_of(story, model_name, people=people, channel=channel)
    lines = missed_lines(context, name)
    for line in lines:
        print(line)
    if not lines:
        print("nothing")
    sure = {line.event for line in lines}
    if perhaps := [str(line.number) for line in missed_lines(context, name, possibly=True) if line.event not in sure]:
        print(f"note: it is a guess that {name} heard these lines: {', '.join(perhaps)}", file=sys.stderr)
    tell_unread(context)
