"""Who takes part in a conversation, as the symbolic model reads it; nobody where it reads none."""

from __future__ import annotations

from functools import lru_cache

from social_world_model.errors import NarrativeError
from social_world_model.symbolic.conversation import Transcript, present_throughout, read_transcript

NARRATIVES_KEPT = 256
"""Questions about one conversation come one after the other."""


@lru_cache(maxsize=NARRATIVES_KEPT)
def transcript_of(narrative: str) -> Transcript | None:
    """Return a conversation line by line; None for a text that is none."""
    try:
        return read_transcript(narrative)
    except NarrativeError:
        return None


def cast_of(narrative: str) -> tuple[str, ...]:
    r"""Return who speaks, comes or goes, in order of appearance.

    >>> cast_of("Ann: Hi!\nBo: Hello, Ann."), cast_of("Ann sings.")
    (('Ann', 'Bo'), ())
    """
    transcript = transcript_of(narrative)
    return () if transcript is None else transcript.cast


@lru_cache(maxsize=NARRATIVES_KEPT)
def there_throughout(narrative: str) -> frozenset[str] | None:
    """Return who is there from the first line to the last; None for a text that is no conversation."""
    transcript = transcript_of(narrative)
    return None if transcript is None else present_throughout(transcript)
