"""Agents that search games exactly. They need no language model.

The planner values an act by the expected score, if its person continues with the best acts and the partners do their
usual acts. The partners act on what they know in the imagination of the person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from social_world_model.agents.habit import game_of, listed
from social_world_model.agents.making import AgentOptions, Seat
from social_world_model.agents.worlds import ImaginedGame, World, acts_of
from social_world_model.contracts import ModelConfig
from social_world_model.errors import ConfigurationError
from social_world_model.interaction import Act, Considered, Decision, Imagined, Observation, State

VERSION = "1"
"""Version of the search. Increase it after every change that can change a decision."""

_DIGITS = 9
"""Values are rounded to this number of digits before they are compared, because sums of floats depend on the order."""


class Search:
    """Exact values of acts in a game.

    Parameters
    ----------
    imagination
        How the person imagines the game.

    Attributes
    ----------
    imagined
        Number of worlds in which a turn was imagined so far. A turn that is already known is not imagined again.
    """

    def __init__(self, imagination: ImaginedGame) -> None:
        self.imagination = imagination
        self.imagined = 0
        self._values: dict[tuple[object, ...], float] = {}
        self._best: dict[tuple[object, ...], Act] = {}
        self._turns: dict[tuple[object, ...], list[tuple[World, ...]]] = {}

    def value(self, worlds: Sequence[World], act: Act, horizon: int) -> float:
        """Return the expected score after an act.

        Parameters
        ----------
        worlds
            Worlds that the person thinks possible and cannot tell apart.
        act
            The act.
        horizon
            Number of own acts to imagine, with this act. Each act has a reply. The time of the game is over after the
            last reply.
        """
        return self._act(worlds, act, horizon) / sum(world.weight for world in worlds)

    def value_now(self, worlds: Sequence[World], act: Act) -> float:
        """Return the expected score if the time of the game were over right after an act that no partner perceives.

        Parameters
        ----------
        worlds, act
            The same as for `value`.
        """
        return sum(world.weight * self._score_now(world, act) for world in worlds) / sum(
            world.weight for world in worlds
        )

    def best(self, worlds: Sequence[World], acts: Sequence[Act], horizon: int) -> Act:
        """Return the act with the highest value.

        If several acts have the highest value, the result is the one with the highest value if the time were over
        now. If there are still several, the result is the first of them.

        Parameters
        ----------
        worlds, horizon
            The same as for `value`.
        acts
            All available acts.
        """
        key = (horizon, *(world.key for world in worlds))
        if key not in self._best:
            values = {act: round(self._act(worlds, act, horizon), _DIGITS) for act in acts}
            highest = [act for act in acts if values[act] == max(values.values())]
            self._best[key] = max(highest, key=lambda act: round(self.value_now(worlds, act), _DIGITS))
        return self._best[key]

    def futures(self, worlds: Sequence[World], act: Act, horizon: int) -> tuple[tuple[Imagined, ...], ...]:
        """Return the imagined replies to an act, for each future that the person can tell apart after the next turn.

        Parameters
        ----------
        worlds, act, horizon
            The same as for `value`. After the act, the person continues with the best acts, and the likelier of two
            futures happens.
        """
        groups = self._groups(worlds, act)
        return tuple((*group[0].replies, *self._replies(group, horizon - 1)) for group in groups)

    def _value(self, worlds: Sequence[World], left: int) -> float:
        """Return the expected score, times the weight of the worlds, with a number of own acts left."""
        key = (left, *(world.key for world in worlds))
        if key not in self._values:
            self._values[key] = self._computed(worlds, left)
        return self._values[key]

    def _computed(self, worlds: Sequence[World], left: int) -> float:
        state = worlds[0].state
        if self.imagination.game.over(state) is not None:
            return sum(world.weight * self._score(world.state) for world in worlds)
        acts = acts_of(self.imagination.game, state, self.imagination.me)
        if acts and not left:
            return sum(world.weight * self._score(self._ended(world)[0]) for world in worlds)
        return max(self._act(worlds, act, left) for act in acts) if acts else self._act(worlds, None, left + 1)

    def _act(self, worlds: Sequence[World], act: Act | None, left: int) -> float:
        return sum(self._value(group, left - 1) for group in self._groups(worlds, act))

    def _groups(self, worlds: Sequence[World], act: Act | None) -> list[tuple[World, ...]]:
        """Return the worlds after a turn. Worlds with the same keys have the same future, and are imagined once."""
        key = (act, *(world.key for world in worlds))
        if key not in self._turns:
            self.imagined += len(worlds)
            self._turns[key] = self.imagination.groups(worlds, act)
        return self._turns[key]

    def _ended(self, world: World) -> tuple[State, tuple[Imagined, ...]]:
        """Return the state after the last acts of the partners, if the time of the game is over now."""
        game = self.imagination.game
        replies: list[Imagined] = []
        world = World(world.weight, game.ended(world.state), world.record, world.minds)
        while game.over(world.state) is None and self.imagination.usual(world):
            world = self.imagination.after(world, None)
            replies += world.replies
        return world.state, tuple(replies)

    def _score_now(self, world: World, act: Act) -> float:
        game, usual = self.imagination.game, self.imagination.usual
        state, _ = game.step(world.state, {self.imagination.me: act, **usual(world)})
        if game.over(state) is None:
            state = game.ended(state)
            while game.over(state) is None and (acts := usual(world, state)):
                state, _ = game.step(state, acts)
        return self._score(state)

    def _score(self, state: State) -> float:
        score: Mapping[str, float] = self.imagination.game.score(state, self.imagination.me) or {}
        return score.get("goal", 0.0)

    def _replies(self, worlds: Sequence[World], left: int) -> tuple[Imagined, ...]:
        """Return the replies in the likeliest future, with a number of own acts left."""
        state = worlds[0].state
        if self.imagination.game.over(state) is not None:
            return ()
        acts = acts_of(self.imagination.game, state, self.imagination.me)
        if acts and not left:
            return self._ended(worlds[0])[1]
        act = self.best(worlds, acts, left) if acts else None
        groups = self._groups(worlds, act)
        likeliest = max(groups, key=lambda group: sum(world.weight for world in group))
        return (*likeliest[0].replies, *self._replies(likeliest, left - bool(acts)))


@dataclass(frozen=True)
class Planner:
    """Agent that plays the act with the highest expected score.

    Parameters
    ----------
    search
        Values of acts.
    seat
        Seat of the person.
    """

    search: Search
    seat: Seat
    name: str = "foresee"

    @property
    def config(self) -> ModelConfig:
        """The game, and the options of the search."""
        options = self.seat.options
        return _config(self.search, horizon=options.horizon, simulate=options.simulate)

    async def decide(self, observation: Observation) -> Decision:
        """Return the best act, with the value of each available act and the imagined replies."""
        search, acts = self.search, listed(observation)
        horizon = min(self.seat.options.horizon, observation.turns_left + 1)
        worlds = search.imagination.believed(self.seat.state, observation)
        considered = []
        for act in acts:
            value, futures = search.value(worlds, act, horizon), search.futures(worlds, act, horizon)
            considered.append(Considered(act=act, replies=futures, value=value, why=_why(value, futures)))
        return _decision(search.best(worlds, acts, horizon), considered, "expected score")


@dataclass(frozen=True)
class Greedy:
    """Agent that plays the act with the highest score if the time were over now. It imagines no reply.

    Parameters
    ----------
    search
        Values of acts.
    seat
        Seat of the person.
    """

    search: Search
    seat: Seat
    name: str = "best-of"

    @property
    def config(self) -> ModelConfig:
        """The game."""
        return _config(self.search)

    async def decide(self, observation: Observation) -> Decision:
        """Return the act with the highest score if no partner perceived it."""
        worlds = self.search.imagination.believed(self.seat.state, observation)
        considered = []
        for act in listed(observation):
            value = self.search.value_now(worlds, act)
            why = f"The score is {value:.2f} if nobody notices the act and the time is over."
            considered.append(Considered(act=act, value=value, why=why))
        best = max(considered, key=lambda one: round(one.value or 0.0, _DIGITS))
        return _decision(best.act, considered, "score if the time were over now")


def planner(seat: Seat) -> Planner:
    """Return the agent that searches a game to its horizon. It is the agent ``foresee`` without a language model.

    Raises
    ------
    ConfigurationError
        If the scenario is not a game, or if an option cannot be used without a language model.
    """
    options = seat.options
    _check(options)
    return Planner(Search(ImaginedGame(game_of(seat, "foresee"), seat.name, options.simulate)), seat)


def greedy(seat: Seat) -> Greedy:
    """Return the agent that values acts without a world model. It is ``best-of`` without a language model.

    Raises
    ------
    ConfigurationError
        If the scenario is not a game.
    """
    return Greedy(Search(ImaginedGame(game_of(seat, "best-of"), seat.name)), seat)


def _check(options: AgentOptions) -> None:
    if options.horizon < 1:
        raise ConfigurationError(
            f"expected horizon to be at least 1, got horizon={options.horizon}", parameters=["horizon"]
        )
    if options.value == "rubric":
        raise ConfigurationError(
            "expected value 'exact' or 'goal' for a search without a language model, got value='rubric': games have "
            "one score",
            parameters=["value"],
        )
    if options.choose != "argmax":
        raise ConfigurationError(
            f"expected choose 'argmax' for a search without a language model, got choose={options.choose!r}: acts of "
            "games are not rewritten",
            parameters=["choose"],
        )


def _config(search: Search, **options: object) -> ModelConfig:
    return ModelConfig(settings={"search": VERSION, "game": search.imagination.game.id, **options})


def _why(value: float, futures: Sequence[Sequence[Imagined]]) -> str:
    """Return the value of an act with the last reply of each imagined future."""
    last = [future[-1] for future in futures if future]
    replies = dict.fromkeys(f"{one.by} thinks: {one.mind} {one.by} {one.act.words}" for one in last)
    return f"The expected score is {value:.2f}. Last expected reply: {' Or: '.join(replies) or 'none.'}"


def _decision(act: Act, considered: Sequence[Considered], what: str) -> Decision:
    highest = max(one.value or 0.0 for one in considered)
    equal = sum(round(one.value or 0.0, _DIGITS) == round(highest, _DIGITS) for one in considered)
    also = f" {equal} acts have this score." if equal > 1 else ""
    return Decision(act=act, considered=tuple(considered), why=f"The {what} is the highest, {highest:.2f}.{also}")
