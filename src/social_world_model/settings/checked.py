"""Base class of settings that are checked on construction."""

from __future__ import annotations


class Checked:
    """Base class of settings whose fields are checked on construction.

    Raises
    ------
    ConfigurationError
        If a value has the wrong type, is out of bounds, or is not one of the allowed values. The message and
        `ConfigurationError.parameters` name the field.
    """

    def __post_init__(self) -> None:
        """Check every field."""
        from social_world_model.settings.checking import check

        check(self)
