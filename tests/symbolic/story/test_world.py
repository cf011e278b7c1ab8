"""Who perceives each sentence, and what follows for beliefs: by hand, story by story."""

from __future__ import annotations

import pytest

from social_world_model.errors import ContextError, NarrativeError
from social_world_model.s3ap import events, validate
from social_world_model.symbolic import belief, parse_narrative, read_events, trust_nobody


def perceivers(story: str) -> list[set[str]]:
    return [set(entry.perceivers) for entry in parse_narrative(story)[1]]


def thinks(story: str, *chain: str, thing: str = "pea") -> str | None:
    return belief(read_events(events(parse_narrative(story)[0])), chain, thing)


SALLY_ANNE = (
    "Sally entered the playroom. Anne entered the playroom. The ball is in the basket. "
    "The basket is in the playroom. Sally exited the playroom. Anne moved the ball to the box."
)


def test_everybody_in_the_room_perceives_what_happens_there() -> None:
    both = {"Sally", "Anne"}
    assert perceivers(SALLY_ANNE) == [{"Sally"}, both, both, both, both, {"Anne"}]


def test_sally_looks_where_she_left_it() -> None:
    assert thinks(SALLY_ANNE, "Sally", thing="ball") == "basket"
    assert thinks(SALLY_ANNE, "Anne", thing="ball") == "box"
    assert thinks(SALLY_ANNE, "Anne", "Sally", thing="ball") == "basket"
    assert thinks(SALLY_ANNE, "Sally", "Anne", thing="ball") == "basket"
    assert thinks(SALLY_ANNE, thing="ball") == "box"


def test_whoever_comes_back_sees_what_lies_there_and_is_seen_to_see_it() -> None:
    story = SALLY_ANNE + " Sally entered the playroom."
    for chain in (("Sally",), ("Anne", "Sally"), ("Sally", "Anne")):
        assert thinks(story, *chain, thing="ball") == "box"


def test_whoever_comes_back_alone_is_not_known_to_know() -> None:
    story = SALLY_ANNE + " Anne exited the playroom. Sally entered the playroom."
    assert thinks(story, "Sally", thing="ball") == "box"
    assert thinks(story, "Anne", "Sally", thing="ball") == "basket"


def test_the_room_of_a_thing_is_told_in_the_sentence_after() -> None:
    story = "Ann entered the hall. Bo entered the den. The pea is in the box. The box is in the hall."
    assert perceivers(story)[2:] == [{"Ann"}, {"Ann"}]


def test_without_such_a_sentence_it_is_the_room_just_entered() -> None:
    story = "Ann entered the hall. Bo entered the den. The pea is in the box."
    assert perceivers(story)[2] == {"Bo"}


def test_a_container_of_the_same_name_in_a_later_room_is_another_one() -> None:
    story = (
        "Ann entered the hall. The pea is in the jar. Ann moved the pea to the box. Ann exited the hall. "
        "Ann and Bo entered the den. The melon is in the box."
    )
    assert thinks(story, "Bo", thing="melon") == "box"


def test_a_container_stays_in_its_room_while_somebody_is_there() -> None:
    story = "Ann entered the hall. The box is in the hall. Bo entered the den. The pea is in the box."
    assert perceivers(story)[3] == {"Ann"}


@pytest.mark.parametrize("room", ["pantry", "cellar"])
def test_a_word_can_be_a_container_and_a_room_at_once(room: str) -> None:
    story = (
        f"Ann entered the {room}. Bo entered the {room}. The pea is in the box. The box is in the {room}. "
        f"Bo exited the {room}. Ann moved the pea to the pantry. The pantry is in the {room}."
    )
    assert thinks(story, "Ann") == "pantry"
    assert thinks(story, "Bo") == "box"
    assert perceivers(story)[-1] == {"Ann"}


def test_a_room_cut_short_is_the_room_that_begins_so() -> None:
    story = "The master holds Ann. Bo entered the master_bedroom. The pea is in the box."
    assert perceivers(story)[1] == {"Ann", "Bo"}


def test_a_room_that_is_entered_is_never_taken_for_one_with_a_longer_name() -> None:
    story = "Ann entered the garden. Bo entered the garden_shed. The pea is in the box. The box is in the garden."
    assert perceivers(story)[2:] == [{"Ann"}, {"Ann"}]
    assert thinks(story, "Bo") is None


def test_a_private_tell_is_heard_by_two_and_a_public_claim_by_all() -> None:
    story = (
        "Ann, Bo and Cy entered the hall. The pea is in the box. "
        "Ann privately told Bo that the pea is in the jar. Cy publicly claimed that pea is in the pot."
    )
    assert perceivers(story)[2:] == [{"Ann", "Bo"}, {"Ann", "Bo", "Cy"}]


LEFT_IN_ORDER = (
    "Ann, Bo and Cy entered the hall. The pea is in the box. Ann exited the hall. Bo exited the hall. "
    "Cy exited the hall. Ann, Bo and Cy entered the waiting_room. "
)


