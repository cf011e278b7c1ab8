"""Answers to questions: texts that say how certain they are, and on which sentences they depend."""

from __future__ import annotations

from typing import Any

from social_world_model.contracts import Query, Reply
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.prose import closed, joined
from social_world_model.symbolic.sources import ids_in_whole, sentences_of

UNSAID = "A language model does not say how certain it is."
"""Reason of answers of language models."""


class Answer(str):
    """The answer to a question: a text that says how certain it is.

    An answer is equal to its text, and can be used like its text.

    Parameters
    ----------
    text
        Text of the answer.
    certain
        Whether the answer follows from statements of the narrative. False if the answer depends on a guess, such as a
        heuristic, a default, or a sentence that was not read. Answers of language models are never certain.
    evidence
        Numbers of the sentences that the answer depends on, from 1; in a transcript, the numbers of the lines. Empty
        if the symbolic model did not make the context from a narrative in this process.
    why
        Reason for the answer, in one or two sentences; empty if there is none.

    Examples
    --------
    >>> answer = Answer("box", certain=True, evidence=(2,), why="Al saw the ball there.")
    >>> answer == "box", answer.certain, answer.evidence
    (True, True, (2,))
    >>> answer
    Answer('box', certain=True, evidence=(2,), why='Al saw the ball there.')
    """

    certain: bool
    evidence: tuple[int, ...]
    why: str

    def __new__(cls, text: str, *, certain: bool = False, evidence: tuple[int, ...] = (), why: str = "") -> Answer:
        """Make an answer."""
        answer = super().__new__(cls, text)
        answer.certain, answer.evidence, answer.why = certain, tuple(evidence), why
        return answer

    @property
    def text(self) -> str:
        """The answer as a plain text."""
        return str(self)

    def __repr__(self) -> str:
        about = f"certain={self.certain}, evidence={self.evidence}, why={self.why!r}"
        return f"{type(self).__name__}({self.text!r}, {about})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _answer, (type(self), self.text, self.certain, self.evidence, self.why)


def _answer(kind: type[Answer], text: str, certain: bool, evidence: tuple[int, ...], why: str) -> Answer:
    """Return a copied answer."""
    return kind(text, certain=certain, evidence=evidence, why=why)


def answer_by_rules(reply: Reply, query: Query, context: SocializedContext) -> Answer:
    """Return the answer of a reply of the symbolic model.

    Parameters
    ----------
    reply, query
        The reply, and the query with the whole context or the memory of an agent.
    context
        The whole context. If it does not know its narrative, the reason names the steps of the context instead.
    """
    ids = set(reply.evidence)
    if ids and query.memory is not None:
        ids = ids_in_whole(query.memory, ids, context, query.agent)
    evidence, why = sentences_of(context, ids), reply.why
    if ids and not evidence:
        why = f"{closed(why)} {_steps(context, ids)}".strip() if why else _steps(context, ids)
    return Answer(reply.response, certain=reply.certain, evidence=evidence, why=why)


def _steps(context: SocializedContext, ids: set[str]) -> str:
    named = {id.rpartition(".")[0] for id in ids}
    steps = [step.timestep for step in context.socialized_context if step.timestep in named]
    return f"See step{'s' if len(steps) > 1 else ''} {joined(steps)} of the context."
