"""Estimate the cost of an evaluation without calling a model."""

from __future__ import annotations

from dataclasses import dataclass

from social_world_model.errors import ContextError
from social_world_model.evaluation.pairs import pair_folders
from social_world_model.evaluation.run import check_settings, judge_of
from social_world_model.generation_utils.names import keyless
from social_world_model.settings import EvaluationSettings
from social_world_model.usage import NO_USAGE, Usage

VERDICT_TOKENS = 40
"""Typical number of tokens in one verdict of the judge, including the reason."""


@dataclass(frozen=True, kw_only=True)
class EvaluationEstimate:
    """Estimated cost of an evaluation, without retries.

    Parameters
    ----------
    contexts
        Number of pairs of contexts.
    kept
        Number of judgements that earlier evaluations stored.
    usage
        Estimated usage of the judgements that are not stored yet. Four characters count as one token.
    """

    contexts: int
    kept: int
    usage: Usage


def estimate_evaluation(settings: EvaluationSettings) -> EvaluationEstimate:
    """Estimate the cost of an evaluation. No model is called, and no file is written.

    Raises
    ------
    ConfigurationError, DatasetError
        If the evaluation would also raise this error before the first call.
    """
    check_settings(settings)
    with keyless():
        judge = judge_of(settings)
    pairs = pair_folders(settings.gt_dir, settings.gen_dir).pairs
    kept, usage, seen = 0, NO_USAGE, set[str]()
    for pair in pairs if judge is not None else ():
        assert judge is not None, "without a judge, the loop has no pairs"
        context = pair.gen.context
        if not (pair.story and pair.story.strip()) or not context.socialized_context or pair.key in seen:
            continue
        seen.add(pair.key)
        try:
            prompt = judge.prompt(pair.story, context)
        except ContextError:  # the evaluation makes no call for this context and counts it as failed
            continue
        missing = judge.missing(pair.story, context)
        kept += settings.repeats - missing
        replied = VERDICT_TOKENS * len(context.agents_names) * len(context.socialized_context)
        for _ in range(missing):
            usage += judge.model.expected_usage(1, prompt.tokens, replied)
    return EvaluationEstimate(contexts=len(pairs), kept=kept, usage=usage)
