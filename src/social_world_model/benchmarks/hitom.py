"""Hi-ToM: beliefs about beliefs up to the fourth order, with deception (Wu et al. 2023, arXiv 2310.16755)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_world_model.benchmarks.base import (
    Benchmark,
    lines_by,
    other_columns,
    story_cell,
    story_id,
    text_cell,
)
from social_world_model.benchmarks.extraction import chosen, same_answer, split_choices
from social_world_model.benchmarks.reading import Row, literal
from social_world_model.benchmarks.registry import register
from social_world_model.contracts import BadRow, Item, Line, Outcome, Table, Unit
from social_world_model.errors import DatasetError
from social_world_model.symbolic.language import read_question

ORDERS = range(5)


class HiToM(Benchmark):
    """Hi-ToM, the rows asked with reasoning (CoTP)."""

    name = "hitom"
    required = ("story", "question", "choices", ("correct_answer", "answer"))
    sample = "hitom_sample.jsonl"
    guidance = (
        "Everybody in a room perceives everything that happens there until leaving it. One agent can know what "
        "another thinks only from what they perceived together, or from what was said to them. What is told in "
        "private is heard by those two only; what is claimed in public by all. An agent tends to trust one who "
        "left the room later than itself; the order in which people left is known to all."
    )

    def select(self, rows: Sequence[Row | BadRow]) -> tuple[Sequence[Row | BadRow], list[str]]:
        """Leave out the VP rows: they repeat the CoTP questions under an older labelling."""
        kept = [row for row in rows if isinstance(row, BadRow) or row.get("prompting_type", "CoTP") == "CoTP"]
        left_out = len(rows) - len(kept)
        note = f"{left_out} rows of another prompting type than CoTP left out: the same questions, labelled otherwise"
        return kept, [note] if left_out else []

    def item(self, index: str, row: Row) -> Item:
        """Read rows of the csv form and of the authors' json."""
        narrative, question = story_cell(row), text_cell(row, "question")
        asked = read_question(question)
        if asked is None:
            raise DatasetError(f"expected a question of Hi-ToM, got {question!r}")
        choices = _choices(row)
        gold = text_cell(row, "correct_answer", "answer")
        if not any(same_answer(gold, choice) for choice in choices):
            raise DatasetError(f"expected the answer {gold!r} among the choices, got {', '.join(choices)}")
        fields = other_columns(row, "index", "sample_id", "story", "question", "choices", "answer", "correct_answer")
        fields.setdefault("question_order", len(asked.chain))
        story = story_id(row, narrative)
        return Item(
            index=index,
            narrative=narrative,
            question=question,
            gold=gold,
            choices=choices,
            asks="belief" if asked.chain else "reality",
            chain=asked.chain,
            set_id=story,
            cluster_id=story,
            fields=fields,
        )

    def extract(self, reply: str, item: Item) -> str | None:
        """Take the option that the reply commits to, by letter or by name."""
        return chosen(reply, item.choices)

    def tables(self, outcomes: Sequence[Outcome]) -> list[Table]:
        """Count by order, deception and length, and jointly by story where all five orders are there."""
        tables = [
            Table(title="by order", lines=lines_by(outcomes, "question_order")),
            Table(title="by deception", lines=lines_by(outcomes, "deception")),
            Table(title="by length in chapters", lines=lines_by(outcomes, "story_length")),
        ]
        joint = _joint(outcomes)
        if joint:
            tables.append(Table(title="joint, by story: this order and all lower ones right", lines=joint))
        return tables


def _choices(row: Row) -> tuple[str, ...]:
    cell = literal(row.get("choices"))
    choices = tuple(str(choice) for choice in cell) if isinstance(cell, list) else split_choices(str(cell or ""))
    if len(choices) < 2:
        raise DatasetError(f"expected choices such as 'A. red_box, B. blue_box', got {row.get('choices')!r}")
    return choices


def _joint(outcomes: Sequence[Outcome]) -> list[Line]:
    """Return a line per order over the stories that have a question of every order."""
    stories: dict[str, dict[str, list[Outcome]]] = {}
    for outcome in outcomes:
        by_order = stories.setdefault(outcome.set_id, {})
        by_order.setdefault(str(outcome.fields.get("question_order")), []).append(outcome)
    whole = [story for story in stories.values() if all(str(order) in story for order in ORDERS)]
    return [Line(label=f"order {order}", units=[_up_to(story, order) for story in whole]) for order in ORDERS if whole]


def _up_to(story: Mapping[str, Sequence[Outcome]], order: int) -> Unit:
    """Count a story's questions up to an order as one; two of one order must both be right."""
    asked = [outcome for lower in range(order + 1) for outcome in story[str(lower)]]
    return Unit(
        correct=all(outcome.is_correct is True for outcome in asked),
        failed=any(outcome.status != "answered" for outcome in asked),
        cluster_id=asked[0].cluster_id,
    )


register(HiToM())
