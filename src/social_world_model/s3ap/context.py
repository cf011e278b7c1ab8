"""The stored form of S3AP: steps, contexts and sets of simulated contexts."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from social_world_model.choices import CONTEXT_FIELDS, ContextField, Form
from social_world_model.errors import ContextError, Issue
from social_world_model.s3ap.entries import read_entries
from social_world_model.s3ap.event import Event
from social_world_model.s3ap.timeline import Timeline


def _storable(text: str) -> str:
    text.encode()  # a reply can end in half an emoji: refuse it here, not when the file is written
    return text


Text = Annotated[str, AfterValidator(_storable)]
"""Text that can be stored as UTF-8."""


class SocializedStructure(BaseModel):
    """One step: the state before the actions, each agent's observation of the state, and each agent's action.

    The actor perceives its own action in the same step. Other agents perceive the action through their observation
    at the next step.

    Parameters
    ----------
    timestep
        Name of the step, unique in its context. An integer is converted to text.
    state
        The objective situation, or ``"none"``.
    observations, actions
        Text by agent name. The text is ``"none"`` if the agent perceives or does nothing.
    """

    model_config = ConfigDict(frozen=True)

    timestep: Text
    state: Text
    observations: dict[Text, Text]
    actions: dict[Text, Text]

    @field_validator("timestep", mode="before")
    @classmethod
    def _timestep_is_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class _WithSource(BaseModel):
    """A context can remember where it comes from; see `symbolic.sources`. The source is not a part of its value."""

    _source: Any = PrivateAttr(default=None)

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if isinstance(other, _WithSource) else NotImplemented


class SocializedContext(_WithSource):
    """A story, dialogue or interaction as S3AP: what each agent observes and does, step by step.

    The class reads the stored form and older forms. In older forms, observations and actions are a list of
    ``"agent_name: text"``, and timesteps can be integers. Steps without a timestep get their 0-based position.

    Parameters
    ----------
    agents_names
        Names of all agents (the cast), in order. The index in a tag is a 0-based position in this list.
    socialized_context
        The steps, in order.
    context_manual
        Instructions for readers of the context. The instructions include the domain instructions that the parser
        received.

    Raises
    ------
    ContextError
        If an entry of a list matches no agent, or if two entries match the same agent.
    pydantic.ValidationError
        If a field is missing or has the wrong type. `from_json` and `from_data` raise a `ContextError` instead.

    Examples
    --------
    Ann hides the key. Bob is elsewhere and does not see it.

    >>> steps = [
    ...     {
    ...         "timestep": "1",
    ...         "state": "The key is on the table.",
    ...         "observations": {"Ann": "<same_as_state />", "Bob": "<same_as_state />"},
    ...         "actions": {"Ann": "hides the key", "Bob": "none"},
    ...     },
    ...     {
    ...         "timestep": "2",
    ...         "state": "<same_as_last_action />",
    ...         "observations": {"Ann": "<same_as_state />", "Bob": "none"},
    ...         "actions": {"Ann": "none", "Bob": "none"},
    ...     },
    ... ]
    >>> context = SocializedContext(agents_names=["Ann", "Bob"], socialized_context=steps)
    >>> [(event.text, sorted(event.observers)) for event in context.events()]
    [('The key is on the table.', ['Ann', 'Bob']), ('Ann hides the key', ['Ann'])]
    >>> [event.text for event in context.memory("Ann", until="1")]
    ['The key is on the table.', 'Ann hides the key']
    >>> print(context.perspective("Ann", "Bob").render("text"))
    People: Ann, Bob.
    Step 1.
      The situation: The key is on the table.
      Ann perceives: The key is on the table.
      Bob perceives: The key is on the table.
    >>> dict(context.timeline().rows)
    {'Ann': '●', 'Bob': '─'}
    >>> [str(issue) for issue in context.issues()]
    ['warning: socialized_context: expected a <mental_state> in at least one step, got none']
    >>> context.memory("Bo")
    Traceback (most recent call last):
        ...
    social_world_model.errors.ContextError: expected agents of the context (Ann, Bob), got 'Bo'; did you mean Bob?
    """

    model_config = ConfigDict(frozen=True)

    agents_names: list[Text]
    socialized_context: list[SocializedStructure]
    context_manual: Text | None = Field(default=None)

    @model_validator(mode="before")
    @classmethod
    def _read_older_spellings(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("socialized_context"), list):
            return data
        cast = data.get("agents_names")
        cast = [name for name in cast if isinstance(name, str)] if isinstance(cast, list) else []
        issues: list[Issue] = []
        steps = [_modern_step(step, position, cast, issues) for position, step in enumerate(data["socialized_context"])]
        if issues:
            raise ContextError("expected one entry per agent, got:", issues)
        return {**data, "socialized_context": steps}

    @classmethod
    def from_json(cls, text: str | bytes) -> SocializedContext:
        """Read a stored context.

        Parameters
        ----------
        text
            One JSON object.

        Raises
        ------
        ContextError
            If the text is not JSON, or if the JSON is not a valid context. The error lists every problem as an issue.

        Examples
        --------
        >>> SocializedContext.from_json('{"agents_names": ["Al"], "socialized_context": []}').agents_names
        ['Al']
        """
        return cls.from_data(parse_json(text))

    @classmethod
    def from_data(cls, data: Any) -> SocializedContext:
        """Read a stored context from parsed JSON.

        Raises
        ------
        ContextError
            If the data are not a valid context. The error lists every problem as an issue.
        """
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise ContextError("expected a socialized context, got data with errors:", shape_issues(error)) from None

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return the stored form as JSON text, without fields that are None."""
        return json.dumps(self.to_data(), ensure_ascii=False, indent=indent)

    def to_data(self) -> dict[str, Any]:
        """Return the stored form as plain dicts and lists."""
        return self.model_dump(exclude_none=True)

    def events(self, overt_observers: Mapping[str, Collection[str]] | None = None) -> list[Event]:
        """Split the context into events; see `social_world_model.events`."""
        made: list[Event] = _call("events:events", self, overt_observers)
        return made

    def memory(
        self,
        agent: str,
        until: str | None = None,
        overt_observers: Mapping[str, Collection[str]] | None = None,
    ) -> list[Event]:
        """Return the events that an agent remembers; see `social_world_model.memory`.

        Parameters
        ----------
        agent, until
            Name of the agent, and name of the last timestep to remember. If `until` is None, there is no last timestep.
        overt_observers
            Overt observers by event id. Only events whose overt observers differ from their observers need an entry.
        """
        made: list[Event] = _call("views:memory", self, agent, until, overt_observers)
        return made

    def perspective(
        self, *chain: str, overt_observers: Mapping[str, Collection[str]] | None = None
    ) -> SocializedContext:
        """Return the perspective of one agent, or of A on B, as a context; see `social_world_model.perspective`.

        Parameters
        ----------
        chain
            Names of agents. ``"Ann", "Bob"`` gives the perspective of Ann on Bob.
        overt_observers
            Overt observers by event id. Only events whose overt observers differ from their observers need an entry.
        """
        made: SocializedContext = _call("views:perspective", self, chain, overt_observers)
        return made

    def timeline(self) -> Timeline:
        """Return which agents act and which agents perceive in each step; see `social_world_model.timeline`."""
        made: Timeline = _call("views:timeline", self)
        return made

    def issues(self) -> list[Issue]:
        """Return the errors and warnings of the context; see `social_world_model.validate`."""
        made: list[Issue] = _call("validation:validate", self)
        return made

    def decode(self) -> SocializedContext:
        """Return the context with every tag expanded to words; see `social_world_model.decode`."""
        made: SocializedContext = _call("decoding:decode", self)
        return made

    def encode(self) -> SocializedContext:
        """Return the context with tags in place of repeated text; see `social_world_model.encode`."""
        made: SocializedContext = _call("decoding:encode", self)
        return made

    def render(self, form: Form = "json", fields: ContextField | Iterable[ContextField] = CONTEXT_FIELDS) -> str:
        """Return the context as text; see `social_world_model.render`.

        Parameters
        ----------
        form, fields
            Form of the text (``"json"``, ``"full_json"``, ``"text"`` or ``"compact"``), and fields to show.
        """
        made: str = _call("rendering:render", self, form, fields)
        return made

    def _repr_html_(self) -> str:
        made: str = _call("display:to_html", self)
        return made

    def __rich__(self) -> Any:
        return _call("display:to_rich", self)


