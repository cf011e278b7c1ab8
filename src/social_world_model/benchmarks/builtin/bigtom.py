"""BigToM: short stories in which a person may or may not notice a change; the questions are about beliefs and actions.

Source: Gandhi et al. 2023, arXiv 2306.15448. The data file has the format of the annotated questions. An example of a
`task_type` is ``0_forward_belief_false_belief``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from social_world_model.benchmarks.base import (
    Benchmark,
    gold_cell,
    other_columns,
    rows_by,
    story_id,
    text_cell,
)
from social_world_model.benchmarks.counting import Assessment, ItemResult, MetricTable, annotated
from social_world_model.benchmarks.extraction import normalised, same_answer
from social_world_model.contracts import Item
from social_world_model.data.reading import Row, cell
from social_world_model.errors import DatasetError

_OPTION = re.compile(r"^[ \t]*\(?([A-Za-z])[.)][ \t]*(.*)$", re.MULTILINE)
_ANSWER = re.compile(r"\s*(?:\(?([A-Za-z])(?:[.)]|$))?\s*(.*)", re.DOTALL)
_AGENT = re.compile(r"\b(?i:does|did|do|will|would|is)\s+((?:[^\W\d_a-z][\w.'’-]*)(?:\s+[^\W\d_a-z][\w.'’-]*)*)")
_TASK = re.compile(r"(forward|backward)_(belief|action)_(true|false)_belief")

INFERENCE_NOTES = {
    "forward.belief": "infer the belief from what the person perceives",
    "forward.action": "infer the action from what the person perceives",
    "backward.belief": "infer the belief from the action",
}
TASK_NOTES = {
    "^0_": "the story does not state the initial belief of the person",
    "^1_": "the story states the initial belief of the person",
    **INFERENCE_NOTES,
    "true_belief$": "the person notices the change",
    "false_belief$": "the person does not notice the change",
    "true_control$": "the person notices an unrelated event",
    "false_control$": "the person does not notice an unrelated event",
}
"""Maps regular expressions for task types to notes. Source: `generate_conditions.py` in the authors' code."""


class BigToM(Benchmark):
    """The benchmark BigToM. Each question has two options."""

    name = "bigtom"
    required = ("context", "question")
    sample = "bigtom_sample.jsonl"
    guidance = (
        "A person believes what it has perceived or been told. It does not know about other events. It acts "
        "according to its wishes and its beliefs, even if a belief is false."
    )

    def items(self, index: str, row: Row) -> Iterator[Item]:
        """Read rows whose question cell contains the question and, below it, the options."""
        narrative, asked = text_cell(row, "context"), text_cell(row, "question")
        question = cell(row, "original_question") or asked.split("\n")[0].strip()
        choices = _choices(asked)
        story = story_id(row, narrative)
        yield Item(
            index=index,
            narrative=narrative,
            question=question,
            correct_answer=_gold(row, choices),
            choices=choices,
            question_kind="belief",
            belief_chain=(_agent(question),),
            set_id=story,
            cluster_id=story,
            fields=_fields(row),
        )

    def assess_as_authors(self, reply: str, item: Item) -> Assessment:
        """Look for ``a)`` and ``b)`` anywhere in a reply, as in the authors' code. If both occur, both are accepted.

        The authors let a language model grade replies without such a label. This method uses the scorer `lenient`
        instead.
        """
        said = reply.lower()
        given = [choice for number, choice in enumerate(item.choices) if f"{chr(ord('a') + number)})" in said]
        if not given:
            return super().assess_as_authors(reply, item)
        return Assessment.by_authors("\n".join(given), item.correct_answer in given)

    def tables(self, outcomes: Sequence[ItemResult]) -> list[MetricTable]:
        """Return tables by task type, by true or false belief, and by kind of inference."""
        return [
            annotated("by task type", rows_by(outcomes, "task_type"), TASK_NOTES),
            MetricTable(title="by belief", rows=rows_by(outcomes, "belief")),
            annotated("by inference", rows_by(outcomes, "inference"), INFERENCE_NOTES),
        ]


def _choices(asked: str) -> tuple[str, ...]:
    options = [(found[1].casefold(), found[2].strip()) for found in _OPTION.finditer(asked)]
    letters, texts = [letter for letter, _ in options], tuple(text for _, text in options)
    in_order = letters == [chr(ord("a") + n) for n in range(len(letters))]
    if len(texts) < 2 or not in_order or not all(texts) or len(set(map(normalised, texts))) < len(texts):
        raise DatasetError(f"expected different options such as 'a) …' and 'b) …', one per line; got {asked!r}")
    return texts


def _gold(row: Row, choices: Sequence[str]) -> str | None:
    """Return the text of the correct option. The row has the text, the letter or both. Without them, return None."""
    answer = gold_cell(row, "true_answer", "true_answer_key")
    if answer is None:
        return None
    label, words = _label_and_words(answer)
    letters = {label, _label_and_words(gold_cell(row, "true_answer_key") or "")[0]} - {""}
    meant = {choice for number, choice in enumerate(choices) if chr(ord("a") + number) in letters}
    if words:
        meant |= {next((choice for choice in choices if same_answer(words, choice)), "none of them")}
    if len(meant) != 1 or not meant <= {*choices}:
        raise DatasetError(f"expected one correct answer out of: {'; '.join(choices)}; got {answer!r}")
    return meant.pop()


def _label_and_words(answer: str) -> tuple[str, str]:
    """Split an answer into letter and words.

    For example, ``"b) The tea."`` gives ``("b", "The tea.")``. The letter or the words may be empty.
    """
    read = _ANSWER.fullmatch(answer)
    return ((read[1] or "").casefold(), read[2].strip()) if read else ("", answer)


def _agent(question: str) -> str:
    named = _AGENT.search(question)
    if named is None:
        raise DatasetError(f"expected a question about a person, such as 'What will Ann do?', got {question!r}")
    return re.sub(r"['’]s$|\.$", "", named[1])


def _fields(row: Row) -> dict[str, object]:
    taken = ("index", "set_id", "context", "question", "original_question", "true_answer", "true_answer_key")
    fields = other_columns(row, *taken, "wrong_answer", "wrong_answer_key")
    if task := _TASK.search(str(fields.get("task_type", ""))):
        fields |= {"inference": f"{task[1]} {task[2]}", "belief": f"{task[3]} belief"}
    return fields


BENCHMARK = BigToM()
