"""The table of S3AP's tags: how each is spelt, in which fields it may stand, and what it stands for.

Reading (`tags`), decoding and encoding (`decoding`), events, validation and display are made from `TAGS`. To add a
tag, add an entry, and, if it stands for something that no other tag does, a function that finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Field = Literal["state", "observations", "actions"]
FIELDS: tuple[Field, ...] = ("state", "observations", "actions")
Form = Literal["reference", "marker", "pair", "word"]


class Surroundings(Protocol):
    """A context as far as a tag must know it to find what it stands for."""

    @property
    def cast(self) -> Sequence[str]:
        """Names of the agents, in the order that an index counts in."""
        ...

    @property
    def step_count(self) -> int:
        """Number of steps."""
        ...

    @property
    def last_acting_step(self) -> Sequence[int | None]:
        """For each step read so far, the nearest earlier one in which anyone acted."""
        ...

    def acts(self, step: int) -> Mapping[str, str]:
        """Return what each acting agent did in a step that is already read."""
        ...

    def tells_acts(self, step: int) -> bool:
        """Tell whether the state of a step holds a tag that stands for acts."""
        ...


@dataclass(frozen=True)
class Reference:
    """What a tag stands for: the state of a step, or acts of a step.

    Parameters
    ----------
    step
        0-based position of the step.
    actors
        The agents whose acts it stands for; None for the state.
    """

    step: int
    actors: tuple[str, ...] | None = None


Resolver = Callable[[Surroundings, int, int | None], Reference | str]
"""From a context, the position of the tag's step and the tag's index: what it stands for, or what was expected."""


@dataclass(frozen=True, kw_only=True)
class Tag:
    """One tag.

    Parameters
    ----------
    name
        The kind of a piece of text that is this tag; an identifier.
    words
        The words that it is spelt with. Upper case, spaces, hyphens or nothing between the words, square brackets
        and a missing slash are read as well.
    form
        ``"reference"``: stands for text elsewhere. ``"marker"``: stands for itself. ``"pair"``: encloses text that
        is private to its agent. ``"word"``: a plain word, without brackets.
    fields
        Where it may stand.
    description
        What it means, in a sentence.
    resolve
        Finds what a reference stands for.
    has_index
        Whether an agent's number may follow, which narrows a reference to that agent.
    stands_for_acts
        Whether a reference stands for acts, and not for a state.
    looks_ahead
        Whether a reference stands for something in a later step.
    label
        In few words, for display.
    """

    name: str
    words: tuple[str, ...]
    form: Form
    fields: frozenset[Field]
    description: str
    resolve: Resolver | None = None
    has_index: bool = False
    stands_for_acts: bool = False
    looks_ahead: bool = False
    label: str = ""

    def canonical(self, index: int | str | None = None) -> str:
        """Return the spelling that is written, of a pair its beginning.

        >>> LAST_ACTION.canonical(), LAST_ACTION.canonical(1), MENTAL_STATE.canonical()
        ('<same_as_last_action />', '<same_as_last_action_1 />', '<mental_state>')
        """
        inner = "_".join([*self.words, *([] if index is None else [str(index)])])
        return {"word": inner, "pair": f"<{inner}>"}.get(self.form, f"<{inner} />")


def _this_state(context: Surroundings, step: int, index: int | None) -> Reference | str:
    return Reference(step)


def _next_state(context: Surroundings, step: int, index: int | None) -> Reference | str:
    if step + 1 >= context.step_count:
        return "a step after this one"
    if context.tells_acts(step + 1):
        return "a next state that does not itself refer back to this action"
    return Reference(step + 1)


def _last_action(context: Surroundings, step: int, index: int | None) -> Reference | str:
    last = context.last_acting_step[step]
    if last is None:
        return "an earlier step in which somebody acts"
    acts = context.acts(last)
    if index is None:
        return Reference(last, tuple(acts))
    if index >= len(context.cast):
        return f"an agent's index below {len(context.cast)}"
    actor = context.cast[index]
    return Reference(last, (actor,)) if actor in acts else f"an act of {actor} in the nearest step with acts"


STATE = Tag(
    name="state",
    words=("same", "as", "state"),
    form="reference",
    fields=frozenset({"observations"}),
    description="The agent perceives the state of this step.",
    resolve=_this_state,
    label="‹state›",
)
LAST_ACTION = Tag(
    name="last_action",
    words=("same", "as", "last", "action"),
    form="reference",
    fields=frozenset({"state", "observations"}),
    description="Every act of the nearest earlier step with acts, or, with _x, the act of agent number x, from 0.",
    resolve=_last_action,
    has_index=True,
    stands_for_acts=True,
    label="‹last action›",
)
NEXT_STATE = Tag(
    name="next_state",
    words=("same", "as", "next", "state"),
    form="reference",
    fields=frozenset({"observations", "actions"}),
    description="The state of the next step.",
    resolve=_next_state,
    looks_ahead=True,
    label="‹next state›",
)
UNKNOWN_TAG = Tag(
    name="unknown",
    words=("unknown",),
    form="marker",
    fields=frozenset({"observations"}),
    description="The writer does not know what the agent perceives; nothing is perceived.",
    label="‹unknown›",
)
MENTAL_STATE = Tag(
    name="mental",
    words=("mental", "state"),
    form="pair",
    fields=frozenset(FIELDS),
    description="What it encloses is private to its agent, in a state to the narrator.",
)
NOTHING = Tag(
    name="none",
    words=("none",),
    form="word",
    fields=frozenset(FIELDS),
    description="Nothing is the case, perceived or done.",
)

TAGS = (STATE, LAST_ACTION, NEXT_STATE, UNKNOWN_TAG, MENTAL_STATE, NOTHING)
"""In the order in which `encode` tries them."""
TAG_BY_NAME: Mapping[str, Tag] = {tag.name: tag for tag in TAGS}


def references_in(field: Field, *, looks_ahead: bool) -> list[Tag]:
    """Return the references that may stand in a field, in the order of the table."""
    return [tag for tag in TAGS if tag.form == "reference" and field in tag.fields and tag.looks_ahead == looks_ahead]
