"""The symbolic model: it parses narratives and answers questions with rules.

The model needs no API key, no network and no weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from social_world_model.choices import Domain, Reader
from social_world_model.contracts import ModelConfig, Parsed, Query, Reply
from social_world_model.errors import NarrativeError
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.conversation.parser import ConversationParser
from social_world_model.symbolic.english.loading import version
from social_world_model.symbolic.household.parser import HouseholdParser
from social_world_model.symbolic.parser import SymbolicParser, TraceEntry
from social_world_model.symbolic.prose import ProseParser
from social_world_model.symbolic.sources import remember
from social_world_model.symbolic.story.beliefs import TrustPolicy, trust_later_leavers

NAME = "symbolic"
RULES = "3"
"""Version of the rules of all parsers. Increase this version after every change to a rule, phrase or threshold that
changes an answer or a context. Results and contexts that were stored under another version are not reused."""

USABLE_MODES = frozenset(
    {"vanilla", "socialized_context", "pure_context", "perspective", "simulation", "generate_socialized_context"}
)

NOTHING_SHOWN = SocializedContext(agents_names=[], socialized_context=[])
"""The empty context, for queries that contain only statements of other agents."""


class SymbolicModel:
    """Rule-based model that parses stories, households and conversations, and answers questions.

    Each kind of text has its own rules. If a query has a context or a memory, the model ignores the narrative.
    Otherwise, the model first converts the narrative to a context.

    Parameters
    ----------
    trust
        Policy that decides whether a report changes a belief. The policy is used for stories only.
    reader
        How stories are read: ``"template"``, ``"english"`` or ``"auto"``. Ordinary English needs the extra ``english``.

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

    def __init__(self, trust: TrustPolicy = trust_later_leavers, reader: Reader = "auto") -> None:
        self.trust, self.reader = trust, reader
        self._parsers = _parsers(trust, reader)

    @property
    def config(self) -> ModelConfig:
        """The version of the rules, the trust policy and the reader. The model has no prompt and no randomness."""
        settings = {"rules": RULES, "trust": getattr(self.trust, "__name__", repr(self.trust))}
        if self.reader != "auto":
            settings["reader"] = self.reader
        if self.reader != "template" and (english := version()):
            settings["english"] = english
        return ModelConfig(settings=settings)

    async def parse(self, narrative: str, guidance: str = "") -> Parsed:
        """Convert a narrative to a context; see `parse_narrative`.

        Parameters
        ----------
        narrative
            Text about a household, a conversation or a story. The kind is detected from the text.
        guidance
            Domain instructions, which are stored in the manual of the context.

        Raises
        ------
        NarrativeError
            If the narrative cannot be understood, or if the narrative has no agents.
        """
        return Parsed(context=_parsed(narrative, guidance, self._parsers)[0])

    async def answer(self, query: Query) -> Reply:
        """Answer a query with the parser for the domain of the query.

        Raises
        ------
        NarrativeError
            If the question or the narrative cannot be understood, or if the question names a person who is not in the
            context.
        ConfigurationError
            If the parser does not know the wording of the context.
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


class SymbolicAnswerer(SymbolicModel):
    """The symbolic model in a run. It names options by letter and text, as prompts ask language models to do.

    The authors' code of some benchmarks reads only the letter of an option.
    """

    async def answer(self, query: Query) -> Reply:
        """Answer a query. If the query has options, the reply is the letter and the text of an option."""
        reply = await super().answer(query)
        if query.answer_form == "letter" or reply.response not in query.choices:
            return reply
        letter = chr(ord("A") + query.choices.index(reply.response))
        return replace(reply, response=f"{letter}. {reply.response}")


def parse_narrative(
    narrative: str, guidance: str = "", *, reader: Reader = "auto"
) -> tuple[SocializedContext, list[TraceEntry]]:
    """Convert a narrative to S3AP.

    Parameters
    ----------
    narrative
        Text about a household, a conversation or a story. The kind is detected from the text. If no other kind matches,
        the text is parsed as a story.
    guidance
        Domain instructions, which are stored in the manual of the context.
    reader
        How stories are read: ``"template"``, ``"english"`` or ``"auto"``. Ordinary English needs the extra ``english``.

    Returns
    -------
    tuple
        A valid context, and a trace with one entry per sentence.

    Raises
    ------
    NarrativeError
        If the narrative cannot be understood, or if the narrative has no agents.
    """
    return _parsed(narrative, guidance, _parsers(reader=reader))


def domain_of(context: SocializedContext) -> Domain:
    """Return the kind of text that a context was made from."""
    return next(parser for parser in _parsers() if parser.recognises_context(context)).domain


def _parsers(trust: TrustPolicy = trust_later_leavers, reader: Reader = "auto") -> Sequence[SymbolicParser]:
    """Return all parsers. The last parser is the fallback for texts that no other parser recognises."""
    return (HouseholdParser(), ConversationParser(), ProseParser(trust, reader))


def _parsed(
    narrative: str, guidance: str, parsers: Sequence[SymbolicParser]
) -> tuple[SocializedContext, list[TraceEntry]]:
    _check_storable(narrative)
    context, trace = _parser_of(narrative, parsers).parse(narrative, guidance)
    if not context.agents_names:
        raise NarrativeError(
            "expected a narrative with at least one agent, got a narrative without agents",
            sentence=narrative,
            number=1,
        )
    remember(context, narrative, trace)
    return context, trace


def _check_storable(narrative: str) -> None:
    """Reject text with a lone surrogate (half a character), which no UTF-8 file can store."""
    try:
        narrative.encode()
    except UnicodeEncodeError as error:
        line = narrative.count("\n", 0, error.start)
        raise NarrativeError(
            "expected text that can be stored as UTF-8, "
            f"got half a character (a lone surrogate), {narrative[error.start]!r}",
            sentence=narrative.split("\n")[line],
            number=line + 1,
        ) from None


def _parser_of(narrative: str, parsers: Sequence[SymbolicParser]) -> SymbolicParser:
    return next(parser for parser in parsers if parser.recognises(narrative))
