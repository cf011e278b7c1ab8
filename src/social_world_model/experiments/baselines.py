"""Trivial baselines: rules that answer without theory of mind. Baselines are scored like runs.

The options, the answer form and the domain of an item decide which baselines apply to the item.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from social_world_model.benchmarks import Benchmark
from social_world_model.benchmarks.counting import ItemResult
from social_world_model.benchmarks.extraction import normalised
from social_world_model.benchmarks.options import options_of
from social_world_model.choices import Scorer
from social_world_model.contracts import BadRow, Item
from social_world_model.experiments.item_results import bad_row_result
from social_world_model.generation_utils.query_sections import letter
from social_world_model.symbolic.story.clauses import Clause, Contained, Move, key
from social_world_model.symbolic.story.language import numbered_sentences, read_clause
from social_world_model.variants.conversations import cast_of, spellings, there_throughout

NARRATIVES_KEPT = 256
NOBODY = "nobody"

_DENIES = re.compile(
    r"\b(?:not|never|no|nobody|nothing|none|neither|cannot|unaware|unsure|unknown|without)\b|n['’]t\b", re.IGNORECASE
)
_WORDS = re.compile(r"[^\W_]+")
_ASKS_WHERE = re.compile(r"\s*where\b", re.IGNORECASE)
_STOPS = ".!?,"
_NO_STOPS = str.maketrans("", "", _STOPS)
_ABOUT_NOTHING = frozenset(
    _WORDS.findall(
        "a an at beginning did do does expects for in is it look of on really search searches that the think thinks "
        "was will would"
    )
)
"""Words of a question about a place that do not name the object."""


@dataclass(frozen=True)
class Baseline:
    """A trivial baseline.

    Parameters
    ----------
    name
        Name of the baseline in reports.
    rule
        Description of the rule in words.
    reply
        Function that returns the answer to an item, or None if the rule does not apply to the item.
    """

    name: str
    rule: str
    reply: Callable[[Item], str | None]


def _first(item: Item) -> str | None:
    if item.choices:
        return item.choices[0]
    return _of_form(item, yes=True, names=_everybody)


def _denial(item: Item) -> str | None:
    if item.choices:
        return _choice(item.choices, denies=True)
    return _of_form(item, yes=False, names=lambda _: ())


def _affirmation(item: Item) -> str | None:
    if item.choices:
        return _choice(item.choices, denies=False)
    return _of_form(item, yes=True, names=_everybody)


def _unlike(item: Item) -> str | None:
    """Choose the option with the smallest share of words that occur in the question."""
    asked = set(_WORDS.findall(item.question.casefold()))
    return min(item.choices, key=lambda choice: _share(choice, asked)) if item.choices else None


def _share(text: str, words: Collection[str]) -> float:
    own = _words_of(text)
    return sum(word in words for word in own) / len(own) if own else 0.0


@lru_cache(maxsize=4096)
def _words_of(option: str) -> Sequence[str]:
    return _WORDS.findall(option.casefold())


def _longest(item: Item) -> str | None:
    return max(item.choices, key=len) if item.choices else None


def _present(item: Item) -> str | None:
    """Assume that agents know everything if they are present at every utterance, and nothing otherwise."""
    asked = bool(item.belief_chain and item.choices) or item.answer_form == "names" or _asks_if_known(item)
    if item.domain != "conversation" or not asked:
        return None
    there = there_throughout(item.narrative)
    if there is None:
        return None
    knows = all(not spellings(name, cast_of(item.narrative)).isdisjoint(there) for name in item.belief_chain)
    if item.choices:
        return _choice(item.choices, denies=not knows)
    return _of_form(item, yes=knows, names=lambda one: [name for name in _everybody(one) if name in there])


def _real(item: Item) -> str | None:
    """Answer with the final location of the object, even if the question is about a belief."""
    place = _final_place(item.narrative, item.question) if item.domain == "story" else None
    if place is None or not item.choices:
        return place
    number = options_of(item.choices).by_words.get(normalised(place))
    return None if number is None else item.choices[number]


def _all_sent(item: Item) -> str | None:
    return item.narrative if item.answer_form == "text" else None


def _nothing_sent(item: Item) -> str | None:
    return "" if item.answer_form == "text" else None


BASELINES: Sequence[Baseline] = (
    Baseline(
        "first option or yes",
        "Choose the first option, answer yes, or name everybody who speaks, arrives or leaves.",
        _first,
    ),
    Baseline(
        "denial or no",
        "Choose the first option with a negation (if none, the first option), answer no, or name nobody.",
        _denial,
    ),
    Baseline(
        "affirmation or yes",
        "Choose the first option without a negation (if none, the first option), answer yes, or name everybody.",
        _affirmation,
    ),
    Baseline(
        "unlike the question", "Choose the option with the smallest share of words that occur in the question.", _unlike
    ),
    Baseline("longest option", "Choose the option with the most characters.", _longest),
    Baseline(
        "present throughout",
        "Assume that agents who are present at every utterance know everything, and that others know nothing.",
        _present,
    ),
    Baseline(
        "real place", "Answer with the final location of the object, regardless of the agent in the question.", _real
    ),
    Baseline("everything sent", "Answer with the whole narrative.", _all_sent),
    Baseline("nothing sent", "Answer with an empty text.", _nothing_sent),
)
"""Baselines, in the order in which reports list them."""


def trivial_results(
    benchmark: Benchmark, rows: Iterable[Item | BadRow], scorer: Scorer = "official"
) -> dict[str, list[ItemResult]]:
    """Answer questions with every baseline, and score the answers.

    Parameters
    ----------
    benchmark
        Benchmark, configured with the options of the run.
    rows
        Rows that the run counts. An unusable row counts as an error for every baseline.
    scorer
        Name of the scorer.

    Returns
    -------
    dict
        Map from the name of a baseline to item results, in the order of the rows. A question has no item result if the
        baseline does not apply to the question. A baseline is missing if it applies to no question, or if an earlier
        baseline gives the same answers.
    """
    return by_baseline(results_by_baseline(benchmark, row, scorer) for row in rows)


@dataclass
class TrivialResults:
    """Cache of baseline results. Each question is answered once, even if several runs contain the question.

    Parameters
    ----------
    known
        Cached item results. The first key is a hash of the question and the scoring settings. The second key is the
        name of the baseline.
    """

    known: dict[bytes, Mapping[str, ItemResult]] = field(default_factory=dict)

    def of(self, benchmark: Benchmark, row: Item | BadRow, scorer: Scorer) -> Mapping[str, ItemResult]:
        """Return the baseline results of a row. If the results are not in the cache, compute the results.

        The key in the cache is the content of the row, because another run may use the same index for another question.

        Parameters
        ----------
        benchmark
            Benchmark, configured with the options of the run.
        row
            Item, or a row that could not be used.
        scorer
            Name of the scorer.
        """
        options = {name: benchmark.option(name) for name in benchmark.options}
        content = repr((benchmark.name, options, scorer, vars(row)))
        key = blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if key not in self.known:
            self.known[key] = results_by_baseline(benchmark, row, scorer)
        return self.known[key]


def results_by_baseline(benchmark: Benchmark, row: Item | BadRow, scorer: Scorer) -> dict[str, ItemResult]:
    """Return the item results of the baselines for one row, by name of the baseline.

    Parameters
    ----------
    benchmark
        Benchmark, configured with the options of the run.
    row
        Item, or a row that could not be used. An unusable row counts as an error for every baseline.
    scorer
        Name of the scorer.
    """
    if isinstance(row, BadRow):
        return {baseline.name: bad_row_result(row.index) for baseline in BASELINES}
    said = {baseline.name: reply for baseline in BASELINES if (reply := baseline.reply(row)) is not None}
    scored = {reply: _score_baseline(benchmark, row, reply, scorer) for reply in dict.fromkeys(said.values())}
    return {name: scored[reply] for name, reply in said.items()}


def by_baseline(rows: Iterable[Mapping[str, ItemResult]]) -> dict[str, list[ItemResult]]:
    """Combine the baseline results of many rows into the form that `trivial_results` returns."""
    found: dict[str, list[ItemResult]] = {baseline.name: [] for baseline in BASELINES}
    for row in rows:
        for name, outcome in row.items():
            found[name].append(outcome)
    return dict(_telling(found))


def _telling(found: Mapping[str, list[ItemResult]]) -> Iterator[tuple[str, list[ItemResult]]]:
    """Yield each baseline that applies to a question and differs from all earlier baselines."""
    said: list[list[tuple[str, str | None]]] = []
    for name, outcomes in found.items():
        answers = [(outcome.index, outcome.answer) for outcome in outcomes]
        if any(outcome.status != "error" for outcome in outcomes) and answers not in said:
            said.append(answers)
            yield name, outcomes


def _score_baseline(benchmark: Benchmark, item: Item, reply: str, scorer: Scorer) -> ItemResult:
    return ItemResult.of(item, benchmark.assess(_worded(reply, item, benchmark, scorer), item, scorer))


def _worded(reply: str, item: Item, benchmark: Benchmark, scorer: Scorer) -> str:
    """Return an option in the requested form, or in a form that every scorer can read. Return people in all spellings.

    The narrative and the labels of an item may spell a name differently.
    """
    if item.answer_form == "names" and reply != NOBODY:
        named, cast = reply.split(", "), _everybody(item)
        return ", ".join(
            [*named, *(one for one in benchmark.people(item) if (spellings(one, cast) - {one}) & {*named})]
        )
    if reply not in item.choices:
        return reply
    label = letter(item.choices.index(reply))
    if item.answer_form == "letter":
        return label
    return reply if scorer == "strict" else f"{label.lower()}) {reply}"


def _of_form(item: Item, yes: bool, names: Callable[[Item], Sequence[str]]) -> str | None:
    if item.answer_form == "yes_no":
        return "yes" if yes else "no"
    return ", ".join(names(item)) or NOBODY if item.answer_form == "names" else None


def _choice(choices: Sequence[str], denies: bool) -> str:
    """Return the first option with a negation, or without one; if no option fits, return the first option."""
    return next((choice for choice in choices if bool(_DENIES.search(choice)) is denies), choices[0])


def _everybody(item: Item) -> Sequence[str]:
    return cast_of(item.narrative) if item.domain == "conversation" else ()


def _asks_if_known(item: Item) -> bool:
    return item.question_kind == "knowledge" and item.answer_form == "yes_no" and bool(item.belief_chain)


def _final_place(narrative: str, question: str) -> str | None:
    """Return the last location that a story states for the object in a question; None if there is no such location.

    Sentences are read from the end. Only sentences that share a word with the question are parsed.
    """
    if not _ASKS_WHERE.match(question):
        return None
    words = [word.strip(_STOPS) for word in question.split()]
    asked = f" {key(' '.join(words))} "
    about = {part for word in words[1:] if word[:1].islower() for part in key(word).split()} - _ABOUT_NOTHING
    for sentence, said in _sentences_backwards(narrative):
        if not about.isdisjoint(said):
            thing, place = _placed(read_clause(sentence))
            if thing and f" {key(thing)} " in asked:
                return place
    return None


@lru_cache(maxsize=NARRATIVES_KEPT)
def _sentences_backwards(narrative: str) -> Sequence[tuple[str, frozenset[str]]]:
    """Return the sentences of a narrative from last to first, each with its words."""
    found = [sentence for line in narrative.splitlines() for sentence in numbered_sentences(line)]
    return [(sentence, frozenset(key(sentence.translate(_NO_STOPS)).split())) for sentence in reversed(found)]


def _placed(clause: Clause | None) -> tuple[str, str]:
    """Return the object that a clause puts somewhere, and the place; two empty texts for any other clause."""
    if isinstance(clause, Contained):
        return clause.inner, clause.outer
    return (clause.thing, clause.place) if isinstance(clause, Move) else ("", "")
