"""What a mode may use while it answers one item, and what is noted of it."""

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
"""At most; replies to one query that a mode tells apart count on from there."""


class ItemSession:
    """Puts one item's queries to the answerer; remembers the context it was given.

    Parameters
    ----------
    plan
        Of the run.
    answerer
        None where the mode answers nothing.
    item
        Whose session.
    contexts
        Where its context comes from; None where the mode uses none.
    journal
        Where replies outlive a kill until the item's result is stored.
    sample
        Number of this answer, from 0, where the question is asked several times.
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
        self.item_key, self._earlier_key = plan.item_keys(item)
        self.used: SocializedContext | None = None
        self.usage = NO_USAGE
        self._draw = sample if contexts is None else contexts.sample * settings.samples + sample
        self._alone = settings.samples == settings.context_samples == 1
        self._unwritten: tuple[Query, Reply] | None = None

    async def ask(self, query: Query) -> Reply:
        """Put a query to the answerer, under the benchmark's guidance, unless a stopped run has its reply."""
        assert self.answerer is not None, "a mode that asks says that it answers"
        query = replace(
            shown_as(query, self.plan),
            sample=self.sample + query.sample * SAMPLES_OF_AN_ITEM,
        )
        self._write_down()
        reply = self._journaled(query)
        if reply is None:
            reply = await self.answerer.answer(query)
            if reply.status == "answered":
                self._write_down()  # what came meanwhile, if several are asked at the same time
                self._unwritten = (query, reply)
        if not self._alone:
            self._write_down()
        self.usage += reply.usage
        return reply

    async def context(self) -> SocializedContext:
        """Return the context of the item's narrative."""
        assert self.contexts is not None, "a mode that uses contexts says so"
        self.used = await self.contexts.context(self.item)
        return self.used

    def holds_fact(self, account: str) -> bool:
        """Let the benchmark compare what somebody says with the fact that is asked about."""
        return self.plan.benchmark.holds_fact(account, self.item)

    def _write_down(self) -> None:
        """Keep the last reply, now that the item goes on; one that is the last of all stands in the item's result."""
        if self._unwritten is not None:
            query, reply = self._unwritten
            self.journal.keep(self.item_key, self._key(query, self.item_key), reply)
            self._unwritten = None

    def _journaled(self, query: Query) -> Reply | None:
        """Return the reply that a stopped run got to a query."""
        if not self.journal.replies:
            return None
        found = self.journal.find(self._key(query, self.item_key))
        return found or self.journal.find(self._key(query, self._earlier_key))

    def _key(self, query: Query, item_key: str) -> str:
        """Return a key of an item's draw and of what a query shows; all else is in the item's key."""
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
        return f"{item_key}-{self._draw}-{content_key(**parts, **shown)}"


def shown_as(query: Query, plan: Plan) -> Query:
    """Return a query with what every query of a run has."""
    return replace(
        query,
        guidance=plan.benchmark.guidance,
        prompt_parts=plan.benchmark.prompt_parts,
        context_fields=plan.settings.context_fields,
        form=plan.settings.form if query.form == "json" else query.form,
    )
