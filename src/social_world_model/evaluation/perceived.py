"""Who perceives what, compared without a model: precision, recall and F1; leaks and omissions apart.

The unit is a pair of an event and an agent other than its actor. Events of the two contexts are aligned by what they
say and by their order (`wording`, `alignment`), so that neither the cut into steps nor the words count.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from social_world_model.evaluation.alignment import AlignmentUnit, align, alignment_units, renamed, tells_again
from social_world_model.evaluation.references import Reference, reference_of_context
from social_world_model.s3ap import SocializedContext


@dataclass(frozen=True, kw_only=True)
class Perception:
    """That an agent perceives an event.

    Parameters
    ----------
    agent
        By its name in the reference, where it is there.
    event
        In the words of the context that has it; the reference's, if both have.
    """

    agent: str
    event: str


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How often two contexts agree on who perceives what.

    Parameters
    ----------
    hits
        Perceptions in both.
    wrong
        Perceptions in the candidate only: leaks, and those of events that the reference does not have.
    missed
        Perceptions in the reference only: omissions, and those of events that the candidate does not have.
    """

    hits: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of the candidate's perceptions that the reference has, 0–1."""
        return _share(self.hits, self.wrong, nothing=not self.missed)

    @property
    def recall(self) -> float:
        """Share of the reference's perceptions that the candidate has, 0–1."""
        return _share(self.hits, self.missed, nothing=not self.wrong)

    @property
    def f1(self) -> float:
        """Harmonic mean of both, 0–1; 1 where there is nothing to perceive, and nothing is."""
        return _share(2 * self.hits, self.wrong + self.missed, nothing=True)


@dataclass(frozen=True, kw_only=True)
class AgentScore(Counted):
    """The same for one agent.

    Parameters
    ----------
    agent
        By its name in the reference.
    leaks, omissions
        As in `PerceivedScore`.
    """

    agent: str
    leaks: int = 0
    omissions: int = 0


@dataclass(frozen=True, kw_only=True)
class PerceivedScore:
    """What comparing two contexts gives.

    Parameters
    ----------
    precision, recall, f1
        0–1, over all pairs of an event and an agent other than its actor.
    leaks
        Number of pairs that should not be: both contexts have the event, and the candidate alone lets the agent
        perceive it; or the candidate tells the agent of something in its observation that is nowhere else.
    omissions
        Number of pairs that should be, and are not: the reverse.
    leaked, omitted
        Which.
    extra, missing
        Perceptions of facts and acts that the other context does not tell at all. They count in precision and
        recall, and are neither leaks nor omissions.
    agents
        Every agent of the reference.
    events
        Number of events of the reference.
    aligned
        How many of these the candidate has.
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
    """Compare who perceives which event in two contexts of one narrative.

    Parameters
    ----------
    reference
        What is right: a context, or what `reference_of` (the symbolic model) and `reference_of_perceivers` (gold
        perceivers) return. The latter two are silent on what no sentence of the narrative tells, and so is the score.
    candidate
        The context to be judged.

    Returns
    -------
    PerceivedScore
        Scores from 0 to 1. Agents are matched by name (titles, accents, parts of names do not count); one whom the
        reference does not know perceives nothing rightly.

    Raises
    ------
    ContextError
        If one of them cannot be broken into events.

    Examples
    --------
    >>> step = {"timestep": "1", "state": "It rains.", "actions": {"Al": "none", "Bo": "none"}}
    >>> one, two = (
    ...     SocializedContext.from_data(
    ...         {"agents_names": ["Al", "Bo"], "socialized_context": [{**step, "observations": seen}]}
    ...     )
    ...     for seen in ({"Al": "It rains.", "Bo": "none"}, {"Al": "It rains.", "Bo": "It rains."})
    ... )
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
    """Perceptions, while they are counted."""

    hits: list[Perception] = field(default_factory=list)
    leaked: list[Perception] = field(default_factory=list)
    omitted: list[Perception] = field(default_factory=list)
    extra: list[Perception] = field(default_factory=list)
    missing: list[Perception] = field(default_factory=list)

    def compare(self, wanted: AlignmentUnit, given: AlignmentUnit) -> None:
        """Count an event that both contexts have; whoever acts in either of them knows it."""
        acting = wanted.actors | given.actors
        should, does = wanted.perceivers - acting, given.perceivers - acting
        self.note(should & does, wanted.text, self.hits)
        self.note(should - does, wanted.text, self.omitted)
        self.note(does - should, wanted.text, self.leaked)

    @staticmethod
    def note(agents: Collection[str], event: str, where: list[Perception]) -> None:
        """Put down who perceives an event."""
        where.extend(Perception(agent=agent, event=event) for agent in sorted(agents))

    def score(self, agents: Sequence[str], *, events: int, aligned: int) -> PerceivedScore:
        """Return what the counts amount to."""
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
    """Return a share; of nothing, 1 or 0."""
    return part / (part + rest) if part + rest else float(nothing)
