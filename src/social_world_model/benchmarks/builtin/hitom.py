"""Hi-ToM: beliefs about beliefs up to the fourth order, with deception (Wu et al. 2023, arXiv 2310.16755)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from social_world_model.benchmarks.base import (
    Benchmark,
    gold_cell,
    other_columns,
    row_index,
    rows_by,
    story_cell,
    story_id,
    text_cell,
)
from social_world_model.benchmarks.counting import ItemResult, MetricRow, MetricTable, Score, ScoredUnit, annotated
from social_world_model.benchmarks.extraction import final_answer, same_answer, split_choices
from social_world_model.contracts import BadRow, Item
from social_world_model.data.reading import Row, cell, literal
from social_world_model.errors import DatasetError
from social_world_model.symbolic.story.language import read_question

ORDERS = range(5)

ORDER_NOTES = {
    "^0": "asks where the object is",
    "^1": "asks what one agent believes",
    "^[2-9]": "asks for a belief about a belief, with as many levels as the order",
}
DECEPTION_NOTES = {
    "^True": "agents tell each other where the object is, and they may lie",
    "^False": "agents say nothing",
}
"""Maps regular expressions for labels to explanations."""

RULES = (
    "Everybody in a room perceives everything that happens there until leaving it. One agent can know what "
    "another thinks only from what they perceived together, or from what was said to them. What is told in "
    "private is heard by those two only; what is claimed in public by all."
)
TRUST = (
    "An agent tends to trust one who left the room later than itself; the order in which people left is known to all."
)
LIES = "Agents tend to lie: what somebody tells others is not what that agent itself believes."

IMPOSSIBLE = frozenset({"241", "261", "281", "285", "857"})
"""Rows with an impossible gold answer. The object never enters the container that this answer names."""

# fmt: off
PAPER_ROWS = frozenset(map(str, (
    2, 6, 10, 11, 24, 29, 30, 39, 55, 60, 63, 70, 72, 73, 76, 77, 78, 81, 82, 83, 86, 101, 104, 109, 110, 118, 132,
    135, 137, 155, 163, 165, 176, 181, 182, 184, 192, 195, 209, 210, 212, 218, 228, 234, 235, 238, 245, 248, 257, 259,
    275, 280, 284, 286, 600, 604, 612, 616, 629, 649, 656, 661, 664, 668, 669, 670, 674, 712, 719, 723, 726, 729, 732,
    737, 741, 753, 769, 773, 790, 806, 815, 835, 836, 837, 839, 846, 848, 855, 856, 859, 861, 865, 870, 887, 888, 889,
    891, 895, 896, 898,
)))
# fmt: on
"""Indexes of the 100 questions that arXiv 2509.00559 used."""


class HiToM(Benchmark):
    """The benchmark Hi-ToM. Only rows with the prompting type CoTP (chain of thought) are used."""

    name = "hitom"
    required = ("story", "question", "choices")
    sample = "hitom_sample.jsonl"
    options: Mapping[str, Sequence[str]] = {
        "note": ("official", "short"),
        "rows": ("all", "possible", "paper"),
        "reply": ("option", "letter"),
    }
    paper: Mapping[str, str] = {"note": "short", "rows": "paper", "reply": "letter"}

    @property
    def guidance(self) -> str:
        """The assumptions that the authors state.

        With the option `note=short`, the assumption about trust is left out.
        """
        return " ".join([RULES, LIES, *([TRUST] if self.option("note") == "official" else [])])

    def select(self, rows: Sequence[Row | BadRow]) -> tuple[Sequence[Row | BadRow], list[str]]:
        """Leave out rows of the prompting type VP, and rows that the options of the benchmark exclude.

        VP rows repeat the CoTP questions, with older labels.
        """
        notes = []
        kept = [row for row in rows if isinstance(row, BadRow) or cell(row, "prompting_type") in ("", "CoTP")]
        if left_out := len(rows) - len(kept):
            notes.append(
                f"{left_out} rows left out: their prompting type is not CoTP; "
                "these rows repeat CoTP rows, with other labels"
            )
        numbers = [None if isinstance(row, BadRow) else row_index(row, place) for place, row in enumerate(kept)]
        wanted = [row for row, number in zip(kept, numbers, strict=True) if number is None or self._is_wanted(number)]
        if left_out := len(kept) - len(wanted):
            notes.append(f"{left_out} rows left out: rows={self.option('rows')}")
        return wanted, notes

    def _is_wanted(self, index: str) -> bool:
        wanted = self.option("rows")
        return wanted == "all" or (index in PAPER_ROWS if wanted == "paper" else index not in IMPOSSIBLE)

    def items(self, index: str, row: Row) -> Iterator[Item]:
        """Read rows of the csv format and of the authors' JSON format."""
        narrative, question = story_cell(row), text_cell(row, "question")
        asked = read_question(question)
        if asked is None:
            raise DatasetError(f"expected a Hi-ToM question, got {question!r}")
        choices = _choices(row)
        gold = gold_cell(row, "correct_answer", "answer")
        if gold is not None and not any(same_answer(gold, choice) for choice in choices):
            raise DatasetError(f"expected the answer {gold!r} to be among the choices, got {', '.join(choices)}")
        fields = other_columns(row, "index", "sample_id", "story", "question", "choices", "answer", "correct_answer")
        fields.setdefault("question_order", len(asked.chain))
        story = story_id(row, narrative)
        yield Item(
            index=index,
            narrative=narrative,
            question=question,
            correct_answer=gold,
            choices=choices,
            question_kind="belief" if asked.chain else "reality",
            belief_chain=asked.chain,
            set_id=story,
            cluster_id=story,
            answer_form="letter" if self.option("reply") == "letter" else "words",
            fields=fields,
        )

    def score_as_paper(self, reply: str, item: Item) -> Score:
        """Accept only the bare letter of the correct option."""
        letter = final_answer(reply).strip().upper()
        number = ord(letter) - ord("A") if len(letter) == 1 else -1
        right = 0 <= number < len(item.choices) and item.correct_answer is not None
        return Score(correct=right and same_answer(item.choices[number], str(item.correct_answer)))

    def tables(self, outcomes: Sequence[ItemResult]) -> list[MetricTable]:
        """Return tables by order, deception and length.

        If some stories have questions of all five orders, a table of joint accuracies is added.
        """
        tables = [
            annotated("by order", rows_by(outcomes, "question_order"), ORDER_NOTES),
            annotated("by deception", rows_by(outcomes, "deception"), DECEPTION_NOTES),
            MetricTable(title="by length in chapters", rows=rows_by(outcomes, "story_length")),
        ]
        joint = _joint(outcomes)
        if joint:
            tables.append(MetricTable(title="joint, by story: this order and all lower ones right", rows=joint))
        return tables


