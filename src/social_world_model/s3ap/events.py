"""Split a context into events, each with its observers.

Every agent has an observation in every step, even an agent that is elsewhere. The question "did Anne see that Bob
saw it?" therefore concerns an event, not a step.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from social_world_model.errors import ContextError
from social_world_model.s3ap.alignment import tells_of
from social_world_model.s3ap.context import SocializedContext
from social_world_model.s3ap.decoding import Decoder, sentence
from social_world_model.s3ap.deprecation import renamed_parameters
from social_world_model.s3ap.event import Event, EventKind, Percept
from social_world_model.s3ap.names import check_known
from social_world_model.s3ap.prose import sentences
from social_world_model.s3ap.tags import Piece, is_none, split_pieces

_SPEECH = re.compile(
    r"^\W*(?:says?|said|tells?|told|asks?|asked|replies|replied|answers?|answered|shouts?|shouted|whispers?|whispered"
    r"|claims?|claimed|(?:privately|publicly)\s+(?:tells?|told|claims?|claimed))\b|^[\"“]",
    re.IGNORECASE,
)


@renamed_parameters(apparent="overt_observers")
def events(context: SocializedContext, overt_observers: Mapping[str, Collection[str]] | None = None) -> list[Event]:
    """Split a context into events.

    Parameters
    ----------
    context
        A context without errors.
    overt_observers
        For each event id, the agents that other agents believe to be observers of the event. Only events whose
        overt observers differ from their observers need an entry. If Ann secretly watches Bob move the ball in event
        2.1, pass ``{"2.1": ["Bob"]}``.

    Returns
    -------
    list of Event
        Events in the order of the steps. Within a step, the order is: facts, percepts, mental states, actions.

    Raises
    ------
    ContextError
        If a tag cannot be resolved, or if `overt_observers` contains an unknown event id or agent.

    Notes
    -----
    Tags determine the observers of an event. Each sentence of free text in an observation is compared with the facts of
    the step and with the last actions (see `alignment`). A sentence without a match is a separate event.
    """
    cast = tuple(context.agents_names)
    overt = {id: _observers(names, cast) for id, names in (overt_observers or {}).items()}
    made = [
        Event(
            id=draft.id,
            position=draft.position,
            timestep=context.socialized_context[draft.position].timestep,
            kind=draft.kind,
            text=draft.text,
            actor=draft.actor,
            percepts=draft.percepts,
            overt_observers=overt.get(draft.id, frozenset(draft.percepts)),
            cast=cast,
        )
        for draft in EventExtractor(context).drafts
    ]
    check_known(overt, dict.fromkeys(event.id for event in made), "ids of events in `overt_observers`")
    return made


def _observers(names: str | Collection[str], cast: Sequence[str]) -> frozenset[str]:
    given = [names] if isinstance(names, str) else list(names)
    check_known(given, cast, "agents of the context in `overt_observers`")
    return frozenset(given)


@dataclass
class EventDraft:
    """An event whose observers are not complete yet.

    Parameters
    ----------
    kind, text, position, actor, id, percepts
        The same as in `Event`. The id is set after all events are known.
    """

    kind: EventKind
    text: str
    position: int
    actor: str | None = None
    id: str = ""
    percepts: dict[str, Percept] = field(default_factory=dict)

    def perceived_by(self, agent: str, position: int, text: str | None = None) -> None:
        """Add an observer. If several sentences of an observation describe the event, the sentences are joined.

        Parameters
        ----------
        agent
            Name of the observer.
        position
            0-based position of the step in which the agent perceived the event.
        text
            Words of the agent's observation. None means the text of the event.
        """
        told = self.text if text is None else text
        before = self.percepts.get(agent)
        if before is None:
            self.percepts[agent] = Percept(position, told)
        elif before.position == position and before.text != self.text and told not in before.text:
            self.percepts[agent] = Percept(position, told if told == self.text else f"{before.text} {told}")


class NearEvents:
    """The events that the observations of one step can describe in words.

    Parameters
    ----------
    drafts
        The facts of the step, and the last actions before the step.
    cast
        Names of the agents.
    """

    def __init__(self, drafts: Sequence[EventDraft], cast: Sequence[str]) -> None:
        self._drafts = drafts
        self._cast = cast
        self._by_words = {draft.text.rstrip("."): draft for draft in reversed(drafts)}

    def add(self, percept: EventDraft) -> None:
        """Add a percept, so that the same words in another observation match the same event."""
        self._by_words[percept.text.rstrip(".")] = percept

    def told_by(self, sentence: str) -> EventDraft | None:
        """Return the event that a sentence of an observation describes; None if no event matches."""
        same = self._by_words.get(sentence.rstrip("."))
        if same is not None:
            return same
        fits = [(tells_of(sentence, draft.text, self._cast), draft) for draft in self._drafts]
        score, best = max(fits, key=lambda fit: fit[0], default=(0.0, None))
        return best if score else None


class EventExtractor:
    """Collect the events of a context and their observers, in one pass over the steps.

    Parameters
    ----------
    context
        A context without errors.

    Raises
    ------
    ContextError
        If a tag cannot be resolved.
    """

    def __init__(self, context: SocializedContext) -> None:
        self._context = context
        self._decoder = Decoder(context)
        if issues := self._decoder.issues:
            raise ContextError("cannot split the context into events:", issues)
        self._facts: list[list[EventDraft]] = []  # by step: the contents of the state, including referenced actions
        self._acts: list[dict[str, EventDraft]] = []
        for position in range(len(context.socialized_context)):
            self._facts.append(self._facts_of(position))
            self._acts.append(self._acts_of(position))
        self.drafts = self._collected()
        """All events, with their ids."""

    def referred(self, position: int, piece: Piece) -> list[EventDraft]:
        """Return the events that a tag refers to.

        Parameters
        ----------
        position
            0-based position of the step with the tag.
        piece
            The tag, as read by `split_pieces`.
        """
        reference = self._decoder.reference(position, piece)
        if reference is None:
            return []
        if reference.actors is None:
            return self._facts[reference.step]
        return [self._acts[reference.step][name] for name in reference.actors]

    def facts(self, position: int) -> Sequence[EventDraft]:
        """Return the event of each sentence of a state, in order. A state can repeat an earlier action."""
        return self._facts[position]

    def acts(self, position: int) -> Mapping[str, EventDraft]:
        """Return the action of each agent that acts in a step."""
        return self._acts[position]

    def near(self, position: int) -> NearEvents:
        """Return the events that the observations of a step can describe in words."""
        return NearEvents(self._facts[position] + list(self._last_acts(position)), self._context.agents_names)

    def _collected(self) -> list[EventDraft]:
        ordered: list[EventDraft] = []
        for position, step in enumerate(self._context.socialized_context):
            drafts = [draft for draft in self._facts[position] if draft.kind == "fact" and draft.position == position]
            drafts += self._told(position)
            drafts += self._thoughts(position, step.actions)
            drafts += list(self._acts[position].values())
            for number, draft in enumerate(drafts):
                draft.id = f"{step.timestep}.{number}"
            ordered += drafts
        return ordered

    def _last_acts(self, position: int) -> Collection[EventDraft]:
        last = self._decoder.last_acting_step[position]
        return () if last is None else self._acts[last].values()

    def _facts_of(self, position: int) -> list[EventDraft]:
        facts: list[EventDraft] = []
        acts = {draft.text.rstrip("."): draft for draft in self._last_acts(position)}
        for piece in split_pieces(self._context.socialized_context[position].state):
            facts += self.referred(position, piece)
            for text in _sentences_of(piece):  # a state can repeat a last action word for word
                facts.append(acts.get(text.rstrip(".")) or EventDraft("fact", text, position))
        return facts

    def _acts_of(self, position: int) -> dict[str, EventDraft]:
        acts: dict[str, EventDraft] = {}
        for agent, words in self._decoder.acts(position).items():
            kind: EventKind = "utterance" if _SPEECH.match(words.removeprefix(agent).strip()) else "act"
            acts[agent] = EventDraft(kind, sentence(agent, words), position, actor=agent)
            acts[agent].perceived_by(agent, position)
        return acts

    def _told(self, position: int) -> list[EventDraft]:
        """Read every observation of a step; return percepts and mental states that occur only in observations."""
        near = self.near(position)
        own: list[EventDraft] = []
        for agent, text in self._context.socialized_context[position].observations.items():
            for piece in split_pieces(text):
                if piece.kind == "mental":
                    own.append(_thought(agent, piece.text, position))
                for referred in self.referred(position, piece):
                    referred.perceived_by(agent, position)
                for told in _sentences_of(piece):
                    draft = near.told_by(told)
                    if draft is None:  # the same words in another observation are the same percept
                        draft = EventDraft("percept", told, position)
                        near.add(draft)
                        own.append(draft)
                    draft.perceived_by(agent, position, told)
        return own

    def _thoughts(self, position: int, actions: Mapping[str, str]) -> list[EventDraft]:
        return [
            _thought(agent, piece.text, position)
            for agent, text in actions.items()
            for piece in split_pieces(text)
            if piece.kind == "mental"
        ]


def _sentences_of(piece: Piece) -> list[str]:
    """Return the sentences of a piece of plain text; an empty list for tags and for ``none``."""
    return sentences(piece.text) if piece.kind == "text" and not is_none(piece.text) else []


def _thought(agent: str, text: str, position: int) -> EventDraft:
    draft = EventDraft("mental", text, position, actor=agent)
    draft.perceived_by(agent, position)
    return draft
