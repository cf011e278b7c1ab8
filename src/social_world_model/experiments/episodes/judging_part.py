"""One judge on one run of episodes: ask for verdicts, store each verdict, and continue after an interruption."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

from social_world_model.contracts import Reply
from social_world_model.errors import (
    EndpointError,
    GenerationError,
    RefusalError,
    SocialWorldModelError,
    UnparsableOutputError,
)
from social_world_model.evaluation.verdicts import EpisodeCase, VerdictParser
from social_world_model.experiments.accounts import Accounts
from social_world_model.experiments.episodes.judging_plan import FolderToJudge, Judge, JudgedEpisode, kept_verdict
from social_world_model.experiments.episodes.verdicts import (
    JudgedOrder,
    StoredVerdict,
    VerdictStatus,
    verdicts_folder,
    write_verdict,
)
from social_world_model.experiments.many_runs import Turn
from social_world_model.experiments.progress import Progress
from social_world_model.experiments.work import Work
from social_world_model.generation_utils.clients import Clients
from social_world_model.generation_utils.reading import UnfitReply
from social_world_model.generation_utils.structured import generate_until_fit
from social_world_model.plugins import loaded
from social_world_model.runs.flight import ENDING
from social_world_model.runs.journal import Journal, journaled_usage
from social_world_model.runs.manifest import FILE_NAME as MANIFEST
from social_world_model.runs.manifest import hashed, write_data
from social_world_model.runs.names import file_stem
from social_world_model.runs.store import ResultStore
from social_world_model.runs.usages import usage_data
from social_world_model.settings import JudgingSettings, manifest_settings
from social_world_model.usage import NO_USAGE, Usage

JUDGED: VerdictStatus = "judged"
KIND = "verdicts"
"""Kind of run in the manifest."""


@dataclass(frozen=True, kw_only=True)
class JudgedFolder:
    """Verdicts of one judge on one run of episodes.

    Parameters
    ----------
    run
        The run of episodes.
    judge
        Name of the judge.
    folder
        Folder of the verdicts.
    verdicts
        Verdicts by index of the episode.
    kept
        Number of verdicts that an earlier command made.
    stopped
        Why the judging stopped early; None if it did not stop.
    notes
        Remarks about stored files.
    """

    run: FolderToJudge
    judge: str
    folder: Path
    verdicts: Mapping[str, StoredVerdict] = field(default_factory=dict)
    kept: int = 0
    stopped: str | None = None
    notes: tuple[str, ...] = ()

    def count(self, status: VerdictStatus) -> int:
        """Return the number of verdicts with a status.

        Parameters
        ----------
        status
            Status to count.
        """
        return sum(verdict.status == status for verdict in self.verdicts.values())

    @property
    def is_complete(self) -> bool:
        """Whether there are scores for each episode."""
        return self.stopped is None and self.count(JUDGED) == len(self.run.episodes)


class JudgingPart:
    """The work of one judge on one run of episodes.

    Parameters
    ----------
    settings
        Settings of the judging.
    run, judge
        The run of episodes, and the judge.
    shared
        Clients of the whole judging. All parts share the models and the limits on calls.
    report
        Function that is called after every verdict, and twice per second.

    Attributes
    ----------
    verdicts
        Verdicts by index of the episode, without the replies of the judge.
    kept
        Number of verdicts that an earlier command made.
    stopped
        Why the work stopped early; None if it did not stop.
    is_dead
        Whether it stopped because the judge cannot be reached.
    """

    def __init__(
        self,
        settings: JudgingSettings,
        run: FolderToJudge,
        judge: Judge,
        *,
        shared: Clients,
        report: Callable[[], None],
    ) -> None:
        self.settings, self.run, self.judge = settings, run, judge
        self.clients = Clients(settings, shared.calls.on_problem, within=shared)
        self.clients.calls.first_wait = shared.calls.first_wait
        self.clients.model(judge.model.name)
        self.store = ResultStore(verdicts_folder(run.path, judge.name))
        self.journal, self.accounts = Journal(self.store.folder), Accounts(self.store.folder)
        self.work = Work(self.clients, self.journal, self.accounts, report=report, save=self._write_manifest)
        self.report = report
        self.verdicts: dict[str, StoredVerdict] = {}
        self.kept = 0
        self.stopped: str | None = None
        self.is_dead = False
        self.notes: list[str] = []

    def result(self) -> JudgedFolder:
        """Return the verdicts."""
        return JudgedFolder(
            run=self.run,
            judge=self.judge.name,
            folder=self.store.folder,
            verdicts=dict(self.verdicts),
            kept=self.kept,
            stopped=self.stopped or self.work.stopped,
            notes=tuple(self.notes),
        )

    def progress(self) -> Progress:
        """Return the progress of the part."""
        calls = self.clients.calls
        return Progress(
            total=len(self.run.episodes),
            kept=self.kept,
            done=len(self.verdicts) - self.kept,
            failed=sum(verdict.status != JUDGED for verdict in self.verdicts.values()),
            in_flight=calls.active,
            per_minute=calls.per_minute,
            retries=calls.retries,
            usage=calls.spent,
        )

    async def execute(self, turn: Turn) -> None:
        """Judge all episodes that have no valid verdict.

        Parameters
        ----------
        turn
            Connection with the parts that come after this one.
        """
        try:
            with self.store.locked():
                todo = self._prepare()
                self.notes += self.work.open({self.judge.key(episode) for episode in todo})
                jobs = [partial(self._judge, episode) for episode in todo]
                await self.work.do(jobs, self._is_finished, all_started=turn.all_started, owner=turn.owner)
        except SocialWorldModelError as error:  # for example, another process uses the folder
            self.stopped = str(error)

    def _is_finished(self) -> bool:
        return all(verdict.status in ("judged", "refused") for verdict in self.verdicts.values())

    def _prepare(self) -> list[JudgedEpisode]:
        """Prepare the folder, load finished verdicts, and return the open episodes."""
        if self.settings.continue_mode == "new" and (aside := self.store.move_aside()) is not None:
            self.notes.append(f"earlier verdicts were moved to {aside}")
        self.store.open()
        todo, stale, spent, finished = [], [], NO_USAGE, set[str]()
        for episode in self.run.episodes:
            known, is_kept = kept_verdict(self.run.path, self.judge, episode)
            if known is not None and is_kept:
                self._add(episode, known)
                self.kept += 1
                spent += known.usage
                finished.add(known.verdict_key)
                continue
            todo.append(episode)
            if known is not None and known.verdict_key != self.judge.key(episode):
                stale.append(episode.index)
        if stale and (aside := self.store.move_aside(stale)) is not None:
            files = "1 earlier verdict was" if len(stale) == 1 else f"{len(stale)} earlier verdicts were"
            self.notes.append(f"{files} moved to {aside}, because the episode, the prompt or the model was different")
        self.notes += self.accounts.read(spent + journaled_usage(self.store.folder, finished))
        return todo

    def _add(self, episode: JudgedEpisode, verdict: StoredVerdict) -> None:
        orders = tuple(replace(order, response="", why={}) for order in verdict.orders)
        self.verdicts[episode.index] = replace(verdict, orders=orders, raw="")

    async def _judge(self, episode: JudgedEpisode) -> None:
        verdict = await self._verdict(episode)
        write_verdict(self.store.folder / f"{file_stem(episode.index)}.json", verdict)
        self._add(episode, verdict)
        self.report()

    async def _verdict(self, episode: JudgedEpisode) -> StoredVerdict:
        """Ask the judge in all orders of the people. Without scores in one order, there are no scores."""
        key = self.judge.key(episode)
        made = StoredVerdict(
            task=episode.task,
            repeat=episode.repeat,
            episode_key=episode.episode_key,
            judge=self.judge.name,
            verdict_key=key,
            status="error",
            why=episode.problem,
        )
        if (case := episode.case) is None:
            return made
        asked = [self._order(case, order, key, number) for number, order in enumerate(case.orders)]
        outcomes = await asyncio.gather(*asked, return_exceptions=True)  # a paid reply is stored in any case
        failed = [one for one in outcomes if isinstance(one, BaseException)]
        for error in failed:
            if isinstance(error, ENDING) or not isinstance(error, GenerationError):
                self.is_dead |= isinstance(error, EndpointError)
                raise error
        done = [one for one in outcomes if not isinstance(one, BaseException)]
        usage = sum([used for _, used in done] + [getattr(one, "usage", None) or NO_USAGE for one in failed], NO_USAGE)
        if failed:
            raw = getattr(failed[0], "raw", None) or ""
            return replace(made, status=_status(failed), why=str(failed[0]), raw=raw, usage=usage)
        return replace(made, status=JUDGED, orders=tuple(order for order, _ in done), usage=usage)

    async def _order(
        self, case: EpisodeCase, order: tuple[str, ...], key: str, number: int
    ) -> tuple[JudgedOrder, Usage]:
        """Return the scores of a stored reply, or ask the judge."""
        parser, reply_key = VerdictParser(order), f"{key}-{number}"
        reply = self.journal.find(reply_key)
        try:
            verdict = None if reply is None else parser.parse(reply.response)
        except UnfitReply:  # another version of this package stored the reply
            verdict = None
        if reply is None or verdict is None:
            prompt = self.judge.prompt(case, order)
            made = await generate_until_fit(self.judge.model, prompt, parser, self.clients.calls, "judge")
            verdict, reply = made.value, Reply(response=made.completion.text, usage=made.usage)
            self.journal.keep(key, reply_key, reply)
        people = JudgedOrder(people=list(order), scores=verdict.scores, why=verdict.why, response=reply.response)
        return people, reply.usage

    def _write_manifest(self) -> None:
        name, settings = self.judge.model.name, self.settings
        about = {
            "version": version("social-world-model"),
            "command": list(settings.command),
            "kind": KIND,
            "judge": self.judge.name,
            "model": name,
            "rubric": settings.rubric,
            "valued_acts": self.run.is_valued_by(name),
            "same_family": self.run.relatives(name),
            "seed": settings.seed,
            "settings": {
                **manifest_settings(settings),
                "models": {"judge": self.judge.sampling.chosen},
                "understood": self.clients.capabilities(),
            },
            "prompts": hashed(self.judge.config()),
            "started": self.work.times[0],
            "ended": self.work.times[1],
            "stopped": self.work.stopped,
            "counts": dict(Counter(verdict.status for verdict in self.verdicts.values())),
            "usage": usage_data(self.accounts.usage(self.clients.calls)),
            "plug_ins": [one.data() for one in loaded()],
        }
        write_data(self.store.folder / MANIFEST, about)


def _status(failed: Sequence[BaseException]) -> VerdictStatus:
    if isinstance(failed[0], RefusalError):
        return "refused"
    return "unparsable" if isinstance(failed[0], UnparsableOutputError) else "error"
