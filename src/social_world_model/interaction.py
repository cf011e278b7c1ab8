"""Frozen data classes and protocols for people who act in turns: acts, observations, decisions, agents.

Data flow of a turn:

1. A scenario says which acts are available to a seat.
2. An `Agent` gets an `Observation`, and returns a `Decision`.
3. The scenario turns the acts into `Happening` objects. Each happening names the people who perceive it.
4. The recorder writes the happenings into an S3AP context. The next observations come from this context.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from social_world_model.contracts import ModelConfig
from social_world_model.errors import shortened
from social_world_model.s3ap import SocializedContext
from social_world_model.usage import NO_USAGE, Usage

ActKind = Literal["speak", "non-verbal", "action", "leave", "none"]
"""Kind of an act. SOTOPIA calls ``"non-verbal"`` "non-verbal communication"."""

Order = Literal["round-robin", "simultaneous"]
"""Whether the seats act one after the other, one per turn, or all in the same turn."""

State = Mapping[str, Any]
"""State of a scenario, as JSON. Only the scenario reads it: agents see happenings."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """What a person does in a turn.

    Parameters
    ----------
    kind
        Kind of the act.
    text
        For ``"speak"``: the words. For ``"non-verbal"`` and ``"action"``: the act without the name of the person, such
        as ``"moves the ball to the red box"``. Empty for ``"leave"`` and ``"none"``.
    to
        Names of the people who perceive the act. Empty means all who are present.
    """

    kind: ActKind
    text: str = ""
    to: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The act as words of S3AP, without the name of the person, on one line; empty for ``"none"``."""
        text = " ".join(self.text.split())
        if self.kind == "speak":
            listeners = f" to {', '.join(self.to)}" if self.to else ""
            return f'says{listeners}: "{text}"'
        return {"leave": "leaves", "none": ""}.get(self.kind, text)


KINDS_WITH_TEXT: tuple[ActKind, ...] = ("speak", "non-verbal", "action")
"""Kinds of acts that need a text."""


