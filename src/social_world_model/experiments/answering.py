"""Answer one item: send the queries of the mode to the model, and return the result."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from social_world_model.contracts import Item
from social_world_model.errors import SocialWorldModelError
from social_world_model.experiments.contexts import ContextSource
from social_world_model.experiments.item_results import failed, scored
from social_world_model.experiments.models import Models
from social_world_model.experiments.plan import Plan
from social_world_model.experiments.samples import every, majority
from social_world_model.experiments.session import ItemSession
from social_world_model.runs.flight import ENDING
from social_world_model.runs.journal import Journal
from social_world_model.runs.results import Result
from social_world_model.usage import NO_USAGE


async def answer_item(
    plan: Plan, models: Models, item: Item, contexts: Sequence[ContextSource] = (), journal: Journal | None = None
) -> Result:
    """Answer one item. If there are several samples or contexts, answer each combination and merge the results.

    Parameters
    ----------
    plan, models
        Plan and models of the run. The function writes only to the journal, so other engines can call the function.
    item
        Item of the plan's data set.
    contexts
        Sources of contexts, one per parser of `models`; empty if the mode uses no contexts.
    journal
        Journal that stores replies until the result of the item is stored. None means that no replies are stored.

    Returns
    -------
    Result
        Result of the item. If there is no answer, the status is ``"error"``, ``"refused"`` or ``"unparsable"``.

    Raises
    ------
    ConfigurationError, EndpointError, BudgetExceededError
        If the error affects every item of the run.
    """
    journal = journal or Journal(None)
    samples = plan.settings.samples if plan.mode.answers else 1
    no_context: Sequence[ContextSource | None] = [None]
    sessions = [
        ItemSession(plan, models.answerer, item, source, journal, sample)
        for source in (contexts or no_context)
        for sample in range(samples)
    ]
    if len(sessions) == 1:
        return await _draw(plan, sessions[0])
    ended = await asyncio.gather(*(_draw(plan, one) for one in sessions), return_exceptions=True)
    for result in ended:  # wait for all samples first: calls in progress are paid for
        if isinstance(result, BaseException):
            raise result
    results = [result for result in ended if isinstance(result, Result)]
    return majority(results) if plan.benchmark.votes else every(results)


async def _draw(plan: Plan, session: ItemSession) -> Result:
    """Answer an item once, for one sample and one context."""
    item, source = session.item, session.contexts
    blank = replace(Result.of(item, "error"), item_key=session.item_key)
    try:
        reply = await plan.mode.run(without_label(item), session)
    except ENDING:
        raise
    except SocialWorldModelError as error:
        result = failed(blank, error, session.what_failed)
    else:
        result = scored(plan.benchmark, item, blank, reply, plan.settings.scorer)
    lost = NO_USAGE if source is None else source.lost.pop(item.index, NO_USAGE)
    result = replace(result, usage=session.usage + lost)
    if session.used is None or source is None:
        return result
    return source.with_origin(replace(result, socialized_context=session.used.to_data()), item)


def without_label(item: Item) -> Item:
    """Return an item without the fields that only scoring uses."""
    return replace(item, correct_answer=None, fields={})
