"""The parser for stories in ordinary English about people who put objects in places."""

from __future__ import annotations

from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.english.contexts import parse_english
from social_world_model.symbolic.parser import TraceEntry
from social_world_model.symbolic.story.beliefs import ENGLISH
from social_world_model.symbolic.story.parser import StoryParser


class EnglishParser(StoryParser):
    """Parser that converts stories in ordinary English to contexts in the wording of the story parser."""

    def recognises_context(self, context: SocializedContext) -> bool:
        """Tell whether a context was made from ordinary English."""
        return (context.context_manual or "").startswith(ENGLISH)

    def parse(self, narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
        """Convert a story to S3AP.

        Parameters
        ----------
        narrative, guidance
            The story and the domain instructions, as for `parse_english`.
        """
        return parse_english(narrative, guidance)
