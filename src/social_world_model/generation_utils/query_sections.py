"""Sections of the built-in prompts for queries. Parts that never change come first."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import get_args

from social_world_model.choices import AnswerForm, Form
from social_world_model.contracts import Query, StatementKind
from social_world_model.generation_utils.replies import Foretelling, PlainAnswer, ReasonedAnswer, Retelling
from social_world_model.generation_utils.sections import PromptSpec, Section
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.rendering import COMPACT_KEY, render
from social_world_model.s3ap.tag_table import TAGS, legend

_HOW_TO_READ = (
    "The context describes the situation in steps. In each step, first the state holds, then the agents perceive, then "
    "they act. Other agents perceive an action in the next step. "
)
HOW_TO_READ: Section[object] = Section(
    name="how to read JSON",
    text=f"{_HOW_TO_READ}Tags:\n{legend(TAGS)}",
    before=" ",
)
HOW_TO_READ_COMPACT: Section[object] = Section(
    name="how to read a compact context",
    text=f"{_HOW_TO_READ}Tags:\n{legend(TAGS, short=True)}",
    before=" ",
)
HOW_TO_READ_PROSE: Section[object] = Section(
    name="how to read prose",
    text=f"{_HOW_TO_READ}Only an agent itself knows its thoughts.",
    before=" ",
)

EXAMPLES = f"""Two examples.

Narrative: Ben and Ida are in the garage. The wrench is in the crate. Ida left the garage. Ben moved the wrench to the
drawer.
Context:
agents: Ben | Ida
{COMPACT_KEY}
@1: Ben and Ida are in the garage. The wrench is in the crate.
Ben, Ida < <state/>
Ida > left the garage
@2: Ben is in the garage.
Ben < <act/> <state/>
Ben > moved the wrench to the drawer
@3: The wrench is in the drawer.
Ben < <state/>
Question: Where will Ida look for the wrench?
Reasoning: Ida sees the wrench in the crate at step 1. She is away when Ben moves the wrench at step 2.
Answer: crate

Narrative: Ben and Ida are in the garage. The wrench is in the crate. Ida moved the wrench to the drawer. Ida left
the garage.
Context:
agents: Ben | Ida
{COMPACT_KEY}
@1: Ben and Ida are in the garage. The wrench is in the crate.
Ben, Ida < <state/>
Ida > moved the wrench to the drawer
@2: The wrench is in the drawer.
Ben < <act/> <state/>
Ida < <state/>
Ida > left the garage
@3: Ben is in the garage.
Ben < <act/> <state/>
Question: Where does Ben think that Ida looks for the wrench?
Reasoning: Ben sees that Ida moves the wrench to the drawer. Nobody moves the wrench after that.
Answer: drawer

