from __future__ import annotations

import doctest
import hashlib
import importlib
import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import islice, pairwise
from typing import Any

import pytest

from social_world_model.s3ap import events, validate
from social_world_model.symbolic.generators import GENERATORS, GeneratedStory, generate_tomi
from social_world_model.symbolic.generators.dice import Dice
from social_world_model.symbolic.generators.oracle import Oracle
from social_world_model.symbolic.generators.tomi import STORY_TYPES
from social_world_model.symbolic.generators.vocabulary import (
    COLOURED_CONTAINERS,
    CONTAINERS,
    NAMES,
    OBJECTS,
    ROOMS,
    WAITING_ROOM,
)
from social_world_model.symbolic.generators.wordings import WORDINGS, filled
from social_world_model.symbolic.story.beliefs import EventReading, beginning, belief, read_events
from social_world_model.symbolic.story.clauses import Attitude, Clause, Contained, Enter, Exit, Move, Whereabouts, key
from social_world_model.symbolic.story.language import read_clause, read_narrative, read_question

STORIES = 300
# Of the JSON of the first 20 stories with seed 0. A change here changes every sample and data set ever generated:
# change it knowingly, and say so in the changelog.
SHA256 = {
    "tomi": "914d746af1cb5f1dac4459bd95f86e6028d8928ab73a57288d74e5fc9379a826",
    "ori_tomi": "77831d1592e8c54bc67c9dc9c1941e938d3752d7f637740758a32a26ab5c0fd3",
    "hitom": "14f395548f26b13ab2db464ceab7ab7ab1ae574e39676e8c67a28d24abbc5d22",
}
SAMPLES = {
    "tomi": ("tomi_sample.jsonl", 50),
    "ori_tomi": ("ori_tomi_sample.jsonl", 50),
    "hitom": ("hitom_sample.jsonl", 24),
}
SAMPLE_SEED = 7

both_kinds = pytest.mark.parametrize("kind", GENERATORS)


@cache
def stories(kind: str) -> tuple[GeneratedStory, ...]:
    return tuple(GENERATORS[kind](STORIES, 0))


def all_rows(kind: str) -> list[dict[str, Any]]:
    return [row for story in stories(kind) for row in story.rows]


def as_jsonl(made: Iterable[GeneratedStory]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for story in made for row in story.rows)


def answer_from_text(readings: list[EventReading], question: str) -> str | None:
    asked = read_question(question)
    assert asked is not None, question
    return beginning(readings, asked.thing) if asked.asks == "beginning" else belief(readings, asked.chain, asked.thing)


# --- labels ------------------------------------------------------------------------------------------------------


@both_kinds
def test_the_model_that_reads_the_story_agrees_with_every_label_of_who_acted_it_out(kind: str) -> None:
    for story in stories(kind):
        readings = read_events(events(story.context))
        for row in story.rows:
            assert answer_from_text(readings, row["question"]) == row["answer"], (story.narrative, row["question"])


def test_the_oracle_knows_that_sally_missed_the_move() -> None:
    oracle = Oracle(depth=2)
    oracle.enter(["Sally", "Anne"], "playroom")
    oracle.put("ball", "basket", "playroom")
    oracle.leave("Sally")
    oracle.move("Anne", "ball", "box")

    assert (oracle.first_place("ball"), oracle.place("ball")) == ("basket", "box")
    assert (oracle.belief(["Sally"], "ball"), oracle.belief(["Anne"], "ball")) == ("basket", "box")
    assert oracle.belief(["Anne", "Sally"], "ball") == "basket"

    oracle.leave("Anne")
    oracle.enter(["Sally"], "playroom")
    assert oracle.belief(["Sally"], "ball") == "box"
    assert oracle.belief(["Anne", "Sally"], "ball") == oracle.belief(["Sally", "Anne"], "ball") == "basket"


