from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from social_world_model.agents.reading import ActParser, ActsParser, ScoresParser, speaks_for_other
from social_world_model.agents.replies import (
    ChosenAct,
    ChosenActs,
    GoalScores,
    ReasonedAct,
    ReasonedChoice,
    RubricScores,
    WrittenAct,
    WrittenActs,
)
from social_world_model.errors import UnparsableOutputError
from social_world_model.generation_utils.reading import UnfitReply
from social_world_model.generation_utils.structured import ASKS
from social_world_model.interaction import Act
from tests.agents.helpers import ANN, BOB, CAST, LISTED, beginning, decided, observed
from tests.generation_utils.endpoint import Sent, said

HERE = observed(beginning(), ANN)
CROWD = replace(HERE, briefing=replace(HERE.briefing, cast=(*CAST, "Cy")))
FROM_LIST = observed(beginning(), ANN, available=LISTED)


def written(**changes: Any) -> str:
    return json.dumps({"kind": "speak", "text": "Hi.", "to": [], **changes})


def read(text: str) -> Act:
    return ActParser(HERE, WrittenAct).parse(text).act


class TestOneAct:
    @pytest.mark.parametrize(
        ("reply", "act"),
        [
            (written(), Act(kind="speak", text="Hi.")),
            (written(to=[BOB]), Act(kind="speak", text="Hi.")),  # there is nobody else who could hear it
            (written(to=["a friend"]), Act(kind="speak", text="Hi.")),
            ('{"kind": "speak", "text": "Hi."}', Act(kind="speak", text="Hi.")),
            (written(kind="non-verbal communication", text="nods"), Act(kind="non-verbal", text="nods")),
            (written(kind="Non_Verbal", text="nods"), Act(kind="non-verbal", text="nods")),
            (written(kind="action", text="Ann Lee sits down"), Act(kind="action", text="sits down")),
            (written(text="Ann Lee: Hi."), Act(kind="speak", text="Hi.")),
            (written(text='"Hi."'), Act(kind="speak", text="Hi.")),
            (written(text='"Hi," she says, "you."'), Act(kind="speak", text='"Hi," she says, "you."')),
            (written(text="See <same_as_state />"), Act(kind="speak", text="See ‹same_as_state /›")),
            (written(kind="none", text="waits"), Act(kind="none")),
            (written(kind="leave", text=""), Act(kind="leave")),
        ],
    )
    def test_the_act_is_read_as_the_model_means_it(self, reply: str, act: Act) -> None:
        assert read(reply) == act

    @pytest.mark.parametrize(
        ("reply", "told"),
        [
            (written(text=" "), "expected a text of an act of the kind 'speak', got an empty text"),
            (written(text='""'), "got an empty text"),
            (written(kind="shout"), "kind: Input should be 'speak', 'non-verbal', 'action', 'leave' or 'none'"),
            (written(mood="sad"), "mood: Extra inputs are not permitted"),
            ("I say hi.", "expected a JSON object"),
        ],
    )
    def test_a_reply_that_does_not_fit_says_why(self, reply: str, told: str) -> None:
        with pytest.raises(UnfitReply, match=told):
            read(reply)

    def test_recipients_are_people_who_are_present_and_somebody_else(self) -> None:
        parser = ActParser(CROWD, WrittenAct)
        assert parser.parse(written(to=[BOB, BOB])).act.to == (BOB,)
        with pytest.raises(UnfitReply, match=r"present \(Bob, Cy\) as recipients, got Rob; an empty list"):
            parser.parse(written(to=["Rob"]))
        with pytest.raises(UnfitReply, match="got Ann Lee"):
            parser.parse(written(to=[ANN]))

    def test_a_kind_that_is_not_available_is_refused(self) -> None:
        observation = observed(beginning(), ANN, available=("speak", "none"))
        with pytest.raises(UnfitReply, match="available acts: speak; none; got leave"):
            ActParser(observation, WrittenAct).parse(written(kind="leave"))

    def test_reasoning_becomes_the_reason(self) -> None:
        chosen = ActParser(HERE, ReasonedAct).parse(json.dumps({"reasoning": " Why not. ", **json.loads(written())}))
        assert (chosen.why, chosen.act) == ("Why not.", Act(kind="speak", text="Hi."))
        assert ActParser(FROM_LIST, ReasonedChoice).parse('{"reasoning": "So.", "number": 2}').why == "So."

    @pytest.mark.parametrize("number", [0, 5, -1])
    def test_a_number_outside_the_list_is_refused(self, number: int) -> None:
        with pytest.raises(UnfitReply, match=f"from 1 to 4, got {number}"):
            ActParser(FROM_LIST, ChosenAct).parse(json.dumps({"number": number}))


