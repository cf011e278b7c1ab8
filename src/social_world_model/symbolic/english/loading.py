"""Load spaCy and its English model. Both are loaded on first use, because this takes seconds."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from social_world_model.errors import ConfigurationError

if TYPE_CHECKING:
    from spacy.language import Language

MODEL = "en_core_web_sm"
INSTALL = f'install spaCy and its model: pip install "social-world-model[english]" && python -m spacy download {MODEL}'
"""What to do if spaCy or its model is missing."""
UNUSED = ["ner"]
"""Parts of the model that the reader does not need."""


def is_installed() -> bool:
    """Tell whether spaCy and an English model are installed, without loading them."""
    return find_spec("spacy") is not None and _model() is not None


@cache
def english() -> Language:
    """Return spaCy's pipeline for English.

    Raises
    ------
    ConfigurationError
        If spaCy or its English model is missing.
    """
    if find_spec("spacy") is None:
        raise ConfigurationError(
            f"expected spaCy for stories in ordinary English, got an installation without spaCy; {INSTALL}"
        )
    model = _model()
    if model is None:
        raise ConfigurationError(
            f"expected spaCy's model {MODEL} for stories in ordinary English, got an installation without this model; "
            f"{INSTALL}"
        )
    import spacy

    return spacy.load(model, exclude=UNUSED)


def version() -> str:
    """Return the name and the version of the installed English model; ``""`` if there is none."""
    from importlib.metadata import entry_points

    for point in entry_points(group="spacy_models"):
        if point.name == _model() and point.dist is not None:
            return f"{MODEL} {point.dist.version}"
    return ""


@cache
def _model() -> str | None:
    """Return the name of the installed English model. A package that spaCy lists under a longer name is accepted."""
    from importlib.metadata import entry_points

    names = {point.name for point in entry_points(group="spacy_models")}
    fitting = sorted((name for name in names if name.startswith(MODEL)), key=len)
    return fitting[0] if fitting else None
