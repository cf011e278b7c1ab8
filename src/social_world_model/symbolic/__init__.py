"""The symbolic world model: it parses stories, households and conversations, and computes beliefs of any order."""

from social_world_model.symbolic.conversation.exports import read_chat
from social_world_model.symbolic.model import SymbolicModel, domain_of, parse_narrative
from social_world_model.symbolic.parser import TraceEntry
from social_world_model.symbolic.story import (
    belief,
    read_events,
    read_narrative,
    read_question,
    trust_later_leavers,
    trust_nobody,
)

__all__ = [
    "SymbolicModel",
    "TraceEntry",
    "belief",
    "domain_of",
    "parse_narrative",
    "read_chat",
    "read_events",
    "read_narrative",
    "read_question",
    "trust_later_leavers",
    "trust_nobody",
]
