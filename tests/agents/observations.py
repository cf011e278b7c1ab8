"""Observations for agents, without a turn loop."""

from __future__ import annotations

from dataclasses import replace

from social_world_model.agents.recorder import Record
from social_world_model.interaction import Act, ActKind, Briefing, Happening, Observation

KINDS: tuple[ActKind, ...] = ("speak", "non-verbal", "action", "leave", "none")
MOVES = (Act(kind="action", text="moves the ball to the red box"), Act(kind="none"))


def observation(cast: tuple[str, ...] = ("Ann", "Bob", "Cleo"), **fields: object) -> Observation:
    """Return what the first person of a cast observes after the second person has said "Hi"."""
    me, other = cast[:2]
    situation = Happening(text="People meet at a sale. It rains.", observers=frozenset(cast))
    said = Happening(text=f'{other} says: "Hi"', observers=frozenset(cast), actor=other)
    record = Record.begin(cast, [situation], {me: "My secret: none"}).after([said])
    briefing = Briefing(
        scenario="People meet at a sale. It rains.",
        me=me,
        cast=cast,
        background="My age: 30\nMy secret: debts",
        goal="Sell the lamp",
        others={other: "Age: 40"},
    )
    made = Observation(
        turn=2,
        turns_left=18,
        me=me,
        briefing=briefing,
        news=record.news(me, -1),
        available=KINDS,
        context=record.context(me),
    )
    return replace(made, **fields)  # type: ignore[arg-type]
