"""Read FANToM files as question sets: the authors' nested format, or one row per question.

A set has all questions about one piece of information:

- a fact question;
- belief questions, each in free text and as multiple choice;
- questions about who can answer the fact question: one for a list, and one per person;
- questions about who knows the answer: one for a list, and one per person.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from social_world_model.benchmarks.counting import RECONSTRUCTED
from social_world_model.contracts import BadRow
from social_world_model.data.reading import Row, cell, literal
from social_world_model.errors import DatasetError

SCENARIOS = ("inaccessible", "accessible")
"""In the first scenario, somebody missed the information. In the second scenario, nobody missed it."""

FACT, BELIEF, CHOICE = "fact", "belief", "belief-choice"
LISTS = ("answerability-list", "access-list")
BINARIES = ("answerability-binary", "access-binary")
SCORED = (CHOICE, BELIEF, LISTS[0], BINARIES[0], LISTS[1], BINARIES[1])
"""The kinds of question in a complete set, apart from the fact question."""

SEED = 99
"""Random seed for the order of options in the authors' code."""

_TOPICS = {"answerability": "answerability", "info_accessibility": "access"}
_NESTED = (
    ("answerabilityQA_list", LISTS[0]),
    ("answerabilityQAs_binary", BINARIES[0]),
    ("infoAccessibilityQA_list", LISTS[1]),
    ("infoAccessibilityQAs_binary", BINARIES[1]),
)
_OPTION = re.compile(r"(?:^|\n)\([a-z]\)\s")
_AFTER_OPTIONS = re.compile(r"\n\s*\n|\n(?=Choose )")


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of a set.

    Parameters
    ----------
    kind
        Kind of the question: `FACT` or a value of `SCORED`.
    text
        The question.
    index
        Index of the question in the data. If there is none, the index is made from the set, the topic and the position.
    gold
        The correct answer as text; None if the data has no correct answer.
    right, wrong
        The correct and the wrong answer as in the data: text, names or a label.
    options
        The options of a multiple-choice question.
    question_type, scenario, tom_type
        Labels from the data. These labels reveal answers, so no model may see them.
    """

    kind: str
    text: str
    index: str
    gold: str | None
    right: Any
    wrong: Any
    question_type: str
    scenario: str = ""
    tom_type: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class QuestionSet:
    """All questions about one piece of information.

    Parameters
    ----------
    set_id, part_id
        IDs from the data. The first part of `set_id` is the ID of the conversation.
    short, full
        The relevant part of the conversation, and the whole conversation. A missing text is an empty string.
    fact_question, fact_answer, fact_wrong
        The fact question with its correct and its wrong answer.
    questions
        All questions, in the order of the file.
    reconstructed
        Value of the column `labels_complete` in a file with inferred labels; None without this column.
    """

    set_id: str
    part_id: str
    short: str
    full: str
    fact_question: str
    fact_answer: str
    fact_wrong: str
    questions: tuple[Question, ...]
    reconstructed: Any = None


def read_sets(rows: Sequence[Row | BadRow]) -> tuple[list[QuestionSet | BadRow], list[str]]:
    """Return the question sets of a file, in the order of the file, and notes about the file.

    An unusable row or set becomes one `BadRow`. If the data does not state the order of the options, the order is
    random. As in the authors' code, one random generator is used for the whole file.
    """
    draw = random.Random(SEED)
    flat: dict[str, list[Row]] = {}
    found: list[QuestionSet | BadRow | str] = []
    drawn = unread = 0
    for number, row in enumerate(rows):
        if isinstance(row, BadRow):
            found.append(row)
            unread += 1
        elif "question_type" in row:
            set_id = cell(row, "set_id")
            if not set_id:
                found.append(BadRow(index=f"row-{number}", message=f"row {number}: expected a set_id, got nothing"))
            else:
                if set_id not in flat:
                    found.append(set_id)
                flat.setdefault(set_id, []).append(row)
        else:
            given = row.get("beliefQAs")
            beliefs = given if isinstance(given, list) else []
            correct_last = [draw.choice([True, False]) for _ in beliefs]
            drawn += sum(isinstance(one, dict) and "mc_correct_index" not in one for one in beliefs)
            unread += not isinstance(given, list)
            found.append(_nested_or_bad(number, row, correct_last))
    kept = _have_own_indices(rows)
    sets = [_flat_or_bad(one, flat[one], kept) if isinstance(one, str) else one for one in found]
    note = f"{unread} sets are unreadable: after the first one, options are not in the authors' order"
    return sets, [note] if unread and drawn else []


def _nested_or_bad(number: int, row: Row, correct_last: Sequence[bool]) -> QuestionSet | BadRow:
    set_id = cell(row, "set_id")
    try:
        _check_text(row)
        if not set_id:
            raise DatasetError("expected a set_id, got nothing")
        return _nested(set_id, row, correct_last)
    except DatasetError as error:
        return BadRow(index=set_id or f"row-{number}", message=f"row {number}: {error}")


def _flat_or_bad(set_id: str, rows: Sequence[Row], kept: bool) -> QuestionSet | BadRow:
    try:
        _check_text(rows)
        return _flat(set_id, rows, kept)
    except DatasetError as error:
        return BadRow(index=set_id, message=f"set {set_id}: {error}")


def _check_text(data: Any) -> None:
    try:
        json.dumps(data, ensure_ascii=False, default=str).encode()  # a lone surrogate can be neither stored nor sent
    except UnicodeEncodeError:
        raise DatasetError("expected valid Unicode, got a lone surrogate") from None


def _nested(set_id: str, row: Row, correct_last: Sequence[bool]) -> QuestionSet:
    fact = row.get("factQA")
    if not isinstance(fact, dict) or not cell(fact, "question"):
        raise DatasetError(f"expected factQA with a question, got {fact!r:.60}")
    questions = [_fact(set_id, fact), *_nested_beliefs(set_id, row, correct_last)]
    for key, kind in _NESTED:
        entries = row.get(key)
        if isinstance(entries, dict):
            entries = [entries]
        if entries is not None and not isinstance(entries, list):
            raise DatasetError(f"expected {key} to be a list of questions, got {entries!r:.60}")
        questions += [_knowledge(set_id, kind, place, entry) for place, entry in enumerate(_dicts(key, entries))]
    return QuestionSet(
        set_id=set_id,
        part_id=cell(row, "part_id") or set_id.rpartition("-")[0],
        short=cell(row, "short_context"),
        full=cell(row, "full_context"),
        fact_question=cell(fact, "question"),
        fact_answer=cell(fact, "correct_answer"),
        fact_wrong=cell(fact, "wrong_answer"),
        questions=tuple(questions),
        reconstructed=row.get(RECONSTRUCTED),
    )


def _dicts(key: str, entries: Any) -> Iterator[Row]:
    for entry in entries or ():
        if not isinstance(entry, dict):
            raise DatasetError(f"expected {key} to contain questions, got {entry!r:.60}")
        yield entry


def _nested_beliefs(set_id: str, row: Row, correct_last: Sequence[bool]) -> Iterator[Question]:
    entries = row.get("beliefQAs")
    if not isinstance(entries, list):
        raise DatasetError(f"expected beliefQAs to be a list of questions, got {entries!r:.60}")
    for place, (entry, last) in enumerate(zip(_dicts("beliefQAs", entries), correct_last, strict=True)):
        yield _belief(f"{set_id}-belief-{place}", entry)
        yield _choice(f"{set_id}-belief-{place}-choice", entry, last)


def _fact(set_id: str, entry: Row, index: str = "") -> Question:
    return Question(
        kind=FACT,
        text=_asked(entry),
        index=index or f"{set_id}-fact",
        gold=cell(entry, "correct_answer") or None,
        right=cell(entry, "correct_answer"),
        wrong=cell(entry, "wrong_answer"),
        question_type=cell(entry, "question_type") or FACT,
    )


def _belief(index: str, entry: Row) -> Question:
    """Read a free-text belief question. The question has a gold answer only if the data also states a wrong answer."""
    right, wrong = cell(entry, "correct_answer"), cell(entry, "wrong_answer")
    return Question(
        kind=BELIEF,
        text=_asked(entry),
        index=index,
        gold=right if right and wrong else None,
        right=right,
        wrong=wrong,
        question_type=cell(entry, "question_type"),
        scenario=_scenario(entry),
        tom_type=cell(entry, "tom_type"),
    )


def _choice(index: str, entry: Row, last: bool) -> Question:
    """Read a belief question of the nested format, and return the multiple-choice form."""
    free = _belief(index, entry)
    if cell(entry, "mc_correct_index"):
        last = _number(entry, "mc_correct_index", 2) == 1
    options = (free.wrong, free.right) if last else (free.right, free.wrong)
    return _with_options(free, f"{free.question_type}:multiple-choice", options, int(last) if free.gold else None)


def _with_options(free: Question, question_type: str, options: Sequence[str], correct: int | None) -> Question:
    options = tuple(" ".join(option.split()) for option in options)
    if correct is not None and len(set(options)) < len(options):
        raise DatasetError(f"expected different options for {free.text!r}, got {options[0]!r} twice")
    return Question(
        kind=CHOICE,
        text=free.text,
        index=free.index,
        gold=None if correct is None else options[correct],
        right=correct,
        wrong=free.wrong,
        question_type=question_type,
        scenario=free.scenario,
        tom_type=free.tom_type,
        options=options if all(options) else (),
    )


def _knowledge(set_id: str, kind: str, place: int, entry: Row, index: str = "") -> Question:
    topic, _, form = kind.partition("-")
    right: Any = cell(entry, "correct_answer")
    wrong: Any = cell(entry, "wrong_answer")
    if form == "list":
        right, wrong = _names(entry, "correct_answer"), _names(entry, "wrong_answer")
        gold = ", ".join(right) or ("nobody" if wrong else None)
    elif right in ("yes", "no", "no:long", ""):
        gold = right.partition(":")[0] or None
    else:
        raise DatasetError(f"expected correct_answer yes, no or no:long for {_asked(entry)!r}, got {right!r}")
    return Question(
        kind=kind,
        text=_asked(entry),
        index=index or f"{set_id}-{topic}-{'list' if form == 'list' else place}",
        gold=gold,
        right=right,
        wrong=wrong,
        question_type=cell(entry, "question_type"),
        scenario=_scenario(entry),
    )


def _asked(entry: Row) -> str:
    text = cell(entry, "question").strip('"')
    if not text:
        raise DatasetError("expected the text of a question, got nothing")
    return text


def _scenario(entry: Row) -> str:
    given = cell(entry, "missed_info_accessibility")
    if not given:  # belief questions also give it in question_type
        given = next((part for part in cell(entry, "question_type").split(":") if part in SCENARIOS), "")
    if given not in SCENARIOS:
        raise DatasetError(f"expected missed_info_accessibility {' or '.join(SCENARIOS)}, got {given!r}")
    return given


def _number(entry: Row, name: str, size: int) -> int:
    try:
        number = int(float(cell(entry, name)))
    except (ValueError, OverflowError):
        number = -1
    if not 0 <= number < size:
        raise DatasetError(f"expected {name} to be a whole number from 0 to {size - 1}, got {entry.get(name)!r}")
    return number


def _names(entry: Row, name: str) -> list[str]:
    """Read names from a list, from the text of a list, or from text with commas."""
    value = literal(entry.get(name))
    if not isinstance(value, list):
        value = [part.strip(" []'\"") for part in cell(entry, name).split(",")]
    if not all(isinstance(part, str) for part in value):
        raise DatasetError(f"expected {name} to be a list of names, got {value!r:.60}")
    return [part.strip() for part in value if part.strip()]


def _have_own_indices(rows: Sequence[Row | BadRow]) -> bool:
    """Return whether every row of a file has a unique index."""
    indices = [cell(row, "index") for row in rows if not isinstance(row, BadRow)]
    return "" not in indices and len(set(indices)) == len(indices)


def _flat(set_id: str, rows: Sequence[Row], kept: bool) -> QuestionSet:
    """Combine the rows of one set. A shared value is read from the first row that has it."""
    counts: dict[str, int] = {}
    questions = []
    for row in rows:
        kind = _kind(cell(row, "question_type"))
        place = counts.setdefault(kind, 0)
        counts[kind] += 1
        questions.append(_flat_question(set_id, kind, place, row, cell(row, "index") if kept else ""))
    facts = [one for one in questions if one.kind == FACT]
    return QuestionSet(
        set_id=set_id,
        part_id=_shared(rows, "part_id") or set_id.rpartition("-")[0],
        short=_shared(rows, "context") or _shared(rows, "short_context"),
        full=_shared(rows, "full_context"),
        fact_question=_shared(rows, "fact_question") or next((one.text for one in facts), ""),
        fact_answer=_shared(rows, "fact_answer") or next((one.right for one in facts), ""),
        fact_wrong=next((one.wrong for one in facts), ""),
        questions=tuple(questions),
        reconstructed=next((row[RECONSTRUCTED] for row in rows if row.get(RECONSTRUCTED) is not None), None),
    )


def _shared(rows: Sequence[Row], name: str) -> str:
    return next((text for row in rows if (text := cell(row, name))), "")


def _kind(question_type: str) -> str:
    first, *rest = question_type.split(":")
    if first == FACT:
        return FACT
    if rest[:1] == ["belief"]:
        return CHOICE if rest[-1] == "multiple-choice" else BELIEF
    kind = f"{_TOPICS.get(rest[0] if rest else '', '')}-{rest[-1] if rest else ''}"
    if kind not in SCORED:
        raise DatasetError(f"expected a FANToM question_type, got {question_type!r}")
    return kind


def _flat_question(set_id: str, kind: str, place: int, row: Row, index: str) -> Question:
    if kind == FACT:
        return _fact(set_id, row, index)
    if kind == BELIEF:
        return _belief(index or f"{set_id}-belief-{place}", row)
    if kind != CHOICE:
        return _knowledge(set_id, kind, place, row, index)
    free = _belief(index or f"{set_id}-belief-{place}-choice", row)
    options = _options(cell(row, "complete_question"))
    correct = _number(row, "correct_answer", len(options)) if cell(row, "correct_answer") else None
    return _with_options(free, free.question_type, options, correct)


def _options(text: str) -> list[str]:
    r"""Return the options in the text of a multiple-choice question.

    >>> _options("What does Ann think?\n(a) It is red.\n(b) It is blue.\n\nChoose an answer from above:")
    ['It is red.', 'It is blue.']
    """
    _, *options = _OPTION.split(text)
    if len(options) < 2:
        raise DatasetError(f"expected complete_question to contain options (a), (b), …; got {text!r:.60}")
    return [*options[:-1], _AFTER_OPTIONS.split(options[-1])[0]]
