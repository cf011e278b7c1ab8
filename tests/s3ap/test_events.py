from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given

from social_world_model.errors import ContextError
from social_world_model.s3ap import Event, SocializedContext, encode, events
from tests.s3ap.builders import context, step
from tests.strategies import contexts, law

STATE = "<same_as_state />"
LAST = "<same_as_last_action />"


def seen(given_context: SocializedContext) -> list[tuple[str, list[str]]]:
    """Return every event's text with who perceived it."""
    return [(event.text, sorted(event.observers)) for event in events(given_context)]


def by_text(given_context: SocializedContext) -> dict[str, Event]:
    return {event.text: event for event in events(given_context)}


@law
@given(contexts())
def test_ids_are_unique_and_begin_with_their_timestep(given_context: SocializedContext) -> None:
    found = events(given_context)

    assert len({event.id for event in found}) == len(found)
    assert all(event.id.startswith(f"{event.timestep}.") for event in found)
    assert [event.position for event in found] == sorted(event.position for event in found)


@law
@given(contexts())
def test_encoding_takes_no_word_that_was_perceived_from_anybody(given_context: SocializedContext) -> None:
    """Words, not sentences: a part of an unclosed sentence that is a whole state becomes a tag, and its own percept."""
    before, after = events(given_context), events(encode(given_context))

    def perceived(by: str, among: list[Event]) -> set[str]:
        texts = [event.percepts[by].text for event in among if by in event.percepts]
        return {word for text in texts for word in re.findall(r"\w+", text)}

    for name in given_context.agents_names:
        assert perceived(name, before) <= perceived(name, after)


def test_a_state_that_tells_the_last_act_in_its_words_is_that_act() -> None:
    given_context = context(
        ["Ann", "Bob"],
        step("none", {}, {"Ann": "waves"}),
        step("Ann waves. It is dark.", {"Ann": "none", "Bob": STATE}),
    )

    assert seen(given_context) == [("Ann waves", ["Ann", "Bob"]), ("It is dark.", ["Bob"])]


@law
@given(contexts())
def test_only_the_cast_perceives_and_every_actor_perceives_its_own_act(given_context: SocializedContext) -> None:
    for event in events(given_context):
        assert event.observers <= set(given_context.agents_names)
        assert event.actor is None or event.actor in event.observers
        assert event.overt_observers == event.observers


@law
@given(contexts())
def test_a_thought_is_perceived_by_its_agent_alone(given_context: SocializedContext) -> None:
    for event in events(given_context):
        if event.kind == "mental":
            assert event.observers == {event.actor}


def test_a_state_is_broken_into_facts_and_each_is_perceived_by_whom_it_is_told_to() -> None:
    given_context = context(
        ["Ann", "Bob"], step("The cup is red. The lamp is on.", {"Ann": STATE, "Bob": "The lamp is on."})
    )

    assert seen(given_context) == [("The cup is red.", ["Ann"]), ("The lamp is on.", ["Ann", "Bob"])]


def test_within_a_step_come_facts_then_percepts_then_thoughts_then_acts() -> None:
    given_context = context(
        ["Ann"],
        step("The cup is red.", {"Ann": "Smells smoke."}, {"Ann": "coughs <mental_state>phew</mental_state>"}),
    )

    assert [(event.id, event.kind) for event in events(given_context)] == [
        ("1.0", "fact"),
        ("1.1", "percept"),
        ("1.2", "mental"),
        ("1.3", "act"),
    ]


def test_an_act_is_perceived_by_its_actor_at_once_and_by_others_a_step_later() -> None:
    given_context = context(["Ann", "Bob"], step("none", {}, {"Ann": "waves"}), step(LAST, {"Bob": STATE}))

    act = by_text(given_context)["Ann waves"]

    assert {name: percept.position for name, percept in act.percepts.items()} == {"Ann": 0, "Bob": 1}


def test_a_state_that_refers_to_acts_makes_no_new_events() -> None:
    given_context = context(
        ["Ann", "Bob"], step("none", {}, {"Ann": "waves"}), step(LAST, {"Bob": STATE, "Ann": STATE})
    )

    assert seen(given_context) == [("Ann waves", ["Ann", "Bob"])]


