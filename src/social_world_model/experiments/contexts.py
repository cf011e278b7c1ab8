"""Where the contexts of a run come from: folders first, then the parser, once per story."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from social_world_model.contracts import Item, Parser
from social_world_model.errors import ContextError
from social_world_model.runs.flight import CallLimit, SingleFlight
from social_world_model.runs.keys import context_key
from social_world_model.runs.records import Record
from social_world_model.runs.store import RecordStore
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.validation import errors_of

Keep = Callable[[Record], None]

PARSE_PRIORITY = 1
"""Answers go before new parses."""


class ContextSource:
    """Contexts by the content of what they were made from.

    Parameters
    ----------
    parser
        Makes what is not found.
    guidance
        The benchmark's instructions for the parser.
    limit
        Calls in flight.
    keep
        Stores the record of a new context at once; None to keep it in memory only.

    Attributes
    ----------
    found, made
        How many stories' contexts were taken from folders, and parsed.
    problems
        One line for each file that could not be used.
    """

    def __init__(self, parser: Parser, guidance: str, limit: CallLimit, keep: Keep | None) -> None:
        self.parser = parser
        self.guidance = guidance
        self.limit = limit
        self.keep = keep
        self.made = 0
        self.problems: list[str] = []
        self._stored: dict[str, str] = {}  # context as JSON, by key: far smaller than objects
        self._used: set[str] = set()
        self._flight: SingleFlight[SocializedContext] = SingleFlight()

    @property
    def found(self) -> int:
        """Number of stories whose context was found and used."""
        return len(self._used)

    def key(self, narrative: str) -> str:
        """Return the key of a narrative's context."""
        return context_key(narrative, self.guidance, self.parser.name)

    def look_into(self, folders: Iterable[Path], items: Sequence[Item]) -> None:
        """Take up every context in these folders that belongs to an item; earlier folders go first.

        A file with a `context_key` must have an item's key; one without is taken for the item of its index if
        its story is that item's.
        """
        wanted = {self.key(item.narrative) for item in items}
        by_index = {item.index: item for item in items}
        for folder in folders:
            for record in RecordStore(folder).records(self._unreadable):
                key = record.context_key or self._key_without(record, by_index)
                if key in wanted and key not in self._stored and record.socialized_context is not None:
                    self._take(key, record, folder)

    async def context(self, item: Item) -> SocializedContext:
        """Return the context of an item's narrative.

        Raises
        ------
        SocialWorldModelError
            What the parser raised, for every item of the story.
        """
        key = self.key(item.narrative)
        if key in self._stored:
            return SocializedContext.from_json(self._stored[key])
        return await self._flight.once(key, lambda: self._make(item, key))

    async def _make(self, item: Item, key: str) -> SocializedContext:
        async with self.limit.slot(PARSE_PRIORITY):
            context = await self.parser.parse(item.narrative, self.guidance)
        self.made += 1
        self._stored[key] = context.to_json(indent=None)
        if self.keep is not None:
            self.keep(parsed_record(item, context, key))
        return context

    def _key_without(self, record: Record, by_index: dict[str, Item]) -> str | None:
        item = by_index.get(record.index)
        if item is None or record.story is None or record.story.split() != item.narrative.split():
            return None
        return self.key(item.narrative)

    def _take(self, key: str, record: Record, folder: Path) -> None:
        try:
            context = SocializedContext.from_data(record.socialized_context)
        except ContextError as error:
            self._unreadable(folder / f"{record.index}.json", str(error))
            return
        if errors := errors_of(context):
            self._unreadable(folder / f"{record.index}.json", str(errors[0]))
            return
        self._stored[key] = context.to_json(indent=None)
        self._used.add(key)

    def _unreadable(self, path: Path, why: str) -> None:
        self.problems.append(f"{path}: not used as a context: {why}")


def parsed_record(item: Item, context: SocializedContext, key: str) -> Record:
    """Return the record of a context made without an answer."""
    return Record(
        index=item.index,
        status="parsed",
        fields=item.fields,
        story=item.narrative,
        question=item.question,
        correct_answer=item.gold,
        socialized_context=context.to_data(),
        context_key=key,
    )
