"""What a person remembers of an episode is what the person perceived in it, act by act."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_world_model.interaction import Act, Briefing, Happening, Order, State
from social_world_model.s3ap.views import view
from social_world_model.scenarios.base import Scenario
from tests.scenarios.episodes import Played, game, play_at_random

WORDS = (
    "Hello.",
    "The ball is in the box.",
    "I saw Anna. Did you?",
    "none",
    'She said "Go!" to me.',
    "Ann says nothing.",
    "nothing - at all",
)
PEOPLE = ("Ann", "Anna", "Bob Lee")


@dataclass(frozen=True)
class Party:
    """Three people who speak and act in two rooms, some of it in private."""

    id: str = "party"
    environment: str = "party"
    cast: tuple[str, ...] = PEOPLE
    main_seats: tuple[str, ...] = ("Ann",)
    max_turns: int = 5
    order: Order = "simultaneous"

    @property
    def seats(self) -> Mapping[str, str]:
        return {name: name for name in PEOPLE}

    def start(self, seed: int) -> tuple[State, tuple[Happening, ...]]:
        dice = random.Random(seed)
        rooms = {name: dice.choice(("hall", "attic")) for name in PEOPLE}
        facts = [
            Happening(text=f"{name} is in the {room}.", observers=_there(rooms, room)) for name, room in rooms.items()
        ]
        return {"turn": 0, "seed": seed, "rooms": rooms}, tuple(facts)

    def briefing(self, name: str, state: State) -> Briefing:
        return Briefing(scenario="A party.", me=name, cast=PEOPLE)

    def available(self, state: State, name: str) -> tuple[Act, ...]:
        others = tuple(one for one in PEOPLE if one != name)
        spoken = [Act(kind="speak", text=text, to=to) for text in WORDS for to in ((), *((one,) for one in others))]
        return (Act(kind="action", text="dances"), Act(kind="action", text="winks", to=others[:1]), *spoken)

    def step(self, state: State, acts: Mapping[str, Act]) -> tuple[State, tuple[Happening, ...]]:
        rooms = state["rooms"]
        happenings = [
            Happening(
                text=f"{name} {act.words}",
                observers=frozenset((name, *act.to)) if act.to else _there(rooms, rooms[name]),
                actor=name,
            )
            for name, act in acts.items()
        ]
        dice = random.Random(f"{state['seed']}:{state['turn']}")
        mover, room = dice.choice(PEOPLE), dice.choice(("hall", "attic"))
        after = {**rooms, mover: room}
        near = _there(after, room) | _there(rooms, rooms[mover])
        happenings.append(Happening(text=f"{mover} goes to the {room}.", observers=near))
        return {**state, "turn": state["turn"] + 1, "rooms": after}, tuple(happenings)

    def over(self, state: State) -> str | None:
        return "the party is over" if state["turn"] >= 5 else None

    def score(self, state: State, name: str) -> Mapping[str, float] | None:
        return None


def _there(rooms: Mapping[str, str], room: str) -> frozenset[str]:
    return frozenset(name for name, where in rooms.items() if where == room)


def remembered(played: Played, name: str) -> list[str]:
    return [event.text for event in played.record.context().memory(name) if event.kind != "mental"]


SCENARIOS: dict[str, Scenario] = {
    **{name: game(name) for name in ("stash", "errand", "bargain")},
    "party": Party(),
}


@pytest.mark.parametrize("name", SCENARIOS)
@given(seed=st.integers(0, 10_000), luck=st.integers(0, 10_000))
@settings(max_examples=250)
def test_the_memory_of_every_person_is_what_the_person_perceived(name: str, seed: int, luck: int) -> None:
    played = play_at_random(SCENARIOS[name], seed, random.Random(luck))
    for person in played.record.cast:
        assert remembered(played, person) == played.told[person]
        assert list(played.record.seen(person)) == played.told[person]


@pytest.mark.parametrize("name", SCENARIOS)
@given(seed=st.integers(0, 10_000), luck=st.integers(0, 10_000))
@settings(max_examples=25)
def test_the_context_of_a_person_gives_the_same_perspectives_as_the_whole_record(
    name: str, seed: int, luck: int
) -> None:
    record = play_at_random(SCENARIOS[name], seed, random.Random(luck)).record
    whole = record.context()
    for me in record.cast:
        own = record.context(me)
        assert own.perspective(me) == whole.perspective(me)
        for other in record.cast:
            assert own.perspective(me, other) == whole.perspective(me, other)
            shared = [event.text for event in view(own.events(), [me, other]) if event.kind != "mental"]
            assert sorted(shared) == sorted(record.seen(me, other))


@pytest.mark.parametrize("name", SCENARIOS)
def test_contexts_of_episodes_are_valid(name: str) -> None:
    for seed in range(10):
        record = play_at_random(SCENARIOS[name], seed, random.Random(seed)).record
        for me in (None, *record.cast):
            assert [issue for issue in record.context(me).issues() if issue.severity == "error"] == []
