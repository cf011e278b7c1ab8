"""Read and write ``"agent_name: text"`` entries.

Names can contain colons, accents, titles and the word "and". Similar names are never confused. An entry is first
compared with the name at the same position. If the entry does not start with this name, the entry belongs to the agent
with the longest name at its start. An entry that starts with no name of the cast is reported as an issue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_world_model.errors import Issue


def write_entries(cast: Sequence[str], texts: Mapping[str, str]) -> list[str]:
    """Return one ``"agent_name: text"`` entry per agent, in cast order.

    Parameters
    ----------
    cast
        Names of the agents, in order.
    texts
        Text by agent name. Every agent of the cast needs a text.

    Examples
    --------
    >>> write_entries(["Anne", "Sally"], {"Sally": "leaves", "Anne": "none"})
    ['Anne: none', 'Sally: leaves']
    """
    return [f"{name}: {texts[name]}" for name in cast]


def read_entries(
    cast: Sequence[str], entries: Sequence[str], path: str, step: int | None = None
) -> tuple[dict[str, str], list[Issue]]:
    """Assign each entry to its agent.

    Parameters
    ----------
    cast
        Names of the agents, in order.
    entries
        The entries, unchanged.
    path
        Path of the entries in the context, for issues.
    step
        0-based position of the step of the entries, for issues; None if unknown.

    Returns
    -------
    tuple
        Text by agent, and issues. There is an issue for every entry that matches no agent, and for every second entry
        of an agent. Agents without an entry are no issue here; ``validate`` reports these agents.
    """
    texts: dict[str, str] = {}
    issues: list[Issue] = []
    by_length = sorted(cast, key=len, reverse=True)
    for position, entry in enumerate(entries):
        here = f"{path}[{position}]"
        own = cast[position] if position < len(cast) else None
        if own is not None and text_after(own, entry) is not None:
            owner: str | None = own
        else:
            owner = next((name for name in by_length if text_after(name, entry) is not None), None)
        if owner is None:
            expected = "'agent_name: text' with a name of the cast"
            issues.append(Issue(path=here, expected=expected, got=repr(entry), position=step))
        elif owner in texts:
            expected, got = f"one entry for {owner}", f"a second one: {entry!r}"
            issues.append(Issue(path=here, expected=expected, got=got, position=step, agent=owner))
        else:
            texts[owner] = text_after(owner, entry) or ""
    return texts, issues


def text_after(name: str, entry: str) -> str | None:
    """Return the text after ``name:`` in an entry; None if the entry does not start with this name.

    Parameters
    ----------
    name
        Name of an agent.
    entry
        The entry, unchanged.
    """
    if entry.startswith(f"{name}:"):
        return entry[len(name) + 1 :].removeprefix(" ")
    stripped = entry.strip()
    if stripped.startswith(name) and stripped[len(name) :].lstrip().startswith(":"):
        return stripped[len(name) :].lstrip()[1:].strip()
    return None
