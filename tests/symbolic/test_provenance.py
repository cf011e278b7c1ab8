"""Where each sentence of a trace stands in the narrative, and which events it made: by hand, as laws, and on data."""

from __future__ import annotations

import doctest
import importlib
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import Item
from social_world_model.s3ap import Event, SocializedContext, events
from social_world_model.symbolic import TraceEntry, parse_narrative
from social_world_model.symbolic.conversation.names import plain
from social_world_model.symbolic.conversation.offsets import span_of
from tests.strategies import law
from tests.symbolic.household.flats import narrative

STORY = """1 Anne and Sally entered the hall.
2 The ball is in the box. Sally likes the hat.

3 Sally exited the hall. Anne moved the ball to the basket.\r
Anne lost her watch."""
MADE_BY_STORY = [
    ("Anne and Sally entered the hall.", {"1.0": "told", "1.1": "told", "2.0": "inferred"}),
    ("The ball is in the box.", {"2.1": "told"}),
    ("Sally likes the hat.", {"2.2": "told"}),
    ("Sally exited the hall.", {"2.3": "told", "3.0": "inferred"}),
    ("Anne moved the ball to the basket.", {"3.1": "told", "4.0": "inferred"}),
    ("Anne lost her watch.", {"4.1": "told"}),
]
WALK = narrative(
    "Olga is in the hall. She walks to the kitchen and to the first and the second cabinet.\n"
    "- She opens and\n  closes each. She looks into the fridge."
)
MADE_BY_WALK = [
    ("The apartment has a hall, a kitchen and a bedroom.", {"1.1": "told"}),
    ("The hall has a shelf with a lamp on it.", {"1.2": "told", "1.5": "told"}),
    ("The kitchen has two cabinets, a fridge and a table.", {"1.3": "told"}),
    ("The first cabinet holds a mug, the second a jar.", {"1.6": "told", "1.7": "told"}),
    ("The fridge is empty.", {"1.8": "told"}),
    ("A lemon lies on the table.", {"1.9": "told"}),
    ("The bedroom has a chest, which holds a scarf.", {"1.4": "told", "1.10": "told"}),
    ("Olga is in the hall.", {"1.0": "told"}),
    (
        "She walks to the kitchen and to the first and the second cabinet.",  # 5.1: the way to the second cabinet
        {"1.11": "told", **dict.fromkeys(("2.0", "2.1", "2.2"), "inferred"), "2.3": "told", "3.0": "inferred"}
        | {"5.1": "told", "6.0": "inferred"},
    ),
    (
        "She opens and\n  closes each.",
        {"3.1": "told", "4.0": "inferred", "4.1": "inferred", "4.2": "told", "5.0": "inferred"}
        | {"6.1": "told", "7.0": "inferred", "7.1": "inferred", "7.2": "told", "8.0": "inferred"},
    ),
    ("She looks into the fridge.", {"8.1": "inferred", "9.0": "inferred", "9.1": "inferred"}),
]
TALK = (
    "[10:02] **Ann:** I painted   the door red.\nIt took  all day.\n> Bo: Cafe\u0301? Hi. Hi.\n(Ann leaves)\n"
    "(It rains.)\nCy: Bo, the fence is green.\nCy: Bo, the fence is green.\n"
)
MADE_BY_TALK = [
    ("I painted   the door red.\nIt took  all day.", {"1.0": "inferred", "1.1": "told"}),
    ("Cafe\u0301? Hi. Hi.", {"2.0": "told"}),
    ("Ann leaves", {"3.0": "told", "4.0": "inferred"}),
    ("It rains.", {"4.1": "told"}),
    ("Bo, the fence is green.", {"4.2": "told"}),
    ("Bo, the fence is green.", {"5.0": "told"}),
]


@pytest.mark.parametrize(
    ("text", "made"),
    [(STORY, MADE_BY_STORY), (WALK, MADE_BY_WALK), (TALK, MADE_BY_TALK)],
    ids=["story", "walk", "talk"],
)
def test_each_sentence_has_its_place_in_the_narrative_and_its_events(text: str, made: list[object]) -> None:
    assert [(text[entry.start : entry.end], dict(entry.events)) for entry in parse_narrative(text)[1]] == made


