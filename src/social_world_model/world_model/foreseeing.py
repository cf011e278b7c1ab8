"""Imagine the replies of a partner to several acts of one person.

A context lists what each person perceived. The partner is imagined from the perspective of the first person on the
partner, so the imagined partner knows only what the first person saw the partner perceive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from pydantic import BaseModel

from social_world_model.choices import Simulate
from social_world_model.errors import ConfigurationError, did_you_mean, shortened
from social_world_model.generation_utils.asking import Ask
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.reading import UnfitReply, fit
from social_world_model.interaction import KINDS_WITH_TEXT, Act, Future, Imagined, PartnerModel, act_problem
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.decoding import action_words
from social_world_model.s3ap.prose import closed
from social_world_model.s3ap.rendering import without_mental_states
from social_world_model.s3ap.tags import NONE, SAME_AS_STATE, is_none, same_as_last_action_of, without_tags
from social_world_model.s3ap.views import perspective
from social_world_model.world_model.foreseeing_prompts import KINDS_OF_ACTS, ImaginedReply, reply_prompt
from social_world_model.world_model.imagining import check, extended, together
from social_world_model.world_model.presence import says_leaving

MAX_REPLIES = 200
"""Default limit of the number of imagined replies: acts x horizon x samples."""


@dataclass(frozen=True)
class ImaginedReplyParser:
    """Reads a reply as the next act of a person.

    Parameters
    ----------
    by
        Name of the person who acts.
    """

    by: str

    @property
    def shape(self) -> type[BaseModel]:
        """Schema of the reply."""
        return ImaginedReply

    def get_format_instructions(self) -> str:
        """Return the instruction to reply with JSON of this schema."""
        return format_instructions(ImaginedReply)

    def parse(self, text: str) -> Imagined:
        """Return the next act of the person, with the mental state before the act.

        Raises
        ------
        UnfitReply
            If the reply contains no act, or if the act needs a text and has none.
        """
        reply = fit(text, ImaginedReply)
        words = without_tags(reply.act_text.strip()) if reply.act_kind in KINDS_WITH_TEXT else ""
        if reply.act_kind in KINDS_WITH_TEXT and not words:
            raise UnfitReply(f"act_text: expected a text of an act of the kind {reply.act_kind!r}, got an empty text")
        state = "" if is_none(reply.state) else without_tags(" ".join(reply.state.split()))
        return Imagined(by=self.by, mind=reply.mind.strip(), act=Act(kind=reply.act_kind, text=words), state=state)


@dataclass(frozen=True)
class ImaginedPerson:
    """Imagines with a language model what a person does next. This is a `PartnerModel`.

    Parameters
    ----------
    ask
        Asks the language model.
    known
        What the person who imagines knows of other people from the briefing, by name.
    situation
        What all people know, such as the rules of a game.
    """

    ask: Ask
    known: Mapping[str, str] = field(default_factory=dict)
    situation: str = ""

    async def reply(self, context: SocializedContext, *, me: str, by: str, place: str = "") -> Imagined:
        """Return the next act of a person, in one call.

        Parameters
        ----------
        context
            What the person knows. The prompt contains nothing else, except `known` and `situation`.
        me
            Name of the person who imagines.
        by
            Name of the person who acts; `me` for the own next act.
        place
            Place of the call in a decision.

        Raises
        ------
        UnparsableOutputError, RefusalError, GenerationError
            If no reply could be read, if the model refused to answer, or if no call succeeded.
        """
        text = reply_prompt(context, me=me, by=by, known=self.known.get(by, ""), situation=self.situation)
        return await self.ask(text, ImaginedReplyParser(by), role="foresee", place=place)


def present(context: SocializedContext) -> frozenset[str]:
    """Return the people who are present at the end of a context.

    The last step in which anybody perceives something decides: people who perceive nothing there are absent. If the
    state of this step is empty, people who acted in the step before it are present too, because nobody observes an own
    act. People whose last act is to leave are absent. If nobody perceives anything, all people are present.

    Parameters
    ----------
    context
        Context without errors.
    """
    steps, cast = without_mental_states(context).socialized_context, context.agents_names
    perceive = [{name for name, text in step.observations.items() if not is_none(text)} for step in steps]
    last = max((number for number, names in enumerate(perceive) if names), default=None)
    if last is None:
        return frozenset(cast) - _leaving(steps[-1].actions if steps else {})
    there = perceive[last]
    if last and is_none(steps[last].state):
        before = steps[last - 1].actions
        there |= {name for name, act in before.items() if not is_none(act)} - _leaving(before)
    gone = {name for step in steps[last:] for name in _leaving(step.actions)}
    return frozenset(there - gone)


def _leaving(actions: Mapping[str, str]) -> set[str]:
    return {name for name, act in actions.items() if says_leaving(act.removeprefix(f"{name} "))}


def with_act(context: SocializedContext, act: Act, *, by: str, state: str = "") -> SocializedContext:
    """Return a context with one more act in the last step, and with a new step in which people perceive the act.

    The people in `act.to` perceive the act. If `act.to` is empty, all people who are `present` perceive the act. Nobody
    else perceives the act of an absent person. The people who perceive the act also perceive the new state.

    Parameters
    ----------
    context
        Context without errors, with at least one step. It is not changed.
    act
        The act.
    by
        Name of the person who acts.
    state
        What changes in the situation after the act; empty if nothing changes.

    Raises
    ------
    ConfigurationError
        If the person already acts in the last step.
    """
    last, cast, there = context.socialized_context[-1], context.agents_names, present(context)
    done = without_mental_states(context).socialized_context[-1].actions
    acting = [name for name, words in done.items() if not is_none(words)]
    if by in acting:
        raise ConfigurationError(
            f"expected no act of {by} in the last step, got {shortened(done[by])!r}: end the context with a step in "
            "which other people perceive this act"
        )
    observers = {name: there if name in there else frozenset({name}) for name in (*acting, by)}
    if act.to:
        observers[by] = frozenset(act.to) | {by}
    words = without_tags(act.words)
    fact = closed(without_tags(" ".join(state.split()))) if state.strip() else NONE
    observations: dict[str, str] = {}
    for name in cast:
        tags = [
            same_as_last_action_of(cast.index(actor))
            for actor in (*acting, *([by] if words else []))
            if name != actor and name in observers[actor]
        ]
        if fact != NONE and name in observers[by]:
            tags.append(SAME_AS_STATE)
        observations[name] = " ".join(tags) or NONE
    actions = {**last.actions, by: action_words(by, f"{by} {words}")} if words else last.actions
    return extended(context, actions, fact, observations)


async def foresee(
    partner_model: PartnerModel,
    context: SocializedContext,
    *,
    me: str,
    acts: Sequence[str | Act],
    partner: str | None = None,
    horizon: int = 1,
    simulate: Simulate = "memory",
    samples: int = 1,
    max_replies: int = MAX_REPLIES,
) -> list[Future]:
    """Return imagined futures of several acts: for each act in order, as many futures as `samples`.

    A future has `horizon` replies, or fewer if one of the two people leaves. Between two replies, the partner model
    also imagines the own next act of the person, from the memory of the person.

    Parameters
    ----------
    partner_model
        Imagines the next act of the partner, and of the person.
    context
        Context without errors, with at least one step. It is not changed.
    me
        Name of the person who considers the acts.
    acts
        Acts to consider. A text is an act of the kind ``"action"``, such as ``"moves the ball to the box"``.
    partner
        Name of the person whose replies are imagined. May be left out if the context has two people.
    horizon
        Number of replies of the partner in each future.
    simulate
        What the partner knows: ``"memory"`` is `perspective` of the person on the partner. ``"omniscient"`` is all that
        the person knows.
    samples
        Number of futures for each act.
    max_replies
        Maximum number of imagined replies in total.

    Raises
    ------
    ConfigurationError
        If the context has errors, if a name is unknown, if an act is not possible, or if a number is out of range.
    GenerationError
        If a reply could not be imagined.
    """
    check(context)
    considered = checked_acts(context, me, acts)
    other = checked_partner(context, me, partner)
    check_size(len(considered), horizon, samples, simulate=simulate, max_replies=max_replies)
    imagining = _Imagining(partner_model, me, other, horizon, simulate)
    return await together(
        imagining.future(context, act, f"{candidate}/{sample}")
        for candidate, act in enumerate(considered)
        for sample in range(samples)
    )


@dataclass(frozen=True)
class _Imagining:
    """Imagines the futures of one call of `foresee`."""

    partner_model: PartnerModel
    me: str
    partner: str
    horizon: int
    simulate: Simulate

    async def future(self, context: SocializedContext, act: Act, place: str) -> Future:
        """Return one future of an act."""
        me, partner, model = self.me, self.partner, self.partner_model
        chain = [me, partner] if self.simulate == "memory" else [me]
        context = with_act(context, act, by=me)
        replies: list[Imagined] = []
        own_acts: list[Act] = []
        for depth in range(self.horizon):
            if depth:
                own = await model.reply(perspective(context, [me]), me=me, by=me, place=f"{place}/{depth}/own")
                own_acts.append(own.act)
                context = with_act(context, own.act, by=me, state=own.state)
            if (own_acts[-1] if own_acts else act).kind == "leave":
                break
            reply = await model.reply(perspective(context, chain), me=me, by=partner, place=f"{place}/{depth}")
            replies.append(reply)
            context = with_act(context, reply.act, by=partner, state=reply.state)
            if reply.act.kind == "leave":
                break
        return Future(act=act, replies=tuple(replies), context=context, own_acts=tuple(own_acts))


def checked_acts(context: SocializedContext, me: str, acts: Sequence[str | Act]) -> list[Act]:
    """Return the acts to consider.

    Parameters
    ----------
    context, me, acts
        The same as for `foresee`.

    Raises
    ------
    ConfigurationError
        If there is no act, if the name of the person is unknown, or if an act is not possible.
    """
    _check_name(context, "me", me)
    considered = [
        Act(kind="action", text=act) if isinstance(act, str) else act
        for act in ([acts] if isinstance(acts, str) else acts)
    ]
    if not considered:
        raise ConfigurationError("expected acts to contain at least one act, got none", parameters=("acts",))
    for act in considered:
        if problem := act_problem(act, me=me, cast=context.agents_names, available=tuple(KINDS_OF_ACTS)):
            raise ConfigurationError(f"expected possible acts: {problem}", parameters=("acts",))
    return considered


def checked_partner(context: SocializedContext, me: str, partner: str | None) -> str:
    """Return the name of the partner.

    Parameters
    ----------
    context, me, partner
        The same as for `foresee`.

    Raises
    ------
    ConfigurationError
        If the partner is unknown or the same person, or if there is no partner and there are not exactly two people.
    """
    others = [name for name in context.agents_names if name != me]
    if partner is None:
        if len(others) == 1:
            return others[0]
        raise ConfigurationError(
            f"expected partner to be one of {', '.join(others) or '(nobody else is in the context)'}, got none",
            parameters=("partner",),
        )
    if partner == me:
        raise ConfigurationError(
            f"expected partner to be another person than {me}, got the same name", parameters=("partner",)
        )
    _check_name(context, "partner", partner)
    return partner


def check_size(
    acts: int, horizon: int, samples: int, *, simulate: Simulate = "memory", max_replies: int = MAX_REPLIES
) -> None:
    """Check the numbers of acts, replies and samples.

    Parameters
    ----------
    acts
        Number of acts.
    horizon, samples, simulate, max_replies
        The same as for `foresee`.

    Raises
    ------
    ConfigurationError
        If a number is below 1, if the product of the numbers is above the limit, or if `simulate` is unknown.
    """
    for name, number in (("horizon", horizon), ("samples", samples)):
        if number < 1:
            raise ConfigurationError(f"expected {name} to be at least 1, got {number}", parameters=(name,))
    if simulate not in get_args(Simulate):
        raise ConfigurationError(
            f"expected simulate to be one of {', '.join(get_args(Simulate))}; got {simulate!r}"
            f"{did_you_mean(simulate, get_args(Simulate))}",
            parameters=("simulate",),
        )
    if acts * horizon * samples > max_replies:
        raise ConfigurationError(
            f"expected at most {max_replies} imagined replies, got {acts * horizon * samples} "
            f"({acts} acts x horizon {horizon} x samples {samples}): lower one of these, or set max_replies",
            parameters=("horizon", "samples", "max_replies"),
        )


def _check_name(context: SocializedContext, parameter: str, name: str) -> None:
    cast = context.agents_names
    if name not in cast:
        raise ConfigurationError(
            f"expected {parameter} to be one of {', '.join(cast)}; got {name!r}{did_you_mean(name, cast)}",
            parameters=(parameter,),
        )
