"""Prompts of agents. Parts that never change come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel

from social_world_model.agents.rendering import act_text, listed_acts, listed_kinds
from social_world_model.agents.replies import (
    ChosenAct,
    ChosenActs,
    Critique,
    GoalScores,
    Mind,
    ReasonedAct,
    ReasonedChoice,
    RubricScores,
    WrittenAct,
    WrittenActs,
)
from social_world_model.generation_utils.query_sections import HOW_TO_READ_COMPACT
from social_world_model.generation_utils.sections import PromptSpec, Section, compose_values, given
from social_world_model.interaction import Act, Observation
from social_world_model.s3ap.prose import closed
from social_world_model.s3ap.rendering import render
from social_world_model.s3ap.views import perspective_in_words
from social_world_model.world_model.foreseeing_prompts import unless_in
from social_world_model.world_model.step_prompts import NUMBERS

Spec = PromptSpec[Mapping[str, str]]
Part = Section[Mapping[str, str]]


@dataclass(frozen=True)
class ActPrompt:
    """A prompt for acts, in two forms.

    Parameters
    ----------
    written
        Prompt if kinds of acts are available: the model writes the act.
    chosen
        Prompt if a list of acts is available: the model chooses a number.
    """

    written: Spec
    chosen: Spec

    def of(self, observation: Observation) -> Spec:
        """Return the form for an observation."""
        return self.chosen if lists_acts(observation) else self.written

    def by_name(self, name: str) -> dict[str, Spec]:
        """Return both forms by name, for a `ModelConfig`."""
        return {name: self.written, f"{name}, from a list": self.chosen}


def lists_acts(observation: Observation) -> bool:
    """Return whether the observation lists all possible acts, instead of kinds of acts."""
    return isinstance(observation.available[0], Act)


def values_of(observation: Observation) -> dict[str, str]:
    """Return the texts that all prompts of an agent use, by name. They contain only what the person knows.

    A text of the briefing is left out if the memory already contains the text.

    Parameters
    ----------
    observation
        Observation of the agent.
    """
    me, briefing = observation.me, observation.briefing
    memory = render(perspective_in_words(observation.context, [me]), "compact")
    return {
        "scenario": unless_in(memory, briefing.scenario),
        "private": unless_in(memory, briefing.private),
        "me": me,
        "cast": ", ".join(name for name in briefing.cast if name != me) or "nobody",
        "others": "\n".join(f"- {name}: {text}" for name, text in briefing.others.items() if text.strip()),
        "memory": memory,
        "goal": briefing.goal,
        "turn": str(observation.turn),
        "left": str(observation.turns_left),
        "kinds": "\n".join(f"- {kind}" for kind in listed_kinds(observation)),
        "list": "\n".join(listed_acts(observation)),
        "problem": observation.problem,
    }


def sentence_of(name: str, act: Act) -> str:
    """Return an act as a sentence for a prompt.

    Parameters
    ----------
    name
        Name of the person who acts.
    act
        The act.
    """
    return closed(f"{name} {act_text(act)}")


def counted(number: int) -> str:
    """Return a number as a word for a prompt, as far as `NUMBERS` has one."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def _says(name: str, text: str, before: str = "\n\n") -> Part:
    """Return a section that is left out if the value with its name is empty."""
    return Section(name=name, text=text, condition=given(name), before=before)


_HOW_TO_READ: Part = Section(name=HOW_TO_READ_COMPACT.name, text=HOW_TO_READ_COMPACT.text)
_PERSON: tuple[Part, ...] = (
    Section(name="person", text="You are {me}. Other people: {cast}."),
    _says("scenario", "Situation: {scenario}"),
    _says("private", "Only you know this:\n{private}"),
    _says("others", "What you know of other people:\n{others}"),
    Section(name="memory", text="What you remember:\n{memory}"),
    _says("goal", "Your goal: {goal}"),
    Section(name="turn", text="This is turn {turn}. Turns after this one: {left}."),
)
_HOW_TO_WRITE: tuple[Part, ...] = (
    _says("kinds", "Kinds of acts:\n{kinds}"),
    Section(
        name="how to write an act",
        text=(
            "Write only your own act. Do not write what other people say or do. `text` contains the words that you "
            "say, or what you do without your name. `text` is empty for the kinds none and leave. `to` lists the "
            "names of the only people who perceive the act. An empty list means everyone who is present."
        ),
        condition=given("kinds"),
        before="\n",
    ),
)
_ASKED: tuple[Part, ...] = (
    _says("list", "Available acts:\n{list}"),
    _says("problem", "Your last act was not possible: {problem}. Choose another act."),
)


def _thinking(task: str, extra: Sequence[Part], reply: type[BaseModel]) -> Spec:
    """Return a prompt whose reply is not an act: the task, what the person knows, and sections of the task."""
    task_section: Part = Section(name="task", text=task)
    return PromptSpec(sections=(task_section, _HOW_TO_READ, *_PERSON, *extra), reply=reply)


def _acting(
    task: str, extra: Sequence[Part], reply: type[BaseModel], plain_reply: type[BaseModel] | None = None
) -> Spec:
    """Return a prompt whose reply contains acts: the same, and how to write acts."""
    spec = _thinking(task, extra, reply)
    first = (*spec.sections[:2], *_HOW_TO_WRITE)
    return replace(spec, sections=(*first, *spec.sections[2:], *_ASKED), plain_reply=plain_reply)


