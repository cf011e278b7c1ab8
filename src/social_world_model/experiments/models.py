"""Models by the names users type."""

from __future__ import annotations

from social_world_model.contracts import Answerer, Parser
from social_world_model.errors import ConfigurationError
from social_world_model.symbolic.model import NAME, SymbolicModel


def answerer_by_name(name: str) -> Answerer:
    """Return who answers.

    Raises
    ------
    ConfigurationError
        If there is no model of that name.
    """
    return _symbolic(name, "--model-name")


def parser_by_name(name: str, example: str | None = None) -> Parser:
    """Return who parses.

    Parameters
    ----------
    name
        The model's name.
    example
        A worked example that goes with every request to a language model.

    Raises
    ------
    ConfigurationError
        If there is no model of that name, or it takes no example.
    """
    model = _symbolic(name, "--context-model")
    if example is not None:
        raise ConfigurationError(
            f"expected --example-analysis-file with a language model, got --context-model {name}, which takes none"
        )
    return model


def _symbolic(name: str, option: str) -> SymbolicModel:
    if name != NAME:
        raise ConfigurationError(f"expected {option} {NAME} (the only model so far), got {name!r}")
    return SymbolicModel()
