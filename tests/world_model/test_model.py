from __future__ import annotations

import asyncio
import inspect
from pathlib import Path
from typing import Any

import pytest

from social_world_model.errors import ConfigurationError, NarrativeError, RefusalError, UnparsableOutputError
from social_world_model.generation_utils.structured import ASKS
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.validation import errors_of
from social_world_model.world_model import SocialWorldModel
from tests.s3ap.builders import context, step
from tests.server import FaultServer
from tests.server.test_server import GOLD, QUESTION, ROWS
from tests.server.test_server import STORY as TOMI
from tests.world_model.helpers import CONTEXT, STORY, Asked, run, script, wire

ANSWER = {"reasoning": "It was there.", "answer": "basket"}
ASYNC = ("parse", "critique", "step", "rollout", "foresee", "ask")


def swm(folder: Path, *entries: Any, **settings: Any) -> tuple[SocialWorldModel, Asked]:
    calls = Asked()
    return SocialWorldModel(script(folder, *entries), calls=calls, **settings), calls


def moment(act: str) -> dict[str, Any]:
    return {"actions": [f"Anne: {act}", "Sally: none"], "state": "Late.", "observations": ["Anne: none", "Sally: none"]}


class TestWithALanguageModel:
    def test_it_parses_steps_rolls_out_criticises_and_answers(self, tmp_path: Path) -> None:
        world, calls = swm(
            tmp_path,
            {"when": "Convert the narrative", "reply": wire()},
            {"when": "Check a context against", "reply": {"problems": ["Tom is missing."]}},
            {"when": "List ways in which", "reply": {"directions": ["Go.", "Stay."]}},
            {"when": "steps: Go", "reply": moment("goes")},
            {"when": "Continue a context", "reply": moment("stays")},
            ANSWER,
        )

        async def work() -> None:
            socialized = await world.parse(STORY, "Guidance.")
            assert socialized.context_manual == "Guidance."
            assert await world.critique(STORY, socialized) == ["Tom is missing."]
            assert len((await world.step(socialized)).socialized_context) == 4
            futures = (await world.rollout(socialized, steps=2, futures=2)).simulations
            assert [len(one.socialized_context) for one in futures] == [5, 5]
            assert await world.ask(socialized, "Where is the ball?") == "basket"

        run(work())
        assert calls.roles == ["context", "critic", *["simulate"] * 6, "answer"]
        assert calls.usage.keys() == {"context", "critic", "simulate", "answer"}

    def test_a_critique_and_an_example_reach_the_parser(self, tmp_path: Path) -> None:
        world, calls = swm(tmp_path, {"when": "Check a context against", "reply": {"problems": []}}, wire())
        assert world.parse_sync(STORY, example="EXAMPLE", critique=True) == CONTEXT
        assert calls.roles == ["context", "critic"] and "EXAMPLE" in calls.texts[0]

    def test_settings_hold_for_parses_and_steps_and_answers_are_cold(self, tmp_path: Path) -> None:
        parse, step = {"when": "Convert the", "reply": wire()}, {"when": "Continue a", "reply": moment("x")}
        world, calls = swm(tmp_path, parse, step,
                           ANSWER, temperature=0.2, max_output_tokens=99, seed=3)  # fmt: skip
        world.parse_sync(STORY)
        world.step_sync(CONTEXT)
        world.ask_sync(CONTEXT, "Where is the ball?")
        assert [prompt.temperature for _, prompt in calls.log] == [0.2, 0.2, 0.0]
        assert {(prompt.max_output_tokens, prompt.seed) for _, prompt in calls.log} == {(99, 3)}

    def test_given_acts_reach_the_step(self, tmp_path: Path) -> None:
        world, _ = swm(tmp_path, moment("x"))
        assert world.step_sync(CONTEXT, {"Sally": "knocks"}).socialized_context[2].actions["Sally"] == "knocks"