def test_acts_of_one_step_in_different_places_are_perceived_apart() -> None:
    given_context = context(
        ["Ann", "Bob", "Cy"],
        step("none", {}, {"Ann": "waves", "Bob": "coughs"}),
        step("none", {"Cy": "<same_as_last_action_1 />"}),
    )

    assert seen(given_context) == [("Ann waves", ["Ann"]), ("Bob coughs", ["Bob", "Cy"])]


def test_a_next_state_observed_is_perceived_before_it_is_told() -> None:
    given_context = context(["Ann"], step("none", {"Ann": "<same_as_next_state />"}), step("It rains."))

    (fact,) = events(given_context)

    assert (fact.position, fact.percepts["Ann"].position) == (1, 0)


def test_what_is_unknown_is_perceived_by_nobody() -> None:
    assert seen(context(["Ann"], step("It rains.", {"Ann": "<unknown />"}))) == [("It rains.", [])]


def test_free_text_is_aligned_with_the_act_it_tells_of() -> None:
    given_context = context(
        ["Ann", "Bob"],
        step("none", {}, {"Ann": "moves the ball to the box"}),
        step("none", {"Bob": "Sees Ann move the ball."}),
    )

    act = by_text(given_context)["Ann moves the ball to the box"]

    assert act.percepts["Bob"].text == "Sees Ann move the ball."


def test_an_act_told_in_several_sentences_is_one_event_with_all_that_was_told() -> None:
    given_context = context(
        ["Ann", "Bob"],
        step("none", {}, {"Ann": "enters the kitchen and puts the cup on the table"}),
        step("none", {"Bob": "Ann enters the kitchen. Ann puts the cup on the table."}),
    )

    (act,) = events(given_context)

    assert act.percepts["Bob"].text == "Ann enters the kitchen. Ann puts the cup on the table."


def test_a_part_told_before_the_whole_is_not_told_twice() -> None:
    given_context = context(
        ["Ann", "Bob"],
        step("none", {}, {"Ann": "enters the kitchen and puts the cup on the table"}),
        step("none", {"Bob": f"Ann enters the kitchen. {LAST}"}),
    )

    (act,) = events(given_context)

    assert act.percepts["Bob"].text == "Ann enters the kitchen and puts the cup on the table"


def test_the_very_words_of_an_event_count_before_words_that_are_alike() -> None:
    given_context = context(["Ann"], step("He sees the cup. She hears the cup.", {"Ann": "She hears the cup."}))

    assert seen(given_context) == [("He sees the cup.", []), ("She hears the cup.", ["Ann"])]


def test_free_text_that_fits_nothing_is_an_event_of_its_own_shared_by_those_told_the_same() -> None:
    given_context = context(
        ["Ann", "Bob", "Cy"], step("It rains.", {"Ann": "A dog barks.", "Bob": "A dog barks.", "Cy": "A cat purrs."})
    )

    assert seen(given_context) == [("It rains.", []), ("A dog barks.", ["Ann", "Bob"]), ("A cat purrs.", ["Cy"])]


def test_what_ann_did_is_not_credited_to_anna_or_to_ann_the_elder() -> None:
    cast = ["Ann", "Anna", "Ann: the elder", "Bob"]
    given_context = context(
        cast,
        step("none", {}, {"Anna": "opens the red door", "Ann: the elder": "opens the red door"}),
        step("none", {"Bob": "Ann opens the red door."}),
    )

    assert seen(given_context) == [
        ("Anna opens the red door", ["Anna"]),
        ("Ann: the elder opens the red door", ["Ann: the elder"]),
        ("Ann opens the red door.", ["Bob"]),
    ]


def test_an_act_is_not_told_to_an_absent_agent_by_the_steps_that_follow() -> None:
    given_context = context(
        ["Ann", "Bob", "Cy"],
        step("none", {}, {"Ann": "hides the key"}),
        step(LAST, {"Bob": STATE}, {"Bob": "nods"}),
        step(LAST, {"Ann": STATE, "Cy": "none"}),
        step("It rains.", {"Ann": STATE, "Bob": STATE, "Cy": STATE}),
    )

    assert seen(given_context) == [
        ("Ann hides the key", ["Ann", "Bob"]),
        ("Bob nods", ["Ann", "Bob"]),
        ("It rains.", ["Ann", "Bob", "Cy"]),
    ]


