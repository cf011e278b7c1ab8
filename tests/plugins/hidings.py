"""What a plug-in may define: a benchmark, a mode, models and a trainer. Tests copy this file; it registers nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from social_world_model import (
    Benchmark,
    Item,
    ItemResult,
    MetricTable,
    ModelConfig,
    Parsed,
    Query,
    Reply,
    Session,
    Trainer,
    Usage,
    parse_narrative,
)
from social_world_model.benchmarks import Row, gold_cell, rows_by, text_cell
from social_world_model.modes import query_of
from social_world_model.training import Capabilities, Job


class Hidings(Benchmark):
    """Who believes that a thing is where it was hidden?"""

    name = "hidings"
    required = ("story", "question", "choices")
    options: Mapping[str, Sequence[str]] = {"topics": ("all", "keys")}

    def items(self, index: str, row: Row) -> Iterator[Item]:
        asked = text_cell(row, "question")
        yield Item(
            index=index,
            narrative=text_cell(row, "story"),
            question=asked,
            correct_answer=gold_cell(row, "answer"),
            choices=tuple(row["choices"]),
            question_kind="belief",
            belief_chain=(asked.split()[1],),
            fields={"topic": row["topic"]},
        )

    def tables(self, outcomes: Sequence[ItemResult]) -> list[MetricTable]:
        return [MetricTable(title="by topic", rows=rows_by(outcomes, "topic"))]


class Twice:
    """Asks from the story and its context, then again."""

    name = "twice"
    uses_context = True
    answers = True
    needs_options = False
    temperature = 0.0

    async def run(self, item: Item, session: Session) -> Reply:
        query = replace(query_of(item), narrative=item.narrative, context=await session.context())
        await session.ask(query)
        return await session.ask(replace(query, sample=1))


class Own:
    """Answers and parses, under any name."""

    name = "whatever"
    config = ModelConfig(settings={"version": 1})
    usable_modes: frozenset[str] | None = None

    async def answer(self, query: Query) -> Reply:
        return Reply(response=query.choices[-1] if query.choices else "box", usage=Usage(requests=1, output_tokens=2))

    async def parse(self, narrative: str, guidance: str = "") -> Parsed:
        return Parsed(context=parse_narrative(narrative, guidance)[0])


def scripted(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
    """Answer, parse and judge as a language model does."""
    (asked,) = (part for part in messages[0].parts if isinstance(part, UserPromptPart))
    prompt = str(asked.content)
    reply: dict[str, Any] = {"reasoning": "Bo left.", "answer": "It is not."}
    if '"faults"' in prompt:
        agents = re.findall(r"^Agents: (.*)$", prompt, re.MULTILINE)[-1].split(", ")
        steps = re.findall(r"^Step (\d+)\. State:", prompt.rpartition("\nContext:\n")[2], re.MULTILINE)
        reply = {"faults": [], "checked": len(agents) * len(steps)}
    elif '"answer"' not in prompt:
        step = {
            "timestep": "1",
            "state": "Ann and Bo are in the hall.",
            "observations": ["Ann: <same_as_state />", "Bo: <same_as_state />"],
            "actions": ["Ann: none", "Bo: leaves the hall"],
        }
        reply = {"agents_names": ["Ann", "Bo"], "socialized_context": [step]}
    return ModelResponse(parts=[TextPart(json.dumps(reply))])


def own_model(name: str) -> object:
    return Own() if name.startswith("object") else FunctionModel(scripted)


class Pretend(Trainer):
    """Trains nothing."""

    name = "pretend"
    capabilities = Capabilities(base_model="nobody")

    def run(self, job: Job, data: Any, say: Any) -> int:
        say("pretended")
        return 0

    def publish(self, job: Job) -> list[Path]:
        return []


ROW = {
    "story": "Ann and Bo are in the hall. Bo left the hall. Ann hid the key in the jar.",
    "question": "Does Bo believe that the key is in the jar?",
    "choices": ["It is.", "It is not."],
    "answer": "It is not.",
    "topic": "keys",
}
