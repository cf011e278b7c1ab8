from __future__ import annotations

import json

import pytest

from social_world_model.errors import DatasetError
from social_world_model.symbolic.conversation import read_chat, read_transcript


def test_slack() -> None:
    rows = [
        {"type": "message", "subtype": "channel_join", "user": "U1", "user_profile": {"display_name": "Ann"}},
        {"type": "message", "user": "U1", "text": "Hi <@U2>!\nAll well?", "user_profile": {"display_name": "Ann"}},
        {"type": "message", "user": "U2", "text": "Yes."},
        {"type": "message", "subtype": "channel_leave", "user": "U2"},
    ]
    assert read_chat(json.dumps(rows)) == ("(Members: U2)\n(Ann joins)\nAnn: Hi @U2! All well?\nU2: Yes.\n(U2 leaves)")


def test_somebody_with_a_number_is_one_person_under_all_names() -> None:
    rows = [
        {"user": "U1", "text": "hi &amp; <https://x.example|site> <@U3>", "user_profile": {"display_name": "Ann"}},
        {"subtype": "channel_join", "user": "U3", "text": "x"},
        {"user": "U3", "text": "hey", "user_profile": {"display_name": "Cy"}},
        {"subtype": "channel_leave", "user": "U1", "text": "x"},
        {"user": "U1", "text": "no profile here"},
    ]
    assert read_chat(json.dumps(rows)) == (
        "(Members: Ann)\nAnn: hi & site @Cy\n(Cy joins)\nCy: hey\n(Ann leaves)\nAnn: no profile here"
    )


def test_names_that_a_transcript_would_not_take_for_names_have_a_sign_before_them() -> None:
    rows = [{"user": name, "text": "hi"} for name in ("bo the builder", "Everyone", "Trip: Rome", "mum")]
    text = read_chat(json.dumps(rows))
    assert text == (
        "(Members: @bo the builder, @Everyone, Trip – Rome, @mum)\n"
        "@bo the builder: hi\n@Everyone: hi\nTrip – Rome: hi\n@mum: hi"
    )
    assert read_transcript(text).cast == ("@bo the builder", "@Everyone", "Trip – Rome", "@mum")


@pytest.mark.parametrize(
    "rows",
    [
        [{"user": "A", "text": "\ud83d"}],
        [{"from": "A", "text": 5}],
        [{"from": "A", "text": [None, {"text": 3}]}],
        [{"user": "A", "user_profile": "x", "text": "x"}],
        [{"author": {"name": "A"}, "content": ["q"], "mentions": [1], "type": "RecipientAdd"}, {"role": "user"}],
        [{"author": {"name": 5}, "content": "q"}],
        [{"type": "service", "members": 5, "action": "invite_members"}, {"user": 5, "text": "x"}],
    ],
)
def test_odd_values_stop_nothing(rows: list[dict[str, object]]) -> None:
    read_chat(json.dumps(rows)).encode()


def test_two_people_of_one_name_are_told_apart_by_their_numbers() -> None:
    rows = [
        {"user": number, "text": text, "user_profile": {"display_name": "Ann"}}
        for number, text in (("U1", "Hi"), ("U2", "Hello"))
    ]
    assert read_chat(json.dumps(rows)) == "(Members: Ann U1, Ann U2)\nAnn U1: Hi\nAnn U2: Hello"
    assert read_transcript(read_chat(json.dumps(rows))).cast == ("Ann U1", "Ann U2")


def test_discord() -> None:
    ann, bo = {"id": "1", "name": "ann", "nickname": "Ann"}, {"id": "2", "name": "Bo"}
    rows = [
        {"type": "Default", "author": ann, "content": "Hi"},
        {"type": "RecipientAdd", "author": ann, "content": "Added Bo.", "mentions": [bo]},
        {"type": "Reply", "author": bo, "content": "Hello"},
        {"type": "RecipientRemove", "author": ann, "content": "", "mentions": [bo]},
    ]
    assert read_chat(json.dumps({"messages": rows})) == ("(Members: Ann)\nAnn: Hi\n(Bo joins)\nBo: Hello\n(Bo leaves)")


