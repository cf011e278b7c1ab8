"""The answers of the server to requests for data: plain dicts of the types of `web/src/lib/types.d.ts`."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError, DatasetError, SocialWorldModelError, shortened
from social_world_model.s3ap import SocializedContext
from social_world_model.viewer import summaries
from social_world_model.viewer.branches import Branches, title_of_item
from social_world_model.viewer.catalogue import Catalogue, UnknownIdError, item_context_id
from social_world_model.viewer.index import ItemQuery, RunRows
from social_world_model.viewer.items import item
from social_world_model.viewer.kept_rows import KeptRows, pause_after
from social_world_model.viewer.minds import belief_tracks, knowledge_changes
from social_world_model.viewer.secrets import without_secrets

LARGEST_PAGE = 1000
"""Maximum number of rows in one page of items."""


@dataclass(frozen=True)
class _Recent:
    """A summary of a run under way, and the time until which it is used."""

    summary: Mapping[str, Any]
    until: float


class Answers:
    """Answers about the contexts and runs of a catalogue. Threads may use this object at the same time.

    Parameters
    ----------
    catalogue
        Contexts and runs.
    cache
        Whether to use the cache folder of the user.
    branches
        Branches of contexts; None if contexts cannot be changed.
    model
        Name of the language model that continues branches; None if there is none.
    """

    def __init__(
        self, catalogue: Catalogue, *, cache: bool = True, branches: Branches | None = None, model: str | None = None
    ) -> None:
        self.catalogue = catalogue
        self._branches, self._model = branches, model
        self.rows = KeptRows(catalogue.runs, cache=cache)
        self._cache = cache
        self._recent: dict[str, _Recent] = {}
        self._headlines, self._tables = threading.Lock(), threading.Lock()

    def index(self) -> dict[str, Any]:
        """Return the type `Index`."""
        runs: list[dict[str, Any]] = []
        left_out = [asdict(one) for one in self.catalogue.left_out]
        for id, folder in list(self.catalogue.runs.items()):  # new runs may come meanwhile
            try:
                runs.append(summaries.run_entry(folder, id))
            except DatasetError as error:
                left_out.append({"name": folder.name, "why": str(error)})
        return {
            "version": version("social-world-model"),
            "edit": self._branches is not None,
            "model": self._model and without_secrets(self._model),
            "contexts": [*self.catalogue.entries.values(), *(self._branches.entries() if self._branches else ())],
            "runs": runs,
            "left_out": left_out,
        }

    def context(self, id: str) -> dict[str, Any]:
        """Return the type `Context`."""
        if self._branches is not None and id in self._branches:
            return self._branches.payload(id)
        return self.catalogue.context(id).load()

    def socialized_context(self, id: str) -> SocializedContext:
        """Return a context or a branch as S3AP.

        Raises
        ------
        UnknownIdError
            If there is no context with this id.
        SocialWorldModelError
            If the context cannot be used any more.
        """
        if self._branches is not None and id in self._branches:
            return self._branches.context(id)
        return self.catalogue.context(id).open().context

    def title(self, id: str) -> str:
        """Return the title of a context or a branch."""
        if self._branches is not None and id in self._branches:
            return self._branches.title(id)
        run, dot, index = id.partition(".")
        if dot and run in self.catalogue.runs:
            return title_of_item(index, self.catalogue.runs[run])
        return self.catalogue.context(id).title

    def beliefs(self, id: str, fact: str, chain: str) -> dict[str, Any]:
        """Return the belief tracks of a chain, and of the chain with each further agent.

        Parameters
        ----------
        id
            Id of the context.
        fact
            Name of an object.
        chain
            Numbers of agents with commas.
        """
        numbers = _numbers(chain)
        return {"chains": belief_tracks(self.socialized_context(id), fact, numbers)}

    def knowledge(self, id: str, fact: str) -> dict[str, Any]:
        """Return the knowledge changes of a fact.

        Parameters
        ----------
        id
            Id of the context.
        fact
            An utterance, a statement or a question.
        """
        return {"changes": knowledge_changes(self.socialized_context(id), fact)}

    def run(self, id: str) -> dict[str, Any]:
        """Return the type `RunSummary`. For a run under way, the headline may be some seconds old."""
        folder = self.folder(id)
        recent = self._recent.get(id)
        if recent is not None and time.monotonic() < recent.until:
            entry = summaries.run_entry(folder, id)
            if entry["state"] == "running":
                return {**recent.summary, **entry, "failed": recent.summary["failed"]}
        begun = time.monotonic()
        with self._headlines:
            summary = summaries.run_summary(folder, id, cache=self._cache)
        ended = time.monotonic()
        self._recent[id] = _Recent(summary, ended + pause_after(ended - begun))
        return summary

    def gains(self) -> dict[str, Any]:
        """Return the type `Gain` by id of the run."""
        with self._headlines:
            return summaries.gains(dict(self.catalogue.runs), cache=self._cache)

    def tables(self, id: str) -> dict[str, Any]:
        """Return the type `Tables`."""
        with self._tables:
            return summaries.tables(self.folder(id), cache=self._cache)

    def items(self, id: str, b: str | None, query: ItemQuery) -> dict[str, Any]:
        """Return the type `ItemPage`.

        Parameters
        ----------
        id, b
            Id of the run, and id of run B. Without run B, `b` is None.
        query
            What the page shows.

        Raises
        ------
        ConfigurationError
            If the page has too many rows.
        """
        if query.limit > LARGEST_PAGE:
            raise ConfigurationError(f"expected a limit of at most {LARGEST_PAGE}, got {query.limit}")
        other = None if b is None else self._rows(b)
        return self._rows(id).page(other, query)

    def item(self, id: str, index: str, b: str | None) -> dict[str, Any]:
        """Return the type `Item`. Run B may lack the item.

        Parameters
        ----------
        id, b
            Id of the run, and id of run B. Without run B, `b` is None.
        index
            Index of the item.
        """
        one = item(self.folder(id), index, item_context_id(id, index))
        other = None
        if b is not None:
            folder = self.folder(b)
            try:
                other = item(folder, index, item_context_id(b, index))["a"]
            except SocialWorldModelError:
                other = None
        return {**one, "b": other}

    def compare(self, a: str, b: str) -> dict[str, Any]:
        """Return the type `Comparison`.

        Parameters
        ----------
        a, b
            Ids of the runs.
        """
        with self._tables:
            return summaries.comparison(self.folder(a), self.folder(b), cache=self._cache)

    def folder(self, id: str) -> Path:
        """Return the folder of a run.

        Raises
        ------
        UnknownIdError
            If there is no run with this id.
        """
        if id not in self.catalogue.runs:
            raise UnknownIdError(f"expected the id of a run, got {shortened(id, 40)!r}")
        return self.catalogue.runs[id]

    def _rows(self, id: str) -> RunRows:
        self.folder(id)
        return self.rows.of(id)


def _numbers(chain: str) -> list[int]:
    parts = [part for part in chain.split(",") if part]
    if not all(part.isdecimal() and len(part) < 7 for part in parts) or len(parts) > 20:
        raise ConfigurationError(f"expected a chain of numbers of agents with commas, got {chain!r:.40}")
    return [int(part) for part in parts]
