"""Run a benchmark in a mode: load, answer what is not answered yet, store, count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from social_world_model.benchmarks import Benchmark, get_benchmark
from social_world_model.contracts import (
    NO_USAGE,
    Answerer,
    BadRow,
    Item,
    Outcome,
    Parser,
    Query,
    Reply,
    Usage,
)
from social_world_model.errors import ConfigurationError, SocialWorldModelError, shortened
from social_world_model.experiments.contexts import ContextSource
from social_world_model.experiments.models import answerer_by_name, parser_by_name
from social_world_model.experiments.settings import Progress, RunResult, RunSettings, is_failure
from social_world_model.modes import Mode, get_mode
from social_world_model.runs.flight import CallLimit, keep_full
from social_world_model.runs.keys import content_key
from social_world_model.runs.manifest import Manifest
from social_world_model.runs.names import context_folder, run_folder
from social_world_model.runs.records import Record
from social_world_model.runs.store import RecordStore
from social_world_model.runs.usage import total
from social_world_model.s3ap import SocializedContext

PROBLEMS_SHOWN = 3


class Run:
    """A run, checked as far as that is possible before the first call.

    Parameters
    ----------
    settings
        What to run.
    on_progress
        Called after every item.

    Raises
    ------
    ConfigurationError
        If benchmark, mode or model are unknown, do not go together, or the output cannot be written.
    DatasetError
        If the data cannot be read.
    """

    def __init__(self, settings: RunSettings, on_progress: Callable[[Progress], None] = lambda _: None) -> None:
        self.settings = settings
        self.on_progress = on_progress
        self.benchmark: Benchmark = get_benchmark(settings.benchmark)
        self.mode: Mode = get_mode(settings.mode)
        self.answerer: Answerer = answerer_by_name(settings.model_name)
        self.parser: Parser = parser_by_name(settings.context_model, settings.example)
        self._check()
        dataset = self.benchmark.load(settings.dataset_path)
        self.dataset = replace(dataset, rows=dataset.rows[: settings.limit])
        self.limit = CallLimit(settings.batch_size)
        self.store = RecordStore(self._folder())
        self.contexts_store = RecordStore(
            context_folder(settings.output_dir, self.benchmark.name, dataset.name, self.parser.name)
        )
        self.notes = list(dataset.notes)
        self.errors: list[str] = []
        self.outcomes: dict[str, Outcome] = {}
        self.kept = 0
        self.failed = 0
        self.usage = NO_USAGE
        self.contexts = ContextSource(
            self.parser, self.benchmark.guidance, self.limit, self._keep_context if settings.save else None
        )

    async def execute(self) -> RunResult:
        """Run it.

        Raises
        ------
        ConfigurationError
            If a model finds that it cannot do what it is asked; everything finished before is stored.
        """
        started = _now()
        folders = self._prepare_folders()
        if self.mode.uses_context:
            items = [row for row in self.dataset.rows if isinstance(row, Item)]
            self.contexts.look_into(folders, items, self.settings.context_dir)
            self.notes += self.contexts.problems[:PROBLEMS_SHOWN]
            if (more := len(self.contexts.problems) - PROBLEMS_SHOWN) > 0:
                self.notes.append(f"files that could not be used as contexts, beside these: {more}")
        todo = self._not_yet_done()
        self._write_manifest(started)
        await keep_full(self.limit, (partial(self._do, row) for row in todo))
        self._write_manifest(started, ended=_now())
        return RunResult(
            settings=self.settings,
            dataset=self.dataset,
            outcomes=tuple(self.outcomes[row.index] for row in self.dataset.rows),
            folder=self.store.folder if self.settings.save else None,
            kept=self.kept,
            contexts_found=self.contexts.found,
            contexts_made=self.contexts.made,
            errors=tuple(self.errors),
            notes=tuple(self.notes),
        )

    def _check(self) -> None:
        settings, usable = self.settings, self.answerer.usable_modes
        if usable is not None and self.mode.name not in usable:
            raise ConfigurationError(
                f"expected a mode that {self.answerer.name} can answer in ({', '.join(sorted(usable))}); "
                f"got {self.mode.name}"
            )
        if settings.batch_size < 1:
            raise ConfigurationError(f"expected --batch-size of at least 1, got {settings.batch_size}")
        if settings.limit is not None and settings.limit < 1:
            raise ConfigurationError(f"expected --limit of at least 1, got {settings.limit}")
        if settings.context_dir is not None and not settings.context_dir.is_dir():
            raise ConfigurationError(f"expected --context-dir to be a folder, got {settings.context_dir}")

    def _folder(self) -> Path:
        settings, name = self.settings, self.benchmark.name
        if not self.mode.answers:
            return context_folder(settings.output_dir, name, self.dataset.name, self.parser.name)
        context_model = self.parser.name if self.mode.uses_context else None
        return run_folder(
            settings.output_dir, name, self.mode.name, self.answerer.name, self.dataset.name, context_model
        )

    def _prepare_folders(self) -> list[Path]:
        """Move aside or open what is written to; return where contexts may lie."""
        settings = self.settings
        folders = list(dict.fromkeys([self.contexts_store.folder, self.store.folder]))
        if settings.save:
            if settings.continue_mode == "new" and (aside := self.store.move_aside()) is not None:
                self.notes.append(f"earlier results moved to {aside}")
                folders.append(aside)
            self.store.open()
            if self.mode.uses_context:
                self.contexts_store.open()
        return folders

    def _not_yet_done(self) -> list[Item | BadRow]:
        if self.settings.continue_mode == "new" or not self.settings.save:
            return list(self.dataset.rows)
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
        aside = self.store.move_aside(others) if others else None
        if aside is not None:
            self.notes.append(f"earlier files that hold no answer to these questions, moved to {aside}: {len(others)}")
        return todo

    def _is_done(self, item: Item, record: Record) -> bool:
        if not self.mode.answers:
            return record.socialized_context is not None and record.context_key == self.contexts.key(item.narrative)
        if record.status not in ("answered", "refused") or record.item_key != self._item_key(item):
            return False
        return not self.mode.uses_context or self.contexts.is_of(record, item)

    def _item_key(self, item: Item) -> str:
        return content_key(
            mode=self.mode.name,
            model=self.answerer.name,
            context_model=self.parser.name if self.mode.uses_context else None,
            guidance=self.benchmark.guidance,
            narrative=item.narrative,
            question=item.question,
            choices=item.choices,
            gold=item.gold,
            fields=dict(item.fields),
        )

    async def _do(self, row: Item | BadRow) -> None:
        """Answer one row, store its record, count it."""
        if isinstance(row, BadRow):
            record = Record(index=row.index, status="error", error=row.message)
        else:
            record = await self._answer(row)
        if self.settings.save:
            self.store.write(record)
        if record.error is not None:
            self.errors.append(f"{shortened(row.index, 40)!r}: {record.error}")
        self._count(row, record)
        self.failed += is_failure(record.status)
        done = len(self.outcomes) - self.kept
        self.on_progress(Progress(total=len(self.dataset.rows), kept=self.kept, done=done, failed=self.failed))

    async def _answer(self, item: Item) -> Record:
        session = _Session(self, item)
        blank = replace(Record.of(item, "error"), item_key=self._item_key(item))
        try:
            reply = await self.mode.run(_without_label(item), session)
        except ConfigurationError:
            raise  # it would be the same for every item
        except SocialWorldModelError as error:
            return session.completed(replace(blank, error=str(error)))
        return session.completed(self._scored(item, blank, reply))

    def _scored(self, item: Item, blank: Record, reply: Reply) -> Record:
        record = replace(
            blank,
            status=reply.status,
            reasoning=reply.reasoning or None,
            raw=reply.raw,
            finish_reason=reply.finish_reason,
        )
        if reply.status == "parsed":
            return replace(record, item_key=None)
        if reply.status != "answered":
            return replace(record, answer=reply.text or None)
        answer = self.benchmark.extract(reply.text, item)
        if answer is None:
            why = f"expected an answer to {item.question!r}, got {reply.text[:120]!r}"
            return replace(record, status="unparsable", raw=reply.raw or reply.text, error=why)
        return replace(record, answer=answer, is_correct=self.benchmark.score(answer, item))

    def _count(self, row: Item | BadRow, record: Record) -> None:
        if isinstance(row, BadRow):
            self.outcomes[row.index] = Outcome(index=row.index, status="error", is_correct=None)
            return
        self.outcomes[row.index] = Outcome(
            index=row.index,
            status=record.status,
            is_correct=record.is_correct,
            set_id=row.set_id,
            cluster_id=row.cluster_id,
            fields=row.fields,
        )

    def _keep_context(self, record: Record) -> None:
        """Store a new context before anything is answered from it, and never over somebody's answer."""
        self.store.write(record)
        if self.contexts_store.folder == self.store.folder:
            return
        there = self.contexts_store.read(record.index)
        if there is None or there.status not in ("answered", "refused"):
            self.contexts_store.write(record)

    def _write_manifest(self, started: str, ended: str | None = None) -> None:
        if not self.settings.save:
            return
        settings = self.settings
        Manifest(
            version=version("social-world-model"),
            command=list(settings.command),
            benchmark=self.benchmark.name,
            mode=self.mode.name,
            model=self.answerer.name,
            context_model=self.parser.name if self.mode.uses_context else None,
            dataset=self.dataset.name,
            data_sha256=self.dataset.sha256,
            seed=settings.seed,
            settings={
                "batch_size": settings.batch_size,
                "limit": settings.limit,
                "context_dir": None if settings.context_dir is None else str(settings.context_dir),
            },
            started=started,
            ended=ended,
            counts=dict(Counter(outcome.status for outcome in self.outcomes.values())),
            usage=self.usage,
        ).write(self.store.folder)


