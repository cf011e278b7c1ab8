"""Convert a question set of FANToM to items."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from social_world_model.benchmarks.counting import RECONSTRUCTED
from social_world_model.benchmarks.fantom_sets import (
    BELIEF,
    BINARIES,
    CHOICE,
    FACT,
    LISTS,
    SCENARIOS,
    SCORED,
    Question,
    QuestionSet,
)
from social_world_model.choices import AnswerForm, QuestionKind
from social_world_model.contracts import Item
from social_world_model.errors import DatasetError
from social_world_model.symbolic.conversation.questions import belief_chain

_SPEAKER = re.compile(r"([^:\n]{1,60}):\s")
_TOGETHER = re.compile(r"\s*(?:&|,|\band\b)\s*")
_KNOWS = re.compile(r"Does\s+(.{1,60}?)\s+know\b")
_BELIEVER = re.compile(r"does \s*(\S+)", re.IGNORECASE)
_FORMS: dict[str, AnswerForm] = {
    FACT: "sentence",
    BELIEF: "sentence",
    **dict.fromkeys(LISTS, "names"),
    **dict.fromkeys(BINARIES, "yes_no"),
}


def speakers(*conversations: str) -> tuple[str, ...]:
    r"""Return the speakers of conversations. Each speaker is named once. A joint label such as ``Bo & Cy`` is split.

    >>> speakers("Ann: Hi!\nBo & Cy: Hello, Ann.")
    ('Ann', 'Bo', 'Cy')
    """
    labels = [found[1] for text in conversations for line in text.split("\n") if (found := _SPEAKER.match(line))]
    return tuple(dict.fromkeys(name.strip() for label in labels for name in _TOGETHER.split(label) if name.strip()))


def set_items(given: QuestionSet, whole: bool) -> Iterator[Item]:
    """Return the items of a question set.

    Parameters
    ----------
    given
        The question set, as `read_sets` returns it.
    whole
        Whether the narrative is the whole conversation. If False, the narrative is only the relevant part.

    Raises
    ------
    DatasetError
        If the text of the conversation is missing.
    """
    narrative = given.full if whole else given.short
    if not narrative:
        raise DatasetError(f"expected text in {'full_context' if whole else 'short_context'}, got nothing")
    asked = _relabelled(given.questions) if whole else _of_the_short_part(given.questions)
    shared = _about_the_set(given, asked)
    people = speakers(given.short, given.full)
    for question in asked:
        yield _item(given, question, narrative, people, shared)


def _of_the_short_part(questions: Sequence[Question]) -> list[Question]:
    """Leave out questions about people who do not occur in the short part of the conversation."""
    return [one for one in questions if one.kind not in BINARIES or one.right != "no:long"]


def _relabelled(questions: Sequence[Question]) -> list[Question]:
    """Relabel knowledge questions for the whole conversation.

    The questions become inaccessible if anybody in the conversation lacks the information.
    """
    unaware = {one.kind for one in questions if one.kind in LISTS and one.wrong}
    unaware |= {one.kind for one in questions if one.kind in BINARIES and one.right not in ("yes", "")}
    return [replace(one, scenario=SCENARIOS[0]) if one.kind in unaware else one for one in questions]


def _about_the_set(given: QuestionSet, asked: Sequence[Question]) -> dict[str, Any]:
    """Return the fields about the whole set. The metric tables need these fields.

    A kind of question is listed in `set_lacks` if the data has no such question, or if a question of this kind has no
    gold answer. Metrics over whole sets are then not available.
    """
    there = {one.kind for one in given.questions}
    without_gold = Counter(one.kind for one in asked if one.gold is None)
    counted = Counter((one.scenario, one.kind) for one in asked if one.kind != FACT and one.gold is not None)
    return {
        "part_id": given.part_id,
        "set_lacks": [kind for kind in SCORED if kind not in there or without_gold[kind]],
        "set_no_gold": dict(without_gold),
        "set_asks": {
            scenario: {kind: counted[scenario, kind] for kind in SCORED if counted[scenario, kind]}
            for scenario in SCENARIOS
        },
    }


def _item(
    given: QuestionSet, question: Question, narrative: str, people: Sequence[str], shared: dict[str, Any]
) -> Item:
    knowledge = question.kind in LISTS or question.kind in BINARIES
    chain = _chain(question, people)
    fields: dict[str, Any] = {
        "kind": question.kind,
        "question_type": question.question_type,
        "label": question.right,  # the label as in the data; `correct_answer` is the gold answer in words
        "wrong_answer": question.wrong,
        **shared,
    }
    if given.reconstructed is not None:
        fields[RECONSTRUCTED] = given.reconstructed
    if question.kind != FACT:
        fields["missed_info_accessibility"] = question.scenario
    if question.tom_type:
        fields["tom_type"] = question.tom_type
    if character := _character(question):
        fields["character"] = character
    if knowledge:
        fields |= {"fact_answer": given.fact_answer, "fact_wrong_answer": given.fact_wrong}
    return Item(
        index=question.index,
        narrative=narrative,
        question=_text(given, question) if knowledge else question.text,
        correct_answer=question.gold,
        question_kind="knowledge" if knowledge else _asks(chain),
        choices=question.options,
        belief_chain=chain,
        set_id=given.set_id,
        cluster_id=given.set_id.partition("-")[0],
        domain="conversation",
        answer_form=_FORMS.get(question.kind, "words"),
        fact=given.fact_question if knowledge else "",
        fields=fields,
    )


def _asks(chain: Sequence[str]) -> QuestionKind:
    return "belief" if chain else "reality"


def _chain(question: Question, people: Sequence[str]) -> tuple[str, ...]:
    if question.kind in (BELIEF, CHOICE):
        return belief_chain(question.text, people)
    if question.kind in BINARIES and (asked := _KNOWS.match(question.text)):
        return (asked[1],)
    return ()


def _character(question: Question) -> str:
    """Return the person that a question is about: in the authors' code, the first word after "does" for beliefs."""
    if question.kind in (BELIEF, CHOICE):
        asked = _BELIEVER.search(question.text)
    else:
        asked = _KNOWS.match(question.text) if question.kind in BINARIES else None
    return asked[1] if asked else ""


def _text(given: QuestionSet, question: Question) -> str:
    """Return the text of a knowledge question in the authors' wording."""
    if not given.fact_question:
        raise DatasetError("expected the set to have a fact question, because it has knowledge questions; got nothing")
    if question.kind in (LISTS[0], BINARIES[0]):
        about = f"Target: {given.fact_question}"
    else:
        about = f"Information: {given.fact_question} {given.fact_answer}".strip()
    return f"{about}\nQuestion: {question.text}{' Answer yes or no.' if question.kind in BINARIES else ''}"
