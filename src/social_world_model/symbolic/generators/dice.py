"""Random draws that are reproducible on every platform."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Random draws that are the same on every platform and in every Python version.

    Parameters
    ----------
    seed
        Any text. The same text gives the same draws.

    Notes
    -----
    All draws use `random.Random.random`. Python promises that this method returns the same numbers in every version.
    The results of `choice`, `sample` and `shuffle` may change between Python versions.
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def below(self, end: int) -> int:
        """Return a random integer from 0 to ``end - 1``."""
        return int(self._random.random() * end)

    def chance(self, probability: float) -> bool:
        """Return True with the given probability (0 to 1)."""
        return self._random.random() < probability

    def pick(self, options: Sequence[T]) -> T:
        """Return a random option. The options must not be empty."""
        return options[self.below(len(options))]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """Return the options in random order."""
        return self.sample(options, len(options))

    def sample(self, options: Sequence[T], size: int) -> list[T]:
        """Return distinct options in random order.

        Parameters
        ----------
        options
            Options to draw from, without replacement.
        size
            Number of options, at most ``len(options)``.
        """
        rest = list(options)
        return [rest.pop(self.below(len(rest))) for _ in range(size)]

    def woven(self, main: Sequence[T], aside: Sequence[T]) -> list[T]:
        """Merge two sequences at random, and keep the order within each sequence.

        Parameters
        ----------
        main, aside
            Sequences to merge. Each item of ``aside`` goes to a random position in ``main``.
        """
        slots = sorted(self.below(len(main) + 1) for _ in aside)
        woven = list(main)
        for already, (slot, item) in enumerate(zip(slots, aside, strict=True)):
            woven.insert(slot + already, item)
        return woven
