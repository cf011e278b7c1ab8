"""Results of the tools of the MCP server. They determine the output schemas that clients see."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Output(BaseModel):
    """Result of a tool."""

    model_config = ConfigDict(extra="forbid")

    def data(self) -> dict[str, Any]:
        """Return the result as JSON data, without fields that are None."""
        return self.model_dump(mode="json", exclude_none=True)


class ContextStep(Output):
    """One step of a context."""

    timestep: str
    state: str
    observations: dict[str, str]
    actions: dict[str, str]


class ContextOutput(Output):
    """A context, in the stored form of S3AP."""

    agents_names: list[str]
    socialized_context: list[ContextStep]
    context_manual: str | None = None


class Evidence(Output):
    """A line or a sentence of a text."""

    number: int
    text: str


class Knower(Output):
    """Whether a person knows a fact."""

    name: str
    knows: bool
    certain: bool
    why: str


class WhoKnows(Output):
    """Who knows a fact."""

    people: list[Knower]
    evidence: list[Evidence]
    not_read: str | None = None


class Remembered(Output):
    """An event that a person remembers."""

    step: str
    text: str
    certain: bool


class MemoryOutput(Output):
    """Everything that a person remembers."""

    agent: str
    events: list[Remembered]
    not_read: str | None = None


class AskOutput(Output):
    """Answer to a question."""

    answer: str
    certain: bool
    evidence: list[Evidence]
    why: str
    not_read: str | None = None


class ForeseenAct(Output):
    """An act, and what it is imagined to lead to."""

    act: str
    reply: str
    partner_mind: str
    value: float | None = Field(default=None, description="0 to 10")
    why: str | None = None
    later: list[str] | None = Field(default=None, description="Later acts")


class ForeseeOutput(Output):
    """Imagined futures of several acts."""

    futures: list[ForeseenAct]


class IssueOutput(Output):
    """A problem in a context."""

    severity: Literal["error", "warning"]
    path: str
    expected: str
    got: str


class ValidateOutput(Output):
    """Problems in a context."""

    valid: bool
    issues: list[IssueOutput]


def context_output(data: dict[str, Any]) -> ContextOutput:
    """Return a context as the result of a tool.

    Parameters
    ----------
    data
        The stored form of a context without errors.
    """
    return ContextOutput.model_validate({name: data[name] for name in ContextOutput.model_fields if name in data})
