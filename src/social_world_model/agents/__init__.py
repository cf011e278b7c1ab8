"""Agents that play scenarios: language models, foresight on a social world model, rules, and people."""

from typing import TYPE_CHECKING

from social_world_model.lazy_names import lazy_names

if TYPE_CHECKING:
    from social_world_model.agents.callables import agent_from
    from social_world_model.agents.loop import Episode, play
    from social_world_model.agents.making import AgentKind, AgentOptions, Seat, register_agent

_MODULES = {
    "callables": ("agent_from",),
    "loop": ("Episode", "play"),
    "making": ("AgentKind", "AgentOptions", "Seat", "register_agent"),
}

__all__ = [
    "AgentKind",
    "AgentOptions",
    "Episode",
    "Seat",
    "agent_from",
    "play",
    "register_agent",
]

__getattr__ = lazy_names(
    __name__, {name: f"{__name__}.{module}" for module, names in _MODULES.items() for name in names}
)
