"""Find out who is present at each line of a transcript, who hears the line, and which of this is a guess.

Stage lines and explicit phrases are certain; see `stay` for the rules about one person. A time jump in a stage line, or
a long gap between the times of two lines, starts another scene. In a channel, only stage lines count: they say who is a
member.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from social_world_model.symbolic.conversation.arrival import greetings_end
from social_world_model.symbolic.conversation.names import calls
from social_world_model.symbolic.conversation.person import PersonInScene
from social_world_model.symbolic.conversation.remarks import remarks
from social_world_model.symbolic.conversation.scenes import scenes
from social_world_model.symbolic.conversation.stay import Stay
from social_world_model.symbolic.conversation.transcript import Transcript


@dataclass(frozen=True)
class Attendance:
    """The people who are present, and the people who hear each line.

    Parameters
    ----------
    there
        For each line: the people who are present, including people who arrive or leave at this line.
    hears
        For each line: the people who hear the line. A whisper is heard by some of the people who are present.
    guesses
        For each person: numbers (from 0) of the lines for which it is a guess whether the person hears the line.
    """

    there: Sequence[frozenset[str]]
    hears: Sequence[frozenset[str]]
    guesses: Mapping[str, frozenset[int]] = field(default_factory=dict)


def presence(transcript: Transcript) -> Sequence[frozenset[str]]:
    """Return the people who are present at each line, including people who arrive or leave at that line."""
    return attendance(transcript).there


def present_throughout(transcript: Transcript) -> frozenset[str]:
    """Return the people who are present from the first to the last line of a transcript."""
    there = presence(transcript)
    return frozenset(transcript.cast).intersection(*there)


def attendance(transcript: Transcript) -> Attendance:
    """Return who is present at each line, who hears the line, and which of this is a guess.

    Parameters
    ----------
    transcript
        A transcript.
    """
    stays = _members(transcript) if transcript.channel else _stays(transcript)
    there = [set[str]() for _ in transcript.lines]
    for name, (lines, _) in stays.items():
        for number in lines:
            there[number].add(name)
    guesses = {name: set(guessed) for name, (_, guessed) in stays.items()}
    hears = [frozenset(names) for names in there]
    for number, line in enumerate(transcript.lines):
        if line.hearers is not None or not line.is_sure:
            heard = hears[number] if line.hearers is None else frozenset({*line.people, *line.hearers})
            may_hear = set() if line.is_sure else hears[number].difference(line.people, line.hearers or ())
            hears[number] = heard
            for name, guessed in guesses.items():
                (guessed.add if name in may_hear else guessed.discard)(number)
    told = {name: frozenset(lines) for name, lines in guesses.items() if lines}
    return Attendance([frozenset(names) for names in there], hears, told)


_Found = Mapping[str, tuple[set[int], set[int]]]
"""For each person: the lines at which the person is present, and the lines for which this is a guess."""


def _stays(transcript: Transcript) -> _Found:
    """Return who is present at each line of a conversation, scene by scene."""
    called = {name: calls(name, transcript.cast) for name in transcript.cast}
    about = remarks(transcript, called)
    found: dict[str, tuple[set[int], set[int]]] = {name: (set(), set()) for name in transcript.cast}
    opening = greetings_end(transcript.lines)
    remains: dict[str, bool | None] = dict.fromkeys(transcript.cast)
    without = {remark.line for remarks_ in about.values() for remark in remarks_ if remark.kind == "away"}
    unannounced = _without_arrival(transcript)
    for scene in scenes(transcript, without):
        for name, (there, guessed) in found.items():
            person = PersonInScene(name, transcript.lines, scene.lines, called, about.get(name, ()))
            was_there, is_listed = remains[name], name in scene.people
            if was_there is None or person.is_concerned or is_listed:
                stay = Stay(person, opening, was_there, is_listed)
                there |= stay.there
                guessed |= stay.guessed
                remains[name] = stay.remains
                if was_there is None and name in unannounced and not person.evident and not person.moves:
                    guessed |= set(scene.lines)
            elif was_there and scene.follows in ("soon", "without") and not scene.people:
                there |= set(scene.lines)
                guessed |= set(scene.lines) if scene.follows == "soon" else set()
            else:
                remains[name] = False
                if was_there and scene.follows != "elsewhere" and not scene.people:
                    guessed |= set(scene.lines)
    return found


def _without_arrival(transcript: Transcript) -> set[str]:
    """Return the people whose first line is no stage line. Nothing says when they arrive."""
    first: dict[str, str] = {}
    for line in transcript.lines:
        for name in line.people:
            first.setdefault(name, line.kind)
    return {name for name, kind in first.items() if kind != "join"}


def _members(transcript: Transcript) -> _Found:
    """Return the members of a channel at each line."""
    found: dict[str, tuple[set[int], set[int]]] = {}
    for name in transcript.cast:
        own = [(number, line.kind) for number, line in enumerate(transcript.lines) if name in line.people]
        is_member = not own or own[0][1] != "join"
        there: set[int] = set()
        since = 0
        for number, kind in own:
            if kind == "leave" and is_member:
                there |= set(range(since, number + 1))
                is_member = False
            elif kind != "leave" and not is_member:
                since, is_member = 0 if transcript.channel == "history" else number, True
        if is_member:
            there |= set(range(since, len(transcript.lines)))
        found[name] = there, set()
    return found
