"""Convert a simulated story to S3AP. Each agent observes the sentences that this agent perceives.

The state of a step contains the facts that became visible. The actions of a step come from one sentence. The other
agents perceive an action in the next step, as ``<same_as_last_action />``. Likes and dislikes are mental states.
"""

from __future__ import annotations

from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.prose import closed
from social_world_model.symbolic.doubts import written
from social_world_model.symbolic.parser import TraceEntry
from social_world_model.symbolic.provenance import Provenance
from social_world_model.symbolic.steps import Fact, Source, Step, Words, check_size, context_of
from social_world_model.symbolic.story.clauses import Attitude, Private
from social_world_model.symbolic.story.language import read_narrative
from social_world_model.symbolic.story.world import Happening, run

MANUAL = (
    "Written by the symbolic model from the narrative, in the words of the narrative. A state lists the facts that "
    "just became visible. An observation lists what the agent perceives in its room."
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
    provenance = Provenance(steps, cast)
    trace: list[TraceEntry] = []
    doubts: dict[str, list[int]] = {}
    for entry, happening in enumerate(happenings):
        for name in happening.unplaced:
            doubts.setdefault(name, []).append(len(steps))
        _add(steps[-1], happening, Source(entry))
        said, perceivers = happening.sentence, happening.perceivers
        trace.append(
            TraceEntry(said.number, said.text, perceivers, str(len(steps)), said.start, said.end, provenance, entry)
        )
        if happening.actors:  # the visible consequences of an action belong to the next step
            steps.append(steps[-1].next(perceivers))
            steps[-1].facts = _facts(happening, Source(entry, told=False))
    manual = " ".join(part for part in (MANUAL, guidance, written(doubts)) if part)
    return context_of(steps, cast, manual), trace


def _add(step: Step, happening: Happening, source: Source) -> None:
    sentence = happening.sentence
    if isinstance(sentence.clause, Attitude):
        for name in sentence.clause.people:
            step.thoughts.setdefault(name, []).append(Words(sentence.predicate, (source,)))
    elif isinstance(sentence.clause, Private):
        for name in sentence.clause.people:
            step.told.setdefault(name, []).append(Words(closed(sentence.text), (source,)))
    elif happening.actors:
        step.acts = dict.fromkeys(happening.actors, sentence.predicate)
        step.acts_source = source
    else:
        step.facts.append(Fact(closed(sentence.text), frozenset(happening.perceivers), (source,)))
        step.facts += _facts(happening, Source(source.entry, told=False))


def _facts(happening: Happening, source: Source) -> list[Fact]:
    """Return the visible consequences of a happening, each with its witnesses."""
    return [Fact(text, frozenset(happening.witnesses), (source,)) for text in happening.consequences]
