"""The options of a multiple-choice question, and how to find them in a part of a reply."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache

from social_world_model.benchmarks.replies import NO_ANSWER, REFUSAL, normalised

_LEADING_LETTER = re.compile(
    r"(?:the\s{1,3})?(?:(?:option|choice|letter|answer)\s{0,3})?\(?([A-Z])"
    r"(?:[).:,]{1,3}|\s{0,9}$|\s{1,3}[-–—(]|\s{1,3}(?:because|since|rather\s{1,3}than|instead\s{1,3}of)\b)",
    re.IGNORECASE,
)
_LETTER_BEFORE_WORDS = re.compile(r"(?:(?:option|choice|letter)\s{1,3})?([A-Za-z])\s{1,3}", re.IGNORECASE)
_LEADING_NUMBER = re.compile(r"(?:(?:option|choice|number)\s{0,3})?\(?(\d{1,2})(?:[).:]\s*|\s*$)", re.IGNORECASE)
_JOINED_LETTERS = re.compile(
    r"(?:both\s{1,3}|either\s{1,3})?\(?([A-Z])\)?\.?\s{0,3}(?:,|/|&|\bor\b|\band\b)\s{0,3}\(?(?!I\s{1,3}\w)([A-Z])(?!\w)",
    re.IGNORECASE,
)
_ALSO = re.compile(r"\s{0,3}(?:,\s{0,3})?(?:or|and|/|&)\s{0,3}(?:option\s{1,3})?\(?([A-Za-z])(?!\w)", re.IGNORECASE)
_LETTER_IN_PROSE = re.compile(
    r"\b(?:[Oo]ption|[Cc]hoice|[Ll]etter)(s)?\s{1,3}\(?([A-Z])(?!\w)|\(([A-Z]|(?<!\w\()[a-h])\)"
    r"|\b(?:[Ii]s|[Bb]e|[Ii]ts|[Ss]o|[Tt]herefore|[Tt]hus|say|think|with|but)[\s,:]{1,3}([A-HJ-Z])(?=[\s.!]{0,9}$)"
    r"|(?<!\w)([A-Z])\s{1,3}(?:is|must\s{1,3}be|seems)\s{1,3}(?:the\s{1,3}|my\s{1,3})?(?:correct|right|best|answer)\b"
)
_BEFORE_WORDS = " \t\n-–—:.,(="
_EDGES = " \t\n-–—•#:[]>"
_LETTER_OF_WORDS = re.compile(r"(?:^|[\s(])([A-Z])\s?[.:)=\-–]{1,2}\s{0,3}$")
_DENIED_AFTER = re.compile(
    r"[^\w\n]{0,3}(?:(?:is|was|are|can|does|seems?|would)\b\s{0,3}(?:be\s{1,3})?"
    r"(?:not|never|wrong|incorrect|ruled|impossible|unlikely|out|eliminated|excluded|false)|cannot|cant|isnt|wasnt|doesnt)\b",
    re.IGNORECASE,
)
_DENIED_BEFORE = re.compile(
    r"\b(?:not|cannot|cant|wont|(?:would|does|did|do|could)nt|never|nobody|no one|doubts?|neither|nor|isnt|wasnt|arent"
    r"|rather than|instead of|no longer|over|except|other than|besides"
    r"|out of|from|eliminat(?:e|ed|ing)|rul(?:e|ed|ing) out|exclud(?:e|ed|ing)|dismiss(?:ed)?)"
    r"(?:\W+(?:in|the|a|an|be|at|inside|actually|really|located|likely|necessarily|options?|choices?|it|is"
    r"|that|would|looks?|search(?:es)?|thinks?|believes?|expects?|go|for|[A-Z]))*\W*$",
    re.IGNORECASE,
)
_BEFORE_A_WORD = re.compile(
    r"(?:the|an?|in|on|inside|into|under|at|to|of|his|her|their|its|my|our|this|that|is|was|be|as|by|with|near|from|for"
    r"|or|and|n?or|not|answer|option|choice|pick(?:s|ed)?|chooses?|chose|selects?|thinks?|believes?|says?|said|search(?:es)?"
    r"|checks?|then|therefore|still|also|actually|really|probably|likely|n?either|both|so|called|named|than|towards?"
    r"|except|\w)",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"[,;(]?\s(?:because|since|even though|although|though|despite|whereas|while|when|as|after|before|which|where"
    r"|given that|based on|but|rather than|instead of)\b",
    re.IGNORECASE,
)
_CONCEDES = re.compile(r"\W{0,3}(?:even though|although|though|despite|whereas|while|but)\b", re.IGNORECASE)
_CONCEDED = re.compile(r"\b(?:although|though|while|whereas|despite)\b", re.IGNORECASE)
_FIRST_LOOK = re.compile(r"\W{0,3}(?:at first|initially)\b", re.IGNORECASE)
_THINKS = re.compile(r"\b(?:thinks?|believes?|expects?|assumes?|looks?|search(?:es)?)\b", re.IGNORECASE)
_REASON = re.compile(r"\b(?:because|since|as|although|though|while)\b", re.IGNORECASE)
_SPEAKER = re.compile(r"\W{0,3}(?:i|we|but|though|although|however)\b", re.IGNORECASE)


@lru_cache(maxsize=1024)
def _pattern_of(options: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern that finds the words of these options. Longer options come first."""
    wordings = "|".join(r"[\s_\-]{1,3}".join(map(re.escape, words.split())) for words in options)
    return re.compile(rf"(?<![\w\-])(?:{wordings or '(?!)'})(?![\w\-])", re.IGNORECASE)


