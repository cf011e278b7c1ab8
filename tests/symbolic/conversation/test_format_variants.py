"""Further shapes of the formats in test_formats.py."""

from __future__ import annotations

import json
import re

import pytest

from social_world_model.symbolic.conversation.exports import read_chat

CAPITALS = "ANN: Hi\nBO: Hello\nANN: I have to go, bye.\nBO: Bye!\nANN: I am back."
STORY = "Sally and Anne are in the kitchen. Sally puts the ball in the box."


@pytest.mark.parametrize("text", [CAPITALS, STORY, "THE LAST DAY\nIt was cold.\n\nTHE END\nNobody came."])
def test_what_is_no_export_stays_as_it_is(text: str) -> None:
    assert read_chat(text) == text


def test_a_play_may_use_underscores_for_directions() -> None:
    text = (
        "ACT I. SCENE II.\n\n_Enter_ MARTHA _and_ GUY.\n\nMARTHA.\nThe seal is in the well.\n\n"
        "GUY.\n[_Aside._] Good.\n\nMARTHA.\nWhat?\n\n[_Exeunt all but_ GUY.]\n\nGUY.\nGone."
    )
    assert read_chat(text).splitlines() == [
        "(ACT I. SCENE II.)",
        "(Martha joins)",
        "(Guy joins)",
        "Martha: The seal is in the well.",
        "Guy (aside): Good.",
        "Martha: What?",
        "(Martha leaves)",
        "Guy: Gone.",
    ]


def test_a_play_may_use_colons() -> None:
    text = "Scene 1\n\n[Enter MARTHA]\nMARTHA: The seal is here.\nGUY: Truly?\n[Exit MARTHA]\nGUY: Good."
    assert read_chat(text).splitlines() == [
        "(Scene 1)",
        "(Guy joins)",
        "(Martha joins)",
        "Martha: The seal is here.",
        "Guy: Truly?",
        "(Martha leaves)",
        "Guy: Good.",
    ]


def test_exit_alone_means_the_speaker_and_exeunt_means_everybody() -> None:
    head = "Enter ANN, BO and CY.\n\nANN. One.\n\nBO. Two.\n\n"
    assert read_chat(f"{head}[Exit.]\n\nANN. Three.").splitlines()[5:] == ["(Bo leaves)", "Ann: Three."]
    assert read_chat(f"{head}[Exeunt.]\n\nANN. Three.").splitlines()[5:] == [
        "(Ann leaves)",
        "(Bo leaves)",
        "(Cy leaves)",
        "Ann: Three.",
    ]
    assert read_chat(f"{head}[Exeunt Bo and Cy.]\n\nANN. Three.").splitlines()[5:] == [
        "(Bo leaves)",
        "(Cy leaves)",
        "Ann: Three.",
    ]


def test_a_dialogue_without_directions_states_no_arrivals() -> None:
    assert read_chat("ANN\nHi there.\n\nBO\nHello.\n\nANN\nSo.") == "Ann: Hi there.\nBo: Hello.\nAnn: So."


def test_lines_with_dashes_in_one_subtitle_have_several_speakers() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nANN: Where?\n\n2\n00:00:02,000 --> 00:00:03,000\n- Home.\n- Now?\n"
    assert read_chat(text) == "ANN: Where?\nUnknown: Home.\nUnknown: Now?"


@pytest.mark.parametrize(
    "text",
    [
        "00:05 - Nadia Petrov\nHello.\n00:09 - Leon Marsh\nHi.",
        "Petrov, Nadia   0:03\nHello.\n\nMarsh, Leon   0:09\nHi.",
        "Nadia Petrov\n0 minutes 3 seconds\n0:03\nHello.\nLeon Marsh\n0 minutes 9 seconds\n0:09\nHi.",
        "Nadia Petrov — Today at 10:02\nHello.\nLeon Marsh — Today at 10:03\nHi.",
        "Nadia Petrov | 00:03\nHello.\n\nLeon Marsh | 00:09\nHi.",
        "[00:00:03] Nadia Petrov\nHello.\n\n[00:00:09] Leon Marsh\nHi.",
        "Nadia Petrov, [10.03.2026 10:02]\nHello.\n\nLeon Marsh, [10.03.2026 10:03]\nHi.",
        "Budget - Transcript\n00:00:00\nNadia Petrov: Hello.\nLeon Marsh: Hi.\nTranscription ended after 1:00:00",
        "speaker;text\nNadia Petrov;Hello.\nLeon Marsh;Hi.",
        "Speaker\tText\nNadia Petrov\tHello.\nLeon Marsh\tHi.",
    ],
)
def test_other_forms_of_meetings(text: str) -> None:
    said = [re.sub(r"^\[[^\]]*\] ", "", line) for line in read_chat(text).splitlines()]
    assert said == ["Nadia Petrov: Hello.", "Leon Marsh: Hi."]


@pytest.mark.parametrize(
    "data",
    [
        [{"name": "Nadia", "message": "Hello."}, {"name": "Leon", "message": "Hi."}],
        {"dialogue": [{"role": "Nadia", "content": "Hello."}, {"role": "Leon", "content": "Hi."}]},
        {"id": 1, "turns": [{"speaker": "Nadia", "utterance": "Hello."}, {"speaker": "Leon", "utterance": "Hi."}]},
        {"utterances": [{"speaker": "Nadia", "text": "Hello."}, {"speaker": "Leon", "text": "Hi."}], "words": [{}]},
        [{"speaker": {"id": "Nadia"}, "text": "Hello."}, {"speaker": {"id": "Leon"}, "text": "Hi."}],
        [{"from": "Nadia", "value": "Hello."}, {"from": "Leon", "value": "Hi."}],
    ],
)
def test_other_lists_of_utterances(data: object) -> None:
    assert read_chat(json.dumps(data)) == "Nadia: Hello.\nLeon: Hi."


