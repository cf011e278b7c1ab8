"""The output of a generator: a story with questions, answers and a gold context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.story.contexts import parse_story


@dataclass(frozen=True, kw_only=True)
class GeneratedStory:
    """A generated story.

    Parameters
    ----------
    set_id
        Number of the story. All rows of the story have this ``set_id``.
    narrative
        Text of the story. The grammar of the symbolic model can parse this text.
    rows
        One row per question, with the columns that the benchmark expects. Each row can be saved as JSON.
    """

    set_id: str
    narrative: str
    rows: tuple[dict[str, Any], ...]

    @cached_property
    def context(self) -> SocializedContext:
        """The gold S3AP context of the story. It is built on first access."""
        return parse_story(self.narrative)[0]


@dataclass(frozen=True, kw_only=True)
class BeliefQuestion:
    """A question about the place of an object, with the correct answer from the oracle.

    Parameters
    ----------
    text
        The question.
    chain
        Agents of a nested belief, with the outermost agent first. The chain is empty for questions about the real or
        the first place.
    answer
        The correct place.
    """

    text: str
    chain: Sequence[str] = ()
    answer: str