def test_a_hearer_trusts_whoever_left_later() -> None:
    told = LEFT_IN_ORDER + "Bo privately told Ann that the pea is in the jar."
    assert thinks(told, "Ann") == "jar"
    assert thinks(told, "Ann", "Bo") == "jar"
    assert thinks(told, "Bo", "Ann") == "jar"
    assert thinks(told, "Bo") == "box"
    assert thinks(told, "Cy", "Ann") == "box"


def test_a_hearer_does_not_trust_whoever_left_before() -> None:
    told = LEFT_IN_ORDER + "Ann privately told Bo that the pea is in the jar."
    assert thinks(told, "Bo") == "box"
    assert thinks(told, "Bo", "Ann") == "box"
    assert thinks(told, "Ann", "Bo") == "jar"


def test_another_policy_can_be_chosen() -> None:
    told = LEFT_IN_ORDER + "Bo privately told Ann that the pea is in the jar."
    assert belief(read_events(events(parse_narrative(told)[0])), ["Ann"], "pea", trust_nobody) == "box"


def test_a_belief_of_nobody_in_the_cast_is_an_error_and_a_string_is_one_name() -> None:
    readings = read_events(events(parse_narrative(SALLY_ANNE)[0]))
    assert belief(readings, "Sally", "ball") == belief(readings, ["Sally"], "ball") == "basket"
    with pytest.raises(ContextError, match="got 'Sali'; did you mean Sally"):
        belief(readings, ["Anne", "Sali"], "ball")


def test_likes_and_dislikes_are_a_mind_s_own() -> None:
    context, trace = parse_narrative("Ann and Bo entered the hall. Ann likes the pea.")
    assert trace[1].perceivers == ("Ann",)
    assert context.socialized_context[1].observations["Ann"].endswith("<mental_state>likes the pea</mental_state>")
    assert "pea" not in context.socialized_context[1].observations["Bo"]


def test_the_trace_says_which_step_holds_each_sentence() -> None:
    context, trace = parse_narrative(SALLY_ANNE)
    steps = {step.timestep: step for step in context.socialized_context}
    assert [entry.number for entry in trace] == [1, 2, 3, 4, 5, 6]
    assert steps[trace[4].timestep].actions["Sally"] == "exited the playroom"
    assert "The ball is in the basket." in steps[trace[2].timestep].state


def test_an_emitted_context_is_valid_and_ends_with_a_step_to_perceive_the_last_act() -> None:
    context, _ = parse_narrative(SALLY_ANNE)
    assert not [issue for issue in validate(context) if issue.severity == "error"]
    assert set(context.socialized_context[-1].actions.values()) == {"none"}


@pytest.mark.parametrize("arrival", ["Anne is in the den.", "Anne stayed in the den.", "Anne entered the den."])
def test_whoever_is_said_to_be_in_a_room_sees_what_lies_there(arrival: str) -> None:
    story = f"Bo is in the den. The ball is in the box. The box is in the den. {arrival}"
    assert thinks(story, "Anne", thing="ball") == "box"
    assert thinks(story, "Bo", "Anne", thing="ball") == "box"


def test_staying_reveals_nothing_new_to_whoever_is_there() -> None:
    story = "Bo is in the den. The ball is in the box. The box is in the den. Bo stayed in the den for 1 minute."
    context, _ = parse_narrative(story)
    assert context.socialized_context[-1].state == "none"


def test_going_out_and_coming_back_need_no_name_of_the_room() -> None:
    story = "Ann and Bo are in the hall. The pea is in the box. Ann leaves. Bo moves the pea to the jar."
    assert thinks(story, "Ann") == "box"
    assert thinks(f"{story} Ann comes back.", "Ann") == "jar"
    assert thinks(story.replace("Ann leaves.", "Ann leaves the room."), "Bo", "Ann") == "box"


def test_a_room_that_cannot_be_known_is_asked_for() -> None:
    with pytest.raises(NarrativeError, match=r"sentence 1 'Ann returns\.': expected to know which room is meant"):
        parse_narrative("Ann returns.")


def test_a_room_may_be_called_the_room() -> None:
    story = "Ann and Bo are in the room. The pea is in the box. Ann leaves the room. Bo moves the pea to the jar."
    assert thinks(story, "Ann") == "box"
    assert thinks(f"{story} Ann enters the room.", "Ann") == "jar"


def test_on_stays_on_when_it_is_told_again() -> None:
    context, _ = parse_narrative("Ann is in the hall. The pea is on the table. Bo enters the hall.")
    assert "The pea is on the table." in context.socialized_context[-1].state


def test_a_thing_nobody_in_the_chain_saw_has_no_place() -> None:
    assert thinks(SALLY_ANNE, "Sally", thing="kite") is None
    assert thinks("Ann entered the hall. Bo entered the den. The pea is in the box.", "Ann") is None
