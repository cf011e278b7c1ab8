"""Views of a context: the events that an agent perceived, memory, perspective of A on B, and timeline.

``view(A1 … Ak) = { e : A1 ∈ observers(e), A2 … Ak ∈ overt_observers(e) }``, in the words of A1. If an agent is added to
the end of a chain, the view therefore never contains more events. Views contain mental states for k = 1 only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from social_world_model.s3ap.alignment import named
from social_world_model.s3ap.context import SocializedContext, SocializedStructure
from social_world_model.s3ap.decoding import action_words, encode, sentence
from social_world_model.s3ap.deprecation import renamed_parameters
from social_world_model.s3ap.event import Event
from social_world_model.s3ap.events import events
from social_world_model.s3ap.memories import Memory
from social_world_model.s3ap.names import as_names, check_known
from social_world_model.s3ap.prose import closed
from social_world_model.s3ap.rendering import without_mental_states
from social_world_model.s3ap.tags import NONE, UNKNOWN, mental_state
from social_world_model.s3ap.timeline import ABSENT, ACTS, PERCEIVES, Timeline

AGENTS = "agents of the context"


@renamed_parameters(happened="events")
def view(events: Iterable[Event], chain: str | Sequence[str]) -> list[Event]:
    """Return the events in the perspective of a chain of agents.

    Parameters
    ----------
    events
        Events of one context.
    chain
        Names of agents. ``["Anne", "Sally"]`` gives the perspective of Anne on Sally: the events that Anne perceived,
        if Anne believes that Sally perceived them too. A single string is one name. An empty chain gives all events
        except mental states.

    Returns
    -------
    list of Event
        Events in the same order as in `events`, in the words of the first agent.

    Raises
    ------
    ContextError
        If a name is not the name of an agent in the context.
    """
    events, chain = list(events), as_names(chain)
    if events and events[0].cast:
        check_known(chain, events[0].cast, AGENTS)
    if not chain:
        return [event for event in events if event.kind != "mental"]
    first = chain[0]
    return [replace(event, text=event.percepts[first].text) for event in events if in_view(event, chain)]


def in_view(event: Event, chain: Sequence[str]) -> bool:
    """Return whether an event is in the view of a chain of agents.

    Parameters
    ----------
    event
        Event of a context.
    chain
        Names of one or more agents, as in `view`.
    """
    first, *others = chain
    if others and event.kind == "mental":
        return False
    return first in event.percepts and event.overt_observers.issuperset(others)


def known_from(event: Event, chain: Sequence[str] = ()) -> int:
    """Return the position of the first step in which an event is known before anybody acts.

    A state is what is the case before the actions of its step. An action of step t is therefore known from step t + 1
    on, also to its actor. After an action in the last step, the position equals the number of steps.

    Parameters
    ----------
    event
        Event of a context.
    chain
        Chain of agents with the event in its view. Only the first agent matters. If the chain is empty, the event is
        known when it happens.
    """
    perceived = event.percepts[chain[0]].position if chain else event.position
    return max(perceived, event.position + 1) if event.kind in ("act", "utterance") else perceived


@renamed_parameters(apparent="overt_observers")
def memory(
    context: SocializedContext,
    agent: str,
    until: str | None = None,
    overt_observers: Mapping[str, Collection[str]] | None = None,
) -> Memory:
    """Return the events that an agent remembers, each once. Own actions and mental states are included.

    Parameters
    ----------
    context
        A context without errors.
    agent
        Name of the agent.
    until
        Name of the last timestep that the agent remembers; None means all timesteps. The agent's observation and own
        action in this step are included. Actions of other agents in this step are not included, because the agent
        perceives them one step later.
    overt_observers
        Overt observers by event id, as in `events`.

    Returns
    -------
    Memory
        List of events in the order in which the agent perceived them, in the agent's words.

    Raises
    ------
    ContextError
        If the context cannot be split into events, if the context has no such agent, or if no step has this timestep.
    """
    check_known([agent], context.agents_names, AGENTS)
    remembered = view(events(context, overt_observers), [agent])
    if until is not None:
        names = [step.timestep for step in context.socialized_context]
        check_known([until], names, "a timestep of the context")
        end = names.index(until)
        remembered = [event for event in remembered if event.percepts[agent].position <= end]
    return Memory(sorted(remembered, key=lambda event: event.percepts[agent].position))


@renamed_parameters(apparent="overt_observers")
def perspective(
    context: SocializedContext,
    chain: str | Sequence[str],
    overt_observers: Mapping[str, Collection[str]] | None = None,
) -> SocializedContext:
    """Return the perspective of a chain of agents as a context.

    Parameters
    ----------
    context
        A context without errors.
    chain
        Names of agents, as in `view`. An empty chain gives the context without mental states.
    overt_observers
        Overt observers by event id, as in `events`.

    Returns
    -------
    SocializedContext
        A context with only the events in the view. Each agent of the chain observes these events. The observations of
        other agents are `<unknown />`. The cast contains the agents of the chain, and all agents that act or are named
        in the view.

    Raises
    ------
    ContextError
        If the context cannot be split into events, if a name is not the name of an agent in the context, or if
        `overt_observers` contains an unknown event id or agent.
    """
    if as_names(chain):
        return encode(perspective_in_words(context, chain, overt_observers))
    events(context, overt_observers)  # an error of the context is an error of every perspective
    return without_mental_states(context)


def perspective_in_words(
    context: SocializedContext,
    chain: str | Sequence[str],
    overt_observers: Mapping[str, Collection[str]] | None = None,
) -> SocializedContext:
    """Return the perspective of one or more agents without tags for repeated text.

    `render` adds these tags to its compact form, so this function is faster for texts that are only shown.

    Parameters
    ----------
    context, chain, overt_observers
        The same as in `perspective`.

    Raises
    ------
    ContextError
        As in `perspective`.
    """
    chain = as_names(chain)
    check_known(chain, context.agents_names, AGENTS)
    seen = view(events(context, overt_observers), chain)
    cast = _cast_of(seen, chain, context.agents_names)
    drafts = [_StepDraft(step.timestep) for step in context.socialized_context]
    for event in seen:
        drafts[event.position].happening.append(event)
        for name in dict.fromkeys(chain):
            if event.kind == "mental":
                drafts[event.position].tell(name, mental_state(event.text))
            elif event.actor != name or not _is_act(event):
                drafts[_perceived_at(event, name, chain[0], len(drafts))].tell(name, closed(event.text))
    return SocializedContext(
        agents_names=cast,
        socialized_context=[draft.finished(cast, chain) for draft in drafts if draft.says_something],
        context_manual=context.context_manual,
    )


def presence(context: SocializedContext) -> Mapping[str, Sequence[bool]]:
    """Return which agents perceive something that happens in each step.

    Returns
    -------
    mapping
        For each agent, in the order of the cast: one value per step, in the order of the steps. The value is True if
        the agent perceives an event of the step. The agent can perceive the event later: other agents perceive an
        action of step t in step t + 1, but the action counts in step t. Mental states do not count.

    Raises
    ------
    ContextError
        If the context cannot be split into events, or if an observer is not in the cast.

    Examples
    --------
    >>> steps = [{"timestep": "1", "state": "It rains.", "observations": {"Al": "none", "Bo": "It rains."},
    ...           "actions": {"Al": "none", "Bo": "none"}}]
    >>> presence(SocializedContext(agents_names=["Al", "Bo"], socialized_context=steps))
    {'Al': (False,), 'Bo': (True,)}
    """
    return _presence(context, _perceivable(context))


def timeline(context: SocializedContext) -> Timeline:
    """Return which agents act and which agents perceive in each step of a context; see `presence`.

    The timeline leaves out steps in which nothing happens.

    Raises
    ------
    ContextError
        If the context cannot be split into events, or if an observer is not in the cast.
    """
    perceivable = _perceivable(context)
    acts = {(event.actor, event.position) for event in perceivable}
    steps = sorted({event.position for event in perceivable})
    return Timeline(
        tuple(context.socialized_context[step].timestep for step in steps),
        {
            name: "".join(ACTS if (name, step) in acts else PERCEIVES if there[step] else ABSENT for step in steps)
            for name, there in _presence(context, perceivable).items()
        },
    )


def _perceivable(context: SocializedContext) -> list[Event]:
    """Return the events of a context that several agents can perceive, after a check of their observers."""
    perceivable = [event for event in events(context) if event.kind != "mental"]
    check_known(
        dict.fromkeys(name for event in perceivable for name in event.observers),
        context.agents_names,
        "observers who are agents of the context",
    )
    return perceivable


def _presence(context: SocializedContext, perceivable: Iterable[Event]) -> dict[str, tuple[bool, ...]]:
    there = {name: [False] * len(context.socialized_context) for name in context.agents_names}
    for event in perceivable:
        for name in event.observers:
            there[name][event.position] = True
    return {name: tuple(row) for name, row in there.items()}


@dataclass
class _StepDraft:
    """An unfinished step of a perspective."""

    timestep: str
    happening: list[Event] = field(default_factory=list)
    told: dict[str, list[str]] = field(default_factory=dict)

    @property
    def says_something(self) -> bool:
        return bool(self.happening or self.told)

    def tell(self, agent: str, text: str) -> None:
        self.told.setdefault(agent, []).append(text)

    def finished(self, cast: Sequence[str], chain: Sequence[str]) -> SocializedStructure:
        facts = [closed(event.text) for event in self.happening if event.kind == "fact"]
        acts = {act.actor: action_words(act.actor or "", act.text) for act in self.happening if _is_act(act)}
        return SocializedStructure(
            timestep=self.timestep,
            state=" ".join(facts) or NONE,
            observations={
                name: " ".join(self.told.get(name, ())) or NONE if name in chain else UNKNOWN for name in cast
            },
            actions={name: acts.get(name, NONE) for name in cast},
        )


def _perceived_at(event: Event, agent: str, first: str, steps: int) -> int:
    """Return the position of the step in which an agent perceived the event, or could have perceived it."""
    if not _is_act(event):  # in words only: all agents perceive it in the same step, so that it stays one event
        return event.percepts[first].position
    if agent in event.percepts:
        return event.percepts[agent].position
    return min(event.position + 1, steps - 1)


def _is_act(event: Event) -> bool:
    """Return whether an event can be an action; "Sees Bob wave" describes an action and stays a percept."""
    return event.kind in ("act", "utterance") and sentence(event.actor or "", event.text) == event.text


def _cast_of(seen: Iterable[Event], chain: Sequence[str], cast: Sequence[str]) -> list[str]:
    """Return the agents that are in the chain, act or are named, in the order of the cast."""
    there = set(chain)
    for event in seen:
        there |= {event.actor or ""} | named(event.text, cast)
    return [name for name in cast if name in there]
