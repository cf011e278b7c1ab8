"""Every benchmark in every mode: a scripted model that knows all stories of a sample, and a listener."""

from __future__ import annotations

import json
import re
from pathlib import Path

from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import Item, Parsed, Query, Reply
from social_world_model.experiments.dry import stand_in
from social_world_model.world_model.parsing import wire_text
from tests.experiments.fakes import FakeModel

SOMETHING = {"reasoning": "r", "retold": "They talk.", "next": "They go on."}


def script(benchmark: str, folder: Path) -> str:
    """Write what a scripted model says about a benchmark's sample; return the model's name."""
    items = [row for row in get_benchmark(benchmark).load().rows if isinstance(row, Item)]
    entries: list[dict[str, object]] = []
    for item in {item.narrative: item for item in items}.values():
        told = rf"Convert the narrative into a context[\s\S]*{re.escape(item.narrative)}"
        entries.append({"when": told, "reply": json.loads(wire_text(stand_in(item)))})
    entries.append({"when": "Options:\n", "reply": {**SOMETHING, "answer": "A"}})
    entries.append({"reply": {**SOMETHING, "answer": "yes"}})
    path = folder / f"{benchmark}.json"
    path.write_text(json.dumps(entries))
    return f"scripted/{path}"


class Listener(FakeModel):
    """Answers everything alike, parses anything, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(lambda query: Reply(response="yes", reasoning="r"))
        self.told: list[tuple[str, str]] = []

    async def parse(self, narrative: str, guidance: str = "") -> Parsed:
        async with self.calls.limit.slot(1):
            self.told.append((narrative, guidance))
            await self._call()
        return Parsed(
            context=stand_in(
                Item(index="", narrative=narrative, question="", correct_answer=None, question_kind="reality")
            )
        )

    def heard(self) -> list[Query]:
        """Return all queries, in an order that does not depend on who came first."""
        return sorted(self.queries, key=repr)
