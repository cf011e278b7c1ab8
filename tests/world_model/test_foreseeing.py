from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from social_world_model import SocialWorldModel
from social_world_model.errors import ConfigurationError, EndpointError, UnparsableOutputError
from social_world_model.generation_utils.query_sections import HOW_TO_READ_COMPACT
from social_world_model.generation_utils.reading import UnfitReply
from social_world_model.interaction import Act, Future, Imagined, PartnerModel
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.validation import errors_of
from social_world_model.s3ap.views import memory, perspective
from social_world_model.world_model.foreseeing import ImaginedPerson, ImaginedReplyParser, foresee, present, with_act
from social_world_model.world_model.foreseeing_prompts import KINDS_OF_ACTS, REPLY, reply_prompt
from tests.s3ap.builders import context, step
from tests.strategies import contexts, law, words
from tests.world_model.helpers import Asked, run, script

SEES = "<same_as_state />"
SALLY_ANNE = context(
    ["Anne", "Sally"],
    step("The ball is in the basket.", {"Anne": SEES, "Sally": SEES}, {"Sally": "leaves the room"}),
    step("Sally is gone.", {"Anne": f"<same_as_last_action /> {SEES} <mental_state>I like jokes.</mental_state>"}),
)
"""Sally has left; Anne alone can act."""
MEETING = context(
    ["Ann", "Bob", "Cy", "Di"],
    step("They meet.", {"Ann": SEES, "Bob": SEES, "Cy": SEES}, {"Bob": 'says: "Hi."'}),
    step("none", {"Ann": "<same_as_last_action />", "Cy": "<same_as_last_action />"}),
)
"""Bob has just spoken, and Di is not there."""


@dataclass
class Stub:
    """A partner model that keeps what it was asked, and whose acts are numbered."""

    acts: dict[str, Act] = field(default_factory=dict)
    state: str = ""
    asked: list[tuple[str, str, str, SocializedContext]] = field(default_factory=list)
    running: int = 0
    most: int = 0

    async def reply(self, context: SocializedContext, *, me: str, by: str, place: str = "") -> Imagined:
        self.asked.append((me, by, place, context))
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0)
        self.running -= 1
        act = self.acts.get(place) or self.acts.get(by) or Act(kind="speak", text=f"{by} at {place}")
        return Imagined(by=by, mind=f"MIND of {by}", act=act, state=self.state)


def foreseen(stub: PartnerModel, start: SocializedContext, acts: Any, **more: Any) -> list[Future]:
    return run(foresee(stub, start, acts=acts, **more))


def told(observation: SocializedContext, name: str) -> list[str]:
    return [event.text for event in memory(observation, name)]


class TestWhoIsPresent:
    def test_people_who_perceive_the_last_events_and_the_last_actors_are_present(self) -> None:
        assert present(MEETING) == {"Ann", "Bob", "Cy"}
        assert present(SALLY_ANNE) == {"Anne"}

    def test_people_who_leave_are_absent(self) -> None:
        for words_of_leaving in ("leaves", "leaves the room", "Bob leaves"):
            left = context(["Ann", "Bob"], step("A", {"Ann": SEES, "Bob": SEES}, {"Bob": words_of_leaving}))
            assert present(left) == {"Ann"}
            later = context(
                ["Ann", "Bob"],
                step("A", {"Ann": SEES, "Bob": SEES}, {"Bob": words_of_leaving}),
                step("none", {"Ann": "<same_as_last_action />"}),
            )
            assert present(later) == {"Ann"}

    def test_people_who_act_and_then_do_not_perceive_the_new_state_are_absent(self) -> None:
        went = context(
            ["Ann", "Bob"],
            step("A", {"Ann": SEES, "Bob": SEES}, {"Bob": "goes to the kitchen"}),
            step("Bob is in the kitchen.", {"Ann": f"<same_as_last_action /> {SEES}"}),
        )
        assert present(went) == {"Ann"}

    def test_steps_in_which_nobody_perceives_anything_decide_nothing(self) -> None:
        quiet = context(["Ann", "Bob"], step("A", {"Ann": SEES}), step("none"), step("none"))
        assert present(quiet) == {"Ann"}
        assert present(context(["Ann", "Bob"], step("A"))) == {"Ann", "Bob"}

    def test_a_thought_is_no_perception(self) -> None:
        thinks = context(["Ann", "Bob"], step("A", {"Ann": SEES}), step("B", {"Bob": "<mental_state>x</mental_state>"}))
        assert present(thinks) == {"Ann"}