@lru_cache(maxsize=256)
def options_of(choices: tuple[str, ...]) -> Options:
    """Return the matcher for the options of a question. Recent matchers are cached."""
    return Options(choices)


class Options:
    """Finds the options of one question in replies.

    Most methods return positions of options, from 0. An empty set means that no option is chosen, for example in a
    refusal. None means that the text says nothing about the options.

    Parameters
    ----------
    choices
        Texts of the options, in the order of their letters.
    """

    def __init__(self, choices: tuple[str, ...]) -> None:
        self.size = len(choices)
        self.by_words: dict[str, int] = {}
        for number, choice in enumerate(choices):
            self.by_words.setdefault(normalised(choice), number)
        self.by_words.pop("", None)
        self.numeric = any(character.isdigit() for character in self.by_words)

    @cached_property
    def _wordings(self) -> Sequence[tuple[str, str, str]]:
        """The normal forms of the options, each with its first and its last word. Longer options come first."""
        longest = sorted(self.by_words, key=len, reverse=True)
        return [(option, option.split()[0], option.split()[-1]) for option in longest]

    def words_in(self, text: str) -> re.Pattern[str]:
        """Return the pattern that finds the words of any option in a text.

        The pattern contains only options that can occur in the text, so that it is small and often cached.

        Parameters
        ----------
        text
            The text to search.
        """
        if not text.isascii():  # the pattern also matches letters whose lower case differs, such as the dotless i
            return _pattern_of(tuple([option for option, _, _ in self._wordings]))
        lower = text.lower()
        return _pattern_of(
            tuple([option for option, first, last in self._wordings if first in lower and last in lower])
        )

    def alone(self, line: str) -> frozenset[int] | None:
        """Return the option if the line consists of one option only. For any other line, the result is None."""
        words = self.by_words.get(normalised(line))
        if words is not None:
            return frozenset({words})
        line = line.strip(_EDGES)
        label = _LEADING_LETTER.match(line) or _LETTER_BEFORE_WORDS.match(line)
        if label:
            rest = normalised(line[label.end() :])
            if not rest or rest in self.by_words:
                return self.read(line)
        return None

    def numbered(self, line: str) -> frozenset[int] | None:
        """Return the option whose number a line gives. If the options contain digits, the result is always None."""
        label = None if self.numeric else _LEADING_NUMBER.match(line)
        if label is None:
            return None
        rest, number = normalised(line[label.end() :]), int(label[1]) - 1
        if not rest:
            return frozenset({number}) if 0 <= number < self.size else frozenset()
        return frozenset({number, self.by_words[rest]}) if rest in self.by_words else None

    def answered(self, span: str) -> frozenset[int] | None:
        """Return the options that a marked answer names.

        Unlike `read`, this method also accepts the numbers of options.
        """
        numbered = self.numbered(span.strip(_EDGES))
        return numbered if numbered is not None else self.read(span, marked=True)

    def read(self, span: str, marked: bool = False) -> frozenset[int] | None:
        """Return the options that a part of a reply names.

        The result is empty for a refusal, and None if the part names no option.

        Parameters
        ----------
        span
            Part of a reply, without markup.
        marked
            Whether the reply marks this part as its answer, for example with "the answer is".
        """
        span = span.strip(_EDGES)
        words = self.by_words.get(normalised(span))
        if words is not None:
            return frozenset({words})
        if self.words_in(span).match(span):
            return self.mentioned(span, marked)
        joined = _JOINED_LETTERS.match(span)
        if joined:
            return frozenset({self.number(joined[1]), self.number(joined[2])})
        label = _LEADING_LETTER.match(span) or self.bare_label(span)
        if label:
            return self.labelled(label, span[label.end() :])
        return self.mentioned(span, marked)

    def bare_label(self, span: str) -> re.Match[str] | None:
        """Return the letter before the words of an option, as in ``B red_box``. The article "a" is not a letter."""
        label = _LETTER_BEFORE_WORDS.match(span)
        if label is None or (label[0].strip() in ("a", "A") and self.number("a") != self.at(span[label.end() :])):
            return None
        return label if self.at(span[label.end() :]) is not None else None

    def labelled(self, label: re.Match[str], rest: str) -> frozenset[int] | None:
        """Return the options of a part that begins with the letter of an option.

        Parameters
        ----------
        label
            Match of a regular expression. The first group is the letter.
        rest
            Text after the letter.
        """
        if _DENIED_AFTER.match(rest):
            return None
        refusal = REFUSAL.search(rest[:80]) or NO_ANSWER.search(rest[:80])
        if refusal and not re.search(r"\w", rest[: refusal.start()]):
            who_speaks = ":" in label[0] and not re.search(r"\w", rest[refusal.end() :])  # "A: I don't know."
            if who_speaks or not _SPEAKER.match(rest):
                return frozenset()
        named = {self.number(label[1])}
        pattern = self.words_in(rest)
        words = pattern.match(rest.lstrip(_BEFORE_WORDS))
        if words:
            if _DENIED_AFTER.match(rest.lstrip(_BEFORE_WORDS), words.end()):
                return None
            named.add(self.by_words.get(normalised(words[0]), -1))
        also = _ALSO.match(rest)
        if also:
            named.add(self.number(also[1]))
        head = _HEAD.search(rest)
        # A reply that only repeats the list of options chooses none of them.
        for word in pattern.finditer(rest, 0, head.start() if head else len(rest)):
            before = rest[max(0, word.start() - 30) : word.start()]
            letter = _LETTER_OF_WORDS.search(before)
            if letter and not _DENIED_BEFORE.search(before):
                named.add(self.number(letter[1]))
        return frozenset(named) if all(number >= 0 for number in named) else frozenset()

    def at(self, rest: str) -> int | None:
        """Return the option whose words are at the start of a text."""
        found = self.words_in(rest).match(rest.lstrip(_BEFORE_WORDS))
        return None if found is None else self.by_words.get(normalised(found[0]))

    def number(self, letter: str) -> int:
        """Return the position of the option with this letter, or -1 if there is no such option."""
        number = ord(letter) - ord("A" if letter.isupper() else "a")
        # Without case, the pattern [A-Z] also matches the dotless i, which is not ASCII.
        return number if letter.isascii() and number < self.size else -1

    def mentioned(self, span: str, marked: bool) -> frozenset[int] | None:
        """Return the options that a sentence names without negating them.

        A doubt, as in "it is the crate, though we cannot be sure", does not change a marked answer. In any other
        sentence, a doubt counts as a refusal.

        Parameters
        ----------
        span
            A sentence of a reply, without markup.
        marked
            Whether the reply marks this sentence as its answer.
        """
        found = self.mentions(span)
        if not found:
            return frozenset() if REFUSAL.search(span) or NO_ANSWER.search(span) else None
        if _refused(span, found[0][0], marked):
            return frozenset()
        named = frozenset(number for _, number in found)
        if not marked and _FIRST_LOOK.match(span):
            return None
        head = _HEAD.search(span, found[0][0]) if len(named) > 1 else None
        if head and not _turns(span, found[0][0], head):
            # "in the blue_box because she did not see it in the red_box" commits to the first
            named = frozenset(number for place, number in found if place < head.start() or span[place - 1] == "(")
        return named if all(number >= 0 for number in named) else frozenset()

    def mentions(self, span: str) -> list[tuple[int, int]]:
        """Return an offset and a position for each option that a sentence names without negating it."""
        found: list[tuple[int, int]] = []
        for word in self.words_in(span).finditer(span):
            before = span[max(0, word.start() - 60) : word.start()]
            if _denied(before, span[word.end() : word.end() + 40]) or not _is_whole(word[0], before):
                continue
            found.append((word.start(), self.by_words.get(normalised(word[0]), -1)))
            letter = _LETTER_OF_WORDS.search(before)
            if letter:
                found.append((word.start(), self.number(letter[1])))
        for letter in _LETTER_IN_PROSE.finditer(span):
            before = span[max(0, letter.start() - 60) : letter.start()]
            if not _denied(before, span[letter.end() : letter.end() + 40]):
                sign = letter.lastindex or 0
                found.append((letter.start(sign), -1 if letter[1] else self.number(letter[sign])))
        return sorted(found)


