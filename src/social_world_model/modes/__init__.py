"""How a question is answered: a mode builds queries and never knows which benchmark it serves."""

from social_world_model.errors import ConfigurationError
from social_world_model.modes.base import Mode, Session, query_of
from social_world_model.modes.debate import Debate
from social_world_model.modes.direct import DIRECT_MODES, DirectMode
from social_world_model.modes.generate import GenerateSocializedContext
from social_world_model.modes.simtom import SimToM
from social_world_model.modes.simulation import Simulation

_KNOWN: dict[str, Mode] = {
    mode.name: mode for mode in (*DIRECT_MODES, SimToM(), Simulation(), Debate(), GenerateSocializedContext())
}


def register_mode(mode: Mode) -> Mode:
    """Make a mode known by its name.

    Raises
    ------
    ConfigurationError
        If another one has that name.
    """
    if _KNOWN.setdefault(mode.name, mode) is not mode:
        raise ConfigurationError(f"expected a new name for a mode, got {mode.name!r}, which is taken")
    return mode


def get_mode(name: str) -> Mode:
    """Return a mode.

    Raises
    ------
    ConfigurationError
        If there is none of that name.
    """
    if name not in _KNOWN:
        raise ConfigurationError(f"expected a mode out of {', '.join(mode_names())}; got {name!r}")
    return _KNOWN[name]


def mode_names() -> list[str]:
    """Return all names, in the order of the documentation."""
    return list(_KNOWN)


__all__ = ["DirectMode", "Mode", "Session", "get_mode", "mode_names", "query_of", "register_mode"]
