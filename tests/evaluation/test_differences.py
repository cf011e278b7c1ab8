from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.errors import ContextError
from social_world_model.evaluation import Diff, diff
from social_world_model.s3ap import Event, SocializedContext, events
from social_world_model.symbolic import parse_narrative
from tests.s3ap.builders import context, step
from tests.strategies import contexts, law, word_for_word_contexts

STATE, LAST = "<same_as_state />", "<same_as_last_action />"
HIDING = context(
    ["Ann", "Bo"],
    step("The key is in the box.", {"Ann": STATE, "Bo": STATE}, {"Ann": "moves the key to the bag"}),
    step("none", {"Bo": LAST}),
)
UNSEEN = context(
    ["Ann", "Bo"],
    step("The key is in the box.", {"Ann": STATE, "Bo": STATE}, {"Ann": "moves the key to the bag"}),
    step("none", {"Bo": "none"}),
)


def texts(some: tuple[Event, ...]) -> list[str]:
    return [event.text for event in some]


def ids(found: Diff) -> list[tuple[str, str]]:
    return [(a.id, b.id) for a, b in found.pairs]


def test_whoever_does_not_perceive_an_event_any_more_has_lost_it() -> None:
    found = diff(HIDING, UNSEEN)

    assert ids(found) == [("1.0", "1.0"), ("1.1", "1.1")]
    assert (found.only_a, found.only_b, found.has_differences) == ((), (), True)
    assert [(one.a.id, one.b.id, one.gained, one.lost) for one in found.perceivers] == [("1.1", "1.1", (), ("Bo",))]


def test_whoever_newly_perceives_an_event_has_gained_it() -> None:
    assert [(one.a.id, one.gained, one.lost) for one in diff(UNSEEN, HIDING).perceivers] == [("1.1", ("Bo",), ())]


def test_an_event_of_one_context_is_listed_for_this_context() -> None:
    start = "Ann entered the den. Bo entered the den. The key is in the box."
    short, long = (
        parse_narrative(text)[0]
        for text in (f"{start} Bo exited the den.", f"{start} Ann moved the key to the bag. Bo exited the den.")
    )

    found = diff(short, long)

    assert texts(found.only_a) == []
    assert texts(found.only_b) == ["Ann moved the key to the bag", "The key is in the bag."]
    assert [(a.text, a.timestep, b.timestep) for a, b in found.pairs if a.timestep != b.timestep] == [
        ("Bo exited the den", "3", "4"),
        ("Ann is in the den.", "4", "5"),
    ]
    assert found.perceivers == ()


def test_a_thought_of_one_context_is_listed_for_this_context() -> None:
    thinks = HIDING.model_copy(
        update={
            "socialized_context": [
                HIDING.socialized_context[0].model_copy(
                    update={"observations": {"Ann": f"{STATE} <mental_state>wants the key</mental_state>", "Bo": STATE}}
                ),
                HIDING.socialized_context[1],
            ]
        }
    )

    found = diff(HIDING, thinks)

    assert [(event.kind, event.actor, event.text) for event in found.only_b] == [("mental", "Ann", "wants the key")]
    assert (found.only_a, found.perceivers) == ((), ())


def test_other_words_other_steps_and_other_forms_of_names_are_no_difference() -> None:
    other = context(
        ["Ann Lee", "Bo"],
        step("The key is in the box.", {"Ann Lee": STATE, "Bo": STATE}),
        step("none", {}, {"Ann Lee": "puts the key into the bag"}),
        step("none", {"Bo": LAST}),
    )

    found = diff(HIDING, other)

    assert ids(found) == [("1.0", "1.0"), ("1.1", "2.0")]
    assert not found.has_differences


def test_gained_and_lost_are_the_names_of_the_own_context() -> None:
    one = context(["Ann", "Bo"], step("It rains.", {"Ann": STATE}))
    other = context(["Dr. Bo", "Ann"], step("It rains.", {"Dr. Bo": STATE}))

    (change,) = diff(one, other).perceivers

    assert (change.gained, change.lost) == (("Dr. Bo",), ("Ann",))


def test_a_sentence_that_repeats_an_action_is_no_event_of_its_own() -> None:
    again = context(
        ["Ann", "Bo"],
        step("The key is in the box.", {"Ann": STATE, "Bo": STATE}, {"Ann": "moves the key to the bag"}),
        step("none", {}, {"Ann": "waves"}),
        step("none", {"Bo": "Ann moves the key to the bag."}),
    )

    found = diff(HIDING, again)

    assert texts(found.only_b) == ["Ann waves"]
    assert found.perceivers == ()


def test_an_observer_who_is_not_in_the_cast_is_an_error() -> None:
    strange = context(["Ann"], step("It rains.", {"Zed": STATE}))
    with pytest.raises(ContextError, match=r"observers who are agents of the context \(Ann\), got 'Zed'"):
        diff(strange, HIDING)


@st.composite
def related(draw: st.DrawFn) -> tuple[SocializedContext, SocializedContext]:
    """Two contexts: the second is the first with other observations in one step, or another context."""
    one = draw(st.one_of(word_for_word_contexts(), contexts()))
    if not one.socialized_context or draw(st.booleans()):
        return one, draw(st.one_of(word_for_word_contexts(), contexts()))
    steps = list(one.socialized_context)
    place = draw(st.integers(0, len(steps) - 1))
    seen = {name: draw(st.sampled_from([text, "none", STATE])) for name, text in steps[place].observations.items()}
    steps[place] = steps[place].model_copy(update={"observations": seen})
    return one, one.model_copy(update={"socialized_context": steps})


@law
@given(st.one_of(word_for_word_contexts(), contexts()))
def test_a_context_has_no_differences_from_itself(one: SocializedContext) -> None:
    found = diff(one, one)
    assert not found.has_differences
    assert all(a == b for a, b in found.pairs)


@law
@given(related())
def test_the_diff_in_the_other_direction_is_its_mirror(pair: tuple[SocializedContext, SocializedContext]) -> None:
    one, other = pair
    found = diff(one, other)
    assert diff(other, one) == found.mirrored()
    assert found.mirrored().mirrored() == found


@law
@given(related())
def test_an_event_is_in_one_pair_or_only_in_its_context(pair: tuple[SocializedContext, SocializedContext]) -> None:
    found = diff(*pair)
    sides = (
        (pair[0], [a for a, _ in found.pairs], found.only_a),
        (pair[1], [b for _, b in found.pairs], found.only_b),
    )
    for given_context, paired, only in sides:
        listed = [event.id for event in (*paired, *only)]
        made = events(given_context)
        assert len(listed) == len(set(listed))
        assert set(listed) <= {event.id for event in made}
        assert set(listed) >= {event.id for event in made if event.kind in ("act", "utterance", "mental")}
    assert [a.id for a, _ in found.pairs] == [e.id for e in events(pair[0]) if e.id in {a.id for a, _ in found.pairs}]


@law
@given(related())
def test_a_change_of_perceivers_names_agents_of_the_contexts_and_belongs_to_a_pair(
    pair: tuple[SocializedContext, SocializedContext],
) -> None:
    for change in diff(*pair).perceivers:
        assert change.gained or change.lost
        assert set(change.gained) <= set(pair[1].agents_names)
        assert set(change.lost) <= set(pair[0].agents_names)
        assert (change.a, change.b) in diff(*pair).pairs
