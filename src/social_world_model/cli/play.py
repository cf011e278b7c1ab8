"""``swm play``: play one episode, and show it turn by turn."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import typer

from social_world_model.cli.options import NOTHING_SAVED, ended_by_ctrl_c, run_until_stopped
from social_world_model.cli.signatures import made, options_of
from social_world_model.settings import EpisodeSettings

KEPT = "the finished calls are saved; run the same command to continue"
OF_RUNS = ("seats", "repeats", "limit", "shard", "command")
"""Settings of runs with many episodes."""


@options_of(EpisodeSettings, without=OF_RUNS, renamed={"seat": "--as", "max_replies": "--yes"})
def play(
    given: Mapping[str, Any],
    as_seat: Annotated[
        str | None, typer.Option("--as", help="Seat that you play yourself. The agent plays another seat.")
    ] = None,
) -> None:
    """Play one episode, and show it turn by turn.

    For each act, the command shows which acts the agent considered, which replies it imagined, and why it chose the
    act. With --as, you play one of the seats.

    Exit status: 0 if the episode was played to its end; 1 if a model failed; 2 after a usage, data or configuration
    error; 130 if interrupted.
    """
    settings = made(EpisodeSettings, given, command=tuple(sys.argv))

    from social_world_model.agents.human import HumanAgent
    from social_world_model.cli.episode_output import show_begin, show_end, show_turn
    from social_world_model.cli.progress import told
    from social_world_model.cli.streams import show_line
    from social_world_model.experiments.episodes.run import EpisodeRun

    people = {} if as_seat is None else {as_seat: HumanAgent(input, show_line)}
    run = EpisodeRun(
        replace(settings, limit=1),
        on_problem=lambda problem: print(f"problem: {told(problem)}", file=sys.stderr),
        on_turn=show_turn if as_seat is None else lambda task, turn: None,
        people=people,
    )
    show_begin(run.plan)
    with ended_by_ctrl_c(KEPT if run.plan.saves else NOTHING_SAVED):
        result = run_until_stopped(run.execute())
    show_end(result, with_turns=as_seat is not None)
    raise typer.Exit(1 if result.failed or result.stopped else 0)
