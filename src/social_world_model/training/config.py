"""Read configuration files with additional settings of a trainer. The settings have the names that the trainer uses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from social_world_model.data.yaml_files import load_yaml
from social_world_model.errors import ConfigurationError


def read_config(path: Path | None) -> dict[str, Any]:
    """Return the settings in a YAML file; an empty dict if `path` is None.

    Raises
    ------
    ConfigurationError
        If the file cannot be read, or if it does not contain a mapping of names to settings.
    """
    if path is None:
        return {}
    import yaml

    try:
        data, _ = load_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"expected a configuration file, got {path}: {error.strerror or error}") from None
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise ConfigurationError(f"expected YAML in {path}, got: {error}") from None
    if data is None:
        return {}
    if not isinstance(data, dict) or not all(isinstance(name, str) for name in data):
        raise ConfigurationError(f"expected a mapping of names to settings in {path}, got {type(data).__name__}")
    return data
