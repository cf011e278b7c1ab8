"""Models that do as they are told, for tests of the runner."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

from social_world_model.contracts import Query, Reply
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic import parse_narrative

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

    def __init__(self, reply: Callable[[Query], Reply] | None = None, name: str = "fake") -> None:
        self.name = name
        self.reply = reply or (lambda query: Reply(text="box0"))
        self.queries: list[Query] = []
        self.parsed: list[str] = []
        self.running = 0
        self.most = 0

    async def answer(self, query: Query) -> Reply:
        self.queries.append(query)
        await self._call()
        return self.reply(query)

    async def parse(self, narrative: str, guidance: str = "") -> SocializedContext:
        self.parsed.append(narrative)
        await self._call()
        return parse_narrative(narrative, guidance)[0]

    async def _call(self) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        for _ in range(20):
            await asyncio.sleep(0)
        self.running -= 1
