"""Rank short texts for a query with BM25 (Robertson & Zaragoza 2009, doi:10.1561/1500000019)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

K1, B = 1.2, 0.75
"""Parameters of BM25 with their usual values: saturation of repeated words, and weight of the text length."""


class Index:
    """A BM25 index of texts.

    Parameters
    ----------
    texts
        For each text, the list of its words.
    """

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        self.bags = [Counter(text) for text in texts]
        self._lengths = [bag.total() for bag in self.bags]
        self._mean = sum(self._lengths) / len(self._lengths) if any(self._lengths) else 1.0
        frequency = Counter(word for bag in self.bags for word in bag)
        self.weights = {word: self._weight(n) for word, n in frequency.items()}
        self.weight_of_unsaid = self._weight(0)

    def _weight(self, texts: int) -> float:
        """Return the weight of a word, given the number of texts that contain it. Rare words have higher weights."""
        return math.log(1 + (len(self.bags) - texts + 0.5) / (texts + 0.5))

    def scores(self, query: Iterable[str]) -> list[float]:
        """Return the BM25 score of each text; 0 if the text contains no query word. Repeated query words count once."""
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
        """Return the total weight of a query, including words that no text contains. Repeated words count once."""
        return sum(self.weights.get(word, self.weight_of_unsaid) for word in set(query))

    def weight_of(self, query: Iterable[str], texts: Iterable[int]) -> float:
        """Return the total weight of the query words that occur in at least one of the given texts.

        Parameters
        ----------
        query
            Words of the query. Repeated words count once.
        texts
            Positions of the texts in the index.
        """
        there = {word for number in texts for word in self.bags[number]}
        return sum(self.weights[word] for word in set(query) if word in there)
