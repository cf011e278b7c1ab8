"""What the layers above share: frozen values and protocols, no logic.

The way of the data: data set row → `Item` → (narrative → `Parser` → context) → a mode builds a `Query` →
`Answerer` → `Reply` → the benchmark extracts and scores → one result in the store → report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from social_world_model.choices import (
    CONTEXT_FIELDS,
    AnswerForm,
    ContextField,
    Domain,
    Form,
    QuestionKind,
    Status,
)
from social_world_model.s3ap import SocializedContext
from social_world_model.usage import NO_USAGE, Usage


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question of a data set.

    Parameters
    ----------
    index
        The data set's own, unique in it.
    narrative, question
        As text.
    correct_answer
        The right answer, or None where the data set has none.
    choices
        The options as text, in order; empty for free answers.
    question_kind
        What kind of thing is asked for.
    belief_chain
        Whose belief about whose belief …; empty unless a belief is asked for.
    set_id
        Shared by the items about one narrative.
    cluster_id
        The unit that was drawn independently (story, episode, conversation), for intervals.
    domain
        What kind of text the narrative is.
    answer_form
        What an answer looks like.
    fact
        Where it is asked who knows something: the question of what that is. It never holds the answer.
    audience
        Who will read the answer, where that bounds what it may tell.
    fields
        All other columns of the row. For scoring and reports only: they may give the label away.
    """

    index: str
    narrative: str
    question: str
    correct_answer: str | None
    question_kind: QuestionKind
    choices: tuple[str, ...] = ()
    belief_chain: tuple[str, ...] = ()
    set_id: str = ""
    cluster_id: str = ""
    domain: Domain = "story"
    answer_form: AnswerForm = "words"
    fact: str = ""
    audience: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BadRow:
    """A row that cannot be used: it becomes one `error` result and stops nothing else."""

    index: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A data set as loaded.

    Parameters
    ----------
    name
        File name, as used in folders.
    rows
        Items and unusable rows, in the file's order, each with an index of its own.
    sha256
        Of the file.
    notes
        What the reader of a report must know, e.g. which rows were left out and why.
    """

    name: str
    rows: tuple[Item | BadRow, ...]
    sha256: str
    notes: tuple[str, ...] = ()


StatementKind = Literal["recollection", "future", "opinion"]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What somebody else says, for whoever answers.

    Parameters
    ----------
    kind
        What a person remembers (partial, and as that person sees it); what might happen, which has not happened; or
        what another answerer thinks.
    by
        Whose it is, or under which assumption.
    text
        In words.
    """

    kind: StatementKind
    by: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Query:
    """What an answerer gets: parts, never a finished prompt.

    Parameters
    ----------
    question, choices, question_kind, belief_chain, domain, answer_form, audience
        As in `Item`.
    task
        Which prompt a language model gets: ``"answer"`` the question; ``"recount"``: retell only what the agent knows;
        ``"foresee"``: say what comes next; or the name of a registered prompt.
    agent
        As whom to speak, in the first person; empty for an onlooker.
    narrative
        The story, where the mode shows it.
    context
        The context of it, where the mode shows that.
    memory
        What the agent remembers, as a context.
    others_observations
        What the agent saw the other members of the chain perceive, as a context.
    accounts
        What others say.
    hypothesis
        What is taken to be so, where it is to be foreseen what follows.
    reasoning
        Whether to reason before answering.
    examples
        Whether to show worked examples.
    form
        How contexts are shown.
    context_fields
        What is shown of them.
    sample
        Number of this draw, from 0, where a question is asked several times.
    guidance
        Domain instructions that hold for everybody who answers this benchmark.
    prompt_parts
        Named pieces of wording that a benchmark adds for language models.
    """

    question: str
    question_kind: QuestionKind
    choices: tuple[str, ...] = ()
    belief_chain: tuple[str, ...] = ()
    domain: Domain = "story"
    answer_form: AnswerForm = "words"
    audience: tuple[str, ...] = ()
    task: str = "answer"
    agent: str = ""
    narrative: str | None = None
    context: SocializedContext | None = None
    memory: SocializedContext | None = None
    others_observations: SocializedContext | None = None
    statements: tuple[Statement, ...] = ()
    hypothesis: str = ""
    reasoning: bool = True
    examples: bool = False
    form: Form = "json"
    context_fields: tuple[ContextField, ...] = CONTEXT_FIELDS
    sample: int = 0
    guidance: str = ""
    prompt_parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back.

    Parameters
    ----------
    response
        The answer in the model's words.
    reasoning
        How it got there, if it says so.
    status
        Whether this counts as an answer.
    raw
        The reply as it came.
    finish_reason
        Why the model stopped, in the provider's words.
    usage
        What it took.
    error
        Why it does not count as an answer; empty where it does.
    """

    response: str
    reasoning: str = ""
    status: Status = "answered"
    raw: str | None = None
    finish_reason: str | None = None
    usage: Usage = NO_USAGE
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A context, and the reply that it came from.

    Parameters
    ----------
    context
        Without errors.
    raw, finish_reason, usage
        As in `Reply`.
    """

    context: SocializedContext
    raw: str | None = None
    finish_reason: str | None = None
    usage: Usage = NO_USAGE


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Everything but the query that decides what a model replies: another configuration, another reply.

    Parameters
    ----------
    prompts
        The wordings that it may send, by name, in the order in which they are sent.
    settings
        All sampling values.
    schemas
        JSON schema of every reply that it may ask for, by name.
    earlier
        The same configuration in the form in which schema 1 of results had it, if a result of schema 1 still holds;
        it is never part of a key of its own.
    """

    prompts: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    schemas: Mapping[str, Any] = field(default_factory=dict)
    earlier: ModelConfig | None = None


@runtime_checkable
class Parser(Protocol):
    """Turns a narrative into S3AP."""

    @property
    def name(self) -> str:
        """The name users call it by."""
        ...

    @property
    def config(self) -> ModelConfig:
        """What decides its replies."""
        ...

    async def parse(self, narrative: str, guidance: str = "") -> Parsed:
        """Return a valid context of the narrative; raise a `SocialWorldModelError` if there is none."""
        ...


@runtime_checkable
class Answerer(Protocol):
    """Answers queries."""

    @property
    def name(self) -> str:
        """The name users call it by."""
        ...

    @property
    def config(self) -> ModelConfig:
        """What decides its replies."""
        ...

    @property
    def usable_modes(self) -> frozenset[str] | None:
        """The modes that mean something for it; None for all."""
        ...

    async def answer(self, query: Query) -> Reply:
        """Return the reply to a query; raise a `SocialWorldModelError` if there is none."""
        ...
