"""Text similarity: word overlap, and the cosine of sentence embeddings as in the code of FANToM's authors."""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

Encoder = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""A function that returns one embedding vector per text. Vectors are lists of numbers or numpy arrays."""

MODEL = "sentence-transformers/all-roberta-large-v1"
EXTRA = "uv sync --extra similarity"

_log = logging.getLogger(__name__)


def token_f1(right: str, given: str) -> float:
    """Return the token F1 of two texts, from 0 to 1. Tokens are the words between white space.

    Parameters
    ----------
    right, given
        The correct text and the text to score. Case and punctuation matter.

    >>> token_f1("the red box", "the box"), token_f1("box", "crate")
    (0.8, 0.0)
    """
    wanted, got = right.split(), given.split()
    shared = sum((Counter(wanted) & Counter(got)).values())
    if not shared:
        return 0.0
    precision, recall = shared / len(got), shared / len(wanted)
    return (2 * precision * recall) / (precision + recall)


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the cosine of two vectors. If a vector has only zeros, the result is 0.

    Parameters
    ----------
    one, other
        Vectors of the same length.

    >>> cosine([1, 0], [2, 0]), cosine([1, 0], [0, 0])
    (1.0, 0.0)
    """
    if hasattr(one, "dtype") and hasattr(other, "dtype"):
        return _cosine_of_arrays(one, other)
    length = math.sqrt(sum(x * x for x in one)) * math.sqrt(sum(x * x for x in other))
    return sum(x * y for x, y in zip(one, other, strict=True)) / length if length else 0.0


def _cosine_of_arrays(one: Any, other: Any) -> float:
    """Return the cosine of two numpy arrays, with the same operations as scikit-learn in the authors' code.

    Other operations would change the last digits, and then a tie can become a difference.
    """
    numpy = import_module("numpy")
    rows = [vector.reshape(1, -1) for vector in (one, other)]
    lengths = [numpy.sqrt(numpy.einsum("ij,ij->i", row, row)) for row in rows]
    first, second = (row / (length[0] or 1) for row, length in zip(rows, lengths, strict=True))
    return float((first @ second.T)[0, 0])


class Likeness:
    """Compares replies with a correct and a wrong answer. The vectors of these answers are cached.

    Parameters
    ----------
    encoder
        Function that returns embedding vectors of texts.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._kept: dict[str, Sequence[float]] = {}

    def compare(self, reply: str, right: str, wrong: str) -> tuple[float, float]:
        """Return the cosine of a reply with the correct answer and with the wrong answer.

        Parameters
        ----------
        reply
            Text of the reply.
        right, wrong
            The correct answer and the wrong answer.
        """
        for text in (right, wrong):
            if text not in self._kept:
                self._kept[text] = self._vector(text)
        vector = self._vector(reply)
        return cosine(vector, self._kept[right]), cosine(vector, self._kept[wrong])

    def _vector(self, text: str) -> Sequence[float]:
        """Encode one text alone, as the authors do. Other texts in the same batch would change the last digits."""
        (vector,) = self.encoder([text])
        return vector


@cache
def default_encoder() -> Encoder | None:
    """Return the authors' encoder, loaded once.

    If the extra `similarity` or the model is not installed, the result is None.
    """
    try:
        load = import_module("sentence_transformers").SentenceTransformer
    except ImportError:
        return None
    try:
        model: Any = load(MODEL)
    except Exception as error:  # noqa: BLE001 - model loaders raise errors without a common base class
        _log.warning(
            "expected to load the model %s, got %s: without this model, free-text beliefs are not scored", MODEL, error
        )
        return None

    def encode(texts: Sequence[str]) -> Sequence[Sequence[float]]:
        vectors: Sequence[Sequence[float]] = model.encode(list(texts))
        return vectors

    return encode
