"""The parser for conversations. The parser tracks who hears each utterance, and infers knowledge and beliefs."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from social_world_model.choices import Domain
from social_world_model.contracts import Query, Reply
from social_world_model.errors import ConfigurationError, ContextError, NarrativeError
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.prose import closed
from social_world_model.s3ap.tags import is_none
from social_world_model.symbolic.conversation.answers import answer
from social_world_model.symbolic.conversation.contexts import BEGINNING, SAYS, parse_conversation
from social_world_model.symbolic.conversation.hearing import Hearing, Line, hearing, lines_of
from social_world_model.symbolic.conversation.minutes import common, recollection
from social_world_model.symbolic.conversation.options import is_clear, weigh
from social_world_model.symbolic.conversation.questions import Asked, read_asked, truth
from social_world_model.symbolic.conversation.topics import Topic
from social_world_model.symbolic.conversation.transcript import is_transcript
from social_world_model.symbolic.parser import TraceEntry, in_form


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
        if (context.context_manual or "").startswith(BEGINNING):
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
            heard = _hearing_of(context.to_json(indent=None), lines_of(context))
        except ContextError as error:
            raise ConfigurationError(f"expected a context without errors, got: {error}") from None
        if query.task == "recount":
            return Reply(response=recollection(heard, query.agent))
        asked = read_asked(query, heard.cast)
        strangers = [name for name in asked.chain if name not in heard.cast]
        # a person outside the conversation heard nothing; a name that nobody mentions is a mistake
        if strangers and not (asked.wanted == "knows" and (query.belief_chain or all(map(heard.mentions, strangers)))):
            raise NarrativeError(
                f"expected names of people in the conversation ({', '.join(heard.cast)}), got {', '.join(strangers)}",
                sentence=query.question,
            )
        if asked.wanted == "choice":
            return _chosen(heard, asked, query)
        reply = answer(heard, asked, query)
        return _as_option(reply, query) if query.choices else reply


def _as_option(reply: Reply, query: Query) -> Reply:
    """Return the option "yes" or "no" that agrees with an answer.

    Raises
    ------
    NarrativeError
        If the answer is neither yes nor no.
    """
    said = truth(reply.response)
    if said is None:
        raise NarrativeError(
            f"expected a question that is answered by yes or no, such as 'Does X know …?', because the choices are "
            f"{' and '.join(query.choices)}; got another question",
            sentence=query.question,
        )
    option = next(choice for choice in query.choices if truth(choice) is said)
    return replace(reply, response=in_form(option, query))


@lru_cache(maxsize=8)
def _hearing_of(context: str, lines: tuple[Line, ...]) -> Hearing:
    """Return the utterances of a context. The result is cached for further questions about the same context."""
    return hearing(SocializedContext.from_json(context), lines)


def _chosen(heard: Hearing, asked: Asked, query: Query) -> Reply:
    """Return the option with the highest rank. A tie goes to the first option in alphabetical order."""
    weighed = weigh(heard, asked.topic, query.choices, asked.chain)
    best = min(weighed, key=lambda one: (-one.rank, one.text))
    topic = Topic(heard, asked.topic, asked.chain)
    return Reply(
        response=in_form(best.text, query),
        reasoning=" ".join(f"{one.text} [{one.stance}: {one.why}]" for one in weighed),
        certain=is_clear(heard, asked.topic, weighed, asked.chain),
        evidence=tuple(heard.said[place].event.id for place in topic.related),
        why=closed(f"{best.why[:1].upper()}{best.why[1:]}"),
    )
