from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from social_world_model.agents.foresight import partner_of
from social_world_model.agents.making import AGENTS, AgentOptions, Seat
from social_world_model.agents.recorder import Record
from social_world_model.agents.replies import GoalScores, RubricScores, WrittenActs
from social_world_model.agents.search import Greedy, Planner
from social_world_model.errors import ConfigurationError, EndpointError
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.interaction import Act, Observation
from social_world_model.runs.keys import fingerprint
from social_world_model.scenarios import Scenario, get_scenarios
from tests.agents.helpers import ANN, BOB, Recording, asked, beginning, decided, observed, seat
from tests.agents.stub import prompt_of, stub, stub_reply
from tests.agents.test_calls import AGENTS_WITH_A_MODEL
from tests.generation_utils.endpoint import Sent, refused, said

TEXTS = ("Please.", "Now.", "Later.")


def valuing(score: Callable[[str], float]) -> Callable[[dict[str, Any], str], Sent]:
    """Return an endpoint that proposes the three texts, and scores a candidate by its lines."""

    def answering(body: dict[str, Any], token: str) -> Sent:
        prompt = prompt_of(body)
        if prompt.startswith(format_instructions(WrittenActs)):
            return said(json.dumps({"acts": [{"kind": "speak", "text": text} for text in TEXTS]}))
        if prompt.startswith(format_instructions(GoalScores)):
            blocks = re.split(r"^Candidate \d+:$", prompt, flags=re.MULTILINE)[1:]
            scores = [{"candidate": number, "why": block.strip(), "score": score(block)}
                      for number, block in enumerate(blocks, start=1)]  # fmt: skip
            return said(json.dumps({"scores": scores}))
        return said(stub_reply(prompt))

    return answering


class TestChoosing:
    @pytest.mark.parametrize("agent", ["best-of", "foresee"])
    @pytest.mark.parametrize("best", TEXTS)
    def test_the_act_with_the_highest_score_is_played_whatever_the_order_in_the_prompt(
        self, agent: str, best: str
    ) -> None:
        decision, _, _ = decided(agent, valuing(lambda block: 9 if best in block else 2))
        assert decision.act == Act(kind="speak", text=best)
        assert [one.act.text for one in decision.considered] == list(TEXTS)
        assert {one.act.text: one.value for one in decision.considered} == dict.fromkeys(TEXTS, 2.0) | {best: 9.0}
        assert all(one.act.text in one.why for one in decision.considered) and best in decision.why

    @pytest.mark.parametrize("agent", ["best-of", "foresee"])
    def test_of_equal_scores_the_act_that_was_proposed_first_wins(self, agent: str) -> None:
        assert decided(agent, valuing(lambda block: 5))[0].act.text == TEXTS[0]

    def test_the_order_of_the_candidates_depends_on_seed_and_turn(self) -> None:
        async def work(ask: Recording) -> set[tuple[str, ...]]:
            for turn in range(1, 9):
                agent = AGENTS.get("best-of").make(seat(ANN, ask))
                await agent.decide(observed(beginning(), ANN, turn))
            return {tuple(re.findall("|".join(TEXTS), text)) for text in ask.texts("value")}

        orders, _ = asked(work, valuing(lambda block: 5))
        assert len(orders) > 2 and all(sorted(order) == sorted(TEXTS) for order in orders)

    def test_all_imagined_replies_are_kept_and_shown_to_the_valuation(self) -> None:
        decision, ask, _ = decided("foresee", horizon=2, samples=2)
        (value,) = ask.texts("value")
        for one in decision.considered:
            assert [len(replies) for replies in one.replies] == [2, 2]
            assert all(reply.by == BOB and reply.act.text in value for replies in one.replies for reply in replies)
            assert not any(reply.mind in value for replies in one.replies for reply in replies)
            assert value.count(one.act.text) == 1
        assert value.count("Future 2:") == 3

    def test_rewriting_changes_the_act_and_not_the_candidates(self) -> None:
        decision, ask, _ = decided("foresee", valuing(lambda block: 9 if TEXTS[1] in block else 2), choose="rewrite")
        assert decision.act.text not in TEXTS and [one.act.text for one in decision.considered] == list(TEXTS)
        (rewriting,) = ask.texts("act")
        assert f'Best act: says: "{TEXTS[1]}"' in rewriting
        shown = [one.replies[0][0].act.text in rewriting for one in decision.considered]
        assert shown == [False, True, False]

    def test_the_partner_is_the_next_person_in_the_order_of_the_turns(self) -> None:
        def partner(me: str, seats: Sequence[str], cast: tuple[str, ...] = ("Ann", "Bob", "Cy")) -> str:
            scenario: Any = SimpleNamespace(cast=cast, seats={f"seat {name}": name for name in seats})
            return partner_of(Seat(name=me, scenario=scenario, state={}, seed=0))

        assert [partner(me, ["Cy", "Ann", "Bob"]) for me in ("Ann", "Bob", "Cy")] == ["Bob", "Cy", "Ann"]
        assert partner("Ann", ["Cy", "Ann"]) == "Cy" and partner("Ann", ["Ann"]) == "Bob"

    def test_the_rubric_asks_for_seven_scores(self) -> None:
        decision, _, endpoint = decided("foresee", value="rubric")
        assert format_instructions(RubricScores) in prompt_of(endpoint.bodies[-1])
        assert all(one.value is not None and 0 <= one.value <= 10 for one in decision.considered)

    def test_a_critique_and_a_mind_reach_the_act(self) -> None:
        decision, ask, _ = decided("reflect")
        assert decision.why in ask.texts()[2] and decision.considered[0].act.text in ask.texts()[2]
        decision, ask, _ = decided("mind")
        assert decision.why in ask.texts()[1]

    def test_the_agent_of_the_paper_refines_with_the_imagined_step_at_another_temperature(self) -> None:
        decision, ask, endpoint = decided("foresee-paper")
        (intended,) = decision.considered
        assert (
            f'These actions are fixed. Repeat them without changes: {ANN}: says: "{intended.act.text}"'
            in (ask.texts("foresee")[0])
        )
        assert intended.why in ask.texts("act")[1] and "agents: Ann Lee | Bob" in intended.why
        assert [body["temperature"] for body in endpoint.bodies] == [0.0, 0.7, 0.0]


