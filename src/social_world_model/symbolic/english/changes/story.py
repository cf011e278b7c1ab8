"""Find the change in a story, and the people who perceive the change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from social_world_model.symbolic.english.changes.lexicon import REFERRING
from social_world_model.symbolic.english.changes.options import lateness, situation
from social_world_model.symbolic.english.changes.sentences import (
    Told,
    is_event,
    is_marked,
    is_meanwhile,
    is_unnoticed,
    objects,
    read_sentences,
)
from social_world_model.symbolic.english.changes.words import Word, content, is_in

NARRATIVES_KEPT = 256
_ANY_CHANGE = frozenset(Word(lemma) for lemma in REFERRING)


@dataclass(frozen=True)
class Perception:
    """Whether a person perceives the change.

    Parameters
    ----------
    perceived
        Whether the person perceives the change.
    certain
        False if no sentence says it. The reader then guesses from the next action of the person.
    """

    perceived: bool
    certain: bool


@dataclass(frozen=True)
class Story:
    """A story with a change.

    Parameters
    ----------
    told
        Sentences in order.
    cast
        Names of the people, in order of appearance.
    change
        0-based position of the sentence with the change; None if the story has none.
    perceptions
        For each person: whether the person perceives the change. Empty if the story has no change.
    """

    told: Sequence[Told]
    cast: Sequence[str]
    change: int | None
    perceptions: Mapping[str, Perception]

    @property
    def is_about_perception(self) -> bool:
        """Whether the story has a change, and says who perceives the change or what a person does afterwards."""
        if self.change is None:
            return False
        later = self.told[self.change + 1 :]
        return any(one.person for one in later) or any(how.certain for how in self.perceptions.values())


@lru_cache(maxsize=NARRATIVES_KEPT)
def read_story(narrative: str) -> Story:
    """Find the people, the change and the perceptions in a story.

    Parameters
    ----------
    narrative
        Story in ordinary English.

    Raises
    ------
    ConfigurationError
        If spaCy or its English model is missing.
    """
    told, cast = read_sentences(narrative)
    change = _change(told)
    perceptions = {} if change is None else {name: _perception(told, change, name, cast) for name in cast}
    return Story(told, cast, change, perceptions)


def _change(told: Sequence[Told]) -> int | None:
    """Return the position of the change.

    The change is the last event that is not an action of the main person. A sentence with a word such as "however" goes
    before other events.
    """
    people = Counter(one.person for one in told if one.person)
    main = people.most_common(1)[0][0] if people else None
    later = [(at, one) for at, one in enumerate(told) if at and one.role != "thought"]
    others = [(at, one) for at, one in later if one.person != main]
    events = [(at, one) for at, one in others if is_event(one)]
    marked = [(at, one) for at, one in later if is_marked(one)]
    for found in ([pair for pair in others if pair in marked], events, marked):
        if found:
            return found[-1][0]
    return None


def _perception(told: Sequence[Told], change: int, name: str, cast: Sequence[str]) -> Perception:
    """Return whether a person perceives the change.

    The last percept about the change counts. If there is none, the next action of the person counts.
    """
    event = told[change]
    later = [one for one in told[change + 1 :] if one.person == name]
    stated = [one for one in later if one.role == "percept" and _is_about(one, told[: change + 1], cast)]
    if stated:
        return Perception(not stated[-1].denied, certain=True)
    if event.person == name:
        return Perception(perceived=True, certain=True)
    act = next((one for role in ("act", "thought") for one in later if one.role == role), None)
    if act is not None and not act.denied and _fits_after(act.text, told, change, cast):
        return Perception(perceived=True, certain=False)
    return Perception(perceived=False, certain=act is None and (is_unnoticed(event) or is_meanwhile(event)))


def _fits_after(act: str, told: Sequence[Told], change: int, cast: Sequence[str]) -> bool:
    texts = [one.text for one in told]
    return lateness(act, (), situation(texts[:change], texts[change : change + 1], cast), is_action=True) > 0


def _is_about(percept: Told, earlier: Sequence[Told], cast: Iterable[str]) -> bool:
    """Tell whether a percept can be about the change.

    A percept is about something else if its objects have content words, but no word of the earlier sentences.
    """
    names = frozenset(cast)
    words = content(objects(percept), names)
    known = content([one.text for one in earlier], names) | _ANY_CHANGE
    return not words or any(is_in(word, known) for word in words)
