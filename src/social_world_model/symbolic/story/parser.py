"""The parser for stories in templated English.

The parser finds the real, the first and the believed place of an object.
"""

from __future__ import annotations

from social_world_model.choices import Domain
from social_world_model.contracts import Query, Reply
from social_world_model.errors import ContextError, NarrativeError
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.parser import TraceEntry, in_form, unreadable
from social_world_model.symbolic.story.answers import Answering
from social_world_model.symbolic.story.beliefs import TrustPolicy, readings_of, things_told, trust_later_leavers
from social_world_model.symbolic.story.contexts import parse_story
from social_world_model.symbolic.story.questions import EXAMPLES, read_asked


class StoryParser:
    """Parser that converts stories to contexts and answers questions from the events of a context.

    Parameters
    ----------
    trust
        Policy that decides whether a report changes a belief.
    """

    domain: Domain = "story"

    def __init__(self, trust: TrustPolicy = trust_later_leavers) -> None:
        self.trust = trust

    def recognises(self, narrative: str) -> bool:
        """Return True: this parser is the fallback for every narrative."""
        return True

    def recognises_context(self, context: SocializedContext) -> bool:
        """Return True: this parser is the fallback for every context."""
        return True

    def parse(self, narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
        """Convert a story to S3AP.

        Parameters
        ----------
        narrative, guidance
            The story and the domain instructions, as for `parse_story`.
        """
        return parse_story(narrative, guidance)

    def answer(self, query: Query, context: SocializedContext) -> Reply:
        """Answer a question about the real, first or believed place of an object.

        Parameters
        ----------
        query
            The question with its options. The narrative of the question is ignored.
        context
            The context, which is the only source of the answer.

        Raises
        ------
        NarrativeError
            If the question is outside the grammar, or if the question names a person who is not in the context.
        ConfigurationError
            If the context cannot be split into events, or if the text of an event is outside the grammar.
        """
        try:
            readings = readings_of(context)
        except ContextError as error:
            raise unreadable(str(error)) from None
        asked = read_asked(query.question, context.agents_names, list(things_told(readings).values()))
        if asked is None:
            raise NarrativeError(
                f"expected a question in one of these forms: {' · '.join(EXAMPLES)}; got another form",
                sentence=query.question,
            )
        if strangers := [name for name in asked.chain if name not in context.agents_names]:
            raise NarrativeError(
                f"expected people of the story ({', '.join(context.agents_names)}), got {', '.join(strangers)}",
                sentence=query.question,
            )
        found = Answering(context, readings, self.trust).answer(asked)
        return Reply(response=_worded(found.text, query), certain=found.certain, evidence=found.evidence, why=found.why)


def _worded(place: str, query: Query) -> str:
    """Return the name of a place. If the query asks for letters, return the letter of the option with this place."""
    wanted = place.replace("_", " ").casefold()
    options = (choice for choice in query.choices if choice.replace("_", " ").casefold() == wanted)
    option = next(options, None) if query.answer_form == "letter" else None
    return place if option is None else in_form(option, query)
