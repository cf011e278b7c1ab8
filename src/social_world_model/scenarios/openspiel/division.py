"""What the two games about the division of a pool share: items, values, and offers in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from social_world_model.interaction import Act, Happening
from social_world_model.scenarios.openspiel.scenario import counted, fact, listed

AGREE = Act(kind="speak", text="I agree.")


def offer(things: Sequence[str], numbers: Sequence[int]) -> Act:
    """Return an offer. The numbers say what the speaker takes.

    Parameters
    ----------
    things
        Names of the kinds of items.
    numbers
        Number of items of each kind.

    Examples
    --------
    >>> offer(("book", "hat"), (1, 2)).text
    'I take 1 book and 2 hats.'
    """
    return Act(kind="speak", text=f"I take {_amounts(things, numbers)}.")


def dealt(things: Sequence[str], pool: Sequence[int], values: dict[str, Sequence[int]]) -> Iterator[Happening]:
    """Yield the pool, which both people see, and the values of each person, which only this person knows.

    Parameters
    ----------
    things
        Names of the kinds of items.
    pool
        Number of items of each kind.
    values
        Value of one item of each kind, by person.
    """
    yield fact(f"The pool has {_amounts(things, pool)}.")
    for name, own in values.items():
        worth = [f"a {thing} {counted(points, 'point')}" for thing, points in zip(things, own, strict=True)]
        yield fact(f"For {name}, the values are {listed(worth)}.", name)


def _amounts(things: Sequence[str], numbers: Sequence[int]) -> str:
    return listed([counted(number, thing) for number, thing in zip(numbers, things, strict=True)])
