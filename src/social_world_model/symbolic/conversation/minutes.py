"""What may be written to whom about a conversation: in the words that were used, and nothing that readers missed.

A note may hold what all of its readers heard, and what was said to everybody, whoever was there ("Everyone, it is
important …"). Whether something else that some of them missed is a secret or an oversight is not for words alone to
tell, so it stays out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from social_world_model.s3ap.prose import sentences
from social_world_model.symbolic.conversation.hearing import Hearing, Said, named_in
from social_world_model.symbolic.conversation.patterns import any_of

NOTHING = "Nothing was said that all of the readers may know."

_TO_ALL = re.compile(
    r"(?:^|[,;:.!]\s+|\b(?:remind(?:er)?|note)\s+)(?:every(?:one|body)|all of you|you all|team|folks|all)"
    r"\s*(?:[,:–—-]|[.!]*$)",
    re.IGNORECASE,
)
_TASK = any_of(
    r"i'll|i will|i'm going to|i can|i need to|i have to|we'll|we will|we need to|let's",
    r"please|(?:can|could|would) you|make sure|remember|don't forget",
    r"by (?:monday|tuesday|wednesday|thursday|friday|tomorrow|next|the end)",
)
_TASKS_WANTED = any_of(r"action items?|to-?dos?|tasks?")


def minutes(hearing: Hearing, readers: Sequence[str], question: str = "") -> str:
    """Write what readers may know, a line for each who speaks in turn.

    Parameters
    ----------
    hearing
        What was said.
    readers
        Who will read it; by default all who took part.
    question
        What is wanted; where that is one reader's action items, only what is asked of, promised by or said to that
        reader, or to all.

    Returns
    -------
    str
        Lines of ``Name: what was said``; `NOTHING` where there is none.
    """
    readers = [name for name in readers if name in hearing.cast] or hearing.cast
    mine = readers[0] if len(readers) == 1 and _TASKS_WANTED.search(question) else None
    lines = [line for one in hearing.said if (line := _line(one, readers, mine))]
    return "\n".join(lines) or NOTHING


def recollection(hearing: Hearing, agent: str) -> str:
    """Write what somebody heard, a line for each who speaks in turn."""
    return "\n".join(_told(one, one.text) for one in hearing.said if agent in one.heard_by)


def common(accounts: Iterable[str]) -> str:
    """Return the lines that all accounts have, in the order of the first."""
    first, *others = [account.splitlines() for account in accounts]
    return "\n".join(line for line in first if all(line in other for other in others)) or NOTHING


def _line(one: Said, readers: Sequence[str], mine: str | None) -> str:
    """Return as much of an utterance as may be written; nothing, empty."""
    kept = [text for text in sentences(one.text) if _may_be_written(text, one, readers)]
    if mine is not None:
        kept = list(_about_tasks(kept, one, mine))
    return _told(one, " ".join(kept)) if kept else ""


def _may_be_written(text: str, one: Said, readers: Sequence[str]) -> bool:
    return one.heard_by.issuperset(readers) or _TO_ALL.search(text) is not None


def _about_tasks(kept: Iterable[str], one: Said, reader: str) -> Iterator[str]:
    for text in kept:
        theirs = reader == one.by or named_in(text, [reader])
        if _TO_ALL.search(text) or (theirs and _TASK.search(text)):
            yield text


def _told(one: Said, text: str) -> str:
    return text if one.by is None else f"{one.by}: {text}"