def test_the_oracle_lets_a_hearer_believe_only_who_left_later() -> None:
    oracle = Oracle(depth=3)
    oracle.enter(["Early", "Late"], "hall")
    oracle.put("pea", "jar", "hall")
    for name in ("Early", "Late"):
        oracle.leave(name)
    oracle.enter(["Early", "Late"], WAITING_ROOM)

    oracle.report("Early", "Late", "pea", "bin")
    assert [oracle.belief(chain, "pea") for chain in (["Late"], ["Late", "Early"], ["Early", "Late"])] == [
        "jar",
        "jar",
        "bin",
    ]
    oracle.report("Late", None, "pea", "box")
    assert [oracle.belief(chain, "pea") for chain in (["Early"], ["Early", "Late"], ["Late", "Early"])] == ["box"] * 3
    assert (oracle.belief(["Late"], "pea"), oracle.place("pea")) == ("jar", "jar")


def test_the_oracle_has_no_answer_for_who_never_saw_the_thing() -> None:
    oracle = Oracle(depth=2)
    oracle.enter(["Ann"], "hall")
    oracle.enter(["Bob"], "attic")
    oracle.put("pea", "jar", "hall")

    with pytest.raises(KeyError):
        oracle.belief(["Bob"], "pea")


def test_a_tomi_row_says_tom_exactly_where_the_answer_is_not_where_the_thing_is() -> None:
    for story in stories("tomi"):
        really = story.rows[0]["answer"]
        for row in story.rows[2:]:
            assert row["qTypeRaw"].endswith("_no_tom") == (row["answer"] == really)


def test_a_tomi_row_names_in_order_of_mention_whom_it_asks_about() -> None:
    for story in stories("tomi"):
        for row in story.rows:
            asked = read_question(row["question"])
            assert asked is not None
            assert [row["char1"], row["char2"]] == [*asked.chain, "", ""][:2]
        first, second = (row["char1"] for row in story.rows[2:4])
        assert story.narrative.index(first) < story.narrative.index(second)


def test_a_story_type_says_who_is_wrong_about_what() -> None:
    wrong = {name: Counter[int]() for name in STORY_TYPES}
    for row in all_rows("tomi"):
        if not row["qTypeRaw"].endswith("_no_tom") and row["qTypeRaw"].endswith("_tom"):
            wrong[row["story_type"]][1 if row["qTypeRaw"].startswith("first") else 2] += 1
    told = Counter(story.rows[0]["story_type"] for story in stories("tomi"))

    assert wrong["true_belief"] == {}
    assert wrong["false_belief"] == {1: told["false_belief"], 2: 2 * told["false_belief"]}
    assert wrong["second_order_false_belief"] == {2: 2 * told["second_order_false_belief"]}


# --- repeatable --------------------------------------------------------------------------------------------------


@both_kinds
def test_the_same_seed_gives_the_same_stories_byte_for_byte(kind: str) -> None:
    made = as_jsonl(GENERATORS[kind](20, 0))

    assert made == as_jsonl(GENERATORS[kind](20, 0))
    assert hashlib.sha256(made.encode()).hexdigest() == SHA256[kind]


@both_kinds
def test_another_seed_gives_other_stories(kind: str) -> None:
    assert as_jsonl(GENERATORS[kind](3, 0)) != as_jsonl(GENERATORS[kind](3, 1))


@both_kinds
def test_the_first_stories_do_not_depend_on_how_many_follow(kind: str) -> None:
    assert list(GENERATORS[kind](5, 0)) == list(islice(GENERATORS[kind](50, 0), 5))


@both_kinds
def test_a_story_is_made_only_when_asked_for(kind: str) -> None:
    assert next(GENERATORS[kind](10**12, 0)).set_id == "0"


@both_kinds
def test_the_bundled_sample_is_what_the_generator_gives(kind: str) -> None:
    name, size = SAMPLES[kind]
    bundled = files("social_world_model").joinpath("benchmarks", "samples", name).read_bytes()

    assert bundled.decode("utf-8") == as_jsonl(GENERATORS[kind](size, SAMPLE_SEED))


@both_kinds
def test_rows_are_numbered_through(kind: str) -> None:
    assert [row["index"] for row in all_rows(kind)] == list(range(len(all_rows(kind))))
    assert [story.set_id for story in stories(kind)] == [str(number) for number in range(STORIES)]
    assert all(row["set_id"] == story.set_id for story in stories(kind) for row in story.rows)


