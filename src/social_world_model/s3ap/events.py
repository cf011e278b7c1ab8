"""What can be perceived: a context broken into events, with who perceived each.

One step gives every agent an observation, agents elsewhere too, so whoever asks "did Anne see that Bob saw
it?" must ask it of an event and not of a step.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from social_world_model.errors import ContextError
from social_world_model.s3ap.alignment import tells_of
from social_world_model.s3ap.context import SocializedContext
from social_world_model.s3ap.decoding import Decoder, sentence
from social_world_model.s3ap.deprecation import renamed_parameters, warn_renamed
from social_world_model.s3ap.prose import sentences
from social_world_model.s3ap.tags import Piece, is_none, split_pieces

EventKind = Literal["fact", "act", "utterance", "percept", "mental"]

_SPEECH = re.compile(
    r"^\W*(?:says?|said|tells?|told|asks?|asked|replies|replied|answers?|answered|shouts?|shouted|whispers?|whispered"
    r"|claims?|claimed|(?:privately|publicly)\s+(?:tells?|told|claims?|claimed))\b|^[\"“]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Percept:
    """How one agent came by an event.

    Parameters
    ----------
    position
        0-based position of the step in whose observation it was perceived; for one's own act, the act's step.
    text
        The event in the words of that agent's observation: perhaps a part of it only.
    """

    position: int
    text: str


@dataclass(frozen=True)
class Event:
    """Something that can be perceived.

    Parameters
    ----------
    id
        ``"{timestep}.{n}"``, unique in its context.
    position, timestep
        0-based position of its step, and the step's name.
    kind
        A fact of a state; an act; an act of speaking; a percept told in an observation only; a mental state.
    text
        In words; an act is a sentence with its actor's name.
    actor
        Who acted or had the thought; None for facts and percepts.
    percepts
        By agent: where and in which words it was perceived.
    overt_observers
        Agents that others take to have perceived it. The same as `observers`, unless the maker of the context
        knows of a difference (someone peeks, someone looks away).
    """

    id: str
    position: int
    timestep: str
    kind: EventKind
    text: str
    actor: str | None
    percepts: Mapping[str, Percept] = field(default_factory=dict)
    overt_observers: frozenset[str] = frozenset()

    @property
    def observers(self) -> frozenset[str]:
        """Agents that perceived it."""
        return frozenset(self.percepts)

    @property
    def sees(self) -> frozenset[str]:
        """Deprecated name of `observers`."""
        warn_renamed("Event.sees", "Event.observers")
        return self.observers

    @property
    def apparent(self) -> frozenset[str]:
        """Deprecated name of `overt_observers`."""
        warn_renamed("Event.apparent", "Event.overt_observers")
        return self.overt_observers


@renamed_parameters(apparent="overt_observers")
def events(context: SocializedContext, overt_observers: Mapping[str, Collection[str]] | None = None) -> list[Event]:
    """Break a context into events.

    Parameters
    ----------
    context
        A context without errors.
    overt_observers
        By event id, the agents that others take to have perceived the event, where they differ from those who did.
        In the golden file of the secret watcher, Ann peeks while Bob moves the ball: ``{"2.1": ["Bob"]}``.

    Returns
    -------
    list of Event
        In the order of steps; within a step its facts, what is told in observations only, thoughts, acts.

    Raises
    ------
    ContextError
        If a tag stands for nothing, or `overt_observers` names an event that is not there.

    Notes
    -----
    Who perceived an event is read from the tags; free text in an observation is aligned with the facts of its
    step and the last acts (see `alignment`), and what fits none of them is an event of its own.
    """
    found = EventExtractor(context).read()
    known = dict(overt_observers or {})
    made = [
        Event(
            id=draft.id,
            position=draft.position,
            timestep=context.socialized_context[draft.position].timestep,
            kind=draft.kind,
            text=draft.text,
            actor=draft.actor,
            percepts=draft.percepts,
            overt_observers=frozenset(known.pop(draft.id, draft.percepts)),
        )
        for draft in found
    ]
    if known:
        raise ContextError(
            f"expected ids of events in `overt_observers`, got {sorted(known)}; the ids are {_some_ids(made)}"
        )
    return made


def _some_ids(made: list[Event]) -> str:
    return ", ".join(event.id for event in made[:12]) + (", …" if len(made) > 12 else "")


@dataclass
class _Draft:
    """An event while its perceivers are being collected."""

    kind: EventKind
    text: str
    position: int
    actor: str | None = None
    id: str = ""
    percepts: dict[str, Percept] = field(default_factory=dict)

    def perceived_by(self, agent: str, position: int, text: str | None = None) -> None:
        """Note a percept; an observation that tells of the event in several sentences has them all."""
        told = self.text if text is None else text
        before = self.percepts.get(agent)
        if before is None:
            self.percepts[agent] = Percept(position, told)
        elif before.position == position and before.text != self.text and told not in before.text:
            self.percepts[agent] = Percept(position, told if told == self.text else f"{before.text} {told}")


class EventExtractor:
    """Walks the steps once, collecting events and who perceived them."""

    def __init__(self, context: SocializedContext) -> None:
        self.context = context
        self.decoder = Decoder(context)
        self.decoder.steps_in_words()
        if self.decoder.issues:
            raise ContextError("the context cannot be broken into events:", self.decoder.issues)
        self.facts: list[list[_Draft]] = []  # by step: what a state says, references to acts included
        self.acts: list[dict[str, _Draft]] = []

    def read(self) -> list[_Draft]:
        """Return all events, numbered."""
        for position in range(len(self.context.socialized_context)):
            self.facts.append(self._facts_of(position))
            self.acts.append(self._acts_of(position))
        ordered: list[_Draft] = []
        for position, step in enumerate(self.context.socialized_context):
            drafts = [draft for draft in self.facts[position] if draft.kind == "fact"]
            drafts += self._told(position)
            drafts += self._thoughts(position, step.actions)
            drafts += list(self.acts[position].values())
            for number, draft in enumerate(drafts):
                draft.id = f"{step.timestep}.{number}"
            ordered += drafts
        return ordered

    def _facts_of(self, position: int) -> list[_Draft]:
        facts: list[_Draft] = []
        last = self.decoder.last_acting_step[position]
        acts = {} if last is None else {draft.text.rstrip("."): draft for draft in self.acts[last].values()}
        for piece in split_pieces(self.context.socialized_context[position].state):
            if piece.kind == "last_action":
                facts += self._last_acts(position, piece)
            for text in _sentences_of(piece):  # a state may tell a last act in its very words
                facts.append(acts.get(text.rstrip(".")) or _Draft("fact", text, position))
        return facts

    def _acts_of(self, position: int) -> dict[str, _Draft]:
        acts: dict[str, _Draft] = {}
        for agent, words in self.decoder.acts(position).items():
            kind: EventKind = "utterance" if _SPEECH.match(words.removeprefix(agent).strip()) else "act"
            acts[agent] = _Draft(kind, sentence(agent, words), position, actor=agent)
            acts[agent].perceived_by(agent, position)
        return acts

    def _last_acts(self, position: int, piece: Piece) -> list[_Draft]:
        last = self.decoder.last_acting_step[position]
        acts = {} if last is None else self.acts[last]
        return list(acts.values()) if piece.index is None else [acts[self.context.agents_names[piece.index]]]

    def _told(self, position: int) -> list[_Draft]:
        """Read every observation of a step; return the percepts and thoughts that only observations tell."""
        last = self.decoder.last_acting_step[position]
        near = self.facts[position] + ([] if last is None else list(self.acts[last].values()))
        by_words = {draft.text.rstrip("."): draft for draft in reversed(near)}
        own: list[_Draft] = []
        for agent, text in self.context.socialized_context[position].observations.items():
            for piece in split_pieces(text):
                if piece.kind == "mental":
                    own.append(_thought(agent, piece.text, position))
                for referred in self._referred(position, piece):
                    referred.perceived_by(agent, position)
                for told in _sentences_of(piece):
                    draft = self._told_of(told, near, by_words)
                    if draft is None:  # whoever tells the same in the same words perceived the same
                        draft = by_words[told.rstrip(".")] = _Draft("percept", told, position)
                        own.append(draft)
                    draft.perceived_by(agent, position, told)
        return own

    def _referred(self, position: int, piece: Piece) -> list[_Draft]:
        """Return the events that a tag in an observation stands for."""
        if piece.kind == "state":
            return self.facts[position]
        if piece.kind == "last_action":
            return self._last_acts(position, piece)
        if piece.kind == "next_state":
            return self.facts[position + 1]
        return []

    def _told_of(self, told: str, near: list[_Draft], by_words: dict[str, _Draft]) -> _Draft | None:
        """Return the event that a sentence of an observation tells of, if it is one of those near."""
        same = by_words.get(told.rstrip("."))
        if same is not None:
            return same
        fits = [(tells_of(told, draft.text, self.context.agents_names), draft) for draft in near]
        score, best = max(fits, key=lambda fit: fit[0], default=(0.0, None))
        return best if score else None

    def _thoughts(self, position: int, actions: Mapping[str, str]) -> list[_Draft]:
        return [
            _thought(agent, piece.text, position)
            for agent, text in actions.items()
            for piece in split_pieces(text)
            if piece.kind == "mental"
        ]


def _sentences_of(piece: Piece) -> list[str]:
    """Return what a piece of plain words says, sentence by sentence."""
    return sentences(piece.text) if piece.kind == "text" and not is_none(piece.text) else []


def _thought(agent: str, text: str, position: int) -> _Draft:
    draft = _Draft("mental", text, position, actor=agent)
    draft.perceived_by(agent, position)
    return draft
