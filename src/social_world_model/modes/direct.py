"""Modes with one query per item. They differ only in the parts that the answerer sees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from social_world_model.choices import Form
from social_world_model.contracts import Item, Reply
from social_world_model.modes.base import Session, names_in, query_of
from social_world_model.s3ap import perspective


@dataclass(frozen=True, kw_only=True)
class DirectMode:
    """One query per item.

    Parameters
    ----------
    name
        Name of the mode on the command line.
    narrative
        Whether the answerer sees the story.
    context
        The context that the answerer sees: ``"whole"``, ``"view"`` or None for no context. ``"view"`` is the
        perspective that belongs to the belief chain of the question. If a question has no belief chain, ``"view"`` is
        the whole context.
    question
        Whether the answerer sees the question. If False, the answerer sees only the options.
    reasoning, examples, form
        These fields have the same meaning as in `Query`.
    answers
        Always True, because these modes answer questions.
    temperature
        Default sampling temperature of answers.
    """

    name: str
    narrative: bool = False
    context: Literal["whole", "view"] | None = None
    question: bool = True
    reasoning: bool = True
    examples: bool = False
    form: Form = "json"
    answers: bool = True
    temperature: float = 0.0

    @property
    def needs_options(self) -> bool:
        """Whether the answerer sees only the options."""
        return not self.question

    @property
    def uses_context(self) -> bool:
        """Whether the mode needs contexts."""
        return self.context is not None

    async def run(self, item: Item, session: Session) -> Reply:
        """Answer an item.

        Parameters
        ----------
        item
            The question.
        session
            Access to the answerer and to the context of the narrative.
        """
        query = replace(query_of(item), reasoning=self.reasoning, examples=self.examples, form=self.form)
        if not self.question:
            query = replace(query, question="")
        if self.narrative:
            query = replace(query, narrative=item.narrative)
        if self.context is not None:
            context = await session.context()
            if self.context == "view" and item.belief_chain:
                context = perspective(context, names_in(context, item.belief_chain))
            query = replace(query, context=context)
        return await session.ask(query)


DIRECT_MODES = (
    DirectMode(name="vanilla", narrative=True),
    DirectMode(name="vanilla_no_reasoning", narrative=True, reasoning=False),
    DirectMode(name="socialized_context", narrative=True, context="whole"),
    DirectMode(name="socialized_context_no_json", narrative=True, context="whole", form="text"),
    DirectMode(name="pure_context", context="whole"),
    DirectMode(name="few_shot_context", narrative=True, examples=True),
    DirectMode(name="perspective", context="view"),
    DirectMode(name="question_only"),
    DirectMode(name="options_only", question=False),
)
"""The direct modes. The last two modes are shortcut baselines. They answer without the narrative."""
