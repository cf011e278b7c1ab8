"""Who hears a whisper, an aside or a direct message, and what of this a context says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.s3ap import events, memory, validate
from social_world_model.symbolic import parse_narrative
from social_world_model.symbolic.conversation import read_transcript
from social_world_model.symbolic.conversation.contexts import parse_conversation
from social_world_model.symbolic.conversation.presence import attendance
from social_world_model.symbolic.doubts import doubts_of

OPENING = "Vera: Welcome, all.\nOtto: Thanks.\nLiv: Thanks.\n"


def heard(label: str, text: str = "Check the cellar.") -> tuple[str, bool]:
    """Return who hears a line besides Vera, by first letters, and whether this is certain for everybody."""
    context, trace = parse_narrative(f"{OPENING}{label}: {text}")
    assert not [issue for issue in validate(context) if issue.severity == "error"]
    assert context.agents_names == ["Vera", "Otto", "Liv"]
    event = events(context)[-1]
    assert event.actor == "Vera" and event.observers == frozenset(trace[-1].perceivers)
    others = "".join(sorted(name[0] for name in event.observers - {"Vera"}))
    return others, not any(int(event.timestep) in steps for steps in doubts_of(context).values())


@pytest.mark.parametrize(
    "label",
    [
        "Vera (whispering to Otto)",
        "Vera (whispers to Otto)",
        "Vera (to Otto, quietly)",
        "Vera (quietly, to Otto)",
        "Vera (privately to Otto)",
        "Vera (direct message to Otto)",
        "Vera [whispering in Otto's ear]",
        "Vera (aside to Otto)",
        "Vera -> Otto",
        "Vera → Otto",
        "Vera whispers to Otto",
        "**Vera** (whispers into Otto’s ear)",
    ],
)
def test_a_whisper_or_direct_message_is_heard_by_those_it_names(label: str) -> None:
    assert heard(label) == ("O", True)


@pytest.mark.parametrize(
    "how", ["(whispers to Otto)", "[whispering to Otto]", "*whispers to Otto*", "(to Otto, softly)"]
)
def test_the_direction_may_open_the_utterance(how: str) -> None:
    assert heard("Vera", f"{how} Check the cellar.") == ("O", True)
    assert read_transcript(f"{OPENING}Vera: {how} Check the cellar.").lines[-1].text == "Check the cellar."


def test_several_people_can_be_named() -> None:
    assert heard("Vera (whispering to Otto and Liv)") == ("LO", True)
    assert heard("Vera (to Otto, Liv)")[0] == "LO"


@pytest.mark.parametrize("label", ["Vera (aside)", "Vera (to herself)", "Vera (to the audience)"])
def test_an_aside_is_heard_by_nobody_else(label: str) -> None:
    assert heard(label) == ("", True)


@pytest.mark.parametrize(
    "label",
    [
        "Vera (laughing)",
        "Vera (on phone)",
        "Vera (shouting to Otto)",
        "Vera (to everyone)",
        "Vera (softly laughing, to all)",
    ],
)
def test_the_manner_of_an_utterance_restricts_nobody(label: str) -> None:
    assert heard(label) == ("LO", True)


@pytest.mark.parametrize("label", ["Vera (to Otto)", "Vera [to Otto]", "Vera, to Otto"])
def test_a_line_to_one_person_may_be_heard_by_others(label: str) -> None:
    assert heard(label) == ("O", False)


def test_a_whisper_without_hearers_may_be_heard_by_others() -> None:
    assert heard("Vera (whispering)") == ("LO", False)
    assert heard("Vera (whispering)", "Otto, check the cellar.") == ("O", True)


def test_an_answer_to_a_whisper_that_is_whispered_too_is_heard_by_the_first_person() -> None:
    context, _ = parse_narrative(f"{OPENING}Vera (whispering to Liv): Now?\nLiv (whispering back): Not yet.")
    assert not any("Not yet" in event.text for event in memory(context, "Otto"))
    assert any("Not yet" in event.text for event in memory(context, "Vera"))


def test_brackets_that_are_part_of_a_name_stay_in_the_name() -> None:
    read = read_transcript("Vera (she/her): Hi.\nSam (guest 2): Hi.\nVera (she/her) (whispers to Sam): Look.")
    assert read.cast == ("Vera (she/her)", "Sam (guest 2)")
    assert read.lines[2].hearers == ("Sam (guest 2)",)


def test_somebody_who_only_gets_messages_belongs_to_the_people() -> None:
    assert read_transcript("Vera: Hi, Otto.\nOtto: Hi.\nVera -> Liv: Hello.").cast == ("Vera", "Otto", "Liv")


def test_whoever_gets_a_message_after_leaving_the_room_reads_it() -> None:
    _, trace = parse_narrative(f"{OPENING}(Liv leaves)\nVera (privately to Liv): It was Otto.\nOtto: Well.")
    assert [entry.perceivers for entry in trace[-2:]] == [("Vera", "Liv"), ("Vera", "Otto")]


NAMES = st.sampled_from(["Ann", "Bo", "Cy"])
HOW = st.sampled_from(["", " (whispers to Bo)", " (aside)", " (to Cy)", " (laughing)", " -> Ann", " (whispering)"])
WORDS = st.sampled_from(
    ["Hi all!", "I'll get the door.", "Don't tell Cy, he is asleep.", "Where's Bo?", "I'm back.", "Bye!"]
)
LINES = st.lists(
    st.one_of(
        st.builds("{}{}: {}".format, NAMES, HOW, WORDS),
        st.sampled_from(
            ["(Ann leaves)", "(Bo joins)", "(An hour later, without Cy)", "(Ann and Cy go out)", "(channel: history)"]
        ),
    ),
    min_size=1,
    max_size=12,
).filter(lambda lines: any(": " in line and not line.startswith("(") for line in lines))


@given(LINES)
def test_the_context_says_what_the_lines_say(lines: list[str]) -> None:
    text = "\n".join(lines)
    transcript = read_transcript(text)
    found = attendance(transcript)
    context, trace = parse_conversation(text)
    assert not [issue for issue in validate(context) if issue.severity == "error"]
    happened = {event.timestep: event for event in events(context) if event.kind == "utterance"}
    spoken = [place for place, line in enumerate(transcript.lines) if line.kind == "utterance"]
    for place, event in zip(spoken, happened.values(), strict=True):
        assert event.observers == found.hears[place]
        assert event.observers.issuperset(transcript.lines[place].people)
    assert [set(entry.perceivers) for entry in trace] == [set(names) for names in found.hears]
    assert transcript.channel is None or not found.guesses or any(not line.is_sure for line in transcript.lines)


@given(LINES)
def test_speakers_and_named_hearers_are_never_a_guess(lines: list[str]) -> None:
    transcript = read_transcript("\n".join(lines))
    found = attendance(transcript)
    for place, line in enumerate(transcript.lines):
        for name in (*(line.people if line.kind == "utterance" else ()), *(line.hearers or ())):
            assert name in found.hears[place]
            assert place not in found.guesses.get(name, ())
