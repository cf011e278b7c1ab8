"""Agents that play the acts in a file.

The file has one act per own turn. In a text file, each line is an act, as in `typed_acts`. Empty lines and lines that
start with ``#`` are ignored::

    # The seller
    say Hello.
    say @Bob: This stays between us.
    none

In a JSON file, the acts are a list. Each act is such a line, or an object::

    [{"kind": "speak", "text": "Hello."}, {"kind": "speak", "text": "Hush.", "to": ["Bob"]}, "none"]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from social_world_model.agents.making import AgentKind, AgentOptions, Seat
from social_world_model.agents.typed_acts import read_act
from social_world_model.contracts import ModelConfig
from social_world_model.errors import ConfigurationError, GenerationError, shortened
from social_world_model.generation_utils.calls import Role
from social_world_model.interaction import Act, ActKind, Decision, Observation, act_problem
from social_world_model.runs.stored_json import stored_json

LARGEST_FILE = 5_000_000
_KINDS: tuple[ActKind, ...] = get_args(ActKind)


@dataclass(frozen=True)
class ScriptedAct:
    """One act of a script.

    Parameters
    ----------
    where
        Place in the file, such as ``"line 3"``.
    content
        The act, or the line that contains it.
    """

    where: str
    content: Act | str


@dataclass
class ScriptedAgent:
    """An agent that plays the acts of a script in order.

    Parameters
    ----------
    name
        Name of the agent, with the path of the file.
    path
        Path of the file, for messages.
    acts
        The acts, one per own turn.
    """

    name: str
    path: Path
    acts: Sequence[ScriptedAct]
    _turns: dict[int, int] = field(default_factory=dict, init=False)

    @property
    def config(self) -> ModelConfig:
        """The script."""
        return ModelConfig(settings={"acts": [str(act.content) for act in self.acts]})

    async def decide(self, observation: Observation) -> Decision:
        """Return the next act of the script.

        Raises
        ------
        GenerationError
            If the script has no act left, or if its act is not possible.
        """
        number = self._turns.setdefault(observation.turn, len(self._turns))
        if number >= len(self.acts):
            raise GenerationError(
                f"expected an act for turn {observation.turn} in {self.path}, got a script that ends after "
                f"{len(self.acts)} acts"
            )
        scripted = self.acts[number]
        try:
            return Decision(act=_possible(scripted.content, observation))
        except ValueError as error:
            raise GenerationError(f"{self.path}, {scripted.where}: {error}") from None


def scripted_kind(path: Path) -> AgentKind:
    """Return the kind of agent that plays the acts in a file.

    Parameters
    ----------
    path
        Path of the file.

    Raises
    ------
    ConfigurationError
        If the file cannot be read, or if it contains no acts. Whether an act is possible is checked in its turn.
    """
    name = f"scripted:{path}"
    acts = _read(path)

    def make(seat: Seat) -> ScriptedAgent:
        return ScriptedAgent(name=name, path=path, acts=acts)

    def calls(options: AgentOptions) -> Mapping[Role, int]:
        return {}

    return AgentKind(name=name, make=make, calls=calls, summary="Plays the acts in a file.")


def _possible(content: Act | str, observation: Observation) -> Act:
    """Return the act in a script if it is possible. An act that was refused once stays refused."""
    if observation.problem:
        raise ValueError(observation.problem)
    if isinstance(content, str):
        return read_act(content, observation)
    cast = observation.briefing.cast
    if problem := act_problem(content, me=observation.me, cast=cast, available=observation.available):
        raise ValueError(problem)
    return content


def _read(path: Path) -> tuple[ScriptedAct, ...]:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"expected a script of acts at {path}, which cannot be read: {error.strerror or error}"
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"expected UTF-8 text in {path}, got other data: {error}") from None
    if len(data) > LARGEST_FILE:
        raise ConfigurationError(f"expected at most {LARGEST_FILE / 1e6:g} MB in {path}, got more")
    acts = _json_acts(text, path) if text.lstrip().startswith("[") else _line_acts(text)
    if not acts:
        raise ConfigurationError(f"expected a script of acts at {path}, got no acts")
    return acts


def _line_acts(text: str) -> tuple[ScriptedAct, ...]:
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), start=1)]
    return tuple(ScriptedAct(f"line {number}", line) for number, line in lines if line and not line.startswith("#"))


def _json_acts(text: str, path: Path) -> tuple[ScriptedAct, ...]:
    try:
        listed = stored_json(text, names_once=True)
    except ValueError as error:
        raise ConfigurationError(f"expected a JSON list of acts in {path}: {error}") from None
    places = [f"act {number}" for number in range(1, len(listed) + 1)]
    return tuple(
        ScriptedAct(where, one if isinstance(one, str) else _json_act(one, f"{path}, {where}"))
        for where, one in zip(places, listed, strict=True)
    )


def _json_act(data: Any, where: str) -> Act:
    if not isinstance(data, dict) or set(data) - {"kind", "text", "to"} or data.get("kind") not in _KINDS:
        raise ConfigurationError(
            f'expected {{"kind": …, "text": …, "to": […]}} with a kind of {", ".join(_KINDS)} in {where}, '
            f"got {shortened(str(data))}"
        )
    text, to = data.get("text", ""), data.get("to", [])
    if not isinstance(text, str) or not isinstance(to, list) or not all(isinstance(name, str) for name in to):
        raise ConfigurationError(
            f"expected a text as `text` and a list of names as `to` in {where}, got {shortened(str(data))}"
        )
    return Act(kind=data["kind"], text=text, to=tuple(to))
