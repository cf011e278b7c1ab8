"""Align the events of two contexts by meaning (`wording`) and by order.

The alignment is a longest common subsequence. The weight of a pair of events is the similarity of their sentences. A
sentence that occurs twice is two events. Two events outside the subsequence may still be aligned if their positions in
the two contexts differ only a little. Within one context, a sentence that repeats an earlier event does not count as
another event. Long contexts are aligned in overlapping blocks, so that the time grows with the number of events and not
with its square.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from social_world_model.evaluation.references import Reference, ReferenceEvent
from social_world_model.evaluation.wording import SentenceParser, Told, alike
from social_world_model.symbolic.cast import known_as

NEARBY = 4
"""Two events that are aligned out of order have at most this number of aligned events between them."""
OTHER_KIND = 0.95
"""Factor on the similarity of a fact and an action. The factor favours pairs of the same kind."""


BLOCK = 300
"""Maximum number of events that are aligned at once. Events whose positions differ by more are not aligned."""


@dataclass(frozen=True, kw_only=True)
class AlignmentUnit:
    """An event of one context, with names from the reference. Later repetitions are merged into the event.

    Parameters
    ----------
    text
        First sentence about the event.
    told
        The sentence in `text`, prepared for comparison.
    kind
        Kind of event, one of ``"fact"`` (part of a state), ``"act"`` (an action) or ``"percept"`` (only in
        observations).
    moment
        Number of earlier steps that contain actions.
    actors, perceivers
        Agents who act in the event, and agents who perceive the event. The names are from the reference.
    number
        Position of the event among the events of its context.
    """

    text: str
    told: Told
    kind: Literal["fact", "act", "percept"]
    moment: int
    actors: frozenset[str]
    perceivers: frozenset[str]
    number: int = 0

    @classmethod
    def of(cls, event: ReferenceEvent, names: Names, number: int = 0) -> AlignmentUnit:
        """Return an event with the names of the reference.

        Parameters
        ----------
        event
            Event of a context, with the names of the context.
        names
            Names that the reference uses for the agents of the context.
        number
            Position of the event among the events of its context.
        """
        return cls(
            text=event.text,
            told=names.parser.read(event.text),
            kind=event.kind,
            moment=event.moment,
            actors=frozenset(names.known(name) for name in ([] if event.actor is None else [event.actor])),
            perceivers=frozenset(map(names.known, event.perceivers)),
            number=number,
        )

    def pairs(self) -> frozenset[str]:
        """Return the agents who perceive the event but do not act in the event."""
        return self.perceivers - self.actors


@dataclass(frozen=True)
class Names:
    """Names that the reference uses for the agents of a context.

    Parameters
    ----------
    known_as
        Map from names in the context to names in the reference. An agent without an entry keeps the name.
    parser
        Parser for the sentences of the context.
    """

    known_as: Mapping[str, str]
    parser: SentenceParser

    def known(self, name: str) -> str:
        """Return the name in the reference. An agent who is not in the reference keeps the name."""
        return self.known_as.get(name, name)


def renamed(reference: Sequence[str], candidate: Sequence[str]) -> tuple[Names, Names]:
    """Match the agents of two contexts. Each agent has at most one match, and identical names match first.

    Parameters
    ----------
    reference, candidate
        Names of the agents in the reference, and names of the agents in the context to evaluate.

    Returns
    -------
    tuple of Names
        Two objects: the first is for the reference, the second for the context to evaluate.

    Examples
    --------
    >>> renamed(["Smith", "Ann"], ["Ann", "Dr. Smith", "Bob"])[1].known("Dr. Smith")
    'Smith'
    """
    same = {name: name for name in candidate if name in reference}
    for name in reference:
        left = [other for other in candidate if other not in same]
        other = None if name in same.values() else known_as(name, left)
        if other is not None:
            same[other] = name
    numbers = {name: number for number, name in enumerate(dict.fromkeys([*reference, *candidate]))}
    ours = {name: (numbers[name], name) for name in reference}
    theirs = {name: (numbers[same.get(name, name)], same.get(name, name)) for name in candidate}
    return Names({}, SentenceParser(ours)), Names(same, SentenceParser(theirs))


def alignment_units(reference: Reference, names: Names) -> list[AlignmentUnit]:
    """Return the events of a context. Each repetition is merged into the event that it repeats.

    An observation can repeat any earlier action. A state can repeat an action only if no other action is in between.
    States and observations can repeat each other only if no action is in between. A fact that is repeated after an
    action is a new event, because other agents may have arrived.

    Parameters
    ----------
    reference
        Events of the context.
    names
        Names that the reference uses for the agents of the context.
    """
    units: list[AlignmentUnit] = []
    told = _ToldBefore()
    for unit in (AlignmentUnit.of(one, names, number) for number, one in enumerate(reference.events)):
        first = None if unit.kind == "act" else told.event_of(unit)
        if first is None:
            told.add(len(units), unit)
            units.append(unit)
        else:
            units[first] = replace(units[first], perceivers=units[first].perceivers | unit.perceivers)
    return _with_early_percepts(units)


class _ToldBefore:
    """Events of one context, in groups that can contain the event that a later sentence repeats."""

    def __init__(self) -> None:
        self._acts: dict[tuple[int, frozenset[int]], dict[str, tuple[int, Told]]] = defaultdict(dict)
        self._others: dict[tuple[int, frozenset[int]], dict[str, tuple[int, Told]]] = defaultdict(dict)

    def add(self, position: int, unit: AlignmentUnit) -> None:
        """Add an event at its position. Of several events with the same text, only the last one is kept."""
        if unit.kind == "act":
            self._acts[ANY_MOMENT, unit.told.mentioned][unit.text] = (position, unit.told)
        group = self._acts if unit.kind == "act" else self._others
        group[unit.moment, unit.told.mentioned][unit.text] = (position, unit.told)

    def event_of(self, later: AlignmentUnit) -> int | None:
        """Return the position of the last event that a fact or an observation repeats; None if there is none."""
        people = later.told.mentioned
        acts = self._acts.get((ANY_MOMENT if later.kind == "percept" else later.moment - 1, people), {})
        others = self._others.get((later.moment, people), {})
        near = sorted([*acts.values(), *others.values()], key=lambda one: -one[0])
        return next((position for position, told in near if alike(told, later.told) > 0), None)


ANY_MOMENT = -2
"""Key of the group of all events."""


def _with_early_percepts(units: list[AlignmentUnit]) -> list[AlignmentUnit]:
    """Merge observations into a later action of the same step, because observations precede actions in a step."""
    acts: dict[int, list[int]] = defaultdict(list)
    for at, unit in enumerate(units):
        if unit.kind == "act":
            acts[unit.moment].append(at)
    early: set[int] = set()
    for at, unit in enumerate(units):
        if unit.kind != "percept":
            continue
        same = (place for place in acts[unit.moment] if place > at)
        of = next((place for place in same if alike(units[place].told, unit.told)), None)
        if of is not None:
            early.add(at)
            units[of] = replace(units[of], perceivers=units[of].perceivers | unit.perceivers)
    return [unit for at, unit in enumerate(units) if at not in early]


def tells_again(unit: AlignmentUnit, known: Sequence[AlignmentUnit]) -> bool:
    """Return whether a fact repeats an earlier fact.

    Parameters
    ----------
    unit
        Event to check.
    known
        Events of the same context that are already aligned with the other context.
    """
    return unit.kind == "fact" and any(
        other.kind == "fact" and other.moment < unit.moment and alike(other.told, unit.told) for other in known
    )


def align(wanted: Sequence[AlignmentUnit], given: Sequence[AlignmentUnit]) -> list[tuple[int, int]]:
    """Align the events of two contexts. Each event is aligned at most once.

    Parameters
    ----------
    wanted
        Events of the reference.
    given
        Events of the context to evaluate.

    Returns
    -------
    list of tuple
        Sorted pairs of positions. The first position is in `wanted`, the second in `given`.
    """
    if [unit.told.text for unit in wanted] == [unit.told.text for unit in given]:
        return [(at, at) for at in range(len(wanted))]
    pairs = list(_in_blocks(wanted, given))
    return sorted(pairs + _out_of_order(wanted, given, pairs))


def _in_blocks(wanted: Sequence[AlignmentUnit], given: Sequence[AlignmentUnit]) -> Iterator[tuple[int, int]]:
    """Yield the pairs in order. Of each block but the last, the first half is used, and the next block starts there."""
    i = j = 0
    while i < len(wanted) and j < len(given):
        is_last = len(wanted) - i <= BLOCK and len(given) - j <= BLOCK
        scores = [[_score(one, other) for other in given[j : j + BLOCK]] for one in wanted[i : i + BLOCK]]
        half = BLOCK if is_last else BLOCK // 2
        used = [(a, b) for a, b in _in_order(scores) if a < half and b < half]
        yield from ((i + a, j + b) for a, b in used)
        if is_last:
            return
        i, j = (i + used[-1][0] + 1, j + used[-1][1] + 1) if used else (i + half, j + half)


def _score(one: AlignmentUnit, other: AlignmentUnit) -> float:
    if one.told.mentioned != other.told.mentioned or (one.actors and other.actors and one.actors != other.actors):
        return 0.0
    return alike(one.told, other.told) * (1.0 if (one.kind == "act") == (other.kind == "act") else OTHER_KIND)


def _in_order(scores: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Return the common subsequence with the highest total score, as pairs. If scores are equal, earlier pairs win."""
    rows, columns = len(scores), len(scores[0]) if scores else 0
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i, row in enumerate(scores):
        above, here = best[i], best[i + 1]
        for j, score in enumerate(row):
            skipped = max(above[j + 1], here[j])
            here[j + 1] = max(skipped, above[j] + score) if score else skipped
    pairs: list[tuple[int, int]] = []
    i, j = rows, columns
    while i and j:
        if best[i][j] == best[i][j - 1]:
            j -= 1
        elif best[i][j] == best[i - 1][j]:
            i -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]


def _out_of_order(
    wanted: Sequence[AlignmentUnit], given: Sequence[AlignmentUnit], pairs: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Pair the remaining events that are near each other. The order is by highest score, then by smallest distance."""
    left, right = [i for i, _ in pairs], [j for _, j in pairs]
    near: dict[int, list[int]] = defaultdict(list)  # the remaining events, by the number of pairs before them
    for j in sorted(set(range(len(given))) - set(right)):
        near[bisect_left(right, j)].append(j)
    open_pairs: list[tuple[float, int, int, int]] = []
    for i in sorted(set(range(len(wanted))) - set(left)):
        before = bisect_left(left, i)
        for away in range(-NEARBY, NEARBY + 1):
            for j in near.get(before + away, ()):
                if score := _score(wanted[i], given[j]):
                    open_pairs.append((-score, abs(away), i, j))
    found, used = set(left), set(right)
    more: list[tuple[int, int]] = []
    for _, _, i, j in sorted(open_pairs):
        if i not in found and j not in used:
            found.add(i)
            used.add(j)
            more.append((i, j))
    return more
