"""Perturbed questions: shuffled options, renamed people, irrelevant sentences.

If accuracy falls with these variants, the original accuracy did not depend on theory of mind alone.

The random choices depend only on the seed and the item. The order of options depends on the narrative and the question.
Names and added sentences depend on the narrative. A run can therefore be resumed, and items about one narrative still
share one narrative.
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
    "distractors": "narratives to which an irrelevant sentence can be added",
}
"""Maps each variant to what a data set must contain for this variant."""
MARK = "+variant="
"""The text between the name of a data set and the name of its variant."""


def variants_of(names: Iterable[str]) -> list[Variant]:
    """Return the variants with these names, without duplicates.

    Raises
    ------
    ConfigurationError
        If a name is unknown.
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
    """Apply a variant to rows, and return the new rows. Rows that the variant cannot change stay the same.

    Parameters
    ----------
    rows
        All rows or some rows of a data set.
    variant
        Name of the variant: one of `VARIANTS`.
    seed
        Random seed.
    among
        All rows of the data set. This argument is needed if `rows` is only a part: the part then gets the same changes
        as the whole data set.

    Raises
    ------
    ConfigurationError
        If the variant is unknown.
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
    """Return an item with its options in a different order.

    Parameters
    ----------
    item
        The question. An item with fewer than two different options does not change.
    seed
        Random seed. The order depends only on the seed, the narrative and the question.

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
    """Group items by their narrative.

    Parameters
    ----------
    rows
        Rows that select the narratives of the result.
    among
        Rows with the items to group, for example all rows of the data set. The default is `rows`.
    """
    wanted = {row.narrative: list[Item]() for row in rows if isinstance(row, Item)}
    for row in rows if among is None else among:
        if isinstance(row, Item) and row.narrative in wanted:
            wanted[row.narrative].append(row)
    return wanted
