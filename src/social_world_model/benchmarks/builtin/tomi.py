"""ToMi: where a thing is, where it was, and where somebody thinks it is.

`ori_tomi` is the canonical wording (Le, Boureau & Nickel 2019; Percept-ToMi: Jung et al. 2024), `tomi` the
paraphrased one (ParaToMi: Sclar et al. 2023).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from social_world_model.benchmarks.base import (
    Benchmark,
    gold_cell,
    other_columns,
    rows_by,
    story_cell,
    story_id,
    text_cell,
)
from social_world_model.benchmarks.counting import ItemResult, MetricTable, Score
from social_world_model.benchmarks.extraction import final_answer, same_answer
from social_world_model.contracts import Item
from social_world_model.data.reading import Row, cell, literal
from social_world_model.errors import DatasetError
from social_world_model.symbolic.story.clauses import Question
from social_world_model.symbolic.story.language import read_question


class ToMi(Benchmark):
    """ToMi in one of its wordings."""

    guidance = (
        "Everybody in a room perceives what happens in it, whoever enters or leaves included, and whoever enters "
        "perceives the things that lie open there. Likes and dislikes change nothing."
    )

    options: Mapping[str, Sequence[str]] = {"candidates": ("hidden", "shown")}
    paper: Mapping[str, str] = {"candidates": "shown"}

    def __init__(self, name: str, sample: str) -> None:
        self.name = name
        self.sample = sample

    def items(self, index: str, row: Row) -> Iterator[Item]:
        """Read csv rows of Percept-ToMi and its paraphrase, and questions of bAbI text."""
        narrative, question = story_cell(row), text_cell(row, "question")
        asked = read_question(question)
        chain = _named_in(row) if asked is None else asked.chain
        fields = other_columns(row, "index", "story", "question", "answer", "correct_answer")
        fields.setdefault("qTypeRaw", _kind(asked, chain))
        fields["order"] = len(chain)
        gold = gold_cell(row, "correct_answer", "answer")
        story = story_id(row, narrative)
        yield Item(
            index=index,
            narrative=narrative,
            question=question,
            correct_answer=gold,
            choices=self._candidates(row, gold),
            question_kind="belief" if chain else "reality",
            belief_chain=chain,
            set_id=story,
            cluster_id=story,
            fields=fields,
        )

    def score_as_paper(self, reply: str, item: Item) -> Score:
        """Take the answer for right wherever the gold's letters occur in it."""
        return Score(
            correct=item.correct_answer is not None and item.correct_answer.casefold() in final_answer(reply).casefold()
        )

    def tables(self, outcomes: Sequence[ItemResult]) -> list[MetricTable]:
        """Count by question type and by order."""
        return [
            MetricTable(title="by question type", rows=rows_by(outcomes, "qTypeRaw")),
            MetricTable(title="by order of belief", rows=rows_by(outcomes, "order")),
        ]

    def _candidates(self, row: Row, gold: str | None) -> tuple[str, ...]:
        """Return the answers that a row offers, where they are to be shown; the right one must be among them."""
        if self.option("candidates") == "hidden":
            return ()
        listed = literal(row.get("cands"))
        if not isinstance(listed, list) or len(listed) < 2:
            raise DatasetError(f"expected candidates=shown with a list of answers in cands, got {row.get('cands')!r}")
        candidates = tuple(map(str, listed))
        if gold is not None and not any(same_answer(gold, candidate) for candidate in candidates):
            raise DatasetError(f"expected the answer {gold!r} among the candidates, got {', '.join(candidates)}")
        return candidates


def _named_in(row: Row) -> tuple[str, ...]:
    """Return the chain that a row names, for a question in words of its own."""
    return tuple(str(row[name]) for name in ("char1", "char2") if cell(row, name))


def _kind(asked: Question | None, chain: tuple[str, ...]) -> str:
    """Name the type of a question whose row does not."""
    if chain:
        return {1: "first_order", 2: "second_order"}.get(len(chain), f"order_{len(chain)}")
    return "memory" if asked is not None and asked.asks == "beginning" else "reality"


BENCHMARK = ToMi("tomi", "tomi_sample.jsonl")
