"""Add irrelevant sentences to narratives. All other sentences keep their text and their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from social_world_model.contracts import Item
from social_world_model.errors import ConfigurationError, NarrativeError
from social_world_model.s3ap.prose import is_closed, sentences
from social_world_model.symbolic.household.contexts import has_shape, parse_household
from social_world_model.symbolic.household.evidence import read_evidence
from social_world_model.symbolic.household.flat import counted
from social_world_model.variants.conversations import there_throughout, transcript_of
from social_world_model.variants.renaming import people_of, said_in

MOST = 3
"""Maximum number of sentences that are added to a narrative."""

THINGS = (
    *("umbrella", "violin", "postcard", "lantern", "telescope", "kite", "bicycle", "poster", "trumpet", "sundial"),
    *("hammock", "accordion", "snow globe", "wristwatch", "chessboard"),
)
HOUSEHOLD_THINGS = ("candle", "calendar", "broom", "doormat", "clock", "vase", "mirror", "bucket", "basket", "radio")
REMARKS = {
    "raining": "By the way, it has been raining all morning.",
    "curtains": "I rather like these curtains, by the way.",
    "warm": "It is quite warm for this time of the year.",
    "clock": "That clock on the wall is two minutes slow, I think.",
    "clouds": "Those clouds over there look like sheep.",
    "sunny": "It is supposed to be sunny tomorrow.",
}
"""Irrelevant utterances for conversations.

