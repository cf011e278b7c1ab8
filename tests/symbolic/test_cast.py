from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import Item
from social_world_model.symbolic import parse_narrative
from social_world_model.symbolic.cast import acting, missing
from tests.strategies import words


class TestTheGrammarsNarratives:
    def test_those_who_do_something_act_and_those_who_are_only_there_do_not(self) -> None:
        story = (
            "Al, Bo and Cy entered the hall. The ball is in the box. Al told Bo that the ball is in the bag. Di is in "
        )
        assert acting(f"{story}the den.") == ["Al", "Bo", "Cy"]

    def test_titles_and_accents_belong_to_names(self) -> None:
        assert acting("Dr. Smith entered the hall. Émile exited the hall.") == ["Dr. Smith", "Émile"]

    def test_everyone_is_nobody(self) -> None:
        assert acting("Al entered the hall. Everyone exited the hall.") == ["Al"]

    def test_a_word_of_time_that_is_read_as_part_of_a_name_accuses_nobody(self) -> None:
        assert missing(acting("Al entered the hall. Yesterday Al exited the hall."), ["Al"]) == []


class TestTranscripts:
    @pytest.mark.parametrize(
        ("transcript", "speakers"),
        [
            ("Ann: Hi.\nBob: Hello.\nAnn: Bye.\nBob: Bye.", ["Ann", "Bob"]),
            ("Ann: Hi, Bob.\nBob: Hello, Ann.", ["Ann", "Bob"]),
            ("**Ann**: Hi, Bob.\n**Bob:** Hello, Ann.", ["Ann", "Bob"]),
            ("10:30 Ann: Hi, Bob.\n[10:31] Bob: Hello, Ann.\n10:32: Everyone leaves.", ["Ann", "Bob"]),
            ("- Ann (smiling): Hi, Bob.\n- Bob [nods]: Hello, Ann.", ["Ann", "Bob"]),
            ("Zoë Ångström: Hi.\nO’Neil: Hello, Zoë. I am O’Neil.", ["Zoë Ångström", "O’Neil"]),
            ("Mr. Lee: Hi.\nLudwig van Ray: Hello, Mr. Lee.\nLudwig van Ray: So.", ["Mr. Lee", "Ludwig van Ray"]),
            ("Ann：Hi, Bob.\nBob：Hello, Ann.", ["Ann", "Bob"]),
            ("Speaker 1: Hi.\nSpeaker 2: Hello.\nSpeaker 1: Bye.", ["Speaker 1", "Speaker 2"]),
            ("\n\nAnn: Hi, Bob.\n\n(Cy joins)\n\nBob: Ann!\n\n", ["Ann", "Bob"]),
        ],
    )
    def test_who_speaks_is_read_from_the_heads_of_lines(self, transcript: str, speakers: list[str]) -> None:
        assert acting(transcript) == speakers

    @pytest.mark.parametrize(
        "line",
        [
            "All: Bye!",
            "Everyone: Bye!",
            "Ann & Bob: Bye!",
            "Ann and Bob: Bye!",
            "Ann, Bob: Bye!",
            "Note: they are friends. Note: so it is.",
            "Scene 2: the kitchen",
            "Narrator: And so it went.\nNarrator: On and on.",
            "What's inside the apartment: a table. What's that?",
            "Actions taken by Jennifer: she walks.\nActions taken by Jennifer: she sits.",
            "Question: Where is it?\nQuestion: And that?",
            "Q: Where is it?\nQ: And that?",
            "Anne: a slip of the pen",
            "Monday 10:30: a meeting",
            "He said this: hello",
            "Alice then said: hello. Alice!",
            "http://example.org: a page",
            "Price: 10\nPrice: 20",
            "Setting:\nSetting:",
            "(Cy joins)",
            "???: Who is it?\n???: I.",
        ],
    )
    def test_crowds_headings_labels_slips_and_stage_lines_are_no_speakers(self, line: str) -> None:
        talk = "Ann: Hi, Bob.\nBob: Ann, hello.\nAnn: How are you?\nBob: Fine.\n"
        assert acting(f"{talk}{line}") == ["Ann", "Bob"]
        assert acting(f"{line}\n{talk}") == ["Ann", "Bob"]

    def test_a_label_above_its_line_does_not_swallow_the_next_speaker(self) -> None:
        assert acting("Act One:\nAnn: Hi, Bob.\nBob: Hello, Ann.") == ["Ann", "Bob"]

    def test_one_letter_more_is_another_person_unless_that_one_hardly_speaks(self) -> None:
        assert acting("Ann: Hi.\nAnna: Hello.\n" * 2) == ["Ann", "Anna"]
        assert acting("Jude: Hi.\nVic: Hello.\n" * 7 + "Judy: Hm.\n" * 2) == ["Jude", "Vic"]

    def test_names_with_a_colon_accuse_only_where_the_whole_person_is_missing(self) -> None:
        talk = "Ann: the elder: Hi.\nBob: Hello, Ann.\nBob: Bye."
        assert missing(acting(talk), ["Ann: the elder", "Bob"]) == []
        assert missing(acting(talk), ["Bob"]) == ["Ann"]

    def test_a_list_of_facts_is_no_transcript(self) -> None:
        assert acting("Name: Leo\nAge: 37\nOccupation: Dentist\nName: Ann\nAge: 30\nOccupation: Cook") == []


