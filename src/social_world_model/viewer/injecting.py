"""Change a context: add an act or a thought of an agent at a step, with or without the steps after it."""

from __future__ import annotations

from collections.abc import Collection

from social_world_model.errors import ConfigurationError
from social_world_model.s3ap import SocializedContext, SocializedStructure, decode, encode
from social_world_model.s3ap.decoding import action_words, sentence
from social_world_model.s3ap.prose import closed
from social_world_model.s3ap.tags import NONE, is_none, mental_state, split_pieces
from social_world_model.s3ap.validation import errors_of
from social_world_model.s3ap.views import presence


def injected(
    context: SocializedContext, at: int, *, agent: str = "", act: str = "", thought: str = "", fork: bool = False
) -> SocializedContext:
    """Return a context in which an agent also does or thinks something. No model is called.

    Everybody who is present at the step perceives the act: everybody who perceives something that happens in the step,
    or in the last step before it in which something happens. Only the agent knows its thought.

    Parameters
    ----------
    context
        A context without errors.
    at
        Position of the step, from 0.
    agent
        Name of the agent; empty if nothing is added.
    act, thought
        What the agent does, as ``"moves the ball to the box"``, and what it thinks. Both may be empty.
    fork
        Whether all later steps are removed. If the agent already acts in the step, the act gets a step of its own.

    Raises
    ------
    ConfigurationError
        If the context has errors, if there is no such step or agent, if the agent already acts in the step and later
        steps are kept, or if the words make the context invalid.
    """
    _check(context, at, agent)
    act, thought = " ".join(act.split()), " ".join(thought.split())
    if not (agent and (act or thought)):
        if not fork:
            raise ConfigurationError("expected an agent with an act or a thought, or a fork, got neither")
        return _forked(context, at)
    for words in filter(None, (act, thought)):
        if is_none(words) or any(piece.kind != "text" for piece in split_pieces(words)):
            raise ConfigurationError(f"expected words that say what {agent} does or thinks, got {words!r:.60}")
    there = present(context, at)
    changed = decode(_forked(context, at) if fork else context)
    if thought:
        changed = _with(changed, at, "observations", agent, mental_state(thought))
    if act:
        changed = _with_act(changed, at, agent, act, there, fork)
    changed = encode(changed)
    if errors := errors_of(changed):
        raise ConfigurationError(f"expected words that leave the context without errors, got this error: {errors[0]}")
    return changed


def present(context: SocializedContext, at: int) -> tuple[str, ...]:
    """Return who is present at a step: who perceives something that happens in it.

    If nothing happens in the step, the last earlier step in which something happens decides.

    Parameters
    ----------
    context
        A context without errors.
    at
        Position of the step, from 0.
    """
    rows = presence(context)
    for position in range(at, -1, -1):
        if there := tuple(name for name, row in rows.items() if row[position]):
            return there
    return ()


def _check(context: SocializedContext, at: int, agent: str) -> None:
    if errors := errors_of(context):
        raise ConfigurationError(f"expected a context without errors, got this error: {errors[0]}")
    if not 0 <= at < len(context.socialized_context):
        raise ConfigurationError(f"expected a step from 0 to {len(context.socialized_context) - 1}, got {at}")
    if agent and agent not in context.agents_names:
        raise ConfigurationError(f"expected one of the agents {', '.join(context.agents_names)}, got {agent!r:.60}")


def _forked(context: SocializedContext, at: int) -> SocializedContext:
    return context.model_copy(update={"socialized_context": context.socialized_context[: at + 1]})


def _with_act(
    context: SocializedContext, at: int, agent: str, act: str, there: Collection[str], fork: bool
) -> SocializedContext:
    if not is_none(context.socialized_context[at].actions[agent]):
        if not fork:
            name = context.socialized_context[at].timestep
            raise ConfigurationError(
                f"expected a step in which {agent} does nothing, got step {name}, in which {agent} acts: choose "
                "another step, or remove the later steps"
            )
        context, at = _with_empty_step(context), at + 1
    if at == len(context.socialized_context) - 1:  # the others perceive the act one step later
        context = _with_empty_step(context)
    told = sentence(agent, act)
    context = _with(context, at, "actions", agent, action_words(agent, told))
    for name in there:
        if name != agent:
            context = _with(context, at + 1, "observations", name, closed(told))
    return context


def _with_empty_step(context: SocializedContext) -> SocializedContext:
    steps, cast = context.socialized_context, context.agents_names
    taken = {step.timestep for step in steps}
    name = next(str(number) for number in range(len(steps) + 1, 3 * len(steps) + 3) if str(number) not in taken)
    empty = SocializedStructure(
        timestep=name, state=NONE, observations=dict.fromkeys(cast, NONE), actions=dict.fromkeys(cast, NONE)
    )
    return context.model_copy(update={"socialized_context": [*steps, empty]})


def _with(context: SocializedContext, at: int, field: str, agent: str, words: str) -> SocializedContext:
    """Return a context with further words in a text of a step."""
    steps = list(context.socialized_context)
    texts = dict(getattr(steps[at], field))
    texts[agent] = words if is_none(texts[agent]) else f"{texts[agent]} {words}"
    steps[at] = steps[at].model_copy(update={field: texts})
    return context.model_copy(update={"socialized_context": steps})
