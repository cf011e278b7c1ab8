"""Find the stored contexts of the stories in a data set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from social_world_model.contracts import Item, Parser
from social_world_model.errors import ContextError
from social_world_model.runs.keys import content_key, context_key, fingerprint
from social_world_model.runs.reading import read_results, result_files
from social_world_model.runs.results import Result
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.validation import errors_of
from social_world_model.usage import NO_USAGE, Usage


@dataclass(frozen=True, kw_only=True)
class StoredContext:
    """A context as text, which needs far less memory than objects.

    Parameters
    ----------
    text
        The context as JSON.
    usage
        Usage of the calls that made the context. The usage is empty if it is unknown.
    model
        Name of the parser; None if the parser is unknown.
    warnings
        Doubts about the context.
    raw, finish_reason
        Unchanged reply of the parser, and the reason why the reply ended; None if unknown.
    foreign
        Whether the context comes from a folder with contexts of any parser.
    """

    text: str
    usage: Usage = NO_USAGE
    model: str | None = None
    warnings: tuple[str, ...] = ()
    raw: str | None = None
    finish_reason: str | None = None
    foreign: bool = False


class StoredContexts:
    """Stored contexts of a parser. The key of a context is a hash of narrative, guidance, parser and sample.

    Parameters
    ----------
    parser
        Parser of the contexts.
    guidance
        Instructions of the benchmark for the parser.
    sample
        Number of the sample, from 0, if each story is parsed several times.

    Attributes
    ----------
    problems
        One line per file that could not be used.
    """

    def __init__(self, parser: Parser, guidance: str, sample: int = 0) -> None:
        self.parser = parser
        self.guidance = guidance
        self.sample = sample
        self.problems: list[str] = []
        self._config = fingerprint(parser.config)
        self._stored: dict[str, StoredContext] = {}
        self._indices: dict[str, list[str]] = {}

    def key(self, narrative: str) -> str:
        """Return the key of the context that this run's parser makes from a narrative."""
        return context_key(narrative, self.guidance, self.parser.name, self._config, self.sample)

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
        stories = {_folded(item.narrative): self.key(item.narrative) for item in items}
        self._indices = {key: [] for key in stories.values()}
        for item in items:
            self._indices[self.key(item.narrative)].append(item.index)
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
            if key is not None and key in self._indices:
                self._take(key, result, path, foreign)

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
        return result.context_key == self.key(item.narrative) or (
            foreign is not None and result.context_key == content_key(context=foreign.text)
        )

    def known(self, item: Item) -> SocializedContext | None:
        """Return the stored context of an item's narrative; None if no context is stored yet."""
        stored = self._stored.get(self.key(item.narrative))
        return None if stored is None else SocializedContext.from_json(stored.text)

    def with_origin(self, result: Result, item: Item) -> Result:
        """Return a result with the parser, its reply, the warnings and the key of the context that the item used.

        A context from `anywhere` gets a key that no run reuses.

        Parameters
        ----------
        result
            Result of the item.
        item
            Item whose context is stored here.
        """
        key = self.key(item.narrative)
        stored = self._stored[key]
        if result.status == "parsed":
            result = replace(result, raw=stored.raw, finish_reason=stored.finish_reason)
        else:
            result = replace(result, context_raw=stored.raw)
        return replace(
            result,
            context_key=content_key(context=stored.text) if stored.foreign else key,
            context_model=stored.model,
            context_warnings=stored.warnings or None,
        )

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
        is_reply = result.status == "parsed"  # otherwise `usage` and `raw` belong to an answer
        self._stored[key] = StoredContext(
            text=context.to_json(indent=None),
            usage=result.usage if is_reply else NO_USAGE,
            model=result.context_model or (None if foreign else self.parser.name),
            warnings=tuple(result.context_warnings or ()),
            raw=result.raw if is_reply else result.context_raw,
            finish_reason=result.finish_reason if is_reply else None,
            foreign=foreign,
        )

    def _unreadable(self, path: Path, why: str) -> None:
        self.problems.append(f"{path} was not used as a context: {why}")


def _folded(narrative: str) -> str:
    """Return a narrative with normalised whitespace, because whitespace may differ between files."""
    return " ".join(narrative.split())


def _text(context: Mapping[str, Any]) -> str | None:
    """Return a stored context as text for comparison; None if the data are not a context."""
    try:
        return SocializedContext.from_data(context).to_json(indent=None)
    except ContextError:
        return None
