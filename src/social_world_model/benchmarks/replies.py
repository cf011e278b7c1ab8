"""The parts of a reply: text without reasoning, marked answers, and sentences.

No pattern in this module has unbounded nested repetition. The run time is therefore linear in the length of the reply.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_TAG = re.compile(r"</?\w[^<>]*>")
_QUOTES = re.compile(r"[\"'“”‘’„«»‹›「」『』`*]")
_STOPS = str.maketrans("。，、：；！？", ".,,:;!?")
_THOUGHT_OVER = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_THOUGHT = re.compile(r"<(think|thinking|thoughts?|reasoning|scratchpad|analysis|reflection)>", re.IGNORECASE)
_ROLE = re.compile(r"\s*#{0,6}\s{0,3}(?:assistant|ai|model)\s{0,3}:", re.IGNORECASE)
_ARTICLES = ("the", "a", "an", "in", "inside")

_OPENING_TAG = re.compile(r"<(answer)>", re.IGNORECASE)
_JSON_FIELD = re.compile(
    r"\"(?:final_?|correct_?)?(?:answer|choice|option|letter)\"\s{0,9}:\s{0,9}"
    r"(?:\"((?:[^\"\\\n]|\\.)*)\"|(\[[^\[\]\n]*\])|([^\s\",}\]\[]+))",
    re.IGNORECASE,
)
_BOX = "\\boxed{"
_LATEX = re.compile(r"\\(?:text|textbf|mathrm|mathbf|mathsf|textit)\b|\\[()\[\]]|\\(?=_)|[{}$]")

_MARK = re.compile(
    r"(?:\b(?:answer|conclusion\s{1,3}is)\b"
    r"|\b(?:final|correct|right|best|likely|logical|chosen)\s{1,3}(?:option|choice|letter)\b)"
    r"(?:[^\n:=.]{0,160}?(?:\b(?:is|are|be)\b(?:\s{0,3}:)?|[:：=])|\s{1,3}(?=\(?[A-Z]\b))"
    r"|\banswer\s{1,3}[-–—]\s"
    r"|^[#\s]{0,9}(?:choice|option|letter|label|selection)\s{0,3}:"
    r"|\b(?:id|ill|i\s{1,3}would|i\s{1,3}will|we\s{1,3}would)\s{1,3}(?:pick|choose|select|say|go\s{1,3}with|opt\s{1,3}for)\b"
    r"|\b(?:pick|choose|select|chose|picked|selected|go\s{1,3}with|opt\s{1,3}for"
    r"|leaves(?:\s{1,3}(?:us|only|just|with)){0,3})\b"
    r"(?=\s{1,3}(?:option|choice|letter|answer)\b|\s{1,3}\(?[A-Z]\b(?!\w))",
    re.IGNORECASE | re.MULTILINE,
)
_TRAILING_MARK = re.compile(
    r"\b(?:is|as|be)\s{1,3}(?:the|my|our|a)\s{1,3}(?:\w{1,12}\s{1,3}){0,2}(?:answer|choice|option|guess)\b",
    re.IGNORECASE,
)
_DOUBTED = re.compile(r"\b(?:unlikely|not|cannot|cant|isnt|never)\b", re.IGNORECASE)
_QUESTION = re.compile(r"\?\s{0,3}(?:is|are|was)\b")
_IMPOSSIBLE = re.compile(r"\b(?:cannot|can\s?not|cant|could\s?(?:not|nt))\s{1,3}be$", re.IGNORECASE)
_NOT_CHOSEN = re.compile(
    r"\b(?:not|never|cannot|cant|dont|didnt|wouldnt)\s{1,3}(?:(?:possible|able|going|likely)\s{1,3})?(?:to\s{1,3})?$",
    re.IGNORECASE,
)
_SENTENCE_BEGINS = re.compile(r"[.!?]\s|\n")
_OTHERS_SAY = re.compile(
    r"\b(?:one|you|some|many|most|people|others|they|it)\s{1,3}(?:\w{1,9}\s{1,3})?(?:might|may|could|would)\s{1,3}"
    r"(?:be\s{1,3}tempted\s{1,3}to\s{1,3})?"
    r"(?:think|say|assume|argue|guess|expect|seem|appear|conclude|answer)\b",
    re.IGNORECASE,
)
_CONTRARY = re.compile(r"\bif\b.{0,100}\b(?:had|were|hadnt|werent)\b", re.IGNORECASE)
_SECOND_THOUGHT = re.compile(
    r"[.!?…;\n]\s{0,3}(?:(?:hm+|oh|but|so|and)\b\W{0,5})?"
    r"(?:(?:wait|actually|correction|scratch\s{1,3}that|on\s{1,3}second\s{1,3}thoughts?)\b"
    r"|no\s{0,3}[,:—–])",
    re.IGNORECASE,
)
# A letter or number before the full stop is a label ("B. crate", "3. Then"), which does not end a sentence.
_SENTENCE_END = re.compile(r"(?<!\b\w[.?!])(?<!\b\d\d[.?!])(?<=[.?!])[)\]]?\s{1,9}(?=[^\sa-z])|\n")
_CLOSER = re.compile(
    r"\?\s*$|^\W*(?:let me know|i hope|hope (?:this|that|it)|does (?:this|that)|feel free|please (?:let|feel))",
    re.IGNORECASE,
)
_NOT_ABLE = r"(?:can(?:not|\s?not|t)|could\s?(?:not|nt)|impossible|not possible|no way|unable|not able|hard|difficult)"
_ADVERBS = r"(?:\s{1,3}(?:be|to|\w{2,9}ly|for certain|for sure)){0,4}\s{1,3}"
REFUSAL = re.compile(
    rf"\b{_NOT_ABLE}{_ADVERBS}(?:determined?|say|said|answer(?:ed)?|concluded?|decided?)\b"
    rf"|\b(?:we|i|one)\s{{1,3}}{_NOT_ABLE}{_ADVERBS}(?:tell|know|infer|certain|sure)\b"
    r"|\b(?:we|i)\s{1,3}(?:really\s{1,3})?(?:do\s?(?:not|nt))\s{1,3}(?:know\s{1,3}where|know\W*$|have\s{1,3}(?:any|enough))\b"
    r"|\bnot\s{1,3}(?:have\s{1,3})?(?:enough|sufficient|determinable)\b"
    r"|\bis\s{1,3}(?:therefore\s{1,3})?(?:unknown|uncertain|unclear|inconclusive)\b"
    r"|\bnone\s{1,3}of\s{1,3}(?:the|these|them|those)\b|^\W*(?:unknown|uncertain|undetermined)\b"
    r"|\bpossible\s{1,3}(?:answers|options|locations|candidates)\b",
    re.IGNORECASE,
)
"""Phrases that refuse to answer, even if an option is named.

