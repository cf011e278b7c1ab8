"""Settings of episodes: which agents play which scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from social_world_model.choices import Choose, ContinueMode, Simulate, Value
from social_world_model.settings.calls import CallSettings
from social_world_model.settings.declaring import Option


@dataclass(frozen=True, kw_only=True)
class EpisodeSettings(CallSettings):
    """Settings of episodes.

    Parameters
    ----------
    scenario
        Name of a source of scenarios.
    data
        Data file of the scenarios; None for games.
    task
        Ids of the tasks to play. Empty means all tasks.
    seats
        ``"both"`` plays an episode for each main seat of a scenario. Otherwise, the name of a seat, or a JSON file.
    agent, partner
        Kind of the agent in the seat of the task, and kind of the agents in all other seats. A `partner` of None means
        ``"habit"`` in games. Otherwise, it means ``"plain"``, or ``"random"`` if there is no model.
    model_name, world_model, partner_model
        Language models of the agent, of its imagination, and of the partners. A `world_model` of None means the model
        of the agent. A `partner_model` of None means the model of the agent, if the partner needs a model.
    candidates, horizon, samples, simulate, value, choose
        Options of agents with foresight; see `AgentOptions`.
    many
        Whether an agent may imagine more than 200 replies per turn.
    repeats
        Number of episodes per task. Each episode has another seed.
    max_turns
        Maximum number of turns; None means the maximum of the scenario.
    limit
        Number of tasks to use from the start of the data. None means all tasks.
    shard
        Part of the tasks to play, such as ``"1/4"``. None means all of these tasks.
    save
        Whether to store episodes. None means that episodes are stored if a language model takes part.
    continue_mode
        ``"continue"`` keeps finished episodes, and continues the others. ``"new"`` renames an existing folder.
    output_dir
        Parent folder of all result folders.
    seed
        Seed of the first episode of a task; None means 0. The next repeat adds 1. Models that support a seed get the
        seed of the episode; None means no seed for models. The name of the folder has the seed, unless it is None.
    temperature
        Sampling temperature of all agents; None means 0.7.
    aa
        Whether the run belongs to an A/A pair: two runs of the same agent that differ only in the seed.
    command
        Command line that started the run.
    """

    scenario: Annotated[
        str,
        Option(
            help="Scenario: stash, errand, bargain (games without a language model), sotopia, openspiel-GAME, or "
            "a scenario of a plug-in (see swm list scenarios).",
            typed="positional",
        ),
    ]
    data: Annotated[Path | None, Option(help="Data file of the scenarios. Games have none.", in_manifest=False)] = None
    task: Annotated[
        tuple[str, ...],
        Option(
            help="Task: SCENARIO or SCENARIO/SEAT, such as craigslist_bargains_00002/0/2. Repeatable. "
            "Default: all tasks, or the first task for swm play.",
            typed="list",
        ),
    ] = ()
    seats: Annotated[
        str,
        Option(
            help="Seats that the agent plays: both, the name of a seat, or an EnvironmentList file of SOTOPIA in JSON."
        ),
    ] = "both"
    agent: Annotated[
        str,
        Option(
            help="Agent: plain, cot, reflect, best-of, mind, foresee-paper, foresee, habit, random, scripted:FILE, or "
            "an agent of a plug-in (see swm list agents)."
        ),
    ] = "foresee"
    model_name: Annotated[
        str | None,
        Option(help="Language model of the agent. Games need none for the agents foresee, best-of and habit."),
    ] = None
    world_model: Annotated[
        str | None,
        Option(help="Language model that imagines replies, for agents with foresight. Default: the agent's model."),
    ] = None
    partner: Annotated[
        str | None,
        Option(help="Agent in the other seats. Default: habit in games; otherwise plain, or random without a model."),
    ] = None
    partner_model: Annotated[
        str | None, Option(help="Language model of the partner. Default: the agent's model, if the partner needs one.")
    ] = None
    candidates: Annotated[int, Option(help="Number of acts that the agent considers per turn.", least=1)] = 3
    horizon: Annotated[int, Option(help="Number of replies of the partner to imagine for each act.", least=1)] = 1
    samples: Annotated[int, Option(help="Number of imagined futures per act.", least=1)] = 1
    simulate: Annotated[
        Simulate,
        Option(
            help="What the imagined partner knows. memory: what the agent thinks that the partner perceived. "
            "omniscient: everything that the agent knows (an ablation)."
        ),
    ] = "memory"
    value: Annotated[
        Value,
        Option(
            help="How imagined futures are valued. goal: by the agent's own goal. rubric: by all dimensions of "
            "SOTOPIA. exact: by the score of a game."
        ),
    ] = "goal"
    choose: Annotated[
        Choose, Option(help="argmax: play the best act unchanged. rewrite: let the model reword the act first.")
    ] = "argmax"
    many: Annotated[
        bool,
        Option(help="Allow more than 200 imagined replies per turn.", flags=("--yes",), in_manifest=False),
    ] = False
    repeats: Annotated[int, Option(help="Number of episodes per task, each with another seed.", least=1)] = 1
    max_turns: Annotated[
        int | None, Option(help="Maximum number of turns. Default: the maximum of the scenario.", least=1)
    ] = None
    limit: Annotated[int | None, Option(help="Use only the first N tasks.", least=1)] = None
    shard: Annotated[
        str | None,
        Option(
            help="Part I/N of the tasks, such as 1/4. Each part has its own folder, so that several processes or "
            "machines can share the work. swm report merges the parts."
        ),
    ] = None
    save: Annotated[
        bool | None,
        Option(
            help="Store episodes, or do not store them. Default: store them if a language model takes part.",
            flags=("--save/--no-save",),
            in_manifest=False,
        ),
    ] = None
    continue_mode: Annotated[
        ContinueMode,
        Option(
            help="continue: keep finished episodes, and continue the others; new: move earlier episodes to "
            "FOLDER.old-N and start again.",
            in_manifest=False,
        ),
    ] = "continue"
    output_dir: Annotated[Path, Option(help="Folder for results.", in_manifest=False)] = Path("data")
    seed: Annotated[
        int | None,
        Option(
            help="Random seed of the first episode of each task. The next repeat adds 1. Models that support a seed "
            "get the seed of the episode. Default: 0 for episodes; no seed for models.",
            in_manifest=False,
        ),
    ] = None
    temperature: Annotated[
        float | None, Option(help="Sampling temperature of all agents. Default: 0.7.", least=0, in_manifest=False)
    ] = None
    aa: Annotated[bool, Option(typed="nothing")] = False
    command: Annotated[tuple[str, ...], Option(typed="nothing", in_manifest=False)] = ()