def test_telegram() -> None:
    rows = [
        {"type": "service", "actor": "Ann", "action": "create_group", "members": ["Ann"]},
        {"type": "message", "from": "Ann", "from_id": "user1", "text": ["See ", {"type": "link", "text": "this"}, "."]},
        {"type": "service", "actor": "Ann", "action": "invite_members", "members": ["Bo", None]},
        {"type": "message", "from": "Bo", "from_id": "user2", "text": "Thanks"},
        {"type": "service", "actor": "Bo", "action": "remove_members", "members": ["Bo"]},
        {"type": "service", "actor": "Cy", "action": "join_group_by_link"},
    ]
    assert read_chat(json.dumps({"name": "Group", "messages": rows})) == (
        "(Ann joins)\nAnn: See this.\n(Bo joins)\nBo: Thanks\n(Bo leaves)\n(Cy joins)"
    )


def test_chat_models() -> None:
    rows = [
        {"role": "user", "name": "Ann", "content": "Hi"},
        {"role": "assistant", "content": [{"type": "text", "text": "Hello."}, {"type": "image_url"}]},
        {"role": "assistant", "content": None},
    ]
    assert read_chat(json.dumps(rows)) == "Ann: Hi\nAssistant: Hello.\n(Assistant sends something without text)"


@pytest.mark.parametrize("stamp", ["[12/01/26, 10:02:11 AM] ", "12/01/26, 10:02 - ", "01.12.26, 10:02 - "])
def test_whatsapp(stamp: str) -> None:
    rows = ["Messages are end-to-end encrypted.", "Ann: Hi\nthere", "Ann added Bo and Cy", "Bo: Hello: you", "Bo left"]
    assert read_chat("\n".join(f"{stamp}{row}" for row in rows)) == (
        "(Members: Ann)\n(Messages are end-to-end encrypted.)\nAnn: Hi there\n"
        "(Bo joins)\n(Cy joins)\nBo: Hello: you\n(Bo leaves)"
    )


def test_subtitles_with_speakers() -> None:
    text = (
        "WEBVTT\n\n1\n00:00.000 --> 00:01.000\n<v Ann Lee>Hi <i>there</i></v>\n\n"
        "00:01.000 --> 00:02.000\nand all\n\n00:02.000 --> 00:03.000\nBo: Hello\nyou\n"
    )
    assert read_chat(text) == "Ann Lee: Hi there\nAnn Lee: and all\nBo: Hello you"
    assert read_chat("1\n00:00:00,000 --> 00:00:01,000\nAnn: Hi\n") == "Ann: Hi"


def cues(*texts: str) -> str:
    """Return WebVTT with a cue per text."""
    times = (f"00:{number:02}.000 --> 00:{number + 1:02}.000" for number in range(len(texts)))
    return "\n\n".join(["WEBVTT", *(f"{time}\n{text}" for time, text in zip(times, texts, strict=True))])


def test_digits_alone_are_what_somebody_says() -> None:
    assert read_chat(cues("Ann: How old?", "<v Bo>42", "43", "Ann: Or\n44")) == (
        "Ann: How old?\nBo: 42\nBo: 43\nAnn: Or 44"
    )
    srt = "1\n00:00:01,000 --> 00:00:02,000\nAnn: In\n1984\n\n2\n00:00:02,000 --> 00:00:03,000\n42\n"
    assert read_chat(srt) == "Ann: In 1984\nAnn: 42"


def test_entities_in_subtitles_are_the_characters_that_they_stand_for() -> None:
    assert read_chat(cues("<v Ann &amp; Bo>x &lt;i&gt; y &#39;z&#39;&nbsp;!")) == "Ann & Bo: x <i> y 'z' !"
    assert read_chat("1\n00:00:01,000 --> 00:00:02,000\nAnn: Q&amp;A\n") == "Ann: Q&A"


def test_several_voices_in_a_cue_are_several_speakers() -> None:
    text = cues("<v.loud Ann>Hi</v> <v Bo>Hello\nyou</v>", "<c.red>and</c> <00:00:01.500>all", "[door closes]")
    assert read_chat(text) == "Ann: Hi\nBo: Hello you\nBo: and all\n(door closes)"


