"""What an evaluation would take, before it takes anything."""

from __future__ import annotations

from dataclasses import dataclass

from social_world_model.errors import ContextError
from social_world_model.evaluation.pairs import pair_folders
from social_world_model.evaluation.run import check_settings, judge_of
from social_world_model.generation_utils.names import keyless
from social_world_model.settings import EvaluationSettings
from social_world_model.usage import NO_USAGE, Usage

VERDICT_TOKENS = 40
"""Of a typical verdict on one agent in one step, with its reason."""


@dataclass(frozen=True, kw_only=True)
class EvaluationEstimate:
    """What an evaluation would take, roughly; retries and repeated asks not counted.

    Parameters
    ----------
    contexts
        Number of pairs.
    kept
        Number of judgements that earlier runs made.
    usage
        What the others would take; tokens are characters / 4.
    """

    contexts: int
    kept: int
    usage: Usage


def estimate_evaluation(settings: EvaluationSettings) -> EvaluationEstimate:
    """Return what an evaluation would take. Nothing is called, and nothing is written.

    Raises
    ------
    ConfigurationError, DatasetError
        What the evaluation itself would raise before its first call.
    """
    check_settings(settings)
    with keyless():
        judge = judge_of(settings)
    pairs = pair_folders(settings.gt_dir, settings.gen_dir).pairs
    kept, usage, seen = 0, NO_USAGE, set[str]()
    for pair in pairs if judge is not None else ():
        assert judge is not None, "only then is there a pair"
        context = pair.gen.context
        if not (pair.story and pair.story.strip()) or not context.socialized_context or pair.key in seen:
            continue
        seen.add(pair.key)
        try:
            prompt = judge.prompt(pair.story, context)
        except ContextError:  # the evaluation counts it as failed, without a call
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
