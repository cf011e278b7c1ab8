"""The metric tables of FANToM: whole sets, characters and single questions, for each scenario.

The metrics of a scenario count the questions with the label of this scenario, as in the authors' code. A set with
questions of both scenarios therefore counts in both. Metrics over whole sets leave out sets with missing questions. A
note gives the number of these sets. A set with a failed question counts as wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from social_world_model.benchmarks.base import unit
from social_world_model.benchmarks.counting import ItemResult, MetricRow, MetricTable, ScoredUnit
from social_world_model.benchmarks.extraction import AUTHORS_RULE, names_in_reply, normalised
from social_world_model.benchmarks.fantom_authors import mentions
from social_world_model.benchmarks.fantom_sets import BELIEF, BINARIES, CHOICE, FACT, LISTS, SCENARIOS, SCORED
from social_world_model.benchmarks.similarity import EXTRA, MODEL

UNREADABLE = "unreadable"
NEEDS_ENCODER = f"not available: needs {EXTRA}"
NO_WHOLE_SET = "not available: no set of this scenario is complete"
NOT_SCORED = "not available: this scorer does not score free-text beliefs"

MEANINGS = (
    "inaccessible: somebody missed the information; accessible: nobody missed it",
    "All: every multiple-choice, list and yes-or-no answer of a set is correct",
    "All*: every answer of All and every free-text belief of a set is correct",
    "a character's answers agree: all lists and yes-or-no answers say the same about a person",
    "answerability: who can answer a given question; information access: who knows a given fact",
)
"""Notes that explain the labels of the tables."""

_ALL = tuple(kind for kind in SCORED if kind != BELIEF)
_TOPICS = (("answerability", LISTS[0], BINARIES[0]), ("information access", LISTS[1], BINARIES[1]))
_SET_NAME = re.compile(r"([^-]+)-[^-]+-[^-]+$")


@dataclass(kw_only=True)
class _Set:
    """The results of one set, without the result of the fact question. An unreadable set has no results."""

    id: str
    part_id: str
    cluster_id: str
    outcomes: list[ItemResult] = field(default_factory=list)
    lacks: Sequence[str] = ()
    asks: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    no_gold: Mapping[str, int] = field(default_factory=dict)
    bad_row: bool = False

    def expected(self, scenario: str, kinds: Iterable[str]) -> int:
        """Return the number of questions in a scenario."""
        return sum(self.asks.get(scenario, {}).get(kind, 0) for kind in kinds)

    def of(self, scenario: str, kinds: Sequence[str]) -> list[ItemResult]:
        """Return the results of a scenario."""
        return [one for one in self.outcomes if _kind(one) in kinds and _scenario(one) == scenario]

    def counts(self, scenario: str, kinds: Sequence[str]) -> bool:
        """Return whether the metrics over sets count this set. This method does not check that the set is complete."""
        if self.bad_row:
            return scenario == SCENARIOS[0]  # its scenario is unknown: it counts in the scenario of the headline
        return self.expected(scenario, kinds) > 0

    def complete(self, kinds: Sequence[str]) -> bool:
        """Return whether the data has all questions of these kinds."""
        return not any(kind in self.lacks for kind in kinds)

    def unit(self, scenario: str, kinds: Sequence[str]) -> ScoredUnit:
        """Return one unit for all questions of a scenario. The unit is correct if all answers are correct."""
        outcomes = self.of(scenario, kinds)
        failed = self.bad_row or len(outcomes) < self.expected(scenario, kinds) or not all(map(_answered, outcomes))
        right = not failed and all(one.is_correct is True for one in outcomes)
        return ScoredUnit(
            score=float(right),
            failed=failed,
            uncertain=_any_uncertain(outcomes),
            id=self.id,
            cluster_id=self.cluster_id,
        )


def _any_uncertain(outcomes: Iterable[ItemResult]) -> bool:
    return any(one.uncertain for one in outcomes)


def fantom_headline(outcomes: Sequence[ItemResult]) -> MetricRow:
    """Return the metric "All" over the sets of the inaccessible scenario."""
    sets = _sets(outcomes)
    line = MetricRow(label=f"All ({SCENARIOS[0]})", units=_set_units(sets, SCENARIOS[0], _ALL))
    if line.units or not sets:
        return line
    return MetricRow(label=line.label, units=[], note=NO_WHOLE_SET)


def fantom_tables(outcomes: Sequence[ItemResult]) -> list[MetricTable]:
    """Return one table for each scenario with questions, and one table for the fact questions."""
    sets = _sets(outcomes)
    tables = [
        MetricTable(title=f"{scenario} information", rows=lines, notes=_notes(sets, scenario))
        for scenario in SCENARIOS
        if (lines := [line for line in _lines(sets, scenario) if line.units or line.note])
    ]
    facts = [_overlap(one, "token_f1") for one in outcomes if _kind(one) == FACT and one.correct_answer is not None]
    if facts:
        tables.append(MetricTable(title="fact questions", rows=[MetricRow(label="token F1", units=facts)]))
    return tables


def weighted_f1(counts: Mapping[tuple[str, str], int]) -> float | None:
    """Return the mean F1 over the classes of gold answers, weighted by the frequency of each class.

    Unreadable answers form a separate class, which is never a gold answer. If there are no gold answers, the result is
    None.

    Parameters
    ----------
    counts
        Number of answers for each pair ``(gold, given)``.

    >>> weighted_f1({("yes", "yes"): 1, ("no", "no"): 1, ("no", "unreadable"): 1})
    0.7777777777777777
    """
    gold: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for (wanted, got), number in counts.items():
        gold[wanted] += number
        given[got] += number
    total = gold.total()
    shares = (n * 2 * counts.get((name, name), 0) / (n + given[name]) for name, n in gold.items() if n)
    return sum(shares) / total if total else None


def _sets(outcomes: Iterable[ItemResult]) -> list[_Set]:
    """Group results by set.

    A result without fields comes from an unreadable set, or from an unreadable row of a readable set.
    """
    found: dict[str, _Set] = {}
    bad_rows: list[ItemResult] = []
    for one in outcomes:
        if not one.fields:
            bad_rows.append(one)
            continue
        if one.set_id not in found:
            about = one.fields
            found[one.set_id] = _Set(
                id=one.set_id,
                part_id=str(about.get("part_id", one.set_id)),
                cluster_id=one.cluster_id,
                lacks=about.get("set_lacks", ()),
                asks=about.get("set_asks", {}),
                no_gold=about.get("set_no_gold", {}),
            )
        if _kind(one) != FACT and one.correct_answer is not None:
            found[one.set_id].outcomes.append(one)
    for one in bad_rows:
        name = _SET_NAME.match(one.index)
        part, conversation = (one.index.rpartition("-")[0], name[1]) if name else (one.index, one.index)
        found.setdefault(one.index, _Set(id=one.index, part_id=part, cluster_id=conversation, bad_row=True))
    _note_what_was_never_asked(found.values())
    return list(found.values())


def _note_what_was_never_asked(sets: Iterable[_Set]) -> None:
    """Mark kinds of question as missing if no set has a result for them. Some modes do not ask all kinds."""
    asked = {_kind(one) for given in sets for one in given.outcomes}
    for given in sets:
        never = [kind for kind in SCORED if kind not in asked and any(given.expected(one, [kind]) for one in SCENARIOS)]
        given.lacks = [*given.lacks, *(kind for kind in never if kind not in given.lacks)]


def _lines(sets: Sequence[_Set], scenario: str) -> Iterator[MetricRow]:
    """Yield the metrics of a scenario.

    If free text is not scored, the metrics that need free text have a note instead.
    """
    unscored = _why_unscored(sets)
    free = [one for given in sets for one in given.of(scenario, (BELIEF,))]
    every, starred = (_set_units(sets, scenario, kinds) for kinds in (_ALL, SCORED))
    lacking = any(given.counts(scenario, SCORED) for given in sets)
    yield MetricRow(label="All", units=every, note=NO_WHOLE_SET if lacking and not every else "")
    yield (
        _scored_row(unscored, "All*", starred)
        if starred
        else MetricRow(label="All*", units=[], note=NO_WHOLE_SET if lacking else "")
    )
    yield _questions(sets, scenario, "belief, multiple choice", CHOICE)
    yield _scored_row(unscored, "belief, free text", [unit(one) for one in free])
    right = [_overlap(one, "token_f1_correct") for one in free if unscored or one.is_correct is True]
    yield _scored_row(unscored, "belief, free text: token F1 among the right", right)
    for topic, names, binary in _TOPICS:
        yield MetricRow(label=f"{topic}: sets", units=_set_units(sets, scenario, (names, binary), bad_rows=False))
        yield _questions(sets, scenario, f"{topic}: list", names)
        units = [_answer_unit(one) for given in sets for one in given.of(scenario, (binary,))]
        yield MetricRow(label=f"{topic}: yes or no, weighted F1", units=units, measure=weighted_f1)
    yield from _character_lines(sets, scenario, unscored)
    yield from _order_lines(free, unscored)
    yield MetricRow(label="All by part", units=_joint_units(sets, scenario, "part_id"))
    yield MetricRow(label="All by conversation", units=_joint_units(sets, scenario, "cluster_id"))


def _scored_row(unscored: str, label: str, units: Sequence[ScoredUnit]) -> MetricRow:
    return MetricRow(label=label, units=[] if unscored else units, note=unscored if units else "")


def _why_unscored(sets: Sequence[_Set]) -> str:
    """Return the reason why free text is not scored. If free text is scored, the result is empty."""
    answered = [one for given in sets for one in given.outcomes if _kind(one) == BELIEF and _answered(one)]
    unscored = [one for one in answered if one.is_correct is None]
    if not unscored:
        return ""
    return NEEDS_ENCODER if any(one.scores for one in unscored) else NOT_SCORED


def _set_units(sets: Iterable[_Set], scenario: str, kinds: Sequence[str], bad_rows: bool = True) -> list[ScoredUnit]:
    """Return one unit per set. If `bad_rows` is False, unreadable sets are left out."""
    return [
        given.unit(scenario, kinds)
        for given in sets
        if given.counts(scenario, kinds) and given.complete(kinds) and (bad_rows or not given.bad_row)
    ]


def _joint_units(sets: Iterable[_Set], scenario: str, name: str) -> list[ScoredUnit]:
    """Return one unit per part of a conversation, or per conversation.

    The unit is correct if "All" is correct for every set of this unit.
    """
    groups: dict[str, list[_Set]] = {}
    for given in sets:
        if given.counts(scenario, _ALL):
            groups.setdefault(getattr(given, name), []).append(given)
    joint = []
    for key, group in groups.items():
        if all(given.complete(_ALL) for given in group):
            units = [given.unit(scenario, _ALL) for given in group]
            score, failed = min(one.score for one in units), any(one.failed for one in units)
            uncertain = any(one.uncertain for one in units)
            joint.append(replace(units[0], score=score, failed=failed, uncertain=uncertain, id=key))
    return joint


def _questions(sets: Iterable[_Set], scenario: str, label: str, kind: str) -> MetricRow:
    return MetricRow(label=label, units=[unit(one) for given in sets for one in given.of(scenario, (kind,))])


def _overlap(outcome: ItemResult, name: str) -> ScoredUnit:
    """Return a unit with the token F1 as its score. A failed question has the score 0."""
    return replace(unit(outcome), score=outcome.scores.get(name, 0.0) if _answered(outcome) else 0.0)


def _answer_unit(outcome: ItemResult) -> ScoredUnit:
    """Return a unit with the answer to a yes-or-no question. A failed question counts as unreadable."""
    return replace(unit(outcome), correct_answer=str(outcome.correct_answer), given=_said(outcome))


def _said(outcome: ItemResult) -> str:
    if not _answered(outcome):
        return UNREADABLE
    for word in ("yes", "no"):
        if outcome.scores.get(f"says_{word}", 0.0) > 0.5:
            return word
    plain = normalised(outcome.answer or "")
    return plain if plain in ("yes", "no") and not outcome.scores else UNREADABLE


def _order_lines(free: Sequence[ItemResult], unscored: str) -> Iterator[MetricRow]:
    """Yield metrics of free-text beliefs by order.

    Second-order beliefs are also divided into cyclic and acyclic beliefs.
    """
    groups: dict[str, list[ScoredUnit]] = {}
    for one in free:
        order, _, kind = str(one.fields.get("tom_type", "")).partition(":")
        for label in (order, f"{order}, {kind}") if kind else (order,):
            groups.setdefault(label.replace("-", " "), []).append(unit(one))
    for label in sorted(filter(None, groups)):
        yield _scored_row(unscored, f"belief, free text: {label}", groups[label])


def _character_lines(sets: Sequence[_Set], scenario: str, unscored: str) -> Iterator[MetricRow]:
    with_text, without, consistent = [], [], []
    for given in sets:
        statements = list(_statements(given, scenario))
        if given.complete(SCORED):
            with_text += _character_units(given, scenario, (CHOICE, BELIEF), statements)
        if given.complete(_ALL):
            without += _character_units(given, scenario, (CHOICE,), statements)
            consistent += _consistency_units(given, scenario, statements)
    yield _scored_row(unscored, "all about a character", with_text)
    yield MetricRow(label="all about a character, without free text", units=without)
    yield MetricRow(label="a character's answers agree", units=consistent)


@dataclass(frozen=True)
class _Statement:
    """What the answer to a list or to a yes-or-no question says about a person: yes, no or unreadable.

    If there is no answer, `said` is None.
    """

    person: str
    said: str | None
    right: bool


def _statements(given: _Set, scenario: str) -> Iterator[_Statement]:
    """Yield two statements for each yes-or-no question: the answer itself, and whether the list names the person."""
    for names, binary in zip(LISTS, BINARIES, strict=True):
        asked = [one for one in given.of(scenario, (binary,)) if one.fields.get("character")]
        people = [str(one.fields["character"]) for one in asked]
        answer = next((one for one in given.of(scenario, (names,)) if _answered(one)), None)
        listed = set() if answer is None else _listed(answer, people)
        for one, person in zip(asked, people, strict=True):
            said = _said(one) if _answered(one) else None
            yield _Statement(person.lower(), said, one.is_correct is True)
            if given.expected(scenario, (names,)):
                said = None if answer is None else "yes" if person in listed else "no"
                yield _Statement(person.lower(), said, said == one.correct_answer)


def _listed(answer: ItemResult, people: Sequence[str]) -> set[str]:
    """Return the people that the answer to a list question names."""
    text = answer.answer or ""
    if answer.extracted_by == AUTHORS_RULE:
        return {person for person in people if mentions(text, person)}
    return set(names_in_reply(text, people))


def _character_units(
    given: _Set, scenario: str, kinds: Sequence[str], statements: Sequence[_Statement]
) -> list[ScoredUnit]:
    """Return one unit per person of a set. The unit is correct if all answers about this person are correct."""
    right: dict[str, bool] = {}
    failed: set[str] = set()
    for one in given.of(scenario, kinds):
        person = str(one.fields.get("character", "")).lower()
        if person:
            right[person] = right.get(person, True) and one.is_correct is True
            failed |= set() if _answered(one) else {person}
    for statement in statements:
        right[statement.person] = right.get(statement.person, True) and statement.right
        failed |= {statement.person} if statement.said is None else set()
    kinds = (*kinds, *LISTS, *BINARIES)
    asked = given.of(scenario, kinds)
    failed |= set(right) if len(asked) < given.expected(scenario, kinds) else set()
    return [_person_unit(given, person, right[person], person in failed, asked) for person in right]


def _consistency_units(given: _Set, scenario: str, statements: Sequence[_Statement]) -> list[ScoredUnit]:
    """Return one unit per person of a set.

    The unit is correct if all answers to list and yes-or-no questions say the same about this person.
    """
    told: dict[str, set[str | None]] = {}
    for statement in statements:
        told.setdefault(statement.person, set()).add(statement.said)
    kinds = (*LISTS, *BINARIES)
    asked = given.of(scenario, kinds)
    stopped = len(asked) < given.expected(scenario, kinds)
    return [
        _person_unit(given, person, len(said) == 1, stopped or None in said, asked) for person, said in told.items()
    ]


def _person_unit(given: _Set, person: str, right: bool, failed: bool, asked: Sequence[ItemResult]) -> ScoredUnit:
    return ScoredUnit(
        score=float(right and not failed),
        failed=failed,
        uncertain=_any_uncertain(asked),
        id=f"{given.id}-{person}",
        cluster_id=given.cluster_id,
    )


def _notes(sets: Sequence[_Set], scenario: str) -> list[str]:
    """Return the notes below the table of a scenario."""
    there = [given for given in sets if given.counts(scenario, SCORED)]
    bad_rows = [given.id for given in sets if given.bad_row]
    whole = [given for given in there if given.complete(_ALL)]
    failed = sum(given.unit(scenario, _ALL).failed for given in whole if not given.bad_row)
    notes = []
    if failed:
        notes.append(f"{_many(failed)} with a failed or unreadable question: counted as wrong in All")
    if scenario == SCENARIOS[0] and _why_unscored(sets) == NEEDS_ENCODER:
        notes.append(f"free-text beliefs need the model {MODEL}: install it with {EXTRA}, then run swm rescore")
    if bad_rows and scenario == SCENARIOS[0]:
        notes.append(f"{_many(len(bad_rows))} unreadable in the data file: counted as wrong in All")
    if len(whole) < len(there):
        lacking = Counter(kind for given in there for kind in given.lacks)
        kinds = ", ".join(f"{kind} {lacking[kind]}" for kind in SCORED if lacking[kind])
        left_out = f"{_many(len(there) - len(whole))} with questions that are missing in the data or were not asked"
        notes.append(f"{left_out}: not counted in All and in other metrics over whole sets; missing: {kinds}")
    counts: Counter[str] = Counter()
    for given in sets:
        counts.update(given.no_gold)
    if counts and scenario == SCENARIOS[0]:
        kinds = ", ".join(f"{kind} {number}" for kind, number in counts.items())
        notes.append(f"questions that were not asked because the data has no gold answer: {kinds}")
    return [*notes, *MEANINGS]


def _many(number: int) -> str:
    return "1 set" if number == 1 else f"{number} sets"


def _kind(outcome: ItemResult) -> Any:
    return outcome.fields.get("kind")


def _scenario(outcome: ItemResult) -> Any:
    return outcome.fields.get("missed_info_accessibility")


def _answered(outcome: ItemResult) -> bool:
    return outcome.status == "answered"
