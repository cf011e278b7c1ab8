"""Inverse planning: how well a walk fits somebody who wants this, or thinks that.

Somebody looks for one thing, and at every turn does what promises most, with some slips. A hypothesis (what is
wanted, what is thought to be where) makes each choice of the walk likelier or less likely; the weights below are
differences of log-probability (nats) against a choice of which the hypothesis says nothing, and add up. What was seen
is known, what was never seen can only be supposed, and a thing that is found is taken: the walk would end there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from social_world_model.symbolic.household.acts import Act
from social_world_model.symbolic.household.evidence import Evidence
from social_world_model.symbolic.household.flat import Place
from social_world_model.symbolic.household.lexicon import USUAL_ROOM
from social_world_model.symbolic.household.questions import Belief, Hypothesis

# ---------------------------------------------------------------- for what is wanted

LEFT_IT: Final = -3.0
"""It was in sight, and the walk went on elsewhere: once for each choice made in its sight. Whoever wants it takes it;
about one time in twenty it is overlooked."""
THOUGHT_EMPTY: Final = -4.0
"""A place is gone to of which the question itself says that it is thought to have none. More than `LEFT_IT`, since what
is given is certain, while sight may fail."""
THOUGHT_THERE: Final = 2.0
"""A place is gone to of which the question says that it is thought to have one: what anybody would do."""
IS_THERE: Final = 1.0
"""A place is gone to that has it, and the context ends before it is looked into (if it is, what follows tells more).
People are oftener right than wrong about their own home, so a choice that would have succeeded speaks for the goal;
they are wrong often enough for it to weigh less than one choice made in sight of the thing."""
IN_THIS_ROOM: Final = 0.4
"""A room is searched in which it is out of sight: the same reason, weaker, since a room has many places."""
USUAL_HERE: Final = 0.2
"""A room is searched in which such things usually are (see `lexicon.USUAL_ROOM`): it counts only where nothing else
tells two goals apart, so it is the least."""
WALKS_UP: Final = 2.5
"""The thing itself is walked up to; any other goal loses as much."""

# ---------------------------------------------------------------- for what is thought

HEADS: Final = 2.0
"""The last choice leads to the place, which was not looked into yet: about 0.9 against 0.1 for whoever thinks that it
is there against whoever thinks that it is not. If it leads elsewhere, as much is lost."""
SAW: Final = 5.0
"""What was seen in a place, or seen to be missing, is known. More than a choice can weigh."""


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for a hypothesis, or against it.

    Parameters
    ----------
    weight
        Nats; negative against.
    because
        In words.
    """

    weight: float
    because: str

    def __str__(self) -> str:
        return f"{self.because} ({self.weight:+.1f})"


@dataclass(frozen=True)
class Weighed:
    """A hypothesis with all that speaks for and against it."""

    hypothesis: Hypothesis
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> float:
        """The sum of the weights, in nats."""
        return sum(reason.weight for reason in self.reasons)


def weigh(hypothesis: Hypothesis, evidence: Evidence) -> Weighed:
    """Weigh what a context says for and against a hypothesis.

    Parameters
    ----------
    hypothesis
        What is wanted, or thought.
    evidence
        What was seen and done.
    """
    if hypothesis.belief is not None:
        return Weighed(hypothesis, tuple(_for_belief(hypothesis.belief, evidence)))
    return Weighed(hypothesis, tuple(_for_goal(hypothesis, evidence)))


def best(weighed: list[Weighed]) -> Weighed:
    """Return the likeliest hypothesis, whatever the order in which they come.

    Of equal ones it is that whose option comes first in the alphabet: arbitrary, but the same for every order.
    """
    return min(weighed, key=lambda one: (-round(one.score, 6), one.hypothesis.option.casefold()))


# ---------------------------------------------------------------- choices


@dataclass(frozen=True)
class Choice:
    """A turn of the walk at which something else could have been done.

    Parameters
    ----------
    position
        Of its step.
    act
        The first act of it: going to a place, or closing one.
    """

    position: int
    act: Act

    @property
    def target(self) -> Place | None:
        """The place that it leads to; None for a thing, and for a place that is left."""
        return self.act.place if self.act.verb in ("approach", "open", "intend") else None


