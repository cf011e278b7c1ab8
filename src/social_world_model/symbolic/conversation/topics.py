"""Find the lines of a conversation that contain the answer to a question.

A line is a clear match if it contains most of the content words of the question, and tells something. If there is no
clear match, the lines with the highest BM25 scores are used together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from social_world_model.symbolic.conversation.hearing import Hearing, without_cue
from social_world_model.symbolic.conversation.patterns import any_of
from social_world_model.symbolic.conversation.statements import asks_for_words, details, wanted_details
from social_world_model.symbolic.conversation.words import LIGHT_WORDS, words

LINES = 10
"""Number of lines that are assumed to contain the answer to a question if no line is a clear match."""
CERTAIN = 0.75
"""A clear match is close if it contains at least this share of the weight of the question words."""
BROAD = 2
"""Maximum number of clear matches of a question with only one content word, for a close match."""
CLEAR = 0.6
"""A line is a clear match if it contains at least this share of the weight of the question words."""
REPEATED = 0.6
"""A line repeats another line if it contains at least this share of the weight of the words that the other line adds to
the question."""

_NUMBER = re.compile(r"(?:line|step|message) (?:no\.? |number )?(?P<number>\d{1,9})\W*", re.IGNORECASE)

_OPEN = any_of(r"who|whom|whose|what|which|why|how")


@dataclass(frozen=True)
class Topic:
    """A question, and the lines of a conversation that are about it.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    question
        Question about a fact, or words that describe the fact.
    chain
        People whose nested belief the question asks about; see `Hearing.places`.
    """

    hearing: Hearing
    question: str
    chain: tuple[str, ...] = ()

    @cached_property
    def query(self) -> frozenset[str]:
        """Content words of the question, without names; if there are no other words, the names."""
        question = without_cue(self.question)
        content = frozenset(self.hearing.query(question) or words(question))
        return content - LIGHT_WORDS or content

    @cached_property
    def places(self) -> range:
        """Positions of the utterances at the time that the question names."""
        return self.hearing.places(self.question, self.chain)

    @cached_property
    def scores(self) -> Sequence[float]:
        """BM25 score of each utterance."""
        return self.hearing.index.scores(self.query)

    @cached_property
    def coverage(self) -> float:
        """Largest share (0 to 1) of the question's words in one clear match; 0 if there is none."""
        return 1.0 if self.numbered is not None else max(map(self.share, self.clear), default=0.0)

    @cached_property
    def is_close(self) -> bool:
        """Whether a clear match has nearly all words of the question, and the kind of detail that it asks for.

        A single word in several lines is too broad.
        """
        if len(self.query) == 1 and len(self.clear) > BROAD:
            return False
        return self.coverage >= CERTAIN and all(map(self.has_detail, self.clear))

    @property
    def is_open(self) -> bool:
        """Whether the question asks for a word that no detail shows, such as the name in "who the cake is for"."""
        return _OPEN.search(self.question) is not None and not wanted_details(self.question)

    @cached_property
    def numbered(self) -> int | None:
        """Position of the line that the question names by its number ("line 3"); None if there is none."""
        named = _NUMBER.fullmatch(self.question.strip())
        numbers = list(self.hearing.numbers)
        return numbers.index(int(named["number"])) if named and int(named["number"]) in numbers else None

    @cached_property
    def clear(self) -> tuple[int, ...]:
        """Positions of the lines that are clear matches.

        Lines with the kind of detail that the question asks for, such as a time, come before lines without. Without
        such details, lines that match alone come before lines that match only together with the question that they
        answer.
        """
        if self.numbered is not None:
            return (self.numbered,)
        alone = [place for place in self._told if self._is_clear(self.hearing.told[place])]
        answers = [place for place in self._told if self._is_clear(self._bag(place))]
        if wanted_details(self.question) and (detailed := [place for place in answers if self.has_detail(place)]):
            return tuple(detailed)
        return tuple(alone or answers)

    @cached_property
    def nearest(self) -> tuple[int, ...]:
        """Positions of the lines with the highest scores, best first."""
        there = (place for place in self.places if self.scores[place] > 0)
        return tuple(sorted(there, key=lambda place: -self.scores[place])[:LINES])

    @property
    def best(self) -> int | None:
        """Position of the best line; None if no line shares a word with the question."""
        return self.best_of(self.places)

    def best_of(self, places: Collection[int]) -> int | None:
        """Return the best of the given lines; None if no line shares a word with the question.

        The order is: clear matches, other statements with the kind of detail that the question asks for, statements,
        questions.
        """
        answers = [place for place in self._told if self.share(place)]
        there = [place for place in self.clear or answers or self.nearest if place in places]
        return max(
            there, key=lambda place: (self.has_detail(place), self.share(place), self.scores[place]), default=None
        )

    @property
    def related(self) -> tuple[int, ...]:
        """Positions of the lines about the topic: the clear matches, or else the lines that share a word with it."""
        return self.clear or tuple(sorted(self.nearest))

    def has_detail(self, place: int) -> bool:
        """Tell whether a line contains every kind of detail that the question asks for."""
        text = self.hearing.said[place].text
        return all(details(text, detail) for detail in wanted_details(self.question))

    def share_of(self, heard: Collection[int]) -> float:
        """Return the share (0 to 1) of the answer in the given lines, weighted by BM25 score; 0 without any match."""
        total = sum(self.scores[place] for place in self.nearest)
        return sum(self.scores[place] for place in self.nearest if place in heard) / total if total else 0.0

    def repeats(self, places: Iterable[int]) -> tuple[int, ...]:
        """Return the positions of the given lines that repeat the answer, as stated in a clear match.

        The words of the question itself do not count. A statement, as in "that it rains", is not repeated in other
        words.
        """
        if not asks_for_words(self.question):
            return ()
        index = self.hearing.index
        answers = [self._answer(place) for place in self.clear]
        return tuple(
            place
            for place in places
            if any(answer and index.weight_of(answer, [place]) >= REPEATED * index.weight(answer) for answer in answers)
        )

    def share(self, place: int) -> float:
        """Return the share (0 to 1) of the question's words in one line and in the question that it may answer."""
        return self._share(self._bag(place))

    @cached_property
    def _told(self) -> list[int]:
        return [place for place in self.places if self.hearing.told[place]]

    def _answer(self, place: int) -> set[str]:
        """Return the words that a clear match adds to the question: the details asked for, or else all words."""
        text = self.hearing.said[place].text
        asked = [found for detail in wanted_details(self.question) for found in details(text, detail)]
        added = set(self.hearing.query(*asked)) - self.query
        return added or set(self.hearing.query(text)) - self.query

    def _bag(self, place: int) -> frozenset[str]:
        return self.hearing.told[place] | self.hearing.asked[place]

    def _share(self, bag: Collection[str]) -> float:
        index = self.hearing.index
        whole = index.weight(self.query)
        return index.weight(self.query & set(bag)) / whole if whole else 0.0

    def _is_clear(self, bag: Collection[str]) -> bool:
        common = len(self.query & set(bag))
        return common >= min(2, len(self.query)) > 0 and self._share(bag) >= CLEAR