@dataclass
class _Session:
    """What a mode may use for one item; remembers which context it was given."""

    run: Run
    item: Item
    used: SocializedContext | None = field(default=None, init=False)
    usage: Usage = field(default=NO_USAGE, init=False)

    async def ask(self, query: Query) -> Reply:
        """Put a query to the answerer, within the limit, under the benchmark's guidance."""
        benchmark = self.run.benchmark
        query = replace(query, guidance=benchmark.guidance, prompt_parts=benchmark.prompt_parts)
        async with self.run.limit.slot():
            reply = await self.run.answerer.answer(query)
        self.usage = total([self.usage, reply.usage])
        self.run.usage = total([self.run.usage, reply.usage])
        return reply

    async def context(self) -> SocializedContext:
        """Return the context of the item's narrative."""
        self.used = await self.run.contexts.context(self.item)
        return self.used

    def completed(self, record: Record) -> Record:
        """Return the record with what its calls took, and the context it came from."""
        record = replace(record, usage=self.usage)
        if self.used is None:
            return record
        key = self.run.contexts.key_used(self.item)
        return replace(record, socialized_context=self.used.to_data(), context_key=key)


def _without_label(item: Item) -> Item:
    """Take away everything that is for scoring only."""
    return replace(item, gold=None, fields={})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