The text must be plain and without apostrophes ("cant").
"""
NO_ANSWER = re.compile(
    rf"\b{_NOT_ABLE}{_ADVERBS}(?:tell|told|known?|inferr?e?d?|certain|sure)\b"
    r"|\b(?:we|i)\s{1,3}(?:really\s{1,3})?(?:do\s?(?:not|nt))\s{1,3}(?:know|have)\b"
    r"|\b(?:does|do|did|is|are|was)\s?(?:not|nt)\s{1,3}(?:actually\s{1,3}|really\s{1,3})?"
    r"(?:know|known|enough|provided|given|specified|stated|listed|among|certain|clear|sure)\b"
    r"|\bnot\s{1,3}(?:provided|given|listed|among|specified|known)\b"
    r"|\b(?:in|un)(?:known|clear|certain|decidable|specified|conclusive)\b"
    r"|^\W*(?:none|n/a|neither|nothing|unanswerable)\W*$|\bno\s{1,3}(?:answer|information|evidence|definite|clear|single)\b",
    re.IGNORECASE,
)
"""Phrases that refuse to answer if no option is named. If an option is named, these phrases only give a reason."""
EXCLUDED = "cannot be"
"""Start of a marked part that says which answer is wrong."""
_MOST_MARKS = 100
"""Maximum number of answer marks that are read, counted from the end of the reply."""


def normalised(text: str) -> str:
    """Return the normal form of an answer, without case, articles, tags, quotation marks and underscores.

    >>> normalised('The "Treasure_Chest".'), normalised("<answer>a t - shirt</answer>")
    ('treasure chest', 't shirt')
    """
    return _short_normalised(text) if len(text) <= SHORT else _normalised(text)


def _normalised(text: str) -> str:
    text = plain(text).casefold().replace("_", " ").replace("-", " ")
    words = " ".join(text.split()).strip(" .,;:!?()[]").split()
    first = next((n for n, word in enumerate(words) if word not in _ARTICLES), len(words) - 1)
    return " ".join(words[max(first, 0) :])


SHORT = 100
"""Maximum length of the texts whose normal forms are cached, in characters. Options of questions are that short."""
_short_normalised = lru_cache(maxsize=4096)(_normalised)


def plain(text: str) -> str:
    r"""Return a text without tags, emphasis, quotation marks, LaTeX and emojis. Line ends become ``\n``.

    >>> plain("**B**. It's in the `red_box`\r\n"), plain(r"\(\mathbf{B}\) ✅")
    ('B. Its in the red_box\n', 'B ')
    """
    bare = _LATEX.sub("", _QUOTES.sub("", _TAG.sub(" ", text.replace("\r\n", "\n").translate(_STOPS))))
    return bare if bare.isascii() else "".join(sign for sign in bare if unicodedata.category(sign) not in ("So", "Cf"))


def spoken(reply: str) -> str:
    """Return a reply without the reasoning in tags, and without the name of a role at the start.

    >>> spoken("<think>A? No.</think>B"), spoken("### Assistant: C"), spoken("<think>Let me see")
    ('B', ' C', '')
    """
    over = list(_THOUGHT_OVER.finditer(reply))
    said = _without_thoughts(reply[over[-1].end() :] if over else reply)
    role = _ROLE.match(said)
    return said[role.end() :] if role else said


def _without_thoughts(text: str) -> str:
    """Remove reasoning in tags. If a tag is never closed, remove the rest of the text."""
    said, place = "", 0
    for begin in _THOUGHT.finditer(text):
        if begin.start() < place:
            continue
        said += text[place : begin.start()]
        end = text.find(f"</{begin[1]}>", begin.end())
        if end < 0:
            return said
        place = end + len(begin[1]) + len("</>")
    return said + text[place:]


def contained(text: str) -> str | None:
    r"""Return the content of the last answer tag, box or JSON field; None if a text has no such part.

    >>> contained("<answer>B</answer>"), contained(r"So \boxed{\text{C}}."), contained('{"answer": "red_box"}')
    ('B', 'C', 'red_box')
    """
    place = content_place(text)
    if place is None:
        return None
    content = text[slice(*place)]
    return (_LATEX.sub("", content) if text.endswith(_BOX, 0, place[0]) else content).strip()


def content_place(text: str) -> tuple[int, int] | None:
    """Return the place of the content of the last answer tag, box or JSON field; None if there is no such part.

    >>> text = "Answer: <answer>B</answer>."
    >>> text[slice(*content_place(text))]
    'B'
    """
    found: list[tuple[int, int, int]] = []
    tags = list(_OPENING_TAG.finditer(text))
    if tags:
        start = tags[-1].end()
        closing = text.find("</", start)
        found.append((tags[-1].start(), start, closing if closing >= 0 else len(text)))
    box = text.rfind(_BOX)
    if box >= 0:
        start = box + len(_BOX)
        found.append((box, start, start + len(_braced(text[start:]))))
    field = None
    for field in _JSON_FIELD.finditer(text):  # noqa: B007 - only the last match is used
        pass
    if field:
        found.append((field.start(), *field.span(field.lastindex or 0)))
    return max(found)[1:] if found else None


def last_mark(text: str) -> int | None:
    """Return the end of the last phrase that marks an answer, such as "the answer is"; None if there is none.

    >>> last_mark("I think so. The answer is B.")
    25
    """
    return max((mark.end() for mark in _MARK.finditer(text)), default=None)


def _braced(text: str) -> str:
    """Return the text before the closing brace. The opening brace is directly before the text."""
    depth = 1
    for place, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if not depth:
            return text[:place]
    return text


def sentences(text: str) -> list[str]:
    r"""Return the sentences of a plain text. A label such as ``B.`` or a quoted question does not end a sentence.

    >>> sentences("He left. So it is B. crate\nThe end.")
    ['He left.', 'So it is B. crate', 'The end.']
    """
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


class Marked(NamedTuple):
    """A part of a text that is marked as the answer.

    Parameters
    ----------
    span
        The marked part, up to the end of the sentence.
    rest
        The whole text after the mark.
    """

    span: str
    rest: str


def marked_spans(text: str) -> Iterator[Marked]:
    r"""Yield the parts of a plain text that are marked as the answer, from last to first.

    A mark is a phrase such as "the answer is". The marked part is the rest of the sentence after the mark. Statements
    about other people ("one might say …") and counterfactual statements ("if she had …") are not marked.

    >>> text = "The answer is B.\nThe best option would be:\n\nC. crate\nThat leaves D as my answer."
    >>> [marked.span for marked in marked_spans(text)]
    ['That leaves D as my answer.', 'D as my answer.', 'C. crate', 'B.']
    """
    marks = [(mark, False) for mark in _MARK.finditer(text)]
    marks += [(mark, True) for mark in _TRAILING_MARK.finditer(text)]
    marks.sort(key=lambda one: (one[0].end(), one[1]), reverse=True)
    for mark, trailing in marks[:_MOST_MARKS]:
        before = _SENTENCE_BEGINS.split(text[max(0, mark.start() - 160) : mark.start()])[-1]
        if _OTHERS_SAY.search(before) or (_CONTRARY.search(before) and "would" in mark[0]):
            continue
        end = mark.end()
        span = _sentence_after(text, end)
        if _IMPOSSIBLE.search(text[max(0, end - 20) : end]) or _NOT_CHOSEN.search(before):
            span = f"{EXCLUDED} {span}"
        if trailing:
            space = " " if span[:1].isalnum() or span[:1] == "(" else ""
            span = f"{sentences(text[max(0, end - 200) : end])[-1]}{space}{span}"
        if span and not (trailing and _DOUBTED.search(span)):
            yield Marked(span, text[end:])


def second_thought(rest: str) -> str:
    """Return the text after a word that withdraws an answer, such as "wait", "actually" or "no".

    The result is empty if no such word occurs.

    >>> second_thought("A. Wait, she left. So B."), second_thought("A. She left.")
    (', she left. So B.', '')
    """
    found = _SECOND_THOUGHT.search(rest)
    return rest[found.end() :] if found else ""


def _sentence_after(text: str, place: int) -> str:
    """Return the rest of a sentence. If this rest is empty or ends with a colon, add the next line."""
    span = ""
    for line in text[place : place + 1200].split("\n"):
        if not line.strip():
            continue
        span = f"{span} {sentences(line)[0]}".strip()
        if not span.endswith(":"):
            break
    asked = _QUESTION.search(span)  # "the answer to the question Where is it? is option B"
    return span[asked.end() :].strip() if asked else span


def closing_sentences(text: str) -> list[list[str]]:
    r"""Return the paragraphs of a plain text as lists of sentences. Polite phrases at the end are left out.

    >>> closing_sentences("It is B.\n\nDoes this help? Let me know!")
    [['It is B.']]
    """
    paragraphs = [sentences(paragraph) for paragraph in re.split(r"\n[^\S\n]{0,9}\n", text)]
    while paragraphs:
        while paragraphs[-1] and _CLOSER.search(paragraphs[-1][-1][-300:]):
            paragraphs[-1].pop()
        if paragraphs[-1]:
            break
        paragraphs.pop()
    return paragraphs
