"""Where beliefs change and who learns what, step by step."""

from __future__ import annotations

from functools import cache
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.errors import ContextError
from social_world_model.s3ap import SocializedContext, events, perspective
from social_world_model.s3ap.views import known_from
from social_world_model.symbolic import belief_track, knowledge_track, parse_narrative
from social_world_model.symbolic.conversation.hearing import Hearing, hearing
from social_world_model.symbolic.conversation.knowledge import knows_answer, learned_with
from social_world_model.symbolic.generators import GENERATORS
from social_world_model.symbolic.story.beliefs import belief, belief_changes, read_events, things_told, trust_nobody
from tests.s3ap.builders import context as given_context
from tests.s3ap.builders import step
from tests.strategies import contexts, law
from tests.symbolic.conversation.test_knowledge import DOORS

SALLY_ANNE = (
    "Anne entered the playroom. Sally entered the playroom. The ball is in the basket. Sally exited the playroom. "
    "Anne moved the ball to the box. Sally entered the playroom."
)
TOLD = (
    "Ann entered the den. Bo entered the den. The pea is in the jar. Bo exited the den. Ann moved the pea to the bag. "
    "Ann exited the den. Ann entered the hall. Bo entered the hall. "
    "Ann privately told Bo that the pea is in the box now."
)
LAST = "<same_as_last_action />"


def track(story: str, chain: list[str], thing: str) -> list[tuple[int, str, str, str]]:
    changes = belief_track(parse_narrative(story)[0], chain, thing)
    return [(one.position, one.place, one.event, one.how) for one in changes]


def value_at(changes: list[tuple[int, str]], position: int) -> str | None:
    """Return the place of the last change up to a position."""
    return next((place for start, place in reversed(changes) if start <= position), None)


# --- beliefs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chain", "last"),
    [
        ([], (4, "box", "4.1", "seen")),
        (["Anne"], (4, "box", "4.1", "seen")),
        (["Sally"], (5, "box", "6.1", "seen")),
        (["Anne", "Sally"], (5, "box", "6.1", "seen")),
        (["Sally", "Anne"], (5, "box", "6.1", "seen")),
    ],
)
def test_sally_learns_of_the_box_when_she_is_back(chain: list[str], last: tuple[int, str, str, str]) -> None:
    assert track(SALLY_ANNE, chain, "ball") == [(2, "basket", "3.1", "seen"), last]


def test_a_report_changes_the_belief_of_its_hearer_and_is_not_seen() -> None:
    jar = (2, "jar", "3.1", "seen")
    assert track(TOLD, [], "pea") == track(TOLD, ["Ann"], "pea") == [jar, (4, "bag", "4.1", "seen")]
    assert track(TOLD, ["Bo"], "pea") == track(TOLD, ["Ann", "Bo"], "pea") == [jar, (8, "box", "8.1", "told")]


def test_the_trust_policy_is_the_callers() -> None:
    context, _ = parse_narrative(TOLD)
    assert [one.place for one in belief_track(context, "Bo", "pea", trust=trust_nobody)] == ["jar"]


def test_overt_observers_decide_what_others_are_believed_to_know() -> None:
    context, _ = parse_narrative(SALLY_ANNE)
    secret = belief_track(context, ["Anne", "Sally"], "ball", overt_observers={"6.1": ["Anne"]})
    assert [one.place for one in secret] == ["basket"]


def test_an_action_in_the_last_step_counts_after_the_last_step() -> None:
    last = given_context(
        ["Ann"], step("The key is in the box.", {"Ann": "<same_as_state />"}, {"Ann": "moved the key to the bag"})
    )
    assert [(one.position, one.place) for one in belief_track(last, "Ann", "key")] == [(0, "box"), (1, "bag")]


def test_an_older_event_that_becomes_known_later_changes_nothing() -> None:
    late = given_context(
        ["Ann", "Bo"],
        step("none", {}, {"Bo": "moved the key to the box"}),
        step("The key is in the bag.", {"Ann": "<same_as_state />"}),
        step("none", {"Ann": LAST}),
    )
    assert [(one.position, one.place) for one in belief_track(late, "Ann", "key")] == [(1, "bag")]


