"""Runs of episodes on disk, made by hand: a score per episode, acts of a given length, and verdicts of judges."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from social_world_model.experiments.episodes.files import StoredEpisode, write_episode
from social_world_model.experiments.episodes.verdicts import JudgedOrder, StoredVerdict, verdicts_folder, write_verdict
from social_world_model.runs.names import file_stem
from social_world_model.scenarios.dimensions import DIMENSIONS

ENVIRONMENTS = tuple(f"env{number:02}" for number in range(14))
CAST = ["Ann", "Bob"]
USED = {"requests": 2, "input_tokens": 900, "output_tokens": 100, "cost": None}
Goal = Callable[[str, str, int], float | None]
"""Goal of an episode by environment, seat and repeat; None for an episode that failed."""


def write_cell(
    folder: Path,
    goal: Goal,
    *,
    agent: str = "plain",
    model: str = "gpt-4.1",
    world_model: str = "",
    partner_model: str = "gpt-4o",
    seed: int | None = None,
    judges: Mapping[str, Callable[[float], tuple[float, float]] | None] | None = None,
    environments: Sequence[str] = ENVIRONMENTS,
    repeats: int = 1,
    length: Callable[[float], int] = lambda goal: 40,
    scenario: str = "sotopia",
    value_model: str = "",
    **settings: Any,
) -> Path:
    """Write a run of episodes.

    Parameters
    ----------
    folder
        Folder to write.
    goal
        Goal of an episode by environment, seat and repeat; None for an episode that failed.
    agent, model, world_model, partner_model, seed, scenario, settings
        What the manifest says.
    judges
        For each judge, a function from the goal to its two scores: with the person first, and last. None stands for a
        judge whose replies cannot be read. Without judges, the goal is the score of a game.
    environments, repeats
        Environments, and number of episodes per environment and seat.
    length
        Length of each act, by goal.
    value_model
        Model that valued acts of the agent; empty if there is none.
    """
    folder.mkdir(parents=True)
    name = "_".join(filter(None, (agent, model, world_model)))
    manifest = {
        "kind": "episodes",
        "scenario": scenario,
        "agent": name,
        "partner": f"plain_{partner_model}",
        "dataset": "hard.json",
        "data_sha256": "ab" * 32,
        "seed": seed,
        "settings": {
            "model_name": model,
            "world_model": world_model or None,
            "partner_model": partner_model,
            "max_turns": None,
            **settings,
        },
    }
    (folder / "run.json").write_text(json.dumps(manifest), encoding="utf-8")
    for environment in environments:
        for seat in ("1", "2"):
            for repeat in range(repeats):
                found = goal(environment, seat, repeat)
                episode = _episode(environment, seat, repeat, found, length, value_model or model, seed or 0)
                if judges is None and found is not None:
                    episode = StoredEpisode(**{**vars(episode), "scores": {episode.person: {"goal": found}}})
                write_episode(folder / f"{file_stem(episode.index)}.json", episode)
                for judge, scored in (judges or {}).items():
                    if found is not None:
                        _write_verdict(folder, episode, judge, None if scored is None else scored(found))
    return folder


def _episode(
    environment: str,
    seat: str,
    repeat: int,
    goal: float | None,
    length: Callable[[float], int],
    value_model: str,
    seed: int,
) -> StoredEpisode:
    person = CAST[int(seat) - 1]
    act = {"kind": "speak", "text": "a" * length(goal or 0.0), "to": []}
    reply = {"kind": "speak", "text": "yes", "to": []}
    imagined = {"by": next(name for name in CAST if name != person), "mind": "", "act": reply, "state": ""}
    call = {"role": "value", "place": "", "model": value_model, "usage": USED}
    considered = [{"act": act, "value": None, "why": "", "replies": [[imagined]]}]
    mine = {"act": act, "why": "", "considered": considered, "calls": [call], "seconds": 0.5}
    other = {"act": reply, "why": "", "considered": [], "calls": [], "seconds": 0.1}
    decisions = ({person: mine}, {imagined["by"]: other})
    return StoredEpisode(
        task=f"{environment}/0/{seat}",
        repeat=repeat,
        environment=environment,
        seat=seat,
        person=person,
        cast=CAST,
        seed=seed + repeat,
        status="error" if goal is None else "played",
        why_over="endpoint" if goal is None else "over",
        turns=[{"number": n, "happenings": ["x"], "decisions": one} for n, one in enumerate(decisions, start=1)],
        episode_key=f"{environment}{seat}{repeat}{seed}",
    )


def _write_verdict(folder: Path, episode: StoredEpisode, judge: str, goals: tuple[float, float] | None) -> None:
    orders = []
    people = [episode.person, *(name for name in CAST if name != episode.person)]
    for listed, goal in zip((people, people[::-1]), goals or (), strict=False):
        scores = {name: {**dict.fromkeys(DIMENSIONS, 0.0), "goal": 5.0} for name in listed}
        scores[episode.person]["goal"] = goal
        orders.append(JudgedOrder(people=listed, scores=scores))
    verdict = StoredVerdict(
        task=episode.task,
        repeat=episode.repeat,
        episode_key=episode.episode_key,
        judge=judge,
        status="judged" if orders else "unparsable",
        orders=tuple(orders),
    )
    target = verdicts_folder(folder, judge)
    if not target.exists():
        target.mkdir(parents=True)
        manifest = {"kind": "verdicts", "judge": judge, "model": judge}
        (target / "run.json").write_text(json.dumps(manifest), encoding="utf-8")
    write_verdict(target / f"{file_stem(episode.index)}.json", verdict)
