from __future__ import annotations

from social_world_model.symbolic.conversation.contexts import parse_conversation
from social_world_model.symbolic.conversation.hearing import hearing
from social_world_model.symbolic.conversation.minutes import NOTHING, common, minutes, recollection

MEETING = """Ann: Kate does not know of her party on Monday.
Bo: We will keep it to ourselves. Everyone, remember that the report is due in May!
Ann: Is everyone coming?
(Kate joins)
Kate: Hello! I will send the slides.
Ann: Thanks. Kate, please book a room. Bo, please bring cake."""

HEARD = hearing(parse_conversation(MEETING)[0])


def test_a_note_to_all_holds_what_all_heard_and_what_was_said_to_everybody() -> None:
    assert minutes(HEARD, ["Ann", "Bo", "Kate"]).splitlines() == [
        "Bo: Everyone, remember that the report is due in May!",
        "Kate: Hello! I will send the slides.",
        "Ann: Thanks. Kate, please book a room. Bo, please bring cake.",
    ]


def test_a_note_to_those_who_were_there_holds_everything() -> None:
    assert minutes(HEARD, ["Ann", "Bo"]).splitlines()[0] == "Ann: Kate does not know of her party on Monday."


def test_action_items_are_what_is_asked_of_or_promised_by_their_reader_or_said_to_all() -> None:
    assert minutes(HEARD, ["Kate"], "Now write Kate's action items.").splitlines() == [
        "Bo: Everyone, remember that the report is due in May!",
        "Kate: I will send the slides.",
        "Ann: Kate, please book a room.",
    ]


def test_what_a_sentence_to_everybody_points_back_to_goes_along() -> None:
    text = "Ann: The fair opens in June. Write that down, everybody.\n(Bo joins)\nBo: Hello."
    heard = hearing(parse_conversation(text)[0])
    assert minutes(heard, []).splitlines()[0] == "Ann: The fair opens in June. Write that down, everybody."


def test_what_is_to_stay_among_those_who_were_there_is_not_written() -> None:
    for word in ("Keep it to yourselves, everybody.", "Everybody, do not tell Bo.", "Everyone, this stays between us."):
        text = f"Ann: Bo has a party in June. {word}\n(Bo joins)\nBo: Hello."
        assert "party" not in minutes(hearing(parse_conversation(text)[0]), [])


def test_readers_who_are_not_there_are_everybody() -> None:
    assert minutes(HEARD, ["Zoe"]) == minutes(HEARD, [])


def test_where_readers_heard_nothing_together_there_is_nothing_to_write() -> None:
    apart = hearing(parse_conversation("Ann: The door is red.\n(Ann leaves)\n(Bo joins)\nBo: Oh.")[0])
    assert minutes(apart, ["Ann", "Bo"]) == NOTHING


def test_a_recollection_is_what_somebody_heard() -> None:
    assert recollection(HEARD, "Kate").splitlines()[0] == "Kate: Hello! I will send the slides."
    assert len(recollection(HEARD, "Ann").splitlines()) == 5


def test_what_is_made_of_recollections_is_what_they_have_in_common() -> None:
    assert common(recollection(HEARD, name) for name in ("Ann", "Kate")) == recollection(HEARD, "Kate")
    assert common(["Ann: a", "Bo: b"]) == NOTHING
