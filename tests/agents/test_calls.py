"""How many calls an agent makes in a turn, and what their prompts contain."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import Any

import pytest

from social_world_model.agents.making import AGENTS, AgentOptions
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.interaction import Act, Decision
from tests.agents.helpers import ANN, BOB, CAST, LISTED, Recording, acted, asked, beginning, decided, observed, seat
from tests.agents.stub import REPLIES, prompt_of

AGENTS_WITH_A_MODEL = ("plain", "cot", "reflect", "best-of", "mind", "foresee-paper", "foresee")
SPECIFIED: dict[str, dict[str, int]] = {
    "plain": {"act": 1},
    "cot": {"act": 1},
    "reflect": {"act": 3},
    "best-of": {"propose": 1, "value": 1},
    "mind": {"act": 2},
    "foresee-paper": {"act": 2, "foresee": 1},
}
SIZES = list(itertools.product((1, 2, 3), (1, 2, 3), (1, 2)))


def specified(agent: str, candidates: int, horizon: int, samples: int) -> dict[str, int]:
    replies = candidates * horizon * samples + candidates * (horizon - 1) * samples
    return SPECIFIED.get(agent) or {"propose": 1, "foresee": replies, "value": 1}


class TestNumberOfCalls:
    @pytest.mark.parametrize("agent", AGENTS_WITH_A_MODEL)
    def test_each_turn_makes_exactly_the_calls_of_the_specification(self, agent: str) -> None:
        async def work(ask: Recording) -> list[tuple[Any, dict[str, int], dict[str, int]]]:
            counted: list[tuple[Any, dict[str, int], dict[str, int]]] = []
            for candidates, horizon, samples in SIZES:
                options: dict[str, Any] = {"candidates": candidates, "horizon": horizon, "samples": samples}
                ask.calls.clear()
                await AGENTS.get(agent).make(seat(ANN, ask, **options)).decide(observed(beginning(), ANN))
                counted.append(
                    (
                        options,
                        {str(role): n for role, n in ask.roles.items()},
                        specified(agent, candidates, horizon, samples),
                    )
                )
                assert len({(role, place) for role, place, _ in ask.calls}) == len(ask.calls)
            return counted

        counted, endpoint = asked(work)
        for options, made, expected in counted:
            assert made == expected == AGENTS.get(agent).calls(AgentOptions(**options)), options
        assert len(endpoint.bodies) == sum(sum(made.values()) for _, made, _ in counted)

    def test_rewriting_the_best_act_is_one_more_call(self) -> None:
        _, ask, _ = decided("foresee", choose="rewrite")
        assert ask.roles == {"propose": 1, "foresee": 3, "value": 1, "act": 1}
        assert ask.roles == AGENTS.get("foresee").calls(AgentOptions(choose="rewrite"))

    @pytest.mark.parametrize("agent", AGENTS_WITH_A_MODEL)
    def test_a_list_of_acts_costs_the_same_and_the_act_is_of_the_list(self, agent: str) -> None:
        decision, ask, _ = decided(agent, observation=observed(beginning(), ANN, available=LISTED))
        assert ask.roles == AGENTS.get(agent).calls(AgentOptions())
        assert decision.act in LISTED

    def test_a_short_list_limits_the_candidates(self) -> None:
        decision, ask, _ = decided("foresee", observation=observed(beginning(), ANN, available=LISTED[:2]))
        assert [one.act for one in decision.considered] == list(LISTED[:2])
        assert ask.roles == {"propose": 1, "foresee": 2, "value": 1}


def conversation(agent: str, turns: int = 4, **options: Any) -> tuple[dict[str, Recording], list[Decision]]:
    """Let two agents of one kind talk, and return the calls of each person and all decisions."""

    async def work(ask: Recording) -> tuple[dict[str, Recording], list[Decision]]:
        asks = {name: Recording(ask.ask) for name in CAST}
        agents = {name: AGENTS.get(agent).make(seat(name, asks[name], **options)) for name in CAST}
        record, decisions = beginning(), []
        for turn in range(turns):
            name = CAST[turn % 2]
            decisions.append(await agents[name].decide(observed(record, name, turn + 1)))
            record = acted(record, name, Act(kind="none") if turn == 3 else decisions[-1].act)
        return asks, decisions

    return asked(work)[0]


MARKS = {ANN: ("ANN-SECRET", "ANN-GOAL"), BOB: ("BOB-SECRET", "BOB-GOAL")}


class TestNoLeak:
    @pytest.mark.parametrize("agent", AGENTS_WITH_A_MODEL)
    def test_no_prompt_contains_the_secret_or_the_goal_of_the_partner(self, agent: str) -> None:
        asks, _ = conversation(agent, turns=6, horizon=2, samples=2, choose="rewrite")
        for name, partner in ((ANN, BOB), (BOB, ANN)):
            texts = asks[name].texts()
            assert texts and not [text for text in texts if any(mark in text for mark in MARKS[partner])]
            own = asks[name].texts("act", "propose", "value")
            assert all(mark in text for text in own for mark in MARKS[name])

    def test_the_imagined_partner_does_not_know_the_own_secret_unless_it_is_omniscient(self) -> None:
        asks, _ = conversation("foresee", horizon=2)
        for name, ask in asks.items():
            partner = [text for role, place, text in ask.calls if role == "foresee" and not place.endswith("own")]
            own = [text for role, place, text in ask.calls if place.endswith("own")]
            assert len(partner) == 12 and not [text for text in partner if any(mark in text for mark in MARKS[name])]
            assert len(own) == 6 and all(mark in text for text in own for mark in MARKS[name])
        asks, _ = conversation("foresee", simulate="omniscient")
        for name, ask in asks.items():
            partner = ask.texts("foresee")
            assert len(partner) == 6 and all(mark in text for text in partner for mark in MARKS[name])
            other = next(one for one in CAST if one != name)
            assert not [text for text in partner if any(mark in text for mark in MARKS[other])]

    def test_the_imagined_partner_perceives_each_act_in_every_turn_even_after_a_silent_one(self) -> None:
        asks, decisions = conversation("foresee", turns=6)
        for number, decision in enumerate(decisions):
            me, partner = CAST[number % 2], CAST[1 - number % 2]
            prompts = asks[me].texts("foresee")[3 * (number // 2) :][:3]
            for text, one in zip(prompts, decision.considered, strict=True):
                assert f'{me} > says: "{one.act.text}"' in text and f"You are {partner}." in text
                assert re.search(rf"^{partner} < .*", text.rpartition("@")[2], re.MULTILINE)

    def test_what_the_briefing_says_of_the_partner_is_in_every_prompt_about_the_partner(self) -> None:
        asks, _ = conversation("foresee", horizon=2)
        for role, place, text in asks[ANN].calls:
            assert ("Bob likes tea" in text) is not (role == "foresee" and place.endswith("own"))


class TestWholePrompts:
    @pytest.mark.parametrize("agent", AGENTS_WITH_A_MODEL)
    @pytest.mark.parametrize("available", [None, LISTED])
    def test_every_prompt_starts_with_the_form_of_its_reply(self, agent: str, available: Any) -> None:
        more = {} if available is None else {"available": available}
        _, _, endpoint = decided(agent, observation=observed(beginning(), ANN, **more))
        forms = tuple(format_instructions(shape) for shape in REPLIES)
        assert all(prompt_of(body).startswith(forms) for body in endpoint.bodies)

    def test_a_refused_act_is_named_in_the_next_prompt(self) -> None:
        _, ask, _ = decided("plain", observation=observed(beginning(), ANN, problem="Bob has left"))
        assert "Your last act was not possible: Bob has left." in ask.texts()[0]

    def test_a_text_that_is_in_the_memory_is_not_repeated(self) -> None:
        _, ask, _ = decided("plain")
        assert ask.texts()[0].count("share a tent") == ask.texts()[0].count("ANN-SECRET") == 1

    def test_the_same_turn_has_the_same_prompts(self) -> None:
        first, second = (Counter(decided("foresee", horizon=2)[1].texts()) for _ in range(2))
        assert first == second