class TestAsking:
    def test_an_onlooker_is_shown_the_whole_context(self, tmp_path: Path) -> None:
        world, calls = swm(tmp_path, ANSWER)
        assert world.ask_sync(CONTEXT, "Where is the ball?") == "basket"
        assert all(words in calls.texts[0] for words in ("hums", "in the box", "Good.", "Question: Where is the ball?"))

    def test_an_agent_is_shown_its_memory_and_nothing_else(self, tmp_path: Path) -> None:
        world, calls = swm(tmp_path, ANSWER)
        world.ask_sync(CONTEXT, "What do you think?", agent="Sally")
        assert "You are Sally." in calls.texts[0] and "The ball is in the basket" in calls.texts[0]
        assert not [words for words in ("hums", "in the box", "Good", "gone") if words in calls.texts[0]]
        world.ask_sync(CONTEXT, "What do you think?", agent="Anne")
        assert all(words in calls.texts[1] for words in ("You are Anne.", "hums", "in the box", "Good."))

    def test_an_agents_thought_is_shown_to_nobody_else(self, tmp_path: Path) -> None:
        world, calls = swm(tmp_path, ANSWER)
        told = "<same_as_state /> <mental_state>I lie.</mental_state>"
        socialized = context(["Al", "Bo"], step("It rains.", {"Al": told, "Bo": "<same_as_state />"}))
        world.ask_sync(socialized, "What is it like?", agent="Bo")
        assert "I lie" not in calls.texts[0] and "It rains." in calls.texts[0]

    def test_choices_are_lettered(self, tmp_path: Path) -> None:
        world, calls = swm(tmp_path, {"reasoning": "", "answer": "B. box"})
        assert world.ask_sync(CONTEXT, "Where?", choices=["basket", "box"]) == "B. box"
        assert calls.texts[0].endswith("Options:\nA. basket\nB. box")

    @pytest.mark.parametrize("name", ["Bob", "anne", ""])
    def test_somebody_who_is_not_there_is_not_asked(self, tmp_path: Path, name: str) -> None:
        world, calls = swm(tmp_path, ANSWER)
        with pytest.raises(ConfigurationError, match="expected one of the agents Anne, Sally"):
            world.ask_sync(CONTEXT, "Where?", agent=name)
        assert not calls.log

    @pytest.mark.parametrize("agent", [None, "Anne"])
    def test_a_record_with_errors_is_not_asked_about(self, tmp_path: Path, agent: str | None) -> None:
        world, calls = swm(tmp_path, ANSWER)
        for wrong in (context(["Anne"]), context(["Anne"], step("<same_as_last_action />"))):
            with pytest.raises(ConfigurationError, match="expected a context"):
                world.ask_sync(wrong, "Where?", agent=agent)
        assert not calls.log

    def test_a_refusal_and_an_unreadable_reply_are_errors(self, tmp_path: Path) -> None:
        with pytest.raises(RefusalError, match="rather not") as refused:
            swm(tmp_path, {"refuse": "I would rather not."})[0].ask_sync(CONTEXT, "Where?")
        assert refused.value.raw == "I would rather not."
        with pytest.raises(UnparsableOutputError) as unread:
            swm(tmp_path, "Who knows")[0].ask_sync(CONTEXT, "Where?")
        assert unread.value.raw == "Who knows" and unread.value.usage and unread.value.usage.requests == ASKS


class TestTheSymbolicModel:
    STORY = (
        "Al entered the hall. Bo entered the hall. The ball is in the box. Bo exited the hall. Al moved the ball to "
    )
    STORY += "the bag."

    def test_it_parses_and_answers(self) -> None:
        world = SocialWorldModel()
        socialized = world.parse_sync(self.STORY, "Guidance.")
        assert (
            not errors_of(socialized)
            and socialized.context_manual is not None
            and "Guidance." in socialized.context_manual
        )
        assert world.ask_sync(socialized, "Where will Bo look for the ball?", agent="Bo") == "box"
        assert world.ask_sync(socialized, "Where will Bo look for the ball?") == "box"
        assert world.ask_sync(socialized, "Where is the ball really?") == "bag"

    def test_what_it_cannot_it_says_with_what_can(self) -> None:
        world = SocialWorldModel("symbolic")
        socialized = world.parse_sync(self.STORY)
        for work in (
            lambda: world.step_sync(socialized),
            lambda: world.rollout_sync(socialized),
            lambda: world.critique_sync(self.STORY, socialized),
            lambda: world.parse_sync(self.STORY, critique=True),
            lambda: world.parse_sync(self.STORY, example="E"),
        ):
            with pytest.raises(ConfigurationError, match="the symbolic model, which can only parse and answer"):
                work()

    def test_its_errors_are_its_own(self) -> None:
        with pytest.raises(NarrativeError):
            SocialWorldModel().parse_sync("Sally never left.")
        with pytest.raises(ConfigurationError, match="expected one of the agents"):
            SocialWorldModel().ask_sync(CONTEXT, "Where is the ball?", agent="Bob")


