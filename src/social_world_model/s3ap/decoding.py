"""Tags to words and back: ``decode`` and ``encode``.

Everything is worked out once per step, in order, so that both are linear in steps x agents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from social_world_model.errors import ContextError, Issue
from social_world_model.s3ap.context import SocializedContext, SocializedStructure
from social_world_model.s3ap.prose import is_closed, sentences
from social_world_model.s3ap.tag_table import FIELDS, Reference, Tag, references_in
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
    """Answers what the tags of one context stand for.

    Parameters
    ----------
    context
        The context; it is not changed.

    Attributes
    ----------
    last_acting_step
        For each step, the nearest earlier one in which anyone acted.
    """

    def __init__(self, context: SocializedContext) -> None:
        self.context = context
        self.steps = context.socialized_context
        self.cast = context.agents_names
        self._cast_names = dict.fromkeys(self.cast)
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
        """One error for each tag read so far that stands for nothing, stands where it may not, or is broken."""
        return list(self._issues)

    def state(self, step: int) -> str:
        """Return the step's state in words, without mental states; empty where there is none."""
        return self._states[step]

    def acts(self, step: int) -> dict[str, str]:
        """Return what each acting agent did in words, without its name and mental states, in cast order."""
        return self._acts[step]

    def last_acts(self, step: int) -> dict[str, str]:
        """Return the acts of the nearest earlier step in which anyone acted."""
        last = self.last_acting_step[step]
        return {} if last is None else self._acts[last]

    def tells_acts(self, step: int) -> bool:
        """Tell whether the state of a step holds a tag that stands for acts."""
        return tells_acts(self.steps[step].state)

    def reference(self, step: int, piece: Piece) -> Reference | None:
        """Return what a tag in a step stands for; None for what stands for nothing else, or for nothing."""
        tag = tag_of(piece)
        if tag is None or tag.resolve is None:
            return None
        found = tag.resolve(self, step, piece.index)
        return found if isinstance(found, Reference) else None

    def words_of(self, step: int, piece: Piece) -> str:
        """Return what a tag in a step stands for, in words; empty where that is nothing."""
        reference = self.reference(step, piece)
        return "" if reference is None else join_words(self._reference_in_words(reference))

    def words(self, step: int, field: Field, text: str, path: str) -> str:
        """Return an observation or action of a step in words, its own mental states kept."""
        return join_words(self._pieces_in_words(step, field, text, path, private=True)) or NONE

    def steps_in_words(self) -> list[SocializedStructure]:
        """Return every step with its tags in words."""
        return [
            SocializedStructure(
                timestep=step.timestep,
                state=self.words(position, "state", step.state, f"socialized_context[{position}].state"),
                observations=self._field_in_words(position, "observations", step.observations),
                actions=self._field_in_words(position, "actions", step.actions),
            )
            for position, step in enumerate(self.steps)
        ]

    def _field_in_words(self, step: int, field: Field, texts: Mapping[str, str]) -> dict[str, str]:
        path = f"socialized_context[{step}].{field}"
        return {name: self.words(step, field, text, f"{path}.{name}") for name, text in texts.items()}

    def _decode_state(self, step: int) -> str:
        path = f"socialized_context[{step}].state"
        words = self._pieces_in_words(step, "state", self.steps[step].state, path, private=False)
        return join_words(words)

    def _decode_acts(self, step: int) -> dict[str, str]:
        acts: dict[str, str] = {}
        actions = self.steps[step].actions
        for name in self._in_cast_order(actions):
            path = f"socialized_context[{step}].actions.{name}"
            words = join_words(self._pieces_in_words(step, "actions", actions[name], path, private=False))
            if words:
                acts[name] = words
        return acts

    def _in_cast_order(self, texts: Iterable[str]) -> list[str]:
        given = dict.fromkeys(texts)
        return [name for name in self._cast_names if name in given] + [
            name for name in given if name not in self._cast_names
        ]

    def _pieces_in_words(
        self, step: int, field: Field, text: str, path: str, *, private: bool
    ) -> list[tuple[str, bool]]:
        """Return ``(words, is an act)`` per piece."""
        words: list[tuple[str, bool]] = []
        for piece in split_pieces(text):
            tag = tag_of(piece)
            if piece.kind == "text":
                if not is_none(piece.text):
                    words.append((piece.text, False))
            elif tag is None:
                self._note(path, "a known tag, or a mental state that is opened and closed", piece)
            elif field not in tag.fields:
                self._note(path, f"no such tag in {field}", piece)
            elif tag.form == "pair":
                # Left out, it leaves a gap: the words before it read the same with it and without.
                words.append((mental_state(piece.text) if private else "", False))
            elif tag.resolve is None:
                words.append((tag.canonical(), False))
            else:
                found = tag.resolve(self, step, piece.index)
                if isinstance(found, Reference):
                    words.extend(self._reference_in_words(found))
                else:
                    self._note(path, found, piece)
        return words

    def _reference_in_words(self, reference: Reference) -> list[tuple[str, bool]]:
        if reference.actors is not None:
            acts = self._acts[reference.step]
            return [(sentence(name, acts[name]), True) for name in reference.actors]
        is_read = reference.step < len(self._states)
        state = self._states[reference.step] if is_read else self._decode_state(reference.step)
        return [(state, False)] if state else []

    def _note(self, path: str, expected: str, piece: Piece) -> None:
        self._issues[Issue(path=path, expected=expected, got=piece.text)] = None


