"""SOTOPIA data as scenarios: what each seat knows, the rules of a turn, and the end of an episode."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.agents.recorder import Record
from social_world_model.errors import ConfigurationError, DatasetError, GenerationError
from social_world_model.interaction import Act, Briefing, Happening, State
from social_world_model.s3ap import validate
from social_world_model.scenarios import get_scenarios
from social_world_model.scenarios.base import Scenario
from social_world_model.scenarios.sotopia import kind_from_sotopia, kind_in_sotopia
from social_world_model.scenarios.sotopia_rendering import visible_text
from tests.scenarios.sotopia_bundles import bundle, environment, person, written
from tests.strategies import HOSTILE_NAMES, law

NO_ACT = Act(kind="none")

REAL = Path(os.environ.get("SWM_DATA", "")) / "sotopia/sotopia_hard_bundle.json"
real_data = pytest.mark.skipif(not REAL.is_file(), reason="needs SWM_DATA with sotopia/sotopia_hard_bundle.json")


def only(folder: Path, data: Mapping[str, Any]) -> Scenario:
    (scenario,) = get_scenarios("sotopia", written(folder, data))
    return scenario


def briefings(scenario: Scenario) -> list[Briefing]:
    state, _ = scenario.start(0)
    return [scenario.briefing(name, state) for name in scenario.cast]


def whole(briefing: Briefing) -> str:
    return "\n".join([briefing.scenario, briefing.background, briefing.goal, *briefing.others.values()])


def played(scenario: Scenario, *acts: Act) -> tuple[State, list[tuple[Happening, ...]]]:
    """Return the state after these acts, and what happened in each turn."""
    state, _ = scenario.start(0)
    happened = []
    for act in acts:
        (name,) = (one for one in scenario.cast if scenario.available(state, one))
        state, happenings = scenario.step(state, {name: act})
        happened.append(happenings)
    return state, happened


def trio(folder: Path) -> Scenario:
    people = [person("a", "Ann"), person("b", "Bob"), person("c", "Cleo")]
    return only(folder, bundle(people=people, agent_goals=["one", "two", "three"]))


def test_a_scenario_has_two_seats_that_act_in_turn(tmp_path: Path) -> None:
    scenario = only(tmp_path, bundle())
    assert isinstance(scenario, Scenario)
    assert (scenario.id, scenario.environment, scenario.order) == ("code_e/0", "e", "round-robin")
    assert (scenario.seats, scenario.main_seats) == ({"1": "Ann Lee", "2": "Bob"}, ("1", "2"))
    state, facts = scenario.start(0)
    assert facts == (Happening(text="Two people meet in e", observers=frozenset({"Ann Lee", "Bob"})),)
    assert [bool(scenario.available(state, name)) for name in scenario.cast] == [True, False]
    state, _ = played(scenario, Act(kind="speak", text="Hi"))
    assert [bool(scenario.available(state, name)) for name in scenario.cast] == [False, True]
    assert scenario.score(state, "Bob") is None


OWN = "age", "public of a", "personality of a", "moral of a, Care/Harm", "style of a", "secret of a", "first goal of e"


def test_a_person_knows_the_own_profile_secret_and_goal(tmp_path: Path) -> None:
    ann, bob = briefings(only(tmp_path, bundle()))
    assert all(part in whole(ann) for part in OWN)
    assert ann.goal == "first goal of e"
    assert ann.scenario == bob.scenario == "Two people meet in e"


@pytest.mark.parametrize("relationship", range(6))
def test_the_relationship_decides_what_is_known_of_the_other(tmp_path: Path, relationship: int) -> None:
    ann, _ = briefings(only(tmp_path, bundle(relationship=relationship)))
    known = ann.others.get("Bob", "")
    assert ("public of b" in known, "job of b" in known, "She/her" in known) == (relationship >= 2,) * 3
    assert ("personality of b" in known) == (relationship >= 3)
    for hidden in ("secret of b", "second goal of e", "moral of b", "style of b"):
        assert hidden not in whole(ann)


def test_the_record_as_a_person_sees_it_contains_no_goal_or_secret_of_the_other(tmp_path: Path) -> None:
    scenario = only(tmp_path, bundle(relationship=5))
    state, facts = scenario.start(0)
    record = Record.begin(scenario.cast, facts, {one.me: one.private for one in briefings(scenario)})
    for act in (Act(kind="speak", text="Hello"), Act(kind="action", text="waves"), NO_ACT):
        (name,) = (one for one in scenario.cast if scenario.available(state, one))
        state, happenings = scenario.step(state, {name: act})
        record = record.after(happenings)
    for me, own, other in (("Ann Lee", "a", "b"), ("Bob", "b", "a")):
        seen = record.context(me).to_json() + "".join(record.news(me, -1))
        assert f"secret of {own}" in seen
        assert f"secret of {other}" not in seen
        assert scenario.briefing({"a": "Ann Lee", "b": "Bob"}[other], state).goal not in seen


def test_parts_with_a_viewer_are_for_this_seat_only(tmp_path: Path) -> None:
    scenario = only(
        tmp_path,
        bundle(
            scenario="A sale<p viewer='agent_1'> of stolen goods</p>. <extra_info>It rains.</extra_info>",
            agent_goals=["Buy (<extra_info>you have $5</extra_info>)", "Sell <b>fast</b>"],
        ),
    )
    _, (fact,) = scenario.start(0)
    ann, bob = briefings(scenario)
    assert fact.text == ann.scenario == bob.scenario == "A sale. It rains."
    assert "stolen" not in whole(ann)
    assert "The situation as only I know it: A sale of stolen goods. It rains." in bob.background
    assert (ann.goal, bob.goal) == ("Buy (you have $5)", "Sell <b>fast</b>")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a & b &amp; c &lt; d", "a & b & c < d"),
        ("<root><p viewer='agent_0'>mine</p><p viewer=\"agent_1\">other</p></root>", "mine"),
        ("<p viewer='agent_1'>a <p viewer='agent_0'>b</p> c</p> d", "d"),
        ("<own viewer=agent_1>other</own> rest", "rest"),
        ("<own viewer='agent_0'>mine</own>", "mine"),
        ("<p viewer='environment'>hidden</p>rest", "rest"),
        ("<p viewer='agent_1'>never closed, and more", ""),
        ("open <extra_info>and never closed", "open and never closed"),
        ("</p>stray</b> 1 < 2 > 0", "stray</b> 1 < 2 > 0"),
        ("<clarification_hint>a<strategy_hint>b</clarification_hint>c", "abc"),
        ("a<p viewer='agent_1'/>b", "ab"),
        ("<p viewer='agent_10'>ten</p>", ""),
        ("<p>" * 50_000 + "</root>" * 50_000 + "<b>" * 50_000 + "x", "<b>" * 50_000 + "x"),
    ],
)
def test_tags_are_rendered_for_the_first_seat(text: str, seen: str) -> None:
    assert visible_text(text, 0) == seen


@given(st.lists(st.sampled_from(["<p viewer='agent_1'>", "<x viewer='agent_1'>", "<p>", "<b>", "a "]), max_size=6))
def test_an_open_part_for_another_person_hides_all_that_follows(pieces: list[str]) -> None:
    opened = "".join(pieces) + "<extra_info viewer='agent_1'>SECRET"
    assert "SECRET" not in visible_text(opened, 0)
    assert "SECRET" in visible_text(opened, 1)


def test_people_of_the_same_name_get_numbers_and_are_informed(tmp_path: Path) -> None:
    people = [person("a", "Leo", "Williams"), person("b", "leo", "williams"), person("c", "Leo Williams", "(2)")]
    scenario = only(tmp_path, bundle(people=people, agent_goals=["x", "y", "z"]))
    assert scenario.cast == ("Leo Williams", "leo williams (2)", "Leo Williams (2) (2)")
    assert "I am leo williams (2)." in briefings(scenario)[1].background
    assert not any("same name" in one.background for one in briefings(only(tmp_path, bundle())))


@law
@given(st.lists(st.sampled_from(HOSTILE_NAMES), min_size=2, max_size=3))
def test_hostile_names_play_an_episode_whose_record_is_valid(names: list[str]) -> None:
    people = [person(f"p{number}", name) for number, name in enumerate(names)]
    with tempfile.TemporaryDirectory() as folder:
        scenario = only(Path(folder), bundle(people=people, agent_goals=[f"goal {n}" for n in range(len(names))]))
    state, facts = scenario.start(0)
    record = Record.begin(
        scenario.cast, facts, {name: scenario.briefing(name, state).private for name in scenario.cast}
    )
    assert len(set(scenario.cast)) == len(names)
    for act in (
        Act(kind="speak", text="Hi: all, and you"),
        Act(kind="action", text="waves", to=(scenario.cast[0],)),
        Act(kind="leave"),
    )[: len(names)]:
        (name,) = (one for one in scenario.cast if scenario.available(state, one))
        state, happenings = scenario.step(state, {name: act})
        assert all(one.text.startswith(f"{name} ") for one in happenings)
        record = record.after(happenings)
    assert [issue for issue in validate(record.context()) if issue.severity == "error"] == []


def test_acts_are_sentences_for_all_who_are_present(tmp_path: Path) -> None:
    acts = (
        Act(kind="speak", text="Hi"),
        Act(kind="non-verbal", text="nods"),
        Act(kind="action", text="Ann Lee sits down"),
    )
    _, happened = played(only(tmp_path, bundle()), *acts)
    assert [one.text for (one,) in happened] == ['Ann Lee says: "Hi"', "Bob nods", "Ann Lee sits down"]
    assert {one.observers for (one,) in happened} == {frozenset({"Ann Lee", "Bob"})}


def test_a_private_message_is_perceived_by_the_named_people_only(tmp_path: Path) -> None:
    _, happened = played(trio(tmp_path), Act(kind="speak", text="Hush", to=("Cleo",)))
    ((one,),) = happened
    assert (one.text, one.observers) == ('Ann says to Cleo: "Hush"', frozenset({"Ann", "Cleo"}))


def test_people_who_left_perceive_and_do_nothing(tmp_path: Path) -> None:
    scenario = trio(tmp_path)
    hello = Act(kind="speak", text="Hello")
    state, happened = played(scenario, hello, Act(kind="leave", to=("Ann",)), hello, hello)
    assert [one.actor for (one,) in happened] == ["Ann", "Bob", "Cleo", "Ann"]
    assert happened[1][0].observers == frozenset({"Ann", "Bob", "Cleo"})
    assert happened[2][0].observers == happened[3][0].observers == frozenset({"Ann", "Cleo"})
    assert scenario.over(state) is None
    with pytest.raises(GenerationError, match=r"expected people who are present \(Ann\) as recipients, got Bob"):
        scenario.step(state, {"Cleo": Act(kind="speak", text="Hush", to=("Bob",))})


@pytest.mark.parametrize(
    ("acts", "problem"),
    [
        ({"Ann Lee": Act(kind="speak")}, "got an empty text"),
        ({"Ann Lee": Act(kind="speak", text="Hi", to=("Ann",))}, "got Ann"),
        ({"Bob": NO_ACT}, "expected an act of Ann Lee and of nobody else"),
        ({"Ann Lee": NO_ACT, "Bob": NO_ACT}, "expected an act of Ann Lee and of nobody else"),
        ({}, "expected an act of Ann Lee"),
    ],
)
def test_an_impossible_act_is_refused(tmp_path: Path, acts: dict[str, Act], problem: str) -> None:
    scenario = only(tmp_path, bundle())
    with pytest.raises(GenerationError, match=problem):
        scenario.step(scenario.start(0)[0], acts)


HI = Act(kind="speak", text="Hi")


@pytest.mark.parametrize(
    ("acts", "why"),
    [
        ((HI,) * 19, None),
        ((HI,) * 20, "the maximum of 20 turns is reached"),
        ((HI, NO_ACT), None),
        ((HI, NO_ACT, HI, NO_ACT), None),
        ((HI, NO_ACT, NO_ACT), "nobody acted in 2 turns in a row"),
        ((HI, Act(kind="leave")), "fewer than two people are left"),
    ],
)
def test_an_episode_ends_after_20_turns_two_idle_turns_or_if_one_person_is_left(
    tmp_path: Path, acts: tuple[Act, ...], why: str | None
) -> None:
    scenario = only(tmp_path, bundle())
    assert scenario.over(played(scenario, *acts)[0]) == why


def test_kinds_of_acts_are_read_and_written_as_in_sotopia() -> None:
    names = ("speak", "non-verbal communication", "action", "leave", "none")
    assert tuple(kind_in_sotopia(kind_from_sotopia(name)) for name in names) == names
    assert kind_from_sotopia("non-verbal communication ") == "non-verbal"
    with pytest.raises(DatasetError, match="expected one of speak, non-verbal communication"):
        kind_from_sotopia("non-verbal")


def test_environments_with_the_same_codename_have_their_id_in_the_name(tmp_path: Path) -> None:
    data = bundle(codename="share")
    data["environments"]["f"] = environment("f", codename="share")
    data["environments"]["g"] = environment("g", codename="sell")
    data["env_agent_combos"] += [{"env_id": pk, "agent_ids": ["b", "a"]} for pk in "gfge"]
    found = get_scenarios("sotopia", written(tmp_path, data))
    assert [one.id for one in found] == ["share-e/0", "sell/0", "share-f/0", "sell/1", "share-e/1"]
    data["environments"]["f2"] = environment("f2", codename="share-e")
    data["env_agent_combos"].append({"env_id": "f2", "agent_ids": ["b", "a"]})
    with pytest.raises(DatasetError, match=r"different codenames .* 'share-e/0' twice"):
        get_scenarios("sotopia", written(tmp_path, data))


def test_a_goal_that_its_seat_may_not_read_is_an_error(tmp_path: Path) -> None:
    data = bundle(agent_goals=["<p viewer='agent_1'>Win</p>", "Lose"])
    with pytest.raises(DatasetError, match="no text that seat 1 of the environment e may read"):
        get_scenarios("sotopia", written(tmp_path, data))


def test_without_a_file_the_error_names_the_parameter() -> None:
    with pytest.raises(ConfigurationError, match="expected data for the scenario sotopia") as caught:
        get_scenarios("sotopia")
    assert caught.value.parameters == ("data",)


@real_data
def test_the_real_bundle_has_140_tasks_in_14_environments() -> None:
    scenarios = get_scenarios("sotopia", REAL)
    tasks = [f"{one.id}/{seat}" for one in scenarios for seat in one.main_seats]
    assert (len(tasks), len(set(tasks)), len({one.environment for one in scenarios})) == (140, 140, 14)
    assert "craigslist_bargains_00002/0/2" in tasks


@real_data
def test_no_briefing_of_the_real_bundle_contains_a_goal_or_secret_of_the_other() -> None:
    for scenario in get_scenarios("sotopia", REAL):
        first, second = briefings(scenario)
        for mine, other in ((first, second), (second, first)):
            secret = other.background.partition("My secret: ")[2]
            assert secret
            assert other.goal not in whole(mine)
            assert secret not in whole(mine)
            assert "<" not in whole(mine)
