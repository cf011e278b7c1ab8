"""Find the stored contexts of a run. If a story has no stored context, parse the story once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from social_world_model.contracts import Item, Parsed, Parser
from social_world_model.errors import (
    BudgetExceededError,
    ConfigurationError,
    ContextError,
    EndpointError,
    GenerationError,
)
from social_world_model.runs.flight import SingleFlight, is_final
from social_world_model.runs.keys import Keys, content_key, context_keys, fingerprints
from social_world_model.runs.reading import read_results, result_files
from social_world_model.runs.results import Result
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.validation import errors_of
from social_world_model.usage import NO_USAGE, Usage

Keep = Callable[[Result], None]


ENDING = (ConfigurationError, EndpointError, BudgetExceededError)
"""Errors that affect every item. Such an error ends the run, and is not stored in the result of an item."""


class SharedContexts:
    """Contexts that the runs of one command share. Each story is parsed once per parser and guidance.

    A context is passed to all active runs as soon as it is made. Later runs find the context in a folder. Contexts that
    no folder contains stay in memory. If a context cannot be made, the reason is kept for all runs.
    """

    def __init__(self) -> None:
        self.flight: SingleFlight[StoredContext] = SingleFlight()
        self._active: list[ContextSource] = []
        self._unsaved: dict[str, StoredContext] = {}

    def join(self, source: ContextSource) -> None:
        """Pass all contexts that are made from now on to a source."""
        self._active.append(source)
        for key, made in self._unsaved.items():
            source.receive(key, made)

    def leave(self, source: ContextSource) -> None:
        """Pass no more contexts to a source."""
        if source in self._active:
            self._active.remove(source)

    def add(self, key: str, made: StoredContext, *, saved: bool) -> None:
        """Pass a new context to all active sources.

        Parameters
        ----------
        key
            Key of the context.
        made
            The context.
        saved
            Whether a folder contains the context.
        """
        if not saved:
            self._unsaved[key] = made
        for source in self._active:
            source.receive(key, made)


class ContextSource:
    """Source of contexts. The key of a context is a hash of narrative, guidance, parser and sample.

    Parameters
    ----------
    parser
        Parser for stories without a stored context.
    guidance
        Instructions of the benchmark for the parser.
    sample
        Number of the sample, from 0, if each story is parsed several times.
    keep
        Callback that stores each new context immediately. None means that new contexts stay in memory only.
    shared
        Contexts that this run shares with other runs. None means that the run shares nothing.

    Attributes
    ----------
    made
        Number of parsed stories.
    problems
        One line per file that could not be used.
    lost
        Usage of failed parses, by index of the item that requested the parse.
    charged_before
        Narratives whose contexts an earlier command charged to the run.
    """

    def __init__(
        self,
        parser: Parser,
        guidance: str,
        sample: int = 0,
        keep: Keep | None = None,
        shared: SharedContexts | None = None,
    ) -> None:
        self.parser = parser
        self.guidance = guidance
        self.keep = keep
        self.sample = sample
        self._configs = fingerprints(parser.config)
        self.made = 0
        self.problems: list[str] = []
        self.lost: dict[str, Usage] = {}
        self.charged_before: frozenset[str] = frozenset()
        self.shared = shared or SharedContexts()
        self._stored: dict[str, StoredContext] = {}
        self._current: dict[str, str] = {}
        self._used: set[str] = set()
        self._mine: set[str] = set()
        self._charged: dict[str, Usage] = {}

    @property
    def found(self) -> int:
        """Number of stories for which a stored context was used."""
        return len(self._used)

    @property
    def charged(self) -> Usage:
        """Usage of the contexts that this run uses and another run paid for, including failed parses."""
        return sum(self._charged.values(), NO_USAGE)

    def close(self) -> None:
        """Stop sharing: the run of this source has ended."""
        self.shared.leave(self)

    def key(self, narrative: str) -> str:
        """Return the key of the context that this run's parser makes from a narrative."""
        return self._keys(narrative).current

    def keys(self, narrative: str) -> frozenset[str]:
        """Return every key that a reusable stored context of a narrative may have."""
        return frozenset(self._keys(narrative))

    def _keys(self, narrative: str) -> Keys:
        return context_keys(narrative, self.guidance, self.parser.name, self._configs, self.sample)

    def look_into(self, folders: Iterable[Path], items: Sequence[Item], anywhere: Path | None = None) -> None:
        """Load the stored contexts that belong to items.

        Parameters
        ----------
        folders
            Folders in order of priority. A file belongs to an item if the file contains the item's `context_key`. A
            file without a key belongs to every item with the same story.
        items
            Items that need contexts.
        anywhere
            Folder with priority over `folders`. In this folder, only the story must match, so contexts from all parsers
            are used.
        """
        of_items = {_folded(item.narrative): self._keys(item.narrative) for item in items}
        stories = {story: keys.current for story, keys in of_items.items()}
        self._current = {key: keys.current for keys in of_items.values() for key in keys}
        if anywhere is not None:
            self._look_into(anywhere, stories, foreign=True)
            if not self._stored:
                self.problems.append(
                    f"{anywhere}: none of the {len(result_files(anywhere))} files contains a context of a "
                    "story in this data set"
                )
        for folder in folders:
            self._look_into(folder, stories, foreign=False)
        self.shared.join(self)

    def _look_into(self, folder: Path, stories: Mapping[str, str], *, foreign: bool) -> None:
        for path, result in read_results(folder, self._unreadable):
            by_story = stories.get(_folded(result.narrative or ""))
            key = by_story or result.context_key if foreign else result.context_key or by_story
            if key in self._current:
                self._take(self._current[key], result, path, foreign)

    def is_of(self, result: Result, item: Item) -> bool:
        """Return whether a stored answer is based on the context that this source has for the item.

        Parameters
        ----------
        result
            Stored result of the item.
        item
            Item of the data set.
        """
        if result.socialized_context is None:
            return True
        known = self._stored.get(self.key(item.narrative))
        return known is not None and known.text == _text(result.socialized_context)

    def has_context_of(self, result: Result, item: Item) -> bool:
        """Return whether a stored result, with or without an answer, contains the key of the item's context.

        Parameters
        ----------
        result
            Stored result of the item.
        item
            Item of the data set.
        """
        if result.context_key is None:
            return False
        foreign = self._stored.get(self.key(item.narrative))
        return result.context_key in self.keys(item.narrative) or (
            foreign is not None and result.context_key == content_key(context=foreign.text)
        )

    def known(self, item: Item) -> SocializedContext | None:
        """Return the stored context of an item's narrative; None if no context is stored yet."""
        stored = self._stored.get(self.key(item.narrative))
        return None if stored is None else SocializedContext.from_json(stored.text)

    def key_used(self, item: Item) -> str:
        """Return the key to store with an item's context. A context from `anywhere` gets a key that no run reuses."""
        stored = self._stored[self.key(item.narrative)]
        return content_key(context=stored.text) if stored.foreign else self.key(item.narrative)

    async def context(self, item: Item) -> SocializedContext:
        """Return the context of an item's narrative.

        Raises
        ------
        SocialWorldModelError
            If the parser fails. The error is the same for every item with the same story.
        """
        key, asked = self.key(item.narrative), False

        def make() -> Awaitable[StoredContext]:
            nonlocal asked
            asked = True
            return self._make(item, key)

        while (stored := self._stored.get(key)) is None:
            try:
                stored = self._stored[key] = await self.shared.flight.once(key, make)
            except ENDING:
                if asked:
                    raise
                # The run that asked for this context was stopped: this run asks for the context itself.
            except GenerationError as error:
                if not asked:
                    self._charge(item.narrative, key, error.usage)
                raise
        if key not in self._mine:
            self._used.add(key)
        self._charge(item.narrative, key, stored.usage)
        return SocializedContext.from_json(stored.text)

    def receive(self, key: str, made: StoredContext) -> None:
        """Take over a context that another run made, if an item of this run needs the context.

        Parameters
        ----------
        key
            Key of the context.
        made
            The context.
        """
        if key in self._current:
            self._stored.setdefault(key, made)

    async def _make(self, item: Item, key: str) -> StoredContext:
        try:
            parsed = await self.parser.parse(item.narrative, self.guidance)
        except GenerationError as error:
            self.lost[item.index] = error.usage or NO_USAGE
            if is_final(error):
                self._mine.add(key)
            raise
        self._mine.add(key)
        self.made += 1
        made = StoredContext(text=parsed.context.to_json(indent=None), usage=parsed.usage)
        if self.keep is not None:
            self.keep(parsed_result(item, parsed, key))
        self.shared.add(key, made, saved=self.keep is not None)
        return made

    def _charge(self, narrative: str, key: str, usage: Usage | None) -> None:
        """Charge this run for a context or a failed parse that another run paid for."""
        if key not in self._mine and narrative not in self.charged_before:
            self._charged.setdefault(key, usage or NO_USAGE)

    def _take(self, key: str, result: Result, path: Path, foreign: bool) -> None:
        if key in self._stored:
            return
        try:
            context = result.context
            if context is None:
                return
            if errors := errors_of(context):
                raise ContextError("expected a context without errors", errors)
        except ContextError as error:
            self._unreadable(path, str(error.issues[0] if error.issues else error))
            return
        usage = result.usage if result.status == "parsed" else NO_USAGE  # otherwise the usage of an answer
        self._stored[key] = StoredContext(text=context.to_json(indent=None), usage=usage, foreign=foreign)

    def _unreadable(self, path: Path, why: str) -> None:
        self.problems.append(f"{path} was not used as a context: {why}")


