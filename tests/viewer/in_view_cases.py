"""Cases of `in_view` for the browser: generated contexts, their events, and which events are in the view of chains.

Run `python -m tests.viewer.in_view_cases` to write the table again. `web/test/view.test.js` reads the table, and
`test_in_view_cases.py` checks that the committed table is what Python computes now.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from social_world_model import SocializedContext, events
from social_world_model.s3ap import Event
from social_world_model.s3ap.views import in_view, view

TABLE = Path(__file__).parents[2] / "web" / "test" / "in_view.json"
CONTEXTS = 500
CHAINS = 5
CAST = ("Ann", "Bob", "Cy", "Dee")
FACTS = ("It rains.", "The lamp is on.", "The key is in the box.")
ACTS = ("waves", "opens the box", 'says: "Hello."', "none", "none")
SEEN = (
    "none",
    "none",
    "<same_as_state />",
    "<same_as_last_action />",
    "<same_as_last_action /> <same_as_state />",
    "Hears a bell.",
    "<same_as_state /> <mental_state>I am tired.</mental_state>",
)


def table() -> list[str]:
    """Return one line per context: its events, "|", and its chains.

    An event is the first letter of its kind, its observers as numbers, and, if they differ, ":" and its overt
    observers. A chain is its agents as numbers, "=", and one digit per event: whether the event is in the view. An
    empty chain stands for everything that happens.
    """
    dice = Random(17)
    return [_line(*_drawn(dice), dice) for _ in range(CONTEXTS)]


def _drawn(dice: Random) -> tuple[list[Event], Sequence[str]]:
    cast = CAST[: dice.randint(1, len(CAST))]
    steps: list[dict[str, Any]] = []
    for number in range(dice.randint(1, 3)):
        acted = bool(steps) and set(steps[-1]["actions"].values()) != {"none"}
        seen = [words for words in SEEN if acted or "last_action" not in words]
        steps.append(
            {
                "timestep": str(number),
                "state": dice.choice([*FACTS, "none"]),
                "observations": {name: dice.choice(seen) for name in cast},
                "actions": {name: dice.choice(ACTS) for name in cast},
            }
        )
    context = SocializedContext.from_data({"agents_names": list(cast), "socialized_context": steps})
    overt = {
        event.id: dice.sample(cast, dice.randint(0, len(cast)))
        for event in events(context)
        if event.kind != "mental" and dice.random() < 0.3
    }
    return events(context, overt), cast


def _line(made: list[Event], cast: Sequence[str], dice: Random) -> str:
    number = {name: str(place) for place, name in enumerate(cast)}
    chains = [(), *(_chain(dice, cast) for _ in range(CHAINS))]
    shown = [",".join(_written(event, number) for event in made)]
    shown.append(",".join(f"{''.join(number[name] for name in chain)}={_seen(made, chain)}" for chain in chains))
    return "|".join(shown)


def _chain(dice: Random, cast: Sequence[str]) -> tuple[str, ...]:
    return tuple(dice.choice(cast) for _ in range(dice.randint(1, 3)))


def _written(event: Event, number: dict[str, str]) -> str:
    observers, overt = (
        "".join(sorted(number[name] for name in names)) for names in (event.observers, event.overt_observers)
    )
    return event.kind[0] + observers + ("" if overt == observers else f":{overt}")


def _seen(made: list[Event], chain: Sequence[str]) -> str:
    everything = {event.id for event in view(made, [])}
    return "".join(str(int(in_view(event, chain) if chain else event.id in everything)) for event in made)


if __name__ == "__main__":
    TABLE.write_text(json.dumps(table(), indent=0) + "\n", encoding="utf-8")