def _call(function: str, *given: Any) -> Any:
    """Call a function of this package. The function is given as ``"module:name"``.

    The methods of a context call functions in modules that import `SocializedContext`. The late import avoids
    circular imports.
    """
    module, _, name = function.partition(":")
    return getattr(import_module(f"{__package__}.{module}"), name)(*given)


class SocialSimulation(BaseModel):
    """Several possible continuations of one situation.

    Parameters
    ----------
    simulations
        One context per continuation.
    """

    model_config = ConfigDict(frozen=True)

    simulations: list[SocializedContext]


def parse_json(text: str | bytes) -> Any:
    """Parse JSON from a model reply; control characters inside strings are accepted.

    Raises
    ------
    ContextError
        If the text is not JSON.
    """
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:  # not JSON, not UTF-8, a number of 5000 digits, nested too deeply
        raise ContextError(f"expected a context as one JSON object, got text that is not JSON: {error}") from None


def shape_issues(error: ValidationError) -> list[Issue]:
    """Return the problems of a pydantic error as issues."""
    issues: list[Issue] = []
    for problem in error.errors(include_url=False, include_context=False):
        path, got = _path(problem["loc"]), _short(problem["input"])
        position, agent = _place(problem["loc"])
        issues.append(Issue(path=path, expected=problem["msg"].lower(), got=got, position=position, agent=agent))
    return issues


def _modern_step(step: Any, position: int, cast: Sequence[str], issues: list[Issue]) -> Any:
    """Convert one step to the stored form; unreadable parts stay unchanged and fail in validation."""
    if not isinstance(step, dict):
        return step
    step = dict(step)
    if step.get("timestep") is None:
        step["timestep"] = str(position)
    for field in ("observations", "actions"):
        entries = step.get(field)
        if isinstance(entries, list) and all(isinstance(entry, str) for entry in entries):
            path = f"socialized_context[{position}].{field}"
            step[field], found = read_entries(cast, entries, path, position)
            issues.extend(found)
    return step


def _place(location: tuple[int | str, ...]) -> tuple[int | None, str | None]:
    """Return the position of the step and the agent of a problem; None where the problem concerns none of them."""
    match location:
        case ("socialized_context", int(position), "observations" | "actions", str(agent), *_):
            return position, agent
        case ("socialized_context", int(position), *_):
            return position, None
    return None, None


def _path(location: tuple[int | str, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.lstrip(".") or "(the whole object)"


def _short(value: Any, limit: int = 80) -> str:
    text = reprlib.repr(value) if isinstance(value, (list, dict)) else repr(value)  # lists and dicts can be deep
    return text if len(text) <= limit else f"{text[:limit]}…"