@pytest.mark.parametrize(
    "words", ["says: hello", "Ann says hello", "asks whether it rains", '"Hello!"', "privately tells Bob that it rains"]
)
def test_an_act_of_speaking_is_an_utterance(words: str) -> None:
    assert [event.kind for event in events(context(["Ann", "Bob"], step("none", {}, {"Ann": words})))] == ["utterance"]


@pytest.mark.parametrize("words", ["waves", "moves the ball", "leaves without saying a word"])
def test_any_other_act_is_an_act(words: str) -> None:
    assert [event.kind for event in events(context(["Ann"], step("none", {}, {"Ann": words})))] == ["act"]


def test_who_was_openly_there_is_taken_from_the_maker_of_the_context() -> None:
    given_context = context(["Ann", "Bob"], step("none", {}, {"Bob": "hides the key"}), step("none", {"Ann": LAST}))

    (act,) = events(given_context, {"1.0": ["Bob"]})

    assert (set(act.observers), set(act.overt_observers)) == ({"Ann", "Bob"}, {"Bob"})


def test_overt_observers_for_an_event_that_is_not_there_is_a_context_error_that_names_the_ids() -> None:
    with pytest.raises(ContextError, match=r"`overt_observers` \(1\.0\), got '1\.7'"):
        events(context(["Ann"], step("It rains.")), {"1.7": ["Ann"]})


def test_a_context_without_steps_has_no_events() -> None:
    assert events(context(["Ann"])) == []


def test_older_names_are_accepted_with_a_warning() -> None:
    given_context = context(["Ann", "Bob"], step("none", {}, {"Bob": "hides the key"}), step("none", {"Ann": LAST}))
    old: Any = events
    with pytest.warns(DeprecationWarning, match=r"apparent= of events\(\) is deprecated: use overt_observers="):
        (act,) = old(given_context, apparent={"1.0": ["Bob"]})

    with pytest.warns(DeprecationWarning, match=r"Event\.observers"):
        assert act.sees == act.observers == {"Ann", "Bob"}
    with pytest.warns(DeprecationWarning, match=r"Event\.overt_observers"):
        assert act.apparent == act.overt_observers == {"Bob"}
    with pytest.raises(TypeError, match="both overt_observers= and its deprecated name apparent="):
        old(given_context, overt_observers={}, apparent={})


def test_a_next_state_is_the_one_after_and_no_other() -> None:
    given_context = context(
        ["Ann"], step("It rains.", {"Ann": "<same_as_next_state />"}), step("It snows."), step("It hails.")
    )

    assert seen(given_context) == [("It rains.", []), ("It snows.", ["Ann"]), ("It hails.", [])]


MOVE = step("none", {}, {"Ann": "moves the ball to the box"})


@pytest.mark.parametrize(
    ("observations", "words"),
    [
        (
            ["Sees Ann move the ball. She moves the ball to a box."],
            "Sees Ann move the ball. She moves the ball to a box.",
        ),
        (["Sees Ann move the ball. Sees Ann move the ball."], "Sees Ann move the ball."),
        ([f"{LAST} Sees Ann move the ball."], "Ann moves the ball to the box"),
        ([f"Sees Ann move the ball. {LAST}"], "Ann moves the ball to the box"),
        (["Sees Ann move the ball.", "Ann moves the box."], "Sees Ann move the ball."),
    ],
)
def test_an_event_told_again_keeps_its_first_words_or_gets_what_the_same_observation_adds(
    observations: list[str], words: str
) -> None:
    given_context = context(["Ann", "Bob"], MOVE, *(step("none", {"Bob": text}) for text in observations))

    act = by_text(given_context)["Ann moves the ball to the box"]

    assert (act.percepts["Bob"].position, act.percepts["Bob"].text) == (1, words)


@pytest.mark.parametrize(
    ("action", "kind"),
    [("waves", "act"), ("says: hi", "utterance"), ("Ann says hi", "utterance"), ('"Hi!"', "utterance"),
     ('Ann "Hi!"', "utterance"),
     ("does as Bob says", "act"), ("Ann waves and says hi", "act")],
)  # fmt: skip
def test_an_act_that_begins_with_speaking_is_an_utterance(action: str, kind: str) -> None:
    (act,) = events(context(["Ann"], step("none", {}, {"Ann": action}), step()))

    assert act.kind == kind
