"""The symbolic model as a parser and an answerer: no key, no network, no weights."""

from __future__ import annotations

from social_world_model.contracts import Parsed, Query, Recipe, Reply
from social_world_model.errors import ConfigurationError, ContextError, NarrativeError
from social_world_model.s3ap import events
from social_world_model.symbolic.beliefs import TrustPolicy, beginning, belief, read_events, trust_later_leavers
from social_world_model.symbolic.contexts import parse_narrative
from social_world_model.symbolic.language import read_question

NAME = "symbolic"
UNKNOWN = "unknown"
"""The answer where nothing that may be looked at tells."""

USABLE_MODES = frozenset(
    {"vanilla", "socialized_context", "pure_context", "perspective", "simulation", "generate_socialized_context"}
)


class SymbolicModel:
    """Reads templated English, keeps a world, and answers from the events of a context.

    From a narrative it first makes the context; given a context or a memory it looks at nothing else.

    Parameters
    ----------
    trust
        Whose belief a report changes.

    Examples
    --------
    >>> import asyncio
    >>> story = "Al entered the hall. The ball is in the box. Al exited the hall."
    >>> query = Query(question="Where will Al look for the ball?", asks="belief", narrative=story)
    >>> asyncio.run(SymbolicModel().answer(query)).text
    'box'
    """

    name = NAME
    usable_modes: frozenset[str] | None = USABLE_MODES

    def __init__(self, trust: TrustPolicy = trust_later_leavers) -> None:
        self.trust = trust

    @property
    def recipe(self) -> Recipe:
        """Nothing: there is no prompt, and nothing is drawn."""
        return Recipe()

    async def parse(self, narrative: str, guidance: str = "") -> Parsed:
        """Return the context of a narrative.

        Raises
        ------
        NarrativeError
            If a sentence is outside the grammar.
        """
        return Parsed(context=parse_narrative(narrative, guidance)[0])

    async def answer(self, query: Query) -> Reply:
        """Answer where something is, was, or is thought to be.

        Raises
        ------
        NarrativeError
            If the question, or a sentence of the narrative, is outside the grammar, or if the question names
            somebody who is not in the cast.
        ConfigurationError
            If a context cannot be broken into events, or its wording is outside the grammar.
        """
        asked = read_question(query.question)
        if asked is None:
            raise NarrativeError(
                "expected a question such as 'Where is the ball really?', 'Where was the ball at the beginning?', "
                "'Where will Anne look for the ball?' or 'Where does Anne think Sally thinks the ball is?'",
                sentence=query.question,
            )
        context = query.memory or query.context
        if context is None:
            context = parse_narrative(query.narrative or "")[0]
        try:
            readings = read_events(events(context))
        except ContextError as error:
            raise ConfigurationError(
                f"the symbolic model answers from contexts in its own English ({error}); "
                f"use contexts made with --context-model {NAME}, or another --model-name for these"
            ) from None
        if strangers := [name for name in asked.chain if name not in context.agents_names]:
            raise NarrativeError(
                f"expected names out of {', '.join(context.agents_names)}; got {', '.join(strangers)}",
                sentence=query.question,
            )
        if asked.asks == "beginning":
            place = beginning(readings, asked.thing)
        else:
            place = belief(readings, asked.chain, asked.thing, self.trust)
        return Reply(text=_worded(place or UNKNOWN, query))


def _worded(place: str, query: Query) -> str:
    """Return a place in the form that is asked for: where that is a letter, the letter of the option it is."""
    if query.answer_form != "letter":
        return place
    options = [choice.replace("_", " ").casefold() for choice in query.choices]
    wanted = place.replace("_", " ").casefold()
    return chr(ord("A") + options.index(wanted)) if wanted in options else place
