"""The symbolic world model: a grammar, a world, and beliefs, all in the open."""

from social_world_model.symbolic.beliefs import belief, read_events, trust_later_leavers, trust_nobody
from social_world_model.symbolic.contexts import TraceEntry, parse_narrative
from social_world_model.symbolic.language import read_narrative, read_question
from social_world_model.symbolic.model import SymbolicModel

__all__ = [
    "SymbolicModel",
    "TraceEntry",
    "belief",
    "parse_narrative",
    "read_events",
    "read_narrative",
    "read_question",
    "trust_later_leavers",
    "trust_nobody",
]
