"""Choose items of runs: all, the wrong ones, or those that only some of the runs answer correctly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Literal, get_args

from social_world_model.errors import ConfigurationError, did_you_mean
from social_world_model.viewer.index import ItemQuery, RunRows

ItemSet = Literal["flipped", "wrong", "all"]
ItemChoice = ItemSet | int
"""A set of items, or the number of items from the start."""
ITEM_SETS: tuple[ItemSet, ...] = get_args(ItemSet)


def item_choice(text: str) -> ItemChoice:
    """Return the choice of items that a text names.

    Parameters
    ----------
    text
        ``flipped``, ``wrong``, ``all`` or a number.

    Raises
    ------
    ConfigurationError
        If the text names no choice.

    Examples
    --------
    >>> item_choice("wrong"), item_choice("10")
    ('wrong', 10)
    """
    for name in ITEM_SETS:
        if text == name:
            return name
    if text.isdecimal() and text.isascii() and len(text) < 10:
        return int(text)
    raise ConfigurationError(
        f"expected items to be {', '.join(ITEM_SETS)} or a number, got {text!r}{did_you_mean(text, ITEM_SETS)}",
        parameters=("items",),
    )


def chosen_indices(runs: Mapping[str, RunRows], choice: ItemChoice) -> list[tuple[str, list[str]]]:
    """Return the indices of the chosen items, each with the ids of the runs that have this item.

    If an item is chosen because of one run, the same item of the other runs is chosen too, so that pages can show
    them side by side.

    Parameters
    ----------
    runs
        Rows of runs on the same data, by id.
    choice
        The choice of items.
    """
    having: dict[str, list[str]] = {}
    for id, run in runs.items():
        for row in run.rows:
            having.setdefault(row[0], []).append(id)
    if isinstance(choice, int):
        return list(having.items())[:choice]
    kept = set(having) if choice == "all" else _kept(list(runs.values()), choice)
    return [(index, ids) for index, ids in having.items() if index in kept]


def _kept(runs: Sequence[RunRows], choice: ItemSet) -> set[str]:
    if choice == "wrong":
        return {index for run in runs for index in _indices(run, None, "wrong")}
    return {index for one, other in permutations(runs, 2) for index in _indices(one, other, "a")}


def _indices(run: RunRows, other: RunRows | None, filter: str) -> list[str]:
    page = run.page(other, ItemQuery(f=filter, limit=len(run.rows)))
    return [row["index"] for row in page["rows"]]
