"""Frozen data classes and protocols that all higher layers share. This module contains no logic.

Data flow:

1. A row of a data set becomes an `Item`.
2. If the mode uses contexts, a `Parser` turns the narrative into a context.
3. The mode builds a `Query`, and an `Answerer` returns a `Reply`.
4. The benchmark extracts the answer from the reply and scores the answer.
5. The store keeps one result per item. Reports count the results.
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
        Unique index of the item in the data set.
    narrative, question
        Texts of the narrative and of the question.
    correct_answer
        The correct answer; None if the data set has no gold answer.
    choices
        Answer options as text, in order; empty if the question has no options.
    question_kind
        What the question asks about.
    belief_chain
        Agents of a nested belief, outermost first: ``("Anne", "Sally")`` means: what Anne believes that Sally believes.
        The chain is empty if the question does not ask for a belief.
    set_id
        Id that all items about one narrative share.
    cluster_id
        Id of the story, episode or conversation. Confidence intervals treat items with different ids as independent.
    domain
        Kind of text of the narrative.
    answer_form
        Form of the answer.
    fact
        For a question about who knows a fact: another question that asks for the fact. This text never contains the
        answer.
    audience
        People who will read the answer, if the answer must not tell them everything.
    fields
        All other columns of the row. Only scoring and reports use these columns, because the columns can reveal the
        correct answer.
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
    """A row that cannot be used. The row becomes one `error` result, and the run continues."""

    index: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A loaded data set.

    Parameters
    ----------
    name
        Name of the file. Names of result folders contain the file name.
    rows
        Items and unusable rows, in the order of the file. Every item and every row has a unique index.
    sha256
        SHA-256 of the file.
    notes
        Notes for the reader of a report, such as which rows were left out and why.
    """

    name: str
    rows: tuple[Item | BadRow, ...]
    sha256: str
    notes: tuple[str, ...] = ()


StatementKind = Literal["recollection", "future", "opinion"]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement of another agent or model, shown to the answerer.

    Parameters
    ----------
    kind
        ``"recollection"``: what a person remembers, which is partial and subjective; ``"future"``: what might happen,
        but has not happened; ``"opinion"``: what another answerer thinks.
    by
        Author of the statement, or the assumption behind the statement.
    text
        Text of the statement.
    """

    kind: StatementKind
    by: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Query:
    """The input of an answerer. A query contains the parts of a prompt, but not the prompt itself.

    Parameters
    ----------
    question, choices, question_kind, belief_chain, domain, answer_form, audience
        The same as in `Item`.
    task
        Name of a registered prompt for language models. The built-in prompts are ``"answer"`` (answer the question),
        ``"recount"`` (retell only what the agent knows) and ``"foresee"`` (predict what happens next).
    agent
        Agent that answers in the first person; empty if an outside observer answers.
    narrative
        The story; None if the mode does not show the story.
    context
        Context of the story; None if the mode does not show a context.
    memory
        A context with the events that the agent remembers.
    others_observations
        A context with the events that the other agents of the belief chain perceived, as the agent believes.
    statements
        Statements of other agents or models.
    hypothesis
        Assumption for a prediction; empty if there is no assumption.
    reasoning
        Whether to reason before answering.
    examples
        Whether to show worked examples.
    form
        Format of contexts in the prompt.
    context_fields
        Parts of contexts that the prompt shows.
    sample
        0-based number of this sample, if a question is asked several times.
    temperature
        Sampling temperature of this query; None for the temperature of the answerer.
    guidance
        Domain instructions that every answerer of the benchmark gets.
    prompt_parts
        Additional texts of a benchmark for prompts of language models, by name.
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
    temperature: float | None = None
    guidance: str = ""
    prompt_parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The reply of an answerer.

    Parameters
    ----------
    response
        The answer in the model's words.
    reasoning
        The reasoning of the model; empty if the model gave no reasoning.
    status
        Status of the reply, such as ``"answered"`` or ``"refused"``.
    raw
        The unchanged reply of the model; None if there is no reply.
    finish_reason
        Reason why the model stopped, in the provider's words.
    usage
        Requests, tokens and cost of the reply.
    error
        Reason why the reply is not an answer; empty if the reply is an answer.
    certain
        False if the symbolic model had to guess: the answer depends on a heuristic or on text that was not read in
        full. Replies of language models do not say how certain they are: the value is True.
    evidence
        Ids of the events of the context that the answer depends on, in the order of the events; see `s3ap.events`.
    why
        Reason for the answer, in one or two sentences; empty if there is none.
    """

    response: str
    reasoning: str = ""
    status: Status = "answered"
    raw: str | None = None
    finish_reason: str | None = None
    usage: Usage = NO_USAGE
    error: str = ""
    certain: bool = True
    evidence: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A context, and the model reply that it was parsed from.

    Parameters
    ----------
    context
        A context without errors.
    raw, finish_reason, usage
        The same as in `Reply`.
    """

    context: SocializedContext
    raw: str | None = None
    finish_reason: str | None = None
    usage: Usage = NO_USAGE


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Everything that affects the replies of a model, except the query. Keys of stored results depend on this object.

    Parameters
    ----------
    prompts
        Prompt texts by name, in the order in which they are sent.
    settings
        All sampling settings.
    schemas
        JSON schemas of the replies, by name.
    """

    prompts: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    schemas: Mapping[str, Any] = field(default_factory=dict)


@runtime_checkable
class Parser(Protocol):
    """Protocol of models that parse a narrative into an S3AP context."""

    @property
    def name(self) -> str:
        """Name of the model, as users see it."""
        ...

    @property
    def config(self) -> ModelConfig:
        """Everything that affects the replies, except the narrative."""
        ...

    async def parse(self, narrative: str, guidance: str = "") -> Parsed:
        """Parse a narrative.

        Parameters
        ----------
        narrative
            Text of the narrative.
        guidance
            Domain instructions of the benchmark; empty if there are none.

        Returns
        -------
        Parsed
            A context without errors.

        Raises
        ------
        SocialWorldModelError
            If the narrative cannot be parsed.
        """
        ...


@runtime_checkable
class Answerer(Protocol):
    """Protocol of models that answer queries."""

    @property
    def name(self) -> str:
        """Name of the model, as users see it."""
        ...

    @property
    def config(self) -> ModelConfig:
        """Everything that affects the replies, except the query."""
        ...

    @property
    def usable_modes(self) -> frozenset[str] | None:
        """Names of the modes that this model supports; None means all modes."""
        ...

    async def answer(self, query: Query) -> Reply:
        """Answer a query.

        Raises
        ------
        SocialWorldModelError
            If the model gives no reply.
        """
        ...
