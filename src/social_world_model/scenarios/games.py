"""Sources of games. A game needs no data file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from social_world_model.errors import ConfigurationError
from social_world_model.interaction import Act
from social_world_model.scenarios.base import Game


@dataclass(frozen=True)
class GameSource:
    """A source with one game.

    Parameters
    ----------
    game
        The game. Its id is the name of the source.
    """

    game: Game

    @property
    def name(self) -> str:
        """Name that users type."""
        return self.game.id

    def load(self, data: Path | None) -> tuple[Game, ...]:
        """Return the game.

        Raises
        ------
        ConfigurationError
            If there is a data file.
        """
        if data is not None:
            raise ConfigurationError(
                f"expected no data for {self.name!r}, because the game needs no file; got data={str(data)!r}: "
                "leave out data",
                parameters=["data"],
            )
        return (self.game,)


def said(text: str, available: tuple[Act, ...]) -> Act:
    """Return the available act with this text, without regard to its listeners.

    Parameters
    ----------
    text
        Text of the act.
    available
        Acts to choose from.

    Raises
    ------
    ValueError
        If no act has this text.
    """
    found = next((act for act in available if act.text == text), None)
    if found is None:
        raise ValueError(f"expected an act of {[act.text for act in available]}, got {text!r}")
    return found
