"""Divide a conversation into scenes: at time jumps, at changes of the place, and at long gaps between times."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from social_world_model.symbolic.conversation.stage_lexicon import MEANWHILE, SHORT_JUMP, TIME_JUMP
from social_world_model.symbolic.conversation.times import after_gaps
from social_world_model.symbolic.conversation.transcript import Transcript, TranscriptLine

Follows = Literal["nothing", "soon", "without", "later", "elsewhere"]


@dataclass(frozen=True)
class Scene:
    """A part of a conversation.

    Parameters
    ----------
    lines
        Numbers of the lines, from 0.
    follows
        How the scene follows the preceding scene. ``soon``: everybody may still be present. ``without``: everybody is
        still present except the people whom the stage line names. ``later``: only people who take part are present.
        ``elsewhere``: the place is another one, so others certainly are absent.
    people
        People who are present according to a stage line. If there are any, others arrive later or not at all.
    """

    lines: range
    follows: Follows
    people: frozenset[str] = frozenset()


def scenes(transcript: Transcript, without: Collection[int] = ()) -> Sequence[Scene]:
    """Return the scenes of a transcript.

    Parameters
    ----------
    transcript
        A transcript. An empty transcript is one empty scene.
    without
        Numbers of the stage lines that say who is absent.
    """
    lines = transcript.lines
    starts: dict[int, Follows] = dict.fromkeys(after_gaps([line.time for line in lines]), "soon")
    for number, line in enumerate(lines):
        if number and (follows := _follows(line)):
            starts[number] = "without" if number in without else follows
        elif _is_group(line) and _speaks_next(islice(lines, number + 1, None), line.people):
            starts[number + 1] = "elsewhere"
    numbers = [0, *sorted(starts)]
    ends = [*numbers[1:], len(lines)]
    return [
        Scene(range(start, end), starts.get(start, "nothing"), _people_at(lines, start))
        for start, end in zip(numbers, ends, strict=True)
    ]


def _people_at(lines: Sequence[TranscriptLine], start: int) -> frozenset[str]:
    """Return the people in the stage line at the start of a scene, or people who left the preceding scene together."""
    if lines[start : start + 1] and lines[start].kind == "note":
        return frozenset(lines[start].people)
    return frozenset(lines[start - 1].people) if start and _is_group(lines[start - 1]) else frozenset()


def _is_group(line: TranscriptLine) -> bool:
    return line.kind == "leave" and len(line.people) > 1


def _follows(line: TranscriptLine) -> Follows | None:
    """Return how the scene of a stage line follows; None if the line does not start a scene."""
    if line.kind == "utterance":
        return None
    if MEANWHILE.search(line.text):
        return "elsewhere"
    if SHORT_JUMP.search(line.text):
        return "soon"
    if TIME_JUMP.search(line.text):
        return "later"
    return "elsewhere" if line.kind == "note" and len(line.people) > 1 else None


def _speaks_next(rows: Iterable[TranscriptLine], people: Sequence[str]) -> bool:
    """Tell whether one of the people who left together speaks next: the scene goes with them."""
    spoken = next((row for row in rows if row.kind != "note"), None)
    return spoken is not None and spoken.kind == "utterance" and not set(people).isdisjoint(spoken.people)