def _is_whole(wording: str, before: str) -> bool:
    """Return whether a mention is the option itself.

    In "the cardboard box", the word "box" is not the option "box".

    Parameters
    ----------
    wording
        The words that match the option.
    before
        Text before these words.
    """
    if re.search(r"[\s_\-]", wording):
        return True
    word = re.search(r"(\w+)[^\S\n]{1,3}$", before)
    return word is None or bool(_BEFORE_A_WORD.fullmatch(word[1]))


def _refused(span: str, first: int, marked: bool) -> bool:
    """Return whether a sentence refuses to answer although it names an option at the offset `first`."""
    refusal = REFUSAL.search(span)
    if refusal is None:
        return False
    return refusal.start() < first or not (marked or _REASON.search(span, first, refusal.start()))


def _turns(span: str, first: int, head: re.Match[str]) -> bool:
    """Return whether a sentence answers with the second option that it names. There are two cases.

    The first case: the sentence concedes the first option, as in "while it is in the red_box, …". The second case: only
    the second option is a belief or is called correct, as in "… although Anne thinks …" and "… but B is correct".
    """
    if _CONCEDED.search(span, 0, first):
        return True
    after = span[head.end() :]
    against = _CONCEDES.match(head[0]) and not _THINKS.search(span[: head.start()])
    return bool(against and (_THINKS.search(after) or _LETTER_IN_PROSE.search(after)))


def _denied(before: str, after: str) -> bool:
    """Return whether the text around a mention negates it."""
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.match(after))
