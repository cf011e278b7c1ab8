"""Models that do as they are told, for tests of the runner."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from social_world_model.contracts import ModelConfig, Parsed, Query, Reply
from social_world_model.experiments.models import Models
from social_world_model.generation_utils import Calls
from social_world_model.symbolic import parse_narrative
from social_world_model.usage import NO_USAGE

STORY = "Al entered the hall. The ball is in the box{number}. Al exited the hall."


def write_rows(path: Path, stories: int, questions: int = 1) -> Path:
    """Write questions about a ball, several to a story."""
    lines = [
        json.dumps(
            {
                "index": story * questions + number,
                "story": STORY.format(number=story),
                "question": f"Where will Al look for the ball{'' if number == 0 else number}?",
                "answer": f"box{story}" if number == 0 else "unknown",
            }
        )
        for story in range(stories)
        for number in range(questions)
    ]
    path.write_text("\n".join(lines))
    return path


class FakeModel:
    """Counts its calls, takes a turn of the loop for each, and answers by a function."""

    usable_modes: frozenset[str] | None = None

    config = ModelConfig()

    def __init__(self, reply: Callable[[Query], Reply] | None = None, name: str = "fake") -> None:
        self.name = name
        self.calls = Calls()
        self.reply = reply or (lambda query: Reply(response="box0"))
        self.queries: list[Query] = []
        self.parsed: list[str] = []
        self.running = 0
        self.most = 0

    async def answer(self, query: Query) -> Reply:
        async with self.calls.limit.slot():
            self.queries.append(query)
            await self._call()
            reply = self.reply(query)
        self.calls.usage["answer"] = self.calls.usage.get("answer", NO_USAGE) + reply.usage
        return reply

    async def parse(self, narrative: str, guidance: str = "") -> Parsed:
        async with self.calls.limit.slot(1):
            self.parsed.append(narrative)
            await self._call()
        return Parsed(context=parse_narrative(narrative, guidance)[0])

    async def _call(self) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        for _ in range(20):
            await asyncio.sleep(0)
        self.running -= 1

    def used_by(self, monkeypatch: pytest.MonkeyPatch, *roles: str) -> None:
        """Stand in for whatever model a run asks for."""

        def model(models: Models, _: float) -> FakeModel:
            self.calls = models.calls
            return self

        for role in roles or ("answerer", "parser"):
            monkeypatch.setattr(Models, f"_{role}", model)
