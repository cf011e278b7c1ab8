"""Connect the runs of several processes that use the same contexts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from social_world_model.experiments.accounts import Accounts
from social_world_model.experiments.contexts import ContextSource
from social_world_model.experiments.kept import Kept
from social_world_model.experiments.plan import Plan
from social_world_model.experiments.shared_folder import SharedFolder
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore
from social_world_model.symbolic import SymbolicModel


def share_contexts(
    plan: Plan,
    sources: Sequence[ContextSource],
    kept: Kept,
    accounts: Accounts,
    on_wait: Callable[[str], None] = lambda _: None,
) -> None:
    """Connect sources of contexts with the folders in which several processes share contexts.

    Parameters
    ----------
    plan
        Plan of the run. The plan knows the folders.
    sources
        Sources of the run.
    kept
        Stored results of the run.
    accounts
        Usage of the run. Contexts that other runs paid for are charged to the run once.
    on_wait
        Callback that receives a message when another process makes a context that this process needs.
    """
    store = ResultStore(plan.folder)
    for source in sources:
        folder = SharedFolder(plan.contexts_folder(source.sample), on_wait)
        folder.open()
        source.keep = partial(_keep, store if source.sample == 0 else None, folder)
        source.charged_before = kept.charged
        source.charge_earlier(accounts.before.charged)
        source.on_charge = accounts.ledger.charge
        if isinstance(source.parser, SymbolicModel):
            continue  # a symbolic parse is fast and always the same, so several processes may repeat it
        source.folder = folder
        if source.sample == 0 and folder.store.folder != store.folder:
            source.share_again(kept.contexts)


def _keep(own: ResultStore | None, folder: SharedFolder, result: Result) -> None:
    """Store a new context in the folder of the run and in the shared folder, before the context is used."""
    if own is not None:
        own.write(result)
    if own is None or own.folder != folder.store.folder:
        folder.write(result)