class TestModels:
    @pytest.mark.parametrize("agent", AGENTS_WITH_A_MODEL)
    def test_an_agent_without_a_model_names_the_parameter_and_other_agents(self, agent: str) -> None:
        with pytest.raises(
            ConfigurationError, match=r"expected model_name for the agent .* habit, random, human"
        ) as caught:
            AGENTS.get(agent).make(seat(ANN, None))
        assert caught.value.parameters == ("model_name",)

    def test_a_world_model_of_its_own_imagines_and_the_agent_does_the_rest(self) -> None:
        for agent in ("foresee", "foresee-paper"):

            async def work(ask: Recording, agent: str = agent) -> tuple[Recording, Recording]:
                world = Recording(ask.ask)
                await AGENTS.get(agent).make(seat(ANN, ask, world)).decide(observed(beginning(), ANN))
                return ask, world

            (ask, world), _ = asked(work)
            assert set(world.roles) == {"foresee"} and "foresee" not in ask.roles

    def test_a_dead_world_model_is_an_error_and_no_unforeseen_act(self) -> None:
        def answering(body: dict[str, Any], token: str) -> Sent:
            imagines = "Imagine how one person" in prompt_of(body)
            return refused(401, "bad key") if imagines else stub(body, token)

        with pytest.raises(EndpointError):
            decided("foresee", answering)

    def test_a_model_that_reasons_by_itself_is_not_asked_for_reasoning(self) -> None:
        assert '"reasoning"' in prompt_of(decided("cot")[2].bodies[0])
        decision, _, endpoint = decided("cot", model="QwQ-32B")
        assert '"reasoning"' not in prompt_of(endpoint.bodies[0]) and decision.why == ""


