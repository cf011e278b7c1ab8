"""The parser for all stories: templates, ordinary English about objects, and stories with another change."""

from __future__ import annotations

from collections.abc import Sequence

from social_world_model.choices import Domain, Reader
from social_world_model.contracts import Query, Reply
from social_world_model.errors import NarrativeError
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.doubts import doubts_of
from social_world_model.symbolic.english.changes.parser import PerceptParser
from social_world_model.symbolic.english.loading import INSTALL, is_installed
from social_world_model.symbolic.english.parser import EnglishParser
from social_world_model.symbolic.parser import SymbolicParser, TraceEntry
from social_world_model.symbolic.story.beliefs import TrustPolicy
from social_world_model.symbolic.story.parser import StoryParser


class ProseParser:
    """Parser for stories of any wording.

    The template parser reads a story first. If it cannot, or if it does not know where people are, the text is ordinary
    English. The story is about the places of objects if an object has several places. Otherwise, it may be about
    another change, which somebody notices or not.

    Parameters
    ----------
    trust
        Policy that decides whether a report changes a belief.
    reader
        Which wordings are read.
    """

    domain: Domain = "story"

    def __init__(self, trust: TrustPolicy, reader: Reader = "auto") -> None:
        self.reader = reader
        self.templates, self.places, self.changes = StoryParser(trust), EnglishParser(trust), PerceptParser()

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
            The story and the domain instructions.

        Raises
        ------
        NarrativeError
            If no reader understands the story.
        ConfigurationError
            If the reader is ``"english"`` and spaCy or its model is missing.
        """
        if self.reader == "english":
            return self._english(narrative, guidance)
        try:
            context, trace = self.templates.parse(narrative, guidance)
            if self.reader == "template" or not doubts_of(context) or not is_installed():
                return context, trace
            return self.places.parse(narrative, guidance)
        except NarrativeError as error:
            if self.reader == "template":
                raise
            if not is_installed():
                raise error.with_hint(f"for ordinary English, {INSTALL}") from None
            refusal = error
        try:
            return self._english(narrative, guidance)
        except NarrativeError as error:
            raise refusal.with_hint(f"as ordinary English: {error.reason}") from None

    def answer(self, query: Query, context: SocializedContext) -> Reply:
        """Answer a question with the parser that made the context.

        Parameters
        ----------
        query, context
            The question, and the context that is the only source of the answer.
        """
        parsers: Sequence[SymbolicParser] = (self.places, self.changes, self.templates)
        return next(parser for parser in parsers if parser.recognises_context(context)).answer(query, context)

    def _english(self, narrative: str, guidance: str) -> tuple[SocializedContext, list[TraceEntry]]:
        about_places = self.places.recognises(narrative)
        if not about_places and self.changes.recognises(narrative):
            return self.changes.parse(narrative, guidance)
        return self.places.parse(narrative, guidance)