class TestProse:
    @pytest.mark.parametrize(
        ("story", "who"),
        [
            ("Ida walked in. Nobody saw Ida.", ["Ida"]),
            ("Ida then quietly took her bag. It was Ida's.", ["Ida"]),
            ("Then Ida left. She was tired. All waited for Ida.", ["Ida"]),
            ("Ms. Anna Lee sat down. We know Anna Lee.", ["Anna Lee"]),
            ("Juan is a chef. Juan buys tomatoes, which he believes are ripe.", ["Juan"]),
            ('Ida nodded. "Ida, come!" someone called.', []),
        ],
    )
    def test_those_act_who_are_surely_named_surely_persons_and_surely_doing_it(
        self, story: str, who: list[str]
    ) -> None:
        assert acting(story) == who

    @pytest.mark.parametrize(
        "story",
        [
            "Yesterday was loud. Paris saw its first snow, and all of Paris was glad.",
            "Google said no. Shares of Google fell. Google left the market.",
            "Secretly told his wife. Empathetic said he.",
            "Students entered. Students sat down. Customers left their bags.",
            'Ida said, "Bob took his bag. Bob walked home." It was about Bob.',
            "If Bob left his bag there, it is gone. It is thought that Bob took his time.",
            "Bob has not left his room. Nobody knows Bob.",
            "Liz walked home. Elizabeth (Liz) was tired. We saw Liz.",
            "Sam, called Sammy by all, slept. Sammy walked home, good Sammy.",
            "Monday saw her leave. It was Monday.",
            "He walked. She sat. They left. Everybody smiled at her, and nobody else, as He does.",
            "Will walked home. She will see Will.",
            "",
            "   \n\t ",
        ],
    )
    def test_whoever_may_be_no_person_or_no_doer_or_have_another_name_is_left_out(self, story: str) -> None:
        assert acting(story) == []


class TestMissing:
    @pytest.mark.parametrize(
        ("name", "member"),
        [
            ("Mr. Lee", "Lee"),
            ("Lee", "Mr. Lee"),
            ("Anna Lee", "Anna"),
            ("Lee", "Anna Lee"),
            ("ANNA", "Anna"),
            ("Zoë", "Zoe"),
            ("Zoe\u0308", "Zoë"),
            ("O’Neil", "O'Neil"),
            ("Dr. Lee", "Prof. Lee"),
            ("$^", "$^"),
            ("李 明", "李 明"),
        ],
    )
    def test_titles_parts_accents_and_case_do_not_count(self, name: str, member: str) -> None:
        assert missing([name], ["Bob", member]) == []

    @pytest.mark.parametrize(
        ("name", "member"),
        [("Ann", "Anna"), ("Anna", "Ann"), ("Ann Lee", "Bob Lee"), ("Mr. Lee", "Mr. Ray"), ("The Cook", "The Boy")],
    )
    def test_names_that_only_look_alike_are_of_two_people(self, name: str, member: str) -> None:
        assert missing([name], [member]) == [name]

    @given(st.lists(words, max_size=4), st.lists(words, max_size=4))
    def test_a_cast_never_lacks_itself(self, cast: list[str], more: list[str]) -> None:
        assert missing(cast, [*more, *cast]) == []


