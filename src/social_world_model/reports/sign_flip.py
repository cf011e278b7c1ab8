"""Test the difference between two runs: the sign-flip test over clusters."""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from social_world_model.benchmarks.counting import Metric, ScoredUnit
from social_world_model.reports.resampling import counts, swap_test
from social_world_model.reports.statistics import holm, mcnemar, pair_clusters

MOST_TOTALS = 1 << 11
"""Maximum number of different totals that are computed exactly."""
MOST_SIGNS = 28
"""Maximum number of clusters for which all combinations of signs are counted, even if all sums differ."""
DRAWS = 10_000
"""Number of random draws if there are more totals and more clusters."""
UNIT = 2520 * 10**5
"""Sums are counted in parts of this size, so multiples of 1/2, 1/3, …, 1/10 are exact."""
SIGN_FLIP = "sign-flip test"
MCNEMAR = "McNemar's test"


@dataclass(frozen=True, kw_only=True)
class PairedTest:
    """A two-sided test of the difference between two runs.

    Parameters
    ----------
    name
        Name of the test. The name is `MCNEMAR` if each pair is a cluster of its own and each score is 0 or 1.
        Otherwise, the name is `SIGN_FLIP`.
    p
        The mid-p value.
    pairs, clusters
        Number of pairs of units, and number of clusters of pairs.
    """

    name: str
    p: float
    pairs: int
    clusters: int

    @property
    def over(self) -> str:
        """The test and its clusters in words."""
        if self.name == MCNEMAR:
            return f"{MCNEMAR} over {self.pairs} pairs"
        return f"{SIGN_FLIP} over {self.clusters} {'story' if self.clusters == 1 else 'stories'}"


def paired_test(
    pairs: Sequence[tuple[ScoredUnit, ScoredUnit]], seed: int = 0, measure: Metric | None = None
) -> PairedTest:
    """Test whether two runs differ.

    If the runs do not differ, swapping the two runs in a cluster changes only the sign of the difference. The sign-flip
    test therefore compares the observed difference with all combinations of signs, one sign per cluster. If each pair
    is a cluster of its own and each score is 0 or 1, the sign-flip test is McNemar's test.

    Parameters
    ----------
    pairs
        Each pair has the same unit from the first run and from the second run.
    seed
        Random seed. If there are too many combinations, random combinations are drawn.
    measure
        Function that computes the score. None means the mean of the scores of the units.
    """
    clusters = pair_clusters(pairs)
    if measure is not None:
        both = [(counts([a for a, _ in some]), counts([b for _, b in some])) for some in clusters]
        return PairedTest(name=SIGN_FLIP, p=swap_test(both, measure, seed), pairs=len(pairs), clusters=len(clusters))
    whole = all(unit.score in (0, 1) for pair in pairs for unit in pair)
    return PairedTest(
        name=MCNEMAR if whole and len(clusters) == len(pairs) else SIGN_FLIP,
        p=sign_flip([math.fsum(b.score - a.score for a, b in cluster) for cluster in clusters], seed),
        pairs=len(pairs),
        clusters=len(clusters),
    )


def adjusted(tests: Sequence[PairedTest | None]) -> list[float | None]:
    """Adjust the p values of several tests by Holm's method. The result has None where there is no test."""
    values = iter(holm([test.p for test in tests if test is not None]))
    return [None if test is None else next(values) for test in tests]


def about_tests(tests: Sequence[PairedTest | None]) -> Iterator[str]:
    """Say in one sentence which tests were made, and for how many tests the p values are adjusted."""
    made = [test for test in tests if test is not None]
    names = {test.name for test in made}
    told = {
        frozenset({SIGN_FLIP}): "sign-flip test over stories",
        frozenset({MCNEMAR}): "McNemar's test",
        frozenset({SIGN_FLIP, MCNEMAR}): "sign-flip test over stories, or McNemar's test if no two pairs share a story",
    }
    if made:
        number = "1 comparison" if len(made) == 1 else f"{len(made)} comparisons"
        yield f"p (Holm): p value of the {told[frozenset(names)]}, adjusted by Holm's method for {number}"


def sign_flip(sums: Sequence[float], seed: int = 0) -> float:
    """Return the two-sided mid-p value of the sign-flip test.

    The p value is the probability of a larger absolute total if each sum has a random sign, plus half of the
    probability of the same absolute total. The p value is exact for up to `MOST_TOTALS` different totals, which
    includes nearly all scores of 0 and 1, and for up to `MOST_SIGNS` clusters. Otherwise, it is estimated from `DRAWS`
    random draws.

    Parameters
    ----------
    sums
        Sum of the differences in each cluster.
    seed
        Random seed of the draws.

    Examples
    --------
    >>> sign_flip([1, 1, 1, 1, 1, -1]), sign_flip([2, 1, 0, 3, 1]), sign_flip([0, 0])
    (0.125, 0.0625, 1.0)
    """
    parts = [part for one in sums if (part := round(one * UNIT))]
    total = abs(sum(parts))
    if not total:
        return 1.0
    sizes = [abs(part) for part in parts]
    if len(set(sizes)) == 1:
        more = sum(part > 0 for part in parts)
        return mcnemar(len(parts) - more, more)
    exact = _totals(sizes)
    if exact is not None:
        return min(1.0, 2 * math.fsum(share for one, share in exact.items() if one > total) + exact[total])
    if len(sizes) <= MOST_SIGNS:
        return _all_signs(sizes, total)
    larger = same = 0
    for one in _draws(sizes, seed):
        larger += one > total
        same += one == total
    return (larger + (same + 1) / 2) / (DRAWS + 1)


def _totals(sizes: Sequence[int]) -> dict[int, float] | None:
    """Return the probability of each total if the signs are random; None if there are too many totals."""
    found = {0: 1.0}
    for size in sizes:
        longer = {one + size: share / 2 for one, share in found.items()}
        for one, share in found.items():
            longer[one - size] = longer.get(one - size, 0.0) + share / 2
        if len(longer) > MOST_TOTALS:
            return None
        found = longer
    return found


def _all_signs(sizes: Sequence[int], total: int) -> float:
    """Return the mid-p value of a total over all combinations of signs.

    Each total is a total of the first half of the sizes plus a total of the second half. The totals of the second half
    are sorted, so the larger ones are counted by bisection: 2 * 2**(n / 2) totals instead of 2**n.
    """
    middle = len(sizes) // 2
    first, second = _signed_totals(sizes[:middle]), sorted(_signed_totals(sizes[middle:]))
    larger = same = 0
    for one in first:
        start, end = bisect_left(second, total - one), bisect_right(second, total - one)
        larger += len(second) - end
        same += end - start
    return min(1.0, (2 * larger + same) / (1 << len(sizes)))


def _signed_totals(sizes: Sequence[int]) -> list[int]:
    """Return the totals of sizes with all combinations of signs."""
    totals = [0]
    for size in sizes:
        totals = [one + sign * size for one in totals for sign in (1, -1)]
    return totals


def _draws(sizes: Sequence[int], seed: int) -> Iterator[int]:
    """Yield absolute totals with random signs. One random byte decides the signs of eight sizes."""
    eights = [[*sizes[start : start + 8], *[0] * 8][:8] for start in range(0, len(sizes), 8)]
    tables = [_signed_totals(some) for some in eights]
    draw = random.Random(seed)
    for _ in range(DRAWS):
        yield abs(sum(table[byte] for table, byte in zip(tables, draw.randbytes(len(tables)), strict=True)))
