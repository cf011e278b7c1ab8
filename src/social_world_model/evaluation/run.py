"""Evaluate all pairs of contexts in two folders."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from social_world_model.errors import (
    BudgetExceededError,
    ConfigurationError,
    ContextError,
    EndpointError,
    GenerationError,
    NarrativeError,
)
from social_world_model.evaluation.judging import JudgeResult, LLMJudge
from social_world_model.evaluation.pairs import Failed, Pair, pair_folders
from social_world_model.evaluation.perceived import PerceivedScore, compare_perceived
from social_world_model.evaluation.references import reference_of
from social_world_model.evaluation.structure import Structure, structure_of
from social_world_model.generation_utils.clients import CONCURRENCY, Clients
from social_world_model.generation_utils.limits import CallLimit
from social_world_model.generation_utils.model import Sampling
from social_world_model.generation_utils.names import takes_base_url
from social_world_model.runs.flight import run_bounded
from social_world_model.settings import EvaluationSettings
from social_world_model.settings.evaluation import NO_JUDGE
from social_world_model.usage import NO_USAGE, Usage

STRUCTURAL, OBSERVATION = 0.3, 0.7
"""Weights of the structural score and of the observation accuracy in the overall score."""


@dataclass(frozen=True, kw_only=True)
class EvaluationRow:
    """Scores of one pair of contexts.

    Parameters
    ----------
    name
        File name of the pair.
    key
        Hash of the pair. Rows with the same hash repeat a context. Each context counts once in the means.
    structure
        Structural score of the evaluated context.
    perceived
        Comparison of perceived events; None if the contexts could not be compared.
    judged
        Judgements; None if there is no judge, or if the judge gave no usable judgement.
    """

    name: str
    key: str
    structure: Structure
    perceived: PerceivedScore | None = None
    judged: JudgeResult | None = None

    @property
    def observation(self) -> float | None:
        """Observation accuracy, from 0 to 1; None if there is no judgement."""
        return None if self.judged is None else self.judged.accuracy

    @property
    def overall(self) -> float | None:
        """Weighted mean of structural score and observation accuracy, from 0 to 1; None if there is no judgement."""
        if self.observation is None:
            return None
        return STRUCTURAL * self.structure.score + OBSERVATION * self.observation


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Results of an evaluation.

    Parameters
    ----------
    settings
        Settings of the evaluation.
    rows
        One row per readable pair, sorted by file name. Pairs that could not be scored also have a row.
    failed
        Files without a score. The means do not include these files.
    notes
        Remarks about the folders.
    usage
        Usage of the calls in this evaluation.
    judgements_made, judgements_kept
        Number of judgements made in this evaluation, and number of judgements read from earlier evaluations.
    """

    settings: EvaluationSettings
    rows: tuple[EvaluationRow, ...]
    failed: tuple[Failed, ...]
    notes: tuple[str, ...] = ()
    usage: Usage = NO_USAGE
    judgements_made: int = 0
    judgements_kept: int = 0

    @property
    def counted(self) -> tuple[EvaluationRow, ...]:
        """Rows that the means include: no failed row, and each context only once."""
        failed = {one.name for one in self.failed}
        once = {row.key: row for row in reversed(self.rows) if row.name not in failed}
        return tuple(row for row in self.rows if once.get(row.key) is row)


@dataclass(frozen=True, kw_only=True)
class EvaluationProgress:
    """Progress of an evaluation.

    Parameters
    ----------
    total, done, failed
        Number of all pairs, of finished pairs, and of failed pairs.
    in_flight
        Number of concurrent calls.
    per_minute
        Number of requests sent in the last 60 seconds.
    retries
        Number of retries so far.
    usage
        Usage of the calls so far.
    """

    total: int
    done: int
    failed: int
    in_flight: int = 0
    per_minute: int = 0
    retries: int = 0
    usage: Usage = NO_USAGE


def check_settings(settings: EvaluationSettings) -> None:
    """Check that the settings fit together, before files are read and models are called.

    Raises
    ------
    ConfigurationError
        If two settings contradict each other. The error names the parameters.
    """
    if settings.reference == "gt" and settings.gt_dir is None:
        raise ConfigurationError(
            "expected gt_dir to be set, because reference is 'gt'; got none: set gt_dir, or reference 'symbolic'",
            parameters=("gt_dir", "reference"),
        )
    if settings.judge_model == NO_JUDGE and settings.repeats > 1:
        raise ConfigurationError(
            "expected a judge_model if repeats is above 1, got judge_model none", parameters=("repeats", "judge_model")
        )
    if settings.base_url is not None and not takes_base_url(settings.judge_model):
        raise ConfigurationError(
            f"expected a bare model name or vllm/NAME as judge_model if base_url is set, got {settings.judge_model}",
            parameters=("base_url", "judge_model"),
        )


