"""The parser for stories in which something changes, and in which a person may or may not perceive the change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from social_world_model.choices import Domain
from social_world_model.contracts import Query, Reply
from social_world_model.errors import ContextError
from social_world_model.s3ap import Event, SocializedContext, events
from social_world_model.s3ap.views import in_view
from social_world_model.symbolic.doubts import EVERYONE, doubts_of
from social_world_model.symbolic.english.changes.contexts import MANUAL, change_of, parse_changes
from social_world_model.symbolic.english.changes.options import is_affected, lateness, situation
from social_world_model.symbolic.english.changes.questions import NO, YES, Asked, read_question
from social_world_model.symbolic.english.changes.story import read_story
from social_world_model.symbolic.english.loading import is_installed
from social_world_model.symbolic.parser import TraceEntry, in_form, unreadable

CLEAR = 2
"""An answer is certain if the scores of the two best options differ by at least this number."""


class PerceptParser:
    """Parser that converts stories with a change to contexts, and answers questions by who perceives the change."""

    domain: Domain = "story"

    def recognises(self, narrative: str) -> bool:
        """Tell whether a text is a story with a change, and with a person who perceives the change or acts afterwards.

        Without spaCy, no text is recognised.
        """
        return is_installed() and read_story(narrative).is_about_perception

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
        """Answer a question about a belief, the next action, or the knowledge of the change.

        Parameters
        ----------
        query
            The question with its options. The narrative of the question is ignored.
        context
            The context, which is the only source of the answer.

        Raises
        ------
        NarrativeError
            If the form of the question is unknown, or if the question names a person who is not in the context.
        ConfigurationError
            If the context cannot be split into events, or if the manual does not name the change.
        """
        asked = read_question(query, context.agents_names)
        change = _change_in(context, asked.chain)
        response, margin, side = _chosen(asked, change)
        given = next((choice for choice in query.choices if choice.casefold() == response.casefold()), response)
        return Reply(
            response=in_form(given, query) if query.choices else given,
            certain=margin >= CLEAR and not change.is_guess and asked.about != "action" and len(asked.chain) < 2,
            evidence=change.evidence,
            why=_why(asked, change, margin, side),
        )


@dataclass(frozen=True)
class _Change:
    """The change in a context, for the people of a question.

    Parameters
    ----------
    step
        Name of the step.
    is_known
        Whether the people of the question perceive the change.
    is_guess
        Whether the reader guessed who perceives the change.
    evidence
        Ids of the events of the change.
    before, after
        Sentences before the change, and the change with all later facts and percepts.
    cast
        Names of all people.
    """

    step: str
    is_known: bool
    is_guess: bool
    evidence: tuple[str, ...]
    before: Sequence[str]
    after: Sequence[str]
    cast: Sequence[str]


def _change_in(context: SocializedContext, chain: Sequence[str]) -> _Change:
    """Return the change in a context. A perspective of a person who misses the change contains no event of it."""
    step = change_of(context)
    if step is None:
        raise unreadable("the manual does not name the step of the change")
    try:
        made = events(context)
    except ContextError as error:
        raise unreadable(str(error)) from None
    changes = [event for event in made if event.timestep == step and event.kind == "fact"]
    at = min((event.position for event in changes), default=len(made))
    doubts = doubts_of(context)
    return _Change(
        step=step,
        is_known=any(not chain or in_view(event, chain) for event in changes),
        is_guess=any(int(step) in doubts.get(name, ()) for name in (*chain, EVERYONE)),
        evidence=tuple(event.id for event in changes),
        before=_texts(event for event in made if event.position < at),
        after=_texts(event for event in made if event.position >= at and event.kind in ("fact", "percept")),
        cast=context.agents_names,
    )


def _texts(found: Iterable[Event]) -> list[str]:
    return [event.text for event in found]


def _chosen(asked: Asked, change: _Change) -> tuple[str, int, str]:
    """Return the answer, the margin to the other options, and the side of the change that the answer fits."""
    if asked.about == "knowledge":
        return (YES if change.is_known else NO), CLEAR, ""
    story = situation(change.before, change.after, change.cast)
    is_late = change.is_known and is_affected(asked.options, story)
    side = "after" if is_late else "before"
    scores = {
        option: lateness(option, _others(option, asked.options), story, is_action=asked.about == "action")
        for option in asked.options
    }
    if asked.about == "statement":
        (score,) = scores.values()
        return (YES if (score > 0) == is_late else NO), abs(score), side
    order = sorted(asked.options, key=lambda option: scores[option], reverse=is_late)
    return order[0], abs(scores[order[0]] - scores[order[1]]), side


def _others(option: str, options: Sequence[str]) -> list[str]:
    return [one for one in options if one != option]


def _why(asked: Asked, change: _Change, margin: int, side: str) -> str:
    who = asked.chain[-1] if asked.chain else "The story"
    what = f"{who} {'perceives' if change.is_known else 'does not perceive'} the change in step {change.step}"
    how = "a guess from the next action" if change.is_guess else "stated in the story"
    if not asked.chain:
        what, how = f"The change is in step {change.step}", "stated in the story"
    fits = f" The answer fits the situation {side} the change." if side else ""
    close = " The options differ little in the words of the story." if margin < CLEAR else ""
    return f"{what} ({how}).{fits}{close}"
