"""How a question is answered: a mode builds queries and never knows which benchmark it serves."""

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
    """Make a mode known by its name.

    Raises
    ------
    ConfigurationError
        If it lacks what a `Mode` has, or another one has that name.
    """
    check_members(mode, "a mode", _MEMBERS)
    MODES.register(mode.name, mode)
    return mode


def get_mode(name: str) -> Mode:
    """Return a mode.

    Raises
    ------
    ConfigurationError
        If there is none of that name.
    """
    return MODES.get(name)


def mode_names() -> list[str]:
    """Return all names, in the order of the documentation, those of plug-ins last."""
    return MODES.names()


__all__ = ["DirectMode", "Mode", "Session", "get_mode", "mode_names", "query_of", "register_mode"]
