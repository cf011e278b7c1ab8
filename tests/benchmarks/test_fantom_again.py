"""FANToM's figures over sets, computed a second time from the words of the rules, on files made by chance."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from social_world_model.benchmarks.builtin.fantom import FANToM
from social_world_model.benchmarks.counting import ItemResult, Score
from social_world_model.choices import Scorer
from social_world_model.contracts import Item

NAMES = ("Ann", "Joann", "Bo", "Cy", "Dr. Lee", "O'Neil", "José", "Al", "Ali")
TOPICS = (("answerability", "answerability"), ("infoAccessibility", "info_accessibility"))
WITHOUT_TEXT = ("choice", "answerability-list", "answerability", "infoAccessibility-list", "infoAccessibility")

Row = dict[str, Any]


def colours(texts: Sequence[str]) -> list[list[float]]:
    """Encode how red and how blue a text is."""
    return [[float(text.split().count(word)) for word in ("red", "blue")] for text in texts]


def made(dice: random.Random) -> list[Row]:
    """Make a file of sets with all that real ones have, and lack."""
    return [one_set(dice, f"{part // 2}-{part}-{number}") for part in range(4) for number in range(2)]


def one_set(dice: random.Random, set_id: str) -> Row:
    people = dice.sample(NAMES, dice.randint(3, 5))
    unaware = dice.sample(people, dice.randint(0, 2))
    aware = [name for name in people if name not in unaware]
    label = "inaccessible" if unaware else "accessible"
    talk = "\n".join(f"{name}: Hello." for name in people)
    row: Row = {"set_id": set_id, "part_id": set_id[:3], "short_context": talk, "full_context": f"{talk}\nEd: Bye."}
    row["factQA"] = {"question": "What?", "correct_answer": "A kite", "wrong_answer": "", "question_type": "fact"}
    row["beliefQAs"] = []
    for _ in range(dice.randint(1, 3)):
        own = dice.choice(["inaccessible", "accessible"]) if dice.random() < 0.3 else label
        question = f"What does {people[0]} believe?"
        entry = {"question": question, "question_type": f"tom:belief:{own}", "missed_info_accessibility": own}
        wrong = "blue it is" if dice.random() < 0.95 else ""
        row["beliefQAs"].append({**entry, "correct_answer": "it is red", "wrong_answer": wrong})
    for key, topic in TOPICS:
        asked = {"question": "Who?", "missed_info_accessibility": label}
        if dice.random() < 0.95:
            names = {"correct_answer": aware, "wrong_answer": unaware}
            row[f"{key}QA_list"] = {**asked, **names, "question_type": f"tom:{topic}:list"}
        answers = ["yes" if name in aware else dice.choice(["no", "no:long"]) for name in people]
        if dice.random() < 0.05:
            answers[0] = ""
        row[f"{key}QAs_binary"] = [
            {**asked, "correct_answer": answer, "question_type": f"tom:{topic}:binary"} for answer in answers
        ]
    return row


@dataclass
class Asked:
    kind: str
    scenario: str
    entry: Row
    letter: str = ""
    right: bool | None = None
    """Whether it was answered rightly; None where it has no gold."""


def questions(row: Row, whole: bool, order: random.Random) -> Iterator[Asked]:
    for entry in row["beliefQAs"]:
        letter = "b" if order.choice([True, False]) else "a"
        yield Asked("belief", entry["missed_info_accessibility"], entry)
        yield Asked("choice", entry["missed_info_accessibility"], entry, letter)
    for key, _ in TOPICS:
        entry = row.get(f"{key}QA_list")
        if entry:
            relabelled = whole and entry["wrong_answer"]
            yield Asked(f"{key}-list", "inaccessible" if relabelled else entry["missed_info_accessibility"], entry)
        binaries = row[f"{key}QAs_binary"]
        relabelled = whole and any(entry["correct_answer"].startswith("no") for entry in binaries)
        for entry in binaries:
            if whole or entry["correct_answer"] != "no:long":
                yield Asked(key, "inaccessible" if relabelled else entry["missed_info_accessibility"], entry)


def reply(asked: Asked, right: bool, dice: random.Random) -> str:
    gold, wrong = asked.entry["correct_answer"], asked.entry.get("wrong_answer", [])
    if asked.kind == "choice":
        letter = asked.letter if right else "ab"[asked.letter == "a"]
        return dice.choice(["({})", "{}) It", "{}. It", "{}: it", "{}, it", "{}", "It is ({})."]).format(letter)
    if asked.kind == "belief":
        return dice.choice(["red red", "more red"]) if right else dice.choice(["red blue", "no colour", "blue"])
    if asked.kind.endswith("list"):
        names = list(gold) if right else [*gold[1:], *wrong[:1]]
        return dice.choice(["{}", "[{}]", "They are {}."]).format(dice.choice([", ", " and "]).join(names) or "nobody")
    said = gold.startswith("yes") == right
    return dice.choice(["yes", "Yes, so it is."] if said else ["No.", "no, never"])


def share(sets: Sequence[list[Asked]], scenario: str, kinds: Sequence[str]) -> tuple[int, float]:
    """Return how many sets a scenario has, and how many of these are wholly right."""
    counted = []
    for asked in sets:
        wanted = [one for one in asked if one.kind in kinds]
        lacks = {one.kind for one in wanted} < set(kinds) or any(one.right is None for one in wanted)
        mine = [one for one in wanted if one.scenario == scenario]
        if mine and not lacks:
            counted.append(all(one.right for one in mine))
    return len(counted), sum(counted)


@pytest.mark.parametrize("shown", ["short", "full"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_all_and_all_star_of_any_file_and_any_answers_are_those_of_the_rules(
    tmp_path_factory: pytest.TempPathFactory, shown: str, seed: int
) -> None:
    dice, order = random.Random(seed), random.Random(99)
    rows = made(dice)
    path = tmp_path_factory.getbasetemp() / f"fantom-{shown}.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    fantom = FANToM().configured({"input": shown})
    fantom.encoder = colours
    items = [row for row in fantom.load(path).rows if isinstance(row, Item) and row.fields["kind"] != "fact"]
    sets = [list(questions(row, shown == "full", order)) for row in rows]
    outcomes = []
    for item, asked in zip(items, (one for questioned in sets for one in questioned), strict=True):
        gold = asked.entry["correct_answer"]
        known = gold and (
            asked.entry["wrong_answer"] or asked.kind.endswith("list") if "wrong_answer" in asked.entry else True
        )
        assert (item.correct_answer is not None) == bool(known), item.index
        if item.correct_answer is None:
            continue
        asked.right, failed = dice.random() < 0.95, dice.random() < 0.01
        scorer: Scorer = "lenient" if asked.kind.endswith("list") else "official"  # the authors match parts of names
        assessed = fantom.assess(reply(asked, asked.right, dice), item, scorer)
        answer, score = assessed.answer, assessed.score
        assert score.correct is asked.right, (item.index, answer)
        asked.right = asked.right and not failed
        outcomes.append(
            ItemResult(
                index=item.index,
                status="error" if failed else "answered",
                is_correct=None if failed else score.correct,
                answer=answer,
                correct_answer=item.correct_answer,
                set_id=item.set_id,
                cluster_id=item.cluster_id,
                scores=(Score(correct=None) if failed else score).values,
                fields=item.fields,
            )
        )
    tables = {table.title: {line.label: line for line in table.rows} for table in fantom.tables(outcomes)}
    for scenario in ("inaccessible", "accessible"):
        for label, kinds in (("All", WITHOUT_TEXT), ("All*", (*WITHOUT_TEXT, "belief"))):
            line = tables.get(f"{scenario} information", {}).get(label)
            units = line.units if line else []
            assert (len(units), sum(unit.score for unit in units)) == share(sets, scenario, kinds), (scenario, label)
