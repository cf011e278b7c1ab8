from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from social_world_model.errors import ContextError
from social_world_model.s3ap import SocializedContext, decode, encode, events
from social_world_model.s3ap.decoding import Decoder, sentence
from tests.s3ap.builders import context, step
from tests.strategies import HOSTILE_NAMES, NARRATORS_SECRET, contexts, law, secret_of

Reading = Callable[[SocializedContext], object]
READINGS = [pytest.param(decode, id="decode"), pytest.param(encode, id="encode"), pytest.param(events, id="events")]


def observed(decoded: SocializedContext, position: int = -1) -> dict[str, str]:
    return decoded.socialized_context[position].observations


@law
@given(contexts())
def test_what_is_encoded_decodes_to_the_same_words(given_context: SocializedContext) -> None:
    assert decode(encode(given_context)) == decode(given_context)


@law
@given(contexts())
def test_decoding_twice_changes_nothing_more(given_context: SocializedContext) -> None:
    assert decode(decode(given_context)) == decode(given_context)


@law
@given(contexts())
def test_encoding_never_makes_a_decoded_context_longer(given_context: SocializedContext) -> None:
    decoded = decode(given_context)

    assert len(encode(decoded).to_json()) <= len(decoded.to_json())


@law
@given(contexts())
def test_no_tag_carries_a_thought_to_another_agent(given_context: SocializedContext) -> None:
    for decoded in decode(given_context).socialized_context:
        for number, name in enumerate(given_context.agents_names):
            others = {secret_of(n) for n in range(len(given_context.agents_names)) if n != number} | {NARRATORS_SECRET}
            text = decoded.observations[name] + decoded.actions[name]
            assert not [secret for secret in others if secret in text]


def test_same_as_state_is_the_decoded_state_of_the_step() -> None:
    given_context = context(
        ["Ann"],
        step("none", {}, {"Ann": "waves"}),
        step("<same_as_last_action /> It rains.", {"Ann": "<same_as_state />"}),
    )

    assert observed(decode(given_context)) == {"Ann": "Ann waves. It rains."}


def test_same_as_last_action_in_an_observation_is_decoded() -> None:
    given_context = context(
        ["Ann", "Bob"], step("none", {}, {"Ann": "waves"}), step("none", {"Bob": "<same_as_last_action/>"})
    )

    assert observed(decode(given_context)) == {"Ann": "none", "Bob": "Ann waves"}


def test_all_actors_of_a_step_are_remembered_in_cast_order() -> None:
    given_context = context(
        ["Ann", "Bob", "Cy"],
        step("none", {}, {"Cy": "coughs", "Ann": "waves"}),
        step("<same_as_last_action />", {"Bob": "<same_as_last_action_2 />", "Cy": "[SAME AS LAST ACTION 0]"}),
    )

    assert decode(given_context).socialized_context[1].state == "Ann waves. Cy coughs"
    assert observed(decode(given_context)) == {"Ann": "none", "Bob": "Cy coughs", "Cy": "Ann waves"}


def test_the_last_action_is_that_of_the_nearest_earlier_step_in_which_anyone_acted() -> None:
    given_context = context(
        ["Ann"], step("none", {}, {"Ann": "waves"}), step("It rains."), step("<same_as_last_action />")
    )

    assert decode(given_context).socialized_context[2].state == "Ann waves"


@pytest.mark.parametrize(
    "idle",
    [
        "none",
        "None.",
        "none <mental_state>so so</mental_state>",
        "none <mental_state>so so</mental_state> none",
        "<same_as_next_state />",
    ],
)
def test_a_step_with_thoughts_or_nothing_only_is_not_one_in_which_anyone_acted(idle: str) -> None:
    given_context = context(
        ["Ann"], step("none", {}, {"Ann": "waves"}), step("none", {}, {"Ann": idle}), step("none"),
        step("<same_as_last_action />"),
    )  # fmt: skip

    assert decode(given_context).socialized_context[3].state == "Ann waves"


def test_same_as_next_state_in_an_action_is_the_next_state() -> None:
    given_context = context(
        ["Ann", "Bob"],
        step("none", {}, {"Ann": "<same_as_next_state />"}),
        step("The ball is in the box.", {"Bob": "<same_as_last_action />"}),
    )

    assert decode(given_context).socialized_context[0].actions["Ann"] == "The ball is in the box."
    assert observed(decode(given_context))["Bob"] == "Ann The ball is in the box."


def test_same_as_next_state_in_an_observation_is_the_next_state() -> None:
    given_context = context(["Ann"], step("none", {"Ann": "<same_as_next_state />"}), step("It rains."))

    assert observed(decode(given_context), 0) == {"Ann": "It rains."}