@given(
    st.lists(st.one_of(words, st.sampled_from(["Ann: Hi", "Bob said", "\r\n", "Mr.", "(", "**", "1:2"]))).map("".join)
)
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(acting(text), list)


@pytest.mark.parametrize(
    "part",
    [
        "\n", " ", " \n", "A'", "A. ", "Ab. ", '"', "“Ab. ", "(A", "Ab", "Ab ly", "Ab:", "Ab: c\n", "*", "[1:", ".)",
        "a - ", "Al and ", "Ann Lee walked home. ", "Ann said: 'so'. ", "Al entered the hall.\n", "Al left the hall. ",
        "1. ", "Al\t", "called A", "\x0b", "é", "’s ",
    ],
)  # fmt: skip
def test_a_long_narrative_takes_no_longer_than_its_length(part: str) -> None:
    start = time.process_time()
    acting((part * (100_000 // len(part)))[:100_000])
    acting("Ann" + part * (50_000 // len(part)))
    assert time.process_time() - start < 5  # a square of the length would take minutes


class TestRealNarratives:
    """Nobody is accused who is not a character there."""

    def test_tomi_and_hitom(self, swm_data: Path) -> None:
        for benchmark, file in [("ori_tomi", "tomi/Percept-ToMi.csv"), ("hitom", "hitom/hitom_dev.csv")]:
            for item in get_benchmark(benchmark).load(swm_data / file).rows:
                assert isinstance(item, Item)
                found = acting(item.narrative)
                assert found and set(found) <= set(parse_narrative(item.narrative)[0].agents_names)

    def test_fantom(self, swm_data: Path) -> None:
        spoken = 0
        for row in fantom(swm_data):
            for talk in filter(None, (row["short_context"], row["full_context"])):
                heads = {line.split(":")[0] for line in talk.splitlines() if ":" in line}
                found = acting(talk)
                assert set(found) <= heads
                assert all(name.isalpha() and name not in ("All", "Everyone") for name in found)
                assert not set(found) & {"Alejendra", "Everevt", "Judy"}  # slips of Alejandra, Everett and Jude
                spoken += len(found) >= 3
        assert spoken > 350

    def test_who_perceives_utterances_in_fantom(self, swm_data: Path) -> None:
        csv.field_size_limit(10**7)
        with (swm_data / "fantom/percept_fantom_dev.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                said = json.loads(row["conversation_with_perceivers"])
                everyone = {name for part in said for names in part.values() for name in names}
                assert missing(acting("\n".join(text for part in said for text in part)), sorted(everyone)) == []

    def test_confaide(self, swm_data: Path) -> None:
        for line in lines(swm_data / "confaide/confaide.jsonl"):
            assert acting(json.loads(line)["context"]) == ["Alice", "Karen", "Bob", "Dan", "Kate"]

    def test_bigtom(self, swm_data: Path) -> None:
        items = json.loads((swm_data / "bigtom/bigtom_dev.json").read_text(encoding="utf-8")).values()
        found = [acting(item["context"]) for item in items]
        assert all(item["context"].startswith(who[0]) for item, who in zip(items, found, strict=True) if who)
        assert sum(map(bool, found)) > 20 and max(map(len, found)) == 1

    def test_mmtom(self, swm_data: Path) -> None:
        for line in lines(swm_data / "mmtom-qa/questions_dev.jsonl"):
            narrative = json.loads(line)["question"]
            (agent,) = {part.split()[0] for part in narrative.split("Actions taken by ")[1:2]}
            assert acting(narrative) in ([], [agent.rstrip(":")])

    def test_sotopia(self, swm_data: Path) -> None:
        bundle = json.loads((swm_data / "sotopia/sotopia_hard_bundle.json").read_text(encoding="utf-8"))
        for setting in bundle["environments"].values():
            assert acting("\n".join([setting["scenario"], *setting["agent_goals"]])) == []
        for agent in bundle["agents"].values():
            own = f"{agent['first_name']} {agent['last_name']}"
            for text in ("\n".join(f"{name}: {value}" for name, value in agent.items()), agent["public_info"]):
                assert missing(acting(text), [own]) == []


def lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def fantom(folder: Path) -> Iterator[dict[str, str]]:
    for name in ("fantom_64", "fantom_dev"):
        yield from map(json.loads, lines(folder / f"fantom/{name}.reconstructed.jsonl"))
