"""The same questions put otherwise: options in another order, other names, sentences that matter to nobody.

A figure that falls with these was not about minds. What is drawn depends on the seed and on what is asked alone (the
options' order on narrative and question; names and sentences on the narrative, out of those that nothing asked about it
speaks of), so that a run can be gone on with, and items about one narrative stay about one narrative.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import get_args

from social_world_model.choices import Variant
from social_world_model.contracts import BadRow, Item
from social_world_model.errors import ConfigurationError, did_you_mean
from social_world_model.variants.distractors import with_distractors
from social_world_model.variants.renaming import new_names, renamed

VARIANTS: Sequence[Variant] = get_args(Variant)
MEANS: Mapping[Variant, str] = {
    "options-shuffled": "questions with options",
    "names-swapped": "questions about people with names",
    "distractors": "narratives in which there is room for a sentence more",
}
"""What a data set must have for a variant to mean something."""
MARK = "+variant="
"""What stands between a data set's name and that of its variant."""


def variants_of(names: Iterable[str]) -> list[Variant]:
    """Return variants by name, each once.

    Raises
    ------
    ConfigurationError
        If there is none of that name.
    """
    wanted = list(dict.fromkeys(names))
    if unknown := [name for name in wanted if name not in VARIANTS]:
        raise ConfigurationError(
            f"expected variant to be one of {', '.join(VARIANTS)}; got {unknown[0]!r}"
            f"{did_you_mean(unknown[0], VARIANTS)}",
            parameters=("variant",),
        )
    return [variant for name in wanted for variant in VARIANTS if variant == name]


def varied(
    rows: Sequence[Item | BadRow], variant: Variant, seed: int = 0, among: Sequence[Item | BadRow] | None = None
) -> tuple[Item | BadRow, ...]:
    """Return rows in a variant; a row that cannot be varied stays as it is.

    Parameters
    ----------
    rows
        Of a data set, or some of it.
    variant
        Out of `VARIANTS`.
    seed
        Of what is drawn.
    among
        All rows of the data set, so that a part of it is varied as the whole would be.

    Raises
    ------
    ConfigurationError
        If there is no such variant.
    """
    (variant,) = variants_of([variant])
    if variant == "options-shuffled":
        return tuple(row if isinstance(row, BadRow) else shuffled(row, seed) for row in rows)
    together = by_narrative(rows, rows if among is None else among)
    if variant == "names-swapped":
        names = {narrative: new_names(items, seed) for narrative, items in together.items()}
        return tuple(row if isinstance(row, BadRow) else renamed(row, names[row.narrative]) for row in rows)
    told = {narrative: with_distractors(items, seed) for narrative, items in together.items()}
    return tuple(row if isinstance(row, BadRow) else replace(row, narrative=told[row.narrative]) for row in rows)


def shuffled(item: Item, seed: int = 0) -> Item:
    """Return an item with its options in another order; two change places.

    >>> item = Item(index="1", narrative="", question="Which?", gold="b", asks="future", choices=("a", "b"))
    >>> shuffled(item).choices
    ('b', 'a')
    """
    if len(set(item.choices)) < 2:
        return item
    draw, order = Random(f"{seed}:{item.narrative}:{item.question}"), list(item.choices)
    while tuple(order) == item.choices:
        draw.shuffle(order)
    return replace(item, choices=tuple(order))


def by_narrative(rows: Iterable[Item | BadRow], among: Iterable[Item | BadRow] | None = None) -> dict[str, list[Item]]:
    """Return the items about each narrative of some rows, out of all rows of their data set."""
    wanted = {row.narrative: list[Item]() for row in rows if isinstance(row, Item)}
    for row in rows if among is None else among:
        if isinstance(row, Item) and row.narrative in wanted:
            wanted[row.narrative].append(row)
    return wanted
