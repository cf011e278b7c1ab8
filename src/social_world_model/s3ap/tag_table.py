"""The table of S3AP tags: the spelling, the allowed fields and the meaning of each tag.

The modules `tags`, `decoding`, `events`, `validation` and `display` all use `TAGS`. To add a tag, add an entry to the
table. If the tag refers to something new, also add a function that resolves the tag.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Field = Literal["state", "observations", "actions"]
FIELDS: tuple[Field, ...] = ("state", "observations", "actions")
Form = Literal["reference", "marker", "pair", "word"]


class Surroundings(Protocol):
    """The parts of a context that are needed to resolve a tag."""

    @property
    def cast(self) -> Sequence[str]:
        """Names of the agents. The index of a tag is a 0-based position in this list."""
        ...

    @property
    def step_count(self) -> int:
        """Number of steps."""
        ...

    @property
    def last_acting_step(self) -> Sequence[int | None]:
        """For each step read so far, the nearest earlier step with an action; None if no such step exists."""
        ...

    def acts(self, step: int) -> Mapping[str, str]:
        """Return the actions of a step by agent. The step must have been read before."""
        ...

    def tells_acts(self, step: int) -> bool:
        """Return whether the state of a step contains a tag that refers to actions."""
        ...


@dataclass(frozen=True)
class Reference:
    """The target of a tag: the state of a step, or actions of a step.

    Parameters
    ----------
    step
        0-based position of the step.
    actors
        Agents whose actions the tag refers to; None if the tag refers to the state.
    """

    step: int
    actors: tuple[str, ...] | None = None


Resolver = Callable[[Surroundings, int, int | None], Reference | str]
"""Function that resolves a tag. The function receives the context, the position of the step with the tag, and the index
in the tag.

The function returns the target of the tag. If the tag cannot be resolved, the function returns the text for
`Issue.expected`.
"""


@dataclass(frozen=True, kw_only=True)
class Tag:
    """One tag.

    Parameters
    ----------
    name
        Name of the tag. A `Piece` that is this tag has this name as its `kind`.
    words
        Words in the spelling of the tag. Upper case, square brackets and a missing slash are accepted too. Spaces,
        hyphens or nothing are accepted between the words.
    form
        ``"reference"``: the tag refers to other text. ``"marker"``: the tag has a fixed meaning. ``"pair"``: two tags
        enclose private text of an agent. ``"word"``: the tag is a plain word without brackets.
    fields
        Fields that can contain the tag.
    description
        Meaning of the tag, in one sentence. Prompts list the tags with this sentence.
    of_one_agent
        Meaning of the tag with the number of an agent.
    short
        Word of the spelling in the compact wire form; empty if that form uses the spelling of the stored form.
    resolve
        Function that resolves the tag; None if the tag is not a reference.
    has_index
        Whether the tag can contain the number of an agent. The tag then refers only to this agent.
    stands_for_acts
        Whether the tag refers to actions, not to a state.
    looks_ahead
        Whether the tag refers to a later step.
    label
        Short label for display.
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
    of_one_agent: str = ""
    short: str = ""

    def canonical(self, index: int | str | None = None) -> str:
        """Return the canonical spelling; for a pair, the opening tag.

        >>> LAST_ACTION.canonical(), LAST_ACTION.canonical(1), MENTAL_STATE.canonical()
        ('<same_as_last_action />', '<same_as_last_action_1 />', '<mental_state>')
        """
        inner = "_".join([*self.words, *([] if index is None else [str(index)])])
        return {"word": inner, "pair": f"<{inner}>"}.get(self.form, f"<{inner} />")

    def written(self, index: str | None = None, *, short: bool = False) -> str:
        """Return the spelling for a prompt; for a pair, both tags.

        Parameters
        ----------
        index
            Number of an agent; None for a tag without a number.
        short
            Whether to use the spelling of the compact wire form.

        Examples
        --------
        >>> LAST_ACTION.written("x"), LAST_ACTION.written("x", short=True), MENTAL_STATE.written(short=True)
        ('<same_as_last_action_x />', '<act x/>', '<mind>…</mind>')
        """
        if not (short and self.short):
            start = self.canonical(index)
            return f"{start}…</{start[1:]}" if self.form == "pair" else start
        if self.form == "pair":
            return f"<{self.short}>…</{self.short}>"
        return f"<{self.short}/>" if index is None else f"<{self.short} {index}/>"


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
    short="state",
)
LAST_ACTION = Tag(
    name="last_action",
    words=("same", "as", "last", "action"),
    form="reference",
    fields=frozenset({"state", "observations"}),
    description="All actions of the last step with actions.",
    of_one_agent="Only the action of agent number x, counted from 0.",
    short="act",
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
    short="next",
    label="‹next state›",
)
UNKNOWN_TAG = Tag(
    name="unknown",
    words=("unknown",),
    form="marker",
    fields=frozenset({"observations"}),
    description="The observation is unknown.",
    label="‹unknown›",
)
MENTAL_STATE = Tag(
    name="mental",
    words=("mental", "state"),
    form="pair",
    fields=frozenset(FIELDS),
    description="A thought, feeling or intention that only its agent knows.",
    short="mind",
)
NOTHING = Tag(
    name="none",
    words=("none",),
    form="word",
    fields=frozenset(FIELDS),
    description="No state, observation or action.",
)

TAGS = (STATE, LAST_ACTION, NEXT_STATE, UNKNOWN_TAG, MENTAL_STATE, NOTHING)
"""All tags, in the order in which `encode` tries them."""
TAG_BY_NAME: Mapping[str, Tag] = {tag.name: tag for tag in TAGS}


def references_in(field: Field, *, looks_ahead: bool) -> list[Tag]:
    """Return the reference tags that a field can contain, in the order of the table.

    Parameters
    ----------
    field
        Field of a step.
    looks_ahead
        True for tags that refer to a later step, False for all other reference tags.
    """
    return [tag for tag in TAGS if tag.form == "reference" and field in tag.fields and tag.looks_ahead == looks_ahead]


def legend(tags: Sequence[Tag], *, short: bool = False) -> str:
    """Return a list of tags for a prompt, with one tag and its meaning per line.

    Parameters
    ----------
    tags
        Tags to list.
    short
        Whether to use the spelling of the compact wire form.

    Examples
    --------
    >>> print(legend([LAST_ACTION, NOTHING]))
    <same_as_last_action />: All actions of the last step with actions.
    <same_as_last_action_x />: Only the action of agent number x, counted from 0.
    none: No state, observation or action.
    """
    lines = []
    for tag in tags:
        lines.append(f"{tag.written(short=short)}: {tag.description}")
        if tag.of_one_agent:
            lines.append(f"{tag.written('x', short=short)}: {tag.of_one_agent}")
    return "\n".join(lines)
