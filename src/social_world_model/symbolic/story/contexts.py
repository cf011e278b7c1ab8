"""Convert a simulated story to S3AP. Each agent observes the sentences that this agent perceives.

The state of a step contains the facts that became visible. The actions of a step come from one sentence. The other
agents perceive an action in the next step, as ``<same_as_last_action />``. Likes and dislikes are mental states.
"""

from __future__ import annotations

from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.prose import closed
from social_world_model.symbolic.parser import TraceEntry
from social_world_model.symbolic.steps import Step, check_size
from social_world_model.symbolic.story.clauses import Attitude, Private
from social_world_model.symbolic.story.language import read_narrative
from social_world_model.symbolic.story.world import Happening, run

MANUAL = (
    "Written by the symbolic model from the narrative, in its words. A state holds what has just come to light "
    "where something happened; an observation holds what that agent could perceive from the room it was in."
)


def parse_story(narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
    """Convert a story to S3AP.

    Parameters
    ----------
    narrative
        Sentences of the symbolic grammar.
    guidance
        Domain instructions, which are stored in the manual of the context.

    Returns
    -------
    tuple
        A valid context, and a trace with one entry per sentence.

    Raises
    ------
    NarrativeError
        If a sentence is outside the grammar.
    """
    cast, happenings = run(read_narrative(narrative))
    check_size(narrative, len(cast), len(happenings))
    steps = [Step()]
    trace: list[TraceEntry] = []
    for happening in happenings:
        _add(steps, happening)
        sentence = happening.sentence
        trace.append(TraceEntry(sentence.number, sentence.text, happening.perceivers, str(len(steps))))
        if happening.actors:  # the visible consequences of an action belong to the next step
            steps.append(steps[-1].next(happening.perceivers))
            steps[-1].facts = _facts(happening)
    context = SocializedContext(
        agents_names=cast,
        socialized_context=[step.finished(str(number), cast) for number, step in enumerate(steps, start=1)],
        context_manual=f"{MANUAL} {guidance}".strip(),
    )
    return context, trace


def _add(steps: list[Step], happening: Happening) -> None:
    step, sentence = steps[-1], happening.sentence
    if isinstance(sentence.clause, Attitude):
        for name in sentence.clause.people:
            step.thoughts.setdefault(name, []).append(sentence.predicate)
    elif isinstance(sentence.clause, Private):
        for name in sentence.clause.people:
            step.told.setdefault(name, []).append(closed(sentence.text))
    elif happening.actors:
        step.acts = dict.fromkeys(happening.actors, sentence.predicate)
    else:
        step.facts.append((closed(sentence.text), frozenset(happening.perceivers)))
        step.facts += _facts(happening)


def _facts(happening: Happening) -> list[tuple[str, frozenset[str]]]:
    """Return the visible consequences of a happening, each with its witnesses."""
    return [(text, frozenset(happening.witnesses)) for text in happening.consequences]