class TestOptions:
    @pytest.mark.parametrize(
        ("agent", "options", "parameter"),
        [
            ("best-of", {"candidates": 0}, "candidates"),
            ("foresee", {"candidates": 0}, "candidates"),
            ("foresee", {"horizon": 0}, "horizon"),
            ("foresee", {"samples": 0}, "samples"),
            ("foresee", {"value": "exact"}, "value"),
            ("best-of", {"value": "exact"}, "value"),
            ("foresee", {"simulate": "all"}, "simulate"),
            ("foresee", {"candidates": 10, "horizon": 21}, "max_replies"),
        ],
    )
    def test_options_that_make_no_sense_are_refused_before_a_call(
        self, agent: str, options: dict[str, Any], parameter: str
    ) -> None:
        async def work(ask: Recording) -> None:
            with pytest.raises(ConfigurationError) as caught:
                AGENTS.get(agent).make(seat(ANN, ask, **options))
            assert parameter in caught.value.parameters

        _, endpoint = asked(work)
        assert not endpoint.bodies

    def test_more_replies_are_imagined_if_the_limit_is_raised(self) -> None:
        async def work(ask: Recording) -> str:
            return AGENTS.get("foresee").make(seat(ANN, ask, candidates=10, horizon=21, max_replies=210)).name

        made, endpoint = asked(work)
        assert (made, endpoint.bodies) == ("foresee", [])

    def test_the_config_contains_every_prompt_that_is_sent_and_changes_with_every_option(self) -> None:
        changed: list[dict[str, Any]] = [
            *({}, {"candidates": 2}, {"horizon": 2}, {"samples": 2}, {"simulate": "omniscient"}),
            *({"value": "rubric"}, {"choose": "rewrite"}),
        ]

        async def work(ask: Recording) -> None:
            configs = [AGENTS.get("foresee").make(seat(ANN, ask, **options)).config for options in changed]
            assert len({fingerprint(config) for config in configs}) == len(changed)
            other = Recording(replace(ask.ask, sampling=replace(ask.sampling, temperature=0.5)))
            assert AGENTS.get("foresee").make(seat(ANN, ask, other)).config not in configs
            kinds = [AGENTS.get(agent).make(seat(ANN, ask)).config for agent in AGENTS_WITH_A_MODEL]
            assert len({fingerprint(config) for config in kinds}) == len(kinds)
            for agent in AGENTS_WITH_A_MODEL:
                made = AGENTS.get(agent).make(seat(ANN, ask))
                ask.calls.clear()
                await made.decide(observed(beginning(), ANN))
                sections = [text.partition("{")[0] for text in made.config.prompts.values()]
                for text in ask.texts():
                    assert sum(section in text for section in sections if section) > 4

        asked(work)

    def test_kinds_that_imagine_say_so(self) -> None:
        kinds = {name: AGENTS.get(name) for name in AGENTS_WITH_A_MODEL}
        assert {name for name, kind in kinds.items() if kind.imagines} == {"foresee", "foresee-paper"}
        for name, kind in kinds.items():
            assert kind.name == name and kind.summary and sum(kind.calls(AgentOptions()).values()) > 0


class TestGames:
    def game(self) -> Scenario:
        return get_scenarios("stash")[0]

    def test_without_a_model_the_agents_search_the_game(self) -> None:
        game = self.game()
        state, _ = game.start(3)
        for name, kind in (("foresee", Planner), ("best-of", Greedy)):
            (player,) = (game.seats[one] for one in game.main_seats)
            made = AGENTS.get(name).make(Seat(name=player, scenario=game, state=state, seed=3))
            assert isinstance(made, kind)

    def test_with_a_model_the_agents_play_the_text_of_the_game(self) -> None:
        game = self.game()
        state, facts = game.start(3)
        (player,) = (game.seats[one] for one in game.main_seats)
        brief = game.briefing(player, state)
        record = Record.begin(game.cast, facts, {player: brief.private})
        observation = Observation(
            turn=1,
            turns_left=5,
            me=player,
            briefing=brief,
            news=(),
            available=game.available(state, player),
            context=record.context(player),
        )

        async def work(ask: Recording) -> list[Act]:
            acts = []
            for name in AGENTS_WITH_A_MODEL:
                seated = Seat(name=player, scenario=game, state=state, seed=3, ask=ask)
                acts.append((await AGENTS.get(name).make(seated).decide(observation)).act)
            prompts = [text for _, place, text in ask.calls if place.count("/") == 2 or not place[0].isdigit()]
            assert prompts and all(brief.scenario in text for text in prompts), "the rules are in every prompt"
            return acts

        acts, _ = asked(work)
        assert set(acts) <= set(observation.available)
