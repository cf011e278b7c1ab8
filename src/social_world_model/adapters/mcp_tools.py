"""The tools of the MCP server, as clients see them: names, parameters, results and descriptions."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, WithJsonSchema

from social_world_model.adapters.mcp_outputs import (
    AskOutput,
    ContextOutput,
    ForeseeOutput,
    MemoryOutput,
    Output,
    ValidateOutput,
    WhoKnows,
)

if TYPE_CHECKING:
    from social_world_model.adapters.mcp_answering import Answering

Text = Annotated[str, Field(description="Story, or chat with lines 'Ann: Hi'")]
TextOrContext = Annotated[
    Any, WithJsonSchema({"type": ["string", "object"], "description": "Story or chat as text, or a context"})
]
ContextInJson = Annotated[Any, WithJsonSchema({"type": ["string", "object"], "description": "Context in JSON"})]
Person = Annotated[str, Field(description="Name of a person")]
Chain = Annotated[list[str], Field(description="['Ann'], or ['Ann', 'Bob'] for what Ann thinks Bob knows")]
Fact = Annotated[str, Field(description="Words or question, such as 'where the dinner is'")]
Question = Annotated[str, Field(description="Such as 'Does Cy know where the party is?'")]
Memory = Annotated[str | None, Field(description="Answer only from the memory of this person")]
Me = Annotated[str, Field(description="Who considers the acts")]
Acts = Annotated[list[str], Field(description="""Such as 'says: "Sorry"'""")]
Partner = Annotated[str | None, Field(description="Who replies; optional for 2 people")]
Horizon = Annotated[int, Field(description="Replies to imagine per act")]
Goal = Annotated[str | None, Field(description="Goal, to value the acts")]


def tool_functions(answering: Callable[[], Answering]) -> Sequence[Callable[..., Coroutine[Any, Any, Output]]]:
    """Return the tools. The name of a function is the name of the tool, and its docstring is the description.

    Parameters
    ----------
    answering
        Returns the object that answers. It is called in each call of a tool.
    """

    async def parse(text: Text) -> ContextOutput:
        """Turn a text into a context: step by step, what each person perceived and did."""
        return await answering().parse(text)

    async def who_knows(context: TextOrContext, fact: Fact) -> WhoKnows:
        """Tell who knows a fact. certain=false marks a guess."""
        return await answering().who_knows(context, fact)

    async def memory(context: TextOrContext, agent: Person) -> MemoryOutput:
        """List what one person perceived and did."""
        return await answering().memory(context, agent)

    async def perspective(context: TextOrContext, chain: Chain) -> ContextOutput:
        """Show a situation as Ann perceived it, or as Ann thinks that Bob perceived it."""
        return await answering().perspective(context, chain)

    async def ask(context: TextOrContext, question: Question, agent: Memory = None) -> AskOutput:
        """Answer a question: who knows, said or missed what, what somebody believes. certain=false marks a guess."""
        return await answering().ask(context, question, agent)

    async def foresee(
        context: TextOrContext, me: Me, acts: Acts, partner: Partner = None, horizon: Horizon = 1, goal: Goal = None
    ) -> ForeseeOutput:
        """Before you act: imagine how another person replies to each possible act, from what that person knows.

        All of it is imagined. Needs a language model.
        """
        return await answering().foresee(context, me, acts, partner=partner, horizon=horizon, goal=goal)

    async def validate(context: ContextInJson) -> ValidateOutput:
        """List the errors of a context."""
        return await answering().validate(context)

    return (parse, who_knows, memory, perspective, ask, foresee, validate)