class TestOneMoreAct:
    def test_everybody_present_perceives_an_act_and_what_changes(self) -> None:
        longer = with_act(MEETING, Act(kind="action", text="opens the door"), by="Ann", state="The door is open")
        assert longer.socialized_context[1].actions["Ann"] == "opens the door" and not errors_of(longer)
        assert longer.socialized_context[2].state == "The door is open."
        for name in ("Ann", "Bob", "Cy"):
            assert told(longer, name)[-2:] == ["Ann opens the door", "The door is open."]
        assert told(longer, "Di") == []

    def test_a_private_act_is_perceived_by_the_named_people_only(self) -> None:
        longer = with_act(MEETING, Act(kind="speak", text="Psst.", to=("Cy",)), by="Ann")
        assert told(longer, "Cy")[-1] == 'Ann says to Cy: "Psst."' == told(longer, "Ann")[-1]
        assert told(longer, "Bob") == told(MEETING, "Bob")

    def test_nobody_perceives_the_act_of_an_absent_person(self) -> None:
        longer = with_act(MEETING, Act(kind="action", text="sleeps"), by="Di", state="It is late.")
        assert told(longer, "Di") == ["Di sleeps", "It is late."]
        assert all(told(longer, name) == told(MEETING, name) for name in ("Ann", "Bob", "Cy"))

    def test_an_act_joins_other_acts_of_the_last_step(self) -> None:
        start = context(["Ann", "Bob"], step("A", {"Ann": SEES, "Bob": SEES}, {"Bob": "nods"}))
        longer = with_act(start, Act(kind="action", text="waves"), by="Ann")
        assert longer.socialized_context[0].actions == {"Ann": "waves", "Bob": "nods"}
        assert told(longer, "Ann") == ["A", "Ann waves", "Bob nods"]
        assert told(longer, "Bob") == ["A", "Bob nods", "Ann waves"]

    def test_whoever_acts_already_in_the_last_step_cannot_act_again(self) -> None:
        start = context(["Ann", "Bob"], step("A", {}, {"Ann": "nods"}))
        with pytest.raises(ConfigurationError, match="expected no act of Ann in the last step, got 'nods'"):
            with_act(start, Act(kind="action", text="waves"), by="Ann")

    def test_tags_in_an_act_are_words(self) -> None:
        act = Act(kind="action", text="writes <same_as_state /> and </mental_state>")
        longer = with_act(MEETING, act, by="Ann", state="<unknown />")
        assert not errors_of(longer)
        assert told(longer, "Bob")[-2:] == ["Ann writes ‹same_as_state /› and ‹/mental_state›", "‹unknown /›."]

    def test_doing_nothing_adds_a_step_without_events(self) -> None:
        longer = with_act(MEETING, Act(kind="none"), by="Ann")
        assert len(longer.socialized_context) == 3 and told(longer, "Bob") == told(MEETING, "Bob")

    @law
    @given(data=st.data(), start=contexts(), text=words, state=words)
    def test_it_is_valid_and_adds_to_memories_without_changing_them(
        self, data: st.DataObject, start: SocializedContext, text: str, state: str
    ) -> None:
        assume(start.socialized_context and not errors_of(start))
        before = start.to_json()
        by = data.draw(st.sampled_from(start.agents_names))
        try:
            longer = with_act(start, Act(kind="speak", text=text), by=by, state=state)
        except ConfigurationError:
            assert start.socialized_context[-1].actions[by] != "none"
            return
        assert start.to_json() == before and not errors_of(longer)
        assert len(longer.socialized_context) == len(start.socialized_context) + 1
        for name in start.agents_names:
            assert told(longer, name)[: len(memory(start, name))] == told(start, name)