def test_dice_weave_two_sequences_each_in_its_own_order() -> None:
    dice = Dice("weaving")
    for _ in range(50):
        woven = dice.woven("abcd", "123")
        assert [item for item in woven if item.isalpha()] == list("abcd")
        assert [item for item in woven if item.isdigit()] == list("123")


def test_dice_draw_different_items_and_reach_every_one() -> None:
    dice = Dice("drawing")

    assert sorted(dice.shuffled(range(9))) == list(range(9))
    assert len(set(dice.sample(range(9), 4))) == 4
    assert {dice.pick("abc") for _ in range(100)} == set("abc")


# --- readable ----------------------------------------------------------------------------------------------------


def meant(kind: str) -> Clause:
    readings: dict[str, Clause] = {
        "enter": Enter(("Hugo",), "front_yard"),
        "exit": Exit(("Hugo",), "front_yard"),
        "whereabouts": Whereabouts(("Hugo",), "front_yard"),
        "move": Move(("Hugo",), "onion", "treasure_chest"),
        "contained": Contained("onion", "treasure_chest"),
        "attitude": Attitude(("Hugo",)),
    }
    return readings[kind]


SLOTS = {
    "enter": {"agent": "Hugo", "room": "front_yard"},
    "exit": {"agent": "Hugo", "room": "front_yard"},
    "whereabouts": {"agent": "Hugo", "room": "front_yard"},
    "move": {"agent": "Hugo", "thing": "onion", "place": "treasure_chest"},
    "contained": {"inner": "onion", "outer": "treasure_chest"},
    "attitude": {"agent": "Hugo", "thing": "onion"},
}


@pytest.mark.parametrize("kind", WORDINGS)
def test_every_wording_means_what_it_is_used_for(kind: str) -> None:
    assert len(set(WORDINGS[kind])) == len(WORDINGS[kind])
    for wording in WORDINGS[kind]:
        sentence = filled(wording, **SLOTS[kind])
        assert read_clause(sentence) == meant(kind), sentence


def test_articles_fit_their_noun() -> None:
    for wording in (wording for wordings in WORDINGS.values() for wording in wordings):
        slots = dict.fromkeys(("agent", "room", "thing", "place", "inner", "outer"), "onion")
        assert not {"a onion", "A onion"} & {" ".join(pair) for pair in _pairs(filled(wording, **slots).split())}


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    return [(first, second.strip(".")) for first, second in pairwise(words)]


@both_kinds
def test_every_sentence_is_understood_and_every_kind_of_sentence_occurs(kind: str) -> None:
    understood = Counter(
        type(sentence.clause).__name__ for story in stories(kind) for sentence in read_narrative(story.narrative)
    )
    expected = {"Enter", "Exit", "Contained", "Move", "Attitude"}
    expected |= {"Whereabouts"} if kind != "hitom" else {"Stay", "Private", "Report"}

    assert set(understood) == expected


@both_kinds
def test_gold_contexts_are_valid(kind: str) -> None:
    for story in stories(kind):
        assert [issue for issue in validate(story.context) if issue.severity == "error"] == []


def test_a_context_is_made_once() -> None:
    story = next(generate_tomi(1))

    assert story.context is story.context


def test_no_word_of_the_vocabulary_can_be_taken_for_another() -> None:
    for words in (NAMES, ROOMS, CONTAINERS, OBJECTS):
        assert len({key(word) for word in words}) == len(words)
    nouns = [*ROOMS, WAITING_ROOM, *CONTAINERS, *COLOURED_CONTAINERS, *OBJECTS]
    assert len({key(noun) for noun in nouns}) == len(nouns)
    rooms = [key(room) for room in (*ROOMS, WAITING_ROOM)]
    assert not [(a, b) for a in rooms for b in rooms if b.startswith(f"{a} ")]


@pytest.mark.parametrize("module", ["dice", "hitom", "story", "tomi", "vocabulary", "wordings"])
def test_examples_in_docstrings_are_true(module: str) -> None:
    found = doctest.testmod(importlib.import_module(f"social_world_model.symbolic.generators.{module}"))

    assert found.failed == 0


# --- what occurs -------------------------------------------------------------------------------------------------


