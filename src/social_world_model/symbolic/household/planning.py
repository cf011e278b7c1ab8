"""Inverse planning: score hypotheses about the goal and the beliefs of a person by the person's walk.

The model assumes that the person looks for one object and usually makes the most promising choice. A hypothesis (a goal
or a belief) makes each choice of the walk more or less likely. The weights in this module are differences in
log-probability (nats). They compare each choice with a choice that does not depend on the hypothesis. The weights are
added.

The person knows the contents of places that the person has seen, and can only guess the contents of other places. The
person takes the object as soon as the person finds it, so the walk ends there.
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

# ---------------------------------------------------------------- weights for goals

LEFT_IT: Final = -3.0
"""The object was in sight, but the person chose something else. The weight is added once per such choice. A person who
wants the object takes it; in about one case of twenty, the person overlooks it."""
THOUGHT_EMPTY: Final = -4.0
"""The person goes to a place that does not contain the object, according to the belief in the question. The weight is
larger than `LEFT_IT`: the premise of the question is certain, but an object in sight may be overlooked."""
THOUGHT_THERE: Final = 2.0
"""The person goes to a place that contains the object, according to the belief in the question."""
IS_THERE: Final = 1.0
"""The person goes to a place that contains the object, and the context ends before the person looks into this place.
(If the person looks into the place, the next choice is better evidence.) People are usually right about their own home,
so a choice that would have succeeded supports the goal. But people are sometimes wrong, so this weight is smaller than
the weight of a choice in sight of the object."""
IN_THIS_ROOM: Final = 0.4
"""The person searches a room in which the object is out of sight. The reason is the same as for `IS_THERE`, but the
evidence is weaker, because a room has many places."""
USUAL_HERE: Final = 0.2
"""The person searches a room that usually contains such objects (see `lexicon.USUAL_ROOM`). This weight is the
smallest, because the usual room should decide only between goals that are otherwise equal."""
WALKS_UP: Final = 2.5
"""The person walks up to the object itself. The same weight is subtracted from every other goal."""

# ---------------------------------------------------------------- weights for beliefs

HEADS: Final = 2.0
"""The last choice leads to a place that the person has not looked into yet. The probability of this choice is about 0.9
if the person thinks that the object is there, and about 0.1 otherwise. If the last choice leads elsewhere, the same
weight is subtracted."""
SAW: Final = 5.0
"""The person saw that the object is, or is not, in the place. The weight is larger than the weight of any choice."""


@dataclass(frozen=True)
class Reason:
    """A reason for or against a hypothesis.

    Parameters
    ----------
    weight
        Difference in log-probability, in nats. A negative weight speaks against the hypothesis.
    because
        Text of the reason.
    position
        Position of the choice in the context, from 0; None if the reason is about the whole walk.
    """

    weight: float
    because: str
    position: int | None = None

    def __str__(self) -> str:
        return f"{self.because} ({self.weight:+.1f})"


@dataclass(frozen=True)
class Weighed:
    """A hypothesis, with all reasons for and against the hypothesis."""

    hypothesis: Hypothesis
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> float:
        """The sum of the weights, in nats."""
        return sum(reason.weight for reason in self.reasons)


def weigh(hypothesis: Hypothesis, evidence: Evidence) -> Weighed:
    """Collect the reasons for and against a hypothesis.

    Parameters
    ----------
    hypothesis
        A goal or a belief of the person. If the hypothesis has both a goal and a belief, only the belief is scored.
    evidence
        Evidence: everything that the person saw and did.
    """
    if hypothesis.belief is not None:
        return Weighed(hypothesis, tuple(_for_belief(hypothesis.belief, evidence)))
    return Weighed(hypothesis, tuple(_for_goal(hypothesis, evidence)))


def best(weighed: list[Weighed]) -> Weighed:
    """Return the hypothesis with the highest score.

    A tie goes to the option that is first in the alphabet. This choice is arbitrary but independent of the order of
    the options.
    """
    return min(weighed, key=lambda one: (-round(one.score, 6), one.hypothesis.option.casefold()))


# ---------------------------------------------------------------- choices


@dataclass(frozen=True)
class Choice:
    """A point of the walk at which the person could have acted differently.

    Parameters
    ----------
    position
        Position of the step in the context, from 0.
    act
        First action of the choice, such as going to a place or closing a place.
    """

    position: int
    act: Act

    @property
    def target(self) -> Place | None:
        """The place that the choice leads to.

        None means that the choice leads to a room or an object, or away from a place.
        """
        return self.act.place if self.act.verb in ("approach", "open", "intend") else None


def choices(evidence: Evidence) -> Iterator[Choice]:
    """Return the choices of a walk. Going to a place, opening it and looking into it is one choice."""
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
            yield Reason(WALKS_UP if walks_up else -WALKS_UP, f"walks up to the {choice.act.thing}", choice.position)
        elif sights and target not in sights:
            told = f"saw it {_at(evidence, sights[-1])} and {_deed(evidence, choice)}"
            yield Reason(LEFT_IT, told, choice.position)
        elif target is None:
            continue
        elif premise is not None and target in spoken_of:
            weight = THOUGHT_THERE if premise.there else THOUGHT_EMPTY
            thought = "to be" if premise.there else "not to be"
            told = f"goes to the {flat.title(target)}, where it is thought {thought}"
            yield Reason(weight, told, choice.position)
        elif target not in looked_into and flat.holds(target, goal):
            told = f"goes to the {flat.title(target)}, which contains the object"
            yield Reason(IS_THERE, told, choice.position)
    yield from _for_rooms(goal, evidence)


def _for_rooms(goal: str, evidence: Evidence) -> Iterator[Reason]:
    """Return one reason for each room that the person searches."""
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
    """Return the reasons for the belief at the end of the walk. The reasons are the seen contents and the last choice.

    Earlier choices are weak evidence: a person may look elsewhere first and still think that the object is here.
    """
    flat = evidence.flat
    sign = 1.0 if belief.there else -1.0
    places = belief.places(flat, evidence.room)
    last = [choice for choice in choices(evidence) if choice.act.verb != "close"][-1:]
    target, position = (last[0].target, last[0].position) if last else (None, None)
    if target in places:  # "the cabinet" refers to the target
        places = (target,) if target is not None else places
    name = flat.title(places[0]) if places else belief.place.removeprefix("the ")
    seen = evidence.seen_by(len(evidence.moments) - 1)
    looked = [place for place in places if place in seen]
    if looked and len(looked) == len(places):
        there = any(belief.thing in seen[place] for place in looked)
        yield Reason(sign * (SAW if there else -SAW), f"saw that the {name} {'has it' if there else 'has none'}")
    elif target is not None and target in places:
        yield Reason(sign * HEADS, f"finally goes to the {name}, without having looked into it", position)
    else:
        whither = flat.title(target) if target else last[0].act.thing or last[0].act.room if last else "nothing"
        yield Reason(-sign * HEADS, f"finally goes to the {whither}, and not to the {name}", position)


# ---------------------------------------------------------------- wording


def _at(evidence: Evidence, place: Place) -> str:
    return f"{'on' if evidence.flat.is_open(place) else 'in'} the {evidence.flat.title(place)}"


def _deed(evidence: Evidence, choice: Choice) -> str:
    act, flat = choice.act, evidence.flat
    if act.verb == "close" and act.place is not None:
        return f"closed the {flat.title(act.place)}"
    return f"went on to the {flat.title(act.place) if act.place is not None else act.thing or act.room}"
