"""Evaluate contexts: structural score, comparison of perceived events, and LLM judge."""

from social_world_model.evaluation.differences import Diff, PerceiverChange, diff
from social_world_model.evaluation.perceived import AgentScore, PerceivedScore, Perception, compare_perceived
from social_world_model.evaluation.references import Reference, reference_of, reference_of_perceivers
from social_world_model.evaluation.structure import Structure, structural_score, structure_of

__all__ = [
    "AgentScore",
    "Diff",
    "PerceivedScore",
    "PerceiverChange",
    "Perception",
    "Reference",
    "Structure",
    "compare_perceived",
    "diff",
    "reference_of",
    "reference_of_perceivers",
    "structural_score",
    "structure_of",
]
