"""Run a benchmark in a mode: load, answer what is not answered yet, store, count."""

from __future__ import annotations

import asyncio
import glob
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from social_world_model.benchmarks import Benchmark
from social_world_model.benchmarks.counting import ItemResult
from social_world_model.contracts import Answerer, BadRow, Item, Parser
from social_world_model.errors import (
    BudgetExceededError,
    ConfigurationError,
    EndpointError,
    MeaninglessError,
    SocialWorldModelError,
    shortened,
)
from social_world_model.experiments.contexts import ContextSource
from social_world_model.experiments.datasets import benchmark_of, check_readable, questions_of
from social_world_model.experiments.dry import check_queries
from social_world_model.experiments.manifests import manifest_of
from social_world_model.experiments.models import Models
from social_world_model.experiments.outcomes import failed, outcome_of, scored, unread
from social_world_model.experiments.samples import every, majority
from social_world_model.experiments.session import ItemSession
from social_world_model.experiments.settings import Progress, RunResult, is_failure
from social_world_model.modes import Mode, get_mode
from social_world_model.runs.flight import run_bounded
from social_world_model.runs.journal import Journal
from social_world_model.runs.keys import content_key, fingerprint
from social_world_model.runs.manifest import usage_so_far
from social_world_model.runs.names import context_folder, run_folder
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore
from social_world_model.settings import RunSettings
from social_world_model.symbolic.model import NAME, SymbolicModel
from social_world_model.usage import NO_USAGE, Usage
from social_world_model.variants import MARK

PROBLEMS_SHOWN = 3
PROGRESS_SECONDS = 0.5
MANIFEST_SECONDS = 10.0

ENDING = (ConfigurationError, EndpointError, BudgetExceededError)
"""What would be the same for every item: it ends the run, and no item is blamed for it."""