def act_problem(act: Act, *, me: str, cast: Sequence[str], available: tuple[ActKind, ...] | tuple[Act, ...]) -> str:
    """Return why an act is not possible; empty if it is possible.

    Parameters
    ----------
    act
        The act.
    me
        Name of the person who acts.
    cast
        Names of all people, or of all people who are present.
    available
        Kinds of acts, or a list of all possible acts.

    Examples
    --------
    >>> act_problem(Act(kind="speak"), me="Ann", cast=("Ann", "Bob"), available=("speak", "none"))
    "expected a text of an act of the kind 'speak', got an empty text"
    """
    if not available:
        return f"expected no act of {me} in this turn, got {act.kind!r}"
    if act not in available and act.kind not in available:
        shown = [one.words or one.kind if isinstance(one, Act) else one for one in available]
        got = act.words or act.kind if isinstance(available[0], Act) else act.kind
        return f"expected one of the available acts: {'; '.join(shown)}; got {shortened(got)}"
    if act.kind in KINDS_WITH_TEXT and not act.text.strip():
        return f"expected a text of an act of the kind {act.kind!r}, got an empty text"
    if not _is_unicode(act.text):
        return "expected a text of valid Unicode characters, got a half of a surrogate pair"
    others = [name for name in cast if name != me]
    if absent := [name for name in act.to if name not in others]:
        return f"expected people who are present ({', '.join(others)}) as recipients, got {', '.join(absent)}"
    return ""


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Something that happens in a turn: the act of a person, or a fact.

    Parameters
    ----------
    text
        One sentence. The sentence of an act starts with the name of the actor.
    observers
        Names of all people who perceive the happening. An actor always perceives the own act.
    actor
        Name of the person who acts; empty for a fact. A person has at most one act per turn.
    """

    text: str
    observers: frozenset[str]
    actor: str = ""


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """What a person knows at the beginning.

    Parameters
    ----------
    scenario
        The situation that all people know.
    me
        Name of the person.
    cast
        Names of all people, in order.
    background
        Private facts about the person.
    goal
        Private goal of the person.
    others
        What the person may know about the other people, by name.
    """

    scenario: str
    me: str
    cast: tuple[str, ...]
    background: str = ""
    goal: str = ""
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def private(self) -> str:
        """Background and goal as one text; empty if there is neither."""
        parts = [self.background, f"{GOAL}{self.goal}" if self.goal else ""]
        return "\n".join(part for part in parts if part)


GOAL = "My goal: "
"""Beginning of the goal in a private text."""


def background_and_goal(private: str) -> tuple[str, str]:
    r"""Return the background and the goal in a private text; see `Briefing.private`.

    Examples
    --------
    >>> background_and_goal("I am a teacher.\nMy goal: Leave early.")
    ('I am a teacher.', 'Leave early.')
    """
    background, found, goal = f"\n{private}".rpartition(f"\n{GOAL}")
    return (background.strip(), goal) if found else (private, "")


@dataclass(frozen=True, kw_only=True)
class Observation:
    """Everything that an agent may use to decide on an act.

    Parameters
    ----------
    turn
        Number of the turn, from 1.
    turns_left
        Number of turns after this one. A scenario may end earlier.
    me
        Name of the person that the agent plays.
    briefing
        What the person knows at the beginning.
    news
        What the person has perceived since the own last turn, one sentence per happening.
    available
        Kinds of acts, or a list of all possible acts.
    context
        The episode as S3AP, limited to what the person perceived. For each other person it contains what the
        person saw that the other person perceived. ``context.perspective(me)`` is the memory of the person.
        ``context.perspective(me, other)`` is what the other person knows, as far as the person can tell.
    problem
        Why the last act of the agent was refused in this turn; empty if no act was refused.
    """

    turn: int
    turns_left: int
    me: str
    briefing: Briefing
    news: tuple[str, ...]
    available: tuple[ActKind, ...] | tuple[Act, ...]
    context: SocializedContext
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Imagined:
    """A reply that a world model imagines.

    Parameters
    ----------
    by
        Name of the person who replies.
    mind
        What the person thinks before the reply.
    act
        The reply.
    state
        What changes in the situation after the reply; empty if nothing changes.
    """

    by: str
    mind: str
    act: Act
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class Future:
    """An imagined future of one act.

    Parameters
    ----------
    act
        The act at the beginning.
    replies
        The imagined replies of the partner, in order.
    context
        The context with the act and all imagined turns.
    own_acts
        The imagined further acts of the agent's own person, one between two replies.
    """

    act: Act
    replies: tuple[Imagined, ...]
    context: SocializedContext
    own_acts: tuple[Act, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Considered:
    """An act that an agent considered.

    Parameters
    ----------
    act
        The act.
    replies
        Imagined replies to the act, one tuple per imagined future.
    value
        Expected value, from 0 to 10; None if the agent does not value acts.
    why
        Reason for the value, in words.
    """

    act: Act
    replies: tuple[tuple[Imagined, ...], ...] = ()
    value: float | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The decision of an agent in a turn.

    Parameters
    ----------
    act
        The act.
    considered
        All acts that the agent considered.
    why
        Reason for the act, in words.
    usage
        Usage of model calls that the package did not make itself, such as the calls of a user's own agent.
    """

    act: Act
    considered: tuple[Considered, ...] = ()
    why: str = ""
    usage: Usage = NO_USAGE


@runtime_checkable
class Agent(Protocol):
    """Plays a person. An agent keeps no state between turns: the observation contains all that it may use."""

    @property
    def name(self) -> str:
        """Name of the kind of agent, such as ``"plain"``."""
        ...

    @property
    def config(self) -> ModelConfig:
        """Everything that affects the decisions, except the observation."""
        ...

    async def decide(self, observation: Observation) -> Decision:
        """Decide on an act.

        Raises
        ------
        SocialWorldModelError
            If the agent cannot decide. The episode then ends as an error.
        """
        ...


@runtime_checkable
class PartnerModel(Protocol):
    """Imagines how a partner replies to an act."""

    async def reply(self, context: SocializedContext, *, me: str, by: str, place: str = "") -> Imagined:
        """Return the next act of a partner.

        Parameters
        ----------
        context
            What the partner knows. It contains nothing else.
        me
            Name of the person who imagines.
        by
            Name of the partner.
        place
            Place of the call in a decision, such as ``"1/0/0"``: candidate, sample and depth. Stored replies are found
            by their place.
        """
        ...
