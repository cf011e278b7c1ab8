"""Replace aliases by the names of people in a transcript that is not an export."""

from __future__ import annotations

import re

from social_world_model.symbolic.conversation.exports.people import People
from social_world_model.symbolic.conversation.exports.writing import written_name
from social_world_model.symbolic.conversation.labels import shape_of
from social_world_model.symbolic.conversation.names import fold


def renamed(text: str, people: People) -> str:
    """Return a transcript with the names of people instead of their aliases, in labels and in stage lines.

    A listed person who does not occur joins in a new first line.

    Parameters
    ----------
    text
        A transcript.
    people
        People whom the user named.
    """
    aliases = sorted((alias for alias in people.aliases if alias), key=len, reverse=True)
    form = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, aliases))})(?!\w)", re.IGNORECASE)
    lines: list[str] = []
    there: set[str] = set()
    for line in text.splitlines():
        shape = shape_of(line)
        if shape.label and fold(shape.label) in people.aliases:
            line = line.replace(shape.label, written_name(people.named(shape.label)), 1)
            there.add(people.named(shape.label))
        elif shape.is_stage:
            there |= {people.named(found) for found in form.findall(line)}
            line = form.sub(lambda found: written_name(people.named(found[0])), line)
        lines.append(line)
    silent = [f"({written_name(name)} joins)" for name in people.names if name not in there]
    return "\n".join([*silent, *lines])
