"""Replies of typical length, for estimates of tokens. No model is called."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

from social_world_model.agents.reading import ScoresParser
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
from social_world_model.errors import GenerationError
from social_world_model.generation_utils.asking import DirectAsk
from social_world_model.generation_utils.calls import Role
from social_world_model.generation_utils.model import CHARS_PER_TOKEN, Sampling
from social_world_model.generation_utils.output_parsers import OutputParser
from social_world_model.interaction import KINDS_WITH_TEXT, Act, Observation
from social_world_model.s3ap.entries import write_entries
from social_world_model.world_model.foreseeing_prompts import ImaginedReply
from social_world_model.world_model.imagining import NextMomentParser
from social_world_model.world_model.step_prompts import NextMoment

T = TypeVar("T")

WORDS_OF_AN_ACT = 42
"""Typical number of words that a person says in a turn: the mean of two episodes that GPT-4 played in SOTOPIA."""
WORDS_OF_REASONING = 90
"""Typical number of words of reasoning, of a critique, and of what other people think."""
WORDS_OF_A_MIND = 40
"""Typical number of words of what one person thinks, or of a change of the situation."""
WORDS_OF_A_REASON = 20
"""Typical number of words of the reason for a score."""


def words(number: int) -> str:
    """Return a text with so many words of the typical length of English words.

    Examples
    --------
    >>> words(6)
    'I understand your concerns, and I'
    """
    typical = _TYPICAL.split()
    return " ".join(typical[place % len(typical)] for place in range(number))


_TYPICAL = "I understand your concerns, and I see that you are willing to compromise with me here."


def typical_act(observation: Observation) -> Act:
    """Return an act of typical length that is available: the first listed act, or an act with a text.

    Texts of different turns differ, as in a conversation.

    Parameters
    ----------
    observation
        Observation of the person who acts.
    """
    first = observation.available[0]
    if isinstance(first, Act):
        return first
    kinds = [kind for kind in observation.available if kind in KINDS_WITH_TEXT]
    text = f"{words(WORDS_OF_AN_ACT)} {observation.turn}."
    return Act(kind=kinds[0], text=text) if kinds else Act(kind=first)


def _written(observation: Observation, place: int = 0) -> dict[str, Any]:
    act = typical_act(observation)
    return {"kind": act.kind, "text": f"{place} {act.text}" if act.text else "", "to": []}


def _scores(parser: ScoresParser) -> list[dict[str, Any]]:
    rubric = ("believability", "knowledge", "goal")
    others = ("relationship", "secret", "social_rules", "financial_and_material_benefits")
    values = {**dict.fromkeys(rubric, 5), **dict.fromkeys(others, 0)} if parser.shape is RubricScores else {"score": 5}
    return [{"candidate": number, "why": words(WORDS_OF_A_REASON), **values} for number in range(1, parser.number + 1)]


def _moment(parser: NextMomentParser) -> dict[str, Any]:
    cast = parser.context.agents_names
    said = f'says: "{words(WORDS_OF_AN_ACT)} in step {len(parser.context.socialized_context)}."'
    return {
        "actions": write_entries(cast, {name: parser.given.get(name, f"{name} {said}") for name in cast}),
        "state": words(WORDS_OF_A_MIND),
        "observations": write_entries(cast, dict.fromkeys(cast, "<act/> <state/>")),
    }


_REASONING = {"reasoning": words(WORDS_OF_REASONING)}
_REPLIES: Mapping[type[BaseModel], Callable[[Any], Mapping[str, Any]]] = {
    WrittenAct: lambda parser: _written(parser.observation),
    ReasonedAct: lambda parser: {**_REASONING, **_written(parser.observation)},
    WrittenActs: lambda parser: {"acts": [_written(parser.observation, place) for place in range(parser.number)]},
    ChosenAct: lambda parser: {"number": 1},
    ReasonedChoice: lambda parser: {**_REASONING, "number": 1},
    ChosenActs: lambda parser: {"numbers": list(range(1, parser.number + 1))},
    Critique: lambda parser: {"critique": words(WORDS_OF_REASONING)},
    Mind: lambda parser: {"mind": words(WORDS_OF_REASONING)},
    GoalScores: lambda parser: {"scores": _scores(parser)},
    RubricScores: lambda parser: {"scores": _scores(parser)},
    ImaginedReply: lambda parser: {
        "mind": words(WORDS_OF_A_MIND),
        "act_kind": "speak",
        "act_text": f"{words(WORDS_OF_AN_ACT)}.",
        "state": "",
    },
    NextMoment: _moment,
}


def typical_reply(parser: OutputParser[Any]) -> str:
    """Return a reply of typical length that a parser can read.

    Parameters
    ----------
    parser
        Parser of the reply.

    Raises
    ------
    GenerationError
        If the form of the reply is unknown, as in an agent of a plug-in.
    """
    make = _REPLIES.get(parser.shape) if parser.shape is not None else None
    if make is None:
        form = "free text" if parser.shape is None else parser.shape.__name__
        raise GenerationError(f"expected a reply of a known form, got {form}")
    return json.dumps(make(parser), ensure_ascii=False)


@dataclass
class TypicalAsk:
    """Gives each prompt a reply of typical length, and counts the tokens. See `Ask`.

    Parameters
    ----------
    ask
        Would ask the language model. It is not called.

    Attributes
    ----------
    tokens
        Tokens of prompt and reply for each call, by role.
    """

    ask: DirectAsk
    tokens: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    @property
    def model_name(self) -> str:
        """Name of the model."""
        return self.ask.model_name

    @property
    def sampling(self) -> Sampling:
        """Sampling options of all calls."""
        return self.ask.sampling

    @property
    def reasons(self) -> bool:
        """Whether the prompt should ask for reasoning."""
        return self.ask.reasons

    async def __call__(
        self, text: str, parser: OutputParser[T], *, role: Role, place: str = "", temperature: float | None = None
    ) -> T:
        """Return the value of a typical reply; see `Ask`."""
        prompt, reply = self.ask.prompt(text, parser, temperature), typical_reply(parser)
        self.tokens.setdefault(role, []).append((prompt.tokens, len(reply) // CHARS_PER_TOKEN + 1))
        return parser.parse(reply)