def decode(context: SocializedContext) -> SocializedContext:
    """Return the context with every tag in words; mental states stay marked, with their agent only.

    Parameters
    ----------
    context
        Any context, in any spelling of the tags.

    Returns
    -------
    SocializedContext
        The same steps; ``<same_as_last_action />`` became ``"{agent} {action}"`` for each act, and so on.

    Raises
    ------
    ContextError
        If a tag stands for nothing (see `validate`).

    Examples
    --------
    >>> steps = [{"state": "A ball lies here.", "observations": {"Al": "<same_as_state />"}, "actions": {"Al": "none"}}]
    >>> context = SocializedContext.from_data({"agents_names": ["Al"], "socialized_context": steps})
    >>> decode(context).socialized_context[0].observations
    {'Al': 'A ball lies here.'}
    """
    decoder = Decoder(context)
    steps = decoder.steps_in_words()
    if decoder.issues:
        raise ContextError("some tags stand for nothing:", decoder.issues)
    return context.model_copy(update={"socialized_context": steps})


def encode(context: SocializedContext) -> SocializedContext:
    """Return the context with tags wherever they save text; ``decode(encode(c)) == decode(c)``.

    Tags that are there stay, in their canonical form: they say more surely than words who perceived what.

    Raises
    ------
    ContextError
        If a tag of the context stands for nothing.
    """
    plain = decode(context)
    decoder = Decoder(plain)
    steps = [
        _with_own_tags(decoder, position, step, plain.socialized_context[position])
        for position, step in enumerate(context.socialized_context)
    ]
    for position, step in enumerate(steps):
        steps[position] = _shortened(decoder, position, step, looks_ahead=False)
    for position, step in enumerate(steps[:-1]):
        if not tells_acts(steps[position + 1].state):  # otherwise that state tells of these acts: they cannot be it
            steps[position] = _shortened(decoder, position, step, looks_ahead=True)
    return plain.model_copy(update={"socialized_context": steps})


def _shortened(decoder: Decoder, position: int, step: SocializedStructure, *, looks_ahead: bool) -> SocializedStructure:
    """Return a step with tags that save text: those that look ahead, or all others."""
    shorten = {
        field: _shortener(decoder, position, field, references_in(field, looks_ahead=looks_ahead)) for field in FIELDS
    }
    return step.model_copy(
        update={
            "state": shorten["state"](step.state),
            "observations": {name: shorten["observations"](text) for name, text in step.observations.items()},
            "actions": {name: shorten["actions"](text) for name, text in step.actions.items()},
        }
    )


def _with_own_tags(
    decoder: Decoder, position: int, step: SocializedStructure, plain: SocializedStructure
) -> SocializedStructure:
    """Return a step in words, but for the tags that its texts have of their own."""

    def kept(field: Field, text: str, words: str) -> str:
        pieces = split_pieces(text)
        if all(piece.kind in ("text", "mental") for piece in pieces):
            return words
        canonical = " ".join(written(piece) for piece in pieces)
        return canonical if decoder.words(position, field, canonical, "") == words else words

    observations, actions = plain.observations, plain.actions
    return SocializedStructure(
        timestep=step.timestep,
        state=kept("state", step.state, plain.state),
        observations={name: kept("observations", text, observations[name]) for name, text in step.observations.items()},
        actions={name: kept("actions", text, actions[name]) for name, text in step.actions.items()},
    )


def sentence(agent: str, act: str) -> str:
    """Return an act as a sentence about its agent; the name is not said twice.

    >>> sentence("Ann", "moves the ball"), sentence("Ann", "Ann moves the ball")
    ('Ann moves the ball', 'Ann moves the ball')
    """
    rest = act.removeprefix(agent)
    said = rest != act and not (rest[:1].isalnum() or rest[:1] in ("_", "-"))
    return act if said else f"{agent} {act}"


def join_words(parts: Sequence[tuple[str, bool]]) -> str:
    """Join pieces with blanks; an act is closed with a full stop when something follows it.

    >>> join_words([("Ann waves", True), ("It rains.", False), ("Bob nods", True)])
    'Ann waves. It rains. Bob nods'
    """
    closed = [
        f"{words}." if is_act and number < len(parts) and not is_closed(words) else words
        for number, (words, is_act) in enumerate(parts, start=1)
    ]
    return " ".join(filter(None, closed))


def _shortener(decoder: Decoder, step: int, field: Field, tags: Sequence[Tag]) -> Callable[[str], str]:
    """Return a function that puts tags into a text of this step where that saves text and loses nothing.

    Parameters
    ----------
    decoder, step, field
        Where the text stands, and what its tags would stand for.
    tags
        Those to try, in order. Those of single acts, of which there may be as many as agents, are looked up by
        sentence and not tried one by one.
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
        # The full stop that joining adds after an act goes with it.
        rest = text[start + len(words) :]
        meaning = decoder.words(step, field, text, "")
        for tail in (rest.removeprefix("."), rest):
            tried = f"{text[:start]}{tag}{tail}"
            if decoder.words(step, field, tried, "") == meaning:
                return tried
        return text

    return shorten
