"""A mode's queries without a call: what would be asked, how long it is, and whether it can be asked at all."""

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
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.prompts import check_places, materials
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.context import SocializedStructure
from social_world_model.symbolic import parse_narrative
from social_world_model.symbolic.cast import acting
from social_world_model.usage import NO_USAGE, Usage

REASONING_TOKENS = 150
ANSWER_TOKENS = 15
"""Of a typical reply. Models that think at length before they answer write many times more."""


class DrySession:
    """Notes what a mode would ask about an item.

    Attributes
    ----------
    usage
        What it would take, roughly.
    shown
        Names of the parts that its queries show.
    parses
        Whether it would want a context.
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
        """Note a query; a retelling is taken to be as long as the narrative, whatever else as long as reasons are."""
        query = shown_as(query, self.plan)
        self.usage += _of_query(self.answerer, query)
        self.shown |= {name for name, text in materials(query).items() if text}
        typical = "…" * (REASONING_TOKENS * CHARS_PER_TOKEN)
        return Reply(response=self.item.narrative if query.task == "recount" else typical)

    async def context(self) -> SocializedContext:
        """Return the known context, or one of about the size that there will be."""
        self.parses = True
        known = None if self.source is None else self.source.known(self.item)
        return known or stand_in(self.item)

    def holds_fact(self, account: str) -> bool:
        """Nobody has said anything."""
        return False


async def dry_session(plan: Plan, models: Models, item: Item, source: ContextSource | None = None) -> DrySession:
    """Go through what the mode of a plan would ask about an item.

    Raises
    ------
    ConfigurationError
        If it cannot be asked at all.
    """
    session = DrySession(plan, models.answerer, item, source)
    try:
        await plan.mode.run(replace(item, correct_answer=None, fields={}), session)
    except ConfigurationError:
        raise
    except SocialWorldModelError:
        if not session.usage.requests:  # what a stand-in cannot show: count the question as one call
            await session.ask(Query(question=item.question, question_kind="reality", narrative=item.narrative))
    return session


async def check_queries(plan: Plan, models: Models, items: Sequence[Item]) -> None:
    """Refuse questions that the mode, or the user's wording, cannot be put to, before anything is paid for.

    Raises
    ------
    ConfigurationError
        What the first query of that kind would raise, or if the wording has a place that nothing is ever put into.
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
    """Return what a call would take, given the tokens of its reply."""
    form = 0 if prompt.shape is None else len(format_instructions(prompt.shape)) // CHARS_PER_TOKEN
    sent = prompt.tokens + form
    return Usage(requests=1, input_tokens=sent, output_tokens=replied, cost=model.price(sent, replied))


def stand_in(item: Item) -> SocializedContext:
    """Return a context of about the size that a parse of an item would have: a step for each sentence."""
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
