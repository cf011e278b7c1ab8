"""The participants of a conversation, as the symbolic model reads it."""

from __future__ import annotations

from functools import lru_cache

from social_world_model.errors import NarrativeError
from social_world_model.symbolic.conversation import Transcript, present_throughout, read_transcript

NARRATIVES_KEPT = 256
"""Number of cached narratives. Questions about one conversation follow each other in most data sets."""


@lru_cache(maxsize=NARRATIVES_KEPT)
def transcript_of(narrative: str) -> Transcript | None:
    """Return the lines of a conversation; None if the text is not a conversation."""
    try:
        return read_transcript(narrative)
    except NarrativeError:
        return None


def cast_of(narrative: str) -> tuple[str, ...]:
    r"""Return the people who speak, join or leave, in order of appearance.

    >>> cast_of("Ann: Hi!\nBo: Hello, Ann."), cast_of("Ann sings.")
    (('Ann', 'Bo'), ())
    """
    transcript = transcript_of(narrative)
    return () if transcript is None else transcript.cast


@lru_cache(maxsize=NARRATIVES_KEPT)
def there_throughout(narrative: str) -> frozenset[str] | None:
    """Return the people who are present from the first to the last line; None if the text is not a conversation."""
    transcript = transcript_of(narrative)
    return None if transcript is None else present_throughout(transcript)
