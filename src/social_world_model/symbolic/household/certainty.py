"""Say how certain answers about a household are, and on which events of the context they depend.

Only observed facts are certain: where the context says that an object is, and what the person saw. Goals, and beliefs
about places that the person did not look into, are inferred from the walk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from social_world_model.contracts import Reply
from social_world_model.s3ap import SocializedContext, events
from social_world_model.s3ap.prose import closed, joined
from social_world_model.symbolic.household.evidence import Evidence
from social_world_model.symbolic.household.flat import Place
from social_world_model.symbolic.household.planning import SAW, Reason, Weighed
from social_world_model.symbolic.household.wording import contents_told
from social_world_model.symbolic.parser import UNKNOWN, not_read

REASONS = 2
"""Maximum number of reasons in an explanation."""


def place_reply(
    thing: str, places: Sequence[Place], evidence: Evidence, context: SocializedContext, *, thought: bool
) -> Reply:
    """Return the places of an object as a reply.

    Parameters
    ----------
    thing, places
        Name and places of the object. The list is empty if no place is known.
    evidence, context
        Evidence of the context, and the context itself.
    thought
        Whether the places are where the person saw the object, instead of where the object really is.
    """
    titles = [evidence.flat.title(place) for place in places]
    if not titles:
        who = f"{evidence.person} has not seen the {thing}" if thought else f"no sentence says where the {thing} is"
        return Reply(response=UNKNOWN, certain=False, why=f"{who[0].upper()}{who[1:]}.")
    told = _contents(places, evidence, context, seen=thought)
    where = joined(titles)
    why = f"{evidence.person} saw the {thing}: {where}." if thought else f"The text says where the {thing} is: {where}."
    return _unless_unread(Reply(response=where, evidence=told, why=why), context)


def option_reply(
    reply: Reply, chosen: Weighed, weighed: Sequence[Weighed], evidence: Evidence, context: SocializedContext
) -> Reply:
    """Return the reply with a chosen option, with its certainty and the events that it depends on.

    Parameters
    ----------
    reply, chosen, weighed
        The reply, the chosen option, and all options with their reasons.
    evidence, context
        Evidence of the context, and the context itself.
    """
    belief = chosen.hypothesis.belief
    saw = next((reason for reason in chosen.reasons if reason.weight == SAW), None)
    if saw is not None and belief is not None:
        found = _contents(belief.places(evidence.flat, evidence.room), evidence, context, seen=True)
        return _unless_unread(replace(reply, evidence=found, why=f"{evidence.person} {saw.because}."), context)
    reasons = sorted(_decisive(chosen, weighed), key=lambda one: -one.weight)[:REASONS]
    told = "; ".join(reason.because for reason in reasons) or "nothing speaks for one of the options"
    positions = {reason.position for reason in reasons}
    found = tuple(one.id for one in events(context) if one.kind == "act" and one.position in positions)
    return replace(reply, certain=False, evidence=found, why=f"Inferred from the walk: {closed(told)}")


def _decisive(chosen: Weighed, weighed: Sequence[Weighed]) -> Iterator[Reason]:
    """Yield the reasons for the chosen option, and the reasons against the others, with positive weights."""
    yield from (reason for reason in chosen.reasons if reason.weight > 0)
    known = {reason.because for reason in chosen.reasons}
    for other in weighed:
        option = other.hypothesis.option.rstrip(".")
        for reason in other.reasons:
            if reason.weight < 0 and reason.because not in known:
                yield Reason(-reason.weight, f"against “{option}”: {reason.because}", reason.position)


def _contents(
    places: Sequence[Place], evidence: Evidence, context: SocializedContext, *, seen: bool
) -> tuple[str, ...]:
    """Return the ids of the events that say what is in some places, or only of the events that the person saw."""
    told = contents_told(evidence.flat, places)
    return tuple(
        event.id for event in events(context) if event.text in told and (not seen or evidence.person in event.observers)
    )


def _unless_unread(reply: Reply, context: SocializedContext) -> Reply:
    """Return a reply that is not certain if a part of the text was not read."""
    unread = not_read(context)
    if not unread or not reply.certain:
        return reply
    return replace(reply, certain=False, why=f"{reply.why} But a part of the text was not read: {unread}")
