"""Render a context as text for prompts: complete JSON, prose, or a compact form with few tokens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from social_world_model.choices import CONTEXT_FIELDS, ContextField, Form
from social_world_model.errors import ConfigurationError
from social_world_model.s3ap.context import SocializedContext, SocializedStructure
from social_world_model.s3ap.decoding import decode, encode, sentence
from social_world_model.s3ap.prose import closed
from social_world_model.s3ap.short_tags import short_tags
from social_world_model.s3ap.tags import NONE, is_none, mental_state, split_pieces

COMPACT_KEY = "@ step and state, < perceives, > does; no line: none"
"""Second line of the compact form. It explains the signs of the other lines."""


def render(
    context: SocializedContext, form: Form = "json", fields: ContextField | Iterable[ContextField] = CONTEXT_FIELDS
) -> str:
    """Return a context as text.

    Parameters
    ----------
    context
        A context without errors.
    form
        ``"json"``: the stored form on one line. ``"full_json"``: the stored form, indented as in a file.
        ``"text"``: prose, with tags expanded to words. ``"compact"``: one line per entry, with short spellings of
        tags. The compact form leaves out entries that are ``none``. Agents with the same observation share one line.
    fields
        Fields to show, for ablations: one or more of ``state``, ``observations``, ``actions``, ``mental_state``.
        If ``state`` or ``actions`` is missing, every form expands tags to words, because tags refer to these fields.

    Raises
    ------
    ContextError
        If a tag cannot be resolved. The form ``"json"`` with all fields never raises this error, because tags stay
        unchanged.
    ConfigurationError
        If the form or a field is unknown.
    """
    wanted: set[ContextField] = set()
    for field in [fields] if isinstance(fields, str) else fields:
        if field not in CONTEXT_FIELDS:
            raise ConfigurationError(f"expected fields to be one or more of {', '.join(CONTEXT_FIELDS)}; got {field!r}")
        wanted.add(field)
    writers: dict[str, Callable[[SocializedContext, set[ContextField]], str]] = {
        "json": _json,
        "full_json": _full_json,
        "text": _text,
        "compact": _compact,
    }
    if form not in writers:
        raise ConfigurationError(f"expected form to be one of {', '.join(writers)}; got {form!r}")
    if "mental_state" not in wanted:
        context = without_mental_states(context)
    return writers[form](context, wanted)


def without_mental_states(context: SocializedContext) -> SocializedContext:
    """Return the context without mental states."""
    steps = [
        step.model_copy(
            update={
                "state": _public(step.state),
                "observations": {name: _public(text) for name, text in step.observations.items()},
                "actions": {name: _public(text) for name, text in step.actions.items()},
            }
        )
        for step in context.socialized_context
    ]
    return context.model_copy(update={"socialized_context": steps})


def _public(text: str) -> str:
    kinds = {piece.kind for piece in split_pieces(text)}
    if "broken" in kinds:  # the end of the private part is unknown
        return NONE
    if "mental" not in kinds:
        return text
    return " ".join(piece.text for piece in split_pieces(text) if piece.kind != "mental") or NONE


def _full_json(context: SocializedContext, wanted: set[ContextField]) -> str:
    return json.dumps(json.loads(_json(context, wanted)), ensure_ascii=False, indent=2)


def _json(context: SocializedContext, wanted: set[ContextField]) -> str:
    if not _shows_what_tags_refer_to(wanted):
        context = decode(context)
    data = context.to_data()
    for step, whole in zip(data["socialized_context"], context.socialized_context, strict=True):
        for field in ("state", "observations", "actions"):
            if field not in wanted:
                del step[field]
        if "mental_state" in wanted and "observations" not in wanted:
            step["mental_states"] = _minds(whole)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _minds(step: SocializedStructure) -> dict[str, str]:
    """Return the mental states of each agent in a step."""
    minds: dict[str, str] = {}
    for texts in (step.observations, step.actions):
        for name, text in texts.items():
            thoughts = [mental_state(piece.text) for piece in split_pieces(text) if piece.kind == "mental"]
            if thoughts:
                minds[name] = " ".join([*filter(None, [minds.get(name)]), *thoughts])
    return minds


def _text(context: SocializedContext, wanted: set[ContextField]) -> str:
    lines: list[str] = []
    for step in decode(context).socialized_context:
        lines.append(f"Step {step.timestep}.")
        if "state" in wanted and not is_none(step.state):
            lines.append(f"  The situation: {_spoken(step.state)}")
        if "observations" in wanted:
            for name, text in step.observations.items():
                lines += [f"  {line}" for line in _perceived(name, text)]
        elif "mental_state" in wanted:
            lines += [f"  {name}: {_spoken(text)}" for name, text in _minds(step).items()]
        if "actions" in wanted:
            lines += [f"  {closed(sentence(name, _spoken(text)))}"
                      for name, text in step.actions.items() if not is_none(text)]  # fmt: skip
    return "\n".join([f"People: {', '.join(context.agents_names)}.", *lines])


def _perceived(name: str, text: str) -> list[str]:
    """Return the sentences about an agent's observation; a part of the observation can be unknown."""
    if is_none(text):
        return [f"{name} perceives nothing of this."]
    unknown = any(piece.kind == "unknown" for piece in split_pieces(text))
    told = _spoken(text)
    return [
        *([f"It is not known what {name} perceives."] if unknown else []),
        *([f"{name} perceives: {told}"] if told else []),
    ]


def _spoken(text: str) -> str:
    """Return a text with mental states in plain words."""
    return " ".join(
        f"(thinks: {piece.text})" if piece.kind == "mental" else piece.text
        for piece in split_pieces(text)
        if piece.kind != "unknown"
    )


def _shows_what_tags_refer_to(wanted: set[ContextField]) -> bool:
    return wanted.issuperset(("state", "actions"))


def _compact(context: SocializedContext, wanted: set[ContextField]) -> str:
    lines = [
        f"agents: {' | '.join(context.agents_names)}",
        COMPACT_KEY,
    ]
    tagged = encode(context) if _shows_what_tags_refer_to(wanted) else decode(context)
    for step in tagged.socialized_context:
        lines.append(f"@{step.timestep}: {_flat(step.state)}" if "state" in wanted else f"@{step.timestep}:")
        if "observations" in wanted:
            lines += [f"{', '.join(names)} < {text}" for text, names in _observers(step).items()]
        elif "mental_state" in wanted:
            lines += [f"{name} < {_flat(text)}" for name, text in _minds(step).items()]
        if "actions" in wanted:
            lines += [f"{name} > {_flat(text)}" for name, text in step.actions.items() if not is_none(text)]
    if context.context_manual:
        lines.insert(0, _flat(context.context_manual))
    return "\n".join(lines)


def _observers(step: SocializedStructure) -> dict[str, list[str]]:
    """Return the agents of each different observation."""
    names: dict[str, list[str]] = {}
    for name, text in step.observations.items():
        if not is_none(text):
            names.setdefault(_flat(text), []).append(name)
    return names


def _flat(text: str) -> str:
    return short_tags(" ".join(text.split()))
