"""Text from outside may be of any shape: nothing takes more than time in proportion to its length."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import get_args

import pytest

from social_world_model.contracts import Query
from social_world_model.errors import DatasetError, NarrativeError
from social_world_model.symbolic.conversation import is_transcript, presence, read_chat, read_transcript
from social_world_model.symbolic.conversation.forms import forms_of
from social_world_model.symbolic.conversation.minutes import minutes
from social_world_model.symbolic.conversation.options import stance_of
from social_world_model.symbolic.conversation.questions import belief_chain, read_asked
from social_world_model.symbolic.conversation.statements import Detail, asks_for_words, details, tells, wanted_details
from social_world_model.symbolic.conversation.words import words
from tests.symbolic.conversation.test_minutes import HEARD

N = 20_000
BOUND = 5.0
"""Seconds of this process's time: a hundred times what the slowest takes."""

TEXTS = {
    "blanks": f"Ann:{' ' * N}x\nTarget:{' ' * N}y",
    "stars": f"Ann: Hi\n{'*' * N}\n{'(' * N}{')' * N}",
    "colons": f"Ann: Hi\n{':' * N}\n{'a: ' * (N // 3)}",
    "words": f"Ann: {'I have to really just go and ' * (N // 29)}",
    "not": f"Ann: {'does not ' * (N // 9)}",
    "added": f"[12/01/26, 10:02:11] Ann{' ' * N}added {'and ' * (N // 4)}",
    "target": f"Target:{' ' * N}\n{' ' * N}Question:{' ' * N}Does Ann know this?",
    "capitals": f"What does {'Ann ' * (N // 4)}believe?",
    "lines": "\n".join(f"Ann: {'x' * 20} {line}" for line in range(N // 20)),
    "told": f"Ann: {'what do you know? ' * (N // 18)}",
    "markup": f"WEBVTT\n\n00:00.000 --> 00:01.000\n{'<v Ann>' * (N // 7)}",
}
WAYS: dict[str, Callable[[str], object]] = {
    "is_transcript": is_transcript,
    "presence": lambda text: presence(read_transcript(text)),
    "read_chat": read_chat,
    "stance_of": stance_of,
    "belief_chain": lambda text: belief_chain(text, ["Ann", "Bo"]),
    "read_asked": lambda text: read_asked(Query(question=text, question_kind="belief"), ["Ann", "Bo"]),
    "minutes": lambda text: minutes(HEARD, [], text),
    "words": words,
    "forms_of": lambda text: list(forms_of(f"Does {text}")),
    "tells": tells,
    "asks_for_words": asks_for_words,
    "wanted_details": wanted_details,
    "details": lambda text: [details(text, detail) for detail in get_args(Detail)],
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", TEXTS)
def test_no_text_takes_long(way: str, text: str) -> None:
    begun = time.process_time()
    with contextlib.suppress(NarrativeError, DatasetError):
        WAYS[way](TEXTS[text])
    assert time.process_time() - begun < BOUND


def test_words_have_the_same_stems_in_every_thread() -> None:
    text = " ".join(f"{stem}{ending}" for stem in ("paint", "discuss", "walk", "hope") for ending in _endings())
    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(words(text))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(stems == words(text) for stems in found)


def _endings() -> list[str]:
    return [f"{letter}{ending}" for letter in "abcdefgh" for ending in ("ing", "ed", "s", "ly", "ness", "ational")]
