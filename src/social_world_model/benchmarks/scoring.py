"""Read and score replies: the part of a benchmark that turns the reply of a model into a score."""

from __future__ import annotations

from collections.abc import Sequence

from social_world_model.benchmarks.counting import Assessment, Score
from social_world_model.benchmarks.extraction import (
    ANSWER_RULES,
    BENCHMARK_RULE,
    OPTION_RULES,
    TEXT_RULES,
    VERBATIM_RULES,
    Extraction,
    ReplyText,
    Rule,
    extracted,
    normalised,
    same_answer,
)
from social_world_model.choices import Scorer
from social_world_model.contracts import Item
from social_world_model.errors import DatasetError


class ReplyScoring:
    """Extract the answer from a reply and score it. Every `Benchmark` inherits these methods and may override them.

    There are four scorers. `official` follows the code of the benchmark's authors. `lenient` uses the extraction rules
    of this package. `paper` follows the software behind arXiv 2509.00559, and `strict` accepts only the bare answer. If
    the authors published no code that reads replies, `official` and `lenient` are the same scorer.
    """

    def rules(self, item: Item) -> Sequence[Rule]:
        """Return the extraction rules for an item, in the order in which they are tried.

        The default rules read an option if the item has options, and a short answer otherwise.
        """
        return OPTION_RULES if item.choices else ANSWER_RULES

    def people(self, item: Item) -> tuple[str, ...]:
        """Return the people that a reply may name.

        Only the extraction rules for names use this result. By default, the result is empty.
        """
        return ()

    def extract(self, reply: str, item: Item) -> str | None:
        """Extract the answer that a reply commits to.

        By default, the answer is one of the options. If the item has no options, the answer is the text of the final
        answer.

        Parameters
        ----------
        reply
            Text of the reply.
        item
            The question.

        Returns
        -------
        str or None
            The answer, or None if the reply commits to no answer.
        """
        return self._by_rules(reply, item).answer

    def extraction(self, reply: str, item: Item) -> Extraction:
        """Return the extracted answer and the name of the rule that read it.

        If a subclass overrides `extract`, the name of the rule is ``benchmark``.

        Parameters
        ----------
        reply
            Text of the reply.
        item
            The question.
        """
        if type(self).extract is ReplyScoring.extract:
            return self._by_rules(reply, item)
        return Extraction(self.extract(reply, item), BENCHMARK_RULE)

    def _by_rules(self, reply: str, item: Item) -> Extraction:
        return extracted(self.rules(item), ReplyText(reply, choices=tuple(item.choices), people=self.people(item)))

    def score(self, answer: str, item: Item) -> Score:
        """Score an extracted answer. By default, the answer must equal the gold answer.

        Parameters
        ----------
        answer
            The extracted answer.
        item
            The question, with its gold answer.
        """
        return Score(correct=item.correct_answer is not None and same_answer(answer, item.correct_answer))

    def score_strictly(self, reply: str, item: Item) -> Score:
        """Score a reply with the strict scorer: the whole reply must be the answer, or the letter of its option.

        Parameters
        ----------
        reply
            Text of the reply. The scorer does not extract an answer from the text.
        item
            The question, with its gold answer.
        """
        answer = _bare_option(reply, item.choices) if item.choices else reply
        return Score(correct=False) if answer is None else self.score(answer, item)

    def score_as_paper(self, reply: str, item: Item) -> Score:
        """Score a reply with the scorer of arXiv 2509.00559. The default is the official scorer.

        Parameters
        ----------
        reply
            Text of the reply.
        item
            The question, with its gold answer.
        """
        answer = self.extract(reply, item)
        return Score(correct=False) if answer is None else self.score(answer, item)

    def assess_as_authors(self, reply: str, item: Item) -> Assessment:
        """Read and score a reply in the same way as the authors' code. The default is the lenient scorer.

        Override this method if the authors published code that reads replies. Every reply then counts as an answer.

        Parameters
        ----------
        reply
            Text of the reply.
        item
            The question, with its gold answer.
        """
        return self._assess_leniently(reply, item)

    @property
    def has_authors_reader(self) -> bool:
        """Whether the scorer `official` reads replies in another way than the scorer `lenient`."""
        return type(self).assess_as_authors is not ReplyScoring.assess_as_authors

    def assess(self, reply: str, item: Item, scorer: Scorer = "official") -> Assessment:
        """Extract the answer from a reply and score it.

        Parameters
        ----------
        reply
            Text of the reply.
        item
            The question, with its gold answer.
        scorer
            Name of the scorer. With `paper` and `strict`, every reply counts as an answer.
        """
        if scorer == "official":
            return self.assess_as_authors(reply, item)
        if scorer == "lenient":
            return self._assess_leniently(reply, item)
        score = (self.score_as_paper if scorer == "paper" else self.score_strictly)(reply, item)
        found = extracted(VERBATIM_RULES if item.answer_form == "text" else TEXT_RULES, ReplyText(reply))
        return Assessment(answer=found.answer or "", score=score, extracted_by=found.extracted_by)

    def _assess_leniently(self, reply: str, item: Item) -> Assessment:
        found = self.extraction(reply, item)
        score = Score(correct=None) if found.answer is None else self.score(found.answer, item)
        return Assessment(answer=found.answer, score=score, extracted_by=found.extracted_by)

    def holds_fact(self, reply: str, item: Item) -> bool:
        """Return whether a reply gives the fact of a knowledge question.

        If the result is True, the agent who replied knows the fact.

        Parameters
        ----------
        reply
            Answer of an agent to the question about the fact.
        item
            The knowledge question. Its field `fact_answer` has the fact.

        Raises
        ------
        DatasetError
            If the data set does not state the fact.
        """
        if not item.fields.get("fact_answer"):
            raise DatasetError(
                f"expected fact_answer to contain the answer to {item.fact or item.index!r}, got nothing"
            )
        return same_answer(reply, str(item.fields["fact_answer"]))


def _bare_option(reply: str, choices: Sequence[str]) -> str | None:
    """Return the option if the whole reply is the letter or the text of this option."""
    said = normalised(reply)
    return next((text for n, text in enumerate(choices) if said in (chr(ord("a") + n), normalised(text))), None)
