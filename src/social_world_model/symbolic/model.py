"""The symbolic model as a parser and an answerer: no key, no network, no weights."""

from __future__ import annotations

from collections.abc import Sequence

from social_world_model.choices import Domain
from social_world_model.contracts import ModelConfig, Parsed, Query, Reply
from social_world_model.errors import NarrativeError
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.conversation.parser import ConversationParser
from social_world_model.symbolic.household.parser import HouseholdParser
from social_world_model.symbolic.parser import SymbolicParser, TraceEntry
from social_world_model.symbolic.story.beliefs import TrustPolicy, trust_later_leavers
from social_world_model.symbolic.story.parser import StoryParser

NAME = "symbolic"
RULES = "2"
"""Of the rules of all parsers; another number, and nothing that was stored under the old ones is taken for theirs. It
goes up with every change of a rule, a phrase or a threshold that changes an answer or a context."""

USABLE_MODES = frozenset(
    {"vanilla", "socialized_context", "pure_context", "perspective", "simulation", "generate_socialized_context"}
)

NOTHING_SHOWN = SocializedContext(agents_names=[], socialized_context=[])
"""The context where there is none, and only what others say is to be answered from."""


class SymbolicModel:
    """Reads stories, households and conversations, each by rules of its own, and answers from contexts.

    From a narrative it first makes the context; given a context or a memory it looks at nothing else.

    Parameters
    ----------
    trust
        Whose belief a report changes, in stories.

    Examples
    --------
    >>> import asyncio
    >>> story = "Al entered the hall. The ball is in the box. Al exited the hall."
    >>> query = Query(question="Where will Al look for the ball?", question_kind="belief", narrative=story)
    >>> asyncio.run(SymbolicModel().answer(query)).response
    'box'
    """

    name = NAME
    usable_modes: frozenset[str] | None = USABLE_MODES

    def __init__(self, trust: TrustPolicy = trust_later_leavers) -> None:
        self.trust = trust
        self._parsers = _parsers(trust)

    @property
    def config(self) -> ModelConfig:
        """The rules that it goes by: there is no prompt, and nothing is drawn."""
        return ModelConfig(settings={"rules": RULES, "trust": getattr(self.trust, "__name__", repr(self.trust))})

    async def parse(self, narrative: str, guidance: str = "") -> Parsed:
        """Return the context of a narrative, read as what it looks like.

        Raises
        ------
        NarrativeError
            If it cannot be understood, or there is nobody in it.
        """
        return Parsed(context=_parsed(narrative, guidance, self._parsers)[0])

    async def answer(self, query: Query) -> Reply:
        """Answer a question of a query's domain.

        Raises
        ------
        NarrativeError
            If the question or the narrative cannot be understood, or if the question names somebody who is not in
            the cast.
        ConfigurationError
            If the context cannot be read.
        """
        parser = next(parser for parser in self._parsers if parser.domain == query.domain)
        context = query.others_observations or query.memory or query.context
        if context is None and query.narrative is None and query.statements:
            context = NOTHING_SHOWN
        elif context is None:
            narrative = query.narrative or ""
            _check_storable(narrative)
            context = parser.parse(narrative)[0]
        return parser.answer(query, context)


def parse_narrative(narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
    """Turn a narrative into S3AP, read as what it looks like: a household, a conversation, or else a story.

    Parameters
    ----------
    narrative
        Text.
    guidance
        Domain instructions; they are kept in the context's manual.

    Returns
    -------
    tuple
        A valid context, and a trace with one entry per sentence.

    Raises
    ------
    NarrativeError
        If it cannot be understood, or there is nobody in it.
    """
    return _parsed(narrative, guidance, _parsers())


def domain_of(context: SocializedContext) -> Domain:
    """Return the kind of text that a context is of."""
    return next(parser for parser in _parsers() if parser.recognises_context(context)).domain


def _parsers(trust: TrustPolicy = trust_later_leavers) -> Sequence[SymbolicParser]:
    """Return all parsers; the last takes what no other recognises."""
    return (HouseholdParser(), ConversationParser(), StoryParser(trust))


def _parsed(
    narrative: str, guidance: str, parsers: Sequence[SymbolicParser]
) -> tuple[SocializedContext, list[TraceEntry]]:
    _check_storable(narrative)
    context, trace = _parser_of(narrative, parsers).parse(narrative, guidance)
    if not context.agents_names:
        raise NarrativeError(
            "expected somebody in the narrative, got nobody who perceives it", sentence=narrative, number=1
        )
    return context, trace


def _check_storable(narrative: str) -> None:
    """Refuse half a character (a lone surrogate), as some endpoints send it: no file can hold it."""
    try:
        narrative.encode()
    except UnicodeEncodeError as error:
        line = narrative.count("\n", 0, error.start)
        raise NarrativeError(
            f"expected text that can be stored as UTF-8, got half a character, {narrative[error.start]!r}",
            sentence=narrative.split("\n")[line],
            number=line + 1,
        ) from None


def _parser_of(narrative: str, parsers: Sequence[SymbolicParser]) -> SymbolicParser:
    return next(parser for parser in parsers if parser.recognises(narrative))
