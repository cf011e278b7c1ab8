"""Agents of sotopia in episodes of this package. Another process runs them, in the environment of sotopia.

The other direction, agents of this package in sotopia's environment, is in `sotopia_server` and `sotopia_side`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from social_world_model.adapters import sotopia_side
from social_world_model.adapters.sotopia_side import Child, SideError
from social_world_model.adapters.sotopia_texts import Background, background_text, turn_text
from social_world_model.contracts import ModelConfig
from social_world_model.errors import ConfigurationError, GenerationError
from social_world_model.interaction import Act, ActKind, Decision, Observation
from social_world_model.s3ap import Event
from social_world_model.scenarios.sotopia import kind_from_sotopia, kind_in_sotopia
from social_world_model.usage import Usage

_KINDS: tuple[ActKind, ...] = get_args(ActKind)
_SAYS = re.compile(r'says(?: to (?P<to>.*?))?: "(?P<text>.*)"', re.DOTALL)


def sotopia_process(python: str | Path, *, timeout: float = 600.0, env: Mapping[str, str] | None = None) -> Child:
    """Start a process that runs agents of sotopia. Use it in a ``with`` statement, or close it after the episodes.

    The process uses the local store of sotopia, so that no Redis server is needed.

    Parameters
    ----------
    python
        Python of an environment with sotopia.
    timeout
        Maximum number of seconds for an act. The first act includes the import of sotopia.
    env
        Further environment variables of the process.

    Raises
    ------
    ConfigurationError
        If the program cannot be started.
    """
    variables = {**os.environ, "SOTOPIA_STORAGE_BACKEND": "local", **(env or {})}
    try:
        return Child([str(python), str(sotopia_side.__file__)], env=variables, timeout=timeout)
    except SideError as error:
        raise ConfigurationError(str(error), parameters=("python",)) from None


def from_sotopia(model_name: str, process: Child) -> SotopiaAgent:
    """Return sotopia's `LLMAgent` as an agent of this package.

    Parameters
    ----------
    model_name
        Name of the model, as sotopia writes it, such as ``"gpt-4o"`` or ``"custom/NAME@URL"``.
    process
        Process of `sotopia_process`. Several agents can use one process.
    """
    return SotopiaAgent(model_name=model_name, process=process)


@dataclass(frozen=True, kw_only=True)
class SotopiaAgent:
    """An agent of sotopia. See `Agent`.

    Parameters
    ----------
    model_name
        Name of the model, as sotopia writes it.
    process
        Process that runs the agent.
    """

    model_name: str
    process: Child

    @property
    def name(self) -> str:
        """Name of the agent with its model."""
        return f"sotopia_{self.model_name}"

    @property
    def config(self) -> ModelConfig:
        """The model. The prompts are those of sotopia."""
        return ModelConfig(settings={"agent": "LLMAgent of sotopia", "model": self.model_name})

    async def decide(self, observation: Observation) -> Decision:
        """Return the act of the agent of sotopia.

        The agent sees what its person perceived, in the words of sotopia. A non-verbal act of this package is shown as
        an action, because the memory of a person does not contain the difference.

        Raises
        ------
        ConfigurationError
            If the scenario lists all possible acts. Agents of sotopia choose a kind of act and write a text.
        GenerationError
            If the agent could not make an act, or if its process ended.
        """
        available = [kind for kind in observation.available if not isinstance(kind, Act)]
        if not available:
            raise ConfigurationError(
                f"expected a scenario that lists kinds of acts for {self.name}, got a list of acts"
            )
        try:
            made = await self.process.ask(
                model=self.model_name, me=observation.me, goal=observation.briefing.goal, seen=_seen(observation)
            )
        except SideError as error:
            raise GenerationError(f"expected an act of {self.name}, got {error}", model=self.model_name) from None
        kind = kind_from_sotopia(made["kind"])
        text = made["text"] if kind not in ("leave", "none") else ""
        return Decision(act=Act(kind=kind, text=text, to=tuple(made["to"])), usage=Usage(requests=1))


def _seen(observation: Observation) -> list[dict[str, Any]]:
    """Return all observations of a person in the form of sotopia. Turns of sotopia are counted from 0."""
    now = observation.turn - 1
    briefing = observation.briefing
    beginning = Background(
        scenario=briefing.scenario,
        cast=briefing.cast,
        backgrounds={**briefing.others, briefing.me: briefing.background},
        goals={briefing.me: briefing.goal},
    )
    texts = [background_text(beginning), *_turns(observation, now)]
    none = ["none"]
    seen = [{"last_turn": text, "turn_number": turn, "available_actions": none} for turn, text in enumerate(texts)]
    kinds = [kind_in_sotopia(kind) for kind in _KINDS if kind in observation.available]
    return [*seen[:-1], {**seen[-1], "available_actions": kinds}]


def _turns(observation: Observation, number: int) -> list[str]:
    """Return what the person perceived of each turn: the acts, then facts that followed."""
    texts: list[list[str]] = [[] for _ in range(number)]
    for event in observation.context.memory(observation.me):
        if event.kind == "mental":
            continue
        turn = event.position if event.actor else event.position - 1
        if 0 <= turn < number:
            texts[turn].append(_words(event))
    return [";".join(one) for one in texts]


def _words(event: Event) -> str:
    """Return an event in the words of sotopia."""
    name = event.actor
    if not name or not event.text.startswith(f"{name} "):
        return event.text
    return turn_text([(name, _act(event.text.removeprefix(f"{name} ")))])


def _act(words: str) -> Act:
    """Return the act in words of S3AP."""
    if words == Act(kind="leave").words:
        return Act(kind="leave")
    said = _SAYS.fullmatch(words)
    if said is None:
        return Act(kind="action", text=words)
    return Act(kind="speak", text=said["text"], to=tuple(said["to"].split(", ")) if said["to"] else ())
