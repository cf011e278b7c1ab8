"""The parser for conversations. The parser tracks who hears each utterance, and infers knowledge and beliefs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from social_world_model.choices import Domain
from social_world_model.contracts import Query, Reply
from social_world_model.errors import ConfigurationError, ContextError, NarrativeError
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.tags import is_none
from social_world_model.symbolic.conversation.contexts import MANUAL, SAYS, parse_conversation
from social_world_model.symbolic.conversation.hearing import Hearing, hearing
from social_world_model.symbolic.conversation.knowledge import ENOUGH_TO_ANSWER, best_line, knows_answer, share_heard
from social_world_model.symbolic.conversation.minutes import common, minutes, recollection
from social_world_model.symbolic.conversation.names import meant
from social_world_model.symbolic.conversation.options import weigh
from social_world_model.symbolic.conversation.questions import Asked, read_asked
from social_world_model.symbolic.conversation.transcript import is_transcript
from social_world_model.symbolic.parser import TraceEntry, in_form

NOBODY = "nobody"


class ConversationParser:
    """Parser that converts transcripts to contexts.

    The parser uses the observers of the events in a context to answer questions.
    """

    domain: Domain = "conversation"

    def recognises(self, narrative: str) -> bool:
        """Tell whether a text has the shape of a transcript."""
        return is_transcript(narrative)

    def recognises_context(self, context: SocializedContext) -> bool:
        """Tell whether a context was made from a transcript, or whether most of its actions are utterances."""
        if (context.context_manual or "").startswith(MANUAL):
            return True
        acts = [act for step in context.socialized_context for act in step.actions.values() if not is_none(act)]
        return bool(acts) and 2 * sum(act.startswith(SAYS) for act in acts) > len(acts)

    def parse(self, narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
        """Convert a transcript to S3AP.

        Parameters
        ----------
        narrative, guidance
            The transcript and the domain instructions, as for `parse_conversation`.
        """
        return parse_conversation(narrative, guidance)

    def answer(self, query: Query, context: SocializedContext) -> Reply:
        """Answer a question about knowledge, beliefs or utterances, or write minutes for readers.

        Parameters
        ----------
        query
            The question with its options. The narrative of the question is ignored.
        context
            The context, which is the only source of the answer.

        Raises
        ------
        NarrativeError
            If the question is about a person outside the conversation.
        ConfigurationError
            If the question is about the future, or if the context cannot be split into events.
        """
        if query.task == "foresee" or any(account.kind != "recollection" for account in query.statements):
            raise ConfigurationError(
                "expected a question about what was said in a conversation, got a question about the future. "
                "The symbolic model does not predict conversations; use mode vanilla or another model_name",
                parameters=("model_name",),
            )
        if query.statements:
            return Reply(response=common(account.text for account in query.statements))
        try:
            heard = _hearing_of(context.to_json(indent=None))
        except ContextError as error:
            raise ConfigurationError(f"expected a context without errors, got: {error}") from None
        if query.task == "recount":
            return Reply(response=recollection(heard, query.agent))
        asked = _named_as_in_the_cast(read_asked(query, heard.cast), heard.cast)
        may_be_elsewhere = (
            asked.wanted == "knows" and query.belief_chain
        )  # a person outside the conversation is allowed: this person heard nothing
        strangers = [name for name in asked.chain if name not in heard.cast]
        if strangers and not may_be_elsewhere:
            raise NarrativeError(
                f"expected names of people in the conversation ({', '.join(heard.cast)}), got {', '.join(strangers)}",
                sentence=query.question,
            )
        return Reply(response=_told(heard, asked, query)) if asked.wanted != "choice" else _chosen(heard, asked, query)


def _told(heard: Hearing, asked: Asked, query: Query) -> str:
    """Answer a question without options."""
    if asked.wanted == "minutes":
        return minutes(heard, query.audience, asked.topic)
    if asked.wanted == "knows":
        return "yes" if knows_answer(heard, asked.topic, asked.chain[0]) else "no"
    if asked.wanted == "who knows":
        return ", ".join(name for name in heard.cast if knows_answer(heard, asked.topic, name)) or NOBODY
    return _in_words(heard, asked)


def _named_as_in_the_cast(asked: Asked, cast: Sequence[str]) -> Asked:
    """Replace unambiguous names in a question by the full names of the people in the conversation."""
    known = ((name, meant(name, cast)) for name in asked.chain)
    return replace(asked, chain=tuple(found[0] if len(found) == 1 else name for name, found in known))


@lru_cache(maxsize=8)
def _hearing_of(context: str) -> Hearing:
    """Return the utterances of a context. The result is cached for further questions about the same context."""
    return hearing(SocializedContext.from_json(context))


def _chosen(heard: Hearing, asked: Asked, query: Query) -> Reply:
    """Return the option with the highest rank. A tie goes to the first option in alphabetical order."""
    weighed = weigh(heard, asked.topic, query.choices, asked.chain)
    best = min(weighed, key=lambda one: (-one.rank, one.text))
    return Reply(
        response=in_form(best.text, query),
        reasoning=" ".join(f"{one.text} [{one.stance}: {one.why}]" for one in weighed),
    )


def _in_words(heard: Hearing, asked: Asked) -> str:
    """Return the line that contains the fact.

    If the people did not hear this line, the reply says that they do not know the fact.
    """
    places = heard.places(asked.topic, asked.chain)
    if asked.chain and share_heard(heard, asked.topic, asked.chain, places) < ENOUGH_TO_ANSWER:
        who = asked.chain[-1]
        return f"{who} does not know, because {who} was not part of the conversation when this was discussed."
    line = best_line(heard, asked.topic, asked.chain, places)
    return "Nothing was said of it." if line is None else line
