"""What a figure is worth: answers by rules that need no theory of mind, scored as a run's answers are.

Which of them apply is a matter of an item's form alone: its options, the form of its answer, its domain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from social_world_model.benchmarks import Benchmark
from social_world_model.benchmarks.counting import ItemResult
from social_world_model.benchmarks.extraction import normalised
from social_world_model.choices import Scorer
from social_world_model.contracts import BadRow, Item
from social_world_model.errors import NarrativeError
from social_world_model.experiments.item_results import bad_row_result, item_result_of, score_result
from social_world_model.generation_utils.query_sections import letter
from social_world_model.runs.keys import content_key
from social_world_model.runs.results import Result
from social_world_model.symbolic.story.clauses import Contained, Move, key
from social_world_model.symbolic.story.language import read_narrative, read_question
from social_world_model.variants.conversations import cast_of, there_throughout

NARRATIVES_KEPT = 256
NOBODY = "nobody"

_DENIES = re.compile(
    r"\b(?:not|never|no|nobody|nothing|none|neither|cannot|unaware|unsure|unknown|without)\b|n['’]t\b", re.IGNORECASE
)
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Baseline:
    """A rule that answers without understanding.

    Parameters
    ----------
    name
        As reports have it.
    rule
        In words.
    reply
        What it answers; None where the rule says nothing.
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
    """Choose the option with the smallest share of words that the question has too."""
    asked = set(_WORDS.findall(item.question.casefold()))
    return min(item.choices, key=lambda choice: _share(choice, asked)) if item.choices else None


def _share(text: str, words: Collection[str]) -> float:
    own = _WORDS.findall(text.casefold())
    return sum(word in words for word in own) / len(own) if own else 0.0


def _longest(item: Item) -> str | None:
    return max(item.choices, key=len) if item.choices else None


def _present(item: Item) -> str | None:
    """Give everybody who was there at every utterance all knowledge, and the others none."""
    asked = bool(item.belief_chain and item.choices) or item.answer_form == "names" or _asks_if_known(item)
    if item.domain != "conversation" or not asked:
        return None
    there = there_throughout(item.narrative)
    if there is None:
        return None
    knows = {name.casefold() for name in item.belief_chain} <= {name.casefold() for name in there}
    if item.choices:
        return _choice(item.choices, denies=not knows)
    return _of_form(item, yes=knows, names=lambda one: [name for name in _everybody(one) if name in there])


def _real(item: Item) -> str | None:
    """Tell where the thing is in the end, whatever is asked about it."""
    asked = read_question(item.question) if item.domain == "story" else None
    place = None if asked is None else _places(item.narrative).get(key(asked.thing))
    if place is None or not item.choices:
        return place
    return next((choice for choice in item.choices if normalised(choice) == normalised(place)), None)


def _all_sent(item: Item) -> str | None:
    return item.narrative if item.answer_form == "text" else None


def _nothing_sent(item: Item) -> str | None:
    return "" if item.answer_form == "text" else None


BASELINES: Sequence[Baseline] = (
    Baseline("first option or yes", "the first option; yes; everybody who speaks, comes or goes", _first),
    Baseline("denial or no", "the first option that says not, unaware …, else the first; no; nobody", _denial),
    Baseline(
        "affirmation or yes", "the first option that denies nothing, else the first; yes; everybody", _affirmation
    ),
    Baseline("unlike the question", "the option that shares the least with the question's words", _unlike),
    Baseline("longest option", "the option with the most characters", _longest),
    Baseline("present throughout", "who was there at every utterance knows everything, others nothing", _present),
    Baseline("real place", "where the thing is in the end, whoever is asked about", _real),
    Baseline("everything sent", "the whole narrative, as it is", _all_sent),
    Baseline("nothing sent", "an empty text", _nothing_sent),
)
"""In the order in which reports show them."""


def trivial_results(
    benchmark: Benchmark, rows: Iterable[Item | BadRow], scorer: Scorer = "official"
) -> dict[str, list[ItemResult]]:
    """Answer questions by every rule, and have the benchmark score the answers.

    Parameters
    ----------
    benchmark
        Under the options of the run.
    rows
        What the run counted; a row that could not be used is one for nobody.
    scorer
        Whose rule says what is right.

    Returns
    -------
    dict
        Outcomes by the name of the baseline, in the order of the rows. A question about which a rule says nothing
        is left out; so is a rule that says nothing, or only what one before it says.
    """
    return by_baseline(results_by_baseline(benchmark, row, scorer) for row in rows)


