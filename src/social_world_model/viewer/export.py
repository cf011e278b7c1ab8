"""Collect contexts, runs and items of a catalogue in one HTML file, up to a maximum size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from importlib.metadata import version
from itertools import permutations
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError, DatasetError, SocialWorldModelError
from social_world_model.viewer.catalogue import Catalogue, ContextSource, LeftOut, item_context_id
from social_world_model.viewer.choosing import ItemChoice, chosen_indices
from social_world_model.viewer.index import RunRows, read_rows
from social_world_model.viewer.items import item
from social_world_model.viewer.page import html_page, json_in_html
from social_world_model.viewer.payload import Payload, context_entry_of
from social_world_model.viewer.summaries import comparison, gains, run_entry, run_summary, tables

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Export:
    """An exported file.

    Parameters
    ----------
    html
        The file: one HTML document without requests.
    notes
        What the file contains and what was left out because of its size, one line each.
    """

    html: str
    notes: list[str]


def export_html(
    catalogue: Catalogue,
    *,
    items: ItemChoice | None = None,
    max_mb: float = 20,
    title: str = "Social World Model",
    cache: bool = True,
) -> Export:
    """Return one HTML file with the contexts and runs of a catalogue.

    Parameters
    ----------
    catalogue
        Contexts and runs.
    items
        Items of runs whose replies and contexts the file contains: ``"flipped"``: items that one run answers correctly
        and another run does not; ``"wrong"``: items that a run does not answer correctly; ``"all"``; or the number of
        items from the start. None means that the file contains no replies.
    max_mb
        Maximum size of the file in megabytes. Contexts and items that do not fit are left out.
    title
        Title of the document.
    cache
        Whether to use the cache folder of the user for the results of runs.

    Raises
    ------
    ConfigurationError
        If the catalogue contains nothing to show, if `items` is invalid, or if the pages alone are larger than
        `max_mb`.
    """
    if not catalogue.contexts and not catalogue.runs:
        raise ConfigurationError("expected at least one context or run, got nothing to show")
    draft = Draft(int(max_mb * MEGABYTE) - _size_without_data(catalogue, title))
    if draft.room < 0:
        raise ConfigurationError(
            f"expected max_mb to be above the size of the pages alone, got {max_mb:g}", parameters=("max_mb",)
        )
    _add_runs(draft, catalogue.runs, cache)
    for source in catalogue.contexts.values():
        _add_context(draft, source)
    _add_items(draft, catalogue, items)
    return Export(html_page(draft.data(catalogue.left_out), title), draft.notes)


def _size_without_data(catalogue: Catalogue, title: str) -> int:
    """Return the size of a file that only lists what was left out."""
    nothing = {**Draft(0).data(catalogue.left_out), "runs": {"": {}} if catalogue.runs else {}}
    return len(html_page(nothing, title).encode("utf-8", "replace"))


@dataclass
class Draft:
    """The data of a file that is not complete yet.

    Parameters
    ----------
    room
        Number of bytes that are left.

    Attributes
    ----------
    entries, runs, contexts, gains, tables, rows, items, comparisons
        Parts of the type `Exported` of ``web/src/lib/types.d.ts``. `entries` are the contexts and `runs` the runs of
        its index.
    summaries
        Summaries of runs by id.
    indexed
        Rows of runs by id.
    left_out
        What does not fit.
    notes
        What the file contains, one line each.
    """

    room: int
    entries: list[Payload] = field(default_factory=list)
    runs: list[Payload] = field(default_factory=list)
    contexts: dict[str, Payload] = field(default_factory=dict)
    summaries: dict[str, Payload] = field(default_factory=dict)
    gains: dict[str, Payload] = field(default_factory=dict)
    tables: dict[str, Payload] = field(default_factory=dict)
    indexed: dict[str, RunRows] = field(default_factory=dict)
    items: dict[str, dict[str, Payload]] = field(default_factory=dict)
    comparisons: dict[str, Payload] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fits(self, *parts: Any) -> bool:
        """Return whether parts fit into the file. If they fit, their size is subtracted from the room."""
        size = sum(len(json_in_html(part).encode("utf-8", "replace")) for part in parts)
        if size > self.room:
            return False
        self.room -= size
        return True

    def add_context(self, payload: Payload, *, of_item: bool = False) -> bool:
        """Add a context if it fits into the file. Return whether it fits.

        Parameters
        ----------
        payload
            The context, as `context_payload` returns it.
        of_item
            Whether the context belongs to an item of a run.
        """
        entry = context_entry_of(payload, of_item=of_item)
        if not self.fits(payload, entry):
            return False
        self.contexts[payload["id"]] = payload
        self.entries.append(entry)
        return True

    def leave_out(self, name: str, why: str) -> None:
        """Note something that the file does not contain.

        Parameters
        ----------
        name
            Name of a file, a folder or a context.
        why
            Why the file does not contain it.
        """
        self.left_out.append(LeftOut(name, why))
        self.notes.append(f"left out: {name}: {why}")

    def data(self, left_out: Iterable[LeftOut]) -> dict[str, Any]:
        """Return the type `Exported` of ``web/src/lib/types.d.ts``.

        Parameters
        ----------
        left_out
            What the catalogue does not contain.
        """
        return {
            "index": {
                "version": version("social-world-model"),
                "edit": False,
                "model": None,
                "contexts": self.entries,
                "runs": self.runs,
                "left_out": [asdict(one) for one in (*left_out, *self.left_out)],
            },
            "contexts": self.contexts,
            "runs": self.summaries,
            "gains": self.gains,
            "tables": self.tables,
            "rows": {id: list(one.rows) for id, one in self.indexed.items()},
            "items": self.items,
            "comparisons": self.comparisons,
        }


_TOO_LARGE = "it does not fit into the maximum size of the file (max_mb)"


def _add_context(draft: Draft, source: ContextSource) -> None:
    try:
        fits = draft.add_context(source.load())
    except SocialWorldModelError as error:  # the file has changed since the catalogue was made
        draft.leave_out(source.title, str(error))
        return
    if not fits:
        draft.leave_out(source.title, _TOO_LARGE)


def _add_runs(draft: Draft, folders: Mapping[str, Path], cache: bool) -> None:
    """Add the summaries, rows and tables of runs, and the comparisons of runs on the same data."""
    for id, folder in folders.items():
        try:
            entry, summary = run_entry(folder, id), run_summary(folder, id, cache=cache)
            rows = read_rows(folder, cache=cache)
        except DatasetError as error:
            draft.leave_out(folder.name, str(error))
            continue
        tabled = _tables(folder, cache)
        if not draft.fits(entry, summary, list(rows.rows), tabled):
            draft.leave_out(folder.name, _TOO_LARGE)
            continue
        draft.runs.append(entry)
        draft.summaries[id], draft.indexed[id] = summary, rows
        if tabled is not None:
            draft.tables[id] = tabled
    draft.gains = gains({id: folders[id] for id in draft.summaries}, cache=cache)
    for group in _groups(draft):
        for a, b in permutations(group, 2):
            try:
                compared = comparison(folders[a], folders[b], cache=cache)
            except SocialWorldModelError:  # these runs cannot be compared
                continue
            if draft.fits(compared):
                draft.comparisons[f"{a} {b}"] = compared


def _tables(folder: Path, cache: bool) -> Payload | None:
    """Return the tables of a run; None if the run contains no answers."""
    try:
        return tables(folder, cache=cache)
    except DatasetError:
        return None


def _groups(draft: Draft) -> list[list[str]]:
    """Return the ids of runs on the same data with the same scorer, in groups."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for entry in draft.runs:
        key = tuple(entry[name] for name in ("benchmark", "dataset", "scorer", "protocol"))
        groups.setdefault(key, []).append(entry["id"])
    return list(groups.values())


