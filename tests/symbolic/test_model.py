from __future__ import annotations

import asyncio

import pytest

from social_world_model.contracts import Query, Reply
from social_world_model.errors import ConfigurationError, NarrativeError
from social_world_model.s3ap import SocializedContext, perspective
from social_world_model.symbolic import SymbolicModel, parse_narrative
from tests.symbolic.story.test_world import SALLY_ANNE

QUESTION = "Where will Sally look for the ball?"


def ask(question: str = QUESTION, **seen: object) -> Reply:
    return asyncio.run(SymbolicModel().answer(Query(question=question, question_kind="belief", **seen)))  # type: ignore[arg-type]


def test_it_answers_from_a_narrative_a_context_or_a_memory() -> None:
    context, _ = parse_narrative(SALLY_ANNE)
    assert ask(narrative=SALLY_ANNE).response == "basket"
    assert ask(context=context).response == "basket"
    assert ask(memory=perspective(context, ["Sally"])).response == "basket"


def test_given_a_context_it_does_not_look_at_the_narrative() -> None:
    other, _ = parse_narrative(SALLY_ANNE.replace("basket", "bucket"))
    assert ask(context=other, narrative=SALLY_ANNE).response == "bucket"


def test_where_nothing_tells_it_says_that_it_does_not_know() -> None:
    assert ask("Where will Sally look for the kite?", narrative=SALLY_ANNE).response == "unknown"


@pytest.mark.parametrize("story", ["The ball is in the box.", "The box is in the hall. The ball is in the box."])
def test_a_narrative_without_people_is_no_context_and_still_answers_where_things_are(story: str) -> None:
    with pytest.raises(NarrativeError, match="expected a narrative with at least one agent"):
        parse_narrative(story)
    with pytest.raises(NarrativeError, match="expected a narrative with at least one agent"):
        asyncio.run(SymbolicModel().parse(story))
    query = Query(question="Where is the ball really?", question_kind="reality", narrative=story)
    assert asyncio.run(SymbolicModel().answer(query)).response == "box"


@pytest.mark.parametrize(
    ("narrative", "where"),
    [
        ("Ann: Hi Bo.\nBo: So \ud83d.", r"sentence 2 'Bo: So \\ud83d\.'"),
        ("A\ud83d: Hi Bo.\nBo: So.", r"sentence 1 'A\\ud83d: Hi Bo\.'"),
        ("Ann entered the \ud83d.", r"sentence 1 'Ann entered the \\ud83d\.'"),
    ],
)
def test_half_a_character_is_a_narrative_error_that_names_the_line(narrative: str, where: str) -> None:
    with pytest.raises(NarrativeError, match=f"{where}: expected text that can be stored as UTF-8"):
        parse_narrative(narrative)
    with pytest.raises(NarrativeError, match="expected text that can be stored as UTF-8"):
        ask(narrative=narrative)


def test_somebody_who_is_not_in_the_story_is_named() -> None:
    with pytest.raises(NarrativeError, match=r"expected people of the story \(Sally, Anne\), got Bob"):
        ask("Where will Bob look for the ball?", narrative=SALLY_ANNE)


def test_beginning_and_reality_are_told_apart() -> None:
    assert ask("Where was the ball at the beginning?", narrative=SALLY_ANNE).response == "basket"
    assert ask("Where is the ball really?", narrative=SALLY_ANNE).response == "box"


def test_another_question_is_named() -> None:
    with pytest.raises(NarrativeError, match=r"question 'Why\?': expected a question in one of these forms: Where is"):
        ask("Why?", narrative=SALLY_ANNE)


def test_a_context_in_free_english_is_a_configuration_error_that_names_the_way_out() -> None:
    step = {"state": "Dust dances in the light.", "observations": {"Al": "none"}, "actions": {"Al": "none"}}
    context = SocializedContext.from_data({"agents_names": ["Al"], "socialized_context": [step]})
    with pytest.raises(ConfigurationError, match=r"Dust dances.*context_model symbolic"):
        ask(context=context)


def test_the_guidance_goes_into_the_manual() -> None:
    context = asyncio.run(SymbolicModel().parse(SALLY_ANNE, "Trust nobody.")).context
    assert context.context_manual is not None
    assert context.context_manual.endswith("Trust nobody.")


@pytest.mark.parametrize("form", ["{} entered the hall.", "{}: hello, all of you"])
def test_a_text_whose_context_would_fill_the_memory_is_refused(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("social_world_model.symbolic.steps.MOST_ENTRIES", 20)
    people = [f"Na{letter}" for letter in "abcdef"]
    with pytest.raises(NarrativeError, match="expected at most 20 agents times steps"):
        parse_narrative("\n".join(form.format(name) for name in people))