def test_repeated_sentences_have_different_places() -> None:
    *_, first, second = parse_narrative(TALK)[1]
    assert first.text == second.text
    assert first.end < second.start


def test_a_household_without_a_heading_and_with_tags_keeps_its_places() -> None:
    text = WALK.replace("What's inside the apartment: ", "").replace("Olga is in", "<unknown /> Olga is in")
    trace = parse_narrative(text)[1]
    assert [text[entry.start : entry.end] for entry in trace][:2] == [made for made, _ in MADE_BY_WALK[:2]]
    assert text[trace[-1].start : trace[-1].end] == "She looks into the fridge."


def test_a_line_can_be_continued_after_an_empty_line() -> None:
    text = narrative("Olga is in the hall. She walks\n\n  to the kitchen.")
    entry = parse_narrative(text)[1][-1]
    assert (entry.text, text[entry.start : entry.end]) == (
        "She walks to the kitchen.",
        "She walks\n\n  to the kitchen.",
    )


def test_two_moves_in_one_stage_line_have_one_entry_each() -> None:
    trace = parse_narrative("Ann: Hi.\nBo: Hi.\n(Ann leaves and Cy joins)\nCy: Hello!")[1]
    assert [(entry.number, set(entry.events.values())) for entry in trace[2:4]] == [(3, {"told", "inferred"})] * 2
    assert (trace[2].start, trace[2].end) == (trace[3].start, trace[3].end)


def test_a_changed_context_does_not_change_the_events_of_a_sentence() -> None:
    context, trace = parse_narrative(STORY)
    context.socialized_context.clear()
    assert dict(trace[0].events) == MADE_BY_STORY[0][1]


def test_entries_can_be_pickled() -> None:
    trace = parse_narrative(STORY)[1]
    again = pickle.loads(pickle.dumps(trace))
    assert again == trace
    assert [dict(entry.events) for entry in again] == [dict(entry.events) for entry in trace]


@pytest.mark.parametrize("module", ["symbolic.parser", "symbolic.conversation.offsets", "s3ap.prose"])
def test_examples_in_docstrings_are_true(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"social_world_model.{module}")).failed == 0


STORY_SENTENCES = [
    "Anne entered the hall.",
    "Sally and Zoë entered the hall",
    "The ball is in the box.",
    "The ball is in the box.",
    "Anne moved the ball to the treasure_chest.",
    "Sally likes the hat.",
    "Sally exited the hall.",
    "Zoë saw a dog.",
    "Anne told Zoë that the ball is in the box.",
    "***",
]
WALK_SENTENCES = [
    "She walks to the kitchen.",
    "She walks to the first and the second cabinet.",
    "She opens and\ncloses each.",
    "She looks into the fridge.",
    "She opens the fridge, closes it, and is about to open the chest.",
    "She does the same with the first cabinet.",
    "The cat, 李, hums!",
    "She goes to the oven and opens it.",
]
TALK_LINES = [
    "Ann: Hi.",
    "[10:02] **Bo:** It  rains. It rains.",
    "- Cy: \u201cCafe\u0301!\u200b 😀\u201d",
    "and so  on",
    "(Ann leaves)",
    "(Bo leaves and Cy joins.)",
    "All: Hello <same_as_state />",
    "???: none",
    "(none)",
    "Bo:",
    "*A door. Slams?*",
    "speaker 1 [10:03]: well",
]
GAPS = st.sampled_from(["\n", "\r\n", "\n\n  ", "\u2028"])


