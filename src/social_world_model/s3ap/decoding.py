"""``decode`` expands tags to words; ``encode`` replaces words with tags.

Each step is processed once, in order. The cost of both functions is linear in steps x agents.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any

from social_world_model.errors import ContextError, Issue
from social_world_model.s3ap.context import SocializedContext, SocializedStructure
from social_world_model.s3ap.prose import is_closed, sentences
from social_world_model.s3ap.tag_table import Reference, Tag, references_in
from social_world_model.s3ap.tags import (
    NONE,
    Field,
    Piece,
    is_none,
    mental_state,
    split_pieces,
    tag_of,
    tells_acts,
    written,
)


class Decoder:
    """Resolver of the tags in one context.

    Parameters
    ----------
    context
        Context to read. The decoder does not change it.

    Attributes
    ----------
    last_acting_step
        For each step, the 0-based position of the nearest earlier step with an action. The value is None if no agent
        acted before.
    """

    def __init__(self, context: SocializedContext) -> None:
        self.context = context
        self.steps = context.socialized_context
        self.cast = context.agents_names
        self.last_acting_step: list[int | None] = []
        self._issues: dict[Issue, None] = {}
        self._states: list[str] = []
        self._acts: list[dict[str, str]] = []
        last: int | None = None
        for step in range(self.step_count):
            self.last_acting_step.append(last)
            self._states.append(self._decode_state(step))
            self._acts.append(self._decode_acts(step))
            if self._acts[step]:
                last = step

    @property
    def step_count(self) -> int:
        """Number of steps."""
        return len(self.steps)

    @property
    def issues(self) -> list[Issue]:
        """All errors: one for each tag that is malformed, misplaced or impossible to resolve."""
        _ = self._texts_in_words  # reading a text finds its errors
        return list(self._issues)

    def state(self, step: int) -> str:
        """Return the state of a step in words, without mental states; an empty text if the state is ``none``."""
        return self._states[step]

    def acts(self, step: int) -> dict[str, str]:
        """Return the actions of a step by agent, in words; names and mental states are removed."""
        return self._acts[step]

    def tells_acts(self, step: int) -> bool:
        """Return whether the state of a step contains a tag that refers to actions."""
        return tells_acts(self.steps[step].state)

    def reference(self, step: int, piece: Piece) -> Reference | None:
        """Return the target of a tag: the state or the actions that the tag refers to.

        Parameters
        ----------
        step
            0-based position of the step with the tag.
        piece
            The tag, as read by `split_pieces`.

        Returns
        -------
        Reference or None
            None if the piece is not a reference, or if the reference cannot be resolved.
        """
        tag = tag_of(piece)
        if tag is None or tag.resolve is None:
            return None
        found = tag.resolve(self, step, piece.index)
        return found if isinstance(found, Reference) else None

    def words_of(self, step: int, piece: Piece) -> str:
        """Return the words that a tag refers to; an empty text if the tag cannot be resolved.

        Parameters
        ----------
        step, piece
            The same as in `reference`.
        """
        reference = self.reference(step, piece)
        return "" if reference is None else join_words(self._reference_in_words(reference))

    def words(self, step: int, field: Field, text: str, agent: str | None = None) -> str:
        """Return a text of a step with all tags expanded to words, except mental states.

        Parameters
        ----------
        step
            0-based position of the step.
        field
            Field of the step that contains the text.
        text
            Text to expand.
        agent
            Agent of the text, for issues; None for a state.
        """
        return self._expanded(step, field, text, agent, private=True) or NONE

    def steps_in_words(self) -> list[SocializedStructure]:
        """Return all steps with their tags expanded to words."""
        return [
            SocializedStructure(timestep=step.timestep, **texts)
            for step, texts in zip(self.steps, self._texts_in_words, strict=True)
        ]

    @cached_property
    def _texts_in_words(self) -> list[dict[str, Any]]:
        return [
            {
                "state": self.words(position, "state", step.state),
                "observations": self._field_in_words(position, "observations", step.observations),
                "actions": self._field_in_words(position, "actions", step.actions),
            }
            for position, step in enumerate(self.steps)
        ]

    def _field_in_words(self, step: int, field: Field, texts: Mapping[str, str]) -> dict[str, str]:
        known = {NONE: NONE}  # in a large context, most entries of a step are equal
        words: dict[str, str] = {}
        for name, text in texts.items():
            if text in known:
                words[name] = known[text]
                continue
            issues = len(self._issues)
            words[name] = self.words(step, field, text, name)
            if len(self._issues) == issues:  # an issue is noted for each agent
                known[text] = words[name]
        return words

    def _decode_state(self, step: int) -> str:
        return self._expanded(step, "state", self.steps[step].state, None, private=False)

    def _decode_acts(self, step: int) -> dict[str, str]:
        acts: dict[str, str] = {}
        actions = self.steps[step].actions
        for name in _in_cast_order(actions, self.cast):
            if actions[name] == NONE:
                continue
            words = self._expanded(step, "actions", actions[name], name, private=False)
            if words:
                acts[name] = words
        return acts

    def _expanded(self, step: int, field: Field, text: str, agent: str | None, *, private: bool) -> str:
        words = _without_tags(text)
        return join_words(self._pieces_in_words(step, field, text, agent, private=private)) if words is None else words

    def _pieces_in_words(
        self, step: int, field: Field, text: str, agent: str | None, *, private: bool
    ) -> list[tuple[str, bool]]:
        """Return a pair ``(words, is an action)`` for each piece."""
        words: list[tuple[str, bool]] = []
        where = step, field, agent
        for piece in split_pieces(text):
            tag = tag_of(piece)
            if piece.kind == "text":
                if not is_none(piece.text):
                    words.append((piece.text, False))
            elif tag is None:
                self._note(where, "a known tag, or a mental state that is opened and closed", piece)
            elif field not in tag.fields:
                self._note(where, f"no such tag in {field}", piece)
            elif tag.form == "pair":
                # The empty text keeps the gap, so that the words before it are read the same way.
                words.append((mental_state(piece.text) if private else "", False))
            elif tag.resolve is None:
                words.append((tag.canonical(), False))
            else:
                found = tag.resolve(self, step, piece.index)
                if isinstance(found, Reference):
                    words.extend(self._reference_in_words(found))
                else:
                    self._note(where, found, piece)
        return words

    def _reference_in_words(self, reference: Reference) -> list[tuple[str, bool]]:
        if reference.actors is not None:
            acts = self._acts[reference.step]
            return [(sentence(name, acts[name]), True) for name in reference.actors]
        is_read = reference.step < len(self._states)
        state = self._states[reference.step] if is_read else self._decode_state(reference.step)
        return [(state, False)] if state else []

    def _note(self, where: tuple[int, Field, str | None], expected: str, piece: Piece) -> None:
        step, field, agent = where
        path = f"socialized_context[{step}].{field}" + ("" if agent is None else f".{agent}")
        self._issues[Issue(path=path, expected=expected, got=piece.text, position=step, agent=agent)] = None


def _in_cast_order(given: Collection[str], cast: Iterable[str]) -> list[str]:
    known = dict.fromkeys(cast)
    return [*(name for name in known if name in given), *(name for name in given if name not in known)]


def decode(context: SocializedContext) -> SocializedContext:
    """Return the context with every tag expanded to words.

    Mental states keep their tags, and are never copied to other agents.

    Parameters
    ----------
    context
        Any context. Older spellings of the tags are accepted.

    Returns
    -------
    SocializedContext
        A context with the same steps. For example, ``<same_as_last_action />`` becomes ``"{agent} {action}"`` for each
        action.

    Raises
    ------
    ContextError
        If a tag cannot be resolved (see `validate`).

    Examples
    --------
    >>> steps = [{"state": "A ball lies here.", "observations": {"Al": "<same_as_state />"}, "actions": {"Al": "none"}}]
    >>> context = SocializedContext.from_data({"agents_names": ["Al"], "socialized_context": steps})
    >>> decode(context).socialized_context[0].observations
    {'Al': 'A ball lies here.'}
    """
    return _in_words(Decoder(context))


def _in_words(decoder: Decoder) -> SocializedContext:
    steps = decoder.steps_in_words()
    if decoder.issues:
        raise ContextError("expected tags that refer to a state or an action, got:", decoder.issues)
    return decoder.context.model_copy(update={"socialized_context": steps})


def encode(context: SocializedContext) -> SocializedContext:
    """Return the context with tags in place of repeated text; ``decode(encode(c)) == decode(c)``.

    Existing tags are kept in their canonical form. Tags are more reliable than words: a tag shows which events an agent
    perceived.

    Raises
    ------
    ContextError
        If a tag of the context cannot be resolved.
    """
    decoder = Decoder(context)
    plain = _in_words(decoder)
    steps = list(plain.socialized_context)
    if steps != context.socialized_context:
        decoder = Decoder(plain)
        steps = [
            _with_own_tags(decoder, position, step, steps[position])
            for position, step in enumerate(context.socialized_context)
        ]
    for position in reversed(range(len(steps))):  # a tag can refer to the next state only if that refers to no action
        ahead = position + 1 < len(steps) and not tells_acts(steps[position + 1].state)
        steps[position] = _shortened(decoder, position, steps[position], (False, True) if ahead else (False,))
    return plain.model_copy(update={"socialized_context": steps})


def _shortened(
    decoder: Decoder, position: int, step: SocializedStructure, looks_ahead: Sequence[bool]
) -> SocializedStructure:
    """Replace repeated text in a step with tags, in one pass for each value of `looks_ahead`; see `references_in`."""

    @cache
    def shortener(field: Field, ahead: bool) -> Callable[[str], str]:
        return _shortener(decoder, position, field, references_in(field, looks_ahead=ahead))

    def short(field: Field, text: str) -> str:
        for ahead in looks_ahead:
            if _has_words(text):
                text = shortener(field, ahead)(text)
        return text

    return step.model_copy(
        update={
            "state": short("state", step.state),
            "observations": {name: short("observations", text) for name, text in step.observations.items()},
            "actions": {name: short("actions", text) for name, text in step.actions.items()},
        }
    )


@lru_cache(maxsize=16384)
def _without_tags(text: str) -> str | None:
    """Return the words of a text that contains no tags; None if it contains tags."""
    pieces = split_pieces(text)
    if any(piece.kind != "text" for piece in pieces):
        return None
    return "".join(piece.text for piece in pieces if not is_none(piece.text))


@lru_cache(maxsize=16384)
def _has_words(text: str) -> bool:
    """Return whether a text contains words outside tags."""
    return any(piece.kind == "text" and not is_none(piece.text) for piece in split_pieces(text))


def _with_own_tags(
    decoder: Decoder, position: int, step: SocializedStructure, plain: SocializedStructure
) -> SocializedStructure:
    """Return a step in words, but keep the tags of the original texts."""

    def kept(field: Field, text: str, words: str) -> str:
        pieces = split_pieces(text)
        if all(piece.kind in ("text", "mental") for piece in pieces):
            return words
        canonical = " ".join(written(piece) for piece in pieces)
        return canonical if decoder.words(position, field, canonical) == words else words

    observations, actions = plain.observations, plain.actions
    return SocializedStructure(
        timestep=step.timestep,
        state=kept("state", step.state, plain.state),
        observations={name: kept("observations", text, observations[name]) for name, text in step.observations.items()},
        actions={name: kept("actions", text, actions[name]) for name, text in step.actions.items()},
    )


def sentence(agent: str, act: str) -> str:
    """Return an action as a sentence that starts with the agent's name.

    Parameters
    ----------
    agent
        Name of the agent.
    act
        Words of the action. If the words already start with the name, the name is not repeated.

    Examples
    --------
    >>> sentence("Ann", "moves the ball"), sentence("Ann", "Ann moves the ball")
    ('Ann moves the ball', 'Ann moves the ball')
    """
    rest = act.removeprefix(agent)
    said = rest != act and not (rest[:1].isalnum() or rest[:1] in ("_", "-"))
    return act if said else f"{agent.strip()} {act}"


def action_words(agent: str, told: str) -> str:
    """Return a sentence about an action as an entry of the field ``actions``; `sentence` returns the sentence again.

    Parameters
    ----------
    agent
        Name of the agent.
    told
        Sentence that starts with the name. The name is kept if the other words cannot be read as the same action.

    Examples
    --------
    >>> action_words("Ann", "Ann moves the ball"), action_words("Ann", "Ann none")
    ('moves the ball', 'Ann none')
    """
    words = told.removeprefix(f"{agent} ")
    return told if is_none(words) or sentence(agent, words) != told else words


def join_words(parts: Sequence[tuple[str, bool]]) -> str:
    """Join ``(words, is an action)`` pairs with spaces; an action gets a full stop if another piece follows.

    >>> join_words([("Ann waves", True), ("It rains.", False), ("Bob nods", True)])
    'Ann waves. It rains. Bob nods'
    """
    told = [f"{words}." if is_act and not is_closed(words) else words for words, is_act in parts[:-1]]
    return " ".join(filter(None, [*told, *(words for words, _ in parts[-1:])]))


def _shortener(decoder: Decoder, step: int, field: Field, tags: Sequence[Tag]) -> Callable[[str], str]:
    """Return a function that replaces words of a text with tags if the meaning stays the same.

    Parameters
    ----------
    decoder, step, field
        Resolver of the tags, position of the step, and field that contains the text.
    tags
        Tags to try, in order. Tags with an index are looked up by sentence, because there can be one tag per agent.
    """
    choices = [(decoder.words_of(step, Piece(tag.name, "")), tag.canonical()) for tag in tags]
    by_sentence = {
        words: tag.canonical(index)
        for tag in tags
        if tag.has_index
        for index in range(len(decoder.cast))
        if (words := decoder.words_of(step, Piece(tag.name, "", index)))
    }

    def shorten(text: str) -> str:
        short = text
        for words, tag in choices:
            short = _with_tag(short, words, tag)
        for told in sentences(short) if by_sentence else ():
            words = told if told in by_sentence else told.removesuffix(".")
            if words in by_sentence:
                short = _with_tag(short, words, by_sentence[words])
        return short

    def _with_tag(text: str, words: str, tag: str) -> str:
        start = text.find(words) if len(words) > len(tag) else -1
        if start < 0:
            return text
        # Joining adds a full stop after an action: the tag replaces this full stop too.
        rest = text[start + len(words) :]
        meaning = decoder.words(step, field, text)
        for tail in (rest.removeprefix("."), rest):
            tried = f"{text[:start]}{tag}{tail}"
            if decoder.words(step, field, tried) == meaning:
                return tried
        return text

    return shorten
