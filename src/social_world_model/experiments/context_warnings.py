"""Warnings about parsed contexts: find them, and count them for the report of a run."""

from __future__ import annotations

from collections import Counter

from social_world_model.evaluation.observers import differing_observers
from social_world_model.runs.results import Result
from social_world_model.s3ap import SocializedContext
from social_world_model.world_model.checking import warnings


def context_warnings(narrative: str, context: SocializedContext) -> tuple[str, ...]:
    """Return the doubts about a context that a language model parsed, one line each.

    Parameters
    ----------
    narrative
        Text that the context describes.
    context
        A context without errors.
    """
    return (*warnings(narrative, context), *differing_observers(narrative, context))


class WarnedContexts:
    """Counter of contexts with warnings. A context that several results share is counted once."""

    def __init__(self) -> None:
        self._kinds: dict[str, tuple[str, ...]] = {}

    def add(self, result: Result) -> None:
        """Count the context of a result.

        Parameters
        ----------
        result
            Result of an item. Results without warnings are ignored.
        """
        if result.context_warnings:
            kinds = dict.fromkeys(str(warning).partition(":")[0] for warning in result.context_warnings)
            self._kinds[result.context_key or result.index] = tuple(kinds)

    def notes(self) -> list[str]:
        """Return one note with the number of contexts and the kinds of warnings; an empty list if there are none."""
        if not self._kinds:
            return []
        kinds = Counter(kind for found in self._kinds.values() for kind in found)
        number = len(self._kinds)
        contexts = "1 context" if number == 1 else f"{number} contexts"
        return [
            f"{contexts} with warnings: {', '.join(f'{kind} ({n})' for kind, n in kinds.most_common())}; "
            "see context_warnings in the result files"
        ]