@st.composite
def narratives(draw: st.DrawFn) -> str:
    """Draw a story, a household or a conversation."""
    kind = draw(st.sampled_from(["story", "household", "conversation"]))
    if kind == "story":
        drawn = draw(st.lists(st.sampled_from(STORY_SENTENCES), min_size=1, max_size=9))
        return "Anne is in the hall." + "".join(f"{draw(GAPS)}{draw(st.sampled_from(['', '3 ']))}{s}" for s in drawn)
    if kind == "household":
        drawn = draw(st.lists(st.sampled_from(WALK_SENTENCES), max_size=7))
        gaps = st.sampled_from([" ", "  ", "\n", "\n - "])
        return narrative("Olga is in the hall. She walks to the kitchen." + "".join(f"{draw(gaps)}{s}" for s in drawn))
    drawn = draw(st.lists(st.sampled_from(TALK_LINES), max_size=9))
    return "Ann: Hi.\nBo: Hi." + "".join(f"{draw(GAPS)}{line}" for line in drawn)


@law
@given(narratives())
def test_every_event_has_a_sentence_and_every_sentence_its_place(text: str) -> None:
    context, trace = parse_narrative(text)
    assert not without_provenance(context, trace)
    known = [event.id for event in events(context)]
    for entry in trace:
        assert 0 <= entry.start < entry.end <= len(text)
        assert gives_back(entry, text), (entry.text, text[entry.start : entry.end])
        assert list(entry.events) == [id for id in known if id in entry.events]
    assert [entry.start for entry in trace] == sorted(entry.start for entry in trace)


@law
@given(
    st.lists(st.sampled_from(["e\u0301", "\u200b", "\u1100\u1161\u11a8", "a", "ﬁ", "李", "\u0958", "."]), min_size=1)
)
def test_the_original_of_a_cleaned_word_is_found(parts: list[str]) -> None:
    line = f" \u200b Ann:  {''.join(parts)} x  "
    if cleaned := plain("".join(parts)):
        start, end = span_of(f"{cleaned} x", line)
        assert plain(line[start:end]) == f"{cleaned} x"
        assert end == len(line) - 2


def without_provenance(context: SocializedContext, trace: list[TraceEntry]) -> list[Event]:
    """Return the events that no sentence made."""
    made = {id for entry in trace for id in entry.events}
    found = events(context)
    assert made <= {event.id for event in found}
    return [event for event in found if event.id not in made]


def gives_back(entry: TraceEntry, text: str) -> bool:
    """Tell whether the place of a sentence holds its text; of a cleaned text, all characters in this order."""
    there = text[entry.start : entry.end]
    characters = iter("".join(plain(there).split()))
    kept = "".join(plain(entry.text).translate(BRACKETS).split())
    return there == entry.text or (all(one in characters for one in kept) and there[0] == there.lstrip()[0])


BRACKETS = str.maketrans("‹›", "<>")
DATA = {
    "stories (ToMi)": ("ori_tomi", "tomi/Percept-ToMi.csv", 1.0),
    "stories (ParaToMi)": ("tomi", "tomi/rephrased_tomi_test_600.csv", 1.0),
    "stories (Hi-ToM)": ("hitom", "hitom/processed_hitom_data100.csv", 1.0),
    "households (MMToM-QA)": ("mmtom", "mmtom-qa/questions_dev.jsonl", 1.0),
    "conversations (FANToM)": ("fantom", "fantom/fantom_dev.reconstructed.jsonl", 1.0),
    "conversations (ConfAIde)": ("confaide", "confaide/confaide.jsonl", 0.99),  # some lines are cleaned
}


@pytest.mark.parametrize("name", DATA)
def test_events_of_the_benchmarks_have_provenance(swm_data: Path, name: str) -> None:
    benchmark, file, verbatim = DATA[name]
    rows = get_benchmark(benchmark).load(swm_data / file).rows
    missing, total, sentences, same = 0, 0, 0, 0
    for text in dict.fromkeys(row.narrative for row in rows if isinstance(row, Item)):
        context, trace = parse_narrative(text)
        missing += len(without_provenance(context, trace))
        total += len(events(context))
        sentences += len(trace)
        same += sum(text[entry.start : entry.end] == entry.text for entry in trace)
        assert all(gives_back(entry, text) for entry in trace)
    assert total > 500
    assert 1 - missing / total >= 0.99
    assert same / sentences >= verbatim
