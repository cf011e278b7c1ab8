"""The columns of the tables about episodes: cells, seats and judges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from social_world_model.reports.columns import Column
from social_world_model.reports.environments import Level
from social_world_model.reports.episodes.pairs import GOAL, CellDifference
from social_world_model.reports.episodes.report import CellRow, JudgeRow, SeatRow
from social_world_model.reports.episodes.summary import Forecast
from social_world_model.reports.figures import (
    NOTHING,
    amount,
    probability,
    score,
    score_ends,
    signed_score,
    signed_score_ends,
)
from social_world_model.reports.statistics import Interval
from social_world_model.scenarios.dimensions import OVERALL

Row = TypeVar("Row")


def _always(rows: Sequence[object]) -> bool:
    return True


def _never(row: object) -> bool:
    return False


def level_columns(
    name: str,
    value: Callable[[Row], Level | None],
    *,
    title: str = "",
    signed: bool = False,
    priorities: tuple[int, int] = (0, 0),
    blank: Callable[[Row], bool] = _never,
    when: Callable[[Sequence[Row]], bool] = _always,
) -> tuple[Column[Row], Column[Row]]:
    """Return two columns of a mean over environments: the mean, and the interval.

    Parameters
    ----------
    name
        Name of the mean in csv and JSON.
    value
        Function that returns the mean of a row; None if the row has none.
    title
        Heading of the mean. By default, it is the name.
    signed
        Whether the mean is a difference.
    priorities
        Priority of the mean, and of the interval: see `Column`.
    blank, when
        See `Column`.
    """

    def interval(row: Row) -> Interval | None:
        found = value(row)
        return None if found is None else found.interval

    def mean(row: Row) -> float | None:
        found = value(row)
        return None if found is None else found.mean

    return (
        Column(
            key=name,
            title=title or name,
            value=mean,
            text=signed_score if signed else score,
            priority=priorities[0],
            blank=blank,
            when=when,
        ),
        Column(
            key=f"{name}_interval",
            title=f"95 % CI of {title or name}",
            value=interval,
            text=signed_score_ends if signed else score_ends,
            parts=(f"{name}_low", f"{name}_high"),
            priority=priorities[1],
            blank=blank,
            when=when,
        ),
    )


def _some(value: Callable[[CellRow], object]) -> Callable[[Sequence[CellRow]], bool]:
    return lambda rows: any(value(row) not in (None, 0, "", ()) for row in rows)


def _several(value: Callable[[CellRow], object]) -> Callable[[Sequence[CellRow]], bool]:
    return lambda rows: len({value(row) for row in rows}) > 1


def _agent(row: CellRow) -> str:
    seed = row.cell.name.seed
    return row.cell.name.agent if seed is None else f"{row.cell.name.agent}, seed {seed}"


def _goal(row: CellRow) -> Level | None:
    return row.score(GOAL)


def _overall(row: CellRow) -> Level | None:
    return row.score(OVERALL)


def _difference(row: CellRow) -> CellDifference | None:
    return None if row.gain is None else row.gain.difference


def _gain(row: CellRow) -> Level | None:
    found = _difference(row)
    return None if found is None else found.found


def _without_gain(row: CellRow) -> bool:
    return row.gain is None


def _without_test(row: CellRow) -> bool:
    return row.gain is None or row.gain.is_control


def _forecast(row: CellRow) -> Forecast | None:
    return row.summary.forecast


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{share:.0%}"


def _slope(row: CellRow) -> float | None:
    return None if row.slope is None else row.slope.value


def _slope_interval(row: CellRow) -> Interval | None:
    return None if row.slope is None else row.slope.interval


MODEL = Column[CellRow](
    key="model",
    title="model",
    value=lambda row: row.cell.name.model,
    number=False,
    when=_some(lambda row: row.cell.name.model),
)
"""The language model of the agent. In a terminal, it is a heading."""
NAMES: tuple[Column[CellRow], ...] = (
    Column(key="scenario", value=lambda row: row.cell.name.scenario),
    Column(key="dataset", value=lambda row: row.cell.name.dataset),
    Column(key="agent", title="agent", value=_agent, number=False),
    MODEL,
    Column(
        key="world_model",
        title="world model",
        value=lambda row: row.cell.name.world_model,
        number=False,
        when=_some(lambda row: row.cell.name.world_model),
    ),
    Column(
        key="partner",
        title="partner",
        value=lambda row: row.cell.name.partner,
        number=False,
        when=_several(lambda row: row.cell.name.partner),
    ),
    Column(
        key="partner_model",
        title="partner's model",
        value=lambda row: row.cell.name.partner_model,
        number=False,
        when=_several(lambda row: row.cell.name.partner_model),
    ),
)
"""What names a cell. The partner is shown in tables that contain several partners."""
_GAINS: tuple[Column[CellRow], ...] = (
    *level_columns(
        "gain", _gain, signed=True, priorities=(0, 1), blank=_without_gain, when=_some(lambda row: row.gain)
    ),
    Column(
        key="gain_bounds",
        value=lambda row: None if (found := _difference(row)) is None else found.bounds,
        parts=("gain_at_lowest", "gain_at_highest"),
    ),
    Column(key="gain_pairs", value=lambda row: None if (found := _difference(row)) is None else len(found.pairs)),
    Column(key="gain_is_control", value=lambda row: None if row.gain is None else row.gain.is_control),
    Column(key="p", value=lambda row: None if (found := _difference(row)) is None else found.p),
    Column(
        key="p_holm",
        title="p (Holm)",
        value=lambda row: None if row.gain is None else row.gain.adjusted,
        text=probability,
        priority=2,
        blank=_without_test,
        when=lambda rows: not all(map(_without_test, rows)),
    ),
)
_COSTS: tuple[Column[CellRow], ...] = (
    Column(
        key="forecast",
        title="forecast",
        value=lambda row: None if (found := _forecast(row)) is None else found.same_kind,
        text=_percent,
        priority=4,
        when=_some(_forecast),
    ),
    Column(key="forecast_same_act", value=lambda row: None if (found := _forecast(row)) is None else found.same_act),
    Column(key="forecast_replies", value=lambda row: None if (found := _forecast(row)) is None else found.replies),
    Column(
        key="calls_per_turn",
        title="calls/turn",
        value=lambda row: row.summary.calls,
        text=amount,
        priority=4,
        when=_some(lambda row: row.summary.calls),
    ),
    Column(
        key="tokens_per_turn",
        title="tokens/turn",
        value=lambda row: row.summary.tokens,
        text=amount,
        priority=6,
        when=_some(lambda row: row.summary.tokens),
    ),
    Column(
        key="seconds_per_turn",
        title="s/turn",
        value=lambda row: row.summary.seconds,
        text=lambda value: f"{value:.2f}",
        priority=8,
        when=_some(lambda row: row.summary.seconds),
    ),
    Column(
        key="characters_per_turn",
        title="characters/turn",
        value=lambda row: row.summary.characters,
        text=amount,
        priority=3,
    ),
    Column(key="slope", title="slope", value=_slope, text=signed_score, priority=4, when=_some(lambda row: row.slope)),
    Column(
        key="slope_interval",
        title="95 % CI of slope",
        value=_slope_interval,
        text=signed_score_ends,
        parts=("slope_low", "slope_high"),
        priority=9,
        when=_some(_slope_interval),
    ),
)
CELLS: tuple[Column[CellRow], ...] = (
    *NAMES,
    Column(
        key="judges",
        title="judges",
        value=lambda row: row.cell.judges,
        text=lambda names: f"{len(names)} judges" if len(names) > 1 else "".join(names) or NOTHING,
        data=", ".join,
        number=False,
        priority=9,
        when=_some(lambda row: row.cell.judges),
    ),
    Column(key="n", title="n", value=lambda row: 0 if (goal := _goal(row)) is None else goal.n),
    Column(key="environments", value=lambda row: len({one.environment for one in row.cell.episodes})),
    Column(
        key="missing",
        title="missing",
        value=lambda row: (row.failed, row.unjudged),
        text=lambda found: str(sum(found)),
        parts=("failed", "without_score"),
    ),
    *level_columns(GOAL, _goal),
    Column(key="goal_bounds", value=lambda row: row.bounds, parts=("goal_at_lowest", "goal_at_highest")),
    *level_columns(OVERALL, _overall, priorities=(5, 6), when=_some(_overall)),
    *_GAINS,
    *_COSTS,
    Column(
        key="alpha",
        title="alpha",
        value=lambda row: row.alpha,
        text=score,
        priority=5,
        when=_some(lambda row: row.alpha),
    ),
    Column(key="data_sha256", value=lambda row: row.cell.name.data_sha256),
    Column(key="folders", value=lambda row: row.cell.folders, data=lambda folders: ", ".join(map(str, folders))),
)
"""Columns of the main table: one row per cell."""


def _of_seat(row: SeatRow) -> CellRow:
    return row.row


def _seat_gain(row: SeatRow) -> Level | None:
    return None if row.difference is None else row.difference.found


SEATS: tuple[Column[SeatRow], ...] = (
    *(column.of(_of_seat) for column in NAMES),
    Column(key="seat", title="seat", value=lambda row: row.seat, number=False),
    Column(key="n", title="n", value=lambda row: 0 if row.goal is None else row.goal.n),
    *level_columns("goal", lambda row: row.goal),
    *level_columns(
        "gain",
        _seat_gain,
        signed=True,
        blank=lambda row: row.difference is None,
        when=lambda rows: any(row.difference is not None for row in rows),
    ),
)
"""Columns of the table by seat."""


def _of_judge(row: JudgeRow) -> CellRow:
    return row.row


def _goal_of_judge(row: JudgeRow) -> Level | None:
    return row.scores.get(GOAL)


def _overall_of_judge(row: JudgeRow) -> Level | None:
    return row.scores.get(OVERALL)


JUDGES: tuple[Column[JudgeRow], ...] = (
    *(column.of(_of_judge) for column in NAMES),
    Column(key="judge", title="judge", value=lambda row: row.judge, number=False),
    Column(key="judged", title="judged", value=lambda row: row.judged),
    Column(key="failed", title="failed", value=lambda row: row.failed),
    *level_columns(GOAL, _goal_of_judge),
    *level_columns(OVERALL, _overall_of_judge, priorities=(1, 2)),
    Column(key="order_gap", title="order gap", value=lambda row: row.order_gap, text=signed_score),
)
"""Columns of the table by judge."""
