"""Session of one item. A mode uses the session to call models and to get contexts."""

from __future__ import annotations

from dataclasses import replace

from social_world_model.contracts import Answerer, Item, Query, Reply
from social_world_model.experiments.contexts import ContextSource
from social_world_model.experiments.plan import Plan
from social_world_model.runs.journal import Journal
from social_world_model.runs.keys import content_key
from social_world_model.s3ap import SocializedContext
from social_world_model.usage import NO_USAGE

SAMPLES_OF_AN_ITEM = 1000
"""Maximum number of samples of an item. If a mode repeats a query, the sample numbers start at this number."""


class ItemSession:
    """Session that sends the queries about one item to the answerer.

    Parameters
    ----------
    plan
        Plan of the run.
    answerer
        Model that answers; None if the mode only makes contexts.
    item
        Item that the queries are about.
    contexts
        Source of the item's context; None if the mode uses no contexts.
    journal
        Journal of replies. Each reply is stored as soon as it arrives, so a killed run loses no reply.
    sample
        Number of the sample, from 0, if the question is asked several times.

    Attributes
    ----------
    what_failed
        ``"no context: "`` if the context of the item could not be made; otherwise empty.
    """

    def __init__(
        self,
        plan: Plan,
        answerer: Answerer | None,
        item: Item,
        contexts: ContextSource | None,
        journal: Journal,
        sample: int = 0,
    ) -> None:
        settings = plan.settings
        self.plan = plan
        self.answerer = answerer
        self.item = item
        self.contexts = contexts
        self.journal = journal
        self.sample = sample
        self.item_key = plan.item_key(item)
        self.used: SocializedContext | None = None
        self.what_failed = ""
        self.usage = NO_USAGE
        self._draw = sample if contexts is None else contexts.sample * settings.samples + sample

    async def ask(self, query: Query) -> Reply:
        """Send a query and the benchmark's guidance to the answerer, or reuse the reply of a stopped run."""
        assert self.answerer is not None, "a mode that asks queries must have answers=True"
        query = replace(
            shown_as(query, self.plan),
            sample=self.sample + query.sample * SAMPLES_OF_AN_ITEM,
        )
        key = self._key(query)
        reply = self.journal.find(key)
        if reply is None:
            reply = await self.answerer.answer(query)
            if reply.status in ("answered", "refused"):
                self.journal.keep(self.item_key, key, reply)
        self.usage += reply.usage
        return reply

    async def context(self) -> SocializedContext:
        """Return the context of the item's narrative."""
        assert self.contexts is not None, "a mode that uses contexts must have uses_context=True"
        self.what_failed = "no context: "
        self.used = await self.contexts.context(self.item)
        self.what_failed = ""
        return self.used

    def holds_fact(self, account: str) -> bool:
        """Return whether a statement contains the target fact of the item. The benchmark decides this."""
        return self.plan.benchmark.holds_fact(account, self.item)

    def _key(self, query: Query) -> str:
        """Return a key for the sample and the content of a query. The item key covers all other settings."""
        contexts = {"context": query.context, "memory": query.memory, "witnessed": query.others_observations}
        shown = {name: None if one is None else one.to_json(indent=None) for name, one in contexts.items()}
        parts = {
            "task": query.task,
            "agent": query.agent,
            "question": query.question,
            "narrative": query.narrative,
            "accounts": [repr(one).replace("Statement", "Account", 1) for one in query.statements],
            "supposing": query.hypothesis,
            "sample": query.sample,
        }
        return f"{self.item_key}-{self._draw}-{content_key(**parts, **shown)}"


def shown_as(query: Query, plan: Plan) -> Query:
    """Return a copy of a query with the settings that all queries of a run share.

    Parameters
    ----------
    query
        Query of a mode.
    plan
        Plan of the run.
    """
    return replace(
        query,
        guidance=plan.benchmark.guidance,
        prompt_parts=plan.benchmark.prompt_parts,
        context_fields=plan.settings.context_fields,
        form=plan.settings.context_form or (plan.settings.form if query.form == "json" else query.form),
    )