Before you answer, think of the context of the narrative in the same way."""

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


def _shows_context(query: Query) -> bool:
    return has("context", "memory", "others_observations")(query)


def _is_seen(query: Query) -> bool:
    """Return whether the query shows any part of the situation."""
    return _shows_context(query) or has("narrative", "statements")(query)


def _by_option(query: Query) -> bool:
    """Return whether the answer is the text of an option, not only its letter."""
    return bool(query.choices) and query.answer_form != "letter"


def _is_form(form: AnswerForm) -> Callable[[Query], bool]:
    return lambda query: query.answer_form == form and not _by_option(query)


def _says(kind: StatementKind) -> Callable[[Query], bool]:
    return lambda query: bool(query.statements) and query.statements[0].kind == kind


def _is_about_others(query: Query) -> bool:
    """Return whether the question asks what other agents think about the answering agent."""
    return query.memory is not None and query.others_observations is None and len(query.belief_chain) > 1


def _is_a_fact(query: Query) -> bool:
    return query.memory is not None and not query.belief_chain


def _how_to_read(condition: Callable[[Query], bool]) -> tuple[Section[Query], ...]:
    """Return the sections that explain contexts, one for each format."""

    def section(shared: Section[object], *forms: Form) -> Section[Query]:
        return Section(
            name=shared.name,
            text=shared.text,
            condition=lambda query: condition(query) and query.form in forms,
            before=shared.before,
        )

    return (
        section(HOW_TO_READ, "json", "full_json"),
        section(HOW_TO_READ_COMPACT, "compact"),
        section(HOW_TO_READ_PROSE, "text"),
    )


_FORMS: Mapping[AnswerForm, str] = {
    "words": "Answer with the name only, as it appears in the text.",
    "sentence": "Answer in one or two sentences.",
    "yes_no": "Answer yes or no.",
    "names": "Answer with names only, separated by commas, or with nobody.",
    "letter": "Answer with the letter of one option only.",
    "text": "Answer with the requested text only, ready to be sent, without an introduction and without comments.",
}
_STATEMENTS: Mapping[StatementKind, str] = {
    "recollection": (
        "This is what people remember of the situation. Each person knows only a part of it. Things that nobody "
        "mentions may have happened too."
    ),
    "future": (
        "These are predictions under different assumptions. None of the predictions has happened. If the assumptions "
        "are the options, choose the option whose prediction fits best what the people really did."
    ),
    "opinion": (
        "These are answers of several people to the same question. Each answer may be wrong. Compare the reasons. Do "
        "not decide by majority."
    ),
}
_NARRATIVE = Section(name="narrative", text="Narrative:\n{narrative}", condition=has("narrative"))
_CONTEXT = Section(name="context", text="Context:\n{context}", condition=has("context"))
_MEMORY = Section(name="memory", text="What you remember:\n{memory}", condition=has("memory"))
_DOMAIN = Section(name="guidance", text="{domain_guidance}", condition=has("guidance"))

_ANSWER_RULES: tuple[Section[Query], ...] = (
    Section(name="task", text="Answer the question about a situation with several people.", condition=has("question")),
    Section(
        name="task without a question",
        text=(
            "One of the options is the answer to a question about a situation with several people. You see neither the "
            "question nor the situation. Choose the most likely option. Do not refuse."
        ),
        condition=lambda query: not query.question,
    ),
    Section(
        name="nothing shown",
        text="You do not see the situation. Give the most likely answer. Do not refuse.",
        condition=lambda query: bool(query.question) and not _is_seen(query),
        before=" ",
    ),
    Section(
        name="reasoning",
        text=(
            "First reason step by step: what happens in which order, and who perceives or hears about each event. Then "
            "answer."
        ),
        condition=lambda query: query.reasoning and _is_seen(query),
        before=" ",
    ),
    Section(
        name="reasoning about nothing shown",
        text="First reason step by step. Then answer.",
        condition=lambda query: query.reasoning and not _is_seen(query),
        before=" ",
    ),
    Section(
        name="answer: option",
        text="Answer with one of the options: its letter and its text.",
        condition=_by_option,
        before=" ",
    ),
    *(
        Section(name=f"answer: {form}", text=_FORMS[form], condition=_is_form(form), before=" ")
        for form in get_args(AnswerForm)
    ),
    *_how_to_read(_shows_context),
    Section(
        name="how to read the examples",
        text=HOW_TO_READ_COMPACT.text,
        condition=lambda query: query.examples and not (_shows_context(query) and query.form == "compact"),
        before=" ",
    ),
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
        text="You are {agent}. You know only what is written here and nothing else.",
        condition=has("agent"),
    ),
    Section(
        name="agent: a fact",
        text="Answer from what you remember. If you do not know the answer, say that you do not know.",
        condition=lambda query: bool(query.agent) and _is_a_fact(query),
        before=" ",
    ),
    Section(
        name="agent: of others",
        text=(
            "The question asks what others believe that you think or do. Answer with what you really think or would "
            "do, based on what you remember."
        ),
        condition=lambda query: bool(query.agent) and _is_about_others(query),
        before=" ",
    ),
    Section(
        name="agent: of yourself",
        text=(
            "The question mentions you by name. Answer with your own view of the subject, or of the other people in "
            "the question."
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
            "These people will read the answer: {audience}. Write only what every reader already knows or is allowed "
            "to know. Leave out everything that a reader must not learn."
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
            "Retell the narrative as one person in it knows it. Keep the words and the order of the narrative. Include "
            "only what this person perceives or is told. Leave out events in places where the person is not, and "
            "events before the person came. Do not answer a question."
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
            "Predict what happens next in a situation with several people. Write a few sentences: who does what, and "
            "why. Predict what is most likely for these people and for what each of them knows."
        ),
    ),
    Section(name="agent", text="Say mainly what {agent} does.", condition=has("agent"), before=" "),
    *_how_to_read(lambda query: True),
    *(_DOMAIN, _NARRATIVE, _CONTEXT),
    Section(name="question", text="This question will be asked about it: {question}", condition=has("question")),
    Section(name="hypothesis", text="Assume: {hypothesis}", condition=has("hypothesis")),
    Section(
        name="other predictions",
        text="Your prediction must differ from these predictions:",
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
