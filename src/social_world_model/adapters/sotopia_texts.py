"""Texts that sotopia shows to its agents: the background at the beginning, and the acts of a turn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from social_world_model.errors import DatasetError, shortened
from social_world_model.interaction import Act
from social_world_model.scenarios.sotopia import kind_from_sotopia, kind_in_sotopia
from social_world_model.symbolic.conversation.exports.sotopia_acts import read_sotopia_act, sotopia_words

ENVIRONMENT = "Environment"
"""Name of the sender of observations, and of the receiver of acts."""
UNKNOWN = "Unknown"
"""Text of sotopia for a background or a goal that a person does not know."""
_BEGINNING = "Here is the context of this interaction:"
_STARTS = re.compile(r"\s*Conversation Starts:\s*\Z")
_TURN = re.compile(r"\ATurn #\d+: ?")
_WHOLE = re.compile(
    rf"{re.escape(_BEGINNING)}\s*Scenario: ?(?P<scenario>.*?)\s*^Participants: (?P<people>.*?)$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class Background:
    """What a person is told before the first turn.

    Parameters
    ----------
    scenario
        The situation.
    cast
        Names of all people, in order.
    backgrounds, goals
        Texts by name. Unknown texts have no entry.
    """

    scenario: str
    cast: tuple[str, ...]
    backgrounds: Mapping[str, str] = field(default_factory=dict)
    goals: Mapping[str, str] = field(default_factory=dict)


def background_text(background: Background) -> str:
    """Return the background in the words of sotopia.

    Parameters
    ----------
    background
        What the person is told.
    """
    *first, last = background.cast
    people = f"{', '.join(first)}{',' if len(first) > 1 else ''} and {last}" if first else last
    return "\n".join(
        [
            _BEGINNING,
            f"Scenario: {background.scenario}",
            f"Participants: {people}",
            *(f"{name}'s background: {background.backgrounds.get(name) or UNKNOWN}" for name in background.cast),
            *(f"{name}'s goal: {background.goals.get(name) or UNKNOWN}" for name in background.cast),
        ]
    )


def read_background(text: str, *, cast: Sequence[str] = (), me: str = "") -> Background:
    """Return what a text of sotopia tells a person before the first turn.

    Parameters
    ----------
    text
        The text.
    cast
        Names of all people, if they are known from elsewhere.
    me
        Name of the person, for a text whose names must be found.

    Raises
    ------
    DatasetError
        If the text has another form.
    """
    body = _STARTS.sub("", text).strip()
    found = _WHOLE.match(body)
    if found is None:
        raise DatasetError(f"expected a text that begins with {_BEGINNING!r}, got {shortened(repr(text))}")
    rest = body[found.end() :]
    names = tuple(cast) or _names(found["people"].strip(), me, rest)
    longest_first = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    title = re.compile(rf"^(?P<name>{longest_first})'s (?P<topic>background|goal):", re.MULTILINE)
    places: dict[tuple[str, str], re.Match[str]] = {}
    for one in title.finditer(rest):  # a background may contain such a line: the goals come last
        if one["topic"] == "goal" or (one["topic"], one["name"]) not in places:
            places[one["topic"], one["name"]] = one
    ordered = sorted(places.values(), key=lambda one: one.start())
    ends = [*(one.start() for one in ordered[1:]), len(rest)]
    texts: dict[str, dict[str, str]] = {"background": {}, "goal": {}}
    for one, end in zip(ordered, ends, strict=False):
        told = rest[one.end() : end].strip()
        if told and told != UNKNOWN:
            texts[one["topic"]][one["name"]] = told
    return Background(
        scenario=found["scenario"].strip(), cast=names, backgrounds=texts["background"], goals=texts["goal"]
    )


def _names(people: str, me: str, rest: str) -> tuple[str, ...]:
    """Return the names in a list such as "Ann, Bob, and Cara". A name may contain "and": each name has a goal below."""
    both = [(me, people.removeprefix(f"{me} and ")), (people.removesuffix(f" and {me}"), me)]
    several = tuple(part.strip() for part in re.split(r", and |, | and ", people) if part.strip())
    possible = [*(names for names in both if people == " and ".join(names)), several]
    goals = f"\n{rest}"
    return next((names for names in possible if all(f"\n{name}'s goal:" in goals for name in names)), possible[0])


def turn_text(acts: Iterable[tuple[str, Act]]) -> str:
    """Return the acts of a turn in the words of sotopia. Idle people are left out.

    Parameters
    ----------
    acts
        Name of the person and act, for each act that the reader may perceive.
    """
    return ";".join(f"{name} {act_words(act)}" for name, act in acts if act.kind != "none")


def act_words(act: Act) -> str:
    """Return an act in the words of sotopia, without the name of the person.

    Parameters
    ----------
    act
        The act.
    """
    return sotopia_words(kind_in_sotopia(act.kind), act.text, act.to)


def read_act(words: str) -> Act:
    """Return the act in words of sotopia.

    Parameters
    ----------
    words
        Words of the act, without the name of the person.

    Raises
    ------
    DatasetError
        If the words are no act.
    """
    found = read_sotopia_act(words)
    if found is None:
        raise DatasetError(
            f"expected an act in the words of sotopia, such as 'did nothing', got {shortened(repr(words))}"
        )
    return Act(kind=kind_from_sotopia(found.kind), text=found.text, to=found.to)


def read_turn(text: str, cast: Sequence[str]) -> list[tuple[str, Act]]:
    """Return the acts in a text about a turn, with the names of the people.

    A text that is no act, such as a remark of the environment, is returned as an act of nobody, with an empty name.

    Parameters
    ----------
    text
        Text that sotopia shows, such as ``Ann said: "Hi";Bob left the conversation``.
    cast
        Names of all people. A person has at most one act in a turn.
    """
    text = _TURN.sub("", text).strip()
    starts: list[tuple[int, str]] = []
    left = sorted(cast, key=len, reverse=True)
    for position in (0, *(found.end() for found in re.finditer(";", text))):
        if starts and not _is_complete(text[starts[-1][0] + len(starts[-1][1]) : position - 1]):
            continue
        name = next((one for one in left if _is_act(text[position:], one)), None)
        if name is not None:
            starts.append((position, name))
            left.remove(name)
    ends = [*(at - 1 for at, _ in starts[1:]), len(text)]  # a semicolon is between two acts
    acts = [(name, read_act(text[at + len(name) : end])) for (at, name), end in zip(starts, ends, strict=False)]
    remark = text[: starts[0][0] if starts else len(text)].strip().removesuffix(";")
    return [("", Act(kind="action", text=remark)), *acts] if remark else acts


def _is_act(text: str, name: str) -> bool:
    return text.startswith(f"{name} ") and read_sotopia_act(text[len(name) :]) is not None


def _is_complete(words: str) -> bool:
    """Return whether words could be a whole act: what a person says ends with a quotation mark."""
    found = read_sotopia_act(words)
    return found is None or found.kind != "speak" or words.endswith('"')
