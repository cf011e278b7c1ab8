"""Games of OpenSpiel as scenarios: the rules are those of OpenSpiel, and private facts stay private."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyspiel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pettingzoo.test import api_test, parallel_api_test

from social_world_model.adapters.pettingzoo import to_pettingzoo, to_pettingzoo_parallel
from social_world_model.agents.making import AGENTS, Seat
from social_world_model.errors import ConfigurationError, GenerationError
from social_world_model.interaction import Act
from social_world_model.s3ap.views import view
from social_world_model.scenarios import OPENSPIEL, get_scenarios
from social_world_model.scenarios.openspiel import hanabi, scenario
from social_world_model.scenarios.openspiel.scenario import PEOPLE, OpenSpielScenario
from tests.commands import swm
from tests.scenarios.episodes import Played, available_acts, play_at_random
from tests.scenarios.sotopia_bundles import bundle, written

NAMES = tuple(f"openspiel-{game.replace('_', '-')}" for game in OPENSPIEL)
EXPLICIT = tuple(name for name in NAMES if name != "openspiel-negotiation")
"""Games whose random outcomes are in the history. OpenSpiel draws the deal of a negotiation itself."""


@cache
def openspiel(name: str) -> OpenSpielScenario:
    (found,) = get_scenarios(name)
    assert isinstance(found, OpenSpielScenario)
    return found


@cache
def explicit(game: str) -> Any:
    return pyspiel.load_game(game)


def replayed(name: str, state: Any) -> Any:
    """Return the state of OpenSpiel after a history, without the code of the package."""
    game = name.removeprefix("openspiel-").replace("-", "_")
    loaded = pyspiel.load_game(game, {"rng_seed": state["seed"]}) if game == "negotiation" else explicit(game)
    position = loaded.new_initial_state()
    for action in state["history"]:
        assert action in position.legal_actions()
        position.apply_action(action)
    return position


@pytest.mark.parametrize("name", NAMES)
def test_random_episodes_end_with_the_returns_of_openspiel(name: str) -> None:
    played = openspiel(name)
    ends, goals = Counter[str](), Counter[float]()
    for seed in range(60 if name != "openspiel-hanabi" else 15):
        episode = play_at_random(played, seed, random.Random(seed))
        state = episode.states[-1]
        position = replayed(name, state)
        assert position.is_terminal()
        assert len(episode.states) - 1 <= played.max_turns
        ends[played.over(state) or ""] += 1
        for player, person in enumerate(PEOPLE):
            score = played.score(state, person)
            assert score["return"] == position.returns()[player]
            assert 0 <= score["goal"] <= 10
            goals[score["goal"]] += 1
        assert all(played.over(before) is None for before in episode.states[:-1])
    assert "" not in ends
    assert len(goals) > 1 or name in ("openspiel-hanabi", "openspiel-trade-comm"), "random acts rarely reach points"


@pytest.mark.parametrize("name", NAMES)
def test_states_are_json_and_one_seed_gives_one_episode(name: str) -> None:
    for seed in (0, 1, 7**30, -1):
        played = play_at_random(openspiel(name), seed, random.Random(seed))
        again = play_at_random(openspiel(name), seed, random.Random(seed))
        assert json.loads(json.dumps(played.states)) == played.states == again.states
        assert played.record == again.record
    deals = {json.dumps(openspiel(name).start(seed)[1], default=str) for seed in range(40)}
    assert len(deals) > 3


@pytest.mark.parametrize("name", NAMES)
def test_exactly_the_legal_moves_are_available_to_exactly_one_person(name: str) -> None:
    played = openspiel(name)
    assert len(set(played.acts)) == len(played.acts) == played._game(0).num_distinct_actions()
    episode = play_at_random(played, 5, random.Random(5))
    for state in episode.states[:-1]:
        position = replayed(name, state)
        options = {person: available_acts(played, state, person) for person in PEOPLE}
        mover = PEOPLE[position.current_player()]
        assert [person for person, acts in options.items() if acts] == [mover]
        assert [played.acts.index(act) for act in options[mover]] == position.legal_actions()
    for person in PEOPLE:
        assert played.available(episode.states[-1], person) == ()


def remembered(played: Played, name: str) -> list[str]:
    return [event.text for event in played.record.context().memory(name) if event.kind != "mental"]


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 10_000), luck=st.integers(0, 10_000))
@settings(max_examples=10)
def test_the_memory_of_every_person_is_what_the_person_perceived(name: str, seed: int, luck: int) -> None:
    played = play_at_random(openspiel(name), seed, random.Random(luck))
    whole = played.record.context()
    for person in PEOPLE:
        assert remembered(played, person) == played.told[person] == list(played.record.seen(person))
        own = played.record.context(person)
        assert own.perspective(person) == whole.perspective(person)
        other = scenario.other_than(person)
        shared = [event.text for event in view(own.events(), [person, other]) if event.kind != "mental"]
        assert sorted(shared) == sorted(played.record.seen(person, other))
        unseen = set(played.told[other]) - set(played.told[person])
        text = own.model_dump_json()
        assert not [sentence for sentence in unseen if sentence in text]


@cache
def observations(name: str, *history: int) -> tuple[list[str], list[str]] | None:
    """Return everything that OpenSpiel shows each player; None if a move is not legal, or if the game is over."""
    position = replayed(name, {"seed": 0, "history": []})
    shown: tuple[list[str], list[str]] = ([], [])
    for action in history:
        if position.is_terminal() or action not in position.legal_actions():
            return None
        mover = -1 if position.is_chance_node() else position.current_player()
        if mover >= 0:
            shown[mover].append(position.action_to_string(mover, action))
        position.apply_action(action)
        if not position.is_chance_node():
            for player in (0, 1):
                known = (
                    position.information_state_string if name == "openspiel-liars-dice" else position.observation_string
                )
                shown[player].append("" if position.is_terminal() else known(player))
    return None if position.is_chance_node() or position.is_terminal() else shown


def told(name: str, history: Sequence[int], monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    """Return everything that our scenario tells each person in a history."""
    monkeypatch.setattr(scenario, "drawn", lambda outcomes, seed, number: history[number])
    played = openspiel(name)
    state, facts = played.start(0)
    happenings = list(facts)
    while len(state["history"]) < len(history):
        position = played.position(state)
        act = played.acts[history[len(state["history"])]]
        state, new = played.step(state, {PEOPLE[position.current_player()]: act})
        happenings += new
    first, second = ([one.text for one in happenings if person in one.observers] for person in PEOPLE)
    return first, second


def swaps(name: str, history: Sequence[int]) -> list[tuple[int, list[int]]]:
    """Return the places of random outcomes and of secret moves in a history, each with what else is possible there."""
    position = replayed(name, {"seed": 0, "history": []})
    found = []
    for place, action in enumerate(history):
        if position.is_chance_node() or (name == "openspiel-trade-comm" and action >= 10):
            others = [other for other in position.legal_actions() if other != action]
            if name == "openspiel-bargaining":  # only few of the 1,000 deals have the same values for one person
                own, deals = observations(name, action), {other: observations(name, other) for other in others}
                alike = [other for other in others if sum(map(str.__eq__, *map(flat, (own, deals[other])))) == 1]
                others = alike or others
            found.append((place, others))
        position.apply_action(action)
    return found


def flat(shown: tuple[list[str], list[str]] | None) -> list[str]:
    assert shown is not None
    return ["".join(one) for one in shown]


@pytest.mark.parametrize("name", EXPLICIT)
def test_a_person_can_tell_two_histories_apart_exactly_if_openspiel_shows_a_difference(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(name)
    seen = Counter[bool]()
    histories = [play_at_random(openspiel(name), seed, random.Random(seed)).states for seed in range(12)]
    for _ in range(300):
        states = draw.choice(histories)
        history = list(draw.choice(states[: draw.choice((2, 4, 12))])["history"])
        places = swaps(name, history)
        place, others = draw.choice(places[: draw.choice((2, 100))])
        changed = [*history[:place], draw.choice(others), *history[place + 1 :]]
        shown, shown_otherwise = observations(name, *history), observations(name, *changed)
        if shown is None or shown_otherwise is None:
            continue
        perceived, otherwise = told(name, history, monkeypatch), told(name, changed, monkeypatch)
        for player in (0, 1):
            is_same = shown[player] == shown_otherwise[player]
            assert (perceived[player] == otherwise[player]) is is_same, (history, changed, player)
            seen[is_same] += 1
    assert min(seen[True], seen[False]) > 20


def test_values_in_a_negotiation_are_told_to_their_owner_only() -> None:
    for seed in range(20):
        _, facts = openspiel("openspiel-negotiation").start(seed)
        owners = {one.text.split()[1].rstrip(","): one.observers for one in facts if one.text.startswith("For ")}
        assert owners == {person: {person} for person in PEOPLE}
        position = replayed("openspiel-negotiation", {"seed": seed, "history": [0]})
        values = re.findall(r"util vec: ([\d ]+)", str(position))
        for person, numbers in zip(PEOPLE, values, strict=True):
            (text,) = [one.text for one in facts if one.text.startswith(f"For {person},")]
            assert re.findall(r"\d+", text) == numbers.split()


def test_the_rules_in_words_are_the_rules_of_openspiel() -> None:
    dice = openspiel("openspiel-liars-dice")
    for first in range(6):
        for second in range(6):
            for bid in range(12):
                state = {"seed": 0, "history": [first, second, bid, 12]}
                count, face = bid // 6 + 1, bid % 6
                true = sum(die in (face, 5) for die in (first, second)) >= count
                assert dice.score(state, "Ann")["goal"] == (10.0 if true else 0.0)
                if bid == 10:
                    _, happenings = dice.step({"seed": 0, "history": [first, second]}, {"Ann": dice.acts[bid]})
                    assert happenings[0].text == 'Ann says: "At least 2 dice show 5."'
    tiny = openspiel("openspiel-tiny-hanabi")
    rows = re.findall(r"Card (\d) of Ann and card (\d) of Bob: ([^.]*)\.", tiny.wording.rules)
    assert len(rows) == 4
    for first_card, second_card, table in rows:
        for number, row in enumerate(table.split("; ")):
            for reply, points in enumerate(row.partition(": ")[2].split(", ")):
                state = {"seed": 0, "history": [int(first_card) - 1, int(second_card) - 1, number, reply]}
                assert tiny.score(state, "Bob")["return"] == int(points)
    trade = openspiel("openspiel-trade-comm")
    right = [
        Act(kind="action", text="secretly offers item 3 for item 7"),
        Act(kind="action", text="secretly offers item 7 for item 3"),
    ]
    for offers, points in ((right, 1), (right[::-1], 0), ([right[0]] * 2, 0)):
        state = {"seed": 0, "history": [37, 0, 0, *(trade.acts.index(one) for one in offers)]}
        assert trade.score(state, "Ann") == {"goal": 10.0 * points, "return": points}


def numbers_in(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def test_an_offer_says_what_the_speaker_takes() -> None:
    for name, things in (("openspiel-bargaining", "book"), ("openspiel-negotiation", "apple")):
        played = openspiel(name)
        agree = Act(kind="speak", text="I agree.")
        for seed in range(20):
            state, facts = played.start(seed)
            pool = [
                int(number) for number in re.findall(r"\d+", next(one.text for one in facts if "The pool" in one.text))
            ]
            assert f"{pool[0]} {things}" in next(one.text for one in facts if "The pool" in one.text)
            values = {
                one.text.split()[1].rstrip(","): numbers_in(one.text) for one in facts if one.text.startswith("For ")
            }
            taken = [number // 2 for number in pool]
            offer = next(
                act for act in played.available(state, "Ann") if [int(n) for n in re.findall(r"\d+", act.text)] == taken
            )
            state, _ = played.step(state, {"Ann": offer})
            if name == "openspiel-negotiation":
                state, _ = played.step(state, {"Ann": played.acts[-1]})
            state, _ = played.step(state, {"Bob": agree})
            rest = [all_of - own for all_of, own in zip(pool, taken, strict=True)]
            for person, items in (("Ann", taken), ("Bob", rest)):
                worth = sum(number * value for number, value in zip(items, values[person], strict=True))
                assert played.score(state, person)["return"] == worth
            assert played.over(state) == "Ann and Bob agreed"


def test_the_rules_of_hanabi_in_words_hold_in_games_without_a_mistake() -> None:
    played = openspiel("openspiel-hanabi")
    for seed in range(6):
        draw = random.Random(seed)
        state, _ = played.start(seed)
        while played.over(state) is None:
            before = hanabi.Table.of(played.position(state))
            (name,) = [person for person in PEOPLE if played.available(state, person)]
            hand, others = before.hands[name], before.hands[scenario.other_than(name)]
            fits = [int(card[1]) == before.fireworks[card[0]] + 1 for card in hand]
            safe = [act for act in available_acts(played, state, name) if act not in hanabi.PLAYS]
            act = hanabi.PLAYS[fits.index(True)] if any(fits) else draw.choice(safe)
            state, happenings = played.step(state, {name: act})
            after = hanabi.Table.of(played.position(state))
            fifth = any(fits) and hand[fits.index(True)][1] == "5"
            assert (after.points, after.lives) == (before.points + any(fits), before.lives)
            change = fifth if any(fits) else 1 if act in hanabi.DISCARDS else -1
            assert after.hints == min(hanabi.HINTS, before.hints + change)
            if act in hanabi.TELLS:
                text = happenings[1].text
                sign = {colour: sign for sign, colour in hanabi.COLOURS.items()}.get(text[:-1].split()[-1], text[-2])
                places = [place for place, card in enumerate(others, start=1) if sign in card]
                assert numbers_in(re.split(" (?:is|are) ", text)[0]) == places
        points = hanabi.Table.of(played.position(state)).points
        assert played.score(state, "Ann") == played.score(state, "Bob") == {"goal": points / 2.5, "return": points}
        assert played.over(state) == f"{points} cards of 25 were played well"
        assert points > 5


def test_a_coin_game_tells_who_picks_up_which_coin() -> None:
    played = openspiel("openspiel-coin-game")
    for seed in range(10):
        episode = play_at_random(played, seed, random.Random(seed))
        picked = Counter[str]()
        colours = {}
        for person in PEOPLE:
            for text in episode.told[person]:
                if found := re.fullmatch(r"(Ann|Bob) picks up a (\w+) coin\.", text):
                    picked[found[2]] += person == found[1]
                if found := re.fullmatch(r"The colour of (Ann|Bob) is (\w+)\.", text):
                    assert found[1] == person
                    colours[person] = found[2]
        assert len(set(colours.values())) == 2
        (third,) = {"red", "green", "blue"} - set(colours.values())
        points = sum(picked[colour] ** 2 for colour in colours.values()) - picked[third] ** 2
        assert played.score(episode.states[-1], "Ann")["return"] == points


@pytest.mark.parametrize("name", NAMES)
def test_games_of_openspiel_pass_the_tests_of_pettingzoo(name: str) -> None:
    warnings.filterwarnings("ignore", "Observation")
    api_test(to_pettingzoo(openspiel(name), render_mode="ansi"), num_cycles=20)
    parallel_api_test(to_pettingzoo_parallel(openspiel(name)), num_cycles=20)


def test_an_impossible_act_is_refused() -> None:
    played = openspiel("openspiel-liars-dice")
    state, _ = played.start(0)
    doubt = played.acts[-1]
    with pytest.raises(GenerationError, match="expected one of the available acts"):
        played.step(state, {"Ann": doubt})
    with pytest.raises(GenerationError, match="expected no act of Bob"):
        played.step(state, {"Bob": played.acts[0]})
    with pytest.raises(GenerationError, match="an act of one person, got acts of nobody"):
        played.step(state, {})


def test_a_game_needs_no_data_file() -> None:
    with pytest.raises(ConfigurationError, match="expected no data for 'openspiel-hanabi'"):
        get_scenarios("openspiel-hanabi", Path("x.json"))


def test_a_missing_package_is_named_with_its_extra_and_only_when_a_game_is_loaded() -> None:
    program = (
        "import sys; sys.modules['pyspiel'] = None\n"
        "from social_world_model import get_scenarios, scenario_names\n"
        "print('openspiel-hanabi' in scenario_names())\n"
        "get_scenarios('openspiel-hanabi')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == "True\n"
    assert "ConfigurationError: expected the package open-spiel" in done.stderr
    assert "--extra games" in done.stderr


def test_a_game_is_played_without_a_key_and_a_seed_gives_the_same_episode() -> None:
    words = ("play", "openspiel-bargaining", "--agent", "random", "--seed", "3")
    done = swm(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Bob (second): random" in done.stdout
    assert "The pool has " in done.stdout
    assert re.search(r"^score of Ann: goal [\d.]+, return \d+$", done.stdout, re.MULTILINE)
    assert swm(*words).stdout == done.stdout
    cut = swm(*words, "--max-turns", "1")
    assert "no score: the game was not played to its end" in cut.stdout
    wrong = swm("play", "openspiel-bargaining")
    assert wrong.returncode == 2
    assert "expected --model-name for the agent foresee" in wrong.stderr


def test_the_random_agent_needs_a_list_of_acts(tmp_path: Path) -> None:
    written_acts = get_scenarios("sotopia", written(tmp_path, bundle()))[0]
    state, _ = written_acts.start(0)
    with pytest.raises(ConfigurationError, match="lists all possible acts for the agent 'random'"):
        AGENTS.get("random").make(Seat(name=written_acts.cast[0], scenario=written_acts, state=state, seed=0))
