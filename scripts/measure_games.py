"""Measure agents in the three games: mean scores with 95 % confidence intervals, and the number of imagined turns.

uv run python scripts/measure_games.py [--seeds 200]

No agent needs a language model. The same number of seeds gives the same figures. The intervals are t intervals over
seeds. In Bargain, the seeds are the 15 types of sellers, so the means are exact and have no interval.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from social_world_model.agents.habit import Habit, game_of, listed
from social_world_model.agents.loop import play
from social_world_model.agents.making import AgentOptions, Seat
from social_world_model.agents.search import Planner, Search, greedy
from social_world_model.agents.worlds import ImaginedGame
from social_world_model.choices import Simulate
from social_world_model.contracts import ModelConfig
from social_world_model.interaction import Agent, Decision, Observation, State
from social_world_model.reports.clusters import student
from social_world_model.scenarios import Game, get_scenarios
from social_world_model.scenarios.bargain import TYPES

HORIZONS = (1, 2, 3, 6)
SIMULATIONS: tuple[Simulate, ...] = ("memory", "omniscient")


@dataclass(frozen=True)
class Random:
    """Agent that plays an available act at random."""

    seed: int
    name: str = "random"

    @property
    def config(self) -> ModelConfig:
        """The seed."""
        return ModelConfig(settings={"seed": self.seed})

    async def decide(self, observation: Observation) -> Decision:
        """Return a random act."""
        dice = random.Random(f"{self.seed}:{observation.turn}:{observation.me}")
        return Decision(act=dice.choice(listed(observation)))


@dataclass
class Measured:
    """Scores of an agent, and the number of imagined turns and of decisions."""

    scores: dict[int, float]
    imagined: int = 0
    decisions: int = 0


def measured(game: Game, make: Callable[[Seat], Agent], seeds: Sequence[int]) -> Measured:
    """Play the main seat of a game with an agent. The partner does the usual acts from its own memory."""
    found = Measured({})
    main = game.main_seats[0]
    for seed in seeds:
        state, _ = game.start(seed)
        seats = {name: Seat(name=name, scenario=game, state=state, seed=seed) for name in game.seats.values()}
        agents: dict[str, Agent] = {name: Habit(game_of(seat, "habit"), seat) for name, seat in seats.items()}
        me = game.seats[main]
        agents[me] = agent = make(seats[me])
        episode = asyncio.run(play(game, agents, seed))
        found.scores[seed] = episode.scores[me]["goal"]
        found.decisions += sum(me in turn.decisions for turn in episode.turns)
        if isinstance(agent, Planner):
            found.imagined += agent.search.imagined
    return found


def shown(scores: Sequence[float], sampled: bool) -> str:
    """Return a mean with its interval."""
    mean = f"{fmean(scores):.2f}"
    if not sampled or len(scores) < 2:
        return mean
    half = student(0.975, len(scores) - 1) * stdev(scores) / math.sqrt(len(scores))
    return f"{mean} ({fmean(scores) - half:.2f} to {fmean(scores) + half:.2f})"


def planner_of(horizon: int, simulate: Simulate) -> Callable[[Seat], Agent]:
    """Return a function that makes planners."""

    def make(seat: Seat) -> Agent:
        search = Search(ImaginedGame(game_of(seat, "foresee"), seat.name, simulate))
        own = Seat(
            name=seat.name,
            scenario=seat.scenario,
            state=seat.state,
            seed=seat.seed,
            options=AgentOptions(horizon=horizon, simulate=simulate),
        )
        return Planner(search, own)

    return make


def agents() -> Iterator[tuple[str, Callable[[Seat], Agent]]]:
    """Return all agents of the table, with their names."""
    yield "random", lambda seat: Random(seat.seed)
    yield "habit", lambda seat: Habit(game_of(seat, "habit"), seat)
    yield "best-of, no world model", greedy
    for simulate in SIMULATIONS:
        for horizon in HORIZONS:
            yield f"foresee, {simulate}, N={horizon}", planner_of(horizon, simulate)


def columns(seeds: int) -> dict[str, tuple[Game, Sequence[int]]]:
    """Return the seeds of each column."""
    games: Mapping[str, Game] = {name: get_scenarios(name)[0] for name in ("stash", "errand", "bargain")}  # type: ignore[misc]

    def winnable(state: State) -> bool:
        return not state["present"][-1]

    stash = games["stash"]
    return {
        "Stash, winnable seeds": (stash, [seed for seed in range(seeds) if winnable(stash.start(seed)[0])]),
        "Stash, all seeds": (stash, range(seeds)),
        "Errand": (games["errand"], range(seeds)),
        "Bargain, 15 types": (games["bargain"], range(len(TYPES))),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=200, help="Number of seeds of Stash and Errand")
    given = parser.parse_args()
    cells = columns(given.seeds)
    print(f"| agent | {' | '.join(cells)} |\n|---|{'---|' * len(cells)}", flush=True)
    imagined: dict[str, list[str]] = {}
    for name, make in agents():
        played = {game.id: (game, seeds) for game, seeds in cells.values()}  # of Stash: all seeds
        found = {id: measured(game, make, seeds) for id, (game, seeds) in played.items()}
        row = [
            shown([found[game.id].scores[seed] for seed in seeds], game.id != "bargain")
            for game, seeds in cells.values()
        ]
        print(f"| {name} | {' | '.join(row)} |", flush=True)
        if any(one.imagined for one in found.values()):
            per_decision = [found[name] for name in ("stash", "errand", "bargain")]
            imagined[name] = [f"{one.imagined / one.decisions:.1f}" for one in per_decision]
    print("\nImagined turns per decision. Each imagined turn simulates the partner once.\n")
    print("| agent | Stash | Errand | Bargain |\n|---|---|---|---|")
    for name, row in imagined.items():
        print(f"| {name} | {' | '.join(row)} |")


if __name__ == "__main__":
    main()
