from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from social_world_model.errors import (
    ConfigurationError,
    EndpointError,
    GenerationError,
    RefusalError,
    UnparsableOutputError,
)
from social_world_model.generation_utils import CallLimit, LanguageModel
from social_world_model.generation_utils.asking import DirectAsk
from social_world_model.generation_utils.calls import Role
from social_world_model.generation_utils.model import Completion, Prompt, Sampling
from social_world_model.generation_utils.query_sections import HOW_TO_READ_COMPACT
from social_world_model.generation_utils.structured import ASKS
from social_world_model.s3ap import SocializedContext, decode
from social_world_model.s3ap.context import SocialSimulation
from social_world_model.s3ap.validation import errors_of
from social_world_model.world_model.imagining import Imagination, extended
from social_world_model.world_model.step_prompts import DIRECTIONS, NEXT, directions_prompt, next_prompt
from tests.s3ap.builders import context, step
from tests.strategies import contexts, law
from tests.world_model.helpers import CONTEXT, Asked, model_of, run

WAYS = ["Anne hides the ball.", "Sally comes back.", "The phone rings.", "They quarrel."]


def moment(act: str = "waits", state: str = "It is late.", **changes: Any) -> dict[str, Any]:
    """Return what a model says comes next for Anne and Sally."""
    seen = ["Anne: <same_as_state />", "Sally: <same_as_last_action /> <mental_state>Oh.</mental_state>"]
    return {"actions": [f"Anne: {act}", "Sally: none"], "state": state, "observations": seen, **changes}


def imagination(folder: Path, *entries: Any, calls: Asked | None = None) -> Imagination:
    model, sampling = model_of(folder, *entries), Sampling(temperature=0.7, seed=5)
    return Imagination(DirectAsk(model=model, calls=calls or Asked(), sampling=sampling))


def stepped(folder: Path, *entries: Any, socialized: SocializedContext = CONTEXT, **more: Any) -> SocializedContext:
    return run(imagination(folder, *entries, calls=more.pop("calls", None)).step(socialized, **more))


def rolled(folder: Path, *entries: Any, steps: int = 2, futures: int = 3, **more: Any) -> SocialSimulation:
    socialized = more.pop("socialized", CONTEXT)
    return run(imagination(folder, *entries, **more).rollout(socialized, steps, futures))


def ways(number: int) -> dict[str, Any]:
    return {"when": "List ways in which", "reply": {"directions": WAYS[:number]}}