@dataclass(frozen=True, kw_only=True)
class StoredContext:
    """A context as text, which needs far less memory than objects.

    Parameters
    ----------
    text
        The context as JSON.
    usage
        Usage of the calls that made the context. The usage is empty if it is unknown.
    foreign
        Whether the context comes from a folder with contexts of any parser.
    """

    text: str
    usage: Usage = NO_USAGE
    foreign: bool = False


def _folded(narrative: str) -> str:
    """Return a narrative with normalised whitespace, because whitespace may differ between files."""
    return " ".join(narrative.split())


def _text(context: Mapping[str, Any]) -> str | None:
    """Return a stored context as text for comparison; None if the data are not a context."""
    try:
        return SocializedContext.from_data(context).to_json(indent=None)
    except ContextError:
        return None


def parsed_result(item: Item, parsed: Parsed, key: str) -> Result:
    """Return a result that contains a context and no answer.

    Parameters
    ----------
    item
        Item whose narrative was parsed.
    parsed
        Context and raw reply of the parser.
    key
        Key of the context.
    """
    return replace(
        Result.of(item, "parsed"),
        socialized_context=parsed.context.to_data(),
        raw=parsed.raw,
        finish_reason=parsed.finish_reason,
        usage=parsed.usage,
        context_key=key,
    )
