"""Keep the turns of an episode, and return them as S3AP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from social_world_model.interaction import Happening
from social_world_model.s3ap import SocializedContext, SocializedStructure
from social_world_model.s3ap.decoding import action_words
from social_world_model.s3ap.prose import closed
from social_world_model.s3ap.tags import (
    NONE,
    SAME_AS_LAST_ACTION,
    SAME_AS_STATE,
    mental_state,
    same_as_last_action_of,
    without_tags,
)


@dataclass(frozen=True)
class Turn:
    """One turn: facts that people perceive at its beginning, and the acts in it."""

    facts: tuple[Happening, ...] = ()
    acts: tuple[Happening, ...] = ()


@dataclass(frozen=True)
class Record:
    """The turns of an episode. The object never changes: `after` returns a longer one.

    Parameters
    ----------
    cast
        Names of all people, in order.
    turns
        All turns. The last turn has no acts yet.
    thoughts
        Private text of each person at the beginning, by name.
    """

    cast: tuple[str, ...]
    turns: tuple[Turn, ...]
    thoughts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def begin(
        cls, cast: Sequence[str], facts: Iterable[Happening], thoughts: Mapping[str, str] | None = None
    ) -> Record:
        """Return the first turn of an episode, in which nobody has acted.

        Parameters
        ----------
        cast
            Names of all people, in order.
        facts
            What people perceive at the beginning.
        thoughts
            Private text of each person, by name. Each text becomes a mental state in the first step.
        """
        private = {name: without_tags(text.strip()) for name, text in (thoughts or {}).items() if text.strip()}
        return cls(tuple(cast), (Turn(facts=tuple(map(_plain, facts))),), private)

    def after(self, happenings: Iterable[Happening]) -> Record:
        """Return the turns with one more turn.

        Parameters
        ----------
        happenings
            The acts of the last turn, and the facts after these acts. Acts are kept in the order of the cast, because
            people act at the same time.

        Raises
        ------
        ValueError
            If a person acts twice, or if the sentence of an act does not start with the name of the actor.
        """
        plain = [_plain(one) for one in happenings]
        acts = tuple(one for one in plain if one.actor)
        if len({one.actor for one in acts}) < len(acts):
            raise ValueError(f"expected at most one act per person, got {[one.text for one in acts]}")
        for one in acts:
            if not one.text.startswith(f"{one.actor} "):
                raise ValueError(f"expected a sentence that starts with {one.actor!r}, got {one.text!r}")
        if len(acts) > 1:
            acts = tuple(sorted(acts, key=lambda one: self.cast.index(one.actor)))
        facts = tuple(one for one in plain if not one.actor)
        *before, last = self.turns
        return Record(self.cast, (*before, Turn(last.facts, acts), Turn(facts)), self.thoughts)

    def seen(self, *chain: str) -> tuple[str, ...]:
        """Return the sentences of everything that all people in a chain perceived.

        The order is the order in which the first person perceived them: own acts before the acts of others.

        Parameters
        ----------
        chain
            Names of one or more people. The first is the person whose view this is.
        """
        return tuple(
            [
                one.text
                for turn in self.turns
                for one in (*turn.facts, *_own_first(turn.acts, chain[0]))
                if one.observers.issuperset(chain)
            ]
        )

    def news(self, name: str, turn: int) -> tuple[str, ...]:
        """Return what a person perceived from a turn on, without the own acts.

        Parameters
        ----------
        name
            Name of the person.
        turn
            0-based position of the turn. Acts in this turn are news; facts at its beginning are not. -1 means all.
        """
        news: list[str] = []
        for position, one in enumerate(self.turns):
            facts = one.facts if position > turn else ()
            acts = one.acts if position >= turn else ()
            news += [part.text for part in (*facts, *acts) if name in part.observers and part.actor != name]
        return tuple(news)

    def context(self, me: str | None = None) -> SocializedContext:
        """Return the turns as S3AP.

        Parameters
        ----------
        me
            Name of a person. The context then contains only what this person perceived. For each other person it
            contains what this person saw that the other perceived. None means everything.
        """
        turns = self.turns if me is None else [_limited(turn, me) for turn in self.turns]
        steps = [
            SocializedStructure(
                timestep=str(position + 1),
                state=" ".join(one.text for one in turn.facts) or NONE,
                observations={name: self._observation(turns, position, name, me) for name in self.cast},
                actions={
                    **dict.fromkeys(self.cast, NONE),
                    **{one.actor: action_words(one.actor, one.text) for one in turn.acts},
                },
            )
            for position, turn in enumerate(turns)
        ]
        return SocializedContext(agents_names=list(self.cast), socialized_context=steps)

    def _observation(self, turns: Sequence[Turn], position: int, name: str, me: str | None) -> str:
        parts = self._acts_seen(turns[position - 1].acts, name) if position else []
        facts = turns[position].facts
        seen = [fact.text for fact in facts if name in fact.observers]
        parts += [SAME_AS_STATE] if facts and len(seen) == len(facts) else seen
        if position == 0 and me in (None, name) and name in self.thoughts:
            parts.append(mental_state(self.thoughts[name]))
        return " ".join(parts) or NONE

    def _acts_seen(self, acts: Sequence[Happening], name: str) -> list[str]:
        others = [act for act in acts if act.actor != name]
        seen = [act for act in others if name in act.observers]
        if seen and len(seen) == len(others):
            return [SAME_AS_LAST_ACTION]
        return [same_as_last_action_of(self.cast.index(act.actor)) for act in seen]


def _own_first(acts: tuple[Happening, ...], name: str) -> Sequence[Happening]:
    return acts if len(acts) < 2 else sorted(acts, key=lambda act: act.actor != name)


def _limited(turn: Turn, me: str) -> Turn:
    return Turn(
        facts=tuple(one for one in turn.facts if me in one.observers),
        acts=tuple(one for one in turn.acts if me in one.observers),
    )


@lru_cache(maxsize=4096)
def _plain(happening: Happening) -> Happening:
    """Return a happening on one line, without tags, and with its actor among the observers."""
    text = without_tags(" ".join(happening.text.split()))
    observers = happening.observers | {happening.actor} if happening.actor else happening.observers
    return Happening(text=text if happening.actor else closed(text), observers=observers, actor=happening.actor)
