"""A language model for agents: it replies to every prompt in the form that the prompt asks for.

A reply is a function of the prompt alone. The same prompt gets the same reply, whenever and however often it is sent.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import re
from collections.abc import Callable
from typing import Any

from social_world_model.agents.replies import (
    ChosenAct,
    ChosenActs,
    Critique,
    GoalScores,
    Mind,
    ReasonedAct,
    ReasonedChoice,
    RubricScores,
    WrittenAct,
    WrittenActs,
)
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.world_model.foreseeing_prompts import ImaginedReply
from social_world_model.world_model.step_prompts import NUMBERS, NextMoment
from tests.generation_utils.endpoint import Sent, said

WORDS = ("agree", "wait", "offer less", "ask why", "smile", "explain", "refuse politely", "change the subject")
_LISTED = re.compile(r"^\d+\. ", re.MULTILINE)
_PROPOSED = re.compile(r"^Propose (\w+) (?:different acts|act)\.", re.MULTILINE)
_CANDIDATE = re.compile(r"^Candidate \d+:$", re.MULTILINE)
_PEOPLE = re.compile(r"^agents: (.*)$", re.MULTILINE)


def prompt_of(body: dict[str, Any]) -> str:
    """Return the first message of a request."""
    content = body["messages"][0]["content"]
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


class _Drawn:
    """Numbers and words that a prompt decides."""

    def __init__(self, prompt: str) -> None:
        self.prompt = prompt
        self.digest = hashlib.sha256(prompt.encode()).digest()

    def number(self, place: int, below: int) -> int:
        return int.from_bytes(self.digest[2 * place % 30 : 2 * place % 30 + 2], "big") % below

    def words(self, place: int = 0) -> str:
        again = f" {place}" if place >= len(WORDS) else ""
        return f"I {WORDS[(self.number(0, len(WORDS)) + place) % len(WORDS)]}{again}, {self.digest.hex()[:6]}."

    def act(self, place: int = 0) -> dict[str, Any]:
        return {"kind": "speak", "text": self.words(place), "to": []}

    @property
    def listed(self) -> int:
        return len(_LISTED.findall(self.prompt.rpartition("Available acts:")[2]))

    @property
    def proposed(self) -> int:
        found = _PROPOSED.search(self.prompt)
        assert found is not None, "a prompt for several acts says how many"
        return int(found[1]) if found[1].isdigit() else NUMBERS.index(found[1])

    def scores(self, rubric: bool) -> list[dict[str, Any]]:
        scores = []
        for one in range(len(_CANDIDATE.findall(self.prompt))):
            score: dict[str, Any] = {"candidate": one + 1, "why": self.words(one)}
            high = self.number(one, 11)
            if rubric:
                score |= dict.fromkeys(("believability", "knowledge", "goal"), high)
                score |= dict.fromkeys(("relationship", "financial_and_material_benefits"), high - 5)
                score |= dict.fromkeys(("secret", "social_rules"), high - 10)
            else:
                score["score"] = high
            scores.append(score)
        return scores

    def moment(self) -> dict[str, Any]:
        people = _PEOPLE.findall(self.prompt)[-1].split(" | ")
        acts = [f"{name}: says: {json.dumps(self.words(place))}" for place, name in enumerate(people)]
        return {"actions": acts, "state": "none", "observations": [f"{name}: <act/>" for name in people]}


REPLIES: dict[Any, Callable[[_Drawn], Any]] = {
    WrittenAct: lambda drawn: drawn.act(),
    ReasonedAct: lambda drawn: {"reasoning": drawn.words(1), **drawn.act()},
    WrittenActs: lambda drawn: {"acts": [drawn.act(place) for place in range(drawn.proposed)]},
    ChosenAct: lambda drawn: {"number": 1 + drawn.number(0, drawn.listed)},
    ReasonedChoice: lambda drawn: {"reasoning": drawn.words(1), "number": 1 + drawn.number(0, drawn.listed)},
    ChosenActs: lambda drawn: {"numbers": list(range(1, drawn.proposed + 1))},
    Critique: lambda drawn: {"critique": drawn.words()},
    Mind: lambda drawn: {"mind": drawn.words()},
    GoalScores: lambda drawn: {"scores": drawn.scores(rubric=False)},
    RubricScores: lambda drawn: {"scores": drawn.scores(rubric=True)},
    ImaginedReply: lambda drawn: {
        "mind": drawn.words(1),
        "act_kind": "speak",
        "act_text": drawn.words(),
        "state": "",
    },
    NextMoment: lambda drawn: drawn.moment(),
}
_FORMS = {format_instructions(shape): reply for shape, reply in REPLIES.items()}


def stub_reply(prompt: str) -> str:
    """Return the reply to a prompt, as JSON.

    The form of the reply stands at the beginning of the prompt.
    """
    matching = [reply for form, reply in _FORMS.items() if prompt.startswith(f"{form}\n")]
    assert len(matching) == 1, f"a prompt has one known form of the reply, not {len(matching)}: {prompt[:200]}"
    return json.dumps(matching[0](_Drawn(prompt)), ensure_ascii=False)


def realistic_reply(prompt: str) -> str:
    """Return the reply to a prompt with texts as long as people and models write them."""
    return json.dumps(_longer(json.loads(stub_reply(prompt)), "", random.Random(prompt)), ensure_ascii=False)


LENGTHS = {"mind": 40, "state": 30, "why": 20, "critique": 90, "reasoning": 90} | dict.fromkeys(
    ("text", "act_text", "actions"), 42
)
"""Mean number of words of a text, by the name of its field."""
VOCABULARY = re.findall(
    r"\w+",
    "the a to and you I of it so my me do if no be as at that we in is for on with this about price know really "
    "think would understand could "
    "agreement maybe because together something offer honestly feel money blanket before tomorrow fair between deal "
    "share help nothing please right when there important",
)


def _longer(value: Any, name: str, dice: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: _longer(part, key, dice) for key, part in value.items()}
    if isinstance(value, list):
        return [_longer(part, name, dice) for part in value]
    if not isinstance(value, str) or name not in LENGTHS or not value:
        return value
    number = max(1, round(dice.lognormvariate(math.log(LENGTHS[name]) - 0.125, 0.5)) - len(value.split()))
    text = " ".join(dice.choices(VOCABULARY, k=number))
    if name == "actions":
        return re.sub(r'"[^"]*"', lambda _: f'"{text}."', value)
    return f"{value} {text}."


def stub(body: dict[str, Any], token: str) -> Sent:
    """Return what an `Endpoint` sends for a request."""
    return said(stub_reply(prompt_of(body)))
