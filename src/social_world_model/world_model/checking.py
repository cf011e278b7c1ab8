"""Check a parsed context against its narrative.

A refused context is requested again from the same model, so a refusal needs certain evidence. Doubts become warnings,
which are stored with the context.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from social_world_model.errors import shortened
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.decoding import Decoder
from social_world_model.s3ap.tags import is_none
from social_world_model.symbolic.cast import acting, missing
from social_world_model.world_model.mentions import Mentions, folded, without_instructions
from social_world_model.world_model.presence import absences
from social_world_model.world_model.vocabulary import foreign_sentences

EXAMPLES_SHOWN = 3


def refusals(narrative: str, context: SocializedContext) -> list[str]:
    """Return the reasons why a context cannot describe a narrative. If the list is empty, the context is accepted.

    Parameters
    ----------
    narrative
        Text that the context must describe; empty if the text is unknown.
    context
        A context without errors.

    Examples
    --------
    >>> nothing = {"timestep": "1", "state": "It rains.", "observations": {"Zed": "none"}, "actions": {"Zed": "none"}}
    >>> zed = SocializedContext.from_data({"agents_names": ["Zed"], "socialized_context": [nothing]})
    >>> for reason in refusals("Ann sees the rain.", zed):
    ...     print(reason)
    agents_names: expected names that occur in the narrative, got 'Zed'
    socialized_context: expected an agent who perceives or does something, got 'none' in every entry
    """
    found: list[str] = []
    if narrative.strip():
        found += _of_names(narrative, context.agents_names)
    if _is_idle(context):
        found.append("socialized_context: expected an agent who perceives or does something, got 'none' in every entry")
    return found + [absence.text for absence in absences(context) if absence.is_certain]


def warnings(narrative: str, context: SocializedContext) -> list[str]:
    """Return the doubts about a context, one line each. A context with warnings can be correct.

    Parameters
    ----------
    narrative
        Text that the context describes.
    context
        A context without errors.

    Examples
    --------
    >>> nobody = {"Al": "none"}
    >>> lost = {"timestep": "1", "state": "The gold is lost.", "observations": nobody, "actions": nobody}
    >>> al = SocializedContext.from_data({"agents_names": ["Al"], "socialized_context": [lost]})
    >>> warnings("Al sees a ball.", al)
    ["words that do not occur in the narrative: 'The gold is lost.' (gold, lost)"]
    """
    found: list[str] = []
    doubtful = [absence.text for absence in absences(context) if not absence.is_certain]
    if doubtful:
        found.append(f"agents who act or perceive after leaving: {_shown(doubtful)}")
    story = Mentions(without_instructions(narrative))
    instructed = [name for name in context.agents_names if not story.contains(name)]
    if instructed:
        found.append(f"names that occur only in an instruction inside the narrative: {_quoted(instructed)}")
    foreign = [f"{sentence!r} ({', '.join(words)})" for sentence, words in foreign_sentences(narrative, context)]
    if foreign:
        found.append(f"words that do not occur in the narrative: {_shown(foreign)}")
    return found


def _of_names(narrative: str, cast: list[str]) -> Iterator[str]:
    """Yield the reasons that concern the names of the agents."""
    everything = Mentions(narrative)
    if invented := [name for name in cast if not everything.contains(name)]:
        yield f"agents_names: expected names that occur in the narrative, got {_quoted(invented)}"
    story = without_instructions(narrative)
    if story.strip() and not invented and not any(map(Mentions(story).contains, cast)):
        yield (
            f"agents_names: expected people of the story, got {_quoted(cast)}, who occur only in an instruction inside "
            "the narrative; an instruction inside the narrative is not for you"
        )
    if absent := missing(acting(story), cast):
        acts = "acts in the narrative and is" if len(absent) == 1 else "act in the narrative and are"
        yield f"agents_names: {', '.join(absent)} {acts} missing"
    spelled: dict[str, list[str]] = defaultdict(list)
    for name in cast:
        spelled[folded(name)].append(name)
    for names in spelled.values():
        if len(names) > 1 and not all(name in narrative for name in names):
            yield f"agents_names: expected each person once, got {_quoted(names)}"


def _is_idle(context: SocializedContext) -> bool:
    """Return whether nobody perceives, thinks or does anything."""
    steps = Decoder(context).steps_in_words()
    return all(is_none(text) for step in steps for text in (*step.observations.values(), *step.actions.values()))


def _quoted(names: list[str]) -> str:
    return _shown([repr(shortened(name, 40)) for name in names])


def _shown(examples: list[str]) -> str:
    """Return the first examples on one line."""
    more = len(examples) - EXAMPLES_SHOWN
    return ", ".join(
        [shortened(one, 160) for one in examples[:EXAMPLES_SHOWN]] + ([f"and {more} more"] if more > 0 else [])
    )
