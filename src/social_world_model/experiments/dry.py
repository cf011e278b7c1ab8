"""Collect the queries of a mode without calling a model. The queries are checked, and their cost is estimated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from social_world_model.contracts import Answerer, Item, Query, Reply
from social_world_model.errors import ConfigurationError, NarrativeError, SocialWorldModelError
from social_world_model.experiments.contexts import ContextSource
from social_world_model.experiments.models import Models
from social_world_model.experiments.plan import Plan
from social_world_model.experiments.session import shown_as
from social_world_model.generation_utils.answerer import LanguageModelAnswerer
from social_world_model.generation_utils.model import CHARS_PER_TOKEN, LanguageModel, Prompt
from social_world_model.generation_utils.prompts import check_places, materials
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.context import SocializedStructure
from social_world_model.symbolic import parse_narrative
from social_world_model.symbolic.cast import acting
from social_world_model.usage import NO_USAGE, Usage

REASONING_TOKENS = 150
ANSWER_TOKENS = 15
"""Typical numbers of tokens in the reasoning and in the answer. Reasoning models write many times more tokens."""


class DrySession:
    """Session that collects the queries of a mode about an item. No model is called.

    Attributes
    ----------
    usage
        Estimated usage of the queries.
    shown
        Names of the prompt parts that the queries contain.
    parses
        Whether the mode requests a context.
    """

    def __init__(self, plan: Plan, answerer: Answerer | None, item: Item, source: ContextSource | None = None) -> None:
        self.plan = plan
        self.answerer = answerer
        self.item = item
        self.source = source
        self.usage = NO_USAGE
        self.shown: set[str] = set()
        self.parses = False

    async def ask(self, query: Query) -> Reply:
        """Count a query, and return a placeholder reply of typical length. For a retelling, this is the narrative."""
        query = shown_as(query, self.plan)
        self.usage += _of_query(self.answerer, query)
        self.shown |= {name for name, text in materials(query).items() if text}
        typical = "…" * (REASONING_TOKENS * CHARS_PER_TOKEN)
        return Reply(response=self.item.narrative if query.task == "recount" else typical)

    async def context(self) -> SocializedContext:
        """Return the stored context, or a placeholder of similar size."""
        self.parses = True
        known = None if self.source is None else self.source.known(self.item)
        return known or stand_in(self.item)

    def holds_fact(self, account: str) -> bool:
        """Return False, because agents say nothing in this session."""
        return False


async def dry_session(plan: Plan, models: Models, item: Item, source: ContextSource | None = None) -> DrySession:
    """Run the mode of a plan on an item without calling a model.

    Parameters
    ----------
    plan, models
        Plan and models of the run.
    item
        Item to ask about.
    source
        Source of the item's context; None if the mode uses no contexts.

    Raises
    ------
    ConfigurationError
        If the mode cannot ask questions about the item.
    """
    session = DrySession(plan, models.answerer, item, source)
    try:
        await plan.mode.run(replace(item, correct_answer=None, fields={}), session)
    except ConfigurationError:
        raise
    except SocialWorldModelError:
        if not session.usage.requests:  # the placeholder context does not suffice: count one call
            await session.ask(Query(question=item.question, question_kind="reality", narrative=item.narrative))
    return session


async def check_queries(plan: Plan, models: Models, items: Sequence[Item]) -> None:
    """Check that the mode and the prompt template work with all kinds of questions. No model is called.

    Parameters
    ----------
    plan, models
        Plan and models of the run.
    items
        Items of the run. One item of each kind is checked.

    Raises
    ------
    ConfigurationError
        If the mode cannot ask a kind of question, or if the template has a placeholder that is never filled.
    """
    if not isinstance(models.answerer, LanguageModelAnswerer):
        return
    kinds = {
        (item.question_kind, item.answer_form, bool(item.choices), len(item.belief_chain)): item
        for item in reversed(items)
    }
    shown: set[str] = set()
    for item in kinds.values():
        shown |= (await dry_session(plan, models, item)).shown
    if plan.settings.prompt_template is not None and items:
        check_places(plan.settings.prompt_template, shown)


def _of_query(answerer: Answerer | None, query: Query) -> Usage:
    if not isinstance(answerer, LanguageModelAnswerer):
        return NO_USAGE
    if query.task == "recount":
        replied = len(query.narrative or "") // CHARS_PER_TOKEN or REASONING_TOKENS
    else:
        replied = ANSWER_TOKENS + (REASONING_TOKENS if query.reasoning else 0)
    return of_prompt(answerer.model, answerer.prompt(query), replied)


def of_prompt(model: LanguageModel, prompt: Prompt, replied: int) -> Usage:
    """Return the estimated usage of one call.

    Parameters
    ----------
    model
        Language model of the call. The model has the price per token.
    prompt
        Prompt of the call.
    replied
        Expected number of tokens of the reply.
    """
    sent = prompt.tokens
    return Usage(requests=1, input_tokens=sent, output_tokens=replied, cost=model.price(sent, replied))


def stand_in(item: Item) -> SocializedContext:
    """Return a placeholder context of typical size, with one step per sentence of the narrative."""
    try:
        return parse_narrative(item.narrative)[0]
    except NarrativeError:
        pass
    cast = list(dict.fromkeys([*acting(item.narrative), *item.belief_chain])) or ["somebody"]
    sentences = [part for part in re.split(r"(?<=[.!?])\s+|\n+", item.narrative) if part.strip()]
    steps = [
        SocializedStructure(
            timestep=str(number),
            state=sentence,
            observations=dict.fromkeys(cast, "<same_as_state />"),
            actions=dict.fromkeys(cast, "none"),
        )
        for number, sentence in enumerate(sentences, start=1)
    ]
    return SocializedContext(agents_names=cast, socialized_context=steps)