def test_messenger_has_a_newer_form() -> None:
    rows = [
        {"senderName": "Leon", "text": "Hi.", "timestamp": 2, "type": "text", "isUnsent": False},
        {"senderName": "Nadia", "text": "Hello.", "timestamp": 1, "type": "text", "isUnsent": False},
    ]
    text = read_chat(json.dumps({"participants": ["Nadia", "Leon"], "threadName": "x", "messages": rows}))
    assert text == "(Members: Nadia, Leon)\nNadia: Hello.\nLeon: Hi."


def test_the_memory_of_a_generative_agent_has_the_newest_conversation_first() -> None:
    nodes = {
        "node_2": {"node_count": 2, "type": "chat", "filling": [["Nadia", "later"], ["Leon", "yes"]]},
        "node_1": {"node_count": 1, "type": "chat", "filling": [["Nadia", "earlier"], ["Ivo", "no"]]},
        "node_3": {"node_count": 3, "type": "event", "filling": []},
    }
    text = read_chat(json.dumps(nodes))
    assert text.index("Nadia: earlier") < text.index("(Ivo leaves)") < text.index("Nadia: later")


def test_a_log_of_concordia_may_mix_events_and_speakers() -> None:
    text = (
        "[01 Oct 2024 08:00:00] Event: Mira asks Tom where the key is.\n[01 Oct 2024 08:01:00] Tom: Under the mat.\n"
        "[01 Oct 2024 08:02:00] Event: Tom leaves."
    )
    assert read_chat(text) == "(Mira asks Tom where the key is.)\nTom: Under the mat.\n(Tom leaves.)"


def test_attempts_of_concordia_are_left_out_if_the_log_has_the_events() -> None:
    text = 'Putative event: Mira tries to shout.\nEvent: Mira -- "Hello."\nEvent: Tom -- "Hi."'
    assert read_chat(text) == "Mira: Hello.\nTom: Hi."


def test_what_whatsapp_says_about_things_is_about_no_person() -> None:
    text = "\n".join(
        f"12/03/2026, 18:{number} - {row}"
        for number, row in enumerate(
            ["Rosa: hi", "Rosa removed the group description", "Rosa added Ivo to an announcement group"], start=10
        )
    )
    assert read_chat(text) == "(Members: Rosa)\nRosa: hi\n(Rosa removed the group description)\n(Ivo joins)"


def test_discord_has_a_text_form() -> None:
    line = "=" * 40
    text = (
        f"{line}\nGuild: Garden\nChannel: general\n{line}\n\n[10-Mar-26 10:00 AM] nadia_p\nSeeds: arrive\ntoday\n\n"
        f"[10-Mar-26 10:01 AM] Ivo Lang\nhi\n\n[10-Mar-26 10:02 AM] nadia_p\nso\n\n{line}\n"
        f"Exported 3 message(s)\n{line}"
    )
    said = [line for line in read_chat(text).splitlines() if not line.startswith("(")]
    assert said == [
        "@nadia_p: Seeds: arrive today",
        "Ivo Lang: hi",
        "@nadia_p: so",
    ]


def test_what_slack_says_itself_is_a_note() -> None:
    rows = [
        {"type": "message", "user": "U1", "text": "hi", "ts": "1"},
        {"type": "message", "subtype": "huddle_thread", "user": "U1", "text": "A huddle started", "ts": "2"},
        {"type": "message", "subtype": "thread_broadcast", "user": "U1", "text": "so", "ts": "3"},
    ]
    assert read_chat(json.dumps(rows)) == "(Members: U1)\nU1: hi\n(A huddle started)\nU1: so"


def test_a_child_that_says_nothing_sends_no_words() -> None:
    text = (
        "@Begin\n@Participants:\tCHI Rosa Target_Child, MOT Mother\n*CHI:\t0 [=! laughs] .\n*MOT:\twhat (.) now ?\n@End"
    )
    assert read_chat(text) == "(Rosa sends something without text)\nMother: what now?"


def test_the_list_of_people_of_a_play_is_left_out() -> None:
    text = "DRAMATIS PERSONAE\n\nANN\na baker\n\nBO\nher brother\n\nACT I\n\nANN\nHello.\n\nCY\nGood day.\n\n[Exit.]"
    assert read_chat(text).splitlines() == ["(ACT I)", "(Ann joins)", "(Cy joins)", "Ann: Hello.", "Cy: Good day."]


def test_one_event_among_named_lines_is_no_person() -> None:
    text = "Event: The lights go out.\nMira: Who is there?\nTom: Only me."
    assert read_chat(text) == "(The lights go out.)\nMira: Who is there?\nTom: Only me."


@pytest.mark.parametrize("is_text", [False, True])
def test_private_acts_of_sotopia_have_recipients_and_spaces_before_acts_do_not_matter(is_text: bool) -> None:
    acts = [
        ("Ann", "[private to ['Bob']]  said: \"The party is on Friday.\""),
        ("Cara", ' said: "I like tea."'),
        ("Ann", "[private to ['Bob']]  [action] winks"),
        ("Bob", " left the conversation"),
    ]
    log = {"messages": [[[name, "Environment", words]] for name, words in acts]}
    turns = [f"Turn #{number}\n{name} {words}" for number, (name, words) in enumerate(acts)]
    text = read_chat("\n".join(turns) if is_text else json.dumps(log))
    assert text == "(Members: Ann, Cara, Bob)\nAnn (to Bob): The party is on Friday.\nCara: I like tea.\n(Bob leaves)"