Each key is the topic word of the utterance. No utterance says that somebody joins or leaves.
"""
PASTIMES = {
    "mild": "It is a mild day outside.",
    "ticking": "Somewhere a clock is ticking.",
    "tram": "A tram goes by in the distance.",
}
"""Irrelevant sentences for stories without named people. Each key is the topic word of the sentence."""

_NUMBERED = re.compile(r"(\s*)(\d+)([.):]?\s+)(.*)", re.DOTALL)


def with_distractors(items: Sequence[Item], seed: int = 0) -> str:
    """Return the narrative of some items, with up to `MOST` irrelevant sentences added.

    If no sentence fits, the narrative does not change.

    Parameters
    ----------
    items
        All items about this narrative. A sentence is not added if these items mention the topic of the sentence.
    seed
        Random seed. The result depends only on the seed and the items.
    """
    narrative = items[0].narrative
    draw = Random(f"{seed}:{narrative}")
    kinds = {"conversation": _conversation, "household": _household, "story": _story}
    return kinds[items[0].domain](narrative, items, draw)


def _story(narrative: str, items: Sequence[Item], draw: Random) -> str:
    people = people_of(items)
    said = said_in(items)
    if not people:
        fitting = [text for word, text in PASTIMES.items() if word not in said]
        head, line, rest = narrative.partition("\n")
        return f"{head.rstrip()} {draw.choice(fitting)}{line}{rest}" if fitting and narrative.strip() else narrative
    things = draw.sample(THINGS, len(THINGS))
    likes = [f"the {thing}" for thing in things if thing not in said]
    ends = _sentence_ends(narrative)
    places = [end for end, following in ends if not following or _begins_with(following, people)]
    added: dict[int, str] = {}
    for place in sorted(draw.sample(places, min(MOST, len(places), len(likes)))):
        there = [name for name in people if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", narrative[:place])]
        if there:
            added[place] = f"{draw.choice(there)} likes {likes.pop()}."
    by_line = _is_a_sentence_a_line(narrative)
    told, at = "", 0
    for place, sentence in added.items():
        told += narrative[at:place] + ("\n" if by_line else " ") + sentence
        at = place
    return _numbered_anew(told + narrative[at:])


def _sentence_ends(text: str) -> list[tuple[int, str]]:
    """Return the end of each sentence, with the text of the next sentence. The last sentence has an empty text."""
    found: list[tuple[int, str]] = []
    at = 0
    for line in text.split("\n"):
        inner = at
        for sentence in sentences(line):
            inner = text.index(sentence, inner) + len(sentence)
            found.append((inner, sentence))
        at += len(line) + 1
    following = [sentence for _, sentence in found[1:]] + [""]
    return [(end, after) for (end, _), after in zip(found, following, strict=True)]


def _begins_with(sentence: str, people: Sequence[str]) -> bool:
    """Return whether a sentence begins with the name of a person.

    Irrelevant sentences are added only before such a sentence.
    """
    numbered = _NUMBERED.fullmatch(sentence)
    text = (numbered[4] if numbered else sentence).lstrip()
    return any(re.match(rf"{re.escape(name)}(?!\w)", text) for name in people)


def _is_a_sentence_a_line(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip()]
    return len(lines) > 1 and all(len(sentences(line)) == 1 for line in lines)


def _numbered_anew(text: str) -> str:
    """If all lines of the original text have numbers, renumber all lines. Blank lines need no number."""
    lines = text.split("\n")
    numbered = {place: _NUMBERED.fullmatch(line) for place, line in enumerate(lines) if line.strip()}
    first = next(iter(numbered.values()), None)
    if first is None or sum(match is None for match in numbered.values()) > MOST:
        return text
    blank, start, gap = first[1], int(first[2]), first[3]
    for number, (place, match) in enumerate(numbered.items(), start):
        lines[place] = f"{blank}{number}{gap}{lines[place] if match is None else match[4]}"
    return "\n".join(lines)


def _conversation(narrative: str, items: Sequence[Item], draw: Random) -> str:
    """Insert remarks only before a line that starts an utterance or a stage direction."""
    said = said_in(items)
    remarks = [remark for word, remark in REMARKS.items() if word not in said]
    transcript, there = transcript_of(narrative), sorted(there_throughout(narrative) or ())
    places = [] if transcript is None else [line.number - 1 for line in transcript.lines[1:]]
    if not there or not places:
        return narrative
    draw.shuffle(remarks)
    lines = narrative.splitlines(keepends=True)
    for place in sorted(draw.sample(places, min(MOST, len(places), len(remarks)))):
        end = "\r\n" if lines[place - 1].endswith("\r\n") else "\n"
        lines[place] = f"{draw.choice(there)}: {remarks.pop()}{end}{lines[place]}"
    return "".join(lines)


def _household(narrative: str, items: Sequence[Item], draw: Random) -> str:
    said = said_in(items)
    things = [thing for thing in draw.sample(HOUSEHOLD_THINGS, len(HOUSEHOLD_THINGS)) if thing not in said]
    asked = " ".join(text for item in items for text in (item.question, *item.choices)).casefold()
    lines, walk = _described(narrative)
    rooms = [room for room in _rooms(narrative) if room not in asked]
    others = [room for room in rooms if room not in walk.casefold()]
    for room in others[:MOST] or rooms[:1]:
        place = next((n for n, line in enumerate(lines) if n and _speaks_of(line, room)), None)
        if place is not None and things:
            text = lines[place].rstrip()
            blanks = lines[place][len(text) :]
            lines[place] = f"{text} There is also {counted(things.pop())} in the {room}.{blanks}"
    return "".join(lines) + walk


def _described(narrative: str) -> tuple[list[str], str]:
    """Return the lines that describe an apartment, and the text of the actions in it."""
    lines = narrative.splitlines(keepends=True)
    walk = next((n for n in range(len(lines)) if has_shape("".join(lines[: n + 1]))), len(lines))
    return lines[:walk], "".join(lines[walk:])


def _rooms(narrative: str) -> list[str]:
    """Return the rooms that the symbolic model finds in a narrative.

    If the model cannot read the narrative, the result is empty.
    """
    try:
        context, _ = parse_household(narrative)
        return list(read_evidence(context, context.agents_names[0]).flat.rooms)
    except (ConfigurationError, NarrativeError):
        return []


def _speaks_of(line: str, room: str) -> bool:
    """Return whether a line mentions a room and ends a sentence. A wrapped sentence must not be split."""
    return f"the {room}" in line.casefold() and is_closed(line.rstrip())
