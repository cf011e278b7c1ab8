"""Compare the observers of a parsed context with the symbolic model, if the symbolic model can read the narrative."""

from __future__ import annotations

from collections.abc import Sequence

from social_world_model.errors import ContextError, NarrativeError, shortened
from social_world_model.evaluation.perceived import Perception, compare_perceived
from social_world_model.evaluation.references import Reference, reference_of, reference_of_context
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic import domain_of, parse_narrative
from social_world_model.symbolic.cast import missing
from social_world_model.symbolic.parser import not_read

EXAMPLES_SHOWN = 3


def differing_observers(narrative: str, context: SocializedContext) -> list[str]:
    """Return the differences between the observers in a context and the observers according to the symbolic model.

    Parameters
    ----------
    narrative
        Text that the context describes.
    context
        A context without errors.

    Returns
    -------
    list of str
        One line per kind of difference. The list is empty if there are no differences, or if the symbolic model cannot
        read every sentence of the narrative. Households are not compared.

    Examples
    --------
    >>> story = "Al entered the den. Bo entered the den. Al exited the den. Bo moved the key to the box."
    >>> right = parse_narrative(story)[0]
    >>> differing_observers(story, right)
    []
    >>> *steps, last = right.socialized_context
    >>> last = last.model_copy(update={"observations": {"Al": "Bo moved the key to the box.", "Bo": "none"}})
    >>> differing_observers(story, right.model_copy(update={"socialized_context": [*steps, last]}))
    ["observers whom the symbolic model does not find: Al of 'Bo moved the key to the box'"]
    """
    reference = _reference(narrative)
    if reference is None:
        return []
    try:
        score = compare_perceived(reference, context)
    except ContextError:
        return []
    found: list[str] = []
    if absent := missing(reference.agents, context.agents_names):
        found.append(f"agents whom only the symbolic model finds: {_shown(absent)}")
    if more := missing(context.agents_names, reference.agents):
        found.append(f"agents whom the symbolic model does not find: {_shown(more)}")
    if score.leaked:
        found.append(f"observers whom the symbolic model does not find: {_shown(_told(score.leaked))}")
    if score.omitted:
        found.append(f"observers whom only the symbolic model finds: {_shown(_told(score.omitted))}")
    if score.aligned < score.events:
        found.append(
            f"events of the narrative that the context lacks: {score.events - score.aligned} of {score.events}"
        )
    return found


def _reference(narrative: str) -> Reference | None:
    """Return the events and observers according to the symbolic model; None if it does not read every sentence."""
    try:
        context = parse_narrative(narrative)[0]
        match domain_of(context):
            case "story":
                return reference_of(narrative)
            case "conversation" if not not_read(context):
                return reference_of_context(context)
            case _:
                return None
    except (NarrativeError, ContextError):
        return None


def _told(perceptions: Sequence[Perception]) -> list[str]:
    return [f"{one.agent} of {shortened(one.event, 60)!r}" for one in perceptions]


def _shown(examples: Sequence[str]) -> str:
    """Return the first examples on one line."""
    more = len(examples) - EXAMPLES_SHOWN
    return ", ".join([*examples[:EXAMPLES_SHOWN], *([f"and {more} more"] if more > 0 else [])])
