"""Modes: ways to answer a question. A mode builds queries and does not know the benchmark."""

from social_world_model.modes.base import Mode, Session, query_of
from social_world_model.modes.debate import Debate
from social_world_model.modes.direct import DIRECT_MODES, DirectMode
from social_world_model.modes.generate import GenerateSocializedContext
from social_world_model.modes.simtom import SimToM
from social_world_model.modes.simulation import Simulation
from social_world_model.registry import Registry, check_members

_BUILT_IN: tuple[Mode, ...] = (*DIRECT_MODES, SimToM(), Simulation(), Debate(), GenerateSocializedContext())
MODES: Registry[Mode] = Registry("mode", values={mode.name: mode for mode in _BUILT_IN})
_MEMBERS = ("name", "uses_context", "answers", "needs_options", "temperature", "run")


def register_mode(mode: Mode) -> Mode:
    """Register a mode under its name.

    Raises
    ------
    ConfigurationError
        If the object lacks a member of `Mode`, or if the name is taken.
    """
    check_members(mode, "a mode", _MEMBERS)
    MODES.register(mode.name, mode)
    return mode


def get_mode(name: str) -> Mode:
    """Return the mode with this name.

    Raises
    ------
    ConfigurationError
        If the name is unknown.
    """
    return MODES.get(name)


def mode_names() -> list[str]:
    """Return the names of all modes, in the order of the documentation. Plug-ins come last."""
    return MODES.names()


__all__ = ["DirectMode", "Mode", "Session", "get_mode", "mode_names", "query_of", "register_mode"]
