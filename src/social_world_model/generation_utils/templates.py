"""Prompt templates: named places, filled literally."""

from __future__ import annotations

import re
from collections.abc import Mapping

from social_world_model.errors import ConfigurationError

_PLACE = re.compile(r"\{([A-Za-z_]\w*)\}")


def places(template: str) -> list[str]:
    """Return the names of the places in a template, each once, in order.

    >>> places('Story: {story} Reply as {"answer": "…"}. {story} {question}')
    ['story', 'question']
    """
    return list(dict.fromkeys(_PLACE.findall(template)))


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values into their places, all at once: what stands in a value is never taken for a place.

    Parameters
    ----------
    template
        Text with places such as ``{question}``; every other brace is just a brace.
    values
        A text for every place; further ones are not used.

    Raises
    ------
    ConfigurationError
        If a place has no value.

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