def _act(task: str, *extra: Part) -> ActPrompt:
    return ActPrompt(_acting(task, extra, WrittenAct), _acting(task, extra, ChosenAct))


_PLAYS = (
    "You play a person in a situation with other people. Use only what this person knows, behave as this person "
    "would, and pursue the goal of this person. "
)

PLAIN = _act(f"{_PLAYS}Decide what the person does next.")
_REASONS = (
    f"{_PLAYS}First reason step by step: what do you want, what do the other people know and want, and how will they "
    "react? Then decide what the person does next."
)
COT = ActPrompt(
    _acting(_REASONS, (), ReasonedAct, WrittenAct),
    _acting(_REASONS, (), ReasonedChoice, ChosenAct),
)
CRITICISE = _thinking(
    f"{_PLAYS}Criticise an act that the person plans. Say what is wrong with the act for the goal of the person and "
    "for the reactions of the other people, and how to improve the act. Use a few sentences.",
    (Section(name="draft", text="Planned act: {draft}"),),
    Critique,
)
REFLECT = _act(
    f"{_PLAYS}Decide what the person does next. You get an act that the person planned, and a critique of this act.",
    Section(name="draft", text="Planned act: {draft}"),
    Section(name="critique", text="Critique: {critique}", before="\n"),
)
MIND = _thinking(
    f"{_PLAYS}Do not act yet. For each other person, write in a few sentences what this person believes, wants and "
    "feels, as far as the person whom you play can tell.",
    (),
    Mind,
)
MIND_ACT = _act(
    f"{_PLAYS}Decide what the person does next. Take into account what the other people believe, want and feel.",
    Section(name="mind", text="What you think that the other people believe, want and feel:\n{mind}"),
)
INTEND = _act(f"{_PLAYS}Decide what the person intends to do next. The intention will be tried in imagination first.")
REFINE = _act(
    f"{_PLAYS}Decide what the person does next. You get what the person intended, and an imagined continuation of the "
    "situation after this act. Keep the act if the continuation helps the person. Otherwise, improve the act.",
    Section(name="draft", text="Intended act: {draft}"),
    Section(name="imagined", text="Imagined continuation. It has not happened:\n{imagined}"),
)
REWRITE = _act(
    f"{_PLAYS}You get the best of several acts, and the imagined reactions to it. Write this act again. You may "
    "improve the wording, but keep the intention.",
    Section(name="draft", text="Best act: {draft}"),
    Section(name="imagined", text="Imagined reactions. They have not happened:\n{imagined}"),
)
_PROPOSES = (
    f"{_PLAYS}Propose acts for the next turn of the person. The acts must differ in what they try to achieve or in how "
    "they try to achieve the goal, not only in wording. Each act must be plausible for the person."
)
_NUMBER: tuple[Part, ...] = (
    Section(name="one act", text="Propose one act.", condition=lambda values: values["number"] == NUMBERS[1]),
    Section(
        name="several acts",
        text="Propose {number} different acts.",
        condition=lambda values: values["number"] != NUMBERS[1],
    ),
)
PROPOSE = ActPrompt(_acting(_PROPOSES, _NUMBER, WrittenActs), _acting(_PROPOSES, _NUMBER, ChosenActs))

_VALUES = (
    f"{_PLAYS}Do not act yet. Rate candidates for the next act of the person. Compare all candidates with each other, "
    "and give each candidate one score. Use the whole scale. "
)
_BY_GOAL = "The score says how well the goal of the person is achieved in the end if the person does this now."
_BY_RUBRIC = (
    "Score the person on these dimensions if the person does this now:\n"
    "- believability: The behaviour is natural and fits the person.\n"
    "- relationship: The relationship to the other people gets better. Negative: it gets worse.\n"
    "- knowledge: The person gets new and important information.\n"
    "- secret: Negative if a secret of the person becomes known.\n"
    "- social_rules: Negative if the person breaks rules or laws.\n"
    "- financial_and_material_benefits: The person gains something. Negative: the person loses something.\n"
    "- goal: The person achieves the own goal."
)
_CANDIDATES: tuple[Part, ...] = (
    Section(
        name="imagined candidates",
        text="Each candidate shows an act, and what the person would perceive after this act. This is imagined.",
        condition=given("imagines"),
    ),
    Section(name="candidates", text="{candidates}"),
)
VALUE: Mapping[str, Spec] = {
    "goal": _thinking(f"{_VALUES}{_BY_GOAL}", _CANDIDATES, GoalScores),
    "rubric": _thinking(f"{_VALUES}{_BY_RUBRIC}", _CANDIDATES, RubricScores),
}
"""Prompt to value all candidates at once, by kind of value."""


def text_of(spec: Spec, observation_values: Mapping[str, str], **more: str) -> str:
    """Return the text of a prompt.

    Parameters
    ----------
    spec
        The prompt.
    observation_values
        Result of `values_of`.
    more
        Further values that the prompt uses.
    """
    return compose_values(spec.sections, **{**observation_values, **more})