class TestOneStep:
    def test_it_makes_the_record_exactly_one_step_longer_and_leaves_what_was(self, tmp_path: Path) -> None:
        longer = stepped(tmp_path, moment(), socialized=CONTEXT.model_copy(update={"context_manual": "M"}))
        assert longer.context_manual == "M"
        *earlier, last, new = longer.socialized_context
        assert earlier == CONTEXT.socialized_context[:-1] and not errors_of(longer)
        assert last == CONTEXT.socialized_context[-1].model_copy(update={"actions": {"Anne": "waits", "Sally": "none"}})
        assert (new.timestep, new.state, set(new.actions.values())) == ("4", "It is late.", {"none"})
        assert decode(longer).socialized_context[-1].observations["Sally"].startswith("Anne waits")

    def test_given_acts_are_kept_whatever_the_model_says(self, tmp_path: Path) -> None:
        calls = Asked()
        longer = stepped(tmp_path, moment("sleeps"), given={"Anne": "sings: la"}, calls=calls)
        assert longer.socialized_context[-2].actions == {"Anne": "sings: la", "Sally": "none"}
        assert calls.texts[0].endswith("These actions are fixed. Repeat them without changes: Anne: sings: la")
        only_sally = moment(actions=["Sally: none"])
        assert stepped(tmp_path, only_sally, given={"Anne": "sings"}).socialized_context[-2].actions["Anne"] == "sings"

    def test_acts_that_are_there_are_kept_and_told_and_given_ones_do_not_replace_them(self, tmp_path: Path) -> None:
        calls = Asked()
        socialized = context(["Anne", "Sally"], step("Night.", {}, {"Anne": "snores"}))
        longer = stepped(tmp_path, moment("sleeps"), socialized=socialized, given={"Sally": "reads"}, calls=calls)
        assert longer.socialized_context[0].actions == {"Anne": "snores", "Sally": "reads"}
        assert calls.texts[0].endswith("Repeat them without changes: Sally: reads; Anne: snores")
        with pytest.raises(ConfigurationError, match="no action of Anne, who already acts in the last step"):
            stepped(tmp_path, moment(), socialized=socialized, given={"Anne": "wakes up"})

    def test_whoever_only_thinks_in_the_last_step_has_not_acted_and_keeps_the_thought(self, tmp_path: Path) -> None:
        socialized = context(["Anne", "Sally"], step("Night.", {}, {"Anne": "none <mental_state>Hm.</mental_state>"}))
        kept = "<mental_state>Hm.</mental_state>"
        assert (
            stepped(tmp_path, moment(), socialized=socialized).socialized_context[0].actions["Anne"] == f"waits {kept}"
        )
        given = stepped(tmp_path, moment(), socialized=socialized, given={"Anne": "sings"})
        assert given.socialized_context[0].actions["Anne"] == f"sings {kept}"

    @pytest.mark.parametrize(
        ("timesteps", "new"),
        [
            *[(["1", "2"], "3"), (["0", "1"], "2"), (["7"], "8"), (["2", "1"], "3"), (["2", "7"], "8")],
            *[(["a", "b"], "3"), (["3", "b"], "4"), (["", "²"], "3"), (["9" * 5000], "2")],
        ],
    )
    def test_the_new_timestep_is_the_next_number_that_is_free(
        self, tmp_path: Path, timesteps: list[str], new: str
    ) -> None:
        socialized = context(["Anne", "Sally"], *(step("Night.", timestep=name) for name in timesteps))
        steps = [one.model_copy(update={"timestep": name})
                 for one, name in zip(socialized.socialized_context, timesteps, strict=True)]  # fmt: skip
        socialized = socialized.model_copy(update={"socialized_context": steps})
        assert stepped(tmp_path, moment(), socialized=socialized).socialized_context[-1].timestep == new

    @pytest.mark.parametrize(
        ("reply", "told"),
        [
            (moment(actions=["Anne: waits"]), "an entry for Sally"),
            (moment(observations=["Anne: none"]), "an entry for Sally"),
            (moment(actions=["Anne: waits", "Sally: none", "Bob: waves"]), "a name of the cast"),
            (moment(state="<same_as_next_state />"), "state"),
            (moment(state="<same_as_last_action_1 />"), "state"),
            (moment(mood="sad"), "mood"),
            ({"state": "x"}, "actions"),
            (moment(state="\ud83d"), "state"),
        ],
    )
    def test_a_reply_that_makes_no_valid_record_is_asked_again_and_never_repaired(
        self, tmp_path: Path, reply: Any, told: str
    ) -> None:
        calls = Asked()
        assert len(stepped(tmp_path, [reply, moment()], calls=calls).socialized_context) == 4
        assert told in calls.complaints[0] and calls.roles == ["simulate"] * 2
        with pytest.raises(UnparsableOutputError):
            stepped(tmp_path, reply)

    @pytest.mark.parametrize(
        ("socialized", "given", "says"),
        [
            (CONTEXT, {"Bob": "waves"}, "got an action of Bob"),
            (CONTEXT, {"Anne": "<same_as_last_action_x />"}, "expected valid actions"),
            (CONTEXT, {"Anne": "<mental_state>Hm"}, "expected valid actions"),
            (context(["Anne"]), {}, "at least one step"),
            (context([], step("Night.")), {}, "without errors"),
            (context(["Anne"], step("<same_as_last_action />")), {}, "without errors"),
            (context(["Anne"], step("", timestep="1"), step("", timestep="1")), {}, "without errors"),
        ],
    )
    def test_what_cannot_be_continued_costs_no_call(
        self, tmp_path: Path, socialized: SocializedContext, given: dict[str, str], says: str
    ) -> None:
        calls = Asked()
        with pytest.raises(ConfigurationError, match=says):
            stepped(tmp_path, moment(), socialized=socialized, given=given, calls=calls)
        assert not calls.log

    def test_the_fixed_part_of_the_prompt_comes_first_and_the_form_is_not_in_it(self) -> None:
        text = next_prompt(CONTEXT, {"Anne": "waits"}, "They make up.")
        rules = f"{NEXT.sections[0].text} {HOW_TO_READ_COMPACT.text}"
        assert text.startswith("\n\n".join([rules, NEXT.sections[2].text, "Context:\nagents: Anne | Sally\n"]))
        end = "Repeat them without changes: Anne: waits"
        assert text.endswith(f"They make up.\nWrite only the next step of it.\n\nThese actions are fixed. {end}")
        assert "properties" not in text

    @law
    @given(contexts())
    def test_any_valid_context_can_be_continued_by_nothing(self, socialized: SocializedContext) -> None:
        if socialized.socialized_context:
            acts = socialized.socialized_context[-1].actions
            longer = extended(socialized, acts, "none", dict.fromkeys(socialized.agents_names, "none"))
            assert not errors_of(longer)
            assert longer.socialized_context[:-1] == socialized.socialized_context


