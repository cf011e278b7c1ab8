"""Estimate the calls, tokens and dollars of a run without calling a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from social_world_model.benchmarks.counting import ItemResult
from social_world_model.contracts import Item, Parser
from social_world_model.experiments.contexts import ContextSource
from social_world_model.experiments.dry import check_queries, dry_session, of_prompt, stand_in
from social_world_model.experiments.kept import context_sources, kept_of
from social_world_model.experiments.models import Models
from social_world_model.experiments.plan import Plan
from social_world_model.experiments.run import Run
from social_world_model.generation_utils.model import CHARS_PER_TOKEN
from social_world_model.generation_utils.names import keyless
from social_world_model.runs.store import ResultStore
from social_world_model.settings import RunSettings
from social_world_model.usage import NO_USAGE, Usage
from social_world_model.world_model.parsing import LanguageModelParser, wire_text


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Estimated cost of a run, without retries.

    Parameters
    ----------
    items
        Number of questions to ask.
    kept
        Number of questions that an earlier run answered.
    roles
        Estimated usage, by role of the calls. `requests` is exact if the mode makes a fixed number of requests.
    shared_contexts
        Number of contexts that earlier runs of a sweep make for this run. `roles` does not include these contexts.
    stories
        Number of units of the headline metric in each story (cluster). Empty if the run has no headline that is a mean.
    """

    items: int
    kept: int
    roles: dict[str, Usage] = field(default_factory=dict)
    shared_contexts: int = 0
    stories: tuple[int, ...] = ()

    @property
    def total(self) -> Usage:
        """Estimated usage of all roles together."""
        return sum(self.roles.values(), NO_USAGE)


async def estimate(settings: RunSettings, counted: set[str] | None = None) -> Estimate:
    """Estimate the cost of a run. No model is called, and no file is written.

    Parameters
    ----------
    settings
        Settings of the run.
    counted
        Keys of the contexts that earlier runs of a sweep make. Such contexts are not counted again. The function adds
        the keys of the contexts that this run makes.

    Raises
    ------
    ConfigurationError, DatasetError
        If the run would also raise this error before the first call.
    """
    with keyless():
        run = Run(settings)
    found = await estimate_plan(run.plan, run.models, counted)
    await run.models.clients.close()
    return found


async def estimate_plan(plan: Plan, models: Models, counted: set[str] | None = None) -> Estimate:
    """Estimate the cost of a plan.

    Parameters
    ----------
    plan, models
        Plan and models of the run.
    counted
        Keys of the contexts that earlier runs of a sweep make; see `estimate`.

    Raises
    ------
    ConfigurationError
        If the mode cannot ask a question, or if the prompt template does not work with a question.
    """
    sources = context_sources(plan, models)
    kept = kept_of(plan, ResultStore(plan.folder), sources)
    items = [row for row in kept.todo if isinstance(row, Item)]
    await check_queries(plan, models, items)
    answers = contexts = NO_USAGE
    counted = set() if counted is None else counted
    shared: set[str] = set()
    own: set[str] = set()
    no_context: Sequence[ContextSource | None] = [None]
    for item in items:
        for source in sources or no_context:
            session = await dry_session(plan, models, item, source)
            for _sample in range(plan.settings.samples if plan.mode.answers else 1):
                answers += session.usage
            if source is None or not session.parses or source.known(item) is not None:
                continue
            key = source.key(item.narrative)
            if key not in counted:
                own.add(key)
                contexts += _of_parse(models.parsers[source.sample], item, plan.benchmark.guidance)
            elif key not in own:
                shared.add(key)
            counted.add(key)
    roles = {"answer": answers, "context": contexts}
    return Estimate(
        items=len(items),
        kept=len(kept.done),
        roles={role: used for role, used in roles.items() if used.requests},
        shared_contexts=len(shared),
        stories=_units_by_story(plan) if plan.mode.answers else (),
    )


def _units_by_story(plan: Plan) -> tuple[int, ...]:
    outcomes = [
        ItemResult(
            index=item.index,
            status="error",
            is_correct=None,
            correct_answer=item.correct_answer,
            set_id=item.set_id,
            cluster_id=item.cluster_id,
            fields=item.fields,
        )
        for item in plan.dataset.rows
        if isinstance(item, Item)
    ]
    row = plan.benchmark.headline(outcomes)
    if row.note or row.measure is not None:
        return ()
    named = Counter(unit.cluster_id for unit in row.units if unit.cluster_id)
    return (*named.values(), *(1 for unit in row.units if not unit.cluster_id))


def _of_parse(parser: Parser, item: Item, guidance: str) -> Usage:
    if not isinstance(parser, LanguageModelParser):
        return NO_USAGE
    replied = len(wire_text(stand_in(item), parser.wire)) // CHARS_PER_TOKEN
    return of_prompt(parser.model, parser.prompt(item.narrative, guidance), replied)
