"""The base of settings that are checked on construction."""

from __future__ import annotations


class Checked:
    """Base of settings whose fields are checked when they are constructed.

    Raises
    ------
    ConfigurationError
        If a value has another type than its field, is outside its bounds, or is none of its closed set. The message
        and `ConfigurationError.parameters` name the field.
    """

    def __post_init__(self) -> None:
        """Check every field."""
        from social_world_model.settings.checking import check

        check(self)
