"""What an answerer is told: one function per prompt, what never changes first."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from social_world_model.choices import AnswerForm
from social_world_model.contracts import Query, StatementKind
from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.templates import fill, places
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.rendering import render

TASK = "Answer the question about a situation between people."
UNSEEN = "The situation is not shown: give the answer that is most likely all the same, and do not decline."
UNASKED = (
    "One of these is the answer to a question about a situation between people. Neither is shown: choose the one that "
    "is most likely all the same, and do not decline."
)
REASON_UNSEEN = "First reason step by step. Then give the answer."
REASON = (
    "First reason step by step: what happens in which order, and who perceives each thing, or is told of it. Then "
    "give the answer."
)
FREE = "The answer is the thing, place or person asked for, in as few words as it is named with."
OPTIONS = "The answer is one of the options: its letter and its text."
FORMS: Mapping[AnswerForm, str] = {
    "words": FREE,
    "sentence": "The answer is a sentence or two.",
    "yes_no": "The answer is yes or no.",
    "names": "The answer is names alone, with commas between them; or nobody.",
    "letter": "The answer is the letter of one of the options, and nothing else.",
    "text": "The answer is the text that is asked for, ready to be sent: nothing before it, nothing after it.",
}
RECORD = (
    "The record tells the situation in steps. A step has a state, what each agent observes of it, and what each "
    "does; others perceive an act in the step after. <same_as_state /> stands for the state of the step, "
    "<same_as_last_action /> for what was last done (with _x: by agent number x, from 0), <same_as_next_state /> for "
    "the next state. A <mental_state> is known to its agent alone. none: nothing; <unknown />: nobody says what."
)
PROSE_RECORD = (
    "The record tells the situation in steps: how things stand, what each agent perceives of that, and what each does; "
    "others perceive an act in the step after. What an agent thinks is known to it alone."
)
AS_AGENT = "You are {agent}. You know only what is written here; of anything else you have heard nothing."
OF_YOURSELF = (
    "The question speaks of you by name: answer with what you yourself think, of the matter or of the others whom it "
    "names."
)
OF_OTHERS = (
    "The question asks what others take you to think or do: answer with what you do think, or would do, from what you "
    "remember."
)
OF_A_FACT = "Answer from what you remember. If you do not know, say that you do not know."
RECOUNT = (
    "Retell a narrative as one person in it knows it: in its own words and order, only what that person perceives or "
    "is told. Leave out what happens where that person is not, and what happened before that person came. Answer no "
    "question."
)
RECOUNT_AS = "The person is {agent}."
FORESEE = (
    "Say what happens next in a situation between people, in a few sentences: who does what, and why, as it is most "
    "likely for these people with what each of them knows."
)
FORESEE_AGENT = "Say above all what {agent} does."
SUPPOSING = "Take this to be so: {supposing}"
ASKED_LATER = "What will be asked about it: {question}"
OTHERWISE = "What is told here must differ from these ways in which it might go on:"
ACCOUNTS: Mapping[StatementKind, str] = {
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
READERS = (
    "The answer will be read by {readers}. It may tell only what every reader knows already, or may know: what a "
    "reader was not to hear has no place in it."
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

TITLES = {"narrative": "Narrative", "context": "Record", "memory": "What you remember"}
WITNESSED = "What you saw {others} perceive"
_SENTENCES = (
    *(TASK, UNSEEN, UNASKED, REASON, REASON_UNSEEN, OPTIONS, RECORD, PROSE_RECORD, AS_AGENT, OF_YOURSELF),
    *(OF_OTHERS, OF_A_FACT, *TITLES.values(), WITNESSED, *FORMS.values(), *ACCOUNTS.values(), READERS),
)

WORDINGS: Mapping[str, str] = {
    "answer": "\n".join(_SENTENCES),
    "recount": f"{RECOUNT}\n{RECOUNT_AS}",
    "foresee": "\n".join((FORESEE, FORESEE_AGENT, SUPPOSING, ASKED_LATER, OTHERWISE)),
    "examples": EXAMPLES,
}
"""By name; they enter the manifest, and whoever changes one asks again."""


def _given(text: str) -> str:
    """Refuse nothing as an answer: the model is asked again."""
    if not text.strip():
        raise ValueError("expected an answer, got nothing")
    return text


Given = Annotated[str, AfterValidator(_given)]


class ReasonedAnswer(BaseModel):
    """Reasoning, then the answer."""

    model_config = ConfigDict(extra="ignore")

    reasoning: str = Field(description="Step by step, before the answer.")
    answer: Given


class PlainAnswer(BaseModel):
    """Only the answer."""

    model_config = ConfigDict(extra="ignore")

    answer: Given


class Retelling(BaseModel):
    """A narrative as somebody knows it."""

    model_config = ConfigDict(extra="ignore")

    retold: Given


class Foretelling(BaseModel):
    """What happens next."""

    model_config = ConfigDict(extra="ignore")

    next: Given = Field(description="In a few sentences.")


def answer_prompt(query: Query) -> str:
    """Return the prompt for a question: the rules, then what may be known, then the question.

    What all questions of a benchmark share comes first, so that providers need not read it each time.
    """
    told = materials(query)
    records = any(told[name] for name in ("context", "memory", "witnessed"))
    seen = records or bool(told["narrative"] or told["accounts"])
    head = [
        TASK if query.question else UNASKED,
        *([UNSEEN] if query.question and not seen else []),
        *([REASON if seen else REASON_UNSEEN] if query.reasoning else []),
        OPTIONS if query.choices and query.answer_form != "letter" else FORMS[query.answer_form],
        *([_how_to_read(query)] if records or query.examples else []),
    ]
    parts = [" ".join(head), *filter(None, [query.guidance, *query.prompt_parts.values()])]
    if query.examples:
        parts.append(EXAMPLES if query.reasoning else _REASONING.sub("", EXAMPLES))
    if query.agent:
        parts.append(_as_agent(query))
    parts += [f"{title}:\n{told[name]}" for name, title in TITLES.items() if told[name]]
    if told["witnessed"]:
        parts.append(f"{WITNESSED.replace('{others}', _others(query))}:\n{told['witnessed']}")
    parts += filter(None, [told["accounts"], _for_readers(query)])
    if query.question:
        parts.append(f"Question: {query.question}")
    if query.choices:
        parts.append(f"Options:\n{told['choices']}")
    return "\n\n".join(parts)


def recount_prompt(query: Query) -> str:
    """Return the prompt for a narrative as one of its characters knows it, or for what an agent remembers."""
    person = RECOUNT_AS.replace("{agent}", query.agent)
    told = materials(query)
    rules = RECOUNT if query.memory is None else f"{RECOUNT} {_how_to_read(query)}"
    parts = [rules, query.guidance, person, *(f"{TITLES[n]}:\n{told[n]}" for n in ("narrative", "memory") if told[n])]
    return "\n\n".join(filter(None, parts))


def foresee_prompt(query: Query) -> str:
    """Return the prompt for what comes next, under an assumption, or otherwise than was told before."""
    told = materials(query)
    rules = [FORESEE, *([FORESEE_AGENT.replace("{agent}", query.agent)] if query.agent else []), _how_to_read(query)]
    parts = [" ".join(rules), query.guidance]
    parts += [f"{TITLES[name]}:\n{told[name]}" for name in ("narrative", "context") if told[name]]
    if query.question:
        parts.append(ASKED_LATER.replace("{question}", query.question))
    if query.hypothesis:
        parts.append(SUPPOSING.replace("{supposing}", query.hypothesis))
    if query.statements:
        parts.append("\n".join([OTHERWISE, *(f"- {account.text}" for account in query.statements)]))
    return "\n\n".join(filter(None, parts))


def materials(query: Query) -> dict[str, str]:
    """Return every part of a query as text, by the names that prompt files use; empty where there is none."""
    return {
        "agent": query.agent,
        "guidance": "\n\n".join(filter(None, [query.guidance, *query.prompt_parts.values()])),
        "narrative": query.narrative or "",
        "context": _shown(query.context, query),
        "memory": _shown(query.memory, query),
        "witnessed": _shown(query.others_observations, query),
        "accounts": _statements(query),
        "question": query.question,
        "choices": "\n".join(f"{letter(number)}. {choice}" for number, choice in enumerate(query.choices)),
    }


def own_prompt(template: str, query: Query) -> str:
    """Return the prompt for a question in a user's own words.

    Raises
    ------
    ConfigurationError
        If the template has a place that is unknown, or none for what the mode shows: that would be another
        experiment than the mode's name says.
    """
    told = materials(query)
    wanted = places(template)
    if unknown := [name for name in wanted if name not in told]:
        raise ConfigurationError(
            f"expected places out of {', '.join(f'{{{name}}}' for name in told)} in the prompt file, "
            f"got {', '.join(f'{{{name}}}' for name in unknown)}"
        )
    for name, text in told.items():
        if text and name not in (*wanted, "guidance"):
            raise ConfigurationError(f"expected {{{name}}} in the prompt file, since this mode shows it, got none")
    return fill(template, told)


def check_places(template: str, shown: Collection[str]) -> None:
    """Refuse places into which nothing is ever put.

    Parameters
    ----------
    template
        A user's own wording.
    shown
        Names of all that some query shows.

    Raises
    ------
    ConfigurationError
        Naming the place.
    """
    for name in places(template):
        if name not in (*shown, "guidance"):
            raise ConfigurationError(f"expected no {{{name}}} in the prompt file, since this mode shows none, got one")


def _how_to_read(query: Query) -> str:
    return PROSE_RECORD if query.form == "text" else RECORD


def _statements(query: Query) -> str:
    """Return what others say, under what that is worth."""
    if not query.statements:
        return ""
    said = (f"[{account.by}]\n{account.text}" for account in query.statements)
    return "\n\n".join([ACCOUNTS[query.statements[0].kind], *said])


def _for_readers(query: Query) -> str:
    """Say who reads the answer, where it is made of what these remember."""
    if not query.audience or not query.statements or query.statements[0].kind != "recollection":
        return ""
    return READERS.replace("{readers}", ", ".join(query.audience))


def _as_agent(query: Query) -> str:
    """Say who speaks: the first of a chain about the others, or the last of it, about whom the others think."""
    of_others = query.memory is not None and query.others_observations is None and len(query.belief_chain) > 1
    of_a_fact = query.memory is not None and not query.belief_chain
    how = OF_A_FACT if of_a_fact else OF_OTHERS if of_others else OF_YOURSELF
    return f"{AS_AGENT.replace('{agent}', query.agent)} {how}"


def _shown(context: SocializedContext | None, query: Query) -> str:
    """Return a record as text, without its manual where that is the guidance which stands above it."""
    if context is None:
        return ""
    if context.context_manual and context.context_manual in query.guidance and query.form != "full_json":
        context = context.model_copy(update={"context_manual": None})
    return render(context, query.form, query.context_fields)


def _others(query: Query) -> str:
    others = [name for name in query.belief_chain if name != query.agent]
    return " and ".join(dict.fromkeys(others)) or "others"


def letter(number: int) -> str:
    """Return the label of an option by its place, from 0."""
    return chr(ord("A") + number) if number < 26 else str(number + 1)
