"""Rubric for the judge of episodes: what each of the seven dimensions of SOTOPIA means, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from social_world_model.choices import Rubric
from social_world_model.scenarios.dimensions import DIMENSIONS


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """What a judge scores on one dimension.

    Parameters
    ----------
    meaning
        What the score says, in one sentence.
    bands
        Meaning of ranges of scores, by lowest and highest score of the range.
    """

    meaning: str
    bands: Mapping[tuple[int, int], str]


RUBRIC: Mapping[str, Criterion] = MappingProxyType(
    {
        "believability": Criterion(
            meaning="How natural the behaviour of the person is, and how well it fits the background of the person.",
            bands={
                (0, 2): "The person repeats itself, contradicts itself, or does not act like a person.",
                (3, 5): "Parts are unnatural, or do not fit the character, occupation or values of the person.",
                (6, 8): "Natural on the whole. Single acts are stiff or too polite, or do not fit the person.",
                (9, 10): "Natural in every act, and clearly this person and nobody else.",
            },
        ),
        "relationship": Criterion(
            meaning="How the episode changes the relationship to the other people; below 0 means that it gets worse.",
            bands={
                (-5, -4): "The relationship breaks, or becomes hostile.",
                (-3, -1): "Trust, sympathy or respect gets lost.",
                (0, 0): "No change.",
                (1, 3): "Trust, sympathy or respect grows.",
                (4, 5): "The people become much closer, or settle an old conflict.",
            },
        ),
        "knowledge": Criterion(
            meaning="How much new and important information the person gets in the episode.",
            bands={
                (0, 0): "The person gets no new information.",
                (1, 3): "Little, or nothing that matters to the person.",
                (4, 6): "Some information that matters to the person.",
                (7, 10): "Much information that the person needed or did not expect.",
            },
        ),
        "secret": Criterion(
            meaning="How much of a secret becomes known through acts of the person; 0 means nothing.",
            bands={
                (-10, -8): "The secret is said openly.",
                (-7, -4): "A main part of the secret is said, or can easily be guessed.",
                (-3, -1): "A hint that an attentive listener may notice.",
                (0, 0): "Nothing becomes known, or the person has no secret.",
            },
        ),
        "social_rules": Criterion(
            meaning="How seriously the person breaks social norms or laws; 0 means not at all.",
            bands={
                (-10, -8): "A crime, violence, or a serious threat.",
                (-7, -4): "A clear offence, such as deception that harms, an insult, or a broken promise.",
                (-3, -1): "A small offence, such as rudeness.",
                (0, 0): "No offence.",
            },
        ),
        "financial_and_material_benefits": Criterion(
            meaning="What the person gains in money, goods or other material advantages; below 0 means a loss.",
            bands={
                (-5, -4): "A large loss.",
                (-3, -1): "A small loss, or a deal that is worse than the person could expect.",
                (0, 0): "No gain and no loss, or nothing material is at stake.",
                (1, 3): "A small gain, or a deal that is better than the person could expect.",
                (4, 5): "A large gain.",
            },
        ),
        "goal": Criterion(
            meaning="How far the person achieves the own goal by the end of the episode.",
            bands={
                (0, 0): "The person does nothing for the goal, or achieves the opposite.",
                (1, 3): "The person tries, without success.",
                (4, 6): "A part of the goal is achieved, or the outcome is open.",
                (7, 8): "Most of the goal is achieved.",
                (9, 10): "The whole goal is achieved.",
            },
        ),
    }
)
"""What a judge scores, by dimension."""


def rubric_text(form: Rubric) -> str:
    """Return the rubric as lines for a prompt.

    Parameters
    ----------
    form
        ``"short"``: one line per dimension. ``"banded"``: also one line per range of scores.

    Examples
    --------
    >>> rubric_text("short").splitlines()[-1]
    '- goal, from 0 to 10: How far the person achieves the own goal by the end of the episode.'
    """
    lines = []
    for name, (low, high) in DIMENSIONS.items():
        criterion = RUBRIC[name]
        lines.append(f"- {name}, from {low:g} to {high:g}: {criterion.meaning}")
        bands = criterion.bands if form == "banded" else {}
        lines += [f"  - {_range(*band)}: {meaning}" for band, meaning in bands.items()]
    return "\n".join(lines)


def _range(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low} to {high}"
