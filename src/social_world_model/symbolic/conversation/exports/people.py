"""The people of a chat as the user names them: a file with names and their aliases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from social_world_model.errors import DatasetError, shortened
from social_world_model.symbolic.conversation.names import fold, plain

_FORM = "expected names with lists of aliases, such as {Ann: [ann.w, U123], Bo: []}"


@dataclass(frozen=True)
class People:
    """Names of people in a chat, and their aliases.

    Parameters
    ----------
    names
        Names of the people. A listed person who sends nothing is present from the start.
    aliases
        Names by alias. Case is ignored.

    Examples
    --------
    >>> people = People.of({"Ann Lee": ["ann.l", "U1"], "Bo": None})
    >>> people.named("ANN.L"), people.named("Cy"), people.names
    ('Ann Lee', 'Cy', ('Ann Lee', 'Bo'))
    """

    names: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    def named(self, name: str) -> str:
        """Return the name of the person with this name or alias. Unknown names are returned unchanged."""
        return self.aliases.get(fold(name), name)

    @classmethod
    def of(cls, data: Any) -> People:
        """Return the people of an object with a list of aliases for each name, or of a list of names.

        Parameters
        ----------
        data
            The object or the list.

        Raises
        ------
        DatasetError
            If the data has another form, or if one alias belongs to two people.
        """
        table = dict.fromkeys(data) if isinstance(data, list) and all(isinstance(one, str) for one in data) else data
        if not isinstance(table, dict) or not table:
            raise DatasetError(f"{_FORM}, got {shortened(repr(data), 60)}")
        aliases: dict[str, str] = {}
        for person, others in table.items():
            name = plain(str(person))
            for alias in [name, *_listed(others)]:
                if aliases.setdefault(fold(alias), name) != name or not fold(alias):
                    raise DatasetError(
                        f"expected aliases that each belong to one person, got {alias!r} "
                        f"for {aliases[fold(alias)]} and for {name}"
                    )
        return cls(tuple(dict.fromkeys(aliases.values())), aliases)


NOBODY_LISTED = People()


def _listed(others: Any) -> list[str]:
    values = [] if others is None else others if isinstance(others, list) else [others]
    if not all(isinstance(value, str | int) for value in values):
        raise DatasetError(f"{_FORM}, got {shortened(repr(others), 60)}")
    return [str(value) for value in values]
