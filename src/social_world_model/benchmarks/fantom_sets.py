"""FANToM's files as sets of questions: the authors' nested form, and one row a question.

A set is all that is asked about one piece of information: a fact question, belief questions (each in free text and
as multiple choice), and who can answer the fact question or knows its answer, as a list and person by person.
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
"""Whether somebody has missed the information that a question is about."""

FACT, BELIEF, CHOICE = "fact", "belief", "belief-choice"
LISTS = ("answerability-list", "access-list")
BINARIES = ("answerability-binary", "access-binary")
SCORED = (CHOICE, BELIEF, LISTS[0], BINARIES[0], LISTS[1], BINARIES[1])
"""The kinds of question that a whole set has beside the fact question."""

SEED = 99
"""With which the authors' code draws the order of options."""

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
        `FACT`, or one of `SCORED`.
    text
        As asked.
    index
        Its own, or a neutral one made of its set, topic and place.
    gold
        The right answer as text; None where the data have none.
    right, wrong
        Text, names, or a label, as in the data.
    options
        Of multiple choice.
    question_type, scenario, tom_type
        The data's labels; they give answers away.
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
        Of the data; a set's conversation is the first part of its name.
    short, full
        The part of the conversation that matters, and all of it; empty where the data have none.
    fact_question, fact_answer, fact_wrong
        The information.
    questions
        In the order of the file.
    reconstructed
        What a file says of its labels where they are not the authors'; None where it says nothing.
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
    """Return the sets of a file in its order, and what its reader must know.

    A row or set that cannot be used is one `BadRow`. The order of options is drawn as the authors draw it, over the
    whole file, where the data do not give it.
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
            beliefs = row.get("beliefQAs")
            correct_last = [draw.choice([True, False]) for _ in beliefs] if isinstance(beliefs, list) else []
            drawn += sum(isinstance(one, dict) and "mc_correct_index" not in one for one in beliefs or ())
            unread += not isinstance(beliefs, list)
            found.append(_nested_or_bad(number, row, correct_last))
    kept = _have_own_indices(rows)
    sets = [_flat_or_bad(one, flat[one], kept) if isinstance(one, str) else one for one in found]
    note = f"options stand in another order than the authors' after the first of {unread} sets that cannot be read"
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
        json.dumps(data, ensure_ascii=False, default=str).encode()  # half an emoji cannot be stored, nor sent
    except UnicodeEncodeError:
        raise DatasetError("expected text, got half a character") from None


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
            raise DatasetError(f"expected {key} to hold questions, got {entries!r:.60}")
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
            raise DatasetError(f"expected {key} to hold questions, got {entry!r:.60}")
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
    """Read a belief question in free text; it has a gold only with both answers, for it is judged by both."""
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
    """Make the multiple choice form of a nested belief question."""
    free = _belief(index, entry)
    if cell(entry, "mc_correct_index"):
        last = _number(entry, "mc_correct_index", 2) == 1
    options = (free.wrong, free.right) if last else (free.right, free.wrong)
    return _with_options(free, f"{free.question_type}:multiple-choice", options, int(last) if free.gold else None)


def _with_options(free: Question, question_type: str, options: Sequence[str], correct: int | None) -> Question:
    options = tuple(" ".join(option.split()) for option in options)
    if correct is not None and len(set(options)) < len(options):
        raise DatasetError(f"expected options that differ for {free.text!r}, got {options[0]!r} twice")
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
    if not given:  # belief questions name it twice
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
        raise DatasetError(f"expected {name} to be a number below {size}, got {entry.get(name)!r}")
    return number


def _names(entry: Row, name: str) -> list[str]:
    """Read names: a list, a list written as text, or names with commas between them."""
    value = literal(entry.get(name))
    if not isinstance(value, list):
        value = [part.strip(" []'\"") for part in cell(entry, name).split(",")]
    if not all(isinstance(part, str) for part in value):
        raise DatasetError(f"expected {name} to hold names, got {value!r:.60}")
    return [part.strip() for part in value if part.strip()]


def _have_own_indices(rows: Sequence[Row | BadRow]) -> bool:
    """Tell whether every row of a file has an index of its own."""
    indices = [cell(row, "index") for row in rows if not isinstance(row, BadRow)]
    return "" not in indices and len(set(indices)) == len(indices)


def _flat(set_id: str, rows: Sequence[Row], kept: bool) -> QuestionSet:
    """Put the rows of one set together; what they share is read from the first that has it."""
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
        raise DatasetError(f"expected a question_type of FANToM, got {question_type!r}")
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
    r"""Return the options that stand in the text of a multiple choice question.

    >>> _options("What does Ann think?\n(a) It is red.\n(b) It is blue.\n\nChoose an answer from above:")
    ['It is red.', 'It is blue.']
    """
    _, *options = _OPTION.split(text)
    if len(options) < 2:
        raise DatasetError(f"expected complete_question with options (a), (b) …, got {text!r:.60}")
    return [*options[:-1], _AFTER_OPTIONS.split(options[-1])[0]]
