"""List the lines of a conversation that a person did not hear."""

from __future__ import annotations

from dataclasses import dataclass

from social_world_model.errors import ConfigurationError
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.prose import joined
from social_world_model.symbolic.conversation.hearing import hearing, said_together, speakers
from social_world_model.symbolic.conversation.names import meant
from social_world_model.symbolic.conversation.parser import ConversationParser


@dataclass(frozen=True)
class MissedLine:
    """A line that a person did not hear.

    Parameters
    ----------
    number
        Number of the line in the transcript. If the transcript is not known, the number of the step.
    by
        Name of the speaker, or names of several speakers; None if nobody says the line.
    text
        Text of the line, without the name of the speaker.
    certain
        False if it is a guess that the person did not hear the line.
    event
        Id of the event; see `s3ap.events`. If several people say the line together, the id of the first event.
    """

    number: int
    by: str | None
    text: str
    certain: bool
    event: str

    def __str__(self) -> str:
        """Return the line with its number, its speaker, and a mark if it is a guess."""
        said = self.text if self.by is None else f"{self.by}: {self.text}"
        return f"{self.number}. {said}{'' if self.certain else ' (guess)'}"


def missed(context: SocializedContext, name: str, *, possibly: bool = False) -> list[MissedLine]:
    r"""Return the lines that a person did not hear: all lines said in the absence of the person.

    Parameters
    ----------
    context
        A context without errors. In a context of a story, the lines are the events that the person did not perceive.
    name
        Name of the person, or a part of the name that no other person has.
    possibly
        Whether to include lines that the person perhaps missed. Without such lines, the result has only the lines that
        the person did not hear according to the context.

    Returns
    -------
    list of MissedLine
        Lines in order. The list is empty if the person heard every line.

    Raises
    ------
    ConfigurationError
        If no person of the context has this name, or if several persons have it.
    ContextError
        If the context cannot be split into events.

    Examples
    --------
    >>> from social_world_model import parse_narrative
    >>> context, _ = parse_narrative("Ann: Hi.\n(Bo leaves)\nAnn: The cake is for Bo.\nBo: I'm back!\nCy: Hello, Bo.")
    >>> for line in missed(context, "Bo"):
    ...     print(line)
    3. Ann: The cake is for Bo.
    """
    cast = context.agents_names
    found = meant(name, cast)
    if len(found) != 1:
        problem = f"{name!r}, which may mean {' or '.join(found)}" if found else repr(name)
        raise ConfigurationError(f"expected one of the people of the conversation ({', '.join(cast)}), got {problem}")
    is_conversation = ConversationParser().recognises_context(context)
    heard = hearing(context, None if is_conversation else ())
    person, said = found[0], heard.said
    places = [
        place
        for place, one in enumerate(said)
        if one.event.kind == "utterance" or not is_conversation
        if person not in one.heard_by or (possibly and heard.is_doubtful(person, place))
    ]
    return [
        MissedLine(
            number=heard.numbers[line[0]],
            by=joined(speakers(heard, line)) if said[line[0]].event.kind == "utterance" else None,
            text=said[line[0]].text,
            certain=not heard.is_doubtful(person, line[0]),
            event=said[line[0]].event.id,
        )
        for line in said_together(heard, places)
    ]
