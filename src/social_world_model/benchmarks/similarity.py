"""How near texts are: by the words that they share, and by the encoder of sentences that FANToM's authors use."""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

Encoder = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""Turns texts into vectors."""

MODEL = "sentence-transformers/all-roberta-large-v1"
EXTRA = "uv sync --extra similarity"

_log = logging.getLogger(__name__)


def token_f1(right: str, given: str) -> float:
    """Return the F1 of the words, split at blanks, that two texts share.

    >>> token_f1("the red box", "the box"), token_f1("box", "crate")
    (0.8, 0.0)
    """
    wanted, got = right.split(), given.split()
    shared = sum((Counter(wanted) & Counter(got)).values())
    return 2 * shared / (len(wanted) + len(got)) if shared else 0.0


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the cosine of two vectors; 0 if one of them is all zeros.

    >>> cosine([1, 0], [2, 0]), cosine([1, 0], [0, 0])
    (1.0, 0.0)
    """
    length = math.sqrt(sum(x * x for x in one)) * math.sqrt(sum(x * x for x in other))
    return sum(x * y for x, y in zip(one, other, strict=True)) / length if length else 0.0


class Likeness:
    """Compares replies with the right and the wrong answer, whose vectors it keeps.

    Parameters
    ----------
    encoder
        Of texts.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._kept: dict[str, list[float]] = {}

    def compare(self, reply: str, right: str, wrong: str) -> tuple[float, float]:
        """Return the cosine of a reply with the right answer, and with the wrong one."""
        for text in (right, wrong):
            if text not in self._kept:
                self._kept[text] = self._vector(text)
        vector = self._vector(reply)
        return cosine(vector, self._kept[right]), cosine(vector, self._kept[wrong])

    def _vector(self, text: str) -> list[float]:
        """Encode one text by itself, as the authors do: what else is in a batch changes the last digits."""
        (vector,) = self.encoder([text])
        return [float(x) for x in vector]


@cache
def default_encoder() -> Encoder | None:
    """Return the authors' encoder, loaded once; None where the extra `similarity` or its model is missing."""
    try:
        load = import_module("sentence_transformers").SentenceTransformer
    except ImportError:
        return None
    try:
        model: Any = load(MODEL)
    except Exception as error:  # noqa: BLE001 - loaders of models have no common base for what a failed load raises
        _log.warning("expected to load %s, got %s: free-text beliefs stay unjudged until it is there", MODEL, error)
        return None

    def encode(texts: Sequence[str]) -> Sequence[Sequence[float]]:
        vectors: Sequence[Sequence[float]] = model.encode(list(texts))
        return vectors

    return encode
