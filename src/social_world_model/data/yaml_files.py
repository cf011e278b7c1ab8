"""Read YAML files of users. A small file with aliases inside aliases could otherwise fill the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yaml import Node

MOST_VALUES = 100_000
"""Maximum number of values in a file, if every alias is replaced by its value."""


def load_yaml(text: str) -> tuple[Any, str | None]:
    r"""Read YAML.

    Parameters
    ----------
    text
        Content of the file. Tags for Python objects are refused.

    Returns
    -------
    tuple
        The value, and a name that occurs twice in one mapping; None if there is no such name. In YAML, the last value
        of such a name counts.

    Raises
    ------
    ValueError
        If the file has too many values, or if an alias refers to a value that contains the alias.
    yaml.YAMLError
        If the text is not YAML.

    Examples
    --------
    >>> load_yaml("modes: &both [vanilla, perspective]\\nagain: *both")
    ({'modes': ['vanilla', 'perspective'], 'again': ['vanilla', 'perspective']}, None)
    >>> load_yaml("mode: vanilla\\nmode: perspective")[1]
    'mode'
    """
    import yaml

    root = yaml.compose(text, yaml.SafeLoader)
    if root is None:
        return None, None
    sizes: dict[int, int | None] = {}
    if _size(root, sizes) > MOST_VALUES:
        raise ValueError(f"expected at most {MOST_VALUES:,} values, got more: use fewer aliases")
    return yaml.safe_load(text), _repeated(root, set())


def _children(node: Node) -> list[Node]:
    from yaml import MappingNode, SequenceNode

    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, SequenceNode) else []


def _size(node: Node, sizes: dict[int, int | None]) -> int:
    """Return the number of values below a node. A node with several aliases counts each time, but is visited once."""
    if id(node) not in sizes:
        sizes[id(node)] = None
        sizes[id(node)] = 1 + sum(_size(child, sizes) for child in _children(node))
    size = sizes[id(node)]
    if size is None:
        raise ValueError("expected aliases of other values, got an alias inside its own value")
    return size


def _repeated(node: Node, seen: set[int]) -> str | None:
    """Return a name that occurs twice in a mapping, or None."""
    from yaml import MappingNode, ScalarNode

    if id(node) in seen:
        return None
    seen.add(id(node))
    if isinstance(node, MappingNode):
        names = [str(key.value) for key, _ in node.value if isinstance(key, ScalarNode) and key.value != "<<"]
        if (twice := next((name for name in names if names.count(name) > 1), None)) is not None:
            return twice
    return next(filter(None, (_repeated(child, seen) for child in _children(node))), None)
