"""BM25: which of several short texts are about a query (Robertson & Zaragoza 2009, doi:10.1561/1500000019)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

K1, B = 1.2, 0.75
"""Saturation of repeated words, and how much a text's length counts: the usual values."""


class Index:
    """Texts as bags of words.

    Parameters
    ----------
    texts
        The words of each.
    """

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        self.bags = [Counter(text) for text in texts]
        self._lengths = [bag.total() for bag in self.bags]
        self._mean = sum(self._lengths) / len(self._lengths) if any(self._lengths) else 1.0
        frequency = Counter(word for bag in self.bags for word in bag)
        self.weights = {word: self._weight(n) for word, n in frequency.items()}
        self.weight_of_unsaid = self._weight(0)

    def _weight(self, texts: int) -> float:
        """Return what a word weighs that stands in so many texts: the rarer, the more."""
        return math.log(1 + (len(self.bags) - texts + 0.5) / (texts + 0.5))

    def scores(self, query: Iterable[str]) -> list[float]:
        """Return how much each text is about a query, 0 for not at all; a word counts once."""
        wanted = [word for word in dict.fromkeys(query) if word in self.weights]
        return [
            sum(
                self.weights[word] * bag[word] * (K1 + 1) / (bag[word] + K1 * (1 - B + B * length / self._mean))
                for word in wanted
                if word in bag
            )
            for bag, length in zip(self.bags, self._lengths, strict=True)
        ]

    def weight(self, query: Iterable[str]) -> float:
        """Return the weight of all words of a query, those in no text included; a word counts once."""
        return sum(self.weights.get(word, self.weight_of_unsaid) for word in set(query))

    def weight_of(self, query: Iterable[str], texts: Iterable[int]) -> float:
        """Return the weight of those words of a query that occur in some of the texts; a word counts once."""
        there = {word for number in texts for word in self.bags[number]}
        return sum(self.weights[word] for word in set(query) if word in there)
