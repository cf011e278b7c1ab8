"""Chance that falls the same way everywhere."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws that are the same on every platform and Python version.

    Parameters
    ----------
    seed
        Text; the same text gives the same draws.

    Notes
    -----
    Everything is made from `random.Random.random`, the only method whose sequence Python promises to keep;
    `choice`, `sample` and `shuffle` may change their ways.
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def below(self, end: int) -> int:
        """Return one of 0 … end - 1."""
        return int(self._random.random() * end)

    def chance(self, probability: float) -> bool:
        """Return True with this probability, from 0 to 1."""
        return self._random.random() < probability

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options, which must not be empty."""
        return options[self.below(len(options))]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """Return the options in random order."""
        return self.sample(options, len(options))

    def sample(self, options: Sequence[T], size: int) -> list[T]:
        """Return `size` different options in random order."""
        rest = list(options)
        return [rest.pop(self.below(len(rest))) for _ in range(size)]

    def woven(self, main: Sequence[T], aside: Sequence[T]) -> list[T]:
        """Return both sequences in one, each in its own order."""
        slots = sorted(self.below(len(main) + 1) for _ in aside)
        woven = list(main)
        for already, (slot, item) in enumerate(zip(slots, aside, strict=True)):
            woven.insert(slot + already, item)
        return woven
