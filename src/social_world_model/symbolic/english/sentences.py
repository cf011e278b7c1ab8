"""Divide a text in ordinary English into sentences."""

from __future__ import annotations

from social_world_model.errors import NarrativeError
from social_world_model.s3ap.prose import line_spans, sentence_spans

LONGEST_SENTENCE = 2_000
"""Maximum length of a sentence, in characters. The time and the memory of the parser grow with the length."""


def sentence_places(narrative: str) -> list[tuple[int, int]]:
    """Return the start and the end of each sentence, in characters.

    Parameters
    ----------
    narrative
        Text with one or more sentences per line.

    Raises
    ------
    NarrativeError
        If a sentence is too long.

    Examples
    --------
    >>> sentence_places("Ann left. Bo stayed.")
    [(0, 9), (10, 20)]
    """
    places = [(at + start, at + end) for at, line in line_spans(narrative) for start, end in sentence_spans(line)]
    for number, (start, end) in enumerate(places, start=1):
        if end - start > LONGEST_SENTENCE:
            raise NarrativeError(
                f"expected sentences of at most {LONGEST_SENTENCE:,} characters, got one of {end - start:,}",
                sentence=narrative[start:end],
                number=number,
            )
    return places
