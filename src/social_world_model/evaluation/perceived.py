"""Compare which agents perceive which events in two contexts, without calling a model.

The results are precision, recall, F1, leaks and omissions. The unit of counting is a pair of an event and an agent who
does not act in the event. The events of the two contexts are aligned by meaning and by order (`wording`, `alignment`).
The contexts may divide the story into different steps, and may use different words.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from social_world_model.evaluation.alignment import AlignmentUnit, align, alignment_units, renamed, tells_again
from social_world_model.evaluation.references import Reference, reference_of_context
from social_world_model.s3ap import SocializedContext


@dataclass(frozen=True, kw_only=True)
class Perception:
    """Perception of an event by an agent.

    Parameters
    ----------
    agent
        Name of the agent. If the reference contains the agent, the name is from the reference.
    event
        Text of the event. If both contexts contain the event, the text is from the reference.
    """

    agent: str
    event: str


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Counts of perceptions in two contexts.

    Parameters
    ----------
    hits
        Number of perceptions that both contexts contain.
    wrong
        Number of perceptions that only the candidate contains: leaks, and perceptions of events that the reference
        lacks.
    missed
        Number of perceptions that only the reference contains: omissions, and perceptions of events that the candidate
        lacks.
    """

    hits: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of the candidate's perceptions that the reference also contains, from 0 to 1."""
        return _share(self.hits, self.wrong, nothing=not self.missed)

    @property
    def recall(self) -> float:
        """Share of the reference's perceptions that the candidate also contains, from 0 to 1."""
        return _share(self.hits, self.missed, nothing=not self.wrong)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, from 0 to 1; 1 if neither context contains a perception."""
        return _share(2 * self.hits, self.wrong + self.missed, nothing=True)


@dataclass(frozen=True, kw_only=True)
class AgentScore(Counted):
    """Counts of one agent's perceptions.

    Parameters
    ----------
    agent
        Name of the agent in the reference.
    leaks, omissions
        Number of leaks and number of omissions of this agent. `PerceivedScore` defines both terms.
    """

    agent: str
    leaks: int = 0
    omissions: int = 0


@dataclass(frozen=True, kw_only=True)
class PerceivedScore:
    """Result of comparing which agents perceive which events in two contexts.

    Parameters
    ----------
    precision, recall, f1
        Scores from 0 to 1. The scores cover all pairs of an event and an agent who does not act in the event.
    leaks
        Number of leaks: perceptions that only the candidate contains. A perception of an event counts as a leak if both
        contexts contain the event, or if only an observation of the candidate contains the event.
    omissions
        Number of omissions: perceptions that only the reference contains. A perception of an event counts as an
        omission if both contexts contain the event, or if only an observation of the reference contains the event.
    leaked, omitted
        Perceptions that count as leaks, and perceptions that count as omissions.
    extra, missing
        Perceptions of facts and actions that the other context does not contain. Such perceptions affect precision and
        recall, but they are neither leaks nor omissions.
    agents
        One score per agent in the reference.
    events
        Number of events in the reference.
    aligned
        Number of events in the reference that the candidate also contains.
    """

    precision: float
    recall: float
    f1: float
    leaks: int
    omissions: int
    leaked: tuple[Perception, ...]
    omitted: tuple[Perception, ...]
    extra: tuple[Perception, ...]
    missing: tuple[Perception, ...]
    agents: tuple[AgentScore, ...]
    events: int
    aligned: int


def compare_perceived(reference: SocializedContext | Reference, candidate: SocializedContext) -> PerceivedScore:
    """Compare which agents perceive which events in two contexts of one narrative.

    Parameters
    ----------
    reference
        A correct context, or a `Reference` made by `reference_of` (symbolic model) or by `reference_of_perceivers`
        (gold perceivers). A `Reference` from these functions covers only the sentences of the narrative. With such a
        reference, other events of the candidate do not affect the score.
    candidate
        Context to evaluate.

    Returns
    -------
    PerceivedScore
        Scores from 0 to 1. Agents are matched by name; titles, accents and missing parts of names are ignored. If an
        agent is not in the reference, every perception of this agent is wrong.

    Raises
    ------
    ContextError
        If events cannot be extracted from one of the contexts.

    Examples
    --------
    >>> step = {"timestep": "1", "state": "It rains.", "actions": {"Al": "none", "Bo": "none"}}
    >>> only_al, both = {"Al": "It rains.", "Bo": "none"}, {"Al": "It rains.", "Bo": "It rains."}
    >>> data = lambda seen: {"agents_names": ["Al", "Bo"], "socialized_context": [{**step, "observations": seen}]}
    >>> one, two = SocializedContext.from_data(data(only_al)), SocializedContext.from_data(data(both))
    >>> score = compare_perceived(one, two)
    >>> score.precision, score.recall, score.leaks, score.leaked[0].agent
    (0.5, 1.0, 1, 'Bo')
    """
    right = reference_of_context(reference) if isinstance(reference, SocializedContext) else reference
    said = reference_of_context(candidate)
    ours, theirs = renamed(right.agents, said.agents)
    wanted = alignment_units(right, ours) if right.whole else [AlignmentUnit.of(one, ours) for one in right.events]
    given = alignment_units(said, theirs)
    pairs = align(wanted, given)
    tally = _Tally()
    for i, j in pairs:
        tally.compare(wanted[i], given[j])
    found, used = {i for i, _ in pairs}, {j for _, j in pairs}
    for i, unit in enumerate(wanted):
        if i not in found:
            tally.note(unit.pairs(), unit.text, tally.omitted if unit.kind == "percept" else tally.missing)
    if right.whole:
        for j, unit in enumerate(given):
            if j not in used and not tells_again(unit, [given[k] for k in used]):
                tally.note(unit.pairs(), unit.text, tally.leaked if unit.kind == "percept" else tally.extra)
    return tally.score(right.agents, events=len(wanted), aligned=len(pairs))


@dataclass
class _Tally:
    """Lists of perceptions that a comparison fills."""

    hits: list[Perception] = field(default_factory=list)
    leaked: list[Perception] = field(default_factory=list)
    omitted: list[Perception] = field(default_factory=list)
    extra: list[Perception] = field(default_factory=list)
    missing: list[Perception] = field(default_factory=list)

    def compare(self, wanted: AlignmentUnit, given: AlignmentUnit) -> None:
        """Count an aligned event. Agents who act in the event are not counted."""
        acting = wanted.actors | given.actors
        should, does = wanted.perceivers - acting, given.perceivers - acting
        self.note(should & does, wanted.text, self.hits)
        self.note(should - does, wanted.text, self.omitted)
        self.note(does - should, wanted.text, self.leaked)

    @staticmethod
    def note(agents: Collection[str], event: str, where: list[Perception]) -> None:
        """Add the perceptions of an event to a list."""
        where.extend(Perception(agent=agent, event=event) for agent in sorted(agents))

    def score(self, agents: Sequence[str], *, events: int, aligned: int) -> PerceivedScore:
        """Return the score of the counted perceptions."""
        wrong, missed = [*self.leaked, *self.extra], [*self.omitted, *self.missing]
        total = Counted(hits=len(self.hits), wrong=len(wrong), missed=len(missed))
        return PerceivedScore(
            precision=total.precision,
            recall=total.recall,
            f1=total.f1,
            leaks=len(self.leaked),
            omissions=len(self.omitted),
            leaked=tuple(self.leaked),
            omitted=tuple(self.omitted),
            extra=tuple(self.extra),
            missing=tuple(self.missing),
            agents=tuple(
                AgentScore(
                    agent=agent,
                    hits=_of(agent, self.hits),
                    wrong=_of(agent, wrong),
                    missed=_of(agent, missed),
                    leaks=_of(agent, self.leaked),
                    omissions=_of(agent, self.omitted),
                )
                for agent in agents
            ),
            events=events,
            aligned=aligned,
        )


def _of(agent: str, perceptions: Sequence[Perception]) -> int:
    return sum(perception.agent == agent for perception in perceptions)


def _share(part: int, rest: int, *, nothing: bool) -> float:
    """Return part / (part + rest). If both numbers are 0, return 1 if `nothing` is True, and 0 otherwise."""
    return part / (part + rest) if part + rest else float(nothing)
