"""One run, and the same run on its questions put otherwise: what stays of the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

from social_world_model.benchmarks.counting import ItemResult
from social_world_model.benchmarks.extraction import normalised
from social_world_model.choices import Variant
from social_world_model.contracts import Item
from social_world_model.errors import ConfigurationError, MeaninglessError
from social_world_model.experiments.datasets import benchmark_of, loaded
from social_world_model.experiments.progress import RunResult
from social_world_model.experiments.run import Run
from social_world_model.experiments.sweep import Sweep
from social_world_model.generation_utils.names import keyless
from social_world_model.settings import RunSettings
from social_world_model.variants import VARIANTS, by_narrative
from social_world_model.variants.renaming import new_names, rename, undone

SCORED_FORMS = frozenset({"sentence", "text"})
"""Forms of an answer of which no two wordings are alike: what counts there is whether it is right."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """How many answers are others in a variant.

    Parameters
    ----------
    compared
        Number of questions that were asked in both, and whose answers can be told to be alike or not.
    changed
        Indices of those with another answer, or with an answer in one alone.
    """

    compared: int
    changed: tuple[str, ...]


def plan(settings: RunSettings, variants: Sequence[Variant] = VARIANTS, *, without_keys: bool = False) -> Sweep:
    """Return the run as it is, and in each variant that means something for its data, as a sweep.

    Parameters
    ----------
    settings
        Of the run; its own variant is not looked at.
    variants
        Out of `VARIANTS`.
    without_keys
        Whether models may lack their keys: for what makes no call.

    Raises
    ------
    ConfigurationError, DatasetError
        If the run cannot be made, answers nothing, or means nothing in any variant.
    """
    original = replace(settings, variant=None)
    runs, meaningless = [original], []
    with keyless() if without_keys else nullcontext():
        if not Run(original).plan.mode.answers:
            raise ConfigurationError(f"expected a mode that answers questions, got {settings.mode}")
        for variant in dict.fromkeys(variants):
            one = replace(settings, variant=variant)
            try:
                Run(one)
            except MeaninglessError as error:
                meaningless.append(f"{variant}: {error}")
            else:
                runs.append(one)
    if len(runs) == 1:
        raise ConfigurationError(f"expected a variant that means something here, got none: {'; '.join(meaningless)}")
    return Sweep(runs=tuple(runs), meaningless=tuple(meaningless))


def changes(original: RunResult, varied: RunResult) -> Changes:
    """Compare the answers of a run with those of the same run in a variant, old names put back.

    Answers are alike if they are the same but for case, articles and underscores; sentences and texts, if both are
    right or both wrong. Where a sentence cannot be scored (an encoder is missing), it is not compared.
    """
    items = {row.index: row for row in original.dataset.rows if isinstance(row, Item)}
    names = _names(original, varied)
    before = {outcome.index: outcome for outcome in original.outcomes}
    compared, changed = 0, []
    for after in varied.outcomes:
        item, earlier = items.get(after.index), before.get(after.index)
        if item is None or earlier is None:
            continue
        one, other = _told(earlier, item, {}), _told(after, item, names.get(item.narrative, {}))
        if "unscored" in (one, other):
            continue
        compared += 1
        if one != other:
            changed.append(after.index)
    return Changes(compared=compared, changed=tuple(changed))


def _names(original: RunResult, varied: RunResult) -> Mapping[str, Mapping[str, str]]:
    """Return how to put old names back, by narrative; nothing where there are no new ones."""
    if varied.settings.variant != "names-swapped":
        return {}
    settings = varied.settings
    whole = loaded(benchmark_of(settings), settings.dataset_path)
    together, seed = by_narrative(original.dataset.rows, whole.rows), settings.seed or 0
    return {narrative: undone(new_names(items, seed)) for narrative, items in together.items()}


def _told(outcome: ItemResult, item: Item, names: Mapping[str, str]) -> str:
    """Return what there is to compare of an outcome."""
    if outcome.status != "answered":
        return "no answer"
    if item.answer_form in SCORED_FORMS and not item.choices:
        return "unscored" if outcome.is_correct is None else "right" if outcome.is_correct else "wrong"
    said = [normalised(part) for part in rename(outcome.answer or "", names).split(",")]
    return f"said: {sorted(said) if item.answer_form == 'names' else said}"
