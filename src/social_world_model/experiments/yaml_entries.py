"""Read the entries of a YAML file that describes many runs. Errors name the file, the entry, and similar names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from social_world_model.data.yaml_files import load_yaml
from social_world_model.errors import ConfigurationError, did_you_mean

_KINDS: Mapping[type, str] = {type(None): "nothing", str: "text", list: "a list"}


def loaded(path: Path, allowed: frozenset[str], what: str) -> Mapping[str, Any]:
    """Return the mapping that a YAML file contains.

    Parameters
    ----------
    path
        Path of the file.
    allowed
        Names that the mapping may have.
    what
        What the file should contain, for messages.

    Raises
    ------
    ConfigurationError
        If the file cannot be read, if it is not YAML, or if it has other names.
    """
    import yaml

    try:
        data, twice = load_yaml(path.read_text(encoding="utf-8"))
        if twice is not None:
            raise ConfigurationError(f"expected each name once in {path}, got {twice} twice: delete one of them")
    except OSError as error:
        raise ConfigurationError(f"expected {what} in YAML, got {path}: {error.strerror or error}") from None
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise ConfigurationError(f"expected {what} in YAML, got {path}: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict) or not set(data) <= allowed:
        got, near = _KINDS.get(type(data), type(data).__name__), ""
        if isinstance(data, dict):
            unknown = [name for name in data if name not in allowed]
            got, near = ", ".join(map(str, data)), did_you_mean(unknown[0], allowed)
        raise ConfigurationError(f"expected {', '.join(sorted(allowed))} in {path}, got {got}{near}")
    return data


def listed(data: Mapping[str, Any], name: str, source: object) -> list[Any]:
    """Return a list that is not empty.

    Parameters
    ----------
    data
        Mapping with the list.
    name
        Name of the list.
    source
        Where the data come from, for messages.

    Raises
    ------
    ConfigurationError
        If there is something else.
    """
    values = data.get(name)
    if not isinstance(values, list) or not values:
        raise ConfigurationError(f"expected {name} in {source} to be a list that is not empty, got {values!r}")
    return values


def names(data: Mapping[str, Any], name: str, source: object) -> list[str]:
    """Return a list of names that is not empty.

    Parameters
    ----------
    data, name, source
        The same as for `listed`.

    Raises
    ------
    ConfigurationError
        If there is something else.
    """
    values = listed(data, name, source)
    if wrong := [value for value in values if not isinstance(value, str)]:
        raise ConfigurationError(f"expected {name} in {source} to be a list of names, got {wrong[0]!r}")
    return values


def name_of(one: Any, name: str, more: frozenset[str], source: object) -> dict[str, Any]:
    """Return an entry as a mapping. An entry is a name, or a mapping with the name and further fields.

    Parameters
    ----------
    one
        The entry.
    name
        Field with the name, such as ``"agent"``.
    more
        Further fields that the entry may have.
    source
        Where the data come from, for messages.

    Raises
    ------
    ConfigurationError
        If the entry has no name, or if it has other fields.
    """
    if isinstance(one, str):
        return {name: one}
    taken = entry(one, more | {name}, f"{name}s", source)
    if not isinstance(taken.get(name), str):
        raise ConfigurationError(f"expected each entry of {name}s in {source} to have a field {name}, got {one!r}")
    return taken


def entry(values: Any, allowed: frozenset[str], what: str, source: object) -> dict[str, Any]:
    """Return a mapping that has only known fields.

    Parameters
    ----------
    values
        The mapping.
    allowed
        Names of all fields that the mapping may have.
    what, source
        What the mapping is, and where it comes from, for messages.

    Raises
    ------
    ConfigurationError
        If there is something else, or if a field is unknown.
    """
    if not isinstance(values, dict) or (unknown := set(values) - allowed):
        got, near = repr(values), ""
        if isinstance(values, dict):
            wrong = sorted(map(str, unknown))
            got, near = ", ".join(wrong), did_you_mean(wrong[0], allowed)
        raise ConfigurationError(
            f"expected the entries of {what} in {source} to be among {', '.join(sorted(allowed))}; got {got}{near}"
        )
    return dict(values)


def flag(data: Mapping[str, Any], name: str, source: object, *, default: bool) -> bool:
    """Return a value that is true or false.

    Parameters
    ----------
    data, name, source
        The same as for `listed`.
    default
        Value if there is none.

    Raises
    ------
    ConfigurationError
        If there is something else.
    """
    value = data.get(name, default)
    if not isinstance(value, bool):
        raise ConfigurationError(f"expected {name} in {source} to be true or false, got {value!r}")
    return value