def test_tomi_rows_have_every_type_and_fair_shares_of_false_belief() -> None:
    kinds = Counter(row["qTypeRaw"] for row in all_rows("tomi"))
    beliefs = [f"{order}_{who}_{tom}" for order in ("first_order", "second_order") for who in (0, 1)
               for tom in ("tom", "no_tom")]  # fmt: skip
    assert set(kinds) == {"reality", "memory", *beliefs}
    wrong = sum(kinds[name] for name in beliefs if not name.endswith("no_tom"))
    assert 0.25 <= wrong / sum(kinds[name] for name in beliefs) <= 0.75
    assert {row["story_type"] for row in all_rows("tomi")} == set(STORY_TYPES)


def test_tomi_rows_hold_the_story_as_sentences_and_the_answer_among_the_candidates() -> None:
    for story in stories("tomi"):
        for row in story.rows:
            assert " ".join(row["story"]) == story.narrative
            assert all(sentence.endswith(".") for sentence in row["story"])
            assert row["answer"] in row["cands"]
            assert set(row["cands"]) <= {*CONTAINERS, *ROOMS}


def test_hitom_rows_have_every_order_with_every_length_with_and_without_deception() -> None:
    cells = Counter((row["story_length"], row["deception"], row["question_order"]) for row in all_rows("hitom"))

    assert cells == {
        (length, deception, order): STORIES // 6
        for length in (1, 2, 3)
        for deception in (False, True)
        for order in range(5)
    }


def test_hitom_stories_have_as_many_chapters_as_they_say_and_reports_only_with_deception() -> None:
    for story in stories("hitom"):
        row, lines = story.rows[0], story.narrative.splitlines()
        assert [line.split(" ", 1)[0] for line in lines] == [str(number) for number in range(1, len(lines) + 1)]
        assert story.narrative.count("entered the waiting_room.") == row["story_length"]
        reports = sum("privately told" in line or "publicly claimed" in line for line in lines)
        assert bool(reports) == row["deception"]
        assert reports <= 2 * row["story_length"]


def test_hitom_questions_of_higher_order_put_another_agent_in_front() -> None:
    for story in stories("hitom"):
        chains = [asked.chain for row in story.rows if (asked := read_question(row["question"])) is not None]
        assert [len(chain) for chain in chains] == list(range(5))
        assert all(longer[1:] == shorter for shorter, longer in pairwise(chains[1:]))
        assert len(set(chains[-1])) == 4


def test_hitom_choices_are_fifteen_lettered_containers_with_the_answer_among_them() -> None:
    letters = Counter[str]()
    for story in stories("hitom"):
        for row in story.rows:
            options = dict(option.split(". ") for option in row["choices"].split(", "))
            assert list(options) == list("ABCDEFGHIJKLMNO")
            assert len(set(options.values())) == 15
            assert set(options.values()) <= set(COLOURED_CONTAINERS)
            letters.update(letter for letter, option in options.items() if option == row["answer"])
    assert len(letters) == 15
    assert sum(letters.values()) == len(all_rows("hitom"))


def test_hitom_chapters_sometimes_go_back_to_an_earlier_room_and_thing() -> None:
    rooms_again = things_again = 0
    for story in stories("hitom"):
        clauses = [sentence.clause for sentence in read_narrative(story.narrative)]
        rooms = [clause.room for clause in clauses if isinstance(clause, Enter) and clause.room != WAITING_ROOM]
        things = [clause.inner for clause in clauses if isinstance(clause, Contained)]
        rooms_again += len(set(rooms)) < len(rooms)
        things_again += len(set(things)) < len(things)

    assert rooms_again > things_again > 0


def test_what_hitom_agents_say_changes_some_answers() -> None:
    changed = 0
    for story in stories("hitom"):
        silent = "\n".join(line for line in story.narrative.splitlines() if " told " not in line)
        silent = "\n".join(line for line in silent.splitlines() if " claimed " not in line)
        changed += silent != story.narrative and _answers(silent, story) != [row["answer"] for row in story.rows]

    assert changed >= 10


def _answers(narrative: str, story: GeneratedStory) -> list[str | None]:
    retold = GeneratedStory(set_id=story.set_id, narrative=narrative, rows=())
    readings = read_events(events(retold.context))
    return [answer_from_text(readings, row["question"]) for row in story.rows]
