"""Make five sets of replies to FANToM questions: oracle, noisy, odd formats, prose and empty."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

KINDS = ("oracle", "noisy", "odd", "prose", "empty")

_ODD_OPTIONS = (
    "({x})",
    "{X}",
    "{x}",
    " {x}",
    "{X}.",
    "{x}) {text}",
    "{X}: {text}",
    "**({X})** {text}",
    "**{X}**",
    "\\boxed{{{x}}}",
    "<answer>{x}</answer>",
    "Answer: {x}",
    "Answer: ({x})",
    "{text}",
    "{X}, because of the talk",
    "Option {X}",
    '{{"answer": "{x}"}}',
    "<think>(a) or (b)?</think>{x}",
    "(a) or (b)",
    "({x}) {text}\nnot ({y})",
    "\n({X})",
    "({X}",
)
_ODD_YES_NO = (
    "{w}",
    "{W}",
    "**{W}**",
    "<answer>{w}</answer>",
    "Answer: {w}",
    "'{w}'",
    '"{W}."',
    " {w}",
    " {w} ",
    "{W}!",
    "\\boxed{{{w}}}",
    "{truth}",
    "{Truth}.",
    "The answer is {w}.",
    "The answer is {w}",
    "so {w}, I think",
    "<think>yes no</think>{w}",
    "{knows}",
    '{{"answer": "{w}"}}',
    "- {w}",
    "{w}{w}",
    "Not sure",
    "Nobody",
    "Yesterday, {w}.",
)
_ODD_LISTS = (
    "[{names}]",
    "{names}.",
    "{possessive}",
    "{lines}",
    "{numbered}",
    "{lower}",
    "**{names}**",
    "Answer: {names}",
    "{joined}",
    "<answer>{names}</answer>",
    "everyone except {others}",
    "{names}, but not {others}",
    "Nobody",
    "[]",
    "{quoted}",
    "all of them",
)
_ODD_TEXTS = (
    "{text}",
    "Answer: {text}",
    "**{text}**",
    "<answer>{text}</answer>",
    "{shout}",
    "I do not know",
    "{text}\n\n{wrong}",
)
_PROSE = {
    "option": (
        "Let us think. They talked about it, so the answer is ({x}).",
        "Based on the conversation, I would choose option {X}: {text}",
        "{text} The other option, ({y}), cannot be right.",
        "Considering (a) and (b), both seem possible, but {X} is correct.",
        "It is hard to say.",
    ),
    "yes_no": (
        "They were part of the conversation at that point, so {w}, as far as I can see.",
        "Since the person left before, {knowing}.",
        "I would say {w}.",
        "There is no indication of that, but {w} seems right.",
        "It cannot be determined from the conversation.",
    ),
    "list": (
        "The people who know it are {joined}, because they were there.",
        "{names} know this. {others} left before.",
        "Everyone except {others} knows it.",
        "Only {joined}.",
        "Nobody can know that.",
    ),
    "text": (
        "In my view, {text}",
        "The conversation suggests this: {text} It does not suggest this: {wrong}",
        "{wrong} But this is only what others believe.",
        "It was not mentioned at all.",
        "{first}",
    ),
}


def complete_sets(data: Path, whole: bool) -> list[dict[str, Any]]:
    """Return the sets with complete labels, with made-up answers to fact questions that have none.

    Parameters
    ----------
    data
        FANToM file: JSON, or JSON lines.
    whole
        Whether the sets need the text of the whole conversation.
    """
    text = data.read_text(encoding="utf-8")
    rows = json.loads(text) if text.lstrip().startswith("[") else list(map(json.loads, filter(None, text.split("\n"))))
    names = (
        "answerabilityQA_list",
        "answerabilityQAs_binary",
        "infoAccessibilityQA_list",
        "infoAccessibilityQAs_binary",
    )
    kept = [row for row in rows if all(row.get(name) for name in names) and (row["full_context"] or not whole)]
    for number, row in enumerate(kept):
        fact = row["factQA"]
        fact["correct_answer"] = fact["correct_answer"] or f"It is the fact number {number}: {fact['question'][5:]}"
        fact["wrong_answer"] = fact["wrong_answer"] or f"It is another fact than the fact number {number}."
        for belief in row["beliefQAs"]:
            belief.pop("mc_correct_index", None)  # both sides draw the order of the options
    return kept


def made(kind: str, questions: Sequence[dict[str, Any]]) -> list[str]:
    """Return one reply per question.

    Parameters
    ----------
    kind
        One of `KINDS`.
    questions
        Questions in the authors' flat form, with the labels of the data.
    """
    dice = Random(f"{kind} {len(questions)}")
    return [_reply(kind, question, dice) for question in questions]


def _reply(kind: str, question: dict[str, Any], dice: Random) -> str:
    if kind == "empty":
        return ""
    wrong = kind != "oracle" and dice.random() < 0.2
    form, values = _values(question, wrong)
    if kind in ("oracle", "noisy"):
        return {"option": "({x})", "yes_no": "{w}", "list": "{names}", "text": "{text}"}[form].format(**values)
    odd = {"option": _ODD_OPTIONS, "yes_no": _ODD_YES_NO, "list": _ODD_LISTS, "text": _ODD_TEXTS}
    return dice.choice((odd if kind == "odd" else _PROSE)[form]).format(**values)


def _values(question: dict[str, Any], wrong: bool) -> tuple[str, dict[str, str]]:
    """Return the form of the answer, and the values of the placeholders in the patterns above."""
    kind, right = question["question_type"], question["correct_answer"]
    if kind.endswith(":multiple-choice"):
        place = right != wrong if isinstance(right, bool) else (right + wrong) % 2
        letter = "ab"[place]
        text = question["choices_list"][place][4:]
        return "option", {"x": letter, "X": letter.upper(), "y": "ab"[1 - place], "text": text}
    if kind.endswith(":binary"):
        yes = (right == "yes") != wrong
        word, truth = ("yes", "true") if yes else ("no", "false")
        knowing = "the person knows it" if yes else "the person does not know it"
        shown = {"w": word, "W": word.title(), "truth": truth, "Truth": truth.title()}
        return "yes_no", {**shown, "knowing": knowing, "knows": f"She {knowing.removeprefix('the person ')}"}
    if kind.endswith(":list"):
        aware, unaware = list(right), list(question["wrong_answer"])
        if wrong:
            aware, unaware = ([*aware, *unaware[:1]], unaware[1:]) if unaware else (aware[1:], aware[:1])
        return "list", _of_list(aware, unaware)
    text, other = (question["wrong_answer"], right) if wrong else (right, question["wrong_answer"])
    return "text", {"text": text, "wrong": other, "shout": text.upper(), "first": " ".join(text.split()[:4])}


def _of_list(names: Sequence[str], others: Sequence[str]) -> dict[str, str]:
    listed = ", ".join(names) or "nobody"
    return {
        "names": listed,
        "others": ", ".join(others) or "nobody",
        "joined": " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]])) or "no one",
        "lower": listed.lower(),
        "possessive": ", ".join(f"{name}'s" for name in names),
        "lines": "\n".join(f"- {name}" for name in names),
        "numbered": "\n".join(f"{number}. {name}" for number, name in enumerate(names, 1)),
        "quoted": ", ".join(f"'{name}'" for name in names),
    }
