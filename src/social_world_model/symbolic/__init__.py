"""The symbolic world model: it parses stories, households and conversations, and computes beliefs of any order."""

from typing import TYPE_CHECKING

from social_world_model.lazy_names import lazy_names

if TYPE_CHECKING:
    from social_world_model.symbolic.conversation.exports import read_chat
    from social_world_model.symbolic.conversation.missed import MissedLine, missed
    from social_world_model.symbolic.model import SymbolicModel, domain_of, parse_narrative
    from social_world_model.symbolic.parser import TraceEntry
    from social_world_model.symbolic.story import (
        BeliefChange,
        belief,
        belief_changes,
        read_events,
        read_narrative,
        read_question,
        trust_later_leavers,
        trust_nobody,
    )
    from social_world_model.symbolic.tracks import KnowledgeChange, belief_track, knowledge_track

_HOME = {
    "read_chat": "social_world_model.symbolic.conversation.exports",
    **dict.fromkeys(("MissedLine", "missed"), "social_world_model.symbolic.conversation.missed"),
    **dict.fromkeys(("SymbolicModel", "domain_of", "parse_narrative"), "social_world_model.symbolic.model"),
    "TraceEntry": "social_world_model.symbolic.parser",
    **dict.fromkeys(
        (
            *("BeliefChange", "belief", "belief_changes", "read_events", "read_narrative", "read_question"),
            *("trust_later_leavers", "trust_nobody"),
        ),
        "social_world_model.symbolic.story",
    ),
    **dict.fromkeys(("KnowledgeChange", "belief_track", "knowledge_track"), "social_world_model.symbolic.tracks"),
}

__all__ = [
    "BeliefChange",
    "KnowledgeChange",
    "MissedLine",
    "SymbolicModel",
    "TraceEntry",
    "belief",
    "belief_changes",
    "belief_track",
    "domain_of",
    "knowledge_track",
    "missed",
    "parse_narrative",
    "read_chat",
    "read_events",
    "read_narrative",
    "read_question",
    "trust_later_leavers",
    "trust_nobody",
]

__getattr__ = lazy_names(__name__, _HOME)
