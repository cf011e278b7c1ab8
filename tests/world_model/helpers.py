"""A model that replies from a list, and calls that keep what was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from social_world_model.generation_utils import Calls, LanguageModel
from social_world_model.generation_utils.calls import Role
from social_world_model.generation_utils.model import Completion, Prompt
from social_world_model.generation_utils.scripted import scripted_model
from social_world_model.s3ap import SocializedContext, to_wire
from tests.s3ap.builders import context, step

T = TypeVar("T")

STORY = "Anne and Sally are in the kitchen, said Tom. Sally left because she was tired. Then Sally came home to Anne."
"""Free prose in which Sally surely acts, and of nobody else can it be told."""

CONTEXT = context(
    ["Anne", "Sally"],
    step(
        "The ball is in the basket.", {"Anne": "<same_as_state />", "Sally": "<same_as_state />"}, {"Sally": "leaves"}
    ),
    step("Sally is gone.", {"Anne": "<same_as_last_action /> <mental_state>Good.</mental_state>"}, {"Anne": "hums"}),
    step("The ball is in the box.", {"Anne": "<same_as_state />"}),
)
"""A valid context of it; Sally sees nothing after the first step, and Anne acts unseen."""


class Asked(Calls):
    """Calls that keep what was asked, and how many were under way at once."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.log: list[tuple[Role, Prompt]] = []
        self.running = 0
        self.most = 0

    async def complete(self, model: LanguageModel, prompt: Prompt, role: Role = "answer") -> Completion:
        self.log.append((role, prompt))
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(0.002)
            return await super().complete(model, prompt, role)
        finally:
            self.running -= 1

    @property
    def roles(self) -> list[Role]:
        return [role for role, _ in self.log]

    @property
    def texts(self) -> list[str]:
        return [prompt.text for _, prompt in self.log]

    @property
    def complaints(self) -> list[str]:
        return [complaint for _, prompt in self.log for _, complaint in prompt.retries]


def wire(socialized: SocializedContext = CONTEXT, **changes: Any) -> dict[str, Any]:
    """Return a context as a model sends it, with some fields changed."""
    return {**to_wire(socialized).model_dump(), **changes}


def script(folder: Path, *entries: Any) -> str:
    """Write a script and return the name of its model; an entry that is no dict with a reply is a reply to all."""
    lines = [one if isinstance(one, dict) and {"reply", "refuse"} & set(one) else {"reply": one} for one in entries]
    file = folder / f"script{len(list(folder.iterdir()))}.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return f"scripted/{file}"


def model_of(folder: Path, *entries: Any) -> LanguageModel:
    return scripted_model(script(folder, *entries).removeprefix("scripted/"))


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)
