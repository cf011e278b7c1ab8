"""Convert a story with a change to S3AP: one step per sentence.

The agents who do not perceive the change do not have the change in their observations. A sentence that denies a
perception is a fact that nobody perceives.
"""

from __future__ import annotations

import re

from social_world_model.errors import NarrativeError
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.prose import closed
from social_world_model.s3ap.tags import without_tags
from social_world_model.symbolic.doubts import written
from social_world_model.symbolic.english.changes.sentences import Told
from social_world_model.symbolic.english.changes.story import Story, read_story
from social_world_model.symbolic.parser import TraceEntry
from social_world_model.symbolic.provenance import Provenance
from social_world_model.symbolic.steps import Fact, Source, Step, Words, check_size, context_of

MANUAL = (
    "Written by the symbolic model from a story with a change, in the words of the story: one step per sentence. "
    "An agent who does not observe the change does not know about the change."
)
_CHANGE = re.compile(r"The change is in step (\d+)\.")
_SUBJECT = re.compile(r"(?:he|she)\s+", re.IGNORECASE)


def parse_changes(narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
    """Convert a story to S3AP.

    Parameters
    ----------
    narrative
        Story in ordinary English in which something changes.
    guidance
        Domain instructions, which are stored in the manual of the context.

    Returns
    -------
    tuple
        A valid context, and a trace with one entry per sentence.

    Raises
    ------
    NarrativeError
        If the story has no person or no change.
    ConfigurationError
        If spaCy or its English model is missing.
    """
    story = read_story(narrative)
    if story.change is None or not story.cast:
        raise NarrativeError(
            "expected a story with a person and an event that changes something, got a story without "
            f"{'such an event' if story.cast else 'a named person'}",
            sentence=story.told[0].text if story.told else narrative,
        )
    check_size(narrative, len(story.cast), len(story.told))
    steps: list[Step] = []
    provenance = Provenance(steps, story.cast)
    trace: list[TraceEntry] = []
    for entry, told in enumerate(story.told):
        steps.append(steps[-1].next(story.cast) if steps and steps[-1].acts else Step())
        perceivers = _perceivers(story, entry)
        _add(steps[-1], told, perceivers, Source(entry), is_change=entry == story.change)
        place = str(entry + 1), told.start, told.end
        trace.append(TraceEntry(entry + 1, told.text, perceivers, *place, provenance, entry))
    doubts = written({name: [story.change + 1] for name, how in story.perceptions.items() if not how.certain})
    manual = " ".join(part for part in (MANUAL, f"The change is in step {story.change + 1}.", guidance, doubts) if part)
    return context_of(steps, story.cast, manual), trace


def change_of(context: SocializedContext) -> str | None:
    """Return the timestep of the change; None if the manual does not name it.

    Parameters
    ----------
    context
        Context from `parse_changes`, or a perspective in it.
    """
    found = _CHANGE.search(context.context_manual or "")
    return found[1] if found else None


def _perceivers(story: Story, entry: int) -> tuple[str, ...]:
    told = story.told[entry]
    if entry == story.change:
        return tuple(name for name in story.cast if story.perceptions[name].perceived)
    if told.role == "percept" and entry > (story.change or 0):
        return (told.person,) if told.person and not told.denied else ()
    if told.role == "thought" and told.person:
        return (told.person,)
    return tuple(story.cast)


def _add(step: Step, told: Told, perceivers: tuple[str, ...], source: Source, *, is_change: bool) -> None:
    text = closed(without_tags(told.text))
    predicate = _predicate(told, text)
    if is_change:
        step.facts.append(Fact(text, frozenset(perceivers), (source,)))
    elif told.role == "thought" and told.person and predicate:
        step.thoughts[told.person] = [Words(predicate, (source,))]
    elif told.role == "act" and told.person and predicate:
        step.acts = {told.person: predicate}
        step.acts_source = source
    elif told.role == "percept" and perceivers and told.person in perceivers and len(perceivers) == 1:
        step.told[perceivers[0]] = [Words(text, (source,))]
    else:
        step.facts.append(Fact(text, frozenset(perceivers), (source,)))


def _predicate(told: Told, text: str) -> str:
    """Return a sentence without its subject; ``""`` if the sentence does not begin with the person."""
    if told.person and text.startswith(f"{told.person} "):
        return text[len(told.person) + 1 :].rstrip(".")
    pronoun = _SUBJECT.match(text)
    return text[pronoun.end() :].rstrip(".") if pronoun else ""
