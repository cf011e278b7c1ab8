"""What a person thinks possible in a game: states, what other people know in them, and what happens next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import cast

from social_world_model.agents.recorder import Record
from social_world_model.choices import Simulate
from social_world_model.errors import ConfigurationError
from social_world_model.interaction import Act, Happening, Imagined, Observation, State
from social_world_model.s3ap import Event
from social_world_model.scenarios.base import Game

_HAPPENED = ("fact", "percept")


@dataclass(frozen=True)
class World:
    """A state that a person thinks possible.

    Parameters
    ----------
    weight
        Probability, relative to the other worlds.
    state
        State of the game.
    record
        The turns that led to the state.
    minds
        Minds of the partners in this world, in order of their seats.
    replies
        What the partners did in the last turn.
    key
        Everything that decides the future of the world.
    """

    weight: float
    state: State
    record: Record
    minds: tuple[str, ...]
    replies: tuple[Imagined, ...] = ()
    key: tuple[float, str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", (self.weight, repr(self.state), self.minds))


@dataclass(frozen=True)
class ImaginedGame:
    """How a person imagines a game.

    Parameters
    ----------
    game
        The game.
    me
        Name of the person.
    simulate
        What partners know: what the person saw that they perceived, or everything that the person perceived.
    """

    game: Game
    me: str
    simulate: Simulate = "memory"
    _replays: dict[tuple[object, ...], tuple[int, World] | None] = field(
        default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def partners(self) -> tuple[str, ...]:
        """Names of the people in the other seats."""
        return tuple(name for name in self.game.seats.values() if name != self.me)

    def believed(self, first: State, observation: Observation) -> tuple[World, ...]:
        """Return the worlds that agree with what the person perceived.

        The turns are replayed from each first state that the person thinks possible. An act that the person did not
        perceive is the usual act. If partners did something unusual, the worlds with the fewest unusual acts remain.

        Parameters
        ----------
        first
            First state of the episode.
        observation
            What the person perceived.

        Raises
        ------
        ConfigurationError
            If no possible first state leads to what the person perceived.
        """
        events = [event for event in observation.context.events() if self.me in event.observers]
        facts = [
            Happening(text=event.text, observers=event.observers)
            for event in events
            if event.position == 0 and event.kind in _HAPPENED
        ]
        record = Record.begin(self.game.cast, facts)
        worlds = [
            (0, self._world(weight, state, record))
            for weight, state in self.game.possible(first, self.me)
            if weight > 0
        ]
        for turn in range(observation.turn - 1):
            perceived = frozenset(event.text for event in events if _is_of(event, turn))
            worlds = [
                (unusual + step[0], step[1])
                for unusual, world in worlds
                if (step := self._replayed(world, perceived)) is not None
            ]
        if not worlds:
            raise ConfigurationError(
                f"expected `possible` of the game {self.game.id!r} to contain a first state that leads to what "
                f"{self.me} perceived, got none in turn {observation.turn}"
            )
        fewest = min(unusual for unusual, _ in worlds)
        return tuple(world for unusual, world in worlds if unusual == fewest)

    def after(self, world: World, act: Act | None) -> World:
        """Return the world after a turn in which the partners do the usual acts.

        Parameters
        ----------
        world
            World before the turn.
        act
            Act of the person; None if the person does not act in this turn.
        """
        acts = self.usual(world)
        happened = {self.me: act, **acts} if act is not None else acts
        state, happenings = self.game.step(world.state, happened)
        facts = " ".join(one.text for one in happenings if not one.actor and self.me in one.observers)
        minds = dict(zip(self.partners, world.minds, strict=True))
        replies = tuple(Imagined(by=name, mind=minds[name], act=reply, state=facts) for name, reply in acts.items())
        return self._world(world.weight, state, world.record.after(happenings), replies)

    def groups(self, worlds: Sequence[World], act: Act | None) -> list[tuple[World, ...]]:
        """Return the worlds after a turn. The person cannot tell the worlds of a group apart.

        Parameters
        ----------
        worlds
            Worlds before the turn.
        act
            Act of the person; None if the person does not act in this turn.
        """
        groups: dict[frozenset[str], list[World]] = {}
        for world in worlds:
            after = self.after(world, act)
            groups.setdefault(self._perceived(after.record), []).append(after)
        return [tuple(group) for group in groups.values()]

    def usual(self, world: World, state: State | None = None) -> dict[str, Act]:
        """Return the usual act of each partner who acts.

        Parameters
        ----------
        world
            World with the minds of the partners.
        state
            State in which they act; None means the state of the world.
        """
        at = world.state if state is None else state
        acts = {}
        for name, mind in zip(self.partners, world.minds, strict=True):
            available = acts_of(self.game, at, name)
            if available:
                acts[name] = self.game.habit(name, at, mind, available)
        return acts

    def _world(self, weight: float, state: State, record: Record, replies: tuple[Imagined, ...] = ()) -> World:
        minds = tuple(
            self.game.mind(name, record.seen(self.me, name) if self.simulate == "memory" else record.seen(self.me))
            for name in self.partners
        )
        return World(weight, state, record, minds, replies)

    def _replayed(self, world: World, perceived: frozenset[str]) -> tuple[int, World] | None:
        """Return the number of unusual acts in a turn and the world after it; None if it is not what was perceived."""
        key = (*world.key, perceived)
        if key not in self._replays:
            fits = []
            for acts in self._joint_acts(world.state):
                state, happenings = self.game.step(world.state, acts)
                record = world.record.after(happenings)
                if self._perceived(record) == perceived:
                    fits.append((self._unusual(world, acts), state, record))
            fewest = min(fits, key=lambda fit: fit[0], default=None)
            self._replays[key] = fewest and (fewest[0], self._world(world.weight, *fewest[1:]))
        return self._replays[key]

    def _joint_acts(self, state: State) -> Iterator[Mapping[str, Act]]:
        options = {name: acts_of(self.game, state, name) for name in (self.me, *self.partners)}
        acting = {name: acts for name, acts in options.items() if acts}
        for acts in product(*acting.values()):
            yield dict(zip(acting, acts, strict=True))

    def _unusual(self, world: World, acts: Mapping[str, Act]) -> int:
        """Return how many partners do an act that people with their memory usually do not do."""
        return sum(
            acts[name] != self.game.habit(name, world.state, mind, available)
            for name in self.partners
            if (available := acts_of(self.game, world.state, name))
            for mind in (self.game.mind(name, world.record.seen(name)),)
        )

    def _perceived(self, record: Record) -> frozenset[str]:
        """Return what the person perceived of the last turn and its consequences."""
        happenings = (*record.turns[-2].acts, *record.turns[-1].facts)
        return frozenset(one.text for one in happenings if self.me in one.observers)


def acts_of(game: Game, state: State, name: str) -> tuple[Act, ...]:
    """Return the acts that a person can choose from in a game.

    Parameters
    ----------
    game, state, name
        The game, a state, and the name of the person.

    Raises
    ------
    ConfigurationError
        If the game lists kinds of acts instead of acts.
    """
    acts = game.available(state, name)
    if acts and not isinstance(acts[0], Act):
        raise ConfigurationError(
            f"expected the game {game.id!r} to list acts, got the kinds {', '.join(map(str, acts))}"
        )
    return cast("tuple[Act, ...]", acts)


def _is_of(event: Event, turn: int) -> bool:
    """Return whether an event is an act of a turn, or a fact right after the turn."""
    if event.kind in _HAPPENED:
        return event.position == turn + 1
    return event.kind != "mental" and event.position == turn
