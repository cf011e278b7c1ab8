"""FANToM: who knows what in a conversation that people join and leave (Kim et al. 2023, arXiv 2310.15421)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from social_world_model.benchmarks.base import Benchmark
from social_world_model.benchmarks.counting import Assessment, ItemResult, MetricRow, MetricTable, Score
from social_world_model.benchmarks.extraction import (
    NAME_RULES,
    OPTION_RULES,
    TEXT_RULES,
    YES_NO_RULES,
    Rule,
    final_answer,
    normalised,
)
from social_world_model.benchmarks.fantom_authors import is_right_list, options_given, yes_or_no
from social_world_model.benchmarks.fantom_items import set_items, speakers
from social_world_model.benchmarks.fantom_sets import BELIEF, BINARIES, CHOICE, FACT, LISTS, QuestionSet, read_sets
from social_world_model.benchmarks.fantom_tables import fantom_headline, fantom_tables
from social_world_model.benchmarks.similarity import Encoder, Likeness, default_encoder, token_f1
from social_world_model.contracts import BadRow, Item
from social_world_model.data.reading import Row
from social_world_model.errors import DatasetError

PAPER_SETS = 64
"""Number of sets that arXiv 2509.00559 used. These are the first sets of the file."""

LEAST_OVERLAP = 0.2
"""A reply gives the fact only if the token F1 of reply and fact is above this value."""

_BETWEEN_NAMES = re.compile(r"[,;\n]|\band\b|&")
_BRACKETS = re.compile(r"\[[^\]]*\]")
_IGNORANT = re.compile(
    r"\b(?:do|did|would|could|can|have|am|was)\s?(?:not|n[’']?t)\s(?:\w+\s)?(?:know|sure|aware|tell|say|hear|recall|remember)"
    r"|\b(?:cannot|can[’']?t)\s(?:\w+\s)?(?:know|tell|say|recall|remember)"
    r"|\bno\s(?:idea|clue)\b|\bnot\s(?:sure|certain|aware)\b|\bunaware\b|\bunsure\b",
    re.IGNORECASE,
)
_SAYS_YES = re.compile(r" yes[, .]| knows |^(?:yes|true)")
_SAYS_NO = re.compile(r" no[, .]| does not know | doesn't know |^(?:no|false)")


class FANToM(Benchmark):
    """The benchmark FANToM. The data file has the authors' nested format or one row per question.

    Attributes
    ----------
    encoder
        Encoder that scores free-text beliefs. None means the authors' encoder, which needs the extra `similarity`.
    """

    name = "fantom"
    required = ("set_id", ("beliefQAs", "question_type"))
    sample = "fantom_sample.json"
    guidance = (
        "People hear what is said while they take part in the conversation, and know who else hears it. A person who "
        "leaves does not hear what is said until the person comes back. A person who joins late has not heard what was "
        "said before. Such a person learns it only if someone says it again in the person's presence. People who have "
        "just met know only what the conversation says about each other."
    )
    options: Mapping[str, Sequence[str]] = {"input": ("short", "full"), "sets": ("all", "paper")}
    paper: Mapping[str, str] = {"sets": "paper"}

    def __init__(self) -> None:
        self.encoder: Encoder | None = None
        self._likeness: Likeness | None = None

    def select(self, rows: Sequence[Row | BadRow]) -> tuple[Sequence[Row | BadRow], list[str]]:
        """Group questions into sets. The order of all options is drawn before any set is left out."""
        sets, notes = read_sets(rows)
        if self.option("sets") == "paper" and len(sets) > PAPER_SETS:
            notes.append(f"{len(sets) - PAPER_SETS} sets left out: the paper used the first {PAPER_SETS}")
            sets = sets[:PAPER_SETS]
        return [one if isinstance(one, BadRow) else {"index": one.set_id, "set": one} for one in sets], notes

    def items(self, index: str, row: Row) -> Iterator[Item]:
        """Return the questions of one set. The method `select` makes the sets."""
        given: QuestionSet = row["set"]
        return set_items(given, whole=self.option("input") == "full")

    def rules(self, item: Item) -> Sequence[Rule]:
        """Return the extraction rules for the form of the answer: option, names, yes or no, or free text."""
        if item.choices:
            return OPTION_RULES
        return {"yes_no": YES_NO_RULES, "names": NAME_RULES}.get(item.answer_form, TEXT_RULES)

    def people(self, item: Item) -> tuple[str, ...]:
        """If the answer is a list of names, return all people in the labels and all speakers."""
        if item.answer_form != "names":
            return ()
        aware, unaware = _known(item)
        return tuple(dict.fromkeys([*aware, *unaware, *speakers(item.narrative)]))

    def score(self, answer: str, item: Item) -> Score:
        """Score an extracted answer with the scorer for this kind of question."""
        kind = item.fields.get("kind")
        if kind == CHOICE:
            return Score(correct=answer == item.correct_answer)
        if kind in BINARIES:
            said = normalised(answer)
            return _binary(said if said in ("yes", "no") else "", item)
        if kind in LISTS:
            return _list_score(answer, item)
        return self._belief(answer, item) if kind == BELIEF else _fact(answer, item)

    def assess_as_authors(self, reply: str, item: Item) -> Assessment:
        """Read and score a reply in the same way as the authors' code."""
        kind = item.fields.get("kind")
        if kind == CHOICE:
            given = options_given(reply, item.choices)
            return Assessment.by_authors("\n".join(given), item.correct_answer in given)
        if kind in BINARIES:
            said = yes_or_no(reply)
            score = _binary(said, item)
            return Assessment.by_authors(said, score.correct, score.values)
        if kind in LISTS:
            return Assessment.by_authors(reply, is_right_list(reply, *_known(item)))
        score = self._belief(reply, item) if kind == BELIEF else _fact(reply, item)
        return Assessment.by_authors(reply, score.correct, score.values)

    def score_as_paper(self, reply: str, item: Item) -> Score:
        """Score a reply with the scorer of arXiv 2509.00559.

        A reply chooses an option only if it begins with the letter of the option. A name also counts inside a longer
        word. A reply with words for yes and words for no counts as yes. Free-text beliefs are not scored.
        """
        answer, kind = final_answer(reply), item.fields.get("kind")
        if kind == CHOICE:
            letter = chr(ord("a") + item.choices.index(str(item.correct_answer)))
            return Score(correct=answer.lower().startswith((f"({letter})", f"{letter})", f"{letter}.")))
        if kind in BINARIES:
            said = answer.lower().strip("'").strip('"')
            return _binary("yes" if _SAYS_YES.search(said) else "no" if _SAYS_NO.search(said) else "", item)
        if kind in LISTS:
            return _list_as_paper(answer, item)
        return Score(correct=None) if kind == BELIEF else _fact(answer, item)

    def holds_fact(self, reply: str, item: Item) -> bool:
        """Return whether a reply gives the fact. The reply must be closer to the fact than to the wrong answer."""
        right, wrong = (_words(str(item.fields.get(name) or "")) for name in ("fact_answer", "fact_wrong_answer"))
        if not right:
            raise DatasetError(
                f"expected fact_answer to contain the answer to {item.fact or item.index!r}, got nothing"
            )
        if _IGNORANT.search(reply):
            return False
        said = _words(final_answer(reply))
        return token_f1(right, said) > max(LEAST_OVERLAP, token_f1(wrong, said))

    def headline(self, outcomes: Sequence[ItemResult]) -> MetricRow:
        """Return the metric "All" over the sets in which somebody missed the information."""
        return fantom_headline(outcomes)

    def tables(self, outcomes: Sequence[ItemResult]) -> list[MetricTable]:
        """Return the authors' metrics for both scenarios and for the fact questions."""
        return fantom_tables(outcomes)

    def _belief(self, answer: str, item: Item) -> Score:
        """Score a free-text belief. The answer must be closer to the correct answer than to the wrong answer."""
        right, wrong = str(item.correct_answer), str(item.fields.get("wrong_answer") or "")
        values = {"token_f1_correct": token_f1(right, answer), "token_f1_wrong": token_f1(wrong, answer)}
        encoder = self.encoder or default_encoder()
        if encoder is None:
            return Score(correct=None, values=values)
        if self._likeness is None or self._likeness.encoder is not encoder:
            self._likeness = Likeness(encoder)
        to_right, to_wrong = self._likeness.compare(answer, right, wrong)
        values |= {"cosine_correct": min(max(to_right, 0.0), 1.0), "cosine_wrong": min(max(to_wrong, 0.0), 1.0)}
        return Score(correct=to_right > to_wrong, values=values)