class TestFutures:
    def test_there_are_acts_times_samples_futures_of_as_many_replies_as_the_horizon(self) -> None:
        stub = Stub()
        acts = ["waves", Act(kind="speak", text="Hi.")]
        futures = foreseen(stub, MEETING, acts, me="Ann", partner="Bob", horizon=3, samples=2)
        assert [future.act for future in futures] == [Act(kind="action", text="waves")] * 2 + [acts[1]] * 2
        assert all(len(future.replies) == 3 and len(future.own_acts) == 2 for future in futures)
        places = [place for _, _, place, _ in stub.asked]
        own = [place for _, by, place, _ in stub.asked if by == "Ann"]
        assert len(set(places)) == len(places) == 4 * 3 + 4 * 2 and len(own) == 4 * 2
        assert {re.sub(r"/own$", "", place) for place in places} == {
            f"{candidate}/{sample}/{depth}" for candidate in range(2) for sample in range(2) for depth in range(3)
        }
        assert stub.most == 4, "futures are imagined at the same time"

    def test_the_context_of_a_future_contains_the_act_and_all_imagined_acts_in_order(self) -> None:
        (future,) = foreseen(Stub(state="It rains."), MEETING, ["waves"], me="Ann", partner="Bob", horizon=2)
        new = told(future.context, "Ann")[len(told(MEETING, "Ann")) :]
        assert new == [
            *("Ann waves", 'Bob says: "Bob at 0/0/0"', "It rains."),
            *('Ann says: "Ann at 0/0/1/own"', "It rains.", 'Bob says: "Bob at 0/0/1"', "It rains."),
        ]
        assert not errors_of(future.context) and "MIND" not in future.context.to_json()

    def test_the_partner_gets_the_perspective_on_the_partner_and_the_person_gets_the_own_memory(self) -> None:
        stub = Stub()
        foreseen(stub, SALLY_ANNE, ["moves the ball to the box"], me="Anne", horizon=2)
        assert {me for me, _, _, _ in stub.asked} == {"Anne"}
        first, own, second = (shown for _, _, _, shown in stub.asked)
        acted = with_act(SALLY_ANNE, Act(kind="action", text="moves the ball to the box"), by="Anne")
        assert first == perspective(acted, ["Anne", "Sally"])
        assert "moves the ball" not in first.to_json() and "moves the ball" not in second.to_json()
        assert "moves the ball" in own.to_json() and "I like jokes." in own.to_json()

    def test_an_omniscient_partner_gets_all_that_the_person_knows(self) -> None:
        stub = Stub()
        foreseen(stub, SALLY_ANNE, ["moves the ball to the box"], me="Anne", simulate="omniscient")
        ((_, _, _, shown),) = stub.asked
        assert "moves the ball to the box" in shown.to_json() and "I like jokes." in shown.to_json()

    def test_no_thought_of_other_people_is_ever_shown(self) -> None:
        start = context(["Ann", "Bob"], step("A", {"Ann": SEES, "Bob": f"{SEES} <mental_state>SECRET</mental_state>"}))
        for simulate in ("memory", "omniscient"):
            stub = Stub()
            foreseen(stub, start, ["waves"], me="Ann", simulate=simulate, horizon=2)
            assert len(stub.asked) == 3 and not any("SECRET" in shown.to_json() for _, _, _, shown in stub.asked)

    def test_a_future_ends_when_somebody_leaves(self) -> None:
        leave = Act(kind="leave")
        options: dict[str, Any] = {"me": "Ann", "partner": "Bob", "horizon": 3}
        (partner_leaves,) = foreseen(Stub({"Bob": leave}), MEETING, ["waves"], **options)
        assert [reply.act for reply in partner_leaves.replies] == [leave] and partner_leaves.own_acts == ()
        (later,) = foreseen(Stub({"0/0/1/own": leave}), MEETING, ["waves"], **options)
        assert len(later.replies) == 1 and later.own_acts == (leave,)
        (now,) = foreseen(Stub(), MEETING, [leave], **options)
        assert now.replies == ()

    def test_imagined_steps_are_not_part_of_the_given_context(self) -> None:
        before = SALLY_ANNE.to_json()
        foreseen(Stub(), SALLY_ANNE, ["waves", "sings"], me="Anne", horizon=3, samples=2)
        assert SALLY_ANNE.to_json() == before

    def test_the_first_error_stops_everything_and_is_raised_as_it_is(self) -> None:
        class Failing(Stub):
            async def reply(self, context: SocializedContext, *, me: str, by: str, place: str = "") -> Imagined:
                if place == "1/0/0":
                    raise EndpointError("dead")
                await asyncio.sleep(3600)
                raise AssertionError

        with pytest.raises(EndpointError, match="dead"):
            foreseen(Failing(), SALLY_ANNE, ["waves", "sings"], me="Anne")