def choices(evidence: Evidence) -> Iterator[Choice]:
    """Return the choices of a walk; going to a place, opening it and looking in is one."""
    target: Place | None = None
    for position, act in evidence.acts():
        if act.verb in ("approach", "open", "intend") and act.place is not None and act.place == target:
            continue
        if act.verb == "pass":
            continue
        if act.verb != "close":
            target = act.place
        yield Choice(position, act)


# ---------------------------------------------------------------- goals


def _for_goal(hypothesis: Hypothesis, evidence: Evidence) -> Iterator[Reason]:
    goal, flat = hypothesis.goal, evidence.flat
    premise = hypothesis.premise
    spoken_of = premise.places(flat, evidence.room) if premise and premise.thing == goal else ()
    looked_into = evidence.seen_by(len(evidence.moments) - 1)
    for choice in choices(evidence):
        seen = evidence.seen_by(choice.position)
        sights = [place for place, things in seen.items() if goal in things]
        target = choice.target
        if choice.act.verb == "approach" and choice.act.thing:
            walks_up = choice.act.thing == goal
            yield Reason(WALKS_UP if walks_up else -WALKS_UP, f"walks up to the {choice.act.thing}")
        elif sights and target not in sights:
            yield Reason(LEFT_IT, f"saw it {_at(evidence, sights[-1])} and {_deed(evidence, choice)}")
        elif target is None:
            continue
        elif premise is not None and target in spoken_of:
            weight = THOUGHT_THERE if premise.there else THOUGHT_EMPTY
            thought = "to be" if premise.there else "not to be"
            yield Reason(weight, f"goes to the {flat.title(target)}, where it is thought {thought}")
        elif target not in looked_into and flat.holds(target, goal):
            yield Reason(IS_THERE, f"goes to the {flat.title(target)}, which has it")
    yield from _for_rooms(goal, evidence)


def _for_rooms(goal: str, evidence: Evidence) -> Iterator[Reason]:
    """Weigh in which rooms places are looked into, each room once."""
    flat = evidence.flat
    looked_into = evidence.seen_by(len(evidence.moments) - 1)
    targets = [choice.target for choice in choices(evidence)]
    for room in dict.fromkeys(target.room for target in targets if target is not None):
        hidden = [place for place in flat.where(goal) if place.room == room and place not in looked_into]
        if hidden:
            yield Reason(IN_THIS_ROOM, f"searches the {room}, where it is out of sight {_at(evidence, hidden[0])}")
        if goal in USUAL_ROOM.get(room, ()):
            yield Reason(USUAL_HERE, f"searches the {room}, where such things usually are")


# ---------------------------------------------------------------- beliefs


def _for_belief(belief: Belief, evidence: Evidence) -> Iterator[Reason]:
    """Weigh what is thought in the end: what was seen of the place, and where the last choice leads.

    Earlier choices say little: to look elsewhere first is no sign of thinking that the thing is not here.
    """
    flat = evidence.flat
    sign = 1.0 if belief.there else -1.0
    places = belief.places(flat, evidence.room)
    last = [choice for choice in choices(evidence) if choice.act.verb != "close"][-1:]
    target = last[0].target if last else None
    if target in places:  # "the cabinet" is the one that is gone to
        places = (target,) if target is not None else places
    name = flat.title(places[0]) if places else belief.place.removeprefix("the ")
    seen = evidence.seen_by(len(evidence.moments) - 1)
    looked = [place for place in places if place in seen]
    if looked and len(looked) == len(places):
        there = any(belief.thing in seen[place] for place in looked)
        yield Reason(sign * (SAW if there else -SAW), f"saw that the {name} {'has it' if there else 'has none'}")
    elif target is not None and target in places:
        yield Reason(sign * HEADS, f"goes to the {name} in the end, not having looked into it")
    else:
        whither = flat.title(target) if target else last[0].act.thing or last[0].act.room if last else "nothing"
        yield Reason(-sign * HEADS, f"goes to the {whither} in the end, and not to the {name}")


# ---------------------------------------------------------------- words


def _at(evidence: Evidence, place: Place) -> str:
    return f"{'on' if evidence.flat.is_open(place) else 'in'} the {evidence.flat.title(place)}"


def _deed(evidence: Evidence, choice: Choice) -> str:
    act, flat = choice.act, evidence.flat
    if act.verb == "close" and act.place is not None:
        return f"closed the {flat.title(act.place)}"
    return f"went on to the {flat.title(act.place) if act.place is not None else act.thing or act.room}"
