"""What a run would take, before it takes anything: calls, tokens, dollars."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from social_world_model.contracts import NO_USAGE, Answerer, Item, Parser, Query, Reply, Usage
from social_world_model.errors import NarrativeError, SocialWorldModelError
from social_world_model.experiments.contexts import ContextSource
from social_world_model.experiments.run import Run
from social_world_model.experiments.settings import RunSettings
from social_world_model.generation_utils.answerer import LanguageModelAnswerer
from social_world_model.generation_utils.model import CHARS_PER_TOKEN, LanguageModel, Prompt
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.modes import Mode
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.context import SocializedStructure
from social_world_model.symbolic import parse_narrative
from social_world_model.world_model.cast import acting
from social_world_model.world_model.parsing import LanguageModelParser, wire_text

REASONING_TOKENS = 150
ANSWER_TOKENS = 15
"""Of a typical reply. Models that think at length before they answer write many times more."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a run would take, roughly; retries and repeated asks not counted.

    Parameters
    ----------
    items, kept
        Questions to be asked, and answered by an earlier run.
    roles
        What the calls would take, by role; `requests` is exact for modes that always ask the same number.
    """

    items: int
    kept: int
    roles: dict[str, Usage] = field(default_factory=dict)

    @property
    def total(self) -> Usage:
        """All roles together."""
        return sum(self.roles.values(), NO_USAGE)


async def estimate(settings: RunSettings) -> Estimate:
    """Return what a run would take. Nothing is called, and nothing is written.

    Raises
    ------
    ConfigurationError, DatasetError
        What the run itself would raise before its first call.
    """
    run = Run(settings)
    run.look_for_contexts(run.context_folders())
    todo, _ = run.split()
    items = [row for row in todo if isinstance(row, Item)]
    roles: dict[str, Usage] = {}
    parsed: set[tuple[int, str]] = set()
    for item in items:
        sources: Sequence[ContextSource | None] = run.contexts or [None]
        for source in sources:
            for _sample in range(settings.samples if run.mode.answers else 1):
                session = _DrySession(item, run, None if source is None else source.known)
                await _dry_run(run.mode, session)
                roles["answer"] = roles.get("answer", NO_USAGE) + session.usage
            if source is None or source.known(item) is not None or (source.sample, item.narrative) in parsed:
                continue
            parsed.add((source.sample, item.narrative))
            taken = _of_parse(run.parsers[source.sample], item, run.benchmark.guidance)
            roles["context"] = roles.get("context", NO_USAGE) + taken
    await run.models.close()
    return Estimate(
        items=len(items), kept=run.kept, roles={role: used for role, used in roles.items() if used.requests}
    )


async def _dry_run(mode: Mode, session: _DrySession) -> None:
    try:
        await mode.run(replace(session.item, gold=None, fields={}), session)
    except SocialWorldModelError:
        if not session.usage.requests:  # what a stand-in context cannot show: count the question as one call
            await session.ask(Query(question=session.item.question, asks="reality", narrative=session.item.narrative))


class _DrySession:
    """Counts what a mode would ask."""

    def __init__(self, item: Item, run: Run, known: Callable[[Item], SocializedContext | None] | None) -> None:
        self.item = item
        self.run = run
        self.known = known
        self.usage = NO_USAGE

    async def ask(self, query: Query) -> Reply:
        """Count a query; a retelling is taken to be as long as the narrative."""
        benchmark, answerer = self.run.benchmark, self.run.answerer
        query = replace(
            query,
            guidance=benchmark.guidance,
            prompt_parts=benchmark.prompt_parts,
            context_fields=self.run.settings.context_fields,
        )
        self.usage += _of_query(answerer, query)
        return Reply(text=query.narrative or "")

    async def context(self) -> SocializedContext:
        """Return the known context, or one of about the size that there will be."""
        known = None if self.known is None else self.known(self.item)
        return known or stand_in(self.item)


def _of_query(answerer: Answerer | None, query: Query) -> Usage:
    if not isinstance(answerer, LanguageModelAnswerer):
        return NO_USAGE
    if query.task == "recount":
        replied = len(query.narrative or "") // CHARS_PER_TOKEN
    else:
        replied = ANSWER_TOKENS + (REASONING_TOKENS if query.reasoning else 0)
    return _of_prompt(answerer.model, answerer.prompt(query), replied)


def _of_parse(parser: Parser, item: Item, guidance: str) -> Usage:
    if not isinstance(parser, LanguageModelParser):
        return NO_USAGE
    replied = len(wire_text(stand_in(item))) // CHARS_PER_TOKEN
    return _of_prompt(parser.model, parser.prompt(item.narrative, guidance), replied)


def _of_prompt(model: LanguageModel, prompt: Prompt, replied: int) -> Usage:
    form = 0 if prompt.shape is None else len(format_instructions(prompt.shape)) // CHARS_PER_TOKEN
    sent = prompt.tokens + form
    return Usage(requests=1, input_tokens=sent, output_tokens=replied, cost=model.price(sent, replied))


def stand_in(item: Item) -> SocializedContext:
    """Return a context of about the size that a parse of an item would have: a step for each sentence."""
    try:
        return parse_narrative(item.narrative)[0]
    except NarrativeError:
        pass
    cast = list(dict.fromkeys([*acting(item.narrative), *item.chain])) or ["somebody"]
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