class TestRollouts:
    def test_as_many_futures_as_asked_each_longer_by_the_steps_each_on_its_way(self, tmp_path: Path) -> None:
        calls = Asked()
        replies = [{"when": way, "reply": [moment(f"{way} 1"), moment(f"{way} 2")]} for way in WAYS[:3]]
        made = rolled(tmp_path, ways(3), *replies, calls=calls)
        assert [[step.actions["Anne"] for step in one.socialized_context[2:]] for one in made.simulations] == [
            [f"{way} 1", f"{way} 2", "none"] for way in WAYS[:3]
        ]
        assert all(not errors_of(one) and len(one.socialized_context) == 5 for one in made.simulations)
        assert calls.roles == ["simulate"] * 7
        assert all(prompt.temperature == 0.7 and prompt.seed == 5 for _, prompt in calls.log)

    def test_futures_that_end_alike_are_imagined_again_in_their_last_step(self, tmp_path: Path) -> None:
        script = [{"when": "the same events", "reply": moment("does something else")}, moment()]
        made = rolled(tmp_path, ways(2), *script, futures=2)
        acts = [[step.actions["Anne"] for step in one.socialized_context[2:]] for one in made.simulations]
        assert acts == [["waits", "waits", "none"], ["waits", "does something else", "none"]]
        assert all(not errors_of(one) for one in made.simulations)

    def test_a_model_that_only_repeats_itself_is_an_error_in_the_end(self, tmp_path: Path) -> None:
        calls = Asked()
        with pytest.raises(UnparsableOutputError, match="expected a continuation with different events"):
            rolled(tmp_path, ways(2), moment(), steps=1, futures=2, calls=calls)
        assert len(calls.log) == 1 + 2 + ASKS

    def test_other_case_blanks_or_stops_make_no_other_future(self, tmp_path: Path) -> None:
        script = [{"when": WAYS[0], "reply": moment("waits")}, moment(" Waits.", "it is  late")]
        with pytest.raises(UnparsableOutputError):
            rolled(tmp_path, ways(2), *script, steps=1, futures=2)

    def test_directions_must_differ_and_no_repeated_one_is_taken(self, tmp_path: Path) -> None:
        calls = Asked()
        listed = {"when": "List ways in which", "reply": [{"directions": ["Go.", "go", " "]}, "?",
                                                           {"directions": ["Go.", "go", "Stay."]}]}  # fmt: skip
        script = [{"when": "steps: Go", "reply": moment("goes")}, moment("stays")]
        made = rolled(tmp_path, listed, *script, steps=1, futures=2, calls=calls)
        assert [one.socialized_context[2].actions["Anne"] for one in made.simulations] == ["goes", "stays"]
        assert "expected 2 different directions, got 1" in calls.complaints[0]

    def test_one_future_of_one_step_is_a_simulation_too_and_half_an_emoji_no_direction(self, tmp_path: Path) -> None:
        listed = {"when": "List ways in which", "reply": [{"directions": ["\ud83d"]}, {"directions": ["Go."]}]}
        (one,) = rolled(tmp_path, listed, moment(), steps=1, futures=1).simulations
        assert len(one.socialized_context) == 4

    def test_it_starts_from_acts_that_are_there(self, tmp_path: Path) -> None:
        socialized = context(["Anne", "Sally"], step("Night.", {}, {"Anne": "snores"}))
        script = [{"when": "the same events", "reply": moment(state="Day.")}, moment("wakes up")]
        made = rolled(tmp_path, ways(2), *script, socialized=socialized, steps=1, futures=2)
        assert [one.socialized_context[0].actions["Anne"] for one in made.simulations] == ["snores", "snores"]
        assert [one.socialized_context[1].state for one in made.simulations] == ["It is late.", "Day."]

    @pytest.mark.parametrize(("steps", "futures"), [(0, 1), (1, 0), (-1, 2)])
    def test_no_steps_or_no_futures_are_refused(self, tmp_path: Path, steps: int, futures: int) -> None:
        with pytest.raises(ConfigurationError, match="at least 1 step and 1 future"):
            rolled(tmp_path, moment(), steps=steps, futures=futures)

    def test_a_record_with_errors_costs_no_call(self, tmp_path: Path) -> None:
        calls = Asked()
        with pytest.raises(ConfigurationError, match="without errors"):
            rolled(tmp_path, moment(), socialized=context(["A", "A"], step("Night.")), calls=calls)
        assert not calls.log

    @pytest.mark.parametrize("size", [1, 2, 64])
    def test_futures_are_imagined_side_by_side_within_the_limit(self, tmp_path: Path, size: int) -> None:
        calls = Asked(limit=CallLimit(size))
        replies = [{"when": way, "reply": moment(way)} for way in WAYS]
        rolled(tmp_path, ways(4), *replies, steps=3, futures=4, calls=calls)
        assert calls.most == 4 and calls.limit.in_flight == 0
        assert len(calls.log) == 1 + 3 * 4

    def test_the_prompt_names_the_number_and_fixed_words_come_first(self) -> None:
        rules = f"{DIRECTIONS.sections[0].text} {HOW_TO_READ_COMPACT.text}"
        assert directions_prompt(CONTEXT, 1).startswith(f"{rules}\n\nContext:\nagents: Anne | Sally\n")
        ends = {1: "List one way.", 4: "List four different ways.", 12: "List 12 different ways."}
        assert all(directions_prompt(CONTEXT, number).endswith(f"\n\n{end}") for number, end in ends.items())


