"""Repeat a run on perturbed versions of its questions, and count the answers that change."""

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
"""Answer forms with free text. For these forms, only correctness is compared, because the wording always differs."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Answers that differ between the original questions and a variant.

    Parameters
    ----------
    compared
        Number of questions that both runs asked and that have comparable answers.
    changed
        Indices of compared questions that have different answers, or that have an answer in only one run.
    """

    compared: int
    changed: tuple[str, ...]


def plan(settings: RunSettings, variants: Sequence[Variant] = VARIANTS, *, without_keys: bool = False) -> Sweep:
    """Plan a run and its variants as a sweep. Variants that do not apply to the data are not planned.

    Parameters
    ----------
    settings
        Settings of the run. The setting `variant` is ignored.
    variants
        Names of the variants. The default is all names in `VARIANTS`.
    without_keys
        Whether API keys may be missing. Use True if no model will be called.

    Raises
    ------
    ConfigurationError, DatasetError
        If the run cannot be planned, if the mode does not answer questions, or if no variant applies to the data.
    """
    original = replace(settings, variant=None)
    runs, meaningless = [original], []
    with keyless() if without_keys else nullcontext():
        planned = Run(original).plan
        questions = len(planned.dataset.rows)
        if not planned.mode.answers:
            raise ConfigurationError(f"expected a mode that answers questions, got {settings.mode}")
        for variant in dict.fromkeys(variants):
            one = replace(settings, variant=variant)
            try:
                questions += len(Run(one).plan.dataset.rows)
            except MeaninglessError as error:
                meaningless.append(f"{variant}: {error}")
            else:
                runs.append(one)
    if len(runs) == 1:
        raise ConfigurationError(f"expected a variant that applies to the data, got none: {'; '.join(meaningless)}")
    return Sweep(runs=tuple(runs), meaningless=tuple(meaningless), questions=questions)


def changes(original: RunResult, varied: RunResult) -> Changes:
    """Compare the answers of a run with the answers of its variant. Renamed people get their old names back.

    Case, articles and underscores are ignored. Two answers with free text count as equal if both are right or if both
    are wrong. Answers with free text are not compared if they cannot be scored, for example because there is no
    encoder.

    Parameters
    ----------
    original
        Result of the run on the original questions.
    varied
        Result of the same run on a variant of the questions.
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
    """Return a map from new names to old names for each narrative; empty if the variant renames nobody."""
    if varied.settings.variant != "names-swapped":
        return {}
    settings = varied.settings
    whole = loaded(benchmark_of(settings), settings.dataset_path)
    together, seed = by_narrative(original.dataset.rows, whole.rows), settings.seed or 0
    return {narrative: undone(new_names(items, seed)) for narrative, items in together.items()}


def _told(outcome: ItemResult, item: Item, names: Mapping[str, str]) -> str:
    """Return the part of an item result that is compared: the lenient reading, which has one form for equal answers."""
    outcome = outcome.lenient or outcome
    if outcome.status != "answered":
        return "no answer"
    if item.answer_form in SCORED_FORMS and not item.choices:
        return "unscored" if outcome.is_correct is None else "right" if outcome.is_correct else "wrong"
    said = [normalised(part) for part in rename(outcome.answer or "", names).split(",")]
    return f"said: {sorted(said) if item.answer_form == 'names' else said}"