class TestSeveralActs:
    def test_more_acts_than_requested_are_ignored(self) -> None:
        acts = [json.loads(written(text=text)) for text in ("One", "one!", "Two", "Three")]
        parser = ActsParser(HERE, WrittenActs, 2)
        assert [act.text for act in parser.parse(json.dumps({"acts": acts}))] == ["One", "Two"]
        assert ActsParser(FROM_LIST, ChosenActs, 2).parse('{"numbers": [2, 2, 1, 3]}') == [LISTED[1], LISTED[0]]

    def test_the_same_words_to_other_people_are_another_act(self) -> None:
        acts = [json.loads(written()), json.loads(written(to=[BOB]))]
        assert len(ActsParser(CROWD, WrittenActs, 2).parse(json.dumps({"acts": acts}))) == 2

    def test_too_few_different_acts_are_refused(self) -> None:
        acts = [json.loads(written(text=text)) for text in ("One", "one!")]
        with pytest.raises(UnfitReply, match="expected 2 different acts, got 1"):
            ActsParser(HERE, WrittenActs, 2).parse(json.dumps({"acts": acts}))
        with pytest.raises(UnfitReply, match="expected 2 different acts, got 1"):
            ActsParser(FROM_LIST, ChosenActs, 2).parse('{"numbers": [2, 2]}')


def scored(*scores: tuple[int, float]) -> str:
    return json.dumps({"scores": [{"candidate": number, "why": "w", "score": score} for number, score in scores]})


class TestScores:
    def test_scores_are_returned_in_the_order_of_the_candidates(self) -> None:
        assert ScoresParser(GoalScores, 2).parse(scored((2, 7), (1, 0.5))) == [(0.5, "w"), (7.0, "w")]

    @pytest.mark.parametrize(
        ("reply", "told"),
        [
            (scored((1, 3)), "each candidate from 1 to 2, got 1"),
            (scored((1, 3), (1, 4)), "got 1, 1"),
            (scored((1, 3), (2, 4), (3, 5)), "got 1, 2, 3"),
            (scored(), "got no scores"),
            (scored((1, 12), (2, 3)), "less than or equal to 10"),
            (scored((1, -1), (2, 3)), "greater than or equal to 0"),
        ],
    )
    def test_no_score_is_invented(self, reply: str, told: str) -> None:
        with pytest.raises(UnfitReply, match=told):
            ScoresParser(GoalScores, 2).parse(reply)

    @pytest.mark.parametrize(("low", "value"), [(True, 0.0), (False, 10.0)])
    def test_the_rubric_is_the_mean_of_seven_scores_from_0_to_10(self, low: bool, value: float) -> None:
        rubric = RubricScores.model_json_schema()["$defs"]["RubricScore"]["properties"]
        bound = "minimum" if low else "maximum"
        scores = {name: one[bound] for name, one in rubric.items() if bound in one}
        assert len(scores) == 7
        reply = json.dumps({"scores": [{"candidate": 1, "why": "", **scores}]})
        assert ScoresParser(RubricScores, 1).parse(reply) == [(value, "")]
        half = json.dumps({"scores": [{"candidate": 1, "why": "", **scores, "goal": 5}]})
        assert ScoresParser(RubricScores, 1).parse(half)[0][0] == pytest.approx((6 * value + 5) / 7)


class TestAskingAgain:
    @pytest.mark.parametrize("agent", ["plain", "reflect", "mind", "best-of", "foresee", "foresee-paper"])
    def test_a_model_that_never_fits_is_an_error_and_never_an_act(self, agent: str) -> None:
        bodies: list[dict[str, Any]] = []

        def answering(body: dict[str, Any], token: str) -> Sent:
            bodies.append(body)
            return said('{"kind": "speak", "text": ""}')

        with pytest.raises(UnparsableOutputError, match=f"asked {ASKS} times"):
            decided(agent, answering)
        assert len(bodies) == ASKS

    def test_an_empty_speech_is_asked_again_with_the_problem(self) -> None:
        replies = iter([written(text=""), written(text="Well.")])
        decision, _, endpoint = decided("plain", lambda body, token: said(next(replies)))
        assert decision.act == Act(kind="speak", text="Well.")
        assert "expected a text of an act" in endpoint.bodies[1]["messages"][-1]["content"]

    def test_a_reply_that_speaks_for_the_partner_is_kept(self) -> None:
        text = f"Hi.\n{BOB}: Hello."
        decision, _, _ = decided("plain", lambda body, token: said(written(text=text)))
        assert decision.act.text == text and speaks_for_other(decision.act, ANN, CAST)


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        *[("Bob: Hello.", True), ("Hi.\n**Bob**: Hello.", True), ("Hi.\n  Bob says: Hello.", True)],
        *[
            ('Hi."\n"Bob: Hello."', True),
            ("Bob, listen: no.", False),
            ("Bobby: no.", False),
            ("I told Bob: no.", False),
        ],
        *[("Ann Lee: Hi.", False), ("", False)],
    ],
)
def test_words_of_others_are_recognised(text: str, speaks: bool) -> None:
    assert speaks_for_other(Act(kind="speak", text=text), ANN, CAST) is speaks
    assert not speaks_for_other(Act(kind="speak", text=text), ANN, [ANN])