@dataclass
class TrivialResults:
    """What baselines come to, worked out once for each question, however many runs ask it.

    Parameters
    ----------
    known
        By a hash of all that a question says and of how it is scored: results by the name of the baseline.
    """

    known: dict[str, Mapping[str, ItemResult]] = field(default_factory=dict)

    def of(self, benchmark: Benchmark, row: Item | BadRow, scorer: Scorer) -> Mapping[str, ItemResult]:
        """Return the outcomes of a row, made only where they are not known.

        What a run is called does not matter, nor which is read first: the same index may be another question in it.
        """
        options = {name: benchmark.option(name) for name in benchmark.options}
        key = content_key(benchmark=benchmark.name, options=options, scorer=scorer, row=vars(row))
        if key not in self.known:
            self.known[key] = results_by_baseline(benchmark, row, scorer)
        return self.known[key]


def results_by_baseline(benchmark: Benchmark, row: Item | BadRow, scorer: Scorer) -> dict[str, ItemResult]:
    """Return what the baselines come to on one row, by their names."""
    if isinstance(row, BadRow):
        return {baseline.name: bad_row_result(row.index) for baseline in BASELINES}
    return {
        baseline.name: _score_baseline(benchmark, row, reply, scorer)
        for baseline in BASELINES
        if (reply := baseline.reply(row)) is not None
    }


def by_baseline(rows: Iterable[Mapping[str, ItemResult]]) -> dict[str, list[ItemResult]]:
    """Put the outcomes of many rows together, by the name of the baseline, as `trivial_results` does."""
    found: dict[str, list[ItemResult]] = {baseline.name: [] for baseline in BASELINES}
    for row in rows:
        for name, outcome in row.items():
            found[name].append(outcome)
    return dict(_telling(found))


def _telling(found: Mapping[str, list[ItemResult]]) -> Iterator[tuple[str, list[ItemResult]]]:
    """Leave out what says nothing, or the same as another rule."""
    said: list[list[tuple[str, str | None]]] = []
    for name, outcomes in found.items():
        answers = [(outcome.index, outcome.answer) for outcome in outcomes]
        if any(outcome.status != "error" for outcome in outcomes) and answers not in said:
            said.append(answers)
            yield name, outcomes


def _score_baseline(benchmark: Benchmark, item: Item, reply: str, scorer: Scorer) -> ItemResult:
    result = replace(Result.of(item, "answered"), response=_worded(reply, item, scorer))
    return item_result_of(score_result(benchmark, item, result, scorer))


def _worded(reply: str, item: Item, scorer: Scorer) -> str:
    """Give an option in the form that is asked for, or else in one that every rule can read."""
    if reply not in item.choices:
        return reply
    label = letter(item.choices.index(reply))
    if item.answer_form == "letter":
        return label
    return reply if scorer == "strict" else f"({label.lower()}) {reply}"


def _of_form(item: Item, yes: bool, names: Callable[[Item], Sequence[str]]) -> str | None:
    if item.answer_form == "yes_no":
        return "yes" if yes else "no"
    return ", ".join(names(item)) or NOBODY if item.answer_form == "names" else None


def _choice(choices: Sequence[str], denies: bool) -> str:
    """Return the first option that denies, or does not; where there is none, the first."""
    return next((choice for choice in choices if bool(_DENIES.search(choice)) is denies), choices[0])


def _everybody(item: Item) -> Sequence[str]:
    return cast_of(item.narrative) if item.domain == "conversation" else ()


def _asks_if_known(item: Item) -> bool:
    return item.question_kind == "knowledge" and item.answer_form == "yes_no" and bool(item.belief_chain)


@lru_cache(maxsize=NARRATIVES_KEPT)
def _places(narrative: str) -> Mapping[str, str]:
    """Return where everything is in the end, by the key of the thing; nothing for a story that cannot be read."""
    try:
        clauses = [sentence.clause for sentence in read_narrative(narrative)]
    except NarrativeError:
        return {}
    places: dict[str, str] = {}
    for clause in clauses:
        if isinstance(clause, Contained):
            places[key(clause.inner)] = clause.outer
        elif isinstance(clause, Move):
            places[key(clause.thing)] = clause.place
    return places
