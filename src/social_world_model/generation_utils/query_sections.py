"""Sections of the built-in prompts for queries. Parts that never change come first."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import get_args

from social_world_model.choices import AnswerForm
from social_world_model.contracts import Query, StatementKind
from social_world_model.generation_utils.replies import Foretelling, PlainAnswer, ReasonedAnswer, Retelling
from social_world_model.generation_utils.sections import PromptSpec, Section
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.rendering import render

HOW_TO_READ: Section[object] = Section(
    name="how to read a record",
    text=(
        "The record tells the situation in steps. A step has a state, what each agent observes of it, and what each "
        "does; others perceive an act in the step after. <same_as_state /> stands for the state of the step, "
        "<same_as_last_action /> for what was last done (with _x: by agent number x, from 0), <same_as_next_state /> "
        "for the next state. A <mental_state> is known to its agent alone. none: nothing; <unknown />: nobody says "
        "what."
    ),
    before=" ",
)
HOW_TO_READ_PROSE: Section[object] = Section(
    name="how to read prose",
    text=(
        "The record tells the situation in steps: how things stand, what each agent perceives of that, and what each "
        "does; others perceive an act in the step after. What an agent thinks is known to it alone."
    ),
    before=" ",
)

EXAMPLES = """Two examples.

Narrative: Ben and Ida are in the garage. The wrench is in the crate. Ida left the garage. Ben moved the wrench to the
drawer.
Record:
agents: Ben | Ida
@ step: state; < perceives; > does; left out: none
@1: Ben and Ida are in the garage. The wrench is in the crate.
Ben < <same_as_state />
Ida < <same_as_state />
Ida > left the garage
@2: Ben is in the garage.
Ben < <same_as_last_action /> <same_as_state />
Ben > moved the wrench to the drawer
@3: The wrench is in the drawer.
Ben < <same_as_state />
Question: Where will Ida look for the wrench?
Reasoning: Ida last perceives the wrench in the crate, at step 1. She is gone when Ben moves it at step 2.
Answer: crate

Narrative: Ben and Ida are in the garage. The wrench is in the crate. Ida moved the wrench to the drawer. Ida left
the garage.
Record:
agents: Ben | Ida
@ step: state; < perceives; > does; left out: none
@1: Ben and Ida are in the garage. The wrench is in the crate.
Ben < <same_as_state />
Ida < <same_as_state />
Ida > moved the wrench to the drawer
@2: The wrench is in the drawer.
Ben < <same_as_last_action /> <same_as_state />
Ida < <same_as_state />
Ida > left the garage
@3: Ben is in the garage.
Ben < <same_as_last_action /> <same_as_state />
Question: Where does Ben think that Ida looks for the wrench?
Reasoning: Ben perceives that Ida herself moves the wrench to the drawer, and nothing happens to it after that.
Answer: drawer

