"""Perturbed questions: options in another order, other names, irrelevant sentences."""

from social_world_model.choices import Variant
from social_world_model.variants.questions import (
    MARK,
    MEANS,
    VARIANTS,
    by_narrative,
    shuffled,
    variants_of,
    varied,
)

__all__ = ["MARK", "MEANS", "VARIANTS", "Variant", "by_narrative", "shuffled", "variants_of", "varied"]
