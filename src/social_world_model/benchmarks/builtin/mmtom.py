"""MMToM-QA, told in text: what somebody who walks through a flat believes, and what that person looks for.

Jin et al. 2024, arXiv 2401.08743. The data set has the flat, the walk, the question and both options in one cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from social_world_model.benchmarks.base import (
    Benchmark,
    gold_cell,
    other_columns,
    rows_by,
    story_id,
    text_cell,
)
from social_world_model.benchmarks.counting import ItemResult, MetricTable, Score
from social_world_model.benchmarks.extraction import final_answer, normalised, same_answer
from social_world_model.contracts import Item
from social_world_model.data.reading import Row, cell
from social_world_model.errors import DatasetError

GROUPS = {"1": "belief", "2": "goal"}

_FLAT = re.compile(r"What['’]s inside the apartment:")
_WALK = re.compile(r"^[ \t]*Actions taken by([^:\n]*):", re.MULTILINE)
_ASKS = re.compile(r"^[ \t]*Question:", re.MULTILINE)
_A, _B, _C = (re.compile(rf"\({letter}\)", re.IGNORECASE) for letter in "abc")
_CUE = re.compile(r"Please respond with either a or b\b[\s.]*(?:Answer:)?\s*$", re.IGNORECASE)
_LETTERS = ("a", "b")


class MMToM(Benchmark):
    """MMToM-QA in its text version."""

    name = "mmtom"
    required = ("question",)
    sample = "mmtom_sample.jsonl"
    options: Mapping[str, Sequence[str]] = {"reply": ("option", "letter")}
    paper: Mapping[str, str] = {"reply": "letter"}
    guidance = (
        "A person perceives the room that it is in: what lies open there, and what is inside a container only once "
        "that container is open. Where things are elsewhere the person can only suppose. It walks to a place, or "
        "opens one, in the hope that what it wants is there; when it finds something else it goes on, and now knows "
        "what is in the places that it has seen. The description of the apartment is not known to it."
    )

    def items(self, index: str, row: Row) -> Iterator[Item]:
        """Read the authors' rows."""
        parts = split_question(text_cell(row, "question"))
        fields = other_columns(row, "index", "question", "answer")
        if (kind := fields.get("question_type")) is not None:
            fields["question_type"] = str(kind)
            fields["group"] = GROUPS.get(str(kind).partition(".")[0], "other")
        story = story_id(row, parts.narrative)
        yield Item(
            index=index,
            narrative=parts.narrative,
            question=parts.question,
            correct_answer=_gold(row, parts.choices),
            choices=parts.choices,
            question_kind="future",
            belief_chain=(parts.agent,),
            set_id=story,
            cluster_id=cell(row, "episode") or story,
            domain="household",
            answer_form="letter" if self.option("reply") == "letter" else "words",
            fields=fields,
        )

    def score_as_paper(self, reply: str, item: Item) -> Score:
        """Take nothing but the bare letter of the right option for right."""
        said = dict(zip(_LETTERS, item.choices, strict=False)).get(final_answer(reply).strip().casefold())
        return Score(correct=said is not None and said == item.correct_answer)

    def tables(self, outcomes: Sequence[ItemResult]) -> list[MetricTable]:
        """Count by question type, and by whether a belief or a goal is asked for."""
        return [
            MetricTable(title="by question type", rows=rows_by(outcomes, "question_type")),
            MetricTable(title="by what is asked for", rows=rows_by(outcomes, "group")),
        ]


class Parts(NamedTuple):
    """What a cell of MMToM-QA holds: the flat and the walk, whose walk it is, the question, its two options."""

    narrative: str
    agent: str
    question: str
    choices: tuple[str, str]


def split_question(text: str) -> Parts:
    """Take a cell of MMToM-QA apart; the narrative stays as it is, letter for letter.

    Raises
    ------
    DatasetError
        If it has another shape.
    """
    text = text.strip()
    walk, asks = _WALK.search(text), _ASKS.search(text)
    if walk is None or asks is None or not _FLAT.match(text) or asks.start() < walk.end():
        raise _other_shape(text)
    agent = walk[1].strip()
    question, *first = _A.split(text[asks.end() :], maxsplit=1)
    a, *second = _B.split(first[0], maxsplit=1) if first else [""]
    if not (agent and question.strip() and second):
        raise _other_shape(text)
    a, b = a.strip(), _CUE.sub("", second[0]).strip()
    if not a or not b or same_answer(a, b) or _C.search(b):
        raise DatasetError(f"expected two options that differ, got (a) {a!r} and (b) {b!r}")
    return Parts(text[: asks.start()].rstrip(), agent, question.strip(), (a, b))


def _other_shape(text: str) -> DatasetError:
    shown = repr(text) if len(text) <= 120 else f"{text[:40]!r} … {text[-60:]!r}"
    return DatasetError(
        "expected a question such as \"What's inside the apartment: … Actions taken by NAME: … Question: … "
        f'(a) … (b) … Please respond with either a or b.", with a line for NAME and one for the question; got {shown}'
    )


def _gold(row: Row, choices: Sequence[str]) -> str | None:
    """Return the text of the option that a row gives as right, by its letter or as it is; None if it gives none."""
    answer = gold_cell(row, "answer")
    if answer is None:
        return None
    by_letter = dict(zip(_LETTERS, choices, strict=True)).get(answer.strip(" ().").casefold())
    gold = by_letter or next((text for text in choices if normalised(text) == normalised(answer)), None)
    if gold is None:
        raise DatasetError(f"expected the answer to be a or b, got {answer!r}")
    return gold


BENCHMARK = MMToM()
