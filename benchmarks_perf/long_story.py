"""Check that the symbolic model takes linear time: a story of 2,000 sentences against a story of 200 sentences.

    uv run python benchmarks_perf/long_story.py

Prints the median ratio of the times for each function. A ratio of 10 means linear time. The largest allowed ratio is
12.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Callable

from social_world_model.contracts import Query
from social_world_model.s3ap import SocializedContext, decode, encode, events, perspective, validate
from social_world_model.symbolic import SymbolicModel, parse_narrative

BOUND = 12.0
PEOPLE = ["Ann", "Bo", "Cy", "Di", "Ed", "Flo"]
ROOMS = ["hall", "den", "attic", "porch"]


def story(sentences: int, seed: int = 0) -> str:
    """Return a story: people enter and leave rooms, move a ball between two containers, and like things."""
    draw = random.Random(seed)
    told: list[str] = [f"{person} entered the hall." for person in PEOPLE]
    inside = dict.fromkeys(PEOPLE, "hall")
    told += [
        line
        for room in ROOMS
        for line in (f"The {room}_ball is in the {room}_box.", f"The {room}_box is in the {room}.")
    ]
    while len(told) < sentences:
        person = draw.choice(PEOPLE)
        room = inside[person]
        match draw.randrange(4):
            case 0:
                told.append(f"{person} exited the {room}.")
                inside[person] = draw.choice(ROOMS)
                told.append(f"{person} entered the {inside[person]}.")
            case 1:
                told.append(f"{person} likes the {room}_ball.")
            case _:
                target = draw.choice(["box", "crate"])
                told.append(f"{person} moved the {room}_ball to the {room}_{target}.")
                told.append(f"The {room}_{target} is in the {room}.")
    return "\n".join(told[:sentences])


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def works(text: str) -> dict[str, Callable[[], object]]:
    context: SocializedContext = parse_narrative(text)[0]
    query = Query(question="Where does Ann think Bo thinks the hall_ball is?", question_kind="belief", context=context)
    return {
        "parse": lambda: parse_narrative(text),
        "answer": lambda: asyncio.run(SymbolicModel().answer(query)),
        "events": lambda: events(context),
        "validate": lambda: validate(context),
        "decode": lambda: decode(context),
        "encode": lambda: encode(context),
        "perspective": lambda: perspective(context, ["Ann", "Bo"]),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--passes", type=int, default=7)
    passes = arguments.parse_args().passes
    short, long = works(story(200)), works(story(2000))
    failed = False
    for name in short:
        # Measured alternately, so that a slow moment of the machine affects both.
        ratios = [seconds(long[name]) / seconds(short[name]) for _ in range(passes + 1)][1:]
        median = statistics.median(ratios)
        failed |= median > BOUND
        print(f"{name:12} x {median:5.1f}   ({min(ratios):.1f} to {max(ratios):.1f})")
    print(f"bound: x {BOUND:.0f}: {'EXCEEDED' if failed else 'kept'}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
