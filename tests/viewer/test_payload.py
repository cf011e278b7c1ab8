"""Contexts as the pages read them: worked by hand, and as laws."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model import events, knowledge_track, parse_narrative
from social_world_model.contracts import Item
from social_world_model.errors import ContextError
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.generators import GENERATORS
from social_world_model.symbolic.story.beliefs import belief_changes, read_events
from social_world_model.viewer.minds import TRACKS, belief_tracks, chains_of, knowledge_changes
from social_world_model.viewer.payload import context_entry, context_payload
from tests.s3ap.builders import context as given_context
from tests.s3ap.builders import step
from tests.strategies import contexts, law

GOLDEN = Path(__file__).parents[1] / "golden"
STORY = "Al entered the den. Bo entered the den. The key is in the box. Al exited the den. Bo moved the key to the bag."
CHAT = "Ann: My cat is ill.\nBo: Oh no.\nCy: Mind if I join?\nAnn: No, Cy."


def payload(context: SocializedContext, **further: Any) -> dict[str, Any]:
    return context_payload(context, id="c1", title="title", **further)


def of_text(text: str, **further: Any) -> dict[str, Any]:
    context, trace = parse_narrative(text)
    return payload(context, narrative=text, trace=trace, **further)


def asking(question: str, *chain: str, **further: Any) -> Item:
    return Item(index="1", narrative=STORY, question=question, correct_answer="box", question_kind="belief",
                belief_chain=chain, **further)  # fmt: skip


# --- by hand -------------------------------------------------------------------------------------------------------


def test_a_story_is_as_worked_out_by_hand() -> None:
    al, bo = 0, 1
    assert of_text(STORY) == {
        "v": 1,
        "id": "c1",
        "title": "title",
        "domain": "story",
        "agents": ["Al", "Bo"],
        "steps": [{"name": name} for name in "12345"],
        "events": [
            ["1.0", 0, "act", "Al entered the den", al, [[0, [al]]], None],
            ["2.0", 1, "fact", "Al is in the den.", -1, [[1, [al]]], None],
            ["2.1", 1, "act", "Bo entered the den", bo, [[1, [bo]], [2, [al]]], None],
            ["3.0", 2, "fact", "Al and Bo are in the den.", -1, [[2, [al, bo]]], None],
            ["3.1", 2, "fact", "The key is in the box.", -1, [[2, [al, bo]]], None],
            ["3.2", 2, "act", "Al exited the den", al, [[2, [al]], [3, [bo]]], None],
            ["4.0", 3, "fact", "Bo is in the den.", -1, [[3, [bo]]], None],
            ["4.1", 3, "act", "Bo moved the key to the bag", bo, [[3, [bo]]], None],
            ["5.0", 4, "fact", "The key is in the bag.", -1, [[4, [bo]]], None],
        ],
        "narrative": {
            "text": STORY,
            "sentences": [
                {"start": 0, "end": 19, "position": 0, "events": ["1.0", "2.0"], "perceivers": [al]},
                {"start": 20, "end": 39, "position": 1, "events": ["2.1", "3.0"], "perceivers": [al, bo]},
                {"start": 40, "end": 62, "position": 2, "events": ["3.1"], "perceivers": [al, bo]},
                {"start": 63, "end": 81, "position": 2, "events": ["3.2", "4.0"], "perceivers": [al, bo]},
                {"start": 82, "end": 110, "position": 3, "events": ["4.1", "5.0"], "perceivers": [bo]},
            ],
            "provenance": "trace",
        },
        "issues": [
            {
                "severity": "warning",
                "position": None,
                "agent": None,
                "path": "socialized_context",
                "expected": "a <mental_state> in at least one step",
                "got": "none",
            }
        ],
        "facts": ["key"],
        "beliefs": {
            "key": {
                "": [[2, "box", "3.1", "seen"], [4, "bag", "4.1", "seen"]],
                "0": [[2, "box", "3.1", "seen"]],
                "1": [[2, "box", "3.1", "seen"], [4, "bag", "4.1", "seen"]],
                **{chain: [[2, "box", "3.1", "seen"]] for chain in ("0>1", "1>0", "0>1>0", "1>0>1")},
            }
        },
        "beliefs_by": "rules",
        "beliefs_why": None,
        "knowledge": {},
        "question": None,
        "decisions": [],
        "parent": None,
        "edge": None,
    }


def test_observers_are_grouped_by_the_step_of_perception_and_by_their_words() -> None:
    shown = given_context(
        ["Ann", "Bo", "Cy", "Di"],
        step("It rains.", dict.fromkeys(("Ann", "Bo"), "<same_as_state />"), {"Di": "knocks on the door"}),
        step("none", {"Ann": "Di knocks on the door.", "Bo": "Di knocks.", "Cy": "<same_as_last_action />"}),
    )

    knock = payload(shown)["events"][1]

    assert knock == ["1.1", 0, "act", "Di knocks on the door", 3,
                     [[0, [3]], [1, [0], "Di knocks on the door."], [1, [1], "Di knocks."], [1, [2]]],
                     None]  # fmt: skip


def test_overt_observers_are_there_if_they_differ_from_the_observers() -> None:
    golden = json.loads((GOLDEN / "secret_watcher.json").read_text(encoding="utf-8"))

    rows = payload(SocializedContext.from_data(golden["context"]), overt_observers=golden["overt_observers"])["events"]

    assert {row[0]: row[6] for row in rows if row[6] is not None} == {"2.1": [1]}


def test_issues_name_their_step_and_their_agent() -> None:
    shown = given_context(["Ann", "Bo"], step("It rains."), step("none", {}, {"Bo": "waves"}))

    issues = payload(shown)["issues"]

    assert [(one["severity"], one["position"], one["agent"]) for one in issues if one["agent"] is not None] == [
        ("warning", 1, 1)
    ]


def test_an_agent_outside_the_cast_is_an_error_and_has_a_number_after_the_cast() -> None:
    data = given_context(["Ann"], step("It rains.", {"Ann": "<same_as_state />"})).to_data()
    data["socialized_context"][0]["observations"]["Zed"] = "<same_as_state />"

    shown = payload(SocializedContext.from_data(data))

    assert shown["agents"] == ["Ann", "Zed"]
    assert shown["events"][0][5] == [[0, [0, 1]]]
    assert ("error", 0, 1) in [(one["severity"], one["position"], one["agent"]) for one in shown["issues"]]


def test_a_context_without_a_trace_has_a_narrative_without_sentences() -> None:
    context, _ = parse_narrative(STORY)

    assert payload(context, narrative=STORY)["narrative"] == {"text": STORY, "sentences": [], "provenance": "none"}
    assert payload(context)["narrative"] is None


def test_a_sentence_without_a_step_is_only_in_the_text() -> None:
    home = (
        "Olga lives alone.\nWhat's inside the apartment: The apartment has a kitchen and a hall. "
        "In the kitchen, there is a fridge. "
        "A lemon is inside the fridge.\nActions taken by Olga: Olga is in the hall. She walks to the fridge."
    )
    context, trace = parse_narrative(home)
    assert trace[0].text == "Olga lives alone." and trace[0].timestep == ""

    shown = payload(context, narrative=home, trace=trace)["narrative"]
    assert shown["text"] == home
    assert len(shown["sentences"]) == sum(entry.timestep != "" for entry in trace) > 0


def test_a_question_has_its_chain_in_numbers_and_its_tracks_in_the_beliefs() -> None:
    context, _ = parse_narrative(STORY)
    chain = ("Al", "Bo", "Al", "Bo")

    shown = payload(context, question=asking("Where is the key?", *chain, choices=("box", "bag")))

    assert shown["question"] == {"text": "Where is the key?", "chain": [0, 1, 0, 1], "gold": "box",
                                 "choices": ["box", "bag"], "kind": "belief"}  # fmt: skip
    assert {"0>1>0>1", "0>1>0>1>0"} <= shown["beliefs"]["key"].keys()


def test_a_question_about_somebody_outside_the_context_has_no_chain() -> None:
    context, _ = parse_narrative(STORY)

    assert payload(context, question=asking("Where is the key?", "Zed"))["question"]["chain"] == []


def test_where_rules_compute_no_beliefs_the_reason_is_told() -> None:
    unread = given_context(["Ann"], step("It rains cats.", {"Ann": "<same_as_state />"}))
    no_object = "Al entered the den. Al exited the den."

    assert payload(unread)["beliefs_by"] == "none"
    assert "'It rains cats.'" in payload(unread)["beliefs_why"]
    assert of_text(CHAT)["beliefs_why"].startswith("This is a conversation.")
    assert of_text(no_object)["beliefs_why"] == "No event tells where an object is."
    assert of_text(no_object)["facts"] == [] and of_text(no_object)["beliefs"] == {}


def test_a_question_about_a_conversation_tells_who_learns_the_fact() -> None:
    question = asking("Who knows?", fact="Whose cat is ill?")

    assert of_text(CHAT, question=question)["knowledge"] == {
        "Whose cat is ill?": [[1, 0, "1.1", "inferred"], [1, 1, "1.1", "inferred"]]
    }
    assert of_text(CHAT)["knowledge"] == of_text(STORY, question=question)["knowledge"] == {}


def test_the_decisions_name_agents_by_number_and_a_branch_its_parent() -> None:
    context, _ = parse_narrative(STORY)
    decision = {"position": 3, "agent": "Bo", "act": "moves", "why": "", "considered": []}
    edge = {"who": "Bo", "calls": 1, "tokens": 2, "cost": None}

    shown = payload(context, decisions=[decision], parent="c9", edge=edge)

    assert shown["decisions"] == [decision | {"agent": 1}]
    assert (shown["parent"], shown["edge"]) == ("c9", edge)


# --- deeper chains and free facts -----------------------------------------------------------------------------------


def test_deeper_chains_come_with_each_further_agent() -> None:
    context, _ = parse_narrative(STORY)

    tracks = belief_tracks(context, "KEY", [0, 1, 0, 1])

    assert tracks == {chain: [[2, "box", "3.1", "seen"]] for chain in ("0>1>0>1", "0>1>0>1>0")}


@pytest.mark.parametrize(
    ("text", "fact", "chain", "message"),
    [
        (STORY, "cat", [0], "an object of the story"),
        (STORY, "key", [2], "numbers of agents from 0 to 1, got 2"),
        (STORY, "key", [-1], "numbers of agents from 0 to 1, got -1"),
        (CHAT, "cat", [0], "This is a conversation"),
    ],
)
def test_unknown_objects_and_agents_are_refused(text: str, fact: str, chain: list[int], message: str) -> None:
    with pytest.raises(ContextError, match=message):
        belief_tracks(parse_narrative(text)[0], fact, chain)


def test_knowledge_of_a_free_fact_names_agents_by_number() -> None:
    assert knowledge_changes(parse_narrative(CHAT)[0], "My cat is ill.") == [
        [1, 0, "1.1", "said"], [1, 1, "1.1", "heard"]]  # fmt: skip


def test_all_chains_of_an_order_are_there_or_none() -> None:
    assert chains_of(1, 3) == [(), (0,), (1,), (2,), *[(a, b) for a in range(3) for b in range(3) if a != b],
                               *[(a, b, c) for a in range(3) for b in range(3) for c in range(3)
                                 if a != b != c]]  # fmt: skip
    assert max(map(len, chains_of(1, 60))) == 1
    assert max(map(len, chains_of(1, 60, question=(5, 6)))) == 3
    assert chains_of(1, 1) == [(), (0,)]


# --- laws ----------------------------------------------------------------------------------------------------------


@law
@given(st.integers(1, 60), st.integers(1, 20))
def test_a_payload_has_few_tracks_of_beliefs_about_beliefs(agents: int, facts: int) -> None:
    chains = chains_of(facts, agents)

    assert len(chains) == len(set(chains))
    assert max(map(len, chains)) == 1 or facts * len(chains) <= TRACKS


@law
@given(contexts())
def test_grouping_loses_nothing(shown: SocializedContext) -> None:
    made = payload(shown)
    names = made["agents"]

    for event, (id, position, kind, text, actor, percepts, overt) in zip(events(shown), made["events"], strict=True):
        observers = {
            names[agent]: (at, words[0] if words else text) for at, group, *words in percepts for agent in group
        }
        assert (id, position, kind, text) == (event.id, event.position, event.kind, event.text)
        assert (names[actor] if actor >= 0 else None) == event.actor
        assert observers == {name: (one.position, one.text) for name, one in event.percepts.items()}
        assert frozenset(observers if overt is None else (names[agent] for agent in overt)) == event.overt_observers


@law
@given(contexts())
def test_every_context_is_json_and_its_entry_agrees(shown: SocializedContext) -> None:
    made = payload(shown)
    entry = context_entry(shown, id="c1", title="title", parent="c0")

    assert made == json.loads(json.dumps(made, allow_nan=False))
    assert entry == {
        "id": "c1",
        "title": "title",
        "agents": len(made["agents"]),
        "steps": len(made["steps"]),
        "issues": [sum(one["severity"] == kind for one in made["issues"]) for kind in ("error", "warning")],
        "parent": "c0",
    }


@pytest.mark.parametrize("kind", GENERATORS)
@law
@given(seed=st.integers(0, 10_000))
def test_every_track_is_the_track_of_the_symbolic_model(kind: str, seed: int) -> None:
    context = next(iter(GENERATORS[kind](1, seed))).context
    made = payload(context)
    readings = read_events(events(context))  # what `belief_track` reads each time

    for fact, tracks in made["beliefs"].items():
        for chain, track in tracks.items():
            names = [made["agents"][int(agent)] for agent in chain.split(">") if agent]
            changes = belief_changes(readings, names, fact)
            assert track == [[one.position, one.place, one.event, one.how] for one in changes]


@law
@given(st.lists(st.sampled_from(["Ann: My cat is ill.", "Bo: Oh no.", "Cy: Mind if I join?", "Ann: See you!"]),
                min_size=2, max_size=8))  # fmt: skip
def test_knowledge_is_the_knowledge_of_the_symbolic_model(lines: list[str]) -> None:
    context, _ = parse_narrative("\n".join(["Ann: Hello.", "Bo: Hello.", *lines]))
    names, fact = context.agents_names, "Is the cat ill?"

    changes = [[at, names[agent], event, how] for at, agent, event, how in knowledge_changes(context, fact)]

    assert changes == [[one.position, one.agent, one.event, one.how] for one in knowledge_track(context, fact)]
