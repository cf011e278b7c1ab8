"""A person at the terminal who plays a seat."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from social_world_model.agents.making import AgentKind, AgentOptions, Seat
from social_world_model.agents.rendering import briefing_text, listed_acts, news_beyond_briefing
from social_world_model.agents.typed_acts import read_act, syntax
from social_world_model.contracts import ModelConfig
from social_world_model.errors import GenerationError
from social_world_model.generation_utils.calls import Role
from social_world_model.interaction import Briefing, Decision, Observation
from social_world_model.printable import printable


@dataclass
class HumanAgent:
    """A person who reads what happens, and types acts.

    Parameters
    ----------
    read
        Function that shows a prompt and returns the line that the person typed, such as `input`. It raises `EOFError`
        at the end of the input.
    show
        Function that shows one text to the person.
    """

    read: Callable[[str], str]
    show: Callable[[str], None]
    _briefed: Briefing | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """Name of the kind of agent."""
        return "human"

    @property
    def config(self) -> ModelConfig:
        """An empty configuration: nothing is known about the person."""
        return ModelConfig()

    async def decide(self, observation: Observation) -> Decision:
        """Show what happened, and ask the person for an act until the act is possible.

        Raises
        ------
        GenerationError
            If the input ends, or if it is not valid text.
        """
        if observation.briefing != self._briefed:
            self._briefed = observation.briefing
            self.show(briefing_text(observation.briefing))
        if observation.problem:
            self.show(f"Your act was refused: {observation.problem}")
        else:
            self._show_turn(observation)
        while True:
            try:
                return Decision(act=read_act(self._line(observation.me), observation))
            except ValueError as error:
                self.show(str(error))

    def _show_turn(self, observation: Observation) -> None:
        self.show(f"\nTurn {observation.turn}. Turns after this one: {observation.turns_left}.")
        for sentence in news_beyond_briefing(observation):
            self.show(f"  {sentence}")
        for act in listed_acts(observation):
            self.show(f"  {act}")
        self.show(f"Type {syntax(observation)}. Ctrl+D ends the episode.")

    def _line(self, me: str) -> str:
        try:
            with _stopped_by_signals():
                line = self.read(f"{printable(me)}> ")
        except EOFError:
            raise GenerationError(f"expected an act of {me}, got the end of the input") from None
        except UnicodeDecodeError as error:
            raise GenerationError(f"expected an act of {me} as text, got other data: {error}") from None
        return line.encode("utf-8", "replace").decode()


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """End the wait for a line at the first Ctrl+C or SIGTERM. The handler of asyncio does not end it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _show(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _make(seat: Seat) -> HumanAgent:
    return HumanAgent(input, _show)


def _no_calls(options: AgentOptions) -> Mapping[Role, int]:
    return {}


HUMAN = AgentKind(name="human", make=_make, calls=_no_calls, summary="A person at the terminal types the acts.")
