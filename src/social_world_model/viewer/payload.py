"""A context as the pages read it: the type `Context` of `web/src/lib/types.d.ts`, as plain dicts and lists.

Agents are numbers: places in `agents`. Positions are numbers of steps, from 0.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from social_world_model.contracts import Item
from social_world_model.errors import Issue
from social_world_model.s3ap import Event, SocializedContext, events, validate
from social_world_model.symbolic import TraceEntry, domain_of
from social_world_model.symbolic.story.beliefs import has_remarks
from social_world_model.viewer.minds import Beliefs, chains_of, knowledge_changes, read_beliefs
from social_world_model.viewer.offsets import browser_offsets

Payload = dict[str, Any]
Numbers = Mapping[str, int]
"""Numbers of agents, by name."""


def context_payload(
    context: SocializedContext,
    *,
    id: str,
    title: str,
    narrative: str | None = None,
    trace: Sequence[TraceEntry] | None = None,
    question: Item | None = None,
    decisions: Sequence[Payload] = (),
    parent: str | None = None,
    edge: Payload | None = None,
    overt_observers: Mapping[str, Collection[str]] | None = None,
) -> Payload:
    """Return a context as the pages read it.

    Parameters
    ----------
    context
        A context that can be split into events.
    id, title
        Id in the catalogue, and title for the reader.
    narrative
        Text that the context was made from; None if it is unknown.
    trace
        Link between sentences and events; None if a language model made the context.
    question
        Item with a question about the context.
    decisions
        Decisions of agents, as in `episode_decisions`.
    parent, edge
        Context that this branch was made from, and how it was made.
    overt_observers
        Overt observers by event id, as in `social_world_model.events`.

    Raises
    ------
    ContextError
        If the context cannot be split into events, or if `overt_observers` contains an unknown event id or agent.
    """
    happened = events(context, overt_observers)
    agents = _agents(context, happened)
    numbers = {name: number for number, name in enumerate(agents)}
    domain = domain_of(context)
    return {
        "v": 1,
        "id": id,
        "title": title,
        "domain": domain,
        "agents": agents,
        "steps": [{"name": step.timestep} for step in context.socialized_context],
        "events": [_event(event, numbers) for event in happened],
        "narrative": None if narrative is None else _narrative(context, narrative, trace, numbers),
        "issues": [_issue(issue, numbers) for issue in validate(context)],
        **_beliefs(read_beliefs(happened, domain, remarks=has_remarks(context)), context, _chain(question, numbers)),
        "knowledge": _knowledge(context, question) if question and domain == "conversation" else {},
        "question": None if question is None else _question(question, _chain(question, numbers)),
        "decisions": [one | {"agent": numbers[one["agent"]]} for one in decisions if one["agent"] in numbers],
        "parent": parent,
        "edge": edge,
    }


def context_entry(context: SocializedContext, *, id: str, title: str, parent: str | None = None) -> Payload:
    """Return the entry of a context in the list of contexts.

    Parameters
    ----------
    context
        A context that can be split into events.
    id, title
        Id in the catalogue, and title for the reader.
    parent
        Context that this branch was made from.

    Raises
    ------
    ContextError
        If the context cannot be split into events.
    """
    agents, steps = _agents(context, events(context)), context.socialized_context
    severities = [issue.severity for issue in validate(context)]
    return _entry(id, title, len(agents), len(steps), severities, {} if parent is None else {"parent": parent})


def context_entry_of(payload: Payload, *, of_item: bool = False) -> Payload:
    """Return the entry of a context that is already a payload.

    Parameters
    ----------
    payload
        The context, as `context_payload` returns it.
    of_item
        Whether the context belongs to an item of a run. The list does not show it then.
    """
    severities = [issue["severity"] for issue in payload["issues"]]
    more = {"of_item": True} if of_item else {}
    return _entry(payload["id"], payload["title"], len(payload["agents"]), len(payload["steps"]), severities, more)


def _entry(id: str, title: str, agents: int, steps: int, severities: Sequence[str], more: Payload) -> Payload:
    issues = [severities.count("error"), severities.count("warning")]
    return {"id": id, "title": title, "agents": agents, "steps": steps, "issues": issues, **more}


def _agents(context: SocializedContext, happened: Sequence[Event]) -> list[str]:
    """Return the names of the agents. Names that are missing in the cast, which is an error, come last."""
    others = (name for event in happened for name in (*event.percepts, *sorted(event.overt_observers)))
    return list(dict.fromkeys((*context.agents_names, *others)))


def _event(event: Event, numbers: Numbers) -> list[Any]:
    """Return an event with its observers grouped by the step of perception and by their words."""
    groups: dict[tuple[int, str], list[int]] = {}
    for name, percept in event.percepts.items():
        groups.setdefault((percept.position, percept.text), []).append(numbers[name])
    return [
        event.id,
        event.position,
        event.kind,
        event.text,
        -1 if event.actor is None else numbers[event.actor],
        [
            [position, sorted(observers), *([words] if words != event.text else [])]
            for (position, words), observers in groups.items()
        ],
        None if event.overt_observers == event.observers else sorted(map(numbers.__getitem__, event.overt_observers)),
    ]


def _narrative(context: SocializedContext, text: str, trace: Sequence[TraceEntry] | None, numbers: Numbers) -> Payload:
    positions = {step.timestep: position for position, step in enumerate(context.socialized_context)}
    offset = browser_offsets(text)
    sentences = [
        {
            "start": None if entry.start is None else offset(entry.start),
            "end": None if entry.end is None else offset(entry.end),
            "position": positions[entry.timestep],
            "events": list(entry.events),
            "perceivers": [numbers[name] for name in entry.perceivers],
        }
        for entry in trace or ()
        if entry.timestep in positions  # rules read nothing in some sentences
    ]
    return {"text": text, "sentences": sentences, "provenance": "none" if trace is None else "trace"}


def _issue(issue: Issue, numbers: Numbers) -> Payload:
    return {
        "severity": issue.severity,
        "position": issue.position,
        "agent": None if issue.agent is None else numbers.get(issue.agent),
        "path": issue.path,
        "expected": issue.expected,
        "got": issue.got,
    }


def _beliefs(beliefs: Beliefs, context: SocializedContext, asked: Sequence[int]) -> Payload:
    cast = list(dict.fromkeys(context.agents_names))
    facts = list(beliefs.objects.values())
    asked = asked if max(asked, default=0) < len(cast) else ()
    chains = chains_of(len(facts), len(cast), asked) if facts else []
    return {
        "facts": facts,
        "beliefs": {fact: beliefs.tracks(fact, cast, chains) for fact in facts},
        "beliefs_by": "rules" if beliefs.why_none is None else "none",
        "beliefs_why": beliefs.why_none,
    }


def _chain(item: Item | None, numbers: Numbers) -> list[int]:
    """Return the chain of a question; empty if there is no question, or if a name is not an agent of the context."""
    chain = [] if item is None else [numbers.get(name, -1) for name in item.belief_chain]
    return [] if -1 in chain else chain


def _question(item: Item, chain: Sequence[int]) -> Payload:
    return {
        "text": item.question,
        "chain": chain,
        "gold": item.correct_answer,
        "choices": list(item.choices),
        "kind": item.question_kind,
    }


def _knowledge(context: SocializedContext, item: Item) -> Payload:
    """Return who learns the fact of a question in a conversation, or the answer to it."""
    fact = item.fact or item.question
    return {fact: knowledge_changes(context, fact)}
