"""Find the stored contexts of a run. If a story has no stored context, parse the story once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from social_world_model.contracts import Item, Parsed, Parser
from social_world_model.errors import GenerationError
from social_world_model.experiments.context_warnings import context_warnings
from social_world_model.experiments.shared_folder import SharedFolder
from social_world_model.experiments.stored_contexts import StoredContext, StoredContexts
from social_world_model.runs.flight import ENDING, SingleFlight, is_final
from social_world_model.runs.results import Result
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic import SymbolicModel
from social_world_model.usage import NO_USAGE, Usage

Keep = Callable[[Result], None]


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


class ContextSource(StoredContexts):
    """Source of contexts. A story without a stored context is parsed once.

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
    lost
        Usage of failed parses, by index of the item that requested the parse.
    charged_before
        Narratives whose contexts an earlier command charged to the run.
    folder
        Folder in which several processes share contexts. None means that this process shares no contexts.
    on_charge
        Callback that receives the key and the usage of a context that another run paid for.
    """

    def __init__(
        self,
        parser: Parser,
        guidance: str,
        sample: int = 0,
        keep: Keep | None = None,
        shared: SharedContexts | None = None,
    ) -> None:
        super().__init__(parser, guidance, sample)
        self.keep = keep
        self.made = 0
        self.lost: dict[str, Usage] = {}
        self.charged_before: frozenset[str] = frozenset()
        self.folder: SharedFolder | None = None
        self.on_charge: Callable[[str, Usage], None] = lambda _key, _usage: None
        self._unshared: dict[str, Result] = {}
        self._charged_earlier: frozenset[str] = frozenset()
        self.shared = shared or SharedContexts()
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

    def open(self) -> None:
        """Receive the contexts that other runs make from now on. Call `look_into` first."""
        self.shared.join(self)

    def close(self) -> None:
        """Receive no more contexts, because the run has ended."""
        self.shared.leave(self)

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
        if key in self._indices:
            self._stored.setdefault(key, made)

    def charge_earlier(self, charged: Mapping[str, Usage]) -> None:
        """Do not charge contexts again that a stopped run was charged for.

        Parameters
        ----------
        charged
            Usage of these contexts, by key.
        """
        self._charged_earlier = frozenset(charged)

    def share_again(self, contexts: Iterable[Result]) -> None:
        """Share the contexts that only the folder of the run contains, because the run was killed before.

        Another process may have made the same context since then. The context of the shared folder has priority.

        Parameters
        ----------
        contexts
            Results without an answer in the folder of the run.
        """
        for result in contexts:
            key = result.context_key or ""
            if self.folder is not None and key in self._stored and self.folder.find(key, self._indices[key]) is None:
                self._unshared[key] = result
                del self._stored[key]

    async def _make(self, item: Item, key: str) -> StoredContext:
        """Make a context, unless another process makes it at the same time."""
        if self.folder is None:
            return await self._parsed(item, key)
        async with self.folder.locked(key):
            found = self.folder.find(key, self._indices[key])
            if found is None and key in self._unshared:
                found = self._unshared[key]
                self.folder.write(found)
            if found is not None:
                self._take(key, found, self.folder.store.folder, foreign=False)
            if (stored := self._stored.get(key)) is None:
                return await self._parsed(item, key)
        self.shared.add(key, stored, saved=True)
        return stored

    async def _parsed(self, item: Item, key: str) -> StoredContext:
        try:
            parsed = await self.parser.parse(item.narrative, self.guidance)
        except GenerationError as error:
            self.lost[item.index] = error.usage or NO_USAGE
            if is_final(error):
                self._mine.add(key)
            raise
        self._mine.add(key)
        self.made += 1
        checked = not isinstance(self.parser, SymbolicModel)
        made = StoredContext(
            text=parsed.context.to_json(indent=None),
            usage=parsed.usage,
            model=self.parser.name,
            warnings=context_warnings(item.narrative, parsed.context) if checked else (),
            raw=parsed.raw,
            finish_reason=parsed.finish_reason,
        )
        if self.keep is not None:
            self.keep(parsed_result(item, parsed, key, self.parser.name, made.warnings))
        self.shared.add(key, made, saved=self.keep is not None)
        return made

    def _charge(self, narrative: str, key: str, usage: Usage | None) -> None:
        """Charge this run for a context or a failed parse that another run paid for."""
        known = key in self._mine or key in self._charged or key in self._charged_earlier
        if known or narrative in self.charged_before:
            return
        self._charged[key] = usage or NO_USAGE
        if self._charged[key] != NO_USAGE:
            self.on_charge(key, self._charged[key])


def parsed_result(item: Item, parsed: Parsed, key: str, model: str, warnings: Sequence[str] = ()) -> Result:
    """Return a result that contains a context and no answer.

    Parameters
    ----------
    item
        Item whose narrative was parsed.
    parsed
        Context and raw reply of the parser.
    key
        Key of the context.
    model
        Name of the parser.
    warnings
        Doubts about the context.
    """
    return replace(
        Result.of(item, "parsed"),
        socialized_context=parsed.context.to_data(),
        raw=parsed.raw,
        finish_reason=parsed.finish_reason,
        usage=parsed.usage,
        context_key=key,
        context_model=model,
        context_warnings=tuple(warnings) or None,
    )
