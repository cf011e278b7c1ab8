"""Align the events of two contexts by meaning (`wording`) and by order.

The alignment is a longest common subsequence. The weight of a pair of events is the similarity of their sentences. A
sentence that occurs twice is two events. Two events outside the subsequence may still be aligned if their positions in
the two contexts differ only a little. Within one context, a sentence that repeats an earlier event does not count as
another event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from social_world_model.evaluation.references import Reference, ReferenceEvent
from social_world_model.evaluation.wording import SentenceParser, Told, alike
from social_world_model.symbolic.cast import known_as

NEARBY = 4
"""Two events that are aligned out of order have at most this number of aligned events between them."""
OTHER_KIND = 0.95
"""Factor on the similarity of a fact and an action. The factor favours pairs of the same kind."""


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
    """

    text: str
    told: Told
    kind: Literal["fact", "act", "percept"]
    moment: int
    actors: frozenset[str]
    perceivers: frozenset[str]

    @classmethod
    def of(cls, event: ReferenceEvent, names: Names) -> AlignmentUnit:
        """Return an event with the names of the reference.

        Parameters
        ----------
        event
            Event of a context, with the names of the context.
        names
            Names that the reference uses for the agents of the context.
        """
        return cls(
            text=event.text,
            told=names.parser.read(event.text),
            kind=event.kind,
            moment=event.moment,
            actors=frozenset(names.known(name) for name in ([] if event.actor is None else [event.actor])),
            perceivers=frozenset(map(names.known, event.perceivers)),
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
    made = [AlignmentUnit.of(one, names) for one in reference.events]
    for unit in made:
        if unit.kind == "act":
            units.append(unit)
            continue
        first = next((at for at in range(len(units) - 1, -1, -1) if _is_told_by(units[at], unit)), None)
        if first is None:
            units.append(unit)
        else:
            units[first] = replace(units[first], perceivers=units[first].perceivers | unit.perceivers)
    return _with_early_percepts(units)


def _is_told_by(event: AlignmentUnit, later: AlignmentUnit) -> bool:
    """Return whether a fact or an observation repeats an earlier event of the same context."""
    if event.kind == "act":
        near = later.kind == "percept" or later.moment - event.moment == 1
    else:
        near = later.moment == event.moment
    return near and alike(event.told, later.told) > 0


def _with_early_percepts(units: list[AlignmentUnit]) -> list[AlignmentUnit]:
    """Merge observations into a later action of the same step, because observations precede actions in a step."""
    acts = {at: unit for at, unit in enumerate(units) if unit.kind == "act"}
    early: set[int] = set()
    for at, unit in enumerate(units):
        if unit.kind != "percept":
            continue
        same = (place for place, act in acts.items() if place > at and act.moment == unit.moment)
        of = next((place for place in same if alike(acts[place].told, unit.told)), None)
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
    scores = [[_score(one, other) for other in given] for one in wanted]
    pairs = _in_order(scores)
    return sorted(pairs + _out_of_order(scores, pairs))


def _score(one: AlignmentUnit, other: AlignmentUnit) -> float:
    if one.actors and other.actors and one.actors != other.actors:
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


def _out_of_order(scores: Sequence[Sequence[float]], pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pair the remaining events that are near each other. The order is by highest score, then by smallest distance."""
    found, used = {i for i, _ in pairs}, {j for _, j in pairs}
    open_pairs = sorted(
        (-score, distance, i, j)
        for i, row in enumerate(scores)
        if i not in found
        for j, score in enumerate(row)
        if score and j not in used
        if (distance := abs(sum(a < i for a, _ in pairs) - sum(b < j for _, b in pairs))) <= NEARBY
    )
    more: list[tuple[int, int]] = []
    for _, _, i, j in open_pairs:
        if i not in found and j not in used:
            found.add(i)
            used.add(j)
            more.append((i, j))
    return more
