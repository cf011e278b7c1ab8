"""COBRA-frames: decide whether a statement is offensive, given the situation, the speaker and the listener.

Source: Zhou et al. 2023, arXiv 2306.01985. The data file has the columns of the annotated contexts. The column
`offensive_allapp` contains the label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from social_world_model.benchmarks.base import Benchmark, other_columns, rows_by, story_id, text_cell, unit
from social_world_model.benchmarks.counting import ItemResult, MetricRow, MetricTable, Score, ScoredUnit
from social_world_model.benchmarks.extraction import ReplyText, Rule, extracted, normalised, yes_no
from social_world_model.benchmarks.free_text import final_answer_of
from social_world_model.benchmarks.replies import sentences
from social_world_model.contracts import Item
from social_world_model.data.reading import Row, cell
from social_world_model.errors import DatasetError
from social_world_model.s3ap.prose import closed

LABEL = "offensive_allapp"
SHORT = 3
"""Maximum number of words in a short statement. A text may contain such a short statement by chance."""
IDENTITY = ("speaker_identity", "speakerIdentity")

_BARE = {"yes": "yes", "1": "yes", "1.0": "yes", "no": "no", "0": "no", "0.0": "no"}
_WORDS = {**_BARE, "true": "yes", "offensive": "yes", "false": "no"} | dict.fromkeys(
    ("not offensive", "inoffensive", "non offensive", "unoffensive"), "no"
)
_NUMBER = re.compile(
    r"(?:\b(?:answer|label|rating|prediction)\s{0,3}(?:is|=|:)?\s{0,3}|^)\(?([01])(?:\.0)?\)?"
    r"(?=\W{0,9}$|\s{0,3}[-–—:,(]|\s{1,3}(?:because|since)\b)"
)
_CLAUSE = re.compile(r"[.;,:\n!–—]+|\?|\s-\s|\b(?:but|however|although|though|because|since)\b")
_OPEN = re.compile(
    r"\b(?:whether|if|unless|can|could|might|may|perhaps|maybe|possibly|potentially|depend\w*|or|either"
    r"|only|unlikely|fail\w*|avoid\w*|less|rather than|instead of|otherwise)\b"
)
_FOR_SURE = re.compile(r"\b(?:no (?:doubt|question)|not (?:only|just|merely|simply))\b")
_AS_NOT = re.compile(r"\b(?:anything but|far from)\b")
_NEGATION = re.compile(r"\b(?:not|cannot|no|nothing|nobody|never|neither|nor|hardly|scarcely|barely|without)\b")
_ELLIPSIS = re.compile(r"^\s*(?P<no>not)\b|\b(?P<not>not)\s*$|\bit is\s*$")  # "not here", "here it is not"
_CONCLUDES = re.compile(r"\W*(?:therefore|thus|so|hence|overall|in (?:summary|conclusion)|finally)\b")
_ANSWERS = re.compile(r"\b(?:yes|yeah|yep|no|nope|true|false)\b")
_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")
_OFFENSIVE = re.compile(r"\b(in|un|non |non)?offensive\b")


class CobraFrames(Benchmark):
    """The benchmark COBRA-frames. Each question asks whether a statement is offensive."""

    name = "cobra_frames"
    required = (("scenario", "context"),)
    sample = "cobra_frames_sample.jsonl"

    def items(self, index: str, row: Row) -> Iterator[Item]:
        """Read rows. The parts of the situation are in separate columns, or all of them are in `context`."""
        narrative = _situation(row)
        taken = ("index", "scenario", "context", "speaker", "listener", "statement", LABEL)
        yield Item(
            index=index,
            narrative=narrative,
            question="Is the statement offensive in this situation?",
            correct_answer=_label(cell(row, LABEL)),
            question_kind="future",
            set_id=story_id(row, narrative),
            cluster_id=story_id({}, cell(row, "statement") or narrative),
            answer_form="yes_no",
            fields=other_columns(row, *taken),
        )

    def rules(self, item: Item) -> Sequence[Rule]:
        """Return the extraction rules for yes or no. A reply may also say 1 or 0."""
        return OFFENCE_RULES

    def score_as_paper(self, reply: str, item: Item) -> Score:
        """Accept a reply only if it is a bare number (1 or 0) or a bare word (yes or no)."""
        said = _BARE.get(reply.strip().casefold())
        return Score(correct=said is not None and said == item.correct_answer)

    def tables(self, outcomes: Sequence[ItemResult]) -> list[MetricTable]:
        """Return precision, recall and F1. If a column gives the identity of the speaker, add a table by speaker."""
        units = [_unit(outcome) for outcome in outcomes]
        found = [
            MetricRow(label="precision", units=units, measure=precision),
            MetricRow(label="recall", units=units, measure=recall),
            MetricRow(label="F1", units=units, measure=f1),
        ]
        tables = [MetricTable(title="offensiveness", rows=found)]
        return tables + [
            MetricTable(title="by who speaks", rows=lines) for name in IDENTITY if (lines := rows_by(outcomes, name))
        ]


def verdict(reply: str) -> str | None:
    """Return "yes" if a reply calls a statement offensive, "no" if the reply denies this, and None otherwise.

    >>> [verdict(said) for said in ("No, it is inoffensive.", "The answer is 1", "It may be offensive.")]
    ['no', 'yes', None]
    """
    return extracted(OFFENCE_RULES, ReplyText(reply)).answer


def _bare_verdict(reply: ReplyText) -> Sequence[str] | None:
    bare = _WORDS.get(normalised(final_answer_of(reply)))
    return None if bare is None else [bare]


def _conclusion(reply: ReplyText) -> Sequence[str] | None:
    for part in reversed(sentences(_unquoted(reply))):
        if _CONCLUDES.match(part.casefold()) and len(said := _said(part.casefold())) == 1:
            return [said.pop()]
    return None


def _statements(reply: ReplyText) -> Sequence[str] | None:
    said = _said(_unquoted(reply).casefold())
    return sorted(said) if said else None


def _plain_answer(reply: ReplyText) -> Sequence[str] | None:
    answer = _unquoted(reply)
    said = yes_no(answer) if _ANSWERS.search(answer.casefold()) else None
    return None if said is None else ["yes" if said else "no"]


def _unquoted(reply: ReplyText) -> str:
    return _QUOTED.sub(_without_long_quotation, final_answer_of(reply))


OFFENCE_RULES = (
    Rule("bare_verdict", "an answer that is only “yes”, “no”, “1”, “0”, “offensive” or “not offensive”", _bare_verdict),
    Rule("conclusion", "the last sentence that begins with “so”, “overall” or a similar word", _conclusion),
    Rule(
        "statements",
        "“1”, “0”, “yes”, “no”, “offensive” and “not offensive” in the reply, if all of these verdicts agree",
        _statements,
    ),
    Rule(
        "yes_or_no",
        "yes or no, read as in all yes-or-no questions",
        _plain_answer,
    ),
)
"""Rules that read whether a reply calls a statement offensive, in the order in which they are tried."""


def precision(counts: Mapping[tuple[str, str], int]) -> float | None:
    """Return the precision: the share of offensive statements among all statements that were called offensive.

    If no statement was called offensive, the result is None.
    """
    right, called, _ = _found(counts)
    return right / called if called else None


def recall(counts: Mapping[tuple[str, str], int]) -> float | None:
    """Return the recall: the share of offensive statements that were called offensive.

    If no statement is offensive, the result is None.
    """
    right, _, there = _found(counts)
    return right / there if there else None


def f1(counts: Mapping[tuple[str, str], int]) -> float | None:
    """Return the F1: the harmonic mean of precision and recall.

    If no statement is offensive and no statement was called offensive, the result is None.

    >>> f1({("yes", "yes"): 2, ("no", "yes"): 1, ("yes", ""): 1, ("no", "no"): 5})
    0.6666666666666666
    """
    right, called, there = _found(counts)
    return 2 * right / (called + there) if called + there else None


def _found(counts: Mapping[tuple[str, str], int]) -> tuple[int, int, int]:
    """Return three numbers: true positives, statements called offensive, and offensive statements."""
    called = sum(n for (_, given), n in counts.items() if given == "yes")
    there = sum(n for (gold, _), n in counts.items() if gold == "yes")
    return counts.get(("yes", "yes"), 0), called, there


def _without_long_quotation(quoted: re.Match[str]) -> str:
    """Remove a quotation of more than two words. Such a quotation repeats the statement and is not an answer."""
    return quoted[0] if len(quoted[0].split()) <= 2 else " "


def _said(text: str) -> set[str]:
    """Return the answers in a lower-case text: 1 or 0, yes or no, offensive or not offensive."""
    number = _NUMBER.search(text)
    said = {"yes" if number[1] == "1" else "no"} if number else set()
    return said | {word for clause in _clauses(text) if (word := _of_clause(clause)) is not None}


def _clauses(text: str) -> Iterator[str]:
    """Yield the clauses of a text, except questions."""
    rest = _AS_NOT.sub("not", text.replace("n't", " not").replace("n’t", " not").replace("non-", "non"))
    start = 0
    for end in _CLAUSE.finditer(rest):
        if end.group() != "?":
            yield rest[start : end.start()]
        start = end.end()
    yield rest[start:]


def _of_clause(clause: str) -> str | None:
    """Return "yes" if a clause calls something offensive, "no" if the clause denies this, and None otherwise."""
    if (bare := normalised(clause)) in ("yes", "no"):
        return bare
    clause = _FOR_SURE.sub("", clause)
    if _OPEN.search(clause):
        return None
    named = _OFFENSIVE.search(clause)
    if named is None:
        short = _ELLIPSIS.search(clause)
        return None if short is None else "no" if short["no"] or short["not"] else "yes"
    negations = list(_NEGATION.finditer(clause, 0, named.start()))
    if not negations:
        return "no" if named[1] else "yes"
    if len(negations) > 1 or named[1] or " and " in clause[negations[0].end() : named.start()]:
        return None  # "not inoffensive", "not rude and offensive" are ambiguous
    return "no"


def _situation(row: Row) -> str:
    """Return the situation, speaker, listener and statement as text.

    If the context contains the statement, return only the context.
    """
    told = text_cell(row, "scenario", "context")
    statement = cell(row, "statement")
    if not statement and cell(row, "scenario"):
        raise DatasetError("expected a statement for the scenario, got nothing")
    if not statement or _holds(told, statement):
        return told
    speaker, listener = cell(row, "speaker").rstrip(".") or "somebody", cell(row, "listener").rstrip(".")
    to = f" to {listener}" if listener else ""
    who = f"{speaker[0].upper()}{speaker[1:]}"
    return f"The situation: {closed(told)}\n{who} speaks{to}, and says: “{statement}”"


def _holds(told: str, statement: str) -> bool:
    """Return whether a text contains a statement. A short statement, such as "No", must be in quotation marks there."""
    cited = re.escape(statement)
    bare = len(statement.split()) > SHORT and re.search(rf"(?<!\w){cited}(?!\w)", told)
    return bool(bare or re.search(rf"[“‘\"']{cited}[”’\"']", told))


def _label(text: str) -> str | None:
    """Return a label as yes or no; None if there is no label."""
    if text and text.casefold() not in _WORDS:
        raise DatasetError(f"expected {LABEL} to be 1 or 0, got {text!r}")
    return _WORDS.get(text.casefold())


def _unit(outcome: ItemResult) -> ScoredUnit:
    given = _given(outcome) if outcome.status == "answered" else ""
    return replace(unit(outcome), correct_answer=outcome.correct_answer or "", given=given)


def _given(outcome: ItemResult) -> str:
    """Return the given answer; empty if the scorer did not accept this answer."""
    if outcome.is_correct or not outcome.correct_answer:
        return outcome.correct_answer or ""
    said = _BARE.get(normalised(outcome.answer or ""), "")
    return "" if said == outcome.correct_answer else said


BENCHMARK = CobraFrames()
