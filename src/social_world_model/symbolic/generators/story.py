"""What a generator hands out: a story with its questions, their answers and its gold context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.story.contexts import parse_story


@dataclass(frozen=True, kw_only=True)
class GeneratedStory:
    """A made-up story.

    Parameters
    ----------
    set_id
        Which story it is, as in its rows.
    narrative
        The story as text, in the symbolic model's English.
    rows
        One JSON-able row per question, in the columns that the benchmark of this kind reads.
    """

    set_id: str
    narrative: str
    rows: tuple[dict[str, Any], ...]

    @cached_property
    def context(self) -> SocializedContext:
        """The story's gold S3AP, made when first asked for."""
        return parse_story(self.narrative)[0]


@dataclass(frozen=True, kw_only=True)
class BeliefQuestion:
    """A question about a thing's place, with the answer of who acted the story out.

    Parameters
    ----------
    text
        The question.
    chain
        Who thinks that who thinks …; empty where reality or the beginning is asked for.
    answer
        The right place.
    """

    text: str
    chain: Sequence[str] = ()
    answer: str
