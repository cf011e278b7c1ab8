r"""The compact wire form: the same content as the standard wire form, with fewer tokens.

- Entries that are ``none`` are left out. Agents with the same text share one entry. ``all`` stands for all agents.
- A state that is ``none`` is written as an empty text.
- Tags have short spellings, such as ``<state/>`` and ``<act 1/>``. A text that already contains a short spelling gets a
  backslash: ``<\state/>``.
- Steps are counted from 1. A step with another timestep begins its state with ``<step NAME/>``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from social_world_model.errors import ContextError, Issue
from social_world_model.s3ap.context import SocializedContext, Text
from social_world_model.s3ap.entries import text_after, write_entries
from social_world_model.s3ap.short_tags import long_tags, short_tags
from social_world_model.s3ap.tag_table import NOTHING
from social_world_model.s3ap.wire import check_entries

ALL = "all"
"""Stands for all agents, unless an agent has this name."""

_STEP = re.compile(r"<(?P<escape>\\*)step (?P<name>[^<>]*)/> ?")
_SEPARATOR = re.compile(r"\s*(?:,\s*and\s|,|&|\sand\s)\s*")


class CompactStep(BaseModel):
    """One step. Observations and actions are a list of ``"names: text"``."""

    model_config = ConfigDict(extra="forbid")

    state: Text
    sees: list[Text]
    does: list[Text]


class CompactContext(BaseModel):
    """A context as a list of steps.

    Attributes
    ----------
    written_form
        Description of the schema for prompts.
    """

    written_form: ClassVar[str] = (
        '{"agents": ["NAME", …], "steps": [{"state": "…", "sees": ["NAME, NAME: …", …], "does": ["NAME: …", …]}, …]}\n'
        "sees: what agents perceive; does: what agents do. No entry means none. Agents with the same text share one "
        "entry. The name all means all agents."
    )
    model_config = ConfigDict(extra="forbid")

    agents: list[Text]
    steps: list[CompactStep]


def to_compact(context: SocializedContext) -> CompactContext:
    """Return the compact wire form of a context, without the context manual.

    Raises
    ------
    ContextError
        If an agent has no entry in a step.
    """
    check_entries(context)
    cast = context.agents_names
    return CompactContext(
        agents=list(cast),
        steps=[
            CompactStep(
                state=_with_timestep(short_tags(step.state), step.timestep, position),
                sees=_grouped(cast, {name: short_tags(step.observations[name]) for name in cast}),
                does=_grouped(cast, {name: short_tags(step.actions[name]) for name in cast}),
            )
            for position, step in enumerate(context.socialized_context)
        ],
    )


def from_compact(wire: CompactContext, *, context_manual: str | None = None) -> SocializedContext:
    """Return a model's reply as a context in the stored form.

    Parameters
    ----------
    wire
        Reply of the model.
    context_manual
        Manual to store with the context; None to store no manual.

    Raises
    ------
    ContextError
        If an entry starts with no name of the cast, or if an agent has two entries in one list.
    """
    cast, issues, steps = wire.agents, [], []
    for position, step in enumerate(wire.steps):
        observations, wrong = read_groups(cast, step.sees, f"steps[{position}].sees", position)
        actions, more = read_groups(cast, step.does, f"steps[{position}].does", position)
        issues += [*wrong, *more]
        timestep, state = _timestep_of(step.state, position)
        steps.append(
            {
                "timestep": timestep,
                "state": long_tags(state),
                "observations": {name: long_tags(text) for name, text in observations.items()},
                "actions": {name: long_tags(text) for name, text in actions.items()},
            }
        )
    if issues:
        raise ContextError("expected one entry per agent, got:", issues)
    return SocializedContext.from_data(
        {"agents_names": list(cast), "socialized_context": steps, "context_manual": context_manual}
    )


def read_groups(
    cast: Sequence[str], entries: Sequence[str], path: str, step: int | None = None
) -> tuple[dict[str, str], list[Issue]]:
    """Assign each entry to its agents.

    Parameters
    ----------
    cast
        Names of the agents, in order.
    entries
        The entries, unchanged.
    path
        Path of the entries in the reply, for issues.
    step
        0-based position of the step of the entries, for issues; None if unknown.

    Returns
    -------
    tuple
        Text by agent, with ``none`` for agents without an entry, and one issue for every entry that matches no agent
        or repeats an agent.

    Examples
    --------
    >>> read_groups(["Ann", "Bo", "Cy"], ["Ann and Bo: <act/>"], "sees")[0]
    {'Ann': '<act/>', 'Bo': '<act/>', 'Cy': 'none'}
    """
    texts: dict[str, str] = {}
    issues: list[Issue] = []
    for position, entry in enumerate(entries):
        here = f"{path}[{position}]"
        owners, text = _owners(cast, position, entry)
        if not owners:
            expected = "'NAME: text' with names of agents"
            issues.append(Issue(path=here, expected=expected, got=repr(entry), position=step))
        for owner in owners:
            if owner in texts:
                expected, got = f"one entry for {owner}", f"a second one: {entry!r}"
                issues.append(Issue(path=here, expected=expected, got=got, position=step, agent=owner))
            texts.setdefault(owner, text)
    return {name: texts.get(name, NOTHING.canonical()) for name in cast}, issues


def _owners(cast: Sequence[str], position: int, entry: str) -> tuple[Sequence[str], str]:
    """Return the agents of an entry, and its text.

    An entry at the position of an agent that starts with the name of this agent belongs to this agent, as in the
    standard form. A list with one entry per agent is therefore never ambiguous.
    """
    own = text_after(cast[position], entry) if position < len(cast) else None
    if own is not None:
        return [cast[position]], own
    if all(name.casefold() != ALL for name in cast) and (text := text_after(ALL, entry[:3].casefold() + entry[3:])):
        return cast, text
    names = sorted(cast, key=len, reverse=True)
    dead_ends: set[int] = set()

    def read(start: int, before: tuple[str, ...]) -> tuple[Sequence[str], str]:
        if start in dead_ends or len(before) >= len(cast):
            return (), ""
        for name in names:
            if not entry.startswith(name, start):
                continue
            if (text := text_after(name, entry[start:])) is not None:
                return (*before, name), text
            if separator := _SEPARATOR.match(entry, start + len(name)):
                found = read(separator.end(), (*before, name))
                if found[0]:
                    return found
        dead_ends.add(start)
        return (), ""

    return read(len(entry) - len(entry.lstrip()), ())


def _grouped(cast: Sequence[str], texts: Mapping[str, str]) -> list[str]:
    """Return the shortest list of entries that `read_groups` reads as these texts."""
    agents: dict[str, list[str]] = {}
    for name in cast:
        if texts[name] != NOTHING.canonical():
            agents.setdefault(texts[name], []).append(name)
    shared = ((ALL if 1 < len(names) == len(cast) else ", ".join(names), text) for text, names in agents.items())
    grouped = [f"{names}: {text}" for names, text in shared]
    separate = [f"{name}: {text}" for text, names in agents.items() for name in names]
    for entries in (grouped, separate):
        if read_groups(cast, entries, "") == (dict(texts), []):
            return entries
    return write_entries(cast, texts)


def _with_timestep(state: str, timestep: str, position: int) -> str:
    if timestep != str(position + 1) or not state:
        return f"<step {html.escape(timestep, quote=False)}/> {state}"
    if state == NOTHING.canonical():
        return ""
    return f"<\\{state[1:]}" if _STEP.match(state) else state


def _timestep_of(state: str, position: int) -> tuple[str, str]:
    """Return the timestep of a step, and its state without the timestep."""
    found = _STEP.match(state)
    if found is None:
        return str(position + 1), state or NOTHING.canonical()
    if found["escape"]:
        return str(position + 1), f"<{state[2:]}"
    return html.unescape(found["name"]), state[found.end() :]
