"""Results of the MCP tools that need no language model, from the context of a text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from social_world_model.adapters.mcp_outputs import AskOutput, Evidence, Knower, MemoryOutput, Remembered, WhoKnows
from social_world_model.errors import ConfigurationError, ContextError, shortened
from social_world_model.s3ap import Event, SocializedContext, memory
from social_world_model.symbolic.conversation.hearing import Hearing, hearing, speakers
from social_world_model.symbolic.conversation.knowledge import knowledge, reason
from social_world_model.symbolic.conversation.topics import Topic
from social_world_model.symbolic.doubts import EVERYONE, doubts_of
from social_world_model.symbolic.model import domain_of
from social_world_model.symbolic.parser import not_read
from social_world_model.symbolic.sources import source_of
from social_world_model.symbolic.story.beliefs import readings_of, things_told
from social_world_model.symbolic.story.clauses import key
from social_world_model.world_model.answers import Answer
from social_world_model.world_model.model import SocialWorldModel

TEXT_SHOWN = 300
"""Maximum number of characters of a line of evidence, and of a reason."""
LINES_SHOWN = 20
"""Maximum number of lines of evidence."""
SYMBOLIC = SocialWorldModel()


def who_knows(context: SocializedContext, fact: str) -> WhoKnows:
    """Return which people know a fact.

    In a story, the fact is the place of an object. Otherwise, people know a fact if they heard the lines about it.

    Parameters
    ----------
    context
        Context without errors.
    fact
        Words of the fact, or a question.

    Raises
    ------
    ConfigurationError
        If the fact has no words, or only words that say nothing.
    """
    if not re.search(r"\w", fact):
        raise ConfigurationError(f"expected fact to have words, got {fact!r}", parameters=("fact",))
    thing = _thing_in(fact, context)
    return _who_heard(context, fact) if thing is None else _who_knows_place(context, thing)


def _thing_in(fact: str, context: SocializedContext) -> str | None:
    """Return the object of a story that a fact is about; None if the context is no story, or if there is no object."""
    if domain_of(context) != "story":
        return None
    try:
        things = things_told(readings_of(context))
    except ContextError:  # a context in other words
        return None
    named = [name for name in things if re.search(rf"\b{re.escape(name)}\b", key(fact))]
    return things[max(named, key=len)] if named else None


def _who_knows_place(context: SocializedContext, thing: str) -> WhoKnows:
    people: list[Knower] = []
    evidence: set[int] = set()
    for name in context.agents_names:
        answer = SYMBOLIC.ask_sync(context, f"Does {name} know where the {thing} is?")
        evidence.update(answer.evidence)
        people.append(Knower(name=name, knows=answer == "yes", certain=answer.certain, why=_short(answer.why)))
    return WhoKnows(people=people, evidence=_sentences(context, sorted(evidence)), not_read=not_read(context) or None)


def _who_heard(context: SocializedContext, fact: str) -> WhoKnows:
    heard = hearing(context, None if domain_of(context) == "conversation" else ())
    topic = Topic(heard, fact)
    if not topic.query and topic.numbered is None and len(topic.places) == len(heard.said):
        raise ConfigurationError(
            f"expected fact to have words that a line may contain, got {shortened(fact)!r}", parameters=("fact",)
        )
    found = {name: knowledge(topic, [name]) for name in heard.cast}
    places = sorted({place for one in found.values() for place in one.places})
    return WhoKnows(
        people=[
            Knower(name=name, knows=one.knows, certain=one.certain, why=_short(reason({name: one})))
            for name, one in found.items()
        ],
        evidence=[_line(heard, place) for place in places[:LINES_SHOWN]],
        not_read=not_read(context) or None,
    )


def _line(heard: Hearing, place: int) -> Evidence:
    said = heard.said[place]
    by = ", ".join(speakers(heard, [place]))
    return Evidence(number=heard.numbers[place], text=_short(f"{by}: {said.text}" if by else said.text))


def remembered(context: SocializedContext, agent: str) -> MemoryOutput:
    """Return everything that a person remembers.

    Parameters
    ----------
    context
        Context without errors.
    agent
        Name of the person.
    """
    doubts = doubts_of(context)
    unsure = doubts.get(agent, frozenset()) | doubts.get(EVERYONE, frozenset())
    events = [
        Remembered(step=event.timestep, text=_told(event), certain=event.position + 1 not in unsure)
        for event in memory(context, agent)
    ]
    return MemoryOutput(agent=agent, events=events, not_read=not_read(context) or None)


def _told(event: Event) -> str:
    return f"{event.actor} thinks: {event.text}" if event.kind == "mental" else event.text


def answered(context: SocializedContext, answer: Answer) -> AskOutput:
    """Return an answer with the texts of its evidence.

    Parameters
    ----------
    context
        Context that the answer comes from.
    answer
        The answer.
    """
    return AskOutput(
        answer=answer.text,
        certain=answer.certain,
        evidence=_sentences(context, answer.evidence),
        why=_short(answer.why),
        not_read=not_read(context) or None,
    )


def _sentences(context: SocializedContext, numbers: Sequence[int]) -> list[Evidence]:
    source = source_of(context)
    if source is None:
        return []
    text_of = source.line if domain_of(context) == "conversation" else source.sentence
    return [Evidence(number=number, text=_short(text_of(number))) for number in numbers[:LINES_SHOWN]]


def _short(text: str) -> str:
    return shortened(" ".join(text.split()), TEXT_SHOWN)
