from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from social_world_model.choices import QuestionKind
from social_world_model.contracts import Item, Query, Reply
from social_world_model.errors import ConfigurationError
from social_world_model.modes import DirectMode, get_mode, mode_names, register_mode
from social_world_model.s3ap import SocializedContext, events, perspective
from social_world_model.symbolic import parse_narrative

STORY = "Al and Bo entered the hall. The ball is in the box. Al exited the hall. Bo moved the ball to the jar."


@dataclass
class Listening:
    """A session that remembers what was asked."""

    asked: list[Query] = field(default_factory=list)
    parses: int = 0

    async def ask(self, query: Query) -> Reply:
        self.asked.append(query)
        return Reply(response="box")

    async def context(self) -> SocializedContext:
        self.parses += 1
        return parse_narrative(STORY)[0]

    def holds_fact(self, account: str) -> bool:
        raise AssertionError("only a question of who knows something has a fact behind it")


def item(asks: QuestionKind = "belief", chain: tuple[str, ...] = ("Bo", "Al")) -> Item:
    return Item(
        index="1",
        narrative=STORY,
        question="Where?",
        correct_answer=None,
        question_kind=asks,
        belief_chain=chain,
        choices=("a", "b"),
    )


def query(mode: str, one: Item) -> tuple[Query, int]:
    session = Listening()
    reply = asyncio.run(get_mode(mode).run(one, session))
    assert reply.response == "box"
    (asked,) = session.asked
    assert (asked.question, asked.choices, asked.belief_chain) == (one.question, one.choices, one.belief_chain)
    return asked, session.parses


def test_vanilla_parses_nothing() -> None:
    asked, parses = query("vanilla", item())
    assert (asked.narrative, asked.context, asked.memory, parses) == (STORY, None, None, 0)


def test_perspective_shows_the_view_of_the_chain_and_nothing_else() -> None:
    asked, _ = query("perspective", item())
    assert asked.narrative is None
    assert asked.context == perspective(parse_narrative(STORY)[0], ["Bo", "Al"])
    assert asked.context is not None
    assert "jar" not in " ".join(event.text for event in events(asked.context))


def test_perspective_of_no_chain_is_the_whole_context() -> None:
    asked, _ = query("perspective", item("reality", ()))
    assert asked.context == parse_narrative(STORY)[0]


def test_simulation_gives_a_belief_question_one_memory_and_no_story() -> None:
    asked, _ = query("simulation", item())
    assert (asked.narrative, asked.context) == (None, None)
    assert asked.memory is not None
    assert "jar" not in asked.memory.to_json()


def test_simulation_of_reality_is_vanilla() -> None:
    assert query("simulation", item("reality", ())) == query("vanilla", item("reality", ()))


def test_a_belief_that_is_nobodys_is_asked_as_in_vanilla() -> None:
    assert query("simulation", item("belief", ())) == query("vanilla", item("belief", ()))


def test_generating_a_context_asks_nothing() -> None:
    session = Listening()
    reply = asyncio.run(get_mode("generate_socialized_context").run(item(), session))
    assert (reply.status, session.asked, session.parses) == ("parsed", [], 1)


def test_a_new_mode_is_one_value_and_a_call() -> None:
    mode = register_mode(DirectMode(name="question_and_nothing_else"))
    assert get_mode("question_and_nothing_else") is mode
    assert "question_and_nothing_else" in mode_names()
    asked, parses = query("question_and_nothing_else", item())
    assert (asked.narrative, asked.context, parses) == (None, None, 0)
    with pytest.raises(ConfigurationError, match="which is taken"):
        register_mode(DirectMode(name="question_and_nothing_else", narrative=True))


def test_an_unknown_mode_is_told_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match=r"expected mode to be one of vanilla, .*got 'nope'"):
        get_mode("nope")
