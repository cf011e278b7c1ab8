"""Doubts of a parser: for which steps a parser had to guess what an agent perceives.

A parser writes its doubts into the manual of the context, and the answers to questions read them from there. Contexts
stay plain S3AP: a context that was stored as JSON still says which of its observations are guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.parser import NOT_READ

HEADING = "Uncertain who perceives:"
"""Heading in a manual. The agents and the steps of the guesses follow this heading."""
EVERYONE = "everyone"
"""In place of a name: the event itself is a guess."""

_ENTRY = re.compile(r"(?P<who>[^;]+?) in steps? (?P<steps>\d+(?:-\d+)?(?:, \d+(?:-\d+)?)*)(?:; |\.(?= |$))")

Doubts = Mapping[str, frozenset[int]]
"""For each agent (or `EVERYONE`): the numbers of the steps (from 1) for which it is a guess whether the agent perceives
what happens in the step. An action is perceived in the next step, but its doubt is in the step of the action."""


def written(doubts: Mapping[str, Iterable[int]]) -> str:
    """Return doubts as text for a manual; ``""`` if there are none.

    Parameters
    ----------
    doubts
        For each agent, or for `EVERYONE`: numbers of steps.

    Examples
    --------
    >>> written({"Ann": [3, 1, 2], "Bo": [7]})
    'Uncertain who perceives: Ann in steps 1-3; Bo in step 7.'
    """
    told = [
        f"{who} in step{'s' if len(set(steps)) > 1 else ''} {_ranges(steps)}" for who, steps in doubts.items() if steps
    ]
    return f"{HEADING} {'; '.join(told)}." if told else ""


def doubts_of(context: SocializedContext) -> Doubts:
    """Return the doubts that the manual of a context states. A context without a manual has no doubts.

    Parameters
    ----------
    context
        Context of any parser.

    Examples
    --------
    >>> from social_world_model.s3ap import SocializedContext
    >>> manual = "Uncertain who perceives: Ann in steps 1-3, 5; Bo in step 7. Not read, or not in full: line 2."
    >>> found = doubts_of(SocializedContext(agents_names=["Ann", "Bo"], socialized_context=[], context_manual=manual))
    >>> {who: sorted(steps) for who, steps in found.items()}
    {'Ann': [1, 2, 3, 5], 'Bo': [7]}
    """
    told = (context.context_manual or "").partition(NOT_READ)[0].rpartition(HEADING)
    if not told[1]:
        return {}
    return {entry["who"].strip(): frozenset(_numbers(entry["steps"])) for entry in _ENTRY.finditer(told[2])}


def _ranges(steps: Iterable[int]) -> str:
    runs = groupby(enumerate(sorted(set(steps))), key=lambda found: found[1] - found[0])
    parts = [[step for _, step in run] for _, run in runs]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in parts)


def _numbers(ranges: str) -> Iterable[int]:
    for part in ranges.split(", "):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
