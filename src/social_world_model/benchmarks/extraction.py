"""From a reply to an answer that can be compared, and the comparison."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TAG = re.compile(r"</?\w[^<>]*>")
_MARKED = re.compile(r"(?:final\s+)?answer\s*(?:is)?\s*[:：]\s*", re.IGNORECASE)
_LABEL = re.compile(r"(?:^|[,;\n]\s*)\(?([A-Za-z])[.)]\s+")
_LETTER = re.compile(r"\(?([A-Za-z])(?:[).:,]|$)")


def normalised(text: str) -> str:
    """Return the form in which answers are compared: case, articles, tags, quotes, underscores folded.

    >>> normalised('The "Treasure_Chest".'), normalised("<answer>a t - shirt</answer>")
    ('treasure chest', 't shirt')
    """
    text = _TAG.sub(" ", text).casefold().replace("_", " ").replace("-", " ")
    text = re.sub(r"[\"'“”‘’`*]", "", text)
    words = " ".join(text.split()).strip(" .,;:!?()[]").split()
    while len(words) > 1 and words[0] in ("the", "a", "an", "in", "inside"):
        words = words[1:]
    return " ".join(words)


def final_answer(reply: str) -> str:
    """Return what a reply gives as its answer: what follows the last ``Answer:``, else all of it.

    >>> final_answer("Sally left before. Answer: the basket")
    'the basket'
    """
    *_, last = _MARKED.split(reply)
    return last.strip()


def same_answer(answer: str, gold: str) -> bool:
    """Tell whether two answers are the same as a whole; naming the gold among others is not enough.

    >>> same_answer("In the blue box.", "blue_box"), same_answer("cardboard_box", "box")
    (True, False)
    """
    return normalised(answer) == normalised(gold)


def split_choices(text: str) -> tuple[str, ...]:
    """Return the options of a list such as ``"A. red_box, B. blue_box"``, in order.

    >>> split_choices("A. red_box, B. box, the blue one")
    ('red_box', 'box, the blue one')
    """
    labels: list[re.Match[str]] = []
    for label in _LABEL.finditer(text):
        if ord(label[1].casefold()) == ord("a") + len(labels):  # an "e." or "i." inside an option is none
            labels.append(label)
    ends = [label.start() for label in labels[1:]] + [len(text)]
    return tuple(text[label.end() : end].strip() for label, end in zip(labels, ends, strict=False))


def chosen(reply: str, choices: Sequence[str]) -> str | None:
    """Return the option that a reply commits to, by its letter or its words; None if it commits to none.

    >>> [chosen(text, ["red_box", "crate"]) for text in ("B", "(b)", "B. crate", "the red box", "a box")]
    ['crate', 'crate', 'crate', 'red_box', None]
    """
    answer = final_answer(reply)
    for choice in choices:
        if same_answer(answer, choice):
            return choice
    letter = _LETTER.match(answer)
    if letter is None:
        return None
    number = ord(letter[1].casefold()) - ord("a")
    rest = answer[letter.end() :].strip()
    if number < len(choices) and (not rest or same_answer(rest, choices[number])):
        return choices[number]
    return None
