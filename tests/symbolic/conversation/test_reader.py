from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model import SocialWorldModel
from social_world_model.contracts import Query, Reply, Statement
from social_world_model.errors import ConfigurationError, NarrativeError
from social_world_model.s3ap import SocializedContext, perspective, render
from social_world_model.symbolic import SymbolicModel, domain_of, parse_narrative
from tests.symbolic.conversation.test_knowledge import DOOR, DOORS, IGNORES, KNOWS
from tests.symbolic.story.test_world import SALLY_ANNE

CONTEXT = parse_narrative(DOORS)[0]


def ask(question: str, **parts: Any) -> Reply:
    parts = {"question_kind": "belief", "domain": "conversation", "narrative": DOORS} | parts
    return asyncio.run(SymbolicModel().answer(Query(question=question, **parts)))


def test_a_transcript_is_read_as_a_conversation_and_a_story_as_a_story() -> None:
    assert CONTEXT.agents_names == ["Ann", "Bo", "Cy"]
    assert domain_of(CONTEXT) == "conversation"
    assert domain_of(parse_narrative(SALLY_ANNE)[0]) == "story"


def test_it_answers_alike_from_a_narrative_and_from_its_context() -> None:
    question, choices = "What does Cy believe about the colour of the door?", (f"Cy {KNOWS}", f"Cy {IGNORES}")
    for seen in ({}, {"narrative": None, "context": CONTEXT}, {"memory": perspective(CONTEXT, ["Cy"])}):
        assert ask(question, choices=choices, belief_chain=("Cy",), **seen).response == f"Cy {IGNORES}"


def test_what_somebody_saw_another_perceive_goes_before_what_it_perceived_itself() -> None:
    seen = {"memory": perspective(CONTEXT, ["Bo"]), "others_observations": perspective(CONTEXT, ["Bo", "Cy"])}
    choices = (f"Bo thinks that Cy {KNOWS}", f"Bo thinks that Cy {IGNORES}")
    assert ask(
        "What does Bo believe Cy thinks of the door?", choices=choices, belief_chain=("Bo", "Cy"), **seen
    ).response == (f"Bo thinks that Cy {IGNORES}")


def test_who_knows_something() -> None:
    kind = {"question_kind": "knowledge"}
    knows = f"Target: {DOOR}\nQuestion: Does Cy know the precise correct answer to this question? Answer yes or no."
    listed = f"Target: {DOOR}\nQuestion: List all the characters who know the precise correct answer to this question."
    assert ask(knows, belief_chain=("Cy",), answer_form="yes_no", **kind).response == "no"
    assert ask(knows.replace("Cy", "Bo"), belief_chain=("Bo",), answer_form="yes_no", **kind).response == "yes"
    assert ask(listed, answer_form="names", **kind).response == "Ann, Bo"
    assert ask("Information: Alpacas spit.\nQuestion: List all the characters who know this information.").response == (
        "Ann, Bo, Cy"
    )


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Does Cy know which colour the kitchen door has?", "no"),
        ("Who knows which colour the kitchen door has?", "Ann, Bo"),
        ("Which animals does the uncle raise?", "Bo: My uncle raises alpacas in the mountains."),
        ("What does Ann think about the alpacas?", "Bo: My uncle raises alpacas in the mountains."),
        (
            "What does Cy believe about the kitchen door?",
            "Cy does not know, because Cy was not part of the conversation when this was discussed.",
        ),
        ("What about zebras?", "Nothing was said of it."),
    ],
)
def test_plain_questions_through_the_public_api(question: str, answer: str) -> None:
    assert SocialWorldModel("symbolic").ask_sync(CONTEXT, question) == answer


def test_an_agent_answers_from_its_own_memory() -> None:
    world = SocialWorldModel("symbolic")
    assert world.ask_sync(CONTEXT, "Which colour has the kitchen door?", agent="Cy") == "Nothing was said of it."
    assert "crimson" in world.ask_sync(CONTEXT, "Which colour has the kitchen door?", agent="Bo")


