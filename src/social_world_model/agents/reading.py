"""Read acts and scores from the replies of agents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel

from social_world_model.agents.replies import (
    CandidateScore,
    ChosenAct,
    ChosenActs,
    GoalScores,
    ReasonedAct,
    ReasonedChoice,
    RubricScores,
    WrittenAct,
    WrittenActs,
)
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.reading import UnfitReply, fit
from social_world_model.interaction import KINDS_WITH_TEXT, Act, ActKind, Observation, act_problem
from social_world_model.s3ap.tags import without_tags


class _Written(Protocol):
    """An act as a model writes it."""

    kind: ActKind
    text: str
    to: list[str]


@dataclass(frozen=True)
class ChosenWithReason:
    """An act that a model chose.

    Parameters
    ----------
    act
        The act.
    why
        Reasoning of the model; empty if the reply has no reasoning.
    """

    act: Act
    why: str = ""


@dataclass(frozen=True)
class ActParser:
    """Reads a reply as one available act.

    Parameters
    ----------
    observation
        Observation of the agent.
    shape
        Schema of the reply.
    """

    observation: Observation
    shape: type[BaseModel]

    def get_format_instructions(self) -> str:
        """Return the instruction to reply with JSON of this schema."""
        return format_instructions(self.shape)

    def parse(self, text: str) -> ChosenWithReason:
        """Return the act, and the reasoning if the schema has a field for it.

        Raises
        ------
        UnfitReply
            If the reply contains no act, or if the act is not available.
        """
        reply = fit(text, self.shape)
        why = reply.reasoning.strip() if isinstance(reply, ReasonedAct | ReasonedChoice) else ""
        if isinstance(reply, ChosenAct | ReasonedChoice):
            return ChosenWithReason(_numbered(reply.number, self.observation), why)
        assert isinstance(reply, WrittenAct | ReasonedAct)
        return ChosenWithReason(_act(reply, self.observation), why)


@dataclass(frozen=True)
class ActsParser:
    """Reads a reply as several different acts.

    Parameters
    ----------
    observation
        Observation of the agent.
    shape
        Schema of the reply.
    number
        Number of acts. More acts are ignored.
    """

    observation: Observation
    shape: type[BaseModel]
    number: int

    def get_format_instructions(self) -> str:
        """Return the instruction to reply with JSON of this schema."""
        return format_instructions(self.shape)

    def parse(self, text: str) -> list[Act]:
        """Return the acts.

        Raises
        ------
        UnfitReply
            If an act is not available, or if the reply has too few different acts.
        """
        reply = fit(text, self.shape)
        if isinstance(reply, ChosenActs):
            acts = [_numbered(number, self.observation) for number in reply.numbers]
        else:
            assert isinstance(reply, WrittenActs)
            acts = [_act(one, self.observation) for one in reply.acts]
        different: dict[tuple[str, str, tuple[str, ...]], Act] = {}
        for act in acts:
            gist = " ".join(re.findall(r"\w+", act.text.casefold()))
            different.setdefault((act.kind, gist, tuple(sorted(act.to))), act)
        if len(different) < self.number:
            raise UnfitReply(f"expected {self.number} different acts, got {len(different)}")
        return list(different.values())[: self.number]


@dataclass(frozen=True)
class ScoresParser:
    """Reads a reply as one score per candidate.

    Parameters
    ----------
    shape
        Schema of the reply.
    number
        Number of candidates.
    """

    shape: type[GoalScores] | type[RubricScores]
    number: int

    def get_format_instructions(self) -> str:
        """Return the instruction to reply with JSON of this schema."""
        return format_instructions(self.shape)

    def parse(self, text: str) -> list[tuple[float, str]]:
        """Return the score and the reason of each candidate, in the order of the candidates.

        Raises
        ------
        UnfitReply
            If a score is missing or out of range, or if a candidate has two scores.
        """
        reply = fit(text, self.shape)
        assert isinstance(reply, GoalScores | RubricScores)
        scores: list[CandidateScore] = [*reply.scores]
        numbers = sorted(one.candidate for one in scores)
        if numbers != list(range(1, self.number + 1)):
            got = ", ".join(map(str, numbers)) or "no scores"
            raise UnfitReply(f"expected one score for each candidate from 1 to {self.number}, got {got}")
        return [(one.value, one.why.strip()) for one in sorted(scores, key=lambda one: one.candidate)]


def _numbered(number: int, observation: Observation) -> Act:
    """Return the act with this number in the list of available acts."""
    acts = [act for act in observation.available if isinstance(act, Act)]
    if not 1 <= number <= len(acts):
        raise UnfitReply(f"expected a number of an available act from 1 to {len(acts)}, got {number}")
    return acts[number - 1]


def _act(written: _Written, observation: Observation) -> Act:
    """Return an act as the scenario expects it, if it is available."""
    me, cast = observation.me, observation.briefing.cast
    text = _bare(written, me) if written.kind in KINDS_WITH_TEXT else ""
    to = tuple(dict.fromkeys(written.to)) if len(cast) > 2 else ()  # with one other person, a recipient says nothing
    act = Act(kind=written.kind, text=text, to=to)
    if problem := act_problem(act, me=me, cast=cast, available=observation.available):
        hint = "; an empty list means everyone" if act.to else ""
        raise UnfitReply(f"{problem}{hint}")
    return act


def _bare(written: _Written, me: str) -> str:
    """Return the text of an act without tags, without the name of the actor, and without quotation marks around it."""
    text = without_tags(written.text.strip())
    text = text.removeprefix(f"{me}:" if written.kind == "speak" else f"{me} ").strip()
    inner = text[1:-1]
    quoted = len(text) > 1 and (text[0], text[-1]) in (('"', '"'), ("“", "”")) and not set(inner) & set('"“”')
    return inner.strip() if quoted and written.kind == "speak" else text


def speaks_for_other(act: Act, me: str, cast: Sequence[str]) -> bool:
    r"""Return whether a line of an act is written as the words of another person.

    Parameters
    ----------
    act
        The act.
    me
        Name of the person who acts.
    cast
        Names of all people.

    Examples
    --------
    >>> speaks_for_other(Act(kind="speak", text="Hi!\nBob: Hello."), "Ann", ["Ann", "Bob"])
    True
    >>> speaks_for_other(Act(kind="speak", text="Bob, listen: wait."), "Ann", ["Ann", "Bob"])
    False
    """
    others = [re.escape(name) for name in cast if name != me]
    if not others:
        return False
    line = rf"^[\W_]*(?:{'|'.join(others)})[\W_]{{0,3}}(?: ?(?:says|said|replies|replied|answers|answered))?[*_]*:"
    return re.search(line, act.text, re.MULTILINE) is not None
