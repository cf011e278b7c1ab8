"""Validate a context: find errors and unusual properties."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from social_world_model.errors import Issue
from social_world_model.s3ap.alignment import named
from social_world_model.s3ap.context import SocializedContext, SocializedStructure
from social_world_model.s3ap.decoding import Decoder, sentence
from social_world_model.s3ap.tag_table import Tag
from social_world_model.s3ap.tags import SAME_AS_STATE, split_pieces, tag_of


def validate(context: SocializedContext) -> list[Issue]:
    """Return the errors and warnings of a context.

    Parameters
    ----------
    context
        Any context.

    Returns
    -------
    list of Issue
        Errors first, then warnings. A context with an error cannot be decoded reliably.

        - These are errors: no agents, a repeated or empty name, an unknown agent, a missing entry, a tag that cannot
          be resolved, a repeated timestep.
        - These are warnings about agents: no action in a middle step, an action in the last step, observations that
          all equal the state, no mental state.
        - These are warnings about tags: a tag without an index for actors in different places, an older spelling.

    Examples
    --------
    >>> [str(issue) for issue in validate(SocializedContext(agents_names=[], socialized_context=[]))]
    ['error: agents_names: expected at least one agent, got an empty list']
    """
    decoder = Decoder(context)
    errors = _errors(context, decoder)
    if not context.agents_names:
        return errors
    return errors + [
        *_acts(context, decoder),
        *_same_for_all(context, decoder, decoder.steps_in_words()),
        *_no_mind(context),
        *_ambiguous_last_action(context, decoder),
        *_older_spellings(context),
    ]


def errors_of(context: SocializedContext) -> list[Issue]:
    """Return the errors of a context, without warnings."""
    return _errors(context, Decoder(context))


def _errors(context: SocializedContext, decoder: Decoder) -> list[Issue]:
    return [*_cast(context), *_timesteps(context), *_entries(context), *decoder.issues]


def _warning(path: str, expected: str, got: str, position: int | None = None, agent: str | None = None) -> Issue:
    return Issue(path=path, expected=expected, got=got, severity="warning", position=position, agent=agent)


def _cast(context: SocializedContext) -> Iterator[Issue]:
    if not context.agents_names:
        yield Issue(path="agents_names", expected="at least one agent", got="an empty list")
    for name, count in Counter(context.agents_names).items():
        if count > 1:
            yield Issue(path="agents_names", expected="each name once", got=f"{name!r} {count} times", agent=name)
        if not name.strip():
            yield Issue(path="agents_names", expected="names with a letter in them", got=repr(name), agent=name)


def _timesteps(context: SocializedContext) -> Iterator[Issue]:
    first: dict[str, int] = {}
    for position, step in enumerate(context.socialized_context):
        before = first.setdefault(step.timestep, position)
        if before != position:
            yield Issue(
                path=f"socialized_context[{position}].timestep",
                expected="a timestep that no other step has",
                got=f"{step.timestep!r}, as at step [{before}]",
                position=position,
            )


def _entries(context: SocializedContext) -> Iterator[Issue]:
    cast = dict.fromkeys(context.agents_names)
    for position, step in enumerate(context.socialized_context):
        for field, texts in (("observations", step.observations), ("actions", step.actions)):
            path = f"socialized_context[{position}].{field}"
            for name in cast:
                if name not in texts:
                    expected = f"an entry for {name} ('none' if nothing)"
                    yield Issue(path=path, expected=expected, got="none at all", position=position, agent=name)
            for name in texts:
                if name not in cast:
                    there, expected = f"{path}.{name}", "an agent of the cast"
                    yield Issue(path=there, expected=expected, got=repr(name), position=position, agent=name)


def _acts(context: SocializedContext, decoder: Decoder) -> Iterator[Issue]:
    last = len(context.socialized_context) - 1
    for position in range(last + 1):
        path = f"socialized_context[{position}].actions"
        acts = decoder.acts(position)
        if not acts and 0 < position < last:
            yield _warning(path, "an action in every step between the first and the last", "none", position)
        if acts and position == last and last > 0:
            expected = "no action in the last step, because no later step shows it"
            only = next(iter(acts)) if len(acts) == 1 else None
            yield _warning(path, expected, f"an action of {_and(acts)}", position, only)


def _same_for_all(context: SocializedContext, decoder: Decoder, steps: list[SocializedStructure]) -> Iterator[Issue]:
    if len(context.agents_names) < 2 or not steps:
        return
    same = all(
        " ".join(piece.text for piece in split_pieces(text) if piece.kind != "mental") == decoder.state(position)
        for position, step in enumerate(steps)
        for text in step.observations.values()
    )
    if same:
        yield _warning("socialized_context", "observations that differ between agents", "all equal to the state")


def _no_mind(context: SocializedContext) -> Iterator[Issue]:
    texts = (
        text
        for step in context.socialized_context
        for text in (step.state, *step.observations.values(), *step.actions.values())
    )
    if not any(piece.kind == "mental" for text in texts for piece in split_pieces(text)):
        yield _warning("socialized_context", "a <mental_state> in at least one step", "none")


_PLACE = re.compile(
    r"\b(?:(?:is|are|was|were)\s+(?:\w+\s+)?(?:in|inside|at)|enters?|entered)\s+(?:the\s+)?(\w+)"
    r"|\b(?:leaves?|left|exits?|exited)\b",
    re.IGNORECASE,
)
_OWNED = re.compile(r"['’]s\b")


def _ambiguous_last_action(context: SocializedContext, decoder: Decoder) -> Iterator[Issue]:
    """Yield a warning if ``<same_as_last_action />`` refers to agents that were last in different places."""
    place: dict[str, str] = {}
    last_places: set[str] = set()
    for position, step in enumerate(context.socialized_context):
        for agent, text in [(None, step.state), *step.observations.items()]:
            unindexed = _unindexed(text)
            if unindexed and len(last_places) > 1:
                field = "state" if agent is None else f"observations.{agent}"
                yield _warning(
                    f"socialized_context[{position}].{field}",
                    f"{unindexed.canonical('x')}, because the last actors were in different places",
                    f"{text!r} for acts in {_and(last_places)}",
                    position,
                    agent,
                )
        _note_places(decoder.state(position), context.agents_names, place)
        if acts := decoder.acts(position):
            last_places = {place[name] for name in acts if name in place}
            for name, act in acts.items():
                _note_places(sentence(name, act), [name], place)


def _unindexed(text: str) -> Tag | None:
    """Return a tag in a text that could have an index, but refers to the actions of all agents."""
    tags = ((tag_of(piece), piece.index) for piece in split_pieces(text))
    return next((tag for tag, index in tags if tag is not None and tag.has_index and index is None), None)


def _note_places(text: str, names: list[str], place: dict[str, str]) -> None:
    for part in re.split(r"(?<=[.!?;])\s+", text):
        if found := _PLACE.search(part):
            subject = part[: found.start()]
            for name in named("" if _OWNED.search(subject) else subject, names):
                place[name] = found[1].casefold() if found[1] else "elsewhere"


def _older_spellings(context: SocializedContext) -> Iterator[Issue]:
    for position, step in enumerate(context.socialized_context):
        for agent, text in [(None, step.state), *step.observations.items(), *step.actions.items()]:
            old = next((piece.text for piece in split_pieces(text) if piece.text.startswith("[")
                        and piece.kind not in ("text", "mental")), None)  # fmt: skip
            if old:
                path = f"socialized_context[{position}]"
                yield _warning(path, f"tags in angle brackets, such as {SAME_AS_STATE}", old, position, agent)
                return


def _and(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