async def evaluate(
    settings: EvaluationSettings,
    on_progress: Callable[[EvaluationProgress], None] = lambda _: None,
    on_problem: Callable[[str], None] = lambda _: None,
) -> Evaluation:
    """Score every pair of contexts in two folders.

    Parameters
    ----------
    settings
        Settings of the evaluation: folders, reference and judge.
    on_progress
        Callback that receives the progress after every pair.
    on_problem
        Callback that receives a message about a problem with calls. Each kind of problem is reported once.

    Raises
    ------
    ConfigurationError
        If settings contradict each other, or if the judge model is unknown.
    DatasetError
        If the folders contain no pair.
    EndpointError, BudgetExceededError
        If no further call of the judge is possible. Judgements that were already made are stored.
    """
    check_settings(settings)
    judge = judge_of(settings, on_problem)
    try:
        paired = pair_folders(settings.gt_dir, settings.gen_dir)
        work = _Work(settings, judge, on_progress, total=len(paired.pairs))
        await work.do(paired.pairs)
    finally:
        if judge is not None:
            await judge.model.close()
    scored = [work.rows[pair.name] for pair in paired.pairs]
    return Evaluation(
        settings=settings,
        rows=tuple(scored),
        failed=(
            *paired.failed,
            *(work.failed[name] for name in (pair.name for pair in paired.pairs) if name in work.failed),
        ),
        notes=paired.notes,
        usage=NO_USAGE if judge is None else judge.calls.spent,
        judgements_made=0 if judge is None else judge.made,
        judgements_kept=0 if judge is None else judge.kept,
    )


def judge_of(settings: EvaluationSettings, on_problem: Callable[[str], None] = lambda _: None) -> LLMJudge | None:
    """Return the judge of an evaluation; None if the settings name no judge.

    Parameters
    ----------
    settings
        Settings with the name of the judge model.
    on_problem
        Callback that receives a message about a problem with calls. Each kind of problem is reported once.

    Raises
    ------
    ConfigurationError
        If the model is unknown, or if the model does not support a setting.
    """
    name = settings.judge_model
    if name == NO_JUDGE:
        return None
    if name == "symbolic":
        raise ConfigurationError(
            "expected a language model as judge_model, got symbolic: use reference 'symbolic' instead",
            parameters=("reference",),
        )
    clients = Clients(settings, on_problem)
    model = clients.model(name)
    clients.check()
    clients.set_concurrency()
    sampling = Sampling.of(settings, temperature=settings.temperature or 0.0)
    return LLMJudge(model, clients.calls, settings.cache, settings.repeats, sampling)


@dataclass
class _Work:
    """Score pairs concurrently, within the limit of concurrent calls."""

    settings: EvaluationSettings
    judge: LLMJudge | None
    on_progress: Callable[[EvaluationProgress], None]
    total: int
    rows: dict[str, EvaluationRow] = field(default_factory=dict)
    failed: dict[str, Failed] = field(default_factory=dict)
    unanswered: GenerationError | None = None

    async def do(self, pairs: tuple[Pair, ...]) -> None:
        """Score all pairs.

        Raises
        ------
        EndpointError
            If the judge gave no reply at all.
        """
        limit = CallLimit(self.settings.batch_size or CONCURRENCY) if self.judge is None else self.judge.calls.limit
        await run_bounded(limit, self._jobs(pairs))
        if self.unanswered is not None and self.judge is not None and not self.judge.calls.spent.requests:
            raise EndpointError(
                f"expected replies from the judge, got no reply at all: {self.unanswered}", model=self.judge.model.name
            )

    def _jobs(self, pairs: tuple[Pair, ...]) -> Iterator[Callable[[], Coroutine[Any, Any, None]]]:
        for pair in pairs:

            async def job(pair: Pair = pair) -> None:
                await self._score(pair)

            yield job

    async def _score(self, pair: Pair) -> None:
        context = pair.gen.context
        row = self.rows[pair.name] = EvaluationRow(name=pair.name, key=pair.key, structure=structure_of(context))
        try:
            if not context.socialized_context:
                raise ContextError("expected at least one step, got none")
            row = self.rows[pair.name] = replace(row, perceived=self._perceived(pair))
            if self.judge is not None:
                if not (pair.story and pair.story.strip()):
                    raise ContextError("expected a narrative in the context's `story` for the judge, got none")
                judged = await self.judge.judge(pair.story, context)
                self.rows[pair.name] = replace(row, judged=judged)
        except (EndpointError, BudgetExceededError):
            raise  # the error is the same for every file, so no file is marked as failed
        except (ContextError, NarrativeError, GenerationError) as error:
            if type(error) is GenerationError:  # there was no reply, not even an unusable one
                self.unanswered = self.unanswered or error
            why = " ".join(str(error).split())
            self.failed[pair.name] = Failed(name=pair.name, why=why, kind="failed")
        self._tell()

    def _perceived(self, pair: Pair) -> PerceivedScore:
        """Compare a context with its reference.

        Raises
        ------
        ContextError
            If events cannot be extracted from one of the contexts, or if the narrative is missing.
        NarrativeError
            If the symbolic model cannot read the narrative.
        """
        if self.settings.reference == "symbolic":
            if not (pair.story and pair.story.strip()):
                raise ContextError("expected a narrative in the context's `story` for the symbolic reference, got none")
            return compare_perceived(reference_of(pair.story), pair.gen.context)
        assert pair.gt is not None, "check_settings requires gt_dir"
        if not pair.gt.context.socialized_context:
            raise ContextError(f"expected at least one step in {pair.gt.path}, got no steps")
        return compare_perceived(pair.gt.context, pair.gen.context)

    def _tell(self) -> None:
        done = len(self.rows)
        if self.judge is None:
            self.on_progress(EvaluationProgress(total=self.total, done=done, failed=len(self.failed)))
            return
        calls = self.judge.calls
        self.on_progress(
            EvaluationProgress(
                total=self.total,
                done=done,
                failed=len(self.failed),
                in_flight=calls.active,
                per_minute=calls.per_minute,
                retries=calls.retries,
                usage=calls.spent,
            )
        )