@pytest.mark.parametrize(
    "question",
    [
        "Does Zed know which colour the kitchen door has?",
        "What does Zed believe about the kitchen door?",
        "Which colour does Zed Smith think the door has?",
    ],
)
def test_a_question_about_somebody_unknown_is_not_answered(question: str) -> None:
    with pytest.raises(NarrativeError, match=r"expected names of people in the conversation \(Ann, Bo, Cy\), got Zed"):
        SocialWorldModel("symbolic").ask_sync(CONTEXT, question)


def test_what_might_follow_is_not_foreseen() -> None:
    statements = (Statement(kind="future", by="1", text="x\ny"), Statement(kind="future", by="2", text="y"))
    with pytest.raises(ConfigurationError, match="The symbolic model does not predict conversations"):
        ask("Which?", question_kind="future", statements=statements, choices=("a", "b"))
    with pytest.raises(ConfigurationError, match="does not predict"):
        ask("Which?", question_kind="future", task="foresee")


def test_a_view_tells_nothing_of_lines_that_could_not_be_read() -> None:
    text = "Ann: I have to go.\nBo: Bye, Ann!\nUnknown: The code is 999.\nCy: Indeed.\nBo: Well."
    view = perspective(parse_narrative(text)[0], ["Ann"])
    assert "not known" in (view.context_manual or "")
    assert not any("999" in render(view, form) for form in ("json", "text", "compact"))


def test_somebody_who_is_not_in_the_conversation_is_named() -> None:
    with pytest.raises(NarrativeError, match=r"expected names of people in the conversation \(Ann, Bo, Cy\), got Eve"):
        ask("What does Eve believe of it?", belief_chain=("Eve",), choices=("a", "b"))


def test_a_part_of_a_name_that_is_plain_is_enough() -> None:
    text = DOORS.replace("Cy:", "Cy Young:")
    assert (
        ask("What does Cy believe?", narrative=text, belief_chain=("Cy",), choices=(KNOWS, IGNORES)).response == IGNORES
    )


def test_the_letter_is_given_where_a_letter_is_wanted() -> None:
    for choices in ((KNOWS, IGNORES), (IGNORES, KNOWS)):
        letter = ask("What of the door?", belief_chain=("Cy",), choices=choices, answer_form="letter").response
        assert choices["AB".index(letter)] == IGNORES


def test_a_note_is_written_from_the_record_and_from_recollections() -> None:
    note = ask(
        "Write a summary.", question_kind="group", answer_form="text", audience=("Bo", "Cy"), narrative=DOORS
    ).response
    assert "crimson" not in note
    assert "alpacas" in note
    told = [
        ask("", question_kind="group", task="recount", agent=name, memory=perspective(CONTEXT, [name]))
        for name in ("Bo", "Cy")
    ]
    statements = tuple(Statement(kind="recollection", by="x", text=reply.response) for reply in told)
    assert ask("", question_kind="group", narrative=None, statements=statements).response == note


def test_a_record_by_anybody_else_will_do() -> None:
    step = {
        "timestep": "1",
        "state": "Ann and Bo sit in the park; Cy is at home.",
        "observations": {"Ann": "<same_as_state />", "Bo": "<same_as_state />", "Cy": "none"},
        "actions": {"Ann": 'says: "My sister moves to Peru."', "Bo": "none", "Cy": "none"},
    }
    last = {
        "timestep": "2",
        "state": "none",
        "observations": {"Ann": "none", "Bo": "Ann says that her sister moves to Peru.", "Cy": "none"},
        "actions": dict.fromkeys(["Ann", "Bo", "Cy"], "none"),
    }
    context = SocializedContext.from_data({"agents_names": ["Ann", "Bo", "Cy"], "socialized_context": [step, last]})
    choices = ("It is known that the sister moves to Peru.", "Nobody was told; this one is unaware of it.")
    for chain, right in ((("Bo",), choices[0]), (("Cy",), choices[1])):
        assert (
            ask("Where does the sister move?", context=context, belief_chain=chain, choices=choices).response == right
        )


@given(st.permutations([f"Cy {KNOWS}", f"Cy {IGNORES}", "Cy thinks of alpacas.", "The text does not say."]))
def test_the_order_of_options_does_not_matter(choices: list[str]) -> None:
    assert (
        ask("What does Cy believe of the door?", belief_chain=("Cy",), choices=tuple(choices)).response
        == f"Cy {IGNORES}"
    )
