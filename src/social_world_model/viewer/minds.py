"""Beliefs and knowledge over the steps of a context, with agents as numbers: the tracks of the pages."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from social_world_model.choices import Domain
from social_world_model.errors import ContextError, shortened
from social_world_model.s3ap import Event, SocializedContext, events
from social_world_model.s3ap.names import check_known
from social_world_model.symbolic import domain_of
from social_world_model.symbolic.story.beliefs import (
    EventReading,
    belief_changes,
    has_remarks,
    read_events,
    things_told,
)
from social_world_model.symbolic.story.clauses import Enter, Exit, key
from social_world_model.symbolic.tracks import knowledge_track

Change = list[Any]
"""A change as the pages read it: position, value, id of the event, how."""

ORDER = 3
"""Highest order of beliefs that a payload contains for all chains of agents."""
TRACKS = 400
"""A payload contains all chains of an order if it then has at most this number of tracks."""
CHAINS = 200
"""Maximum number of chains that `belief_tracks` returns."""

_NO_RULES: Mapping[str, str] = {
    "conversation": "This is a conversation. Rules compute who knows what was said, but not beliefs about places.",
    "household": "This is a household with one person. Rules compute no beliefs over time for households.",
}


@dataclass(frozen=True)
class Beliefs:
    """The events of a context, parsed once, and the objects whose places the events tell.

    Parameters
    ----------
    readings
        Parsed events; empty if rules cannot read the context.
    objects
        Names of the objects, by key.
    why_none
        Why there are no beliefs; None if there are beliefs.
    """

    readings: Sequence[EventReading]
    objects: Mapping[str, str]
    why_none: str | None = None

    def tracks(self, fact: str, cast: Sequence[str], chains: Iterable[Sequence[int]]) -> dict[str, list[Change]]:
        """Return the belief changes of chains of agents, by chain.

        Parameters
        ----------
        fact
            Name of an object.
        cast
            Names of the agents. The numbers of agents are places in this list.
        chains
            Chains of numbers of agents. The empty chain stands for the real place.
        """
        thing = key(fact)
        about = [one for one in self.readings if _matters(one, thing)]
        return {
            chain_key(chain): [
                [change.position, change.place, change.event, change.how]
                for change in belief_changes(about, [cast[agent] for agent in chain], fact)
            ]
            for chain in chains
        }


def _matters(reading: EventReading, thing: str) -> bool:
    """Return whether an event can change a belief about an object. Exits decide whom agents trust."""
    clause = reading.clause
    named = getattr(clause, "inner", None) or getattr(clause, "thing", None)
    return isinstance(clause, Enter | Exit) or (named is not None and key(named) == thing)


def chain_key(chain: Sequence[int]) -> str:
    """Return the key of a chain of agents in belief tracks.

    >>> chain_key([1, 0])
    '1>0'
    """
    return ">".join(map(str, chain))


def read_beliefs(happened: Sequence[Event], domain: Domain, *, remarks: bool = False) -> Beliefs:
    """Parse the events of a context, so that beliefs can be computed.

    Parameters
    ----------
    happened
        Events of the context.
    domain
        Kind of text that the context was made from.
    remarks
        Whether events can say nothing about places; see `has_remarks`.
    """
    if domain != "story":
        return Beliefs((), {}, _NO_RULES[domain])
    try:
        readings = read_events(happened, remarks=remarks)
    except ContextError as error:
        return Beliefs((), {}, f"Rules cannot read the wording of this context: {shortened(str(error), 200)}")
    objects = things_told(readings)
    return Beliefs(readings, objects, None if objects else "No event tells where an object is.")


def chains_of(facts: int, agents: int, question: Sequence[int] = ()) -> list[tuple[int, ...]]:
    """Return the chains whose tracks a payload contains.

    These are all chains up to an order that depends on the numbers of objects and agents, and the chains that the page
    can ask for from the chain of the question.

    Parameters
    ----------
    facts, agents
        Number of objects, which is at least 1, and number of agents.
    question
        Chain of the question.
    """
    chains: list[tuple[int, ...]] = [(), *((agent,) for agent in range(agents))]
    for order in range(2, ORDER + 1):
        longer = agents * max(agents - 1, 0) ** (order - 1)
        if facts * (len(chains) + longer) > TRACKS:
            break
        chains += _of_order(order, agents)
    for length in range(1, len(question) + 1):
        chains += longer_by_one(question[:length], agents)
    return list(dict.fromkeys(chains))


def _of_order(order: int, agents: int) -> Iterator[tuple[int, ...]]:
    chains = itertools.product(range(agents), repeat=order)
    return (chain for chain in chains if all(one != next for one, next in itertools.pairwise(chain)))


def longer_by_one(chain: Sequence[int], agents: int) -> list[tuple[int, ...]]:
    """Return a chain, and the chain with each further agent.

    Parameters
    ----------
    chain
        Numbers of agents.
    agents
        Number of agents of the context.
    """
    last = chain[-1] if chain else None
    return [tuple(chain), *((*chain, agent) for agent in range(agents) if agent != last)]


def belief_tracks(context: SocializedContext, fact: str, chain: Sequence[int]) -> dict[str, list[Change]]:
    """Return the belief changes of a chain of any length, and of the chain with each further agent.

    Parameters
    ----------
    context
        A context.
    fact
        Name of an object of the context.
    chain
        Numbers of agents, which are places in the cast.

    Returns
    -------
    dict
        Changes by chain, at most `CHAINS` chains.

    Raises
    ------
    ContextError
        If the context cannot be split into events, if rules cannot read the context, or if the object or an agent is
        not in the context.
    """
    cast = list(dict.fromkeys(context.agents_names))
    if unknown := [agent for agent in chain if not 0 <= agent < len(cast)]:
        raise ContextError(f"expected numbers of agents from 0 to {len(cast) - 1}, got {unknown[0]}")
    beliefs = read_beliefs(events(context), domain_of(context), remarks=has_remarks(context))
    if beliefs.why_none is not None:
        raise ContextError(f"expected a context with beliefs about places, got none: {beliefs.why_none}")
    if key(fact) not in beliefs.objects:
        check_known([fact], list(beliefs.objects.values()), "an object of the story")
    return beliefs.tracks(fact, cast, longer_by_one(chain, len(cast))[:CHAINS])


def knowledge_changes(context: SocializedContext, fact: str) -> list[Change]:
    """Return which agents learn a fact in a conversation, and from which step on.

    Parameters
    ----------
    context
        A context.
    fact
        An utterance, a statement or a question; see `social_world_model.knowledge_track`.

    Returns
    -------
    list
        For each agent that learns the fact: position, number of the agent, id of the event, how.

    Raises
    ------
    ContextError
        If the context cannot be split into events.
    """
    numbers = {name: number for number, name in enumerate(dict.fromkeys(context.agents_names))}
    return [
        [change.position, numbers[change.agent], change.event, change.how]
        for change in knowledge_track(context, fact)
        if change.agent in numbers
    ]