class TestWrongInputs:
    @pytest.mark.parametrize(
        ("changes", "parameter", "says"),
        [
            ({"acts": []}, "acts", "at least one act, got none"),
            ({"acts": [" "]}, "acts", "got an empty text"),
            ({"acts": [Act(kind="speak", text="Hi", to=("Salli",))]}, "acts", "recipients, got Salli"),
            ({"me": "Ane"}, "me", "did you mean Anne?"),
            ({"partner": "Salli"}, "partner", "did you mean Sally?"),
            ({"partner": "Anne"}, "partner", "another person than Anne"),
            ({"horizon": 0}, "horizon", "at least 1, got 0"),
            ({"samples": 0}, "samples", "at least 1, got 0"),
            ({"samples": 101, "horizon": 2}, "max_replies", r"got 202 \(1 acts x horizon 2 x samples 101\)"),
            ({"simulate": "memori"}, "simulate", "did you mean memory?"),
        ],
    )
    def test_they_name_the_parameter_before_any_call(self, changes: dict[str, Any], parameter: str, says: str) -> None:
        stub = Stub()
        with pytest.raises(ConfigurationError, match=says) as caught:
            foreseen(stub, SALLY_ANNE, **{"acts": ["waves"], "me": "Anne", **changes})
        assert parameter in caught.value.parameters and not stub.asked

    def test_of_more_than_two_people_the_partner_must_be_named(self) -> None:
        with pytest.raises(ConfigurationError, match="expected partner to be one of Bob, Cy, Di, got none"):
            foreseen(Stub(), MEETING, ["waves"], me="Ann")
        alone = context(["Ann"], step("A", {"Ann": SEES}))
        with pytest.raises(ConfigurationError, match="nobody else is in the context"):
            foreseen(Stub(), alone, ["waves"], me="Ann")

    def test_a_higher_limit_allows_more_replies(self) -> None:
        assert len(foreseen(Stub(), SALLY_ANNE, "waves", me="Anne", samples=201, max_replies=201)) == 201


def reply(**changes: Any) -> dict[str, Any]:
    return {"mind": "Where is it?", "act_kind": "action", "act_text": "opens the basket", "state": "none", **changes}


