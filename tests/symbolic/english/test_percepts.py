"""Stories in which a person perceives a change, or does not perceive it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_world_model.contracts import Query, Reply
from social_world_model.errors import ConfigurationError, NarrativeError
from social_world_model.s3ap import SocializedContext, events, perspective, validate
from social_world_model.symbolic import parse_narrative
from social_world_model.symbolic.english.changes import parser as parsers
from social_world_model.symbolic.english.changes.parser import PerceptParser
from social_world_model.symbolic.english.loading import is_installed

pytestmark = pytest.mark.skipif(not is_installed(), reason="spaCy or its English model is not installed")

JAR = (
    "Petra runs a candle workshop in Graz. She wants to pour white candles for a wedding. "
    "Petra fills the tall jar with beeswax. A helper empties the jar and fills it with paraffin."
)
BEESWAX, PARAFFIN = "Petra believes the jar contains beeswax.", "Petra believes the jar contains paraffin."
BRIDGE = (
    "Tomas is a shepherd in the hills. Tomas wants to lead his flock over the bridge to the meadow. "
    "The bridge looks solid. {change}"
)
FLOOD = "However, a flood in the night washes away two planks, and the bridge becomes unsafe."
SOLID, UNSAFE = "Tomas believes the bridge is solid.", "Tomas believes the bridge is unsafe."


def _reply(story: str, options: Sequence[str], who: str, question: str = "What do they believe?") -> Reply:
    parser = PerceptParser()
    query = Query(question=question, question_kind="belief", choices=tuple(options), belief_chain=(who,))
    return parser.answer(query, parser.parse(story)[0])


def _observers_of(context: SocializedContext, words: str) -> frozenset[str]:
    return next(event.observers for event in events(context) if words in event.text)


@pytest.mark.parametrize(
    "percept",
    [
        "Petra sees the helper filling the jar.",
        "Petra looks up and notices it.",
        "She smells the paraffin.",
        "A neighbor tells Petra about the paraffin.",
        "Petra becomes aware of the change.",
        "Petra is watching the whole time.",
        "Petra realizes what has happened.",
    ],
)
def test_person_who_perceives_the_change_believes_the_new_state(percept: str) -> None:
    reply = _reply(f"{JAR} {percept}", [BEESWAX, PARAFFIN], "Petra")

    assert reply.response == PARAFFIN
    context, _ = PerceptParser().parse(f"{JAR} {percept}")
    assert _observers_of(context, "empties the jar") == {"Petra"}


@pytest.mark.parametrize(
    "percept",
    [
        "Petra does not see the helper filling the jar.",
        "Petra is unaware of this.",
        "She never notices the paraffin.",
        "Nobody tells Petra about it.",
        "Petra fails to notice the change.",
        "Petra has no idea that this has happened.",
        "Petra is in the cellar and hears nothing of it.",
        "Petra is asleep at the time.",
    ],
)
def test_person_who_misses_the_change_keeps_the_old_belief(percept: str) -> None:
    reply = _reply(f"{JAR} {percept}", [BEESWAX, PARAFFIN], "Petra")

    assert reply.response == BEESWAX
    context, _ = PerceptParser().parse(f"{JAR} {percept}")
    assert _observers_of(context, "empties the jar") == frozenset()


def test_perspective_of_a_person_who_misses_the_change_does_not_contain_it() -> None:
    context, _ = PerceptParser().parse(f"{JAR} Petra does not notice the helper.")

    assert not [issue for issue in validate(context) if issue.severity == "error"]
    assert "paraffin" in context.to_json()
    assert "paraffin" not in perspective(context, "Petra").to_json()


def test_answers_from_the_perspective_agree_with_answers_from_the_whole_context() -> None:
    parser = PerceptParser()
    query = Query(
        question="What is believed?", question_kind="belief", choices=(BEESWAX, PARAFFIN), belief_chain=("Petra",)
    )
    for percept in ("Petra does not notice the helper.", "Petra notices the helper."):
        context, _ = parser.parse(f"{JAR} {percept}")
        assert parser.answer(query, perspective(context, "Petra")).response == parser.answer(query, context).response


def test_question_about_reality_is_answered_with_the_new_state() -> None:
    parser = PerceptParser()
    query = Query(
        question="What is believed?",
        question_kind="reality",
        choices=("the jar has beeswax", "the jar has paraffin"),
    )

    reply = parser.answer(query, parser.parse(f"{JAR} Petra does not notice the helper.")[0])

    assert reply.response == "the jar has paraffin"


@pytest.mark.parametrize(
    ("percept", "action"),
    [
        ("Tomas sees the missing planks.", "Tomas will repair the bridge with new planks."),
        ("Tomas does not see the missing planks.", "Tomas will lead his flock over the bridge."),
    ],
)
def test_action_fits_what_the_person_perceives(percept: str, action: str) -> None:
    options = ["Tomas will lead his flock over the bridge.", "Tomas will repair the bridge with new planks."]

    reply = _reply(f"{BRIDGE.format(change=FLOOD)} {percept}", options, "Tomas", "What will Tomas do?")

    assert reply.response == action
    assert not reply.certain


@pytest.mark.parametrize(
    ("action", "belief"),
    [
        ("Tomas waits for the carpenter and looks for another way.", UNSAFE),
        ("Tomas leads his flock over the bridge.", SOLID),
    ],
)
def test_belief_is_inferred_from_the_action_and_is_uncertain(action: str, belief: str) -> None:
    reply = _reply(f"{BRIDGE.format(change=FLOOD)} {action}", [SOLID, UNSAFE], "Tomas")

    assert reply.response == belief
    assert not reply.certain
    assert "a guess from the next action" in reply.why


@pytest.mark.parametrize("percept", ["Tomas hears the music.", "Tomas does not hear the music."])
def test_unrelated_event_changes_no_belief(percept: str) -> None:
    story = f"{BRIDGE.format(change='In the valley, a band plays a march.')} {percept}"

    assert _reply(story, [UNSAFE, SOLID], "Tomas").response == SOLID


def test_change_while_the_person_is_away_is_missed() -> None:
    story = BRIDGE.format(change="While Tomas is away, a flood makes the bridge unsafe.")

    reply = _reply(story, [SOLID, UNSAFE], "Tomas")

    assert (reply.response, reply.certain) == (SOLID, True)
    assert "Tomas does not perceive the change in step 4 (stated in the story)" in reply.why


def test_stated_percept_with_clear_options_is_certain_and_names_the_event() -> None:
    options = ["Tomas believes the bridge is solid.", "Tomas believes a flood washed away two planks."]
    parser = PerceptParser()
    context, _ = parser.parse(f"{BRIDGE.format(change=FLOOD)} Tomas notices the flood.")

    reply = parser.answer(
        Query(question="What is believed?", question_kind="belief", choices=tuple(options), belief_chain=("Tomas",)),
        context,
    )

    assert (reply.response, reply.certain) == (options[1], True)
    assert reply.evidence == tuple(
        event.id for event in events(context) if "flood" in event.text and "However" in event.text
    )


def test_alternatives_of_a_question_are_options() -> None:
    parser = PerceptParser()
    query = Query(
        question="Does Petra believe that the jar contains beeswax or paraffin?",
        question_kind="belief",
        belief_chain=("Petra",),
    )

    reply = parser.answer(query, parser.parse(f"{JAR} Petra notices the paraffin.")[0])

    assert reply.response == "paraffin"


def test_letter_is_given_if_the_query_asks_for_letters() -> None:
    parser = PerceptParser()
    query = Query(
        question="What is believed?",
        question_kind="belief",
        choices=(BEESWAX, PARAFFIN),
        belief_chain=("Petra",),
        answer_form="letter",
    )

    assert parser.answer(query, parser.parse(f"{JAR} Petra notices the helper.")[0]).response == "B"


@settings(max_examples=20, deadline=None)
@given(
    name=st.sampled_from(["Ruben", "Ebba", "Chidi", "Noriko", "Ioana"]),
    is_seen=st.booleans(),
    is_reversed=st.booleans(),
)
def test_answer_depends_on_neither_names_nor_the_order_of_options(name: str, is_seen: bool, is_reversed: bool) -> None:
    percept = "Petra notices the helper." if is_seen else "Petra does not notice the helper."
    options = [BEESWAX, PARAFFIN][:: -1 if is_reversed else 1]

    reply = _reply(
        f"{JAR} {percept}".replace("Petra", name), [option.replace("Petra", name) for option in options], name
    )

    assert reply.response == (PARAFFIN if is_seen else BEESWAX).replace("Petra", name)


def test_trace_has_one_entry_per_sentence_with_its_place_and_its_events() -> None:
    story = f"{JAR}\nPetra notices the helper."

    context, trace = PerceptParser().parse(story, "Be careful.")

    assert [story[entry.start : entry.end] for entry in trace] == [entry.text for entry in trace]
    assert [entry.number for entry in trace] == [1, 2, 3, 4, 5]
    assert [id for entry in trace for id in entry.events] == [event.id for event in events(context)]
    assert "Be careful." in (context.context_manual or "")


def test_only_stories_with_a_person_and_a_change_are_recognised() -> None:
    parser = PerceptParser()

    assert parser.recognises(f"{JAR} Petra notices the helper.")
    assert not parser.recognises("The lake is calm. The sky is blue.")
    assert not parser.recognises("Petra is a potter. Petra is tall.")
    assert not parser.recognises("")


def test_no_text_is_recognised_without_spacy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsers, "is_installed", lambda: False)

    assert not PerceptParser().recognises(f"{JAR} Petra notices the helper.")


def test_only_own_contexts_are_recognised() -> None:
    parser = PerceptParser()

    assert parser.recognises_context(parser.parse(f"{JAR} Petra notices the helper.")[0])
    assert not parser.recognises_context(SocializedContext(agents_names=["Petra"], socialized_context=[]))


@pytest.mark.parametrize("story", ["The lake is calm. The sky is blue.", "Petra is a potter. Petra is tall."])
def test_story_without_person_or_change_is_refused(story: str) -> None:
    with pytest.raises(NarrativeError, match="expected a story with a person and an event that changes something"):
        PerceptParser().parse(story)


def test_question_without_options_is_refused() -> None:
    parser = PerceptParser()
    query = Query(question="What does Petra like?", question_kind="belief", belief_chain=("Petra",))

    with pytest.raises(NarrativeError, match="expected a question such as"):
        parser.answer(query, parser.parse(f"{JAR} Petra notices the helper.")[0])


def test_question_about_a_stranger_is_refused() -> None:
    with pytest.raises(NarrativeError, match="expected people of the story"):
        _reply(f"{JAR} Petra notices the helper.", [BEESWAX, PARAFFIN], "Otto")


def test_context_without_a_change_is_refused() -> None:
    context = SocializedContext(agents_names=["Petra"], socialized_context=[])
    query = Query(
        question="What is believed?", question_kind="belief", choices=(BEESWAX, PARAFFIN), belief_chain=("Petra",)
    )

    with pytest.raises(ConfigurationError, match="does not name the step of the change"):
        PerceptParser().answer(query, context)


@pytest.mark.parametrize(
    ("percept", "knows"), [("Petra notices the helper.", "yes"), ("Petra does not notice the helper.", "no")]
)
@pytest.mark.parametrize("choices", [(), ("yes", "no"), ("Yes", "No")])
@pytest.mark.parametrize("question", ["Does Petra know about the swap?", "Is Petra aware of the change?"])
def test_question_about_knowledge_is_answered_with_yes_or_no(
    question: str, percept: str, knows: str, choices: tuple[str, ...]
) -> None:
    parser = PerceptParser()
    query = Query(question=question, question_kind="reality", choices=choices)

    reply = parser.answer(query, parser.parse(f"{JAR} {percept}")[0])

    assert reply.response.lower() == knows
    assert reply.response in (choices or (knows,))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Does Petra believe that the jar contains paraffin?", "no"),
        ("Does Petra think the jar contains beeswax?", "yes"),
    ],
)
def test_statement_is_compared_with_what_the_person_perceives(question: str, answer: str) -> None:
    parser = PerceptParser()
    context, _ = parser.parse(f"{JAR} Petra does not notice the helper.")

    assert parser.answer(Query(question=question, question_kind="reality"), context).response == answer


def test_percept_of_something_else_does_not_reveal_the_change() -> None:
    assert _reply(f"{JAR} Petra sees a cat in the garden.", [PARAFFIN, BEESWAX], "Petra").response == BEESWAX


@pytest.mark.parametrize("question", ["Why is Petra sad?", "Where does Petra think the jar is?", "Who is tall?"])
def test_unknown_form_of_a_question_is_refused(question: str) -> None:
    parser = PerceptParser()
    context, _ = parser.parse(f"{JAR} Petra notices the helper.")

    with pytest.raises(NarrativeError, match="expected a question such as"):
        parser.answer(Query(question=question, question_kind="reality"), context)


@pytest.mark.parametrize(
    ("action", "belief"),
    [
        ("Tomas begins watching the sky and leads his flock over the bridge.", SOLID),
        ("Tomas replaces the planks before he leads his flock to the meadow.", UNSAFE),
    ],
)
def test_perception_that_only_begins_says_nothing_about_the_change(action: str, belief: str) -> None:
    reply = _reply(f"{BRIDGE.format(change=FLOOD)} {action}", [SOLID, UNSAFE], "Tomas")

    assert (reply.response, reply.certain) == (belief, False)


def test_story_that_says_nothing_about_a_person_after_the_change_is_not_recognised() -> None:
    assert not PerceptParser().recognises("Petra is a potter. Petra is tall. A cat knocks over the tall vase.")


def test_story_with_one_named_person_is_about_a_change_although_something_is_put_somewhere() -> None:
    story = (
        "Ivo is a printer in Lodz. He wants to print posters with red ink. Ivo takes a can of red ink from the shelf. "
        "While he is on the telephone, an apprentice puts blue ink into the can. Ivo prints the posters."
    )
    options = ("Ivo believes the can contains red ink.", "Ivo believes the can contains blue ink.")
    context, _ = parse_narrative(story)

    assert PerceptParser().recognises_context(context)
    query = Query(question="What is believed?", question_kind="belief", choices=options, belief_chain=("Ivo",))
    assert PerceptParser().answer(query, context).response == options[0]


def test_sentence_that_is_too_long_is_refused() -> None:
    with pytest.raises(NarrativeError, match="expected sentences of at most 2,000 characters, got one of"):
        PerceptParser().parse(f"{JAR} Petra sees {'very ' * 500}much.")
