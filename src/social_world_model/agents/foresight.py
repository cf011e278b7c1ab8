"""Agents that imagine what their acts lead to before they act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from social_world_model.agents import prompts as texts
from social_world_model.agents.language_model import LanguageModelAgent, check_candidates, model_of, searches
from social_world_model.agents.making import AgentKind, AgentOptions, Seat
from social_world_model.agents.rendering import act_text
from social_world_model.agents.turn import Turn, best_of
from social_world_model.generation_utils.asking import Ask
from social_world_model.generation_utils.calls import Role
from social_world_model.interaction import Agent, Considered, Decision, Future
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.decoding import decode
from social_world_model.s3ap.prose import closed
from social_world_model.s3ap.rendering import render
from social_world_model.s3ap.tags import NONE
from social_world_model.s3ap.views import memory
from social_world_model.world_model.foreseeing import ImaginedPerson, check_size, foresee
from social_world_model.world_model.foreseeing_prompts import REPLY
from social_world_model.world_model.imagining import Imagination
from social_world_model.world_model.parsing import PARSE_TEMPERATURE
from social_world_model.world_model.step_prompts import NEXT

FORESEE_OPTIONS = ("candidates", "horizon", "samples", "simulate", "value", "choose")


def partner_of(seat: Seat) -> str:
    """Return the person whose replies are imagined: the next person in the order of the turns.

    If agents play nobody else, this is the next person of the cast.

    Parameters
    ----------
    seat
        Seat of the agent, with at least one other person.
    """
    me = seat.name
    played = list(seat.scenario.seats.values())
    order = played if len(played) > 1 else list(seat.scenario.cast)
    return order[(order.index(me) + 1) % len(order)]


async def _foresee_paper(world: Ask, turn: Turn) -> Decision:
    """Intend an act, imagine one step of the situation after this act, and refine the act."""
    me, context = turn.observation.me, turn.observation.context
    intended = (await turn.act(texts.INTEND)).act
    imagination = Imagination(world, role="foresee", temperature=PARSE_TEMPERATURE)
    given = {me: intended.words or NONE}
    longer = await imagination.step(context, given=given, place="0")
    imagined = _last_step(longer)
    refined = (await turn.act(texts.REFINE, 1, draft=act_text(intended), imagined=imagined)).act
    return Decision(act=refined, considered=(Considered(act=intended, why=imagined),))


def _last_step(context: SocializedContext) -> str:
    """Return the actions that lead to the last step, and the last step, as text."""
    *_, before, last = decode(context).socialized_context
    nobody = dict.fromkeys(context.agents_names, NONE)
    acts = before.model_copy(update={"state": NONE, "observations": nobody})
    return render(context.model_copy(update={"socialized_context": [acts, last]}), "compact")


async def _foresee(world: Ask, partner: str, turn: Turn) -> Decision:
    """Propose acts, imagine the replies to each act, value all acts, and choose the best act."""
    observation, options = turn.observation, turn.seat.options
    acts = await turn.propose()
    futures = await foresee(
        ImaginedPerson(world, observation.briefing.others, observation.briefing.scenario),
        observation.context,
        me=observation.me,
        acts=acts,
        partner=partner,
        horizon=options.horizon,
        simulate=options.simulate,
        samples=options.samples,
        max_replies=options.max_replies,
    )
    by_act = [futures[start : start + options.samples] for start in range(0, len(futures), options.samples)]
    imagined = [_shown(turn, same_act) for same_act in by_act]
    candidates = [
        Considered(act=act, replies=tuple(future.replies for future in same_act))
        for act, same_act in zip(acts, by_act, strict=True)
    ]
    considered = await turn.value(candidates, imagined)
    best = best_of(considered)
    act = best.act
    if options.choose == "rewrite":
        shown = imagined[considered.index(best)]
        act = (await turn.act(texts.REWRITE, draft=act_text(act), imagined=shown)).act
    return Decision(act=act, considered=tuple(considered), why=best.why)


def _shown(turn: Turn, futures: Sequence[Future]) -> str:
    """Return the act of some futures, and what the person would perceive after the act, as text."""
    parts = ["\n".join(_perceived(turn, future)) for future in futures]
    if len(parts) > 1:
        parts = [f"Future {number}:\n{part or '(nothing)'}" for number, part in enumerate(parts, start=1)]
    return "\n".join([texts.sentence_of(turn.observation.me, futures[0].act), *filter(None, parts)])


def _perceived(turn: Turn, future: Future) -> list[str]:
    """Return the new part of the own memory after the act, one sentence per event."""
    me = turn.observation.me
    known = len(memory(turn.observation.context, me)) + bool(future.act.words)
    return [closed(event.text) for event in memory(future.context, me)[known:]]


def _make_foresee_paper(seat: Seat) -> Agent:
    ask = model_of(seat, "foresee-paper")
    world = seat.world or ask
    prompts = {**texts.INTEND.by_name("intend"), "step": NEXT, **texts.REFINE.by_name("refine")}
    return LanguageModelAgent(
        name="foresee-paper", seat=seat, ask=ask, deciding=partial(_foresee_paper, world), prompts=prompts, world=world
    )


def _make_foresee(seat: Seat) -> Agent:
    if searches(seat):
        from social_world_model.agents.search import planner

        return planner(seat)
    options = seat.options
    ask = model_of(seat, "foresee")
    check_candidates(options)
    check_size(
        options.candidates,
        options.horizon,
        options.samples,
        simulate=options.simulate,
        max_replies=options.max_replies,
    )
    world = seat.world or ask
    return LanguageModelAgent(
        name="foresee",
        seat=seat,
        ask=ask,
        deciding=partial(_foresee, world, partner_of(seat)),
        prompts=_foresee_prompts(options),
        options=FORESEE_OPTIONS,
        world=world,
    )


def _foresee_prompts(options: AgentOptions) -> Mapping[str, texts.Spec]:
    rewrite = texts.REWRITE.by_name("rewrite") if options.choose == "rewrite" else {}
    value = texts.VALUE[options.value]
    return {**texts.PROPOSE.by_name("propose"), "reply": REPLY, f"value by {options.value}": value, **rewrite}


def _foresee_calls(options: AgentOptions) -> Mapping[Role, int]:
    """Return the calls per own turn; fewer if an imagined person leaves, or if there are fewer acts to choose from."""
    replies = options.candidates * options.samples * options.horizon
    own_acts = options.candidates * options.samples * (options.horizon - 1)
    calls: dict[Role, int] = {"propose": 1, "foresee": replies + own_acts, "value": 1}
    return {**calls, "act": 1} if options.choose == "rewrite" else calls


FORESEE_PAPER = AgentKind(
    name="foresee-paper",
    make=_make_foresee_paper,
    calls=lambda options: {"act": 2, "foresee": 1},
    imagines=True,
    summary="Intends an act, imagines one step after the act, and refines the act. This is the agent of the paper.",
)
FORESEE = AgentKind(
    name="foresee",
    make=_make_foresee,
    calls=_foresee_calls,
    imagines=True,
    options=FORESEE_OPTIONS,
    summary="Proposes several acts, imagines the replies of the partner to each act, and chooses the best act.",
)
