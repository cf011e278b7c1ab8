"""Configuration files: further settings in a trainer's own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError


def read_config(path: Path | None) -> dict[str, Any]:
    """Return the settings of a YAML file; none without a file.

    Raises
    ------
    ConfigurationError
        If it cannot be read, or holds something else than settings by name.
    """
    if path is None:
        return {}
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"expected a configuration file, got {path}: {error.strerror or error}") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"expected YAML in {path}, got: {error}") from None
    if data is None:
        return {}
    if not isinstance(data, dict) or not all(isinstance(name, str) for name in data):
        raise ConfigurationError(f"expected settings by name in {path}, got {type(data).__name__}")
    return data
