"""``"agent_name: text"`` entries: whose is which.

Names may hold colons, accents, titles and the word "and"; two names are never taken for one another
because they look alike. An entry belongs to the agent at its own position if that name fits, else to the
longest name of the cast that it begins with, else to nobody, and that is an issue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_world_model.errors import Issue


def write_entries(cast: Sequence[str], texts: Mapping[str, str]) -> list[str]:
    """Return one ``"agent_name: text"`` per agent, in cast order.

    >>> write_entries(["Anne", "Sally"], {"Sally": "leaves", "Anne": "none"})
    ['Anne: none', 'Sally: leaves']
    """
    return [f"{name}: {texts[name]}" for name in cast]


def read_entries(cast: Sequence[str], entries: Sequence[str], path: str) -> tuple[dict[str, str], list[Issue]]:
    """Give each entry to its agent.

    Parameters
    ----------
    cast
        Names of the agents, in order.
    entries
        The entries as they came.
    path
        Where they stand, for the issues.

    Returns
    -------
    tuple
        Text by agent, and an issue for every entry that fits nobody or comes twice. Nothing is dropped
        in silence; an agent without an entry is simply absent (``validate`` reports it).
    """
    texts: dict[str, str] = {}
    issues: list[Issue] = []
    by_length = sorted(cast, key=len, reverse=True)
    for position, entry in enumerate(entries):
        here = f"{path}[{position}]"
        own = cast[position] if position < len(cast) else None
        if own is not None and _text_after(own, entry) is not None:
            owner: str | None = own
        else:
            owner = next((name for name in by_length if _text_after(name, entry) is not None), None)
        if owner is None:
            issues.append(Issue(path=here, expected="'agent_name: text' with a name of the cast", got=repr(entry)))
        elif owner in texts:
            issues.append(Issue(path=here, expected=f"one entry for {owner}", got=f"a second one: {entry!r}"))
        else:
            texts[owner] = _text_after(owner, entry) or ""
    return texts, issues


def _text_after(name: str, entry: str) -> str | None:
    """Return what follows ``name:`` in the entry, or None where the entry does not begin so."""
    if entry.startswith(f"{name}:"):
        return entry[len(name) + 1 :].removeprefix(" ")
    stripped = entry.strip()
    if stripped.startswith(name) and stripped[len(name) :].lstrip().startswith(":"):
        return stripped[len(name) :].lstrip()[1:].strip()
    return None
