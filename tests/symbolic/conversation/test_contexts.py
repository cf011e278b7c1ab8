from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from social_world_model.s3ap import decode, encode, events, from_wire, memory, perspective, to_wire, validate
from social_world_model.s3ap.context import SocializedContext
from social_world_model.symbolic.conversation.contexts import MANUAL, parse_conversation
from social_world_model.symbolic.conversation.presence import presence
from social_world_model.symbolic.conversation.transcript import read_transcript

# A and B talk, A goes and hears the answer by name, misses what comes then, and comes back.
DIALOGUE = """Ann: I painted the door red.
Ann: I have to go. Bye!
Bo: Bye, Ann!
Cy: Bo, the fence is green.
Ann: I'm back!"""

GOLDEN = {
    "agents_names": ["Ann", "Bo", "Cy"],
    "socialized_context": [
        {
            "timestep": "1",
            "state": "Ann, Bo and Cy are in the conversation.",
            "observations": {"Ann": "<same_as_state />", "Bo": "<same_as_state />", "Cy": "<same_as_state />"},
            "actions": {"Ann": 'says: "I painted the door red."', "Bo": "none", "Cy": "none"},
        },
        {
            "timestep": "2",
            "state": "none",
            "observations": {"Ann": "none", "Bo": "<same_as_last_action />", "Cy": "<same_as_last_action />"},
            "actions": {"Ann": 'says: "I have to go. Bye!"', "Bo": "none", "Cy": "none"},
        },
        {
            "timestep": "3",
            "state": "none",
            "observations": {"Ann": "none", "Bo": "<same_as_last_action />", "Cy": "<same_as_last_action />"},
            "actions": {"Ann": "none", "Bo": 'says: "Bye, Ann!"', "Cy": "none"},
        },
        {
            "timestep": "4",
            "state": "Bo and Cy are in the conversation.",
            "observations": {
                "Ann": "<same_as_last_action />",
                "Bo": "<same_as_state />",
                "Cy": "<same_as_last_action /> <same_as_state />",
            },
            "actions": {"Ann": "none", "Bo": "none", "Cy": 'says: "Bo, the fence is green."'},
        },
        {
            "timestep": "5",
            "state": "Ann, Bo and Cy are in the conversation.",
            "observations": {
                "Ann": "<same_as_state />",
                "Bo": "<same_as_last_action /> <same_as_state />",
                "Cy": "<same_as_state />",
            },
            "actions": {"Ann": 'says: "I\'m back!"', "Bo": "none", "Cy": "none"},
        },
        {
            "timestep": "6",
            "state": "none",
            "observations": {"Ann": "none", "Bo": "<same_as_last_action />", "Cy": "<same_as_last_action />"},
            "actions": {"Ann": "none", "Bo": "none", "Cy": "none"},
        },
    ],
    "context_manual": MANUAL,
}


def test_a_conversation_with_somebody_who_leaves_and_comes_back() -> None:
    context, trace = parse_conversation(DIALOGUE)
    assert json.loads(context.to_json()) == GOLDEN
    assert [(entry.number, entry.perceivers, entry.timestep) for entry in trace] == [
        (1, ("Ann", "Bo", "Cy"), "1"),
        (2, ("Ann", "Bo", "Cy"), "2"),
        (3, ("Ann", "Bo", "Cy"), "3"),
        (4, ("Bo", "Cy"), "4"),
        (5, ("Ann", "Bo", "Cy"), "5"),
    ]


def test_whoever_was_away_does_not_remember_what_was_said() -> None:
    context, _ = parse_conversation(DIALOGUE)
    assert not any("fence" in event.text for event in memory(context, "Ann"))
    assert any("fence" in event.text for event in memory(context, "Bo"))
    assert not any("fence" in event.text for event in events(perspective(context, ["Bo", "Ann"])))


def test_what_only_some_perceive_of_a_state_is_in_their_observations() -> None:
    context, _ = parse_conversation("Ann: Hi Bo.\nBo: So.\n???: The roof is down.\nCy: Mind if I join?")
    step = context.socialized_context[2]
    assert step.state == 'Somebody says: "The roof is down." Ann, Bo and Cy are in the conversation.'
    assert step.observations["Ann"] == "<same_as_last_action /> <same_as_state />"
    assert step.observations["Cy"] == "Ann, Bo and Cy are in the conversation."


def test_people_who_speak_together_hear_each_other() -> None:
    context, _ = parse_conversation("Ann: Hi Bo.\nBo: Yes.\nAnn & Bo: Go!")
    assert context.socialized_context[3].observations == dict.fromkeys(["Ann", "Bo"], "<same_as_last_action />")


def test_the_guidance_and_what_could_not_be_read_are_in_the_manual() -> None:
    context, _ = parse_conversation("Ann: Hi Bo.\nBo:\nAnn: Well.", "Be kind.")
    assert context.context_manual == f"{MANUAL} Be kind. Not read, or not in full: line 2, nothing is said."


TEXT = st.text(max_size=30).map(lambda text: " ".join(text.split()))
TAGS = st.sampled_from(["<same_as_state />", "<unknown />", "[SAME AS STATE]", "<mental_state>", "none", '"', "\\1"])
LINES = st.lists(
    st.one_of(
        st.builds("{}: {}{}".format, st.sampled_from(["Ann", "Ann Lee", "Bo", "Zoë", "???", "All"]), TEXT, TAGS),
        st.builds(
            "({} {})".format, st.sampled_from(["Ann", "Bo", "Eve"]), st.sampled_from(["joins", "leaves", "nods"])
        ),
    ),
    min_size=1,
    max_size=12,
).filter(lambda lines: any(line.startswith(("Ann:", "Bo:", "Zoë:")) for line in lines))


@given(LINES)
def test_every_transcript_gives_a_valid_context_that_says_who_was_there(lines: list[str]) -> None:
    text = "\n".join(lines)
    context, _ = parse_conversation(text)
    assert not [issue for issue in validate(context) if issue.severity == "error"]
    bare = SocializedContext(**{**context.model_dump(), "context_manual": None})
    assert from_wire(to_wire(bare)) == bare
    assert decode(encode(bare)) == decode(bare)
    transcript = read_transcript(text)
    heard = [
        event.observers for event in events(context) if event.kind in ("act", "utterance") and event.actor is not None
    ]
    spoken = [
        names | set(line.people)
        for line, names in zip(transcript.lines, presence(transcript), strict=True)
        for _ in (names if line.to_all else line.people)
        if line.text and line.kind != "note"
    ]
    assert heard == spoken