def _words(text: str) -> str:
    """Return a text in lower case without punctuation."""
    return re.sub(r"[^\w\s]", "", text.lower())


def _known(item: Item) -> tuple[list[str], list[str]]:
    """Return the people who know the information, and the people who do not know it."""
    return list(item.fields.get("label") or ()), list(item.fields.get("wrong_answer") or ())


def _list_score(answer: str, item: Item) -> Score:
    """Score a list. The list must name every person who knows, and nobody who does not know."""
    aware, unaware = ({_bare(name) for name in names} for names in _known(item))
    named = {_bare(part) for part in _BETWEEN_NAMES.split(answer.strip(" []"))}
    return Score(correct=aware <= named and not unaware & named)


def _bare(name: str) -> str:
    return name.strip(" .'\"").casefold()


def _list_as_paper(answer: str, item: Item) -> Score:
    aware, unaware = _known(item)
    bracketed = _BRACKETS.search(answer) if answer.count("[") == 1 else None
    span = (bracketed[0] if bracketed else answer).lower()
    right = all(name.lower() in span for name in aware) and not any(name.lower() in span for name in unaware)
    return Score(correct=right)


def _binary(said: str, item: Item) -> Score:
    """Score yes or no. Metric tables count the answer, so it is stored in the values of the score."""
    values = {"says_yes": float(said == "yes"), "says_no": float(said == "no")}
    return Score(correct=said == item.correct_answer, values=values)


def _fact(answer: str, item: Item) -> Score:
    if item.fields.get("kind") != FACT or item.correct_answer is None:
        return Score(correct=None)
    return Score(correct=None, values={"token_f1": token_f1(item.correct_answer.lower(), answer.lower())})


BENCHMARK = FANToM()