class TestFaultsInAFuture:
    @staticmethod
    def failing(folder: Path, error: Exception | None) -> tuple[Asked, Imagination]:
        """Return what fails on the second way, if there is one, while the others would go on for long."""

        class Failing(Asked):
            async def complete(self, model: LanguageModel, prompt: Prompt, role: Role = "answer") -> Completion:
                if error is not None and WAYS[1] in prompt.text:
                    await asyncio.sleep(0.01)
                    raise error
                if any(way in prompt.text for way in WAYS):
                    self.running += 1
                    try:
                        await asyncio.sleep(30)
                    finally:
                        self.running -= 1
                return await super().complete(model, prompt, role)

        calls = Failing()
        return calls, imagination(folder, ways(3), moment(), calls=calls)

    @pytest.mark.parametrize(
        "error", [EndpointError("nobody answers"), GenerationError("timeout"), ConfigurationError("no price")]
    )
    def test_it_surfaces_as_itself_and_nothing_runs_on(self, tmp_path: Path, error: Exception) -> None:
        calls, imagined = self.failing(tmp_path, error)

        async def work() -> None:
            with pytest.raises(type(error)) as caught:
                await imagined.rollout(CONTEXT, 2, 3)
            assert caught.value is error and caught.value.__cause__ is None
            assert asyncio.all_tasks() == {asyncio.current_task()}

        run(work())
        assert calls.running == 0

    def test_a_refusal_in_one_future_is_plain_too(self, tmp_path: Path) -> None:
        script = [{"when": WAYS[1], "refuse": "No."}, {"when": WAYS[0], "refuse": "Not I."}, moment()]
        with pytest.raises(RefusalError):
            rolled(tmp_path, ways(3), *script)

    def test_a_cancellation_stops_all_of_them(self, tmp_path: Path) -> None:
        calls, imagined = self.failing(tmp_path, None)

        async def work() -> None:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await imagined.rollout(CONTEXT, 2, 3)
            assert asyncio.all_tasks() == {asyncio.current_task()}

        run(work())
        assert calls.running == 0