def test_an_act_is_not_glued_in_front_of_later_observations() -> None:
    given_context = context(
        ["Ann", "Bob"],
        step("none", {}, {"Ann": "waves"}),
        step("none", {"Bob": "<same_as_last_action />"}),
        step("It rains.", {"Ann": "<same_as_state />"}),
        step("It snows.", {"Ann": "<same_as_state />", "Bob": "none"}),
    )

    assert [observed(decode(given_context), position) for position in (2, 3)] == [
        {"Ann": "It rains.", "Bob": "none"},
        {"Ann": "It snows.", "Bob": "none"},
    ]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_an_act_that_names_its_agent_does_not_name_it_twice(name: str) -> None:
    assert sentence(name, f"{name} moves the ball") == f"{name} moves the ball"
    assert sentence(name, "moves the ball") == f"{name} moves the ball"


def test_an_act_that_begins_with_a_longer_name_is_still_given_its_agent() -> None:
    assert sentence("Ann", "Anna-like, dances") == "Ann Anna-like, dances"


@pytest.mark.parametrize(
    "words", [r"writes \1 and \g<0>", "writes {0} {name} %s", "writes a.*b (c|d) [e]", "says: a: b"]
)
def test_backslashes_braces_and_patterns_pass_through_tags_as_they_are(words: str) -> None:
    given_context = context(
        ["Ann"], step("none", {}, {"Ann": words}), step("[SAME AS LAST ACTION]", {"Ann": "[SAME AS STATE]"})
    )

    assert observed(decode(given_context)) == {"Ann": f"Ann {words}"}


def test_thoughts_in_actions_and_states_are_not_passed_on_through_tags() -> None:
    given_context = context(
        ["Ann", "Bob"],
        step("It rains. <mental_state>the narrator's</mental_state>", {"Bob": "<same_as_state />"},
             {"Ann": "waves <mental_state>at last</mental_state>"}),
        step("none", {"Bob": "<same_as_last_action />"}),
    )  # fmt: skip
    decoded = decode(given_context)

    assert [observed(decoded, position)["Bob"] for position in (0, 1)] == ["It rains.", "Ann waves"]
    assert decoded.socialized_context[0].actions["Ann"] == "waves <mental_state>at last</mental_state>"


def test_a_public_text_reads_the_same_whether_or_not_its_thoughts_are_left_out() -> None:
    given_context = context(
        ["Ann"],
        step("none", {}, {"Ann": "waves and waves and waves and waves"}),
        step("<same_as_last_action /> <mental_state>hm</mental_state>", {"Ann": "<same_as_state /> It rains."}),
    )

    assert observed(decode(given_context)) == observed(decode(encode(given_context)))
    assert observed(decode(given_context)) == {"Ann": "Ann waves and waves and waves and waves. It rains."}


DANGLING = {
    "no step before": (context(["Ann"], step("none", {"Ann": "<same_as_last_action />"})), "observations.Ann"),
    "nobody acted": (context(["Ann"], step(), step("<same_as_last_action />")), "state"),
    "that agent did not act": (
        context(["Ann", "Bob"], step("none", {}, {"Ann": "waves"}), step("none", {"Bob": "<same_as_last_action_1 />"})),
        "observations.Bob",
    ),
    "no such agent": (
        context(["Ann"], step("none", {}, {"Ann": "waves"}), step("<same_as_last_action_7 />")),
        "state",
    ),
    "no step after": (context(["Ann"], step("none", {}, {"Ann": "<same_as_next_state />"})), "actions.Ann"),
    "state in a state": (context(["Ann"], step("<same_as_state />")), "state"),
    "unknown in a state": (context(["Ann"], step("<unknown />")), "state"),
    "state in an action": (context(["Ann"], step("It rains.", {}, {"Ann": "<same_as_state />"})), "actions.Ann"),
    "unclosed thought": (context(["Ann"], step("none", {"Ann": "Hm. <mental_state>I"})), "observations.Ann"),
    "unopened thought": (context(["Ann"], step("none", {}, {"Ann": "I</mental_state> wave"})), "actions.Ann"),
    "x left standing": (
        context(["Ann"], step("none", {}, {"Ann": "waves"}), step("none", {"Ann": "<same_as_last_action_x />"})),
        "observations.Ann",
    ),
    "circular, in an action": (
        context(["Ann"], step("none", {}, {"Ann": "<same_as_next_state />"}), step("<same_as_last_action />")),
        "actions.Ann",
    ),
    "circular, in an observation": (
        context(
            ["Ann"], step("none", {"Ann": "<same_as_next_state />"}, {"Ann": "waves"}), step("<same_as_last_action />")
        ),
        "observations.Ann",
    ),
}


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize(("given_context", "field"), DANGLING.values(), ids=DANGLING)
def test_a_tag_that_stands_for_nothing_is_a_context_error_that_names_its_place(
    given_context: SocializedContext, field: str, reading: Reading
) -> None:
    with pytest.raises(ContextError) as caught:
        reading(given_context)

    assert [issue.path.split(".", 1)[1] for issue in caught.value.issues][:1] == [field]