def test_an_event_that_becomes_known_late_changes_a_belief_only_then() -> None:
    late = given_context(
        ["Ann", "Bo"],
        step("The key is in the jar.", {"Ann": "<same_as_state />"}, {"Bo": "moved the key to the box"}),
        step("none", {}),
        step("none", {"Ann": LAST}),
    )
    assert [(one.position, one.place) for one in belief_track(late, "Ann", "key")] == [(0, "jar"), (2, "box")]
    assert [(one.position, one.place) for one in belief_track(late, [], "key")] == [(0, "jar"), (1, "box")]


def test_whoever_never_learns_a_place_has_no_change() -> None:
    context, _ = parse_narrative("Al entered the den. The key is in the box. Al exited the den. Bo entered the hall.")
    assert belief_track(context, "Bo", "key") == []


def test_the_name_of_a_thing_may_be_written_in_another_way() -> None:
    context, _ = parse_narrative("Al entered the den. The red key is in the box.")
    assert belief_track(context, "Al", "Red_key") == belief_track(context, "Al", "red key") != []


def test_other_wordings_unknown_things_and_strangers_are_errors_that_say_what_to_do() -> None:
    story, _ = parse_narrative(TOLD)
    talk, _ = parse_narrative("Ann: Hi Bo.\nBo: So.")
    with pytest.raises(ContextError, match=r"wording of the story parser.*make the context with parse_narrative"):
        belief_track(talk, [], "pea")
    with pytest.raises(ContextError, match=r"an object of the story \(pea\), got 'pie'; did you mean pea\?"):
        belief_track(story, [], "pie")
    with pytest.raises(ContextError, match=r"agents of the context \(Ann, Bo\), got 'Bob'"):
        belief_track(story, ["Ann", "Bob"], "pea")


@cache
def generated(kind: str) -> list[SocializedContext]:
    return [story.context for story in GENERATORS[kind](30, 3)]


stories = st.sampled_from(sorted(GENERATORS)).flatmap(lambda kind: st.sampled_from(generated(kind)))


@law
@given(stories, st.data())
def test_the_track_at_a_step_is_the_belief_from_the_events_up_to_this_step(
    context: SocializedContext, data: st.DataObject
) -> None:
    readings = read_events(events(context))
    chain = data.draw(st.lists(st.sampled_from(context.agents_names), max_size=3))
    thing = data.draw(st.sampled_from(sorted(things_told(readings))))
    changes = [(one.position, one.place) for one in belief_changes(readings, chain, thing)]
    for position in range(len(context.socialized_context) + 1):
        known = [one for one in readings if known_from(one.event) <= position]
        assert value_at(changes, position) == belief(known, chain, thing)


@law
@given(stories, st.data())
def test_changes_are_in_order_and_change_something_and_their_events_are_in_view(
    context: SocializedContext, data: st.DataObject
) -> None:
    chain = data.draw(st.lists(st.sampled_from(context.agents_names), min_size=1, max_size=3))
    thing = data.draw(st.sampled_from(sorted(things_told(read_events(events(context))))))
    changes = belief_track(context, chain, thing)
    seen = {event.id for event in context.events() if chain[0] in event.percepts}
    assert all(0 <= one.position <= len(context.socialized_context) and one.event in seen for one in changes)
    assert all(a.position < b.position and a.place != b.place for a, b in pairwise(changes))


# --- knowledge -----------------------------------------------------------------------------------------------------


def learned(text: str, fact: str) -> list[tuple[int, str, str, str]]:
    return [(one.position, one.agent, one.event, one.how) for one in knowledge_track(parse_narrative(text)[0], fact)]


@pytest.mark.parametrize("fact", ["And they spit.", "ann: and they spit", 'Ann says: "And they spit."'])
def test_whoever_hears_an_utterance_knows_it_from_the_next_step_on(fact: str) -> None:
    assert learned(DOORS, fact) == [
        (9, "Ann", "9.0", "said"),
        (9, "Bo", "9.0", "heard"),
        (9, "Cy", "9.0", "heard"),
    ]


def test_whoever_is_elsewhere_does_not_learn_an_utterance() -> None:
    assert learned(DOORS, "Please do.") == [(2, "Ann", "2.0", "heard"), (2, "Bo", "2.0", "said")]


def test_an_utterance_that_is_said_again_is_learned_at_the_first_time() -> None:
    text = "Ann: The code is nine.\nBo: Fine.\n(Cy joins)\nBo: The code is nine."
    assert learned(text, "The code is nine.") == [
        (1, "Ann", "1.1", "said"),
        (1, "Bo", "1.1", "heard"),
        (4, "Cy", "4.0", "heard"),
    ]


