"""Beliefs and knowledge over the steps of a context: where a belief changes, and who learns a fact when.

A state is what is the case before the actions of its step. An action of step t therefore changes beliefs and knowledge
from step t + 1 on. After an action in the last step, the position of a change equals the number of steps.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from social_world_model.errors import ContextError
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.names import check_known
from social_world_model.s3ap.views import known_from
from social_world_model.symbolic.conversation.hearing import Hearing, Said, hearing
from social_world_model.symbolic.conversation.knowledge import learned_with
from social_world_model.symbolic.story.beliefs import (
    BeliefChange,
    TrustPolicy,
    belief_changes,
    readings_of,
    things_told,
    trust_later_leavers,
)
from social_world_model.symbolic.story.clauses import key


def belief_track(
    context: SocializedContext,
    chain: str | Sequence[str],
    fact: str,
    *,
    trust: TrustPolicy = trust_later_leavers,
    overt_observers: Mapping[str, Collection[str]] | None = None,
) -> list[BeliefChange]:
    """Return where a belief about the place of an object changes over the steps of a story.

    Parameters
    ----------
    context
        A context without errors, in the wording of the story parser.
    chain
        ``["Anne", "Sally"]`` gives Anne's belief about Sally's belief. A string stands for one name. An empty list
        gives the real place.
    fact
        Name of an object of the story.
    trust
        Policy that decides whether a report changes a belief.
    overt_observers
        Overt observers by event id, as in `social_world_model.events`.

    Returns
    -------
    list of BeliefChange
        Changes in the order of the steps, at most one per step. The last change is the belief at the end. The list is
        empty if the chain never learns the place.

    Raises
    ------
    ContextError
        If the context cannot be split into events. If the text of an event is outside the grammar of the story parser.
        If a name in the chain is not the name of an agent in the context. If no event shows the place of the object.

    Examples
    --------
    >>> from social_world_model import parse_narrative
    >>> story = "Al entered the den. Bo entered the den. The key is in the box. Al exited the den."
    >>> context, _ = parse_narrative(f"{story} Bo moved the key to the bag.")
    >>> [(change.position, change.place) for change in belief_track(context, [], "key")]
    [(2, 'box'), (4, 'bag')]
    >>> [(change.position, change.place) for change in belief_track(context, ["Bo", "Al"], "key")]
    [(2, 'box')]
    """
    try:
        readings = readings_of(context, overt_observers)
    except ContextError as error:
        raise ContextError(
            f"expected a context in the wording of the story parser, got other wording ({error}); "
            "make the context with parse_narrative"
        ) from None
    objects = things_told(readings)
    if key(fact) not in objects:
        check_known([fact], list(objects.values()), "an object of the story")
    check_known([*([chain] if isinstance(chain, str) else chain)], context.agents_names, "agents of the context")
    return belief_changes(readings, chain, fact, trust)


@dataclass(frozen=True)
class KnowledgeChange:
    """A change of an agent's knowledge: the agent learns a fact or hears an utterance.

    Parameters
    ----------
    position
        0-based position of the first step in which the agent knows the fact before anybody acts.
    agent
        Name of the agent.
    event
        Id of the event from which the agent knows the fact. If the knowledge is inferred from several utterances, the
        event is the last one that was needed.
    how
        ``"said"``: the agent says it. ``"heard"``: the agent is an observer of it. ``"inferred"``: the conversation
        parser infers the knowledge from the words of the utterances that the agent heard.
    """

    position: int
    agent: str
    event: str
    how: Literal["said", "heard", "inferred"]

    @property
    def uncertain(self) -> bool:
        """Whether a heuristic infers the knowledge."""
        return self.how == "inferred"


def knowledge_track(context: SocializedContext, fact: str) -> list[KnowledgeChange]:
    r"""Return which agents learn a fact in a conversation, and from which step on.

    Parameters
    ----------
    context
        A context without errors. Every event that agents can perceive counts as an utterance.
    fact
        Words of an utterance or event, or any statement or question. Upper and lower case, the final full stop and the
        name of the speaker (``Ann: Hello.``) make no difference.

    Returns
    -------
    list of KnowledgeChange
        At most one change per agent, in the order of the steps. Agents without a change do not know the fact. Agents
        do not forget facts. The list is empty if no utterance shares a word with the fact.

    Raises
    ------
    ContextError
        If the context cannot be split into events.

    Notes
    -----
    If the fact is an utterance of the context, its observers know it: this is certain, as far as the observers in the
    context are right. The conversation parser may have inferred from words who is present, and the context does not
    store this. For any other fact, the parser compares words, as it does to answer questions about knowledge: such a
    change is ``uncertain``.

    Examples
    --------
    >>> from social_world_model import parse_narrative
    >>> context, _ = parse_narrative("Ann: My cat is ill.\nBo: Oh no.\nCy: Mind if I join?\nAnn: No, Cy.")
    >>> [(change.position, change.agent, change.how) for change in knowledge_track(context, "My cat is ill.")]
    [(1, 'Ann', 'said'), (1, 'Bo', 'heard')]
    >>> [(change.agent, change.uncertain) for change in knowledge_track(context, "Whose cat is ill?")]
    [('Ann', True), ('Bo', True)]
    """
    heard = hearing(context)
    said = [one for one in heard.said if _folded(fact) in _wordings(one)]
    changes = _of_utterances(said) if said else _inferred(heard, fact)
    order = {name: number for number, name in enumerate(context.agents_names)}
    first: dict[str, KnowledgeChange] = {}
    for change in sorted(changes, key=lambda change: change.position):
        first.setdefault(change.agent, change)
    return sorted(first.values(), key=lambda change: (change.position, order.get(change.agent, len(order))))


def _wordings(said: Said) -> set[str]:
    """Return the wordings by which a caller can name an utterance."""
    named = [] if said.by is None else [f"{said.by}: {said.text}"]
    return {_folded(text) for text in (said.text, said.event.text, *named)}


def _folded(text: str) -> str:
    return " ".join(text.split()).rstrip(".").casefold()


def _of_utterances(said: Sequence[Said]) -> list[KnowledgeChange]:
    return [
        KnowledgeChange(known_from(one.event, [name]), name, one.event.id, "said" if name == one.by else "heard")
        for one in said
        for name in one.heard_by
    ]


def _inferred(heard: Hearing, fact: str) -> list[KnowledgeChange]:
    words, places = heard.query(fact), heard.places(fact)
    if not heard.index.weight_of(words, places):
        return []
    changes: list[KnowledgeChange] = []
    for name in heard.cast:
        place = learned_with(heard, fact, name)
        if place is not None:
            event = heard.said[place].event
            seen = [name] if name in event.percepts else []
            changes.append(KnowledgeChange(known_from(event, seen), name, event.id, "inferred"))
    return changes