def test_all_dangling_tags_are_named_at_once_each_once() -> None:
    given_context = context(
        ["Ann", "Bob"], step("<same_as_last_action />", {"Ann": "<same_as_state />", "Bob": "<same_as_next_state />"})
    )

    with pytest.raises(ContextError) as caught:
        decode(given_context)

    assert Counter(issue.path for issue in caught.value.issues) == {
        "socialized_context[0].state": 1,
        "socialized_context[0].observations.Bob": 1,
    }


def test_encoding_uses_the_tag_of_one_agent_where_two_acted() -> None:
    given_context = context(
        ["Ann", "Bob", "Cy"],
        step("none", {}, {"Ann": "moves the big red ball to the box", "Bob": "moves the small blue ball away"}),
        step("none", {"Ann": "Bob moves the small blue ball away",
                      "Cy": "Ann moves the big red ball to the box. Bob moves the small blue ball away"}),
    )  # fmt: skip

    assert observed(encode(given_context)) == {
        "Ann": "<same_as_last_action_1 />", "Bob": "none", "Cy": "<same_as_last_action />",
    }  # fmt: skip


def test_encoding_turns_older_spellings_into_the_canonical_ones() -> None:
    long = "It rains and rains, and everybody sits in the kitchen."
    given_context = context(
        ["Ann"],
        step(long, {"Ann": "[SAME AS STATE]"}, {"Ann": "waves until all the others see it"}),
        step("[SAME AS LAST ACTION]"),
    )
    first, second = encode(given_context).socialized_context

    assert (first.observations["Ann"], second.state) == ("<same_as_state />", "<same_as_last_action />")


def test_encoding_leaves_words_that_are_shorter_than_their_tag() -> None:
    given_context = context(["Ann"], step("It rains.", {"Ann": "<same_as_state />"}))

    assert observed(encode(decode(given_context))) == {"Ann": "It rains."}


def test_encoding_keeps_the_tags_that_are_there_in_their_canonical_form() -> None:
    given_context = context(["Ann"], step("It rains.", {"Ann": "hears a noise [SAME AS STATE]"}))

    assert observed(encode(given_context)) == {"Ann": "hears a noise <same_as_state />"}


def test_encoding_puts_the_tag_of_the_next_state_into_observations_too() -> None:
    later = "The big wooden lamp in the far corner is on."
    given_context = context(["Ann"], step("It is dark.", {"Ann": later}), step(later, {"Ann": "none"}))

    assert encode(given_context).socialized_context[0].observations == {"Ann": "<same_as_next_state />"}


@pytest.mark.parametrize("agents", [2, 5])
def test_decoding_and_encoding_read_each_text_a_number_of_times_that_does_not_grow(
    agents: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: Counter[str] = Counter()
    read = Decoder._pieces_in_words

    def counted(self: Decoder, *given: Any, **named: Any) -> list[tuple[str, bool]]:
        reads["all"] += 1
        return read(self, *given, **named)

    monkeypatch.setattr(Decoder, "_pieces_in_words", counted)
    cast = [f"Agent{number}" for number in range(agents)]
    per_text = []
    for count in (20, 80, 320):
        reads.clear()
        told = dict.fromkeys(cast, "<same_as_state /> <same_as_last_action />")
        steps = [
            step(f"Fact {n} is told at some length.", told if n else {}, {cast[0]: f"does thing number {n} at length"})
            for n in range(count)
        ]
        encode(context(cast, *steps))
        per_text.append(reads["all"] / (count * (2 * agents + 1)))

    assert max(per_text) < 8
    assert max(per_text) / min(per_text) < 1.1


def test_decoding_twice_changes_nothing_even_if_a_name_begins_with_a_line_separator() -> None:
    name = "\u2028Al"
    made = context(
        [name, "Bo"],
        step("none", {}, {name: "left the hall"}),
        step("none", {"Bo": "<same_as_last_action />"}),
    )
    assert decode(decode(made)) == decode(made)
