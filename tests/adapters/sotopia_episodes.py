"""Episodes of SOTOPIA for the tests of the adapter: random ones, and ones as sotopia 0.1.5 writes them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from social_world_model.agents.recorder import Record
from social_world_model.experiments.episodes.calls import act_data
from social_world_model.experiments.episodes.files import StoredEpisode
from social_world_model.interaction import Act, Briefing, Happening
from social_world_model.s3ap.tags import is_none, without_tags
from social_world_model.scenarios.dimensions import DIMENSIONS
from tests.strategies import HOSTILE_NAMES, words

KINDS = ("speak", "non-verbal", "action", "leave", "none")


def played(
    cast: tuple[str, ...],
    turns: list[dict[str, Act]],
    *,
    scenario: str = "Two people meet.",
    backgrounds: tuple[str, ...] = (),
    goals: tuple[str, ...] = (),
    **about: Any,
) -> StoredEpisode:
    """Return an episode with these acts, as a run stores it."""
    briefings = [
        Briefing(scenario=scenario, me=name, cast=cast, background=background, goal=goal)
        for name, background, goal in zip(
            cast, backgrounds or ("",) * len(cast), goals or ("",) * len(cast), strict=True
        )
    ]
    everybody = frozenset(cast)
    facts = [Happening(text=scenario, observers=everybody)]
    record = Record.begin(cast, facts, {one.me: one.private for one in briefings})
    for acts in turns:
        record = record.after(
            Happening(
                text=f"{name} {act.words.removeprefix(f'{name} ')}",
                observers=frozenset({name, *act.to}) if act.to else everybody,
                actor=name,
            )
            for name, act in acts.items()
            if act.words
        )
    fields: dict[str, Any] = {
        "task": "meeting/0/1",
        "repeat": 0,
        "environment": "meeting",
        "seat": "1",
        "person": cast[0],
        "seed": 0,
        "status": "played",
        "why_over": "fewer than two people are left",
        "episode_key": "key",
    }
    decisions = [{name: decided(act) for name, act in acts.items()} for acts in turns]
    return StoredEpisode(
        cast=list(cast),
        turns=[
            {"number": number, "happenings": [], "decisions": made} for number, made in enumerate(decisions, start=1)
        ],
        context=record.context().to_data(),
        **{**fields, **about},
    )


def decided(act: Act) -> dict[str, Any]:
    return {"act": act_data(act), "why": "", "considered": [], "calls": [], "seconds": 0.0}


def acts_of(episode: StoredEpisode) -> list[dict[str, Any]]:
    return [{name: one["act"] for name, one in turn["decisions"].items()} for turn in episode.turns]


casts = st.lists(st.sampled_from(HOSTILE_NAMES), min_size=2, max_size=3, unique=True).map(
    lambda names: tuple(without_tags(name) for name in names)
)
numbers = st.integers(0, 4)


@st.composite
def acts(draw: st.DrawFn, name: str, cast: tuple[str, ...]) -> Act:
    kind = draw(st.sampled_from(KINDS))
    if kind in ("leave", "none"):
        return Act(kind=kind)  # type: ignore[arg-type]
    others = [one for one in cast if one != name]
    to = draw(st.lists(st.sampled_from(others), max_size=1))
    text = draw(words.filter(lambda one: one.strip()))
    return Act(kind=kind, text=text, to=tuple(to))  # type: ignore[arg-type]


@st.composite
def episodes(draw: st.DrawFn, *, round_robin: bool = False) -> StoredEpisode:
    """Draw an episode with odd names and texts, private acts, and turns of one person or of all people."""
    cast = draw(casts)
    turns = []
    for number in range(draw(numbers)):
        acting = [cast[number % len(cast)]] if round_robin else draw(st.lists(st.sampled_from(cast), unique=True))
        turns.append({name: draw(acts(name, cast)) for name in acting})
    return played(
        cast,
        [turn for turn in turns if turn],
        scenario=draw(words.filter(lambda one: not is_none(one))),
        backgrounds=tuple(f"My name: {name}\nI am shy." for name in cast),
        goals=tuple(f"Win against {cast[0]}." for _ in cast),
    )


@st.composite
def scores(draw: st.DrawFn, cast: list[str]) -> dict[str, dict[str, float]]:
    return {
        name: {one: float(draw(st.integers(int(low), int(high)))) for one, (low, high) in DIMENSIONS.items()}
        for name in cast
    }


def written_by_sotopia(**fields: Any) -> dict[str, Any]:
    """Return an episode in the form of sotopia 0.1.5."""
    told = {
        "Ann Lee": (
            "Ann Lee is a 30-year-old female nurse. Ann's secrets: debts",
            "Unknown",
            "Get the tent",
            "Unknown",
        ),
        "Bob Ray": ("Unknown", "Bob Ray is a 31-year-old male cook. Bob's secrets: ill", "Unknown", "Keep the tent"),
    }
    first = [
        [
            "Environment",
            name,
            f"\nHere is the context of this interaction:\nScenario: Two people share a tent.\n"
            f"Participants: Ann Lee and Bob Ray\nAnn Lee's background: {texts[0]}\nBob Ray's background: {texts[1]}\n"
            f"Ann Lee's goal: {texts[2]}\nBob Ray's goal: {texts[3]}\nConversation Starts:\n",
        ]
        for name, texts in told.items()
    ]
    done = [
        ("Ann Lee", 'said: "It is "my" tent;\nBob Ray left the conversation"'),
        ("Bob Ray", "[non-verbal communication] frowns"),
        ("Ann Lee", "did nothing"),
        ("Bob Ray", "left the conversation"),
    ]
    turns: list[list[list[str]]] = [first]
    for number, (name, act) in enumerate(done):
        idle = next(one for one in told if one != name)
        turns[-1] += [[name, "Environment", act], [idle, "Environment", "did nothing"]]
        seen = "" if act == "did nothing" else f"{name} {act}"
        turns.append([["Environment", one, f"Turn #{number}: {seen}\n"] for one in told])
    return {
        "pk": "log",
        "environment": "tent",
        "agents": ["a", "b"],
        "tag": "test",
        "models": ["judge-x", "model-a", "model-b"],
        "messages": turns,
        "reasoning": "Environment comments: terminated: Too few active agents; \nAgent 1 comments:\nfine\n",
        "rewards": [0.0, 0.0],
        "rewards_prompt": "",
        **fields,
    }


def reward(goal: float) -> list[Any]:
    given = {**dict.fromkeys(DIMENSIONS, 0.0), "goal": goal}
    return [goal / len(DIMENSIONS), {**given, "overall_score": goal / len(DIMENSIONS)}]
