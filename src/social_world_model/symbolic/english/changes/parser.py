"""The parser for stories in which something changes, and in which a person may or may not perceive the change."""

from __future__ import annotations

import re
from collections.abc import Sequence

from social_world_model.choices import Domain
from social_world_model.contracts import Query, Reply
from social_world_model.errors import ContextError, NarrativeError
from social_world_model.s3ap import Event, SocializedContext, events
from social_world_model.s3ap.views import in_view
from social_world_model.symbolic.doubts import EVERYONE, doubts_of
from social_world_model.symbolic.english.changes.contexts import MANUAL, change_of, parse_changes
from social_world_model.symbolic.english.changes.options import (
    Situation,
    describes_action,
    is_affected,
    lateness,
    situation,
)
from social_world_model.symbolic.english.changes.story import read_story
from social_world_model.symbolic.english.loading import is_installed
from social_world_model.symbolic.parser import TraceEntry, in_form, unreadable

CLEAR = 2
"""An answer is certain if the scores of the two best options differ by at least this number."""
_ALTERNATIVES = re.compile(
    r"\b(?:believe|think|assume|suppose|expect)s?\s+(?:that\s+)?(?P<one>.+?),?\s+or\s+(?P<other>.+?)\?*$",
    re.IGNORECASE,
)


class PerceptParser:
    """Parser that converts stories with a change to contexts, and chooses options by who perceives the change."""

    domain: Domain = "story"

    def recognises(self, narrative: str) -> bool:
        """Tell whether a text is a story with a person and a change. Without spaCy, no text is recognised."""
        if not is_installed():
            return False
        story = read_story(narrative)
        return story.change is not None and bool(story.cast)

    def recognises_context(self, context: SocializedContext) -> bool:
        """Tell whether a context was made by this parser."""
        return (context.context_manual or "").startswith(MANUAL)

    def parse(self, narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
        """Convert a story to S3AP.

        Parameters
        ----------
        narrative, guidance
            The story and the domain instructions, as for `parse_changes`.
        """
        return parse_changes(narrative, guidance)

    def answer(self, query: Query, context: SocializedContext) -> Reply:
        """Choose the option that fits what the people of the belief chain perceived.

        Parameters
        ----------
        query
            The question with its options, or a question with two alternatives. The narrative of the question is
            ignored.
        context
            The context, which is the only source of the answer.

        Raises
        ------
        NarrativeError
            If the question has no options, or if the question names a person who is not in the context.
        ConfigurationError
            If the context cannot be split into events, or if the manual does not name the change.
        """
        options = query.choices or _alternatives(query.question)
        if len(options) < 2:
            raise NarrativeError(
                "expected a question with options, or with two alternatives such as 'Does Ann believe that the jar is "
                "full or empty?'",
                sentence=query.question,
            )
        if strangers := [name for name in query.belief_chain if name not in context.agents_names]:
            raise NarrativeError(
                f"expected people of the story ({', '.join(context.agents_names)}), got {', '.join(strangers)}",
                sentence=query.question,
            )
        step = change_of(context)
        if step is None:
            raise unreadable("the manual does not name the step of the change")
        try:
            made = events(context)
        except ContextError as error:
            raise unreadable(str(error)) from None
        return _chosen(query, options, made, step, context)


def _alternatives(question: str) -> tuple[str, ...]:
    found = _ALTERNATIVES.search(question.strip())
    return (found["one"], found["other"]) if found else ()


def _chosen(
    query: Query, options: Sequence[str], made: Sequence[Event], step: str, context: SocializedContext
) -> Reply:
    chain = query.belief_chain
    changes = [event for event in made if event.timestep == step and event.kind == "fact"]
    known = [event for event in changes if not chain or in_view(event, chain)]
    story = _situation(made, changes, context.agents_names)
    is_action = any(map(describes_action, options))
    scores = {
        option: lateness(option, [one for one in options if one != option], story, is_action=is_action)
        for option in options
    }
    is_known = bool(known) and is_affected(options, story)
    order = sorted(options, key=lambda option: scores[option], reverse=is_known)
    margin = abs(scores[order[0]] - scores[order[1]])
    doubts = doubts_of(context)
    doubted = any(int(step) in doubts.get(name, ()) for name in (*chain, EVERYONE))
    who = chain[-1] if chain else "the story"
    return Reply(
        response=in_form(order[0], query) if query.choices else order[0],
        certain=margin >= CLEAR and not doubted and not is_action,
        evidence=tuple(event.id for event in made if event in changes),
        why=_why(who, is_known, bool(known), doubted, margin, step),
    )


def _situation(made: Sequence[Event], changes: Sequence[Event], names: Sequence[str]) -> Situation:
    """Return the situation. All people know the sentences before the change. Thoughts before the change are plans."""
    at = min((event.position for event in changes), default=len(made))
    before = [event.text for event in made if event.position < at]
    after = [event.text for event in made if event.position >= at and event.kind in ("fact", "percept")]
    return situation(before, after, names)


def _why(who: str, is_known: bool, is_perceived: bool, doubted: bool, margin: int, step: str) -> str:
    perceived = (
        f"{who} perceives the change in step {step}" if is_perceived else f"{who} misses the change in step {step}"
    )
    told = "this is a guess" if doubted else "the story says so"
    side = "after" if is_known else "before"
    clear = "" if margin >= CLEAR else " The options differ little in their words."
    return f"{perceived} ({told}); the option fits the situation {side} the change.{clear}"