Think of such a record before you answer."""

_REASONING = re.compile(r"^Reasoning: .*\n", re.MULTILINE)


def letter(number: int) -> str:
    """Return the label of an option: A to Z, then numbers. Options are counted from 0."""
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def _shown(context: SocializedContext | None, query: Query) -> str:
    """Return a context as text, without its manual if the guidance already contains the manual."""
    if context is None:
        return ""
    if context.context_manual and context.context_manual in query.guidance and query.form != "full_json":
        context = context.model_copy(update={"context_manual": None})
    return render(context, query.form, query.context_fields)


def _others(query: Query) -> str:
    """Return the names of the agents whose observations are shown."""
    if query.others_observations is None:
        return ""
    others = [name for name in query.belief_chain if name != query.agent]
    return " and ".join(dict.fromkeys(others)) or "others"


VALUES: Mapping[str, Callable[[Query], str]] = {
    "agent": lambda query: query.agent,
    "guidance": lambda query: "\n\n".join(filter(None, [query.guidance, *query.prompt_parts.values()])),
    "domain_guidance": lambda query: query.guidance,
    "narrative": lambda query: query.narrative or "",
    "context": lambda query: _shown(query.context, query),
    "memory": lambda query: _shown(query.memory, query),
    "others_observations": lambda query: _shown(query.others_observations, query),
    "others": _others,
    "what_each_says": lambda query: "\n\n".join(f"[{one.by}]\n{one.text}" for one in query.statements),
    "ways": lambda query: "\n".join(f"- {one.text}" for one in query.statements),
    "audience": lambda query: ", ".join(query.audience),
    "hypothesis": lambda query: query.hypothesis,
    "question": lambda query: query.question,
    "choices": lambda query: "\n".join(f"{letter(at)}. {choice}" for at, choice in enumerate(query.choices)),
}
"""Functions that return the value of each placeholder for a query."""


def has(*names: str) -> Callable[[Query], bool]:
    """Return a condition: the query has a value in at least one of these fields."""
    return lambda query: any(getattr(query, name) for name in names)


def _shows_record(query: Query) -> bool:
    return has("context", "memory", "others_observations")(query)


def _is_seen(query: Query) -> bool:
    """Return whether the query shows any part of the situation."""
    return _shows_record(query) or has("narrative", "statements")(query)


def _by_option(query: Query) -> bool:
    """Return whether the answer is the text of an option, not only its letter."""
    return bool(query.choices) and query.answer_form != "letter"


def _is_form(form: AnswerForm) -> Callable[[Query], bool]:
    return lambda query: query.answer_form == form and not _by_option(query)


def _says(kind: StatementKind) -> Callable[[Query], bool]:
    return lambda query: bool(query.statements) and query.statements[0].kind == kind


def _is_about_others(query: Query) -> bool:
    """Return whether other agents think about the agent who answers, the last one in the belief chain."""
    return query.memory is not None and query.others_observations is None and len(query.belief_chain) > 1


def _is_a_fact(query: Query) -> bool:
    return query.memory is not None and not query.belief_chain


def _how_to_read(condition: Callable[[Query], bool]) -> tuple[Section[Query], Section[Query]]:
    """Return the sections that explain contexts, one for each format."""

    def section(shared: Section[object], prose: bool) -> Section[Query]:
        return Section(
            name=shared.name,
            text=shared.text,
            condition=lambda query: condition(query) and (query.form == "text") is prose,
            before=shared.before,
        )

    return section(HOW_TO_READ, False), section(HOW_TO_READ_PROSE, True)


_FORMS: Mapping[AnswerForm, str] = {
    "words": "The answer is the thing, place or person asked for, in as few words as it is named with.",
    "sentence": "The answer is a sentence or two.",
    "yes_no": "The answer is yes or no.",
    "names": "The answer is names alone, with commas between them; or nobody.",
    "letter": "The answer is the letter of one of the options, and nothing else.",
    "text": "The answer is the text that is asked for, ready to be sent: nothing before it, nothing after it.",
}
_STATEMENTS: Mapping[StatementKind, str] = {
    "recollection": (
        "What people remember of the situation. Each account is partial, and as that person sees it. What nobody "
        "tells may still have happened."
    ),
    "future": (
        "What would happen next under different assumptions. All of it is imagined: none of it has happened. Where "
        "the assumptions are the options, the one that fits best what really was done is right."
    ),
    "opinion": "What several who were asked the same think. Each may be wrong: weigh their reasons, count no heads.",
}
_NARRATIVE = Section(name="narrative", text="Narrative:\n{narrative}", condition=has("narrative"))
_CONTEXT = Section(name="context", text="Record:\n{context}", condition=has("context"))
_MEMORY = Section(name="memory", text="What you remember:\n{memory}", condition=has("memory"))
_DOMAIN = Section(name="guidance", text="{domain_guidance}", condition=has("guidance"))

_ANSWER_RULES: tuple[Section[Query], ...] = (
    Section(name="task", text="Answer the question about a situation between people.", condition=has("question")),
    Section(
        name="task without a question",
        text=(
            "One of these is the answer to a question about a situation between people. Neither is shown: choose the "
            "one that is most likely all the same, and do not decline."
        ),
        condition=lambda query: not query.question,
    ),
    Section(
        name="nothing shown",
        text=("The situation is not shown: give the answer that is most likely all the same, and do not decline."),
        condition=lambda query: bool(query.question) and not _is_seen(query),
        before=" ",
    ),
    Section(
        name="reasoning",
        text=(
            "First reason step by step: what happens in which order, and who perceives each thing, or is told of it. "
            "Then give the answer."
        ),
        condition=lambda query: query.reasoning and _is_seen(query),
        before=" ",
    ),
    Section(
        name="reasoning about nothing shown",
        text="First reason step by step. Then give the answer.",
        condition=lambda query: query.reasoning and not _is_seen(query),
        before=" ",
    ),
    Section(
        name="answer: option",
        text="The answer is one of the options: its letter and its text.",
        condition=_by_option,
        before=" ",
    ),
    *(
        Section(name=f"answer: {form}", text=_FORMS[form], condition=_is_form(form), before=" ")
        for form in get_args(AnswerForm)
    ),
    *_how_to_read(lambda query: _shows_record(query) or query.examples),
    Section(name="guidance", text="{guidance}", condition=lambda query: bool(VALUES["guidance"](query))),
    Section(name="examples", text=EXAMPLES, condition=lambda query: query.examples and query.reasoning),
    Section(
        name="examples without reasoning",
        text=_REASONING.sub("", EXAMPLES),
        condition=lambda query: query.examples and not query.reasoning,
    ),
)
_ANSWER_AGENT: tuple[Section[Query], ...] = (
    Section(
        name="agent",
        text="You are {agent}. You know only what is written here; of anything else you have heard nothing.",
        condition=has("agent"),
    ),
    Section(
        name="agent: a fact",
        text="Answer from what you remember. If you do not know, say that you do not know.",
        condition=lambda query: bool(query.agent) and _is_a_fact(query),
        before=" ",
    ),
    Section(
        name="agent: of others",
        text=(
            "The question asks what others take you to think or do: answer with what you do think, or would do, from "
            "what you remember."
        ),
        condition=lambda query: bool(query.agent) and _is_about_others(query),
        before=" ",
    ),
    Section(
        name="agent: of yourself",
        text=(
            "The question speaks of you by name: answer with what you yourself think, of the matter or of the others "
            "whom it names."
        ),
        condition=lambda query: bool(query.agent) and not _is_a_fact(query) and not _is_about_others(query),
        before=" ",
    ),
)
_ANSWER_SHOWN: tuple[Section[Query], ...] = (
    *(_NARRATIVE, _CONTEXT, _MEMORY),
    Section(
        name="others_observations",
        text="What you saw {others} perceive:\n{others_observations}",
        condition=has("others_observations"),
    ),
    *(
        Section(name=f"statements: {kind}", text=_STATEMENTS[kind], condition=_says(kind), place="statements")
        for kind in get_args(StatementKind)
    ),
    Section(name="statements", text="{what_each_says}", condition=has("statements"), place="statements"),
    Section(
        name="audience",
        text=(
            "The answer will be read by {audience}. It may tell only what every reader knows already, or may know: "
            "what a reader was not to hear has no place in it."
        ),
        condition=lambda query: bool(query.audience) and _says("recollection")(query),
    ),
    Section(name="question", text="Question: {question}", condition=has("question")),
    Section(name="choices", text="Options:\n{choices}", condition=has("choices")),
)
_RECOUNT: tuple[Section[Query], ...] = (
    Section(
        name="task",
        text=(
            "Retell a narrative as one person in it knows it: in its own words and order, only what that person "
            "perceives or is told. Leave out what happens where that person is not, and what happened before that "
            "person came. Answer no question."
        ),
    ),
    *_how_to_read(has("memory")),
    _DOMAIN,
    Section(name="agent", text="The person is {agent}."),
    *(_NARRATIVE, _MEMORY),
)
_FORESEE: tuple[Section[Query], ...] = (
    Section(
        name="task",
        text=(
            "Say what happens next in a situation between people, in a few sentences: who does what, and why, as it is "
            "most likely for these people with what each of them knows."
        ),
    ),
    Section(name="agent", text="Say above all what {agent} does.", condition=has("agent"), before=" "),
    *_how_to_read(lambda query: True),
    *(_DOMAIN, _NARRATIVE, _CONTEXT),
    Section(name="question", text="What will be asked about it: {question}", condition=has("question")),
    Section(name="hypothesis", text="Take this to be so: {hypothesis}", condition=has("hypothesis")),
    Section(
        name="other ways",
        text="What is told here must differ from these ways in which it might go on:",
        condition=has("statements"),
    ),
    Section(name="ways", text="{ways}", condition=has("statements"), before="\n"),
)

ANSWER: PromptSpec[Query] = PromptSpec(
    sections=(*_ANSWER_RULES, *_ANSWER_AGENT, *_ANSWER_SHOWN),
    reply=ReasonedAnswer,
    plain_reply=PlainAnswer,
    field="answer",
    own_wording=True,
)
RECOUNT: PromptSpec[Query] = PromptSpec(sections=_RECOUNT, reply=Retelling, field="retold")
FORESEE: PromptSpec[Query] = PromptSpec(sections=_FORESEE, reply=Foretelling, field="next")
