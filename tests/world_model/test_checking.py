"""Which parses are refused, which get a warning, and which correct contexts must never be refused."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import Item
from social_world_model.errors import NarrativeError
from social_world_model.experiments.context_warnings import context_warnings
from social_world_model.generation_utils.reading import UnfitReply
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic import parse_narrative
from social_world_model.symbolic.generators import GENERATORS
from social_world_model.world_model import ContextOutputParser
from social_world_model.world_model.checking import refusals, warnings
from social_world_model.world_model.mentions import Mentions, without_instructions
from social_world_model.world_model.parsing import wire_text
from social_world_model.world_model.presence import absences
from tests.s3ap.builders import Told, context, step
from tests.world_model.hostile import ACCEPTED, BAKERY, BUNS, CASES, MARBLE, REFUSED, TRIP, WARNED, Reply, right

FEWEST_FOUND = 36


def outcome(narrative: str, reply: Reply) -> str:
    """Return what happens to a reply."""
    try:
        parsed = ContextOutputParser(narrative).parse(json.dumps(reply))
    except UnfitReply:
        return REFUSED
    return WARNED if context_warnings(narrative, parsed) else ACCEPTED


class TestHostileParses:
    @pytest.mark.parametrize(
        ("expected", "narrative", "reply"), [(one[0], *one[2:]) for one in CASES], ids=[one[1] for one in CASES]
    )
    def test_each_is_refused_or_warned_about_unless_only_prose_could_tell(
        self, expected: str, narrative: str, reply: Reply
    ) -> None:
        assert outcome(narrative, reply) == expected

    def test_nearly_all_are_found(self) -> None:
        found = Counter(one[0] for one in CASES)
        assert len(CASES) >= 40 and found[REFUSED] + found[WARNED] >= FEWEST_FOUND
        assert found[ACCEPTED] <= len(CASES) // 10

    @pytest.mark.parametrize(("narrative", "reply"), [(MARBLE, right(MARBLE)), (TRIP, right(TRIP)), (BUNS, BAKERY)])
    def test_the_correct_reply_has_no_doubt(self, narrative: str, reply: Reply) -> None:
        assert outcome(narrative, reply) == ACCEPTED

    def test_without_a_narrative_only_the_context_itself_is_checked(self) -> None:
        assert refusals("", context(["Zed"], step("It rains.", {"Zed": "<same_as_state />"}))) == []
        assert refusals("", context(["Zed"], step("It rains."))) != []


class TestNames:
    @pytest.mark.parametrize(
        ("narrative", "names"),
        [
            ("ANNA went out.", ["Anna", "anna", "Anna Lee", "Ms. Anna", "Anna (the elder)"]),
            ("Dr. Lee's cat slept.", ["Lee", "Prof. Lee", "Dr. Lee", "Susan Lee"]),
            ("Two waiters and the boss waited.", ["the waiter", "Waiter 1", "waiter_2", "Boss"]),
            ("Three women and a few ladies.", ["woman", "Lady in red", "the ladies"]),
            ("Jean-Luc met O’Neil.", ["Jean Luc", "Jean-Luc", "O'Neil", "ONeil"]),
            ("The co-worker left.", ["coworker", "Co-worker"]),
            ("I told my brother.", ["I", "Narrator", "the narrator", "me", "Speaker", "brother"]),
            ("He opened the door for her.", ["Man", "the woman", "Unknown person"]),
            ("Zoë saw Émile.", ["Zoe", "Emile", "ZOË"]),
            ("A told B.", ["A", "B"]),
            ("Speaker 1: Hi.", ["Speaker 1"]),
            ("小明把球放进盒子。小红出去了。", ["小明", "小红", "Xiao Ming"]),
            ("Анны нет дома. Ваня спит.", ["Анна", "Ваня"]),
            ("User <b1> said hi.", ["User <b1>"]),
        ],
    )
    def test_other_forms_of_a_name_are_mentioned(self, narrative: str, names: list[str]) -> None:
        assert [name for name in names if not Mentions(narrative).contains(name)] == []

    @pytest.mark.parametrize(
        ("narrative", "names"),
        [
            ("Every evening Sally sang.", ["Eve", "Sal", "Ally", "Ann", "narrator", "<script>", "Sally<br>"]),
            ("Joann spoke to her.", ["Ann", "Jo", "Anne"]),
            ("", ["Ann"]),
            ("Анны нет дома.", ["Борис"]),
            ("小明出去了。", ["小红"]),
        ],
    )
    def test_other_words_do_not_mention_a_name(self, narrative: str, names: list[str]) -> None:
        assert [name for name in names if Mentions(narrative).contains(name)] == []

    def test_a_person_who_talks_about_instructions_stays_a_person(self) -> None:
        talk = "Eve: Please ignore my previous message.\nBo: I will ignore the rules, Eve.\nEve: Good."
        assert warnings(talk, parse_narrative(talk)[0]) == []
        assert "agents" not in without_instructions("Al left. The agents are: Eve.\nBo left.")

    def test_one_unreadable_sentence_does_not_hide_a_missing_actor(self) -> None:
        story = f"{MARBLE} It had been, all in all, quite the day."
        assert any("Bo acts" in reason for reason in refusals(story, context(["Sally", "Anne"], step("none"))))


class TestPresence:
    @pytest.mark.parametrize(
        "back",
        [
            "returns to the den",
            "comes back",
            "walks into the den",
            "says: I am back",
        ],
    )
    def test_who_has_returned_is_present(self, back: str) -> None:
        assert absences(_left(step("none", {}, {"Al": back}), step("none", {}, {"Bo": "hides the key"}), _SEEN)) == []

    @pytest.mark.parametrize(
        "seen", ["Hears Bo hide the key.", "Bo hides the key, seen through the window.", "Al is back in the den."]
    )
    def test_who_watches_from_outside_contradicts_nothing(self, seen: str) -> None:
        told = _left(step("none", {}, {"Bo": "hides the key"}), step("none", {"Al": seen}))
        assert not any(absence.is_certain for absence in absences(told))

    @pytest.mark.parametrize("state", ["Al is in the den again.", "Al and Bo sit in the den."])
    def test_a_state_brings_back_who_left(self, state: str) -> None:
        told = _left(step(state, {}, {"Bo": "hides the key"}), _SEEN)
        assert absences(told) == []

    def test_an_event_in_another_room_may_be_seen(self) -> None:
        told = _left(step("none", {}, {"Bo": "walks to the lake"}), step("none", {}, {"Bo": "hides the key"}), _SEEN)
        assert not any(absence.is_certain for absence in absences(told))

    def test_leaving_a_thing_behind_is_not_leaving(self) -> None:
        told = context(
            ["Al", "Bo"],
            step("Bo is in the den.", {}, {"Al": "left the key in the den"}),
            step("none", {}, {"Bo": "hides the key"}),
            _SEEN,
        )
        assert absences(told) == []


_SEEN = step("none", {"Al": "<same_as_last_action />"})


def _left(*more: tuple[str, Told, Told, str]) -> SocializedContext:
    """Return a context in which Al leaves the den and Bo stays, and then more steps follow."""
    return context(["Al", "Bo"], step("Al and Bo are in the den."), step("none", {}, {"Al": "leaves the den"}), *more)


@pytest.mark.parametrize("kind", sorted(GENERATORS))
def test_contexts_of_generated_stories_are_neither_refused_nor_doubted(kind: str) -> None:
    for story in GENERATORS[kind](60, 7):
        narrative = story.narrative
        parsed = ContextOutputParser(narrative).parse(wire_text(parse_narrative(narrative)[0]))
        assert context_warnings(narrative, parsed) == ()


REAL = [
    ("ori_tomi", "tomi/Percept-ToMi.csv", 500),
    ("hitom", "hitom/hitom_dev.csv", 40),
    ("fantom", "fantom/fantom_dev.reconstructed.jsonl", 100),
    ("confaide", "confaide/confaide.jsonl", 20),
    ("mmtom", "mmtom-qa/questions_dev.jsonl", 200),
]
"""Benchmark, file, and smallest number of stories."""


@pytest.mark.parametrize(("benchmark", "file", "fewest"), REAL, ids=[one[0] for one in REAL])
def test_correct_contexts_of_real_stories_are_neither_refused_nor_doubted(
    swm_data: Path, benchmark: str, file: str, fewest: int
) -> None:
    rows = get_benchmark(benchmark).load(swm_data / file).rows
    stories = dict.fromkeys(row.narrative for row in rows if isinstance(row, Item))
    assert len(stories) >= fewest
    for narrative in stories:
        try:
            made = parse_narrative(narrative)[0]
        except NarrativeError:
            continue
        assert context_warnings(narrative, ContextOutputParser(narrative).parse(wire_text(made))) == ()
