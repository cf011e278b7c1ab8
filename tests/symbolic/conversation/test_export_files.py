"""Exports in folders and zip files, exports with several chats, and the people whom the user names."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.symbolic.conversation import read_transcript
from social_world_model.symbolic.conversation.exports import People, files, own_json, read_chat, read_chat_at

SLACK = Path(__file__).parents[2] / "data" / "chats" / "slack"
GENERAL = (
    "(Members: Rosa Keller, Ivo Lang, Sam)\n"
    "Rosa Keller: Hi here, the vault opens at nine & @Ivo Lang has the key\n"
    "(Build Bot posts: build 12 is green)\n"
    "Ivo Lang: I gave it to Sam\n"
    "(@Rosa Keller set the channel topic: vaults)\n"
    "(Ivo Lang leaves)\n"
    "(Rosa Keller sends something without text)"
)
TELEGRAM = json.dumps(
    {
        "chats": {
            "list": [
                {"name": "Boat", "messages": [{"type": "message", "from": "Rosa", "from_id": "user1", "text": "at 9"}]},
                {"name": "Shop", "messages": [{"type": "message", "from": "Ivo", "from_id": "user2", "text": "milk"}]},
            ]
        }
    }
)


def zipped(folder: Path, target: Path, root: str = "") -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(folder.rglob("*.json")):
            archive.write(file, root + str(file.relative_to(folder)))
    return target


def test_a_channel_of_slack_is_read_with_its_users_days_and_silent_members() -> None:
    assert read_chat_at(SLACK / "general") == GENERAL


def test_one_day_of_slack_has_the_names_of_the_users_beside_it() -> None:
    text = read_chat_at(SLACK / "general" / "2026-03-01.json")
    assert text == "\n".join(GENERAL.splitlines()[:5])


def test_an_export_with_several_channels_names_them() -> None:
    with pytest.raises(DatasetError, match=r"2 chats: general, random; .* such as '.*slack/general'"):
        read_chat_at(SLACK)


@pytest.mark.parametrize("root", ["", "acme export/"])
def test_a_zip_file_is_read_as_the_folder(tmp_path: Path, root: str) -> None:
    export = zipped(SLACK, tmp_path / "acme.zip", root)
    assert read_chat_at(export / "general") == GENERAL
    with pytest.raises(DatasetError, match="2 chats: general, random"):
        read_chat_at(export)
    with pytest.raises(DatasetError, match="generla; did you mean general"):
        read_chat_at(export / "generla")


def test_a_zip_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 100)
    with pytest.raises(DatasetError, match="at most 100 bytes"):
        read_chat_at(zipped(SLACK, tmp_path / "acme.zip") / "general")


@pytest.mark.parametrize("content", [b"no zip", b""])
def test_a_broken_zip_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(DatasetError, match="expected a zip file"):
        read_chat_at(tmp_path / "x.zip")


def test_a_full_export_of_telegram_names_its_chats(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    file.write_text(TELEGRAM, encoding="utf-8")
    assert read_chat_at(file / "shop") == "(Members: Ivo)\nIvo: milk"
    assert read_chat_at(tmp_path / "Shop") == "(Members: Ivo)\nIvo: milk"
    assert read_chat(TELEGRAM, chat="Boat") == "(Members: Rosa)\nRosa: at 9"
    with pytest.raises(DatasetError, match=r"2 chats: Boat, Shop; .*result.json/Boat"):
        read_chat_at(file)


def test_the_parts_of_a_chat_of_messenger_are_one_chat(tmp_path: Path) -> None:
    for number, said in ((1, "newer"), (2, "older")):
        rows = [{"sender_name": "Rosa", "timestamp_ms": 10 - number, "content": said}]
        data = {"participants": [{"name": "Rosa"}], "messages": rows}
        (tmp_path / f"message_{number}.json").write_text(json.dumps(data), encoding="utf-8")
    assert read_chat_at(tmp_path) == "(Members: Rosa)\nRosa: older\nRosa: newer"


def test_the_zip_file_of_whatsapp_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "chat.zip", "w") as archive:
        archive.writestr("_chat.txt", "[12/03/26, 18:01:05] Rosa: hi\n[12/03/26, 18:02:05] Ivo: hello")
        archive.writestr("00001-PHOTO.jpg", b"x")
    assert read_chat_at(tmp_path / "chat.zip") == "(Members: Rosa, Ivo)\nRosa: hi\nIvo: hello"


def test_the_steps_of_generative_agents_are_read_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "movement"
    folder.mkdir()
    for step, said in ((2, "first"), (10, "second")):
        data = {"persona": {"Rosa": {"chat": [["Rosa", said], ["Ivo", "yes"]]}}, "meta": {}}
        (folder / f"{step}.json").write_text(json.dumps(data), encoding="utf-8")
    text = read_chat_at(folder)
    assert text.index("Rosa: first") < text.index("Rosa: second")


@pytest.mark.parametrize("name", ["nothing", "nothing/general"])
def test_a_path_without_a_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DatasetError, match="does not exist"):
        read_chat_at(tmp_path / name)


def test_a_folder_without_a_chat_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="expected the folder of a chat export"):
        read_chat_at(tmp_path)


def test_people_get_the_names_that_the_user_gives() -> None:
    people = {"Rosa K": ["U1", "Rosa Keller"], "Ivo": ["u2"], "Lurker": None}
    text = read_chat_at(SLACK / "general", people=people)
    assert text.splitlines()[0] == "(Members: Rosa K, Ivo, Sam, Lurker)"
    assert read_transcript(text).cast == ("Rosa K", "Ivo", "Sam", "Lurker")


def test_aliases_are_replaced_in_a_plain_transcript() -> None:
    text = "[10:02] ann.w: Hi, ann.w here\nBo: Hello\n(ann.w leaves)\nBo: So."
    named = read_chat(text, people={"Ann Weber": "ann.w", "Bo": [], "Cy": []})
    assert named == "(Cy joins)\n[10:02] Ann Weber: Hi, ann.w here\nBo: Hello\n(Ann Weber leaves)\nBo: So."


def test_a_list_of_names_is_a_cast() -> None:
    assert read_chat("Ann: Hi\nBo: Hello", people=People.of(["Ann", "Cy"])) == "(Cy joins)\nAnn: Hi\nBo: Hello"


@pytest.mark.parametrize(
    "data",
    [None, {}, [], 5, "Ann", [1], {"Ann": {"x": 1}}, {"Ann": [["x"]]}, {"Ann": ["a"], "Bo": ["A"]}, {"Ann": [""]}],
)
def test_people_of_another_form_are_refused(data: object) -> None:
    with pytest.raises(DatasetError, match="expected"):
        People.of(data)


def test_people_of_a_story_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="expected a chat if people is set"):
        read_chat("Al entered the hall. Bo entered the hall.", people={"Al": []})


def test_a_chat_in_an_unknown_format_is_refused_with_the_known_formats() -> None:
    text = "2026-03-01T10:00|rosa|hello there\n2026-03-01T10:01|ivo|hi\n2026-03-01T10:02|rosa|so"
    with pytest.raises(DatasetError, match=r"expected a chat in a known format.*known formats: .*WhatsApp"):
        read_chat(text)
    with pytest.raises(DatasetError, match=r"expected a chat as JSON in a known format.*known formats: .*Slack"):
        read_chat('[{"who": "Rosa", "what": "hi"}]')


def test_json_of_this_package_is_no_chat() -> None:
    assert own_json('{"agents_names": [], "socialized_context": []}') is not None
    assert own_json('{"speaker": "Rosa", "text": "hi"}\n{"speaker": "Ivo", "text": "yes"}') is None
    assert own_json("Rosa: hi\nIvo: yes") is None
    with pytest.raises(DatasetError, match="JSON object with the keys a, b"):
        own_json('{"a": 1, "b": 2}')
