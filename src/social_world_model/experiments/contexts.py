"""Find the stored contexts of a run. If a story has no stored context, parse the story once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from social_world_model.contracts import Item, Parsed, Parser
from social_world_model.errors import ContextError, GenerationError
from social_world_model.runs.flight import SingleFlight
from social_world_model.runs.keys import Keys, content_key, context_keys, fingerprints
from social_world_model.runs.reading import read_results, result_files
from social_world_model.runs.results import Result
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.validation import errors_of
from social_world_model.usage import NO_USAGE, Usage

Keep = Callable[[Result], None]


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

    Attributes
    ----------
    made
        Number of parsed stories.
    problems
        One line per file that could not be used.
    lost
        Usage of failed parses, by index of the item that requested the parse.
    """

    def __init__(self, parser: Parser, guidance: str, sample: int = 0, keep: Keep | None = None) -> None:
        self.parser = parser
        self.guidance = guidance
        self.keep = keep
        self.sample = sample
        self._configs = fingerprints(parser.config)
        self.made = 0
        self.problems: list[str] = []
        self.lost: dict[str, Usage] = {}
        self._stored: dict[str, _Stored] = {}
        self._current: dict[str, str] = {}
        self._used: set[str] = set()
        self._flight: SingleFlight[SocializedContext] = SingleFlight()

    @property
    def found(self) -> int:
        """Number of stories for which a stored context was used."""
        return len(self._used)

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
        key = self.key(item.narrative)
        stored = self._stored.get(key)
        if stored is None:
            return await self._flight.once(key, lambda: self._make(item, key))
        if stored.was_found:
            self._used.add(key)
        return SocializedContext.from_json(stored.text)

    async def _make(self, item: Item, key: str) -> SocializedContext:
        try:
            parsed = await self.parser.parse(item.narrative, self.guidance)
        except GenerationError as error:
            self.lost[item.index] = error.usage or NO_USAGE
            raise
        self.made += 1
        self._stored[key] = _Stored(parsed.context.to_json(indent=None))
        if self.keep is not None:
            self.keep(parsed_result(item, parsed, key))
        return parsed.context

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
        self._stored[key] = _Stored(context.to_json(indent=None), was_found=True, foreign=foreign)

    def _unreadable(self, path: Path, why: str) -> None:
        self.problems.append(f"{path} was not used as a context: {why}")


@dataclass(frozen=True)
class _Stored:
    """A stored context, and where the context comes from. Text needs far less memory than objects."""

    text: str
    was_found: bool = False
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