class Run:
    """A run, checked as far as that is possible before the first call.

    Parameters
    ----------
    settings
        What to run.
    on_progress
        Called after every item, and now and then.
    on_problem
        Told once for each kind of problem with a call.

    Raises
    ------
    ConfigurationError
        If benchmark, mode or model are unknown, do not go together, lack a key, or the output cannot be written.
    DatasetError
        If the data cannot be read.
    """

    def __init__(
        self,
        settings: RunSettings,
        on_progress: Callable[[Progress], None] = lambda _: None,
        on_problem: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.settings = settings
        self.on_progress = on_progress
        self.benchmark: Benchmark = benchmark_of(settings)
        self.mode: Mode = get_mode(settings.mode)
        self.models = Models(settings, on_problem)
        self._check_mode()
        self.answerer: Answerer | None = self.models.answerer(self.mode.temperature) if self.mode.answers else None
        draws = range(settings.context_samples if self.mode.uses_context else 0)
        self.parsers: list[Parser] = [self.models.parser(sample) for sample in draws]
        self.models.check()
        self._check_answerer()
        questions = questions_of(settings, self.benchmark, self.mode)
        self.dataset, self.no_gold = questions.dataset, questions.no_gold
        if settings.context_dir is None:
            for model, option in [(self.answerer, "--model-name"), *((one, "--context-model") for one in self.parsers)]:
                if isinstance(model, SymbolicModel):
                    check_readable(self.dataset, option)
        self.store = ResultStore(self._folder())
        self.contexts = [self._context_source(sample) for sample in range(len(self.parsers))]
        self.journal = Journal(self.store.folder if settings.save and self.answerer is not None else None)
        self.notes = list(self.dataset.notes)
        self.errors: list[str] = []
        self.outcomes: dict[str, ItemResult] = {}
        self.kept = 0
        self.failed = 0
        self.stopped: str | None = None
        self._configs = [fingerprint(model.config) for model in (self.answerer, *self.parsers) if model is not None]
        self._earlier = {} if settings.continue_mode == "new" else usage_so_far(self.store.folder)

    async def execute(self) -> RunResult:
        """Run it.

        A run that cannot go on (nobody answers, the budget is spent) ends with what was finished, and says so.

        Raises
        ------
        ConfigurationError
            If a model finds that it cannot do what it is asked; everything finished before is stored.
        """
        with self.store.locked() if self.settings.save else nullcontext():
            return await self._execute()

    async def _execute(self) -> RunResult:
        started = _now()
        folders = self._prepare_folders()
        self.look_for_contexts(folders)
        todo, others = self.split()
        items = [row for row in todo if isinstance(row, Item)]
        await check_queries(self, items)
        self._move_aside(others)
        self.journal.open({self._item_key(item) for item in items})
        self._write_manifest(started)
        ticker = asyncio.create_task(self._tick(started))
        try:
            if todo:
                await self.models.load()
            await run_bounded(self.models.calls.limit, (partial(self._do, row) for row in todo))
        except (EndpointError, BudgetExceededError) as error:
            self.stopped = str(error)
        except BaseException as error:
            self.stopped = str(error) or "interrupted"
            raise
        finally:
            ticker.cancel()
            await self.models.close()
            may_change = any(outcome.status == "error" for outcome in self.outcomes.values())
            self.journal.close(finished=self.stopped is None and not may_change)
            self._write_manifest(started, ended=_now())
        return self._result()

    def look_for_contexts(self, folders: Sequence[Path]) -> None:
        """Take up the contexts that lie in folders, and in the one the user named."""
        items = [row for row in self.dataset.rows if isinstance(row, Item)]
        for source in self.contexts:
            own = folders if source.sample == 0 else [folder / _sample_folder(source.sample) for folder in folders]
            source.look_into(own, items, self.settings.context_dir if source.sample == 0 else None)
            self.notes += source.problems[:PROBLEMS_SHOWN]
            if (more := len(source.problems) - PROBLEMS_SHOWN) > 0:
                self.notes.append(f"files that could not be used as contexts, beside these: {more}")

    def split(self) -> tuple[list[Item | BadRow], list[str]]:
        """Return the rows that are to be done, and the indices of earlier files that hold no answer to them."""
        if self.settings.continue_mode == "new" or not self.settings.save:
            return list(self.dataset.rows), []
        todo: list[Item | BadRow] = []
        others: list[str] = []
        for row in self.dataset.rows:
            record = self.store.read(row.index)
            if isinstance(row, Item) and record is not None and self._is_done(row, record):
                self.kept += 1
                self._count(row, record if self.mode.answers else replace(record, status="parsed", is_correct=None))
                continue
            todo.append(row)
            if self.store.has(row.index) if record is None else record.status in ("answered", "refused"):
                others.append(row.index)
        return todo, others

    def context_folders(self) -> list[Path]:
        """Return the folders of this run in which contexts may lie, those that were moved aside last."""
        own = list(dict.fromkeys([self._contexts_folder(), self.store.folder]))
        aside = [old for folder in own for old in folder.parent.glob(f"{glob.escape(folder.name)}.old-*")]
        as_it_is = self._contexts_folder(self.dataset.name.partition(MARK)[0])  # a variant may have the same stories
        return list(dict.fromkeys([*own, *sorted(aside, reverse=True), as_it_is]))

    def session(self, item: Item, source: ContextSource | None = None, sample: int = 0) -> ItemSession:
        """Return what the mode may use for one draw of an item."""
        draw = sample if source is None else source.sample * self.settings.samples + sample
        return ItemSession(
            item=item,
            item_key=self._item_key(item),
            answerer=self.answerer,
            contexts=source,
            journal=self.journal,
            benchmark=self.benchmark,
            form=self.settings.form,
            context_fields=self.settings.context_fields,
            sample=sample,
            draw=draw,
            alone=self.settings.samples == self.settings.context_samples == 1,
        )

    def _check_mode(self) -> None:
        settings = self.settings
        if settings.context_dir is not None and not settings.context_dir.is_dir():
            raise ConfigurationError(f"expected --context-dir to be a folder, got {settings.context_dir}")
        if not self.mode.answers and settings.model_name != NAME and settings.context_model == NAME:
            raise ConfigurationError(
                f"{self.mode.name} answers nothing: expected the model that makes contexts as --context-model, "
                f"got --model-name {settings.model_name}"
            )
        if settings.context_samples > 1 and not (self.mode.uses_context and self.mode.answers):
            raise ConfigurationError(
                f"expected --context-samples with a mode that answers from contexts, got {settings.mode}"
            )

    def _check_answerer(self) -> None:
        if self.answerer is None or self.answerer.usable_modes is None:
            return
        if self.mode.name not in self.answerer.usable_modes:
            raise MeaninglessError(
                f"expected a mode that {self.answerer.name} can answer in "
                f"({', '.join(sorted(self.answerer.usable_modes))}); got {self.mode.name}"
            )

    def _context_source(self, sample: int) -> ContextSource:
        keep = partial(self._keep_context, sample) if self.settings.save else None
        return ContextSource(self.parsers[sample], self.benchmark.guidance, keep, sample)

    def _folder(self) -> Path:
        settings, name = self.settings, self.benchmark.name
        if self.answerer is None:
            return self._contexts_folder()
        context_model = settings.context_model if self.mode.uses_context else None
        return run_folder(
            settings.output_dir, name, self.mode.name, self.answerer.name, self.dataset.name, context_model
        )

    def _contexts_folder(self, dataset: str = "") -> Path:
        settings = self.settings
        return context_folder(
            settings.output_dir, self.benchmark.name, dataset or self.dataset.name, settings.context_model
        )

    def _prepare_folders(self) -> list[Path]:
        """Move aside or open what is written to; return where contexts may lie."""
        if self.settings.save:
            if self.settings.continue_mode == "new" and (aside := self.store.move_aside()) is not None:
                self.notes.append(f"earlier results moved to {aside}")
            self.store.open()
            for source in self.contexts:
                self._contexts_store(source.sample).open()
        return self.context_folders()

    def _contexts_store(self, sample: int) -> ResultStore:
        return ResultStore(self._contexts_folder() / _sample_folder(sample) if sample else self._contexts_folder())

    def _move_aside(self, indices: Sequence[str]) -> None:
        aside = self.store.move_aside(indices) if indices else None
        if aside is not None:
            self.notes.append(f"earlier files that hold no answer to these questions, moved to {aside}: {len(indices)}")

    def _is_done(self, item: Item, record: Result) -> bool:
        if not self.mode.answers and record.socialized_context is not None:
            return record.context_key == self.contexts[0].key(item.narrative)
        if record.status not in ("answered", "refused") or record.item_key != self._item_key(item):
            return False
        return not self.contexts or self.contexts[0].is_of(record, item)

    def _item_key(self, item: Item) -> str:
        settings = self.settings
        return content_key(
            mode=self.mode.name,
            model=None if self.answerer is None else self.answerer.name,
            context_model=settings.context_model if self.mode.uses_context else None,
            recipes=self._configs,
            samples=[settings.samples, settings.context_samples],
            context_fields=settings.context_fields,
            guidance=self.benchmark.guidance,
            prompt_parts=dict(self.benchmark.prompt_parts),
            protocol=settings.protocol,
            **{part: getattr(item, name) for part, name in _ASKED.items()},
            fields={name: value for name, value in item.fields.items() if name not in self.benchmark.unkeyed},
        )

    async def _do(self, row: Item | BadRow) -> None:
        """Answer one row, store its record, count it."""
        if isinstance(row, BadRow):
            record = Result(index=row.index, status="error", error=row.message)
        else:
            record = await self._answer(row)
        if self.settings.save:
            self.store.write(record)
        if record.status in ("unparsable", "refused") and record.item_key is not None:
            self.journal.forget(record.item_key)
        if record.error is not None:
            self.errors.append(f"{shortened(row.index, 40)!r}: {record.error}")
        self._count(row, record)
        self.failed += is_failure(record.status)
        self.on_progress(self._progress())

    async def _answer(self, item: Item) -> Result:
        """Answer an item as often as it is to be asked."""
        sources: Sequence[ContextSource | None] = self.contexts or [None]
        draws = [
            self._draw(item, self.session(item, source, sample))
            for source in sources
            for sample in range(self.settings.samples if self.mode.answers else 1)
        ]
        if len(draws) == 1:
            return await draws[0]
        ended = await asyncio.gather(*draws, return_exceptions=True)  # what is under way, and paid for, is finished
        for result in ended:
            if isinstance(result, BaseException):
                raise result
        records = [record for record in ended if isinstance(record, Result)]
        return majority(records) if self.benchmark.votes else every(records)

    async def _draw(self, item: Item, session: ItemSession) -> Result:
        blank = replace(Result.of(item, "error"), item_key=session.item_key)
        try:
            reply = await self.mode.run(_without_label(item), session)
        except ENDING:
            raise
        except SocialWorldModelError as error:
            record = failed(blank, error)
        else:
            record = scored(self.benchmark, item, blank, reply, self.settings.scorer)
        lost = NO_USAGE if session.contexts is None else session.contexts.lost.pop(item.index, NO_USAGE)
        record = replace(record, usage=session.usage + lost)
        if session.used is None or session.contexts is None:
            return record
        key = session.contexts.key_used(item)
        return replace(record, socialized_context=session.used.to_data(), context_key=key)

    def _count(self, row: Item | BadRow, record: Result) -> None:
        if isinstance(row, BadRow):
            self.outcomes[row.index] = unread(row.index)
            return
        self.outcomes[row.index] = outcome_of(replace(record, **_of_row(row)))

    def _keep_context(self, sample: int, record: Result) -> None:
        """Store a new context before anything is answered from it, and never over somebody's answer."""
        shared = self._contexts_store(sample)
        if sample == 0:
            self.store.write(record)
            if shared.folder == self.store.folder:
                return
        there = shared.read(record.index)
        if there is not None and there.status in ("answered", "refused"):
            record = replace(record, index=f"{record.index}-{(record.context_key or '')[:8]}")
        shared.write(record)

    def _progress(self) -> Progress:
        calls = self.models.calls
        return Progress(
            total=len(self.dataset.rows),
            kept=self.kept,
            done=len(self.outcomes) - self.kept,
            failed=self.failed,
            in_flight=calls.active,
            per_minute=calls.per_minute,
            retries=calls.retries,
            usage=calls.spent,
        )

    async def _tick(self, started: str) -> None:
        """Show how far it is also while nothing ends, and keep what was spent, should the run be killed."""
        ticks = round(MANIFEST_SECONDS / PROGRESS_SECONDS)
        for tick in itertools.count():
            await asyncio.sleep(PROGRESS_SECONDS)
            self.on_progress(self._progress())
            if tick % ticks == ticks - 1:
                self._write_manifest(started)

    def _result(self) -> RunResult:
        return RunResult(
            settings=self.settings,
            dataset=self.dataset,
            no_gold=self.no_gold,
            outcomes=tuple(self.outcomes[row.index] for row in self.dataset.rows if row.index in self.outcomes),
            folder=self.store.folder if self.settings.save else None,
            kept=self.kept,
            contexts_found=sum(source.found for source in self.contexts),
            contexts_made=sum(source.made for source in self.contexts),
            errors=tuple(self.errors),
            usage=dict(self.models.calls.usage),
            stopped=self.stopped,
            notes=tuple(self.notes),
        )

    def _write_manifest(self, started: str, ended: str | None = None) -> None:
        if not self.settings.save:
            return
        models = {"answer": self.answerer, "context": self.parsers[0] if self.parsers else None}
        manifest_of(
            self.settings,
            self.dataset,
            {role: model for role, model in models.items() if model is not None},
            dict(_added(self._earlier, self.models.calls.usage)),
            Counter(outcome.status for outcome in self.outcomes.values()),
            times=(started, ended),
            stopped=self.stopped,
            no_gold=self.no_gold,
            understood=self.models.understood(),
        ).write(self.store.folder)


_ASKED = {
    "narrative": "narrative",
    "question": "question",
    "choices": "choices",
    "asks": "question_kind",
    "chain": "belief_chain",
    "gold": "correct_answer",
    "domain": "domain",
    "answer_form": "answer_form",
    "fact": "fact",
    "readers": "audience",
}
"""What of an item decides its reply, or whether that is right."""


def _added(earlier: Mapping[str, Usage], now: Mapping[str, Usage]) -> Iterator[tuple[str, Usage]]:
    for role in dict.fromkeys([*earlier, *now]):
        yield role, earlier.get(role, NO_USAGE) + now.get(role, NO_USAGE)


def _without_label(item: Item) -> Item:
    """Take away everything that is for scoring only."""
    return replace(item, correct_answer=None, fields={})


def _of_row(row: Item) -> dict[str, Any]:
    """Return what the data set says of an item, which goes before what an older record says."""
    return {
        "set_id": row.set_id,
        "cluster_id": row.cluster_id,
        "correct_answer": row.correct_answer,
        "fields": row.fields,
    }


def _sample_folder(sample: int) -> str:
    """Return where the contexts of a further draw lie, inside the folder of the first."""
    return f"sample-{sample + 1}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
