"""Stories in templated English: a grammar, a simulated world, and beliefs of any order."""

from social_world_model.symbolic.story.beliefs import (
    BeliefChange,
    belief,
    belief_changes,
    read_events,
    trust_later_leavers,
    trust_nobody,
)
from social_world_model.symbolic.story.contexts import parse_story
from social_world_model.symbolic.story.language import read_narrative, read_question
from social_world_model.symbolic.story.parser import StoryParser

__all__ = [
    "BeliefChange",
    "StoryParser",
    "belief",
    "belief_changes",
    "parse_story",
    "read_events",
    "read_narrative",
    "read_question",
    "trust_later_leavers",
    "trust_nobody",
]
