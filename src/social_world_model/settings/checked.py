"""Base class of settings that are checked on construction."""

from __future__ import annotations


class Checked:
    """Base class of settings whose fields are checked on construction.

    Raises
    ------
    ConfigurationError
        If a value has the wrong type, if it is out of bounds, or if it is not an allowed value. The message names the
        field, and `ConfigurationError.parameters` contains the name.
    """

    def __post_init__(self) -> None:
        """Check every field."""
        from social_world_model.settings.checking import check

        check(self)
