"""Play episodes: start them when calls are free, store each one, and continue those that were interrupted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from social_world_model.agents.loop import PlayedTurn, play
from social_world_model.experiments.accounts import Accounts
from social_world_model.experiments.episodes.files import StoredEpisode, read_episode, stored, write_episode
from social_world_model.experiments.episodes.manifest import manifest_data
from social_world_model.experiments.episodes.plan import EpisodePlan, plan_episodes
from social_world_model.experiments.episodes.tasks import EpisodeTask
from social_world_model.experiments.progress import Progress
from social_world_model.experiments.work import Work
from social_world_model.generation_utils.clients import Clients
from social_world_model.generation_utils.sync import run_sync
from social_world_model.interaction import Agent
from social_world_model.runs.journal import Journal
from social_world_model.runs.manifest import FILE_NAME as MANIFEST
from social_world_model.runs.manifest import write_data
from social_world_model.runs.store import ResultStore
from social_world_model.settings import EpisodeSettings
from social_world_model.usage import NO_USAGE, Usage


@dataclass(frozen=True, kw_only=True)
class EpisodesResult:
    """Result of a run of episodes.

    Parameters
    ----------
    plan
        Plan of the run.
    episodes
        All episodes with an end, in the order of the tasks. Only the files of stored episodes have the contexts.
    folder
        Folder of the episodes; None if nothing was saved.
    kept
        Number of episodes that an earlier run played.
    usage
        Usage of this run's calls, by role.
    stopped
        Reason for an early stop; None if the run was not stopped.
    notes
        Remarks for readers of the report.
    """

    plan: EpisodePlan
    episodes: tuple[StoredEpisode, ...]
    folder: Path | None
    kept: int
    usage: Mapping[str, Usage] = field(default_factory=dict)
    stopped: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> int:
        """Number of episodes that ended in an error."""
        return sum(not episode.is_played for episode in self.episodes)


class EpisodeRun:
    """Run of episodes. Settings and data are checked when the object is created.

    Parameters
    ----------
    settings
        Settings of the run.
    on_progress
        Callback that receives the progress after every episode, and twice per second.
    on_problem
        Callback that receives a message about a problem with calls. Each kind of problem is reported once.
    on_turn
        Callback that receives each turn with its task.
    agent, partner
        Agents of the user, which replace the agents in the settings. See `agent_from`.
    people
        Agents of the user that play single seats, by seat.
    within
        Language models that several runs share, with their limits and their budget; None if the run is alone.

    Raises
    ------
    ConfigurationError
        If a name is unknown, if an agent needs a model, or if settings contradict each other.
    DatasetError
        If the data cannot be used.

    Examples
    --------
    >>> result = EpisodeRun(EpisodeSettings(scenario="stash", seed=3, horizon=6)).execute_sync()
    >>> result.failed
    0
    """

    def __init__(
        self,
        settings: EpisodeSettings,
        on_progress: Callable[[Progress], None] = lambda _: None,
        on_problem: Callable[[str], None] = lambda _: None,
        on_turn: Callable[[EpisodeTask, PlayedTurn], None] = lambda task, turn: None,
        *,
        agent: Agent | None = None,
        partner: Agent | None = None,
        people: Mapping[str, Agent] | None = None,
        within: Clients | None = None,
    ) -> None:
        self.clients = Clients(settings, on_problem, within)
        self.plan = plan_episodes(settings, self.clients, agent=agent, partner=partner, people=people)
        self.on_progress, self.on_turn = on_progress, on_turn
        self._saves = self.plan.saves
        self.store = ResultStore(self.plan.folder)
        self.journal = Journal(self.plan.folder if self._saves else None)
        self.accounts = Accounts(self.plan.folder if self._saves else None)
        self.work = Work(
            self.clients,
            self.journal,
            self.accounts,
            report=lambda: self.on_progress(self._progress()),
            save=self._write_manifest,
        )
        self.episodes: dict[str, StoredEpisode] = {}
        self.kept = 0
        self.notes: list[str] = []

    def execute_sync(self) -> EpisodesResult:
        """Play all episodes; see `execute`."""
        return run_sync(self.execute())

    async def execute(
        self, *, all_started: Callable[[], None] = lambda: None, owner: asyncio.Task[Any] | None = None
    ) -> EpisodesResult:
        """Play all open episodes, store each one, and return all.

        Parameters
        ----------
        all_started, owner
            The same as for `run_bounded`.

        Raises
        ------
        ConfigurationError
            If the folder cannot be written, or if another process writes to it.
        """
        with self.store.locked() if self._saves else nullcontext():
            await self._execute(all_started, owner)
        order = [task.index for task in self.plan.tasks]
        return EpisodesResult(
            plan=self.plan,
            episodes=tuple(self.episodes[index] for index in order if index in self.episodes),
            folder=self.plan.folder if self._saves else None,
            kept=self.kept,
            usage=dict(self.clients.calls.usage),
            stopped=self.work.stopped,
            notes=tuple(self.notes),
        )

    async def _execute(self, all_started: Callable[[], None], owner: asyncio.Task[Any] | None) -> None:
        todo = self._prepare()
        self.notes += self.work.open({self.plan.key(task) for task in todo})
        work = [partial(self._play, task) for task in todo]
        await self.work.do(work, self._is_finished, all_started=all_started, owner=owner)

    def _is_finished(self) -> bool:
        return all(one.is_played for one in self.episodes.values())

    def _prepare(self) -> list[EpisodeTask]:
        """Prepare the folder, load finished episodes, and return the open tasks."""
        if not self._saves:
            return list(self.plan.tasks)
        if self.plan.settings.continue_mode == "new" and (aside := self.store.move_aside()) is not None:
            self.notes.append(f"earlier episodes were moved to {aside}")
        self.store.open()
        todo, stale, spent = [], [], NO_USAGE
        for task in self.plan.tasks:
            known = self.plan.finished(task)
            if known is not None:
                self.episodes[task.index] = replace(known, context={})
                self.kept += 1
                spent += known.usage
                continue
            todo.append(task)
            other = read_episode(self.plan.path(task))
            if other is not None and other.is_played:
                stale.append(task.index)
        if stale and (aside := self.store.move_aside(stale)) is not None:
            files = "1 earlier episode was" if len(stale) == 1 else f"{len(stale)} earlier episodes were"
            self.notes.append(f"{files} moved to {aside}, because the episodes had other settings or prompts")
        self.notes += self.accounts.read(spent)
        return todo

    async def _play(self, task: EpisodeTask) -> None:
        agents = self.plan.agents(task, self.journal)
        episode = await play(
            task.scenario,
            agents,
            task.seed,
            max_turns=self.plan.settings.max_turns,
            on_turn=lambda turn: self.on_turn(task, turn),
        )
        made = stored(
            episode,
            task=task.id,
            repeat=task.repeat,
            seat=task.seat,
            person=task.person,
            episode_key=self.plan.key(task),
        )
        if self._saves:
            write_episode(self.plan.path(task), made)
            made = replace(made, context={})
        self.episodes[task.index] = made
        self.on_progress(self._progress())

    def _progress(self) -> Progress:
        calls = self.clients.calls
        return Progress(
            total=len(self.plan.tasks),
            kept=self.kept,
            done=len(self.episodes) - self.kept,
            failed=sum(not one.is_played for one in self.episodes.values()),
            in_flight=calls.active,
            per_minute=calls.per_minute,
            retries=calls.retries,
            usage=calls.spent,
        )

    def _write_manifest(self) -> None:
        if self._saves:
            about = manifest_data(
                self.plan,
                usage=self.accounts.usage(self.clients.calls),
                understood=self.clients.capabilities(),
                counts=Counter(episode.status for episode in self.episodes.values()),
                times=self.work.times,
                stopped=self.work.stopped,
            )
            write_data(self.store.folder / MANIFEST, about)