class TestWithALanguageModel:
    def test_one_call_gives_the_mind_the_act_and_the_state(self, tmp_path: Path) -> None:
        calls = Asked()
        world = SocialWorldModel(script(tmp_path, reply(state="The basket is open")), calls=calls, temperature=0.3)
        (future,) = world.foresee_sync(SALLY_ANNE, me="Anne", acts=["moves the ball to the box"])
        expected = Imagined(
            by="Sally",
            mind="Where is it?",
            act=Act(kind="action", text="opens the basket"),
            state="The basket is open",
        )
        assert future.replies == (expected,) and calls.roles == ["foresee"]
        ((_, prompt),) = calls.log
        assert prompt.temperature == 0.3 and prompt.whole_text.startswith("Reply only with one JSON object")

    def test_the_act_of_hiding_is_only_in_the_omniscient_prompt(self, tmp_path: Path) -> None:
        for simulate, shown in (("memory", False), ("omniscient", True)):
            calls = Asked()
            world = SocialWorldModel(script(tmp_path, reply()), calls=calls)
            options: dict[str, Any] = {"me": "Anne", "acts": ["moves the ball to the box"], "simulate": simulate}
            world.foresee_sync(SALLY_ANNE, **options)
            assert ("moves the ball to the box" in calls.texts[0]) is shown
            assert ("I like jokes." in calls.texts[0]) is shown
            assert "You are Sally." in calls.texts[0] and "The ball is in the basket." in calls.texts[0]

    def test_a_reply_that_does_not_fit_is_asked_again_and_then_an_error(self, tmp_path: Path) -> None:
        calls = Asked()
        world = SocialWorldModel(script(tmp_path, {"reply": [reply(act_text=" "), reply()]}), calls=calls)
        assert len(world.foresee_sync(SALLY_ANNE, me="Anne", acts=["waves"])) == 1
        assert "act_text: expected a text of an act of the kind 'action'" in calls.complaints[0]
        with pytest.raises(UnparsableOutputError):
            SocialWorldModel(script(tmp_path, "no")).foresee_sync(SALLY_ANNE, me="Anne", acts=["waves"])

    def test_the_symbolic_model_needs_a_partner_model(self) -> None:
        world = SocialWorldModel("symbolic")
        with pytest.raises(ConfigurationError, match=r'stash, errand and bargain.*SocialWorldModel\("gpt-4o'):
            world.foresee_sync(SALLY_ANNE, me="Anne", acts=["waves"])
        stub = Stub()
        (future,) = world.foresee_sync(SALLY_ANNE, me="Anne", acts=["waves"], partner_model=stub)
        assert len(stub.asked) == len(future.replies) == 1

    def test_the_prompt_is_complete_and_contains_what_is_known_of_the_person(self) -> None:
        text = reply_prompt(SALLY_ANNE, me="Anne", by="Sally", known="Sally is five.")
        assert "What Anne knows of Sally: Sally is five." in text and HOW_TO_READ_COMPACT.text in text
        assert all(f"- {kind}: {meaning}" in text for kind, meaning in KINDS_OF_ACTS.items())
        assert "What Anne knows" not in reply_prompt(SALLY_ANNE, me="Anne", by="Sally")
        assert "Everybody knows this: They play." in reply_prompt(
            SALLY_ANNE, me="Anne", by="Sally", situation="They play."
        )
        repeated = reply_prompt(SALLY_ANNE, me="Anne", by="Sally", situation="The ball\nis in the basket.")
        assert "Everybody knows this" not in repeated
        assert isinstance(ImaginedPerson(None), PartnerModel)  # type: ignore[arg-type]
        assert REPLY.replies

    @pytest.mark.parametrize(
        ("changes", "act", "state"),
        [
            ({"act_kind": "Non-verbal communication"}, Act(kind="non-verbal", text="opens the basket"), ""),
            ({"act_kind": "none", "act_text": "waits"}, Act(kind="none"), ""),
            ({"act_kind": "leave", "act_text": ""}, Act(kind="leave"), ""),
            ({"state": "It <same_as_state />\n rains"}, Act(kind="action", text="opens the basket"),
             "It ‹same_as_state /› rains"),
        ],
    )  # fmt: skip
    def test_a_reply_is_read(self, changes: dict[str, Any], act: Act, state: str) -> None:
        imagined = ImaginedReplyParser("Sally").parse(json.dumps(reply(**changes)))
        assert (imagined.by, imagined.act, imagined.state) == ("Sally", act, state)

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"mind": ""}, "mind"),
            ({"act_kind": "jumps"}, "act_kind"),
            ({"more": 1}, "more"),
            ({"act_text": ""}, "text"),
        ],
    )
    def test_a_reply_that_does_not_fit_says_what_is_wrong(self, changes: dict[str, Any], says: str) -> None:
        with pytest.raises(UnfitReply, match=says):
            ImaginedReplyParser("Sally").parse(json.dumps(reply(**changes)))
