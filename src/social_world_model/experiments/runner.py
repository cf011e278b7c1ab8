"""Execute a plan: answer the open questions, and store and count the results."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from social_world_model.benchmarks.counting import ItemResult
from social_world_model.contracts import BadRow, Item
from social_world_model.errors import shortened
from social_world_model.experiments.accounts import Accounts
from social_world_model.experiments.answering import answer_item
from social_world_model.experiments.context_warnings import WarnedContexts
from social_world_model.experiments.contexts import ContextSource, SharedContexts
from social_world_model.experiments.dry import check_queries
from social_world_model.experiments.item_results import bad_row_result, item_result_of
from social_world_model.experiments.kept import context_sources, kept_of, notes_of
from social_world_model.experiments.manifests import manifest_of
from social_world_model.experiments.models import Models
from social_world_model.experiments.plan import Plan
from social_world_model.experiments.progress import Progress, RunResult, is_failure
from social_world_model.experiments.sharing import share_contexts
from social_world_model.experiments.verdicts import Verdicts
from social_world_model.experiments.work import Work
from social_world_model.runs.journal import Journal
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore
from social_world_model.usage import NO_USAGE, Usage


@dataclass(frozen=True)
class SweepPart:
    """Connection between a run and its sweep.

    Parameters
    ----------
    contexts
        Contexts that the runs of the sweep share.
    all_started
        Function that is called when all items of the run are started and a call is free. The next run may then start.
    owner
        Task whose cancellation stops the run. None means the current task.
    """

    contexts: SharedContexts = field(default_factory=SharedContexts)
    all_started: Callable[[], None] = lambda: None
    owner: asyncio.Task[Any] | None = None


class Runner:
    """Executor of one plan.

    Parameters
    ----------
    plan, models
        Plan and models of the run.
    on_progress
        Callback that receives the progress after every item, and twice per second.
    part
        Connection to the sweep; None if the run is not a part of a sweep.
    """

    def __init__(
        self,
        plan: Plan,
        models: Models,
        on_progress: Callable[[Progress], None] = lambda _: None,
        part: SweepPart | None = None,
    ) -> None:
        settings = plan.settings
        self.plan = plan
        self.models = models
        self.on_progress = on_progress
        self.store = ResultStore(plan.folder)
        self.journal = Journal(plan.folder if settings.save and plan.mode.answers else None)
        self.accounts = Accounts(plan.folder if settings.save else None)
        self.work = Work(
            models.clients,
            self.journal,
            self.accounts,
            report=lambda: self.on_progress(self._progress()),
            save=self._write_manifest,
        )
        self.part = part or SweepPart()
        self.sources: Sequence[ContextSource] = ()
        self.notes = list(plan.dataset.notes)
        self.errors: list[str] = []
        self.outcomes: dict[str, ItemResult] = {}
        self.warned = WarnedContexts()
        self.kept = 0
        self.failed = 0

    async def execute(self) -> RunResult:
        """Execute the plan; see `Run.execute`."""
        with self.store.locked() if self.plan.settings.save else nullcontext():
            try:
                await self._execute()
            finally:
                for source in self.sources:
                    source.close()
        return self._result()

    async def _execute(self) -> None:
        todo = self._prepare()
        items = [row for row in todo if isinstance(row, Item)]
        await check_queries(self.plan, self.models, items)
        self.notes += self.work.open({self.plan.item_key(item) for item in items})
        work, part = [partial(self._do, row) for row in todo], self.part
        await self.work.do(work, self._is_finished, all_started=part.all_started, owner=part.owner)

    def _is_finished(self) -> bool:
        return all(outcome.status != "error" for outcome in self.outcomes.values())

    def _prepare(self) -> Sequence[Item | BadRow]:
        """Prepare the folders, load the results of earlier runs, and return the open rows."""
        settings = self.plan.settings
        if settings.save:
            if settings.continue_mode == "new" and (aside := self.store.move_aside()) is not None:
                self.notes.append(f"earlier results were moved to {aside}")
            self.store.open()
        self.sources = context_sources(self.plan, self.models, self.part.contexts)
        self.notes += notes_of(self.sources)
        kept = kept_of(self.plan, self.store, self.sources)
        if settings.save:
            self.notes += self.accounts.read(kept.spent)
            share_contexts(self.plan, self.sources, kept, self.accounts, self.models.calls.on_problem)
        self.kept = len(kept.done)
        verdicts = Verdicts(self.plan.benchmark, settings.scorer)
        for item, result in kept.done:
            self._count(item, verdicts.checked(_current(item, result)))
        self.notes += verdicts.notes()
        if kept.stale and (aside := self.store.move_aside(kept.stale)) is not None:
            files = "1 earlier file was" if len(kept.stale) == 1 else f"{len(kept.stale)} earlier files were"
            self.notes.append(f"{files} moved to {aside}, because the answers are not valid for this run")
        return kept.todo

    async def _do(self, row: Item | BadRow) -> None:
        """Answer one row, and store and count the result."""
        if isinstance(row, BadRow):
            result = Result(index=row.index, status="error", error=row.message)
        else:
            result = await answer_item(self.plan, self.models, row, self.sources, self.journal)
        if self.plan.settings.save:
            self.store.write(result)
        if result.status in ("unparsable", "refused") and result.item_key is not None:
            self.journal.forget(result.item_key)
        if result.error is not None:
            self.errors.append(f"{shortened(row.index, 40)!r}: {result.error}")
        self._count(row, result)
        self.failed += is_failure(result.status)
        self.on_progress(self._progress())

    def _count(self, row: Item | BadRow, result: Result) -> None:
        if isinstance(row, BadRow):
            self.outcomes[row.index] = bad_row_result(row.index)
            return
        self.outcomes[row.index] = item_result_of(_current(row, result))
        self.warned.add(result)

    def _progress(self) -> Progress:
        calls = self.models.calls
        return Progress(
            total=len(self.plan.dataset.rows),
            kept=self.kept,
            done=len(self.outcomes) - self.kept,
            failed=self.failed,
            in_flight=calls.active,
            per_minute=calls.per_minute,
            retries=calls.retries,
            usage=calls.spent,
        )

    def _result(self) -> RunResult:
        plan = self.plan
        return RunResult(
            settings=plan.settings,
            dataset=plan.dataset,
            no_gold=plan.no_gold,
            outcomes=tuple(self.outcomes[row.index] for row in plan.dataset.rows if row.index in self.outcomes),
            folder=self.store.folder if plan.settings.save else None,
            kept=self.kept,
            contexts_found=sum(source.found for source in self.sources),
            contexts_made=sum(source.made for source in self.sources),
            errors=tuple(self.errors),
            usage=dict(self.models.calls.usage),
            shared_contexts=self._charged(),
            stopped=self.work.stopped,
            notes=(*self.notes, *self.warned.notes()),
        )

    def _charged(self) -> Usage:
        """Return the usage of the contexts that other runs paid for."""
        return sum((source.charged for source in self.sources), NO_USAGE)

    def _write_manifest(self) -> None:
        if not self.plan.settings.save:
            return
        manifest_of(
            self.plan,
            self.models,
            usage=self.accounts.usage(self.models.calls),
            shared_contexts=self.accounts.before.shared_contexts + self._charged(),
            counts=Counter(outcome.status for outcome in self.outcomes.values()),
            times=self.work.times,
            stopped=self.work.stopped,
        ).write(self.store.folder)


def _current(item: Item, result: Result) -> Result:
    """Return a stored result of an item. The current data set has priority over fields of an older result."""
    return replace(
        result,
        set_id=item.set_id,
        cluster_id=item.cluster_id,
        correct_answer=item.correct_answer,
        fields=item.fields,
    )
