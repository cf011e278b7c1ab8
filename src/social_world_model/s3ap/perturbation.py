"""Degrade a context: agents miss events that they perceived, or perceive events that they missed.

Each change concerns a pair of one event and one agent. The event is an action, or a fact of a state. If a state repeats
a fact, the fact is one event. Only observations change. States and actions stay the same, so the context keeps the same
events.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from social_world_model.errors import ConfigurationError, ContextError
from social_world_model.s3ap.context import SocializedContext
from social_world_model.s3ap.events import EventDraft, EventExtractor
from social_world_model.s3ap.prose import closed, sentences
from social_world_model.s3ap.tags import NONE, Piece, is_none, same_as_last_action_of, split_pieces, tag_of, written
from social_world_model.s3ap.validation import errors_of

Pair = tuple[int, str]
"""Number of an event in its context, and name of an agent."""


@dataclass(frozen=True, kw_only=True)
class Perturbed:
    """A perturbed context, with the number of changed pairs.

    Parameters
    ----------
    context
        The perturbed context, without errors.
    leaked, leakable
        `leakable` is the number of pairs whose agent did not perceive the event. `leaked` is the number of these pairs
        whose agent perceives the event after the perturbation.
    omitted, omittable
        `omittable` is the number of pairs whose agent perceived the event. `omitted` is the number of these pairs whose
        agent does not perceive the event after the perturbation. Pairs of an action and its actor are not counted,
        because an actor always perceives its own action.
    """

    context: SocializedContext
    leaked: int
    leakable: int
    omitted: int
    omittable: int


def perturb(context: SocializedContext, *, leak: float, omit: float, random: Random) -> Perturbed:
    """Degrade the observations of a context at random.

    Parameters
    ----------
    context
        A context without errors.
    leak
        Probability, from 0 to 1, that an agent perceives an event that it did not perceive before.
    omit
        Probability, from 0 to 1, that an agent misses an event that it perceived before.
    random
        Random number generator. Each pair uses one random number, in a fixed order. With the same seed, a higher
        probability changes the same pairs and additional pairs.

    Returns
    -------
    Perturbed
        The perturbed context. If both probabilities are 0, the result contains the original context. A pair stays
        unchanged if the context cannot express the change. For example, an agent cannot newly perceive an action of the
        last step, because no later step shows it.

    Raises
    ------
    ConfigurationError
        If a probability is below 0 or above 1.
    ContextError
        If the context has errors.
    """
    check_probability("leak", leak)
    check_probability("omit", omit)
    if errors := errors_of(context):
        raise ContextError("expected a context without errors, got:", errors)
    table = PerceptionTable(context)
    pairs = list(table.pairs())
    drawn = [pair for pair in pairs if random.random() < (omit if pair in table.perceived else leak)]
    flipped, worse = table.flip(drawn)
    omittable = len(table.perceived.intersection(pairs))
    omitted = len(table.perceived.intersection(flipped))
    return Perturbed(
        context=worse,
        leaked=len(flipped) - omitted,
        leakable=len(pairs) - omittable,
        omitted=omitted,
        omittable=omittable,
    )


def check_probability(name: str, value: float) -> None:
    """Check that a value is a probability.

    Parameters
    ----------
    name
        Name of the parameter, for the message.
    value
        Number to check.

    Raises
    ------
    ConfigurationError
        If the value is below 0, above 1, or NaN.
    """
    if not 0 <= value <= 1:  # true for NaN too
        raise ConfigurationError(f"expected {name} to be a probability from 0 to 1, got {value}")


class PerceptionTable:
    """Table of the events that a perturbation can concern, with the agents that perceive each event."""

    def __init__(self, context: SocializedContext) -> None:
        self.context = context
        self.extractor = EventExtractor(context)
        drafts = self.extractor.drafts
        self.things: list[EventDraft] = []
        self.numbers: dict[int, int] = {}
        same: dict[tuple[int, str | None, str], int] = {}
        for draft in drafts:
            if draft.kind in ("fact", "act", "utterance"):  # a fact that a state repeats is one event
                number = same.setdefault((draft.position, draft.actor, draft.text.rstrip(".")), len(self.things))
                self.numbers[id(draft)] = number
                self.things += [draft] if number == len(self.things) else []
        self.perceived = {
            (self.numbers[id(draft)], agent)
            for draft in drafts
            if id(draft) in self.numbers
            for agent in draft.percepts
        }
        self.rest = [_signature(draft) for draft in drafts if id(draft) not in self.numbers]

    def pairs(self) -> Iterator[Pair]:
        """Yield the pairs of event and agent that can be flipped.

        A pair of an action and its actor is never yielded. Actions of the last step are yielded only for agents that
        perceive them: other agents cannot perceive such an action, because no later step follows.
        """
        last = len(self.context.socialized_context) - 1
        for number, thing in enumerate(self.things):
            for agent in self.context.agents_names:
                too_late = thing.actor is not None and thing.position == last
                if agent != thing.actor and ((number, agent) in self.perceived or not too_late):
                    yield number, agent

    def flip(self, wanted: Sequence[Pair]) -> tuple[set[Pair], SocializedContext]:
        """Flip as many of the pairs as possible; return the flipped pairs and the new context.

        The first attempt flips all pairs at once. If the wording prevents this, the list of pairs is halved repeatedly,
        until the pairs that cannot be flipped are found.
        """
        flipped: set[Pair] = set()
        result = self.context
        groups = [list(wanted)] if wanted else []
        while groups:
            group = groups.pop()
            tried = self._with(flipped.union(group))
            if tried is not None:
                flipped.update(group)
                result = tried
            elif len(group) > 1:
                half = len(group) // 2
                groups += [group[half:], group[:half]]
        return flipped, result

    def _with(self, flips: Collection[Pair]) -> SocializedContext | None:
        """Return the context with these pairs flipped; None if the new context does not express exactly these pairs."""
        agents = dict.fromkeys(agent for _, agent in flips)
        told = {
            agent: self._observations(agent, {number for number, name in flips if name == agent}) for agent in agents
        }
        steps = [
            step.model_copy(
                update={"observations": step.observations | {agent: texts[at] for agent, texts in told.items()}}
            )
            for at, step in enumerate(self.context.socialized_context)
        ]
        changed = self.context.model_copy(update={"socialized_context": steps})
        after = PerceptionTable(changed)
        return (
            changed
            if after.perceived == self.perceived.symmetric_difference(flips) and after.rest == self.rest
            else None
        )

    def _observations(self, agent: str, flips: Collection[int]) -> list[str]:
        """Return the observations of an agent, one per step, with these events flipped."""
        omitted = {number for number in flips if (number, agent) in self.perceived}
        steps = self.context.socialized_context
        added: dict[int, list[str]] = {}
        for number in sorted(set(flips) - omitted):
            thing = self.things[number]
            added.setdefault(thing.position + (thing.actor is not None), []).append(self._told(thing))
        texts: list[str] = []
        for at, step in enumerate(steps):
            kept, ahead = self._without(omitted, at, step.observations[agent])
            if ahead:
                added.setdefault(at + 1, []).extend(ahead)
            texts.append(_with_more(kept, list(dict.fromkeys(added.get(at, ())))))
        return texts

    def _without(self, omitted: Collection[int], at: int, text: str) -> tuple[str, list[str]]:
        """Return an observation without the omitted events, and the text to move to the next observation."""
        kept: list[str] = []
        ahead: list[str] = []
        changed = False
        for piece in split_pieces(text):
            tag, told = tag_of(piece), self._told_by(at, piece)
            stays = [words for words, thing in told if self._number(thing) not in omitted]
            if len(stays) == len(told):
                kept += [] if _says_nothing(piece) else [written(piece)]
            else:
                changed = True
                (ahead if tag is not None and tag.looks_ahead else kept).extend(dict.fromkeys(stays))
        return (" ".join(kept) or NONE, ahead) if changed else (text, [])

    def _told_by(self, at: int, piece: Piece) -> list[tuple[str, EventDraft | None]]:
        """Return the words in a piece of an observation, with the event that the words describe; None if unknown."""
        if piece.kind != "text":
            return [(self._told(draft), draft) for draft in self.extractor.referred(at, piece)]
        if is_none(piece.text):
            return []
        near = self.extractor.near(at)
        return [(told, near.told_by(told)) for told in sentences(piece.text)]

    def _told(self, thing: EventDraft) -> str:
        """Return text that describes only this event: a tag for an action, a sentence for a fact."""
        if thing.actor is None:
            return closed(thing.text)
        return same_as_last_action_of(self.context.agents_names.index(thing.actor))

    def _number(self, thing: EventDraft | None) -> int | None:
        return None if thing is None else self.numbers.get(id(thing))


def _with_more(text: str, more: Sequence[str]) -> str:
    """Return an observation with more text in front; the words of the observation stay unchanged."""
    if not more:
        return text
    pieces = split_pieces(text)
    says = [piece for piece in pieces if not _says_nothing(piece)]
    own = [text] if len(says) == len(pieces) else [written(piece) for piece in says]
    return " ".join([*more, *filter(None, own)])


def _says_nothing(piece: Piece) -> bool:
    """Return whether a piece is ``none`` or ``<unknown />``."""
    return piece.kind == "unknown" or (piece.kind == "text" and is_none(piece.text))


def _signature(draft: EventDraft) -> tuple[str, str, str | None, int, Mapping[str, int]]:
    """Return the parts of a mental state or percept that a perturbation must not change."""
    where = {agent: percept.position for agent, percept in draft.percepts.items()}
    return draft.kind, draft.text.rstrip("."), draft.actor, draft.position, where
