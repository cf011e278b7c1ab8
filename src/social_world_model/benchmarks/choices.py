"""Multiple choice: split a list of options, and read the option that a reply commits to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from social_world_model.benchmarks.options import Options, options_of
from social_world_model.benchmarks.replies import (
    closing_sentences,
    marked_spans,
    normalised,
    plain,
    second_thought,
)
from social_world_model.benchmarks.rules import ReplyText, Rule, extracted

_HEADING = re.compile(r"\s*(?:the\s{1,3})?(?:answer\s{1,3})?(?:choices|options)\s*(?:are\s*)?:\s*", re.IGNORECASE)
_FIRST_LABEL = re.compile(r"(?:[-*•]\s{1,9})?(\()?([Aa1])([.):])\s+")
_LABEL_LIKE = re.compile(r"\(?\w{1,2}[.):]\s")
_BULLET = re.compile(r"^[-*•]\s{1,9}")
_BARE_OPTION = re.compile(r"\(?([A-Za-z])[.):]{1,2}\s{1,3}([^\n]{1,200})")
_SOME_LETTER = re.compile(r"(?<!\w)([A-Z])(?!\w)(?!\s[a-z])")
_MISTAKEN = re.compile(r"\b(?:wrong|incorrect|mistaken?|not right)\b", re.IGNORECASE)
_FINISHED = re.compile(r"[.!?)\]]$")
_BOLD_LETTER = re.compile(r"\*\*\(?([A-Z])\)?\*\*")
_NARRATES = re.compile(
    r"\b(?:mov(?:e[sd]?|ing)|puts?|placed|takes|took|transferred|relocated|sees?|saw|seen|witness(?:ed)?|told|claimed|left)\b",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"\b(?:thinks?|believes?|looks?|search(?:es)?|expects?|assumes?|answer|option|still|(?:is|remains)\s{1,3}(?:\w{3,9}ly\s{1,3})?"
    r"(?:in|at|located))\b",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\W{0,3}(?:\d{1,2}[.)]\s{0,3})?(?:therefore|thus|so|hence|in (?:summary|conclusion)|overall|consequently"
    r"|ultimately|finally|based on|putting|we can (?:conclude|infer|say))\b",
    re.IGNORECASE,
)


def split_choices(text: str) -> tuple[str, ...]:
    r"""Return the options of a list, in order. If the layout is unknown, the result is empty.

    Options may have labels such as ``A.``, ``a)``, ``(a)``, ``A:`` and ``1.``. Commas, semicolons, line ends or spaces
    separate labelled options. Options without labels must be on separate lines.

    >>> split_choices("A. red_box, B. box, the blue one"), split_choices("1. x 2. y"), split_choices("x\ny")
    (('red_box', 'box, the blue one'), ('x', 'y'), ('x', 'y'))
    """
    text = text.replace("**", "")
    heading = _HEADING.match(text)
    text = text[heading.end() if heading else 0 :].strip()
    first = _FIRST_LABEL.match(text)
    if first:
        return _labelled(text, first)
    lines = [_BULLET.sub("", line.strip()).strip() for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or any(_LABEL_LIKE.match(line) for line in lines):
        return ()
    return tuple(lines)


def _labelled(text: str, first: re.Match[str]) -> tuple[str, ...]:
    """Return the options after consecutive labels. All labels must have the style of the first label."""
    opening, sign, closing = re.escape(first[1] or ""), first[2], re.escape(first[3])
    starts, ends = [first.end()], []
    while True:
        following = str(int(sign) + len(starts)) if sign.isdigit() else chr(ord(sign) + len(starts))
        label = rf"(?:[-*•]\s{{1,9}})?{opening}{re.escape(following)}{closing}\s"
        # A label after a comma or line end is more certain than a label after a space, which may be part of an option.
        sure, unsure = re.compile(rf"[,;\n]\s{{0,9}}{label}"), re.compile(rf"\s{label}")
        found = sure.search(text, starts[-1]) or unsure.search(text, starts[-1])
        if found is None:
            break
        ends.append(found.start())
        starts.append(found.end())
    ends.append(len(text))
    options = [text[start:end].strip().rstrip(",;").strip() for start, end in zip(starts, ends, strict=True)]
    return tuple(options) if len(options) > 1 and all(options) else ()


def chosen(reply: str, choices: Sequence[str]) -> str | None:
    """Return the option that a reply commits to. A reply may give the letter or the words of the option.

    The rules of `OPTION_RULES` are tried in order. A reply that names several options, or that says "cannot be
    determined", commits to no option. The same is true if a letter and the words after this letter name different
    options. There is one exception: if the whole reply is a letter and the words of another option, the letter counts.

    Parameters
    ----------
    reply
        Text of the reply.
    choices
        Texts of the options, in the order of their letters.

    Returns
    -------
    str or None
        Text of the option, as in `choices`. If the reply commits to no option, the result is None.

    >>> [chosen(text, ["red_box", "crate"]) for text in ("B", "(b)", "B. crate", "the red box", "a box")]
    ['crate', 'crate', 'crate', 'red_box', None]
    >>> chosen("It is not in the red_box. So Anne thinks it is in the crate.", ["red_box", "crate"])
    'crate'
    """
    return extracted(OPTION_RULES, ReplyText(reply, choices=tuple(choices))).answer


def _texts(reply: ReplyText, numbers: Iterable[int]) -> Sequence[str]:
    """Return the options at some positions. The result is empty if a position is outside the list."""
    places = sorted(numbers)
    return [reply.choices[place] for place in places] if all(place >= 0 for place in places) else []


def _answer_field(reply: ReplyText) -> Sequence[str] | None:
    if reply.answer_field is None:
        return None
    return _texts(reply, options_of(reply.choices).answered(plain(reply.answer_field)) or ())


def _label_and_words(reply: ReplyText) -> Sequence[str] | None:
    bare = _BARE_OPTION.fullmatch(reply.spoken.strip())
    if bare is None or normalised(bare[2]) not in options_of(reply.choices).by_words:
        return None
    number = ord(bare[1].casefold()) - ord("a")
    return [reply.choices[number]] if number < len(reply.choices) else []


def _marked_answer(reply: ReplyText) -> Sequence[str] | None:
    options = options_of(reply.choices)
    for marked in marked_spans(_text(reply)):
        named = options.answered(marked.span)
        if named is not None:
            return _texts(reply, named) if _stands(options, named, second_thought(marked.rest)) else []
    return None


def _stands(options: Options, named: frozenset[int], thought: str) -> bool:
    """Return whether a marked answer stays valid if "wait" or a similar word, and the text `thought`, follow."""
    if not thought or _stated_last(options, thought) == named:
        return True
    words = {options.by_words.get(normalised(word[0])) for word in options.words_in(thought).finditer(thought)}
    letters = {options.number(letter[1]) for letter in _SOME_LETTER.finditer(thought)} - {-1}
    return words | letters <= named and not _MISTAKEN.search(thought[:60])


def _number(reply: ReplyText) -> Sequence[str] | None:
    lines = _lines(reply)
    named = options_of(reply.choices).numbered(lines[0].strip()) if len(lines) == 1 else None
    return None if named is None else _texts(reply, named)


def _option_line(reply: ReplyText) -> Sequence[str] | None:
    alone = [options_of(reply.choices).alone(line) for line in _lines(reply)]
    given = [named for named in alone if named is not None]
    if len(set(given)) == 1 or (given and alone[0] is not None and alone[1] is None):
        return _texts(reply, given[0])
    return None


def _last_paragraph(reply: ReplyText) -> Sequence[str] | None:
    named = _of_paragraph(options_of(reply.choices), _paragraphs(reply))
    return None if named is None else _texts(reply, named)


def _last_sentence(reply: ReplyText) -> Sequence[str] | None:
    return _of_sentences(reply, _last(_paragraphs(reply)))


def _closing_statement(reply: ReplyText) -> Sequence[str] | None:
    return _of_sentences(reply, _stating(_paragraphs(reply)))


def _conclusion(reply: ReplyText) -> Sequence[str] | None:
    return _of_sentences(reply, _concluding(_paragraphs(reply)))


def _of_sentences(reply: ReplyText, sentences: Sequence[str]) -> Sequence[str] | None:
    named = _first_named(options_of(reply.choices), sentences)
    return None if named is None else _texts(reply, named)


def _text(reply: ReplyText) -> str:
    """Return the reply without markup. Letters in bold are put in brackets."""
    return plain(_BOLD_LETTER.sub(r"(\1)", reply.spoken))


def _lines(reply: ReplyText) -> list[str]:
    return [line for line in _text(reply).split("\n") if line.strip()]


@lru_cache(maxsize=8)
def _paragraphs(reply: ReplyText) -> Sequence[Sequence[str]]:
    """Return the paragraphs of a reply, as sentences. Lines that only repeat an option are left out."""
    lines, options = _lines(reply), options_of(reply.choices)
    other = [line for line in lines if options.alone(line) is None]
    return closing_sentences(_text(reply) if len(other) == len(lines) else "\n".join(other))


def _stated_last(options: Options, text: str) -> frozenset[int]:
    """Return the options in the last statement of a text that names an option.

    Only the last four rules of `OPTION_RULES` are used.
    """
    paragraphs = closing_sentences(text)
    named = _of_paragraph(options, paragraphs)
    if named is None:
        named = _first_named(options, [*_last(paragraphs), *_stating(paragraphs), *_concluding(paragraphs)])
    return named or frozenset()


def _of_paragraph(options: Options, paragraphs: Sequence[Sequence[str]]) -> frozenset[int] | None:
    """Return the only option that the last paragraph names.

    If this paragraph names several options, or if the reply breaks off, the result is None.
    """
    if not paragraphs:
        return None
    read = [options.read(sentence) for sentence in paragraphs[-1]]
    named = {one for one in read if one is not None}
    whole = bool(read[0] or read[-1] or _FINISHED.search(paragraphs[-1][-1]))
    return named.pop() if whole and len(named) == 1 and len(next(iter(named))) == 1 else None


def _first_named(options: Options, sentences: Iterable[str]) -> frozenset[int] | None:
    """Return the options of the first sentence that names an option or refuses.

    Sentences that retell the story are skipped.
    """
    for sentence in sentences:
        if _NARRATES.search(sentence) and not (_STATES.search(sentence) or _CONCLUDES.match(sentence)):
            continue
        named = options.read(sentence)
        if named is not None:
            return named
    return None


def _last(paragraphs: Sequence[Sequence[str]]) -> Sequence[str]:
    return paragraphs[-1][-1:] if paragraphs else []


def _stating(paragraphs: Sequence[Sequence[str]]) -> Sequence[str]:
    """Return the statements of the last paragraph, from last to first. The result is empty if the reply breaks off."""
    if not _is_finished(paragraphs):
        return []
    return [paragraphs[-1][0], *filter(_STATES.search, paragraphs[-1][1:])][::-1]


def _concluding(paragraphs: Sequence[Sequence[str]]) -> Sequence[str]:
    """Return the sentences that draw a conclusion, from last to first. The result is empty if the reply breaks off."""
    if not _is_finished(paragraphs):
        return []
    every = [sentence for paragraph in paragraphs for sentence in paragraph]
    return list(filter(_CONCLUDES.match, reversed(every)))


def _is_finished(paragraphs: Sequence[Sequence[str]]) -> bool:
    return bool(paragraphs and _FINISHED.search(paragraphs[-1][-1]))


OPTION_RULES = (
    Rule("answer_field", "the option in the last answer tag, `\\boxed{…}` or JSON field", _answer_field),
    Rule(
        "label_and_words",
        "a reply that consists of a letter and the words of an option; the letter decides",
        _label_and_words,
    ),
    Rule("marked_answer", "the option after the last “the answer is” or a similar phrase", _marked_answer),
    Rule("number", "a reply of one line that gives the number of an option", _number),
    Rule("option_line", "a line that contains an option and nothing else", _option_line),
    Rule("last_paragraph", "the only option that the last paragraph names", _last_paragraph),
    Rule("last_sentence", "the option that the last sentence names", _last_sentence),
    Rule("closing_statement", "in the last paragraph, the last statement that names an option", _closing_statement),
    Rule("conclusion", "the last sentence that begins with “so”, “therefore” or a similar word", _conclusion),
)
"""Rules that read an option, in the order in which they are tried. Sentences that only retell the story are skipped."""
