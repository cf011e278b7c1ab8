"""ToMi: where a thing is, where it was, and where somebody thinks it is.

`ori_tomi` is the canonical wording (Le, Boureau & Nickel 2019; Percept-ToMi: Jung et al. 2024), `tomi` the
paraphrased one (ParaToMi: Sclar et al. 2023).
"""

from __future__ import annotations

from collections.abc import Sequence

from social_world_model.benchmarks.base import (
    Benchmark,
    lines_by,
    other_columns,
    story_cell,
    story_id,
    text_cell,
)
from social_world_model.benchmarks.extraction import final_answer
from social_world_model.benchmarks.reading import Row
from social_world_model.benchmarks.registry import register
from social_world_model.contracts import Item, Outcome, Table
from social_world_model.symbolic.clauses import Question
from social_world_model.symbolic.language import read_question


class ToMi(Benchmark):
    """ToMi in one of its wordings."""

    guidance = (
        "Everybody in a room perceives what happens in it, whoever enters or leaves included, and whoever enters "
        "perceives the things that lie open there. Likes and dislikes change nothing."
    )

    def __init__(self, name: str, sample: str) -> None:
        self.name = name
        self.sample = sample

    def item(self, index: str, row: Row) -> Item:
        """Read csv rows of Percept-ToMi and its paraphrase, and questions of bAbI text."""
        narrative, question = story_cell(row), text_cell(row, "question")
        asked = read_question(question)
        chain = _named_in(row) if asked is None else asked.chain
        fields = other_columns(row, "index", "story", "question", "answer", "correct_answer")
        fields.setdefault("qTypeRaw", _kind(asked, chain))
        fields["order"] = len(chain)
        story = story_id(row, narrative)
        return Item(
            index=index,
            narrative=narrative,
            question=question,
            gold=text_cell(row, "correct_answer", "answer"),
            asks="belief" if chain else "reality",
            chain=chain,
            set_id=story,
            cluster_id=story,
            fields=fields,
        )

    def extract(self, reply: str, item: Item) -> str | None:
        """Take the whole answer."""
        return final_answer(reply) or None

    def tables(self, outcomes: Sequence[Outcome]) -> list[Table]:
        """Count by question type and by order."""
        return [
            Table(title="by question type", lines=lines_by(outcomes, "qTypeRaw")),
            Table(title="by order of belief", lines=lines_by(outcomes, "order")),
        ]


def _named_in(row: Row) -> tuple[str, ...]:
    """Return the chain that a row names, for a question in words of its own."""
    return tuple(str(row[name]) for name in ("char1", "char2") if row.get(name))


def _kind(asked: Question | None, chain: tuple[str, ...]) -> str:
    """Name the type of a question whose row does not."""
    if chain:
        return {1: "first_order", 2: "second_order"}.get(len(chain), f"order_{len(chain)}")
    return "memory" if asked is not None and asked.asks == "beginning" else "reality"


register(ToMi("tomi", "tomi_sample.jsonl"))
register(ToMi("ori_tomi", "ori_tomi_sample.jsonl"))
