"""The differences between two contexts of one story: events that only one of them has, and other perceivers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from social_world_model.evaluation.alignment import AlignmentUnit, Names, align, alignment_units, renamed
from social_world_model.evaluation.references import ReferenceEvent, reference_of_context
from social_world_model.s3ap import Event, SocializedContext, events
from social_world_model.s3ap.names import check_known


@dataclass(frozen=True)
class PerceiverChange:
    """An event that other agents perceive in one context than in the other.

    Parameters
    ----------
    a, b
        The event in the first and in the second context.
    gained
        Agents who perceive the event only in the second context, with their names in this context.
    lost
        Agents who perceive the event only in the first context, with their names in this context.
    """

    a: Event
    b: Event
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    def mirrored(self) -> PerceiverChange:
        """Return the change from the second context to the first."""
        return PerceiverChange(self.b, self.a, self.lost, self.gained)


@dataclass(frozen=True)
class Diff:
    """The differences between two contexts, as events of the contexts. All events are in the order of their context.

    Parameters
    ----------
    pairs
        Events that correspond, each as a pair of an event of the first and an event of the second context, in the order
        of the first context.
    only_a, only_b
        Events that only the first or only the second context has.
    perceivers
        The pairs with different perceivers. Agents who act in an event know it, and are left out.
    """

    pairs: tuple[tuple[Event, Event], ...]
    only_a: tuple[Event, ...]
    only_b: tuple[Event, ...]
    perceivers: tuple[PerceiverChange, ...]

    @property
    def has_differences(self) -> bool:
        """Whether an event has no counterpart, or other perceivers than its counterpart."""
        return bool(self.only_a or self.only_b or self.perceivers)

    def mirrored(self) -> Diff:
        """Return the differences from the second context to the first."""
        return Diff(
            pairs=tuple(sorted(((b, a) for a, b in self.pairs), key=lambda pair: _place(pair[0]))),
            only_a=self.only_b,
            only_b=self.only_a,
            perceivers=tuple(sorted((one.mirrored() for one in self.perceivers), key=lambda one: _place(one.a))),
        )


def diff(a: SocializedContext, b: SocializedContext) -> Diff:
    """Compare the events of two contexts of one story, and who perceives them.

    The events correspond as in `compare_perceived`: by meaning and by order. The contexts can have other words, other
    steps and other forms of the names. Mental states are compared, too. A sentence that repeats an earlier event of its
    context is not another event: the agents who perceive the sentence count as perceivers of the earlier event.

    Parameters
    ----------
    a, b
        Contexts without errors.

    Returns
    -------
    Diff
        The differences from `a` to `b`. ``diff(b, a)`` equals ``diff(a, b).mirrored()``.

    Raises
    ------
    ContextError
        If a context cannot be split into events, or if an observer is not an agent of its context.

    Examples
    --------
    >>> step = {"timestep": "1", "state": "It rains.", "actions": {"Al": "none", "Bo": "none"}}
    >>> only_al, both = {"Al": "It rains.", "Bo": "none"}, {"Al": "It rains.", "Bo": "It rains."}
    >>> data = lambda seen: {"agents_names": ["Al", "Bo"], "socialized_context": [{**step, "observations": seen}]}
    >>> one, two = SocializedContext.from_data(data(only_al)), SocializedContext.from_data(data(both))
    >>> [(change.a.text, change.gained, change.lost) for change in diff(one, two).perceivers]
    [('It rains.', ('Bo',), ())]
    """
    if a.to_json(indent=None) > b.to_json(indent=None):  # a tie is decided in the same way in both directions
        return _diff(b, a).mirrored()
    return _diff(a, b)


def _diff(a: SocializedContext, b: SocializedContext) -> Diff:
    ours, theirs = renamed(a.agents_names, b.agents_names)
    pairs: list[tuple[Event, Event]] = []
    only_a: list[Event] = []
    only_b: list[Event] = []
    perceivers: list[PerceiverChange] = []
    for one, other in zip(_sides(a, ours), _sides(b, theirs), strict=True):
        found = align(one.units, other.units)
        only_a += one.without(map(itemgetter(0), found))
        only_b += other.without(map(itemgetter(1), found))
        for i, j in found:
            pairs.append((one.event(i), other.event(j)))
            acting = one.units[i].actors | other.units[j].actors
            before, after = one.units[i].perceivers - acting, other.units[j].perceivers - acting
            if before != after:
                gained = other.names_of(after - before)
                perceivers.append(PerceiverChange(*pairs[-1], gained, one.names_of(before - after)))
    return Diff(
        pairs=tuple(sorted(pairs, key=lambda pair: _place(pair[0]))),
        only_a=tuple(sorted(only_a, key=_place)),
        only_b=tuple(sorted(only_b, key=_place)),
        perceivers=tuple(sorted(perceivers, key=lambda change: _place(change.a))),
    )


@dataclass(frozen=True)
class _Side:
    """The mental states of a context, or all other events, in the form that `align` compares."""

    agents: Sequence[str]
    events: Sequence[Event]
    names: Names
    units: Sequence[AlignmentUnit]

    def event(self, unit: int) -> Event:
        return self.events[self.units[unit].number]

    def without(self, aligned: Iterator[int]) -> list[Event]:
        left = set(range(len(self.units))).difference(aligned)
        return [self.event(unit) for unit in left]

    def names_of(self, known: Collection[str]) -> tuple[str, ...]:
        """Return the names that the context uses for agents, in the order of its cast."""
        return tuple(name for name in self.agents if self.names.known(name) in known)


def _sides(context: SocializedContext, names: Names) -> tuple[_Side, _Side]:
    made, cast = events(context), context.agents_names
    check_known({name for event in made for name in event.observers}, cast, "observers who are agents of the context")
    outside = [event for event in made if event.kind != "mental"]
    inside = [event for event in made if event.kind == "mental"]
    thoughts = [
        ReferenceEvent(text=event.text, kind="act", actor=event.actor, perceivers=event.observers) for event in inside
    ]
    return (
        _Side(cast, outside, names, alignment_units(reference_of_context(context), names)),
        _Side(cast, inside, names, [AlignmentUnit.of(one, names, number) for number, one in enumerate(thoughts)]),
    )


def _place(event: Event) -> tuple[int, int]:
    """Return the place of an event in the order of its context: the step, and the number at the end of its id."""
    return event.position, int(event.id.rpartition(".")[2])
