"""Prompt templates with named placeholders. Values are inserted unchanged."""

from __future__ import annotations

import re
from collections.abc import Mapping

from social_world_model.errors import ConfigurationError

_PLACE = re.compile(r"\{([A-Za-z_]\w*)\}")


def places(template: str) -> list[str]:
    """Return the names of the placeholders in a template, in order and without duplicates.

    Examples
    --------
    >>> places('Story: {story} Reply as {"answer": "…"}. {story} {question}')
    ['story', 'question']
    """
    return list(dict.fromkeys(_PLACE.findall(template)))


def fill(template: str, values: Mapping[str, str]) -> str:
    """Fill all placeholders at once. A placeholder inside a value is not filled.

    Parameters
    ----------
    template
        Text with placeholders such as ``{question}``. All other braces are plain text.
    values
        Text for each placeholder. Additional values are ignored.

    Raises
    ------
    ConfigurationError
        If a placeholder has no value.

    Examples
    --------
    >>> fill('{story} {"a": 1} {question}', {"story": "Put {question} here.", "question": "Where?"})
    'Put {question} here. {"a": 1} Where?'
    """
    if missing := [name for name in places(template) if name not in values]:
        raise ConfigurationError(
            f"expected a value for {', '.join(missing)} in the template, "
            f"got values for {', '.join(values) or 'nothing'}"
        )
    return _PLACE.sub(lambda place: str(values[place[1]]), template)