class TestBothWays:
    @pytest.mark.parametrize("name", ASYNC)
    def test_every_async_method_has_a_plain_twin_that_takes_the_same(self, name: str) -> None:
        method, twin = getattr(SocialWorldModel, name), getattr(SocialWorldModel, f"{name}_sync")
        assert inspect.iscoroutinefunction(method) and not inspect.iscoroutinefunction(twin)
        assert inspect.signature(method) == inspect.signature(twin)

    def test_there_is_no_other_async_method(self) -> None:
        methods = inspect.getmembers(SocialWorldModel, inspect.iscoroutinefunction)
        assert {name for name, _ in methods if not name.startswith("_")} == set(ASYNC)

    def test_twins_work_inside_a_running_loop_and_beside_it(self, tmp_path: Path) -> None:
        world = SocialWorldModel(script(tmp_path, wire()))

        async def work() -> SocializedContext:
            assert world.parse_sync(STORY) == CONTEXT
            return await world.parse(STORY)

        assert run(work()) == run(work()) == world.parse_sync(STORY) == CONTEXT

    def test_errors_come_through_a_twin(self, tmp_path: Path) -> None:
        with pytest.raises(UnparsableOutputError):
            SocialWorldModel(script(tmp_path, "no")).parse_sync(STORY)


class TestMaking:
    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("gpt-4o-2024-08-06", "OPENAI_API_KEY"),
            ("together_ai/deepseek-ai/DeepSeek-R1", "TOGETHER_API_KEY"),
            ("no such model", "expected a model name"),
            ("scripted/nowhere.json", "nowhere.json"),
            ("custom/x@nowhere", "an address such as"),
        ],
    )
    def test_a_missing_key_or_an_unknown_name_is_one_clear_line_at_once(
        self, monkeypatch: pytest.MonkeyPatch, name: str, says: str
    ) -> None:
        for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "TOGETHER_API_KEY"):
            monkeypatch.delenv(variable, raising=False)
        with pytest.raises(ConfigurationError, match=says) as caught:
            SocialWorldModel(name)
        assert len(str(caught.value).splitlines()) == 1

    def test_a_key_is_never_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-1234")
        world = SocialWorldModel("gpt-4o-2024-08-06")
        assert "sk-secret" not in repr(world) + repr(vars(world))


class TestOverASocket:
    def test_a_story_is_parsed_and_asked_about_and_connections_are_closed(self) -> None:
        async def work() -> None:
            async with SocialWorldModel(f"custom/oracle@{server.base_url}") as world:
                socialized, other = await asyncio.gather(world.parse(TOMI), world.parse(TOMI))
                assert socialized == other
                assert await world.ask(socialized, QUESTION) == GOLD
            async with world:
                assert await world.parse(TOMI) == socialized

        with FaultServer(ROWS) as server:
            run(work())
            assert [entry.kind for entry in server.log] == ["parse", "parse", "answer", "parse"]

    def test_leaving_one_closes_no_connection_of_another(self) -> None:
        async def work() -> None:
            async with SocialWorldModel(f"custom/oracle@{server.base_url}") as world:
                under_way = asyncio.create_task(world.parse(TOMI))
                async with SocialWorldModel(f"custom/oracle@{server.base_url}") as other:
                    await asyncio.sleep(0.1)
                    await other.parse(TOMI)
                assert not errors_of(await under_way)

        with FaultServer(ROWS, latency="constant:0.2") as server:
            run(work())
            assert len(server.log) == 2

    def test_leaving_by_an_error_closes_too_and_symbolic_ones_have_nothing_to_close(self) -> None:
        async def work() -> None:
            with pytest.raises(UnparsableOutputError):
                async with SocialWorldModel(f"custom/oracle@{server.base_url}") as world:
                    await world.parse(TOMI)
            async with SocialWorldModel() as symbolic:
                assert (await symbolic.parse(TOMI)).agents_names

        with FaultServer(ROWS, faults="prose=1") as server:
            run(work())
