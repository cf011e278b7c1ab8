"""Find the stored answers and contexts that a run can reuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from social_world_model.contracts import BadRow, Item
from social_world_model.experiments.contexts import ContextSource, SharedContexts
from social_world_model.experiments.models import Models
from social_world_model.experiments.plan import Plan, sample_folder
from social_world_model.runs.journal import journaled_usage
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore
from social_world_model.usage import NO_USAGE, Usage

PROBLEMS_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Rows of a data set, divided into finished rows and open rows.

    Parameters
    ----------
    done
        Items with stored results that are still valid.
    todo
        Rows that this run still has to answer or parse.
    stale
        Indices of the open rows that have a stored file without a valid answer.
    charged
        Narratives whose contexts were charged to the run by an earlier command.
    contexts
        Stored contexts without an answer. A killed run may have stored a context only in its own folder.
    spent
        Usage of all stored replies of the run.
    """

    done: tuple[tuple[Item, Result], ...] = ()
    todo: tuple[Item | BadRow, ...] = ()
    stale: tuple[str, ...] = ()
    charged: frozenset[str] = frozenset()
    contexts: tuple[Result, ...] = ()
    spent: Usage = NO_USAGE


def context_sources(plan: Plan, models: Models, shared: SharedContexts | None = None) -> list[ContextSource]:
    """Load the stored contexts, and return one source of contexts per parser. No file is written.

    `ContextSource.problems` lists the problems with stored files.

    Parameters
    ----------
    plan
        Plan of the run. The plan knows the folders of contexts.
    models
        Models of the run, including the parsers.
    shared
        Contexts that the run shares with the other runs of a sweep.
    """
    shared = shared or SharedContexts()
    items = [row for row in plan.dataset.rows if isinstance(row, Item)]
    folders = plan.places_of_contexts()
    sources = []
    for sample, parser in enumerate(models.parsers):
        source = ContextSource(parser, plan.benchmark.guidance, sample, shared=shared)
        own = folders if sample == 0 else [folder / sample_folder(sample) for folder in folders]
        source.look_into(own, items, plan.settings.context_dir if sample == 0 else None)
        source.open()
        sources.append(source)
    return sources


def notes_of(sources: Sequence[ContextSource]) -> list[str]:
    """Return notes about files that could not be used as contexts."""
    notes = []
    for source in sources:
        notes += source.problems[:PROBLEMS_SHOWN]
        if (more := len(source.problems) - PROBLEMS_SHOWN) > 0:
            notes.append(f"further files that could not be used as contexts: {more}")
    return notes


def kept_of(plan: Plan, store: ResultStore, sources: Sequence[ContextSource]) -> Kept:
    """Divide the rows of a plan into finished rows and open rows.

    Parameters
    ----------
    plan
        Plan of the run.
    store
        Store with the results in the folder of the run.
    sources
        Sources of contexts. A stored answer is valid only if the context of the answer is unchanged.
    """
    if plan.settings.continue_mode == "new" or not plan.settings.save:
        return Kept(todo=plan.dataset.rows)
    done: list[tuple[Item, Result]] = []
    todo: list[Item | BadRow] = []
    stale: list[str] = []
    charged: set[str] = set()
    contexts: list[Result] = []
    spent, finished = NO_USAGE, set[str]()
    for row in plan.dataset.rows:
        result = store.read(row.index)
        if result is not None:
            spent += result.usage
            finished.add(result.item_key or "")
            contexts += [result] if result.status == "parsed" else []
        if isinstance(row, Item) and result is not None and sources and sources[0].has_context_of(result, row):
            charged.add(row.narrative)
        if isinstance(row, Item) and result is not None and _counts(plan, row, result, sources):
            done.append((row, result if plan.mode.answers else replace(result, status="parsed", is_correct=None)))
            continue
        todo.append(row)
        if store.has(row.index) if result is None else result.status in ("answered", "refused"):
            stale.append(row.index)
    if not plan.mode.answers:  # other runs may have paid for these contexts, and no context waits for an answer
        return Kept(done=tuple(done), todo=tuple(todo), stale=tuple(stale), charged=frozenset(charged))
    return Kept(
        done=tuple(done),
        todo=tuple(todo),
        stale=tuple(stale),
        charged=frozenset(charged),
        contexts=tuple(contexts),
        spent=spent + journaled_usage(store.folder, finished),
    )


def _counts(plan: Plan, item: Item, result: Result, sources: Sequence[ContextSource]) -> bool:
    """Return whether a stored result is valid for the current settings and contexts."""
    if not plan.mode.answers and result.socialized_context is not None:
        return result.context_key == sources[0].key(item.narrative)
    if result.status not in ("answered", "refused"):
        return False
    if result.item_key != plan.item_key(item):
        return False
    return not sources or sources[0].is_of(result, item)