def test_a_fact_in_other_words_is_learned_with_the_utterance_that_completes_it_and_this_is_uncertain() -> None:
    context, _ = parse_narrative(DOORS)
    colour = knowledge_track(context, "Which colour did Ann paint the kitchen door?")
    assert [(one.position, one.agent, one.event, one.uncertain) for one in colour] == [
        (3, "Ann", "3.0", True),
        (3, "Bo", "3.0", True),
    ]
    assert not any(one.uncertain for one in knowledge_track(context, "Please do."))


def test_what_is_told_again_to_somebody_who_comes_is_learned_with_that_line() -> None:
    told = DOORS.replace("Not at all, Cy.", "Not at all, Cy. We were discussing my crimson kitchen door and its paint.")
    changes = learned(told, "Which colour has the kitchen door in crimson paint?")
    assert changes[-1] == (6, "Cy", "6.0", "inferred")


def test_a_fact_of_which_nobody_said_a_word_is_learned_by_nobody() -> None:
    assert learned(DOORS, "Who is Eve?") == learned(DOORS, "") == []


def test_a_story_has_knowledge_too() -> None:
    assert [one[1] for one in learned(TOLD, "Ann moved the pea to the bag.")] == ["Ann"]


SENTENCES = [
    "My cat has a cold.",
    "The vet gave the cat a pill.",
    "I sold the red car.",
    "Who drives a red car now?",
    "Mind if I join?",
    "I have to go, bye!",
    "Sorry, I am back. What did I miss?",
    "We were discussing the cat and the vet and the pill.",
]
FACTS = [
    "What did the vet give the cat?",
    "Who sold the red car?",
    "What was said before Cy joined about the cat?",
    "Why?",
]
talks = st.lists(
    st.tuples(st.sampled_from(["Ann", "Bo", "Cy"]), st.sampled_from(SENTENCES)), min_size=2, max_size=12
).map(lambda lines: "\n".join(f"{name}: {text}" for name, text in lines))


def heard_by_somebody(text: str, viewer: str) -> Hearing:
    context, _ = parse_narrative(text)
    return hearing(perspective(context, viewer) if viewer in context.agents_names else context)


@law
@given(talks, st.sampled_from(["", "Ann", "Bo", "Cy"]), st.sampled_from(FACTS))
def test_whoever_has_learned_an_answer_knows_it_ever_after_and_not_before(text: str, viewer: str, fact: str) -> None:
    heard = heard_by_somebody(text, viewer)
    for name in heard.cast:
        place = learned_with(heard, fact, name)
        for until in range(len(heard.said) + 1):
            assert knows_answer(heard, fact, name, until) == (place is not None and place < until)
        assert knows_answer(heard, fact, name) == (place is not None)


@law
@given(talks, st.sampled_from(FACTS))
def test_the_track_ends_with_those_who_know_the_answer(text: str, fact: str) -> None:
    context, _ = parse_narrative(text)
    heard = hearing(context)
    changes = knowledge_track(context, fact)
    if heard.index.weight_of(heard.query(fact), heard.places(fact)):
        assert {one.agent for one in changes} == {name for name in heard.cast if knows_answer(heard, fact, name)}
    else:
        assert changes == []


@law
@given(st.one_of(contexts(), talks.map(lambda text: parse_narrative(text)[0])), st.data())
def test_the_track_of_an_event_holds_its_observers_each_once_and_in_order(
    context: SocializedContext, data: st.DataObject
) -> None:
    said = hearing(context).said
    if not said:
        return
    one = data.draw(st.sampled_from(said))
    changes = knowledge_track(context, one.event.text)
    places = [(change.position, context.agents_names.index(change.agent)) for change in changes]
    assert {change.agent for change in changes} >= one.heard_by
    assert len({change.agent for change in changes}) == len(changes)
    assert places == sorted(places)
    assert all(0 <= position <= len(context.socialized_context) for position, _ in places)
    assert not any(change.uncertain for change in changes)


def test_all_chains_have_a_track() -> None:
    context, _ = parse_narrative(TOLD)
    for chain in product(context.agents_names, repeat=3):
        assert belief_track(context, chain, "pea")[0].place == "jar"
