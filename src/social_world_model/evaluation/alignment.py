"""Which event of one context is which of another: by what they say (`wording`) and by their order.

Events that say the same are put side by side in order, as many as possible (a longest common subsequence, weighted by
how surely they are the same); so a sentence that happens twice is two events. What is left over may stand a little
earlier or later in one context. Within one context, what tells an event again is no event of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from social_world_model.evaluation.references import Reference, ReferenceEvent
from social_world_model.evaluation.wording import SentenceParser, Told, alike
from social_world_model.symbolic.cast import known_as

NEARBY = 4
"""So many aligned events may lie between two that stand in another order and are taken for one all the same."""
OTHER_KIND = 0.95
"""Weight where one context tells as a fact what the other has as an act: only where there is no better."""


@dataclass(frozen=True, kw_only=True)
class AlignmentUnit:
    """An event of one context, in the names of the reference, with everything that tells it again.

    Parameters
    ----------
    text, told, kind, moment
        As it is told first; `told` is the sentence as it is compared, `moment` how many steps with acts came before.
    actors, perceivers
        By their names in the reference.
    """

    text: str
    told: Told
    kind: Literal["fact", "act", "percept"]
    moment: int
    actors: frozenset[str]
    perceivers: frozenset[str]

    @classmethod
    def of(cls, event: ReferenceEvent, names: Names) -> AlignmentUnit:
        """Return an event under the names of the reference."""
        return cls(
            text=event.text,
            told=names.parser.read(event.text),
            kind=event.kind,
            moment=event.moment,
            actors=frozenset(names.known(name) for name in ([] if event.actor is None else [event.actor])),
            perceivers=frozenset(map(names.known, event.perceivers)),
        )

    def pairs(self) -> frozenset[str]:
        """Return who perceives it, other than its actors."""
        return self.perceivers - self.actors


@dataclass(frozen=True)
class Names:
    """The cast of a context, by the names of a reference."""

    known_as: Mapping[str, str]
    parser: SentenceParser

    def known(self, name: str) -> str:
        """Return the name in the reference; somebody who is not there keeps its own."""
        return self.known_as.get(name, name)


def renamed(reference: Sequence[str], candidate: Sequence[str]) -> tuple[Names, Names]:
    """Match two casts; each agent is one other at most, and the very same name goes first.

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
    """Return the events of a context; what tells one of them again is added to it.

    Told again is an event by an observation or a state that comes right after it, or before anything else is done.
    A fact that is told again later is another one: somebody may have come in meanwhile.
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
    """Tell whether a fact or a percept tells an event of the same context again."""
    if event.kind == "act":
        near = later.kind == "percept" or later.moment - event.moment == 1
    else:
        near = later.moment == event.moment
    return near and alike(event.told, later.told) > 0


def _with_early_percepts(units: list[AlignmentUnit]) -> list[AlignmentUnit]:
    """Add percepts to the act that follows in the same step: observations come before acts there."""
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
    """Tell whether a fact is one that is known already, told again later."""
    return unit.kind == "fact" and any(
        other.kind == "fact" and other.moment < unit.moment and alike(other.told, unit.told) for other in known
    )


def align(wanted: Sequence[AlignmentUnit], given: Sequence[AlignmentUnit]) -> list[tuple[int, int]]:
    """Return which event of one context is which of the other, each at most once.

    Returns
    -------
    list of tuple
        Positions in `wanted` and `given`, by the former.
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
    """Return the pairs in order that are worth most together; of equals, the earliest."""
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
    """Return pairs of what is left over, and stands only a little elsewhere: the surest first, then the nearest."""
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
