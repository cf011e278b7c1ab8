"""What a mode may use while it answers one item, and what is noted of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from social_world_model.benchmarks import Benchmark
from social_world_model.choices import ContextField, Form
from social_world_model.contracts import Answerer, Item, Query, Reply
from social_world_model.experiments.contexts import ContextSource
from social_world_model.runs.journal import Journal
from social_world_model.runs.keys import content_key
from social_world_model.s3ap import SocializedContext
from social_world_model.usage import NO_USAGE, Usage

SAMPLES_OF_AN_ITEM = 1000
"""At most; replies to one query that a mode tells apart count on from there."""


@dataclass
class ItemSession:
    """Puts one item's queries to the answerer; remembers the context it was given.

    Parameters
    ----------
    item, item_key
        Whose session, and the key of what is asked.
    answerer, contexts
        Who answers, and where contexts come from.
    journal
        Where replies outlive a kill until the item's record is written.
    benchmark
        Whose guidance and wording every query gets, and who compares what is said with a fact.
    form, context_fields
        How contexts are shown in JSON, and what of them.
    sample, draw
        Number of this draw, from 0, for whoever draws; and among all draws of the item, contexts' included.
    alone
        Whether this is the item's only draw.
    """

    item: Item
    item_key: str
    answerer: Answerer | None
    contexts: ContextSource | None
    journal: Journal
    benchmark: Benchmark
    form: Form
    context_fields: tuple[ContextField, ...]
    sample: int = 0
    draw: int = 0
    alone: bool = True
    used: SocializedContext | None = field(default=None, init=False)
    usage: Usage = field(default=NO_USAGE, init=False)
    _unwritten: tuple[Query, Reply] | None = field(default=None, init=False)

    async def ask(self, query: Query) -> Reply:
        """Put a query to the answerer, under the benchmark's guidance, unless a stopped run has its reply."""
        assert self.answerer is not None, "a mode that asks says that it answers"
        query = replace(
            shown_as(query, self.benchmark, self.form, self.context_fields),
            sample=self.sample + query.sample * SAMPLES_OF_AN_ITEM,
        )
        self._write_down()
        reply = self.journal.find(self._key(query)) if self.journal.replies else None
        if reply is None:
            reply = await self.answerer.answer(query)
            if reply.status == "answered":
                self._write_down()  # what came meanwhile, if several are asked at the same time
                self._unwritten = (query, reply)
        if not self.alone:
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
        return self.benchmark.holds_fact(account, self.item)

    def _write_down(self) -> None:
        """Keep the last reply, now that the item goes on; one that is the last of all stands in the item's record."""
        if self._unwritten is not None:
            query, reply = self._unwritten
            self.journal.keep(self.item_key, self._key(query), reply)
            self._unwritten = None

    def _key(self, query: Query) -> str:
        """Return a key of an item's draw and of what a query shows; all else is in the item's key."""
        contexts = {"context": query.context, "memory": query.memory, "witnessed": query.others_observations}
        shown = {name: None if one is None else one.to_json(indent=None) for name, one in contexts.items()}
        parts = {
            "task": query.task,
            "agent": query.agent,
            "question": query.question,
            "narrative": query.narrative,
            "accounts": query.statements,
            "supposing": query.hypothesis,
            "sample": query.sample,
        }
        return f"{self.item_key}-{self.draw}-{content_key(**parts, **shown)}"


def shown_as(query: Query, benchmark: Benchmark, form: Form, fields: tuple[ContextField, ...]) -> Query:
    """Return a query with what every query of a run has."""
    return replace(
        query,
        guidance=benchmark.guidance,
        prompt_parts=benchmark.prompt_parts,
        context_fields=fields,
        form=form if query.form == "json" else query.form,
    )