def _choices(row: Row) -> tuple[str, ...]:
    listed = literal(row.get("choices"))
    choices = tuple(map(str, listed)) if isinstance(listed, list) else split_choices(cell(row, "choices"))
    if len(choices) < 2:
        raise DatasetError(f"expected choices such as 'A. red_box, B. blue_box', got {row.get('choices')!r}")
    return choices


def _joint(outcomes: Sequence[ItemResult]) -> list[MetricRow]:
    """Return one row per order. Only stories with questions of all orders are counted."""
    stories: dict[str, dict[str, list[ItemResult]]] = {}
    for outcome in outcomes:
        by_order = stories.setdefault(outcome.set_id, {})
        by_order.setdefault(str(outcome.fields.get("question_order")), []).append(outcome)
    whole = [story for story in stories.values() if all(str(order) in story for order in ORDERS)]
    return [
        MetricRow(label=f"order {order}", units=[_up_to(story, order) for story in whole]) for order in ORDERS if whole
    ]


def _up_to(story: Mapping[str, Sequence[ItemResult]], order: int) -> ScoredUnit:
    """Return one unit for the questions of a story up to an order.

    The unit is correct if all answers to these questions are correct.
    """
    asked = [outcome for lower in range(order + 1) for outcome in story[str(lower)]]
    return ScoredUnit(
        score=all(outcome.is_correct is True for outcome in asked),
        failed=any(outcome.status != "answered" for outcome in asked),
        uncertain=any(outcome.uncertain for outcome in asked),
        cluster_id=asked[0].cluster_id,
    )


BENCHMARK = HiToM()