def _add_items(draft: Draft, catalogue: Catalogue, choice: ItemChoice | None) -> None:
    """Add the chosen items of all runs with their contexts, until the file is full."""
    if not draft.runs:
        return
    if choice is None:
        draft.notes.append(
            "the file contains no replies; to include replies, set items to flipped, wrong, all or a number"
        )
        return
    wanted = [
        (run, index)
        for group in _groups(draft)
        for index, runs in chosen_indices({run: draft.indexed[run] for run in group}, choice)
        for run in runs
    ]
    same: dict[bytes, str] = {}
    added = 0
    for run, index in wanted:
        one, payload = _item(catalogue, run, index, same)
        if not draft.fits(one) or not (payload is None or draft.add_context(payload, of_item=True)):
            break
        draft.items.setdefault(run, {})[index] = one
        added += 1
    draft.notes.append(f"the file contains {added} items with replies, which may be private")
    if added < len(wanted):
        draft.notes.append(f"left out: {len(wanted) - added} of {len(wanted)} items: {_TOO_LARGE}")


def _item(catalogue: Catalogue, run: str, index: str, same: dict[bytes, str]) -> tuple[Payload, Payload | None]:
    """Return an item, and its context if no earlier item has the same context.

    Parameters
    ----------
    catalogue
        The catalogue of the item.
    run, index
        Id of the run, and index of the item.
    same
        Ids of contexts by hash of their content. The id of a new context is added.
    """
    one = item(catalogue.runs[run], index, item_context_id(run, index))
    if one["a"]["context"] is None:
        return one, None
    payload = catalogue.context(one["a"]["context"]).load()
    content = sha256(json_in_html({**payload, "id": ""}).encode("utf-8", "replace")).digest()
    one["a"]["context"] = same.setdefault(content, payload["id"])
    return one, payload if one["a"]["context"] == payload["id"] else None
