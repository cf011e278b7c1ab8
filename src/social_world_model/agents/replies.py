"""Schemas of the replies of agents.

The schemas are sent to models, and are part of the keys of stored replies. The class attribute `written_form` describes
a schema in prompts.
"""

from __future__ import annotations

from abc import abstractmethod
from statistics import fmean
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from social_world_model.generation_utils.replies import Given
from social_world_model.s3ap.context import Text
from social_world_model.scenarios.dimensions import DIMENSIONS
from social_world_model.world_model.foreseeing_prompts import Kind

Score = Annotated[float, Field(ge=0, le=10)]
Balance = Annotated[float, Field(ge=-5, le=5)]
Loss = Annotated[float, Field(ge=-10, le=0)]

_ACT = '"kind": "…", "text": "…", "to": []'


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WrittenAct(_Closed):
    """An act in the words of the model."""

    written_form: ClassVar[str] = f"{{{_ACT}}}"

    kind: Kind
    text: Text
    to: list[Text] = []


class ReasonedAct(_Closed):
    """Reasoning, then an act."""

    written_form: ClassVar[str] = f'{{"reasoning": "…", {_ACT}}}'

    reasoning: Text
    kind: Kind
    text: Text
    to: list[Text] = []


class WrittenActs(_Closed):
    """Several acts."""

    written_form: ClassVar[str] = f'{{"acts": [{{{_ACT}}}, …]}}'

    acts: list[WrittenAct]


class ChosenAct(_Closed):
    """An act of a numbered list."""

    written_form: ClassVar[str] = '{"number": N}'

    number: int


class ReasonedChoice(_Closed):
    """Reasoning, then an act of a numbered list."""

    written_form: ClassVar[str] = '{"reasoning": "…", "number": N}'

    reasoning: Text
    number: int


class ChosenActs(_Closed):
    """Several acts of a numbered list."""

    written_form: ClassVar[str] = '{"numbers": [N, …]}'

    numbers: list[int]


class Critique(_Closed):
    """What is wrong with a planned act."""

    written_form: ClassVar[str] = '{"critique": "…"}'

    critique: Given


class Mind(_Closed):
    """What other people believe, want and feel."""

    written_form: ClassVar[str] = '{"mind": "…"}'

    mind: Given


class CandidateScore(_Closed):
    """Score of a candidate."""

    candidate: int
    why: Text

    @property
    @abstractmethod
    def value(self) -> float:
        """Score from 0 to 10."""


class GoalScore(CandidateScore):
    """Score of a candidate for the own goal."""

    score: Score

    @property
    def value(self) -> float:
        """Score from 0 to 10."""
        return self.score


class GoalScores(_Closed):
    """Scores of all candidates for the own goal."""

    written_form: ClassVar[str] = '{"scores": [{"candidate": N, "why": "…", "score": 0 to 10}, …]}'

    scores: list[GoalScore]


class RubricScore(CandidateScore):
    """Scores of a candidate on the seven dimensions of SOTOPIA."""

    believability: Score
    relationship: Balance
    knowledge: Score
    secret: Loss
    social_rules: Loss
    financial_and_material_benefits: Balance
    goal: Score

    @property
    def value(self) -> float:
        """Unweighted mean of the seven scores, each shifted to the range from 0 to 10."""
        return fmean(getattr(self, name) - low for name, (low, _) in DIMENSIONS.items())


_RANGES = ", ".join(f'"{name}": {low:g} to {high:g}' for name, (low, high) in DIMENSIONS.items())


class RubricScores(_Closed):
    """Scores of all candidates on the seven dimensions of SOTOPIA."""

    written_form: ClassVar[str] = f'{{"scores": [{{"candidate": N, "why": "…", {_RANGES}}}, …]}}'

    scores: list[RubricScore]
