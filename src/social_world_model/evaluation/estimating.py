"""Estimate the cost of an evaluation without any call."""

from __future__ import annotations

from dataclasses import dataclass

from social_world_model.errors import ContextError
from social_world_model.evaluation.pairs import pair_folders
from social_world_model.evaluation.run import check_settings, judge_of
from social_world_model.generation_utils.names import keyless
from social_world_model.settings import EvaluationSettings
from social_world_model.usage import NO_USAGE, Usage

VERDICT_TOKENS = 40
"""Typical number of tokens of a verdict on one agent in one step, with the reason."""


@dataclass(frozen=True, kw_only=True)
class EvaluationEstimate:
    """Estimated cost of an evaluation, without retries.

    Parameters
    ----------
    contexts
        Number of pairs of contexts.
    kept
        Number of judgements that exist from earlier runs.
    usage
        Estimated usage of the missing judgements. Tokens are characters / 4.
    """

    contexts: int
    kept: int
    usage: Usage


def estimate_evaluation(settings: EvaluationSettings) -> EvaluationEstimate:
    """Estimate the cost of an evaluation. No model is called, and no file is written.

    Raises
    ------
    ConfigurationError, DatasetError
        If the evaluation would raise the same error before its first call.
    """
    check_settings(settings)
    with keyless():
        judge = judge_of(settings)
    pairs = pair_folders(settings.gt_dir, settings.gen_dir).pairs
    kept, usage, seen = 0, NO_USAGE, set[str]()
    for pair in pairs if judge is not None else ():
        assert judge is not None, "the loop has no pairs without a judge"
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
            usage += Usage(
                requests=1,
                input_tokens=prompt.tokens,
                output_tokens=replied,
                cost=judge.model.price(prompt.tokens, replied),
            )
    return EvaluationEstimate(contexts=len(pairs), kept=kept, usage=usage)
