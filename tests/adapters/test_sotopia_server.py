"""Our agents in sotopia's environment: what they observe, and how they answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model import agent_from, play
from social_world_model.adapters.sotopia import _seen
from social_world_model.adapters.sotopia_server import Server, observation_of
from social_world_model.adapters.sotopia_texts import Background, background_text, read_background, read_turn, turn_text
from social_world_model.agents.loop import Episode
from social_world_model.agents.recorder import Record
from social_world_model.errors import ConfigurationError, DatasetError, GenerationError
from social_world_model.experiments.episodes.calls import act_of
from social_world_model.experiments.episodes.files import StoredEpisode
from social_world_model.interaction import Act, Briefing, Happening, Observation
from social_world_model.scenarios.sotopia import SotopiaScenario
from social_world_model.scenarios.sotopia_data import read_bundle
from tests.adapters.sotopia_episodes import acts_of, episodes
from tests.agents.observations import observation
from tests.agents.stub import stub_reply
from tests.scenarios.sotopia_bundles import bundle, written
from tests.server import FaultServer
from tests.strategies import HOSTILE_NAMES, law, words

NONE = ["none"]
KINDS = ["leave", "none", "speak", "action", "non-verbal communication"]


def told(name: str = "Ann Lee", goal: str = "Get the tent") -> str:
    other = "Bob Ray" if name == "Ann Lee" else "Ann Lee"
    return (
        "\nHere is the context of this interaction:\nScenario: Two people share a tent.\n\nIt rains.\n"
        f"Participants: Ann Lee and Bob Ray\nAnn Lee's background: {'I hide debts' if name == 'Ann Lee' else 'Unknown'}"
        f"\nBob Ray's background: {'I am ill' if name == 'Bob Ray' else 'Unknown'}\n{name}'s goal: {goal}\n"
        f"{other}'s goal: Unknown\nConversation Starts:\n"
    )


def request(*texts: str, me: str = "Ann Lee", first: int = 0, **fields: Any) -> dict[str, Any]:
    """Return a request as `SwmAgent` sends it. The person acts in every second turn, from a turn on."""
    seen = [
        {"last_turn": text, "turn_number": turn, "available_actions": KINDS if turn % 2 == first else NONE}
        for turn, text in enumerate([told(me), *texts])
    ]
    return {"settings": {}, "me": me, "goal": None, "seen": seen, "private_acts": False, **fields}


def test_an_observation_has_what_sotopia_shows_and_nothing_else() -> None:
    texts = ('Ann Lee said: "Hi; Bob Ray left the conversation"', "Bob Ray [action] sits down")
    made = observation_of(request(*texts))
    assert (made.turn, made.turns_left, made.me) == (3, 17, "Ann Lee")
    assert made.available == ("speak", "non-verbal", "action", "leave", "none")
    assert made.briefing.cast == ("Ann Lee", "Bob Ray")
    assert made.briefing.scenario == "Two people share a tent.\n\nIt rains."
    assert (made.briefing.background, made.briefing.goal, made.briefing.others) == ("I hide debts", "Get the tent", {})
    assert made.news == ("Bob Ray sits down",)
    remembered = [event.text for event in made.context.memory("Ann Lee")]
    assert 'Ann Lee says: "Hi; Bob Ray left the conversation"' in remembered
    known_of_bob = [event.text for event in made.context.perspective("Ann Lee", "Bob Ray").memory("Bob Ray")]
    assert "Bob Ray sits down" in known_of_bob
    assert not any("debts" in text for text in known_of_bob)


def test_an_observer_who_has_not_acted_yet_gets_everything_as_news() -> None:
    made = observation_of(request("Ann Lee left the conversation", me="Bob Ray", first=1))
    assert made.news[-1] == "Ann Lee leaves"
    assert "Two people share a tent." in made.news[0]
    assert made.briefing.background == "I am ill"


def test_a_private_act_has_only_the_person_and_the_actor_as_observers() -> None:
    cast = ("Ann", "Bob", "Cara")
    beginning = background_text(read_background(told(), cast=())).replace("Ann Lee and Bob Ray", "Ann, Bob, and Cara")
    seen = [
        {"last_turn": beginning, "turn_number": 0, "available_actions": NONE},
        {"last_turn": "Ann [private to ['Bob']]  said: \"Hush\"", "turn_number": 1, "available_actions": KINDS},
    ]
    made = observation_of({"settings": {}, "me": "Bob", "goal": "Win", "seen": seen})
    assert made.briefing.cast == cast
    assert made.briefing.goal == "Win"
    (hush,) = [event for event in made.context.events() if "Hush" in event.text]
    assert hush.observers == {"Ann", "Bob"}


def test_an_agent_that_plays_a_second_episode_has_forgotten_the_first() -> None:
    first, second = request('Ann Lee said: "Hi"', "Bob Ray [action] nods"), request()
    both = {**first, "seen": [*first["seen"], *second["seen"]]}
    assert observation_of(both) == observation_of(second)


def test_a_text_without_the_background_is_an_error() -> None:
    broken = request()
    broken["seen"][0]["last_turn"] = "Hello"
    with pytest.raises(DatasetError, match="expected a text that begins with"):
        observation_of(broken)
    with pytest.raises(GenerationError, match="expected Eve among the participants"):
        observation_of({**request(), "me": "Eve"})


def scenario_of(tmp: Any) -> SotopiaScenario:
    (cast,) = read_bundle(written(tmp, bundle()))
    return SotopiaScenario(id="code_e/0", situation=cast.environment, people=cast.people)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> SotopiaScenario:
    return scenario_of(tmp_path_factory.mktemp("bundle"))


def with_own_turns(seen: list[dict[str, Any]], first: int) -> list[dict[str, Any]]:
    return [{**one, "available_actions": KINDS if one["turn_number"] % 2 == first else NONE} for one in seen]


@law
@given(episodes(round_robin=True))
def test_an_agent_observes_the_same_in_both_loops(scenario: SotopiaScenario, episode: StoredEpisode) -> None:
    """Our observation, in the words of sotopia and back, stays the same, except for what only our briefing has."""
    cast = scenario.cast
    script: dict[str, list[Act]] = {name: [] for name in cast}
    for number, turn in enumerate(acts_of(episode)):
        (act,) = map(act_of, turn.values())
        script[cast[number % 2]].append(replace(act, text=" ".join(act.text.split()), to=()))
    seen: list[Observation] = []

    def scripted(name: str) -> Any:
        acts = iter([*script[name], Act(kind="leave")])

        async def decide(observation: Observation) -> Act:
            seen.append(observation)
            return next(acts)

        return agent_from(decide)

    done: Episode = asyncio.run(play(scenario, {name: scripted(name) for name in cast}))
    assert done.status == "played"
    for one in seen:
        shown = with_own_turns(_seen(one), cast.index(one.me))
        back = observation_of({"settings": {}, "me": one.me, "goal": None, "seen": shown})
        assert (back.turn, back.turns_left, back.news, back.available) == (
            one.turn,
            one.turns_left,
            one.news,
            one.available,
        )
        assert back.context == one.context
        assert back.briefing == one.briefing


def test_an_agent_of_sotopia_gets_no_private_act_of_others_and_no_text_of_other_people() -> None:
    cast = ("Ann", "Bob", "Cleo")
    hush = Happening(text='Ann says to Bob: "Hush"', observers=frozenset({"Ann", "Bob"}), actor="Ann")
    aloud = Happening(text="Bob nods", observers=frozenset(cast), actor="Bob")
    record = Record.begin(cast, [], {"Ann": "My secret: debts"}).after([hush]).after([aloud])
    for name, expected in (
        ("Bob", ["Ann [private to ['Bob']]  said: \"Hush\"", "Bob [action] nods"]),
        ("Cleo", ["", "Bob [action] nods"]),
    ):
        briefing = Briefing(scenario="A sale.", me=name, cast=cast)
        one = observation(cast, me=name, turn=3, briefing=briefing, context=record.context(name))
        seen = _seen(one)
        assert [turn["last_turn"] for turn in seen[1:]] == expected
        assert "debts" not in str(seen)


@law
@given(episodes())
def test_the_acts_of_a_turn_are_read_as_they_were_written(episode: StoredEpisode) -> None:
    for turn in acts_of(episode):
        acts = [(name, act_of(act)) for name, act in turn.items() if act["kind"] != "none"]
        text = turn_text(acts)
        if all(";" not in act.text and '"' not in act.text for _, act in acts):
            back = read_turn(text, episode.cast)
            assert [(name, replace(act, text=act.text.strip())) for name, act in back] == [
                (name, replace(act, text=act.text.strip())) for name, act in acts
            ]


@law
@given(st.permutations(HOSTILE_NAMES), st.integers(2, 4), words, words)
def test_a_background_is_read_as_it_was_written(names: list[str], number: int, first: str, second: str) -> None:
    cast = tuple(name for name in names if number == 2 or (" and " not in name and "," not in name))[:number]
    texts = [" ".join(text.split()) for text in (first, second)]
    told = Background(
        scenario=texts[0],
        cast=cast,
        backgrounds={cast[0]: "I am shy.", cast[1]: "I am ill."},
        goals={cast[0]: texts[1]} if texts[1] else {},
    )
    written = f"\n{background_text(told)}\nConversation Starts:\n"
    for me in cast[:2] if number == 2 else cast:
        assert read_background(written, me=me) == told
    assert read_background(written, cast=cast) == told


def test_a_remark_of_the_environment_is_no_act() -> None:
    assert read_turn("Turn #3: The moon rises.\n", ("Ann",)) == [("", Act(kind="action", text="The moon rises."))]
    assert read_turn('Night falls;Ann said: "Hi', ("Ann",)) == [
        ("", Act(kind="action", text="Night falls")),
        ("Ann", Act(kind="speak", text="Hi")),
    ]
    assert read_turn("", ("Ann",)) == []


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("CUSTOM_API_KEY", "none")
    with FaultServer([], replies=stub_reply) as server:
        yield f"custom/stub@{server.base_url}"


@pytest.mark.parametrize("agent", ["plain", "cot", "reflect", "mind", "best-of", "foresee-paper", "foresee"])
def test_every_agent_with_a_language_model_answers(agent: str, model: str) -> None:
    settings = {"agent": agent, "model_name": model, "candidates": 2}

    async def answered() -> dict[str, Any]:
        server = Server()
        try:
            return await server.act(request(settings=settings))
        finally:
            await server.close()

    made = asyncio.run(answered())
    assert made["kind"] == "speak"
    assert made["text"]
    assert made["to"] == []


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"agent": "plain"}, "expected model_name for the agent plain"),
        ({"agent": "plian"}, "plian"),
        ({"agent": "habit"}, "expected a game"),
        ({"agent": "plain", "model": "gpt-4o"}, "expected settings of episodes"),
        ({"agent": "foresee", "model_name": "gpt-4o", "horizon": 0}, "horizon"),
    ],
)
def test_wrong_settings_are_errors(settings: dict[str, Any], why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with pytest.raises(ConfigurationError, match=why):
        asyncio.run(Server().act(request(settings=settings)))


def test_an_act_that_sotopia_cannot_do_is_refused_and_never_becomes_public() -> None:
    problems: list[str] = []

    async def whispers(observation: Observation) -> Act:
        problems.append(observation.problem)
        return Act(kind="speak", text="Hush", to=("Bob Ray",))

    beginning = told().replace("Ann Lee and Bob Ray", "Ann Lee, Bob Ray, and Cara")
    three = request()
    three["seen"][0]["last_turn"] = beginning
    server = Server(agent_from(whispers))
    with pytest.raises(GenerationError, match="no private acts"):
        asyncio.run(server.act(three))
    assert [bool(problem) for problem in problems] == [False, True, True]
    assert asyncio.run(server.act({**three, "private_acts": True}))["to"] == ["Bob Ray"]
    assert asyncio.run(server.act(request()))["to"] == [], "everybody else is a recipient"


def test_an_agent_of_the_user_that_fails_is_an_error() -> None:
    async def fails(observation: Observation) -> Act:
        raise OSError("the disk is full")

    async def silent(observation: Observation) -> Act:
        return Act(kind="speak")

    for agent, why in ((fails, "the disk is full"), (silent, "an empty text")):
        with pytest.raises(GenerationError, match=why):
            asyncio.run(Server(agent_from(agent)).act(request()))