def test_signs_that_are_no_markup_stay_in_subtitles() -> None:
    text = cues("Ann: 3 < 4, Bo > Cy\nA --> B")
    assert read_chat(text) == "Ann: 3 < 4, Bo > Cy A --> B"


def test_comments_styles_and_numbers_of_subtitles_are_left_out() -> None:
    text = cues("Ann: Hi", "Bo: Hello").replace(
        "WEBVTT\n\n", "WEBVTT - Talk\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE by hand\n\n1\n"
    )
    assert read_chat(text) == "Ann: Hi\nBo: Hello"


def test_a_line_of_spaces_belongs_to_the_text_of_a_cue_unless_a_cue_follows() -> None:
    assert read_chat(cues(" \nAnn: Hi", "there").replace("Hi\n\n", "Hi\n \n2\n")) == "Ann: Hi\nAnn: there"


@pytest.mark.parametrize(
    "text",
    [
        "00:00:01,000 --> 00:00:02,000\nAnn: Hi\n\n00:00:02,000 --> 00:00:03,000\n42",
        "1\n00:01.000 --> 00:02.000\nAnn: Hi\n2\n00:02.000 --> 00:03.000\n42",
        "Talk\n\n1\n00:00:01.000 --> 00:00:02.000 X1:40\nAnn: Hi\n\n\n2\n00:00:02.000 --> 00:00:03.000\n\n42\n",
        "\ufeffWEBVTT\r\n\r\n0:00:01,000 --> 0:00:02,000 line:0\r\nAnn: Hi\r\n\r\n0:00:02,000 --> 0:00:03,000\r\n42",
    ],
)
def test_subtitles_that_are_written_carelessly_are_read(text: str) -> None:
    assert read_chat(text) == "Ann: Hi\nAnn: 42"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WEBVTT\n\n00:00:xx --> 00:00:02.000\nAnn: Hi", "correct this line"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: Hi\n\n00:02.000 -->\nBo: Hi", "correct this line"),
        ("WEBVTT\n\n00:99:01.000 --> 00:99:02.000\nAnn: Hi", "correct this line"),
        ("WEBVTT\n\nNOTE nothing else", "at least one cue"),
        ("WEBVTT", "at least one cue"),
        ("1\n00:00:01,000 --> 00:00:02,000\n", "malformed"),
    ],
)
def test_malformed_subtitles_are_refused(text: str, expected: str) -> None:
    with pytest.raises(DatasetError, match=expected):
        read_chat(text)


def test_somebody_called_webvtt_is_no_subtitle_file() -> None:
    assert read_chat("WEBVTT: Hi\nBo: Hello") == "WEBVTT: Hi\nBo: Hello"


def test_a_transcript_stays_as_it_is() -> None:
    text = "(Ann joins)\n[10:02] Ann: Hi\nBo: [laughs] Hello"
    assert read_chat(text) == text


def test_what_has_no_text_is_named_and_nothing_is_lost() -> None:
    rows = [
        {"role": "user", "content": "Hi"},
        {"type": "function_call", "name": "f"},
        {"role": "assistant", "content": ""},
    ]
    assert read_chat(json.dumps(rows)) == (
        "User: Hi\n(function_call without text)\n(Assistant sends something without text)"
    )
    files = [{"user": "U1", "text": "", "files": [{}]}]
    assert read_chat(json.dumps(files)) == "(Members: U1)\n(U1 sends something without text)"


def test_signs_of_the_direction_of_writing_are_left_out() -> None:
    assert read_chat("\u200e[12/01/26, 10:02:11] \u200eAnn: Hi") == "(Members: Ann)\nAnn: Hi"


@pytest.mark.parametrize("text", ['{"messages": []}', "[]", '[{"id": 1}]', '[{"role": '])
def test_json_of_no_messenger_is_refused(text: str) -> None:
    with pytest.raises(DatasetError, match="expected"):
        read_chat(text)
