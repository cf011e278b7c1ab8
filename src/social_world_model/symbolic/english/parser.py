"""The parser for stories in ordinary English about people who put objects in places."""

from __future__ import annotations

from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.english.contexts import parse_english
from social_world_model.symbolic.english.reading import read
from social_world_model.symbolic.english.scene import simulate
from social_world_model.symbolic.parser import TraceEntry
from social_world_model.symbolic.story.beliefs import has_remarks
from social_world_model.symbolic.story.parser import StoryParser


class EnglishParser(StoryParser):
    """Parser that converts stories in ordinary English to contexts in the wording of the story parser."""

    def recognises(self, narrative: str) -> bool:
        """Tell whether a text is about people who put objects in places.

        An object has several places, or the whole text is understood and names more than one person.
        """
        reading = read(narrative)
        outcomes = simulate(reading.deeds, reading.people)
        places: dict[str, set[str]] = {}
        for outcome in outcomes:
            if outcome.place:
                places.setdefault(outcome.deed.thing, set()).add(outcome.place)
        if any(len(found) > 1 for found in places.values()):
            return True
        is_put = any(outcome.deed.kind == "put" and outcome.deed.people for outcome in outcomes)
        return is_put and not reading.unread and sum(person.named for person in reading.people) > 1

    def recognises_context(self, context: SocializedContext) -> bool:
        """Tell whether a context was made from ordinary English."""
        return has_remarks(context)

    def parse(self, narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
        """Convert a story to S3AP.

        Parameters
        ----------
        narrative, guidance
            The story and the domain instructions, as for `parse_english`.
        """
        return parse_english(narrative, guidance)
