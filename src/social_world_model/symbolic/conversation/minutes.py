"""Write minutes of a conversation that contain only utterances that all readers may know.

Minutes contain the original utterances that all readers heard. Minutes also contain utterances that address everybody
("Everyone, it is important …"), unless the speaker asks for secrecy ("Everyone, this stays between us"). All other
utterances that a reader missed are left out, because words alone do not show whether an utterance is secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from social_world_model.s3ap.prose import sentences
from social_world_model.symbolic.conversation.hearing import Hearing, Said
from social_world_model.symbolic.conversation.names import calls
from social_world_model.symbolic.conversation.patterns import any_of

NOTHING = "Nothing was said that all of the readers may know."

_ALL = r"(?:every(?:one|body)|all of (?:you|us)|you all|we all|the (?:whole )?(?:team|group))"
_CALLS_ALL = re.compile(
    rf"(?:^|[,;:.!]\s+|\b(?:remind(?:er)?|note)\s+)(?:{_ALL}|team|folks|all)\s*(?:[,:–—-]|[.!]*$)", re.IGNORECASE
)
_FOR_ALL = any_of(rf"(?:is|are|goes|go) (?:for|to) {_ALL}", rf"{_ALL} (?:should|must|needs? to|ha(?:s|ve) to|ought to)")
_CONFIDENCE = any_of(
    r"between (?:us|you and me)|to (?:ourselves|yourselves|yourself)",
    r"secrets?|secretly|confidential\w*|surprise|hush|quiet",
    r"(?:don't|do not|never|not|nobody|no one|without) (?:\w+ )?(?:tell|mention|say|repeat|know|knows|knowing|pass)",
)
_POINTS_BACK = any_of(r"this|that|it")
_SHORT = 7
"""Maximum length of a short sentence, in words. "Please write that down, everybody" refers to the preceding
sentence."""
_TASK = any_of(
    r"i'll|i will|i'm going to|i can|i need to|i have to|we'll|we will|we need to|let's",
    r"please|(?:can|could|would) you|make sure|remember|don't forget",
    r"by (?:monday|tuesday|wednesday|thursday|friday|tomorrow|next|the end)",
)
_TASKS_WANTED = any_of(r"action items?|to-?dos?|tasks?")


def minutes(hearing: Hearing, readers: Sequence[str], question: str = "") -> str:
    """Write the minutes that the readers may know.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    readers
        Names of the readers. If no reader is in the conversation, the minutes are for all people in the conversation.
    question
        Request for the minutes. If the request asks for the action items of a single reader, most sentences are left
        out. Two kinds of sentences remain: sentences that address everybody, and sentences about tasks that the reader
        says or that name the reader.

    Returns
    -------
    str
        One line ``Name: utterance`` per utterance; `NOTHING` if there is no such utterance.
    """
    readers = [name for name in readers if name in hearing.cast] or hearing.cast
    mine = readers[0] if len(readers) == 1 and _TASKS_WANTED.search(question) else None
    lines = [line for one in hearing.said if (line := _line(one, readers, mine))]
    return "\n".join(lines) or NOTHING


def recollection(hearing: Hearing, agent: str) -> str:
    """Return all utterances that an agent heard, one line per utterance.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    agent
        Name of the agent.
    """
    return "\n".join(_told(one, one.text) for one in hearing.said if agent in one.heard_by)


def common(accounts: Iterable[str]) -> str:
    """Return the lines that occur in all accounts, in the order of the first account."""
    first, *others = [account.splitlines() for account in accounts]
    return "\n".join(line for line in first if all(line in other for other in others)) or NOTHING


def _line(one: Said, readers: Sequence[str], mine: str | None) -> str:
    """Return the speaker and the sentences that the minutes may contain, or an empty text if there are none."""
    told = sentences(one.text)
    to_all = set(_for_everybody(told))
    kept = [place for place in range(len(told)) if place in to_all or one.heard_by.issuperset(readers)]
    if mine is not None:
        kept = [place for place in kept if place in to_all or _is_task_of(mine, told[place], one)]
    return _told(one, " ".join(told[place] for place in kept)) if kept else ""


def _for_everybody(told: Sequence[str]) -> Iterator[int]:
    """Yield the positions of sentences that address everybody, and of the preceding sentences that these refer to."""
    for place, text in enumerate(told):
        back = place > 0 and len(text.split()) <= _SHORT and _POINTS_BACK.search(text) is not None
        places = [place - 1, place] if back else [place]
        if _is_to_all(text) and not any(_CONFIDENCE.search(told[one]) for one in places):
            yield from places


def _is_to_all(text: str) -> bool:
    """Tell whether a sentence addresses everybody or says that everybody is concerned."""
    return bool(_CALLS_ALL.search(text) or _FOR_ALL.search(text))


def _is_task_of(reader: str, text: str, one: Said) -> bool:
    return _TASK.search(text) is not None and (reader == one.by or calls(reader, [reader]).search(text) is not None)


def _told(one: Said, text: str) -> str:
    return text if one.by is None else f"{one.by}: {text}"
