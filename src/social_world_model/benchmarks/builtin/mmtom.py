"""MMToM-QA, text version: what a person in an apartment believes, and what that person looks for.

Source: Jin et al. 2024, arXiv 2401.08743. One cell of the data file contains the description of the apartment, the
actions, the question and both options.
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
from social_world_model.benchmarks.counting import Assessment, ItemResult, MetricTable, Score, annotated
from social_world_model.benchmarks.extraction import final_answer, normalised, same_answer
from social_world_model.contracts import Item
from social_world_model.data.reading import Row, cell
from social_world_model.errors import DatasetError

GROUPS = {"1": "belief", "2": "goal"}

TYPE_NOTES = {
    r"^1\.1": "asks for a true belief",
    r"^1\.2": "asks for a false belief",
    r"^1\.3": "asks for a belief that is tracked over a longer time",
    r"^2\.1": "asks for a goal, given a true belief",
    r"^2\.2": "asks for a goal, given a false belief",
    r"^2\.3": "asks for a goal, given an updated belief",
    r"^2\.4": "asks for a goal, given later actions",
}
"""Maps regular expressions for question types to the notes that explain them. Source: arXiv 2401.08743."""

_FLAT = re.compile(r"What['’]s inside the apartment:")
_WALK = re.compile(r"^[ \t]*Actions taken by([^:\n]*):", re.MULTILINE)
_ASKS = re.compile(r"^[ \t]*Question:", re.MULTILINE)
_A, _B, _C = (re.compile(rf"\({letter}\)", re.IGNORECASE) for letter in "abc")
_CUE = re.compile(r"Please respond with either a or b\b[\s.]*(?:Answer:)?\s*$", re.IGNORECASE)
_LETTERS = ("a", "b")


class MMToM(Benchmark):
    """The benchmark MMToM-QA in its text version."""

    name = "mmtom"
    required = ("question",)
    sample = "mmtom_sample.jsonl"
    options: Mapping[str, Sequence[str]] = {"reply": ("option", "letter")}
    paper: Mapping[str, str] = {"reply": "letter"}
    guidance = (
        "A person sees the open things in its room, and sees things inside a container only after the container is "
        "opened. The person can only guess where things are in other places. The person walks to a place or opens a "
        "container because it expects to find the thing that it wants there. If the thing is not there, the person "
        "continues, and then knows what is in the places that it has seen. The person does not know the description "
        "of the apartment."
    )

    def items(self, index: str, row: Row) -> Iterator[Item]:
        """Read rows in the authors' format."""
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

    def assess_as_authors(self, reply: str, item: Item) -> Assessment:
        """Take the first character of a reply as the letter of the answer, as in the authors' code."""
        letter = reply.strip("\n").strip(" ").lower()[:1]
        said = dict(zip(_LETTERS, item.choices, strict=False)).get(letter)
        return Assessment.by_authors(said or "", said is not None and said == item.correct_answer)

    def score_as_paper(self, reply: str, item: Item) -> Score:
        """Accept only the bare letter of the correct option."""
        said = dict(zip(_LETTERS, item.choices, strict=False)).get(final_answer(reply).strip().casefold())
        return Score(correct=said is not None and said == item.correct_answer)

    def tables(self, outcomes: Sequence[ItemResult]) -> list[MetricTable]:
        """Return two tables: by question type, and by what a question asks for (a belief or a goal)."""
        return [
            annotated("by question type", rows_by(outcomes, "question_type"), TYPE_NOTES),
            MetricTable(title="by what is asked for", rows=rows_by(outcomes, "group")),
        ]


class Parts(NamedTuple):
    """The parts of a cell of MMToM-QA.

    Parameters
    ----------
    narrative
        Description of the apartment, and the actions of the person.
    agent
        Name of the person.
    question
        The question without its options.
    choices
        The two options.
    """

    narrative: str
    agent: str
    question: str
    choices: tuple[str, str]


def split_question(text: str) -> Parts:
    """Split a cell of MMToM-QA into its parts. The text of the narrative does not change.

    Raises
    ------
    DatasetError
        If the cell does not have the format of MMToM-QA.
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
        raise DatasetError(f"expected two different options, got (a) {a!r} and (b) {b!r}")
    return Parts(text[: asks.start()].rstrip(), agent, question.strip(), (a, b))


def _other_shape(text: str) -> DatasetError:
    shown = repr(text) if len(text) <= 120 else f"{text[:40]!r} … {text[-60:]!r}"
    return DatasetError(
        "expected a question such as \"What's inside the apartment: … Actions taken by NAME: … Question: … "
        f'(a) … (b) … Please respond with either a or b.", with a line for NAME and one for the question; got {shown}'
    )


def _gold(row: Row, choices: Sequence[str]) -> str | None:
    """Return the text of the correct option. The row has the letter or the text. Without them, return None."""
    answer = gold_cell(row, "answer")
    if answer is None:
        return None
    by_letter = dict(zip(_LETTERS, choices, strict=True)).get(answer.strip(" ().").casefold())
    gold = by_letter or next((text for text in choices if normalised(text) == normalised(answer)), None)
    if gold is None:
        raise DatasetError(f"expected the answer to be a or b, got {answer!r}")
    return gold


BENCHMARK = MMToM()
