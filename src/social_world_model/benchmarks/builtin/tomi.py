"""ToMi: questions about the place of an object, its earlier place, and beliefs about its place.

`ori_tomi` has the original wording (Le, Boureau & Nickel 2019; Percept-ToMi: Jung et al. 2024). `tomi` has paraphrased
sentences (ParaToMi: Sclar et al. 2023).
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
from social_world_model.benchmarks.counting import ItemResult, MetricTable, Score, annotated
from social_world_model.benchmarks.extraction import final_answer, same_answer
from social_world_model.contracts import Item
from social_world_model.data.reading import Row, cell, literal
from social_world_model.errors import DatasetError
from social_world_model.symbolic.story.clauses import Question
from social_world_model.symbolic.story.language import read_question

TYPE_NOTES = {
    "^memory": "where the object was at first",
    "^reality": "where the object is at the end",
    "^first_order": "where one agent thinks the object is",
    "^second_order": "where one agent thinks that another agent looks for the object",
    r"_order_0": "about the agent who entered first",
    r"_order_1": "about the other agent",
    "_no_tom$": "the correct answer is the real place",
    "(?<!_no)_tom$": "the correct answer differs from the real place",
}
"""Maps regular expressions for question types to explanations. Source: `tomi/story.py` in the authors' code."""
ORDER_NOTES = {
    "^0": "no belief",
    "^1": "the belief of one agent",
    "^2": "what one agent believes about the belief of another agent",
}
"""Maps regular expressions for orders of belief to the notes that explain them."""


class ToMi(Benchmark):
    """The benchmark ToMi, in the original wording or in paraphrased sentences."""

    guidance = (
        "Everyone in a room perceives what happens there, who enters and leaves, and where things are, also inside "
        "containers. Likes and dislikes do not matter."
    )

    options: Mapping[str, Sequence[str]] = {"candidates": ("hidden", "shown")}
    paper: Mapping[str, str] = {"candidates": "shown"}

    def __init__(self, name: str, sample: str) -> None:
        self.name = name
        self.sample = sample

    def items(self, index: str, row: Row) -> Iterator[Item]:
        """Read rows of csv files (Percept-ToMi and its paraphrase), and questions in the bAbI text format."""
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
        """Accept every answer that contains the text of the gold answer, ignoring case."""
        return Score(
            correct=item.correct_answer is not None and item.correct_answer.casefold() in final_answer(reply).casefold()
        )

    def tables(self, outcomes: Sequence[ItemResult]) -> list[MetricTable]:
        """Return tables by question type and by order of belief."""
        return [
            annotated("by question type", rows_by(outcomes, "qTypeRaw"), TYPE_NOTES),
            annotated("by order of belief", rows_by(outcomes, "order"), ORDER_NOTES),
        ]

    def _candidates(self, row: Row, gold: str | None) -> tuple[str, ...]:
        """Return the candidate answers of a row.

        If the option `candidates` is `hidden`, the result is empty. The candidates must include the gold answer.
        """
        if self.option("candidates") == "hidden":
            return ()
        listed = literal(row.get("cands"))
        if not isinstance(listed, list) or len(listed) < 2:
            raise DatasetError(
                f"expected cands to be a list of answers (needed for candidates=shown), got {row.get('cands')!r}"
            )
        candidates = tuple(map(str, listed))
        if gold is not None and not any(same_answer(gold, candidate) for candidate in candidates):
            raise DatasetError(f"expected the answer {gold!r} to be among the candidates, got {', '.join(candidates)}")
        return candidates


def _named_in(row: Row) -> tuple[str, ...]:
    """Return the belief chain from the columns of a row.

    This chain is used if the wording of the question is unknown.
    """
    return tuple(str(row[name]) for name in ("char1", "char2") if cell(row, name))


def _kind(asked: Question | None, chain: tuple[str, ...]) -> str:
    """Return the type of a question for rows that do not state it."""
    if chain:
        return {1: "first_order", 2: "second_order"}.get(len(chain), f"order_{len(chain)}")
    return "memory" if asked is not None and asked.asks == "beginning" else "reality"


BENCHMARK = ToMi("tomi", "tomi_sample.jsonl")
