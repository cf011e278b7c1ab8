"""Acts of a scenario as actions: numbers in a list that never changes, or lines of text."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from social_world_model.agents.rendering import act_text
from social_world_model.agents.stage import Stage
from social_world_model.agents.typed_acts import VERBS, read_act, syntax
from social_world_model.errors import ConfigurationError, shortened
from social_world_model.interaction import Act, Observation

NO_ACT = 0
"""Number of the action of a person who does not act in a turn."""

NO_ACT_TEXT = "none"
"""Written action of a person who does not act in a turn."""


class IllegalActionError(Exception):
    """An action is in the action space, but it is not possible in this turn."""


@dataclass(frozen=True)
class Actions:
    """The actions of a scenario.

    Parameters
    ----------
    acts
        All acts. Action n is act n, counted from 1. None if actions are lines of text.
    """

    acts: tuple[Act, ...] | None

    def number(self, act: Act) -> int:
        """Return the number of an act.

        Raises
        ------
        ConfigurationError
            If the act is not one of the acts.
        """
        if self.acts is None or act not in self.acts:
            raise ConfigurationError(
                "expected acts to contain every act that is possible in any turn, got none that is "
                f"{shortened(act_text(act))!r}",
                parameters=("acts",),
            )
        return 1 + self.acts.index(act)

    def action(self, act: Act) -> int | str:
        """Return the action that stands for an act: a number, or one line of text."""
        if self.acts is not None:
            return self.number(act)
        to = "".join(f"@{name} " for name in act.to)
        return f"{VERBS[act.kind]} {to.rstrip()}{': ' if to else ''}{act.text}".rstrip()

    def mask(self, observation: Observation) -> list[int]:
        """Return a 1 for each legal action and a 0 for each other action. The acts must be listed."""
        legal = {self.number(act) for act in observation.available if isinstance(act, Act)} or {NO_ACT}
        return [int(number in legal) for number in range(1 + len(self.acts or ()))]

    def legal(self, observation: Observation) -> list[str]:
        """Return which actions are legal, as lines of text."""
        listed = [act for act in observation.available if isinstance(act, Act)]
        if listed and self.acts is not None:
            return ["Legal actions:", *(f"- {self.number(act)}: {act_text(act)}" for act in listed)]
        if observation.available:
            return [f"Write one line: {syntax(observation)}"]
        only = NO_ACT_TEXT if self.acts is None else NO_ACT
        return [f"You do not act in this turn. The only legal action is {only}."]

    def read(self, observation: Observation, action: Any) -> Act | None:
        """Return the act of an action; None if the person does not act in this turn.

        Parameters
        ----------
        observation
            Observation of the person.
        action
            Number of an act, or one line of text.

        Raises
        ------
        IllegalActionError
            If the action is not possible in this turn.
        ConfigurationError
            If the action is not in the action space.
        """
        return _written(observation, action) if self.acts is None else self._numbered(self.acts, observation, action)

    def _numbered(self, acts: tuple[Act, ...], observation: Observation, action: Any) -> Act | None:
        try:
            number = operator.index(action)
        except TypeError:
            number = -1
        if not 0 <= number <= len(acts):
            raise ConfigurationError(f"expected an action from 0 to {len(acts)}, got {shortened(repr(action))}")
        if not self.mask(observation)[number]:
            raise IllegalActionError(f"action {number} of {observation.me} is not legal in this turn")
        return None if number == NO_ACT else acts[number - 1]


def _written(observation: Observation, action: Any) -> Act | None:
    if not isinstance(action, str):
        raise ConfigurationError(f"expected a line of text as action, got {shortened(repr(action))}")
    if not observation.available and action.strip() == NO_ACT_TEXT:
        return None
    try:
        return read_act(action, observation)
    except ValueError as error:
        raise IllegalActionError(f"the action of {observation.me} is not legal: {error}") from None


def all_acts(stage: Stage, acts: Sequence[Act] | None) -> tuple[Act, ...] | None:
    """Return all acts of a scenario; None if people write their acts as text.

    Parameters
    ----------
    stage
        First state of an episode.
    acts
        All acts; None for the attribute `acts` of the scenario.

    Raises
    ------
    ConfigurationError
        If the scenario lists its acts, and nothing says which acts there are.
    """
    first = [one for name in stage.scenario.seats.values() for one in stage.available(name)]
    if acts is None:
        acts = getattr(stage.scenario, "acts", None)
    if acts is None and any(isinstance(one, Act) for one in first):
        raise ConfigurationError(
            f"expected acts for the scenario {stage.scenario.id!r}, which lists its acts, got none: pass all acts that "
            "are possible in any turn, or add the attribute acts to the scenario",
            parameters=("acts",),
        )
    if acts is not None and len(set(acts)) < len(acts):
        raise ConfigurationError("expected each act of acts once, got an act twice", parameters=("acts",))
    return None if acts is None else tuple(acts)
