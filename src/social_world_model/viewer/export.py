"""Collect the data of one exported file: contexts, runs and items of a catalogue."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

from social_world_model.errors import ConfigurationError
from social_world_model.viewer.catalogue import Catalogue
from social_world_model.viewer.page import html_page
from social_world_model.viewer.payload import Payload


@dataclass(frozen=True)
class Export:
    """An exported file.

    Parameters
    ----------
    html
        The file: one HTML document without requests.
    notes
        What the file contains and what was left out, one line each.
    """

    html: str
    notes: list[str] = field(default_factory=list)


def export_html(catalogue: Catalogue, *, title: str = "Social World Model") -> Export:
    """Return one HTML file with everything in a catalogue.

    Parameters
    ----------
    catalogue
        Contexts and runs.
    title
        Title of the document.

    Raises
    ------
    ConfigurationError
        If the catalogue contains nothing to show.
    SocialWorldModelError
        If a file has changed since the catalogue was made, and cannot be used any more.
    """
    if not catalogue.contexts and not catalogue.runs:
        raise ConfigurationError("expected at least one context or run, got nothing to show")
    contexts = {id: source.load() for id, source in catalogue.contexts.items()}
    return Export(html_page(exported(catalogue, contexts), title))


def exported(catalogue: Catalogue, contexts: dict[str, Payload]) -> dict[str, Any]:
    """Return the type `Exported` of ``web/src/lib/types.d.ts``.

    Parameters
    ----------
    catalogue
        Contexts and runs.
    contexts
        Contexts as the pages read them, by id.
    """
    return {
        "index": {
            "version": version("social-world-model"),
            "edit": False,
            "model": None,
            "contexts": list(catalogue.entries.values()),
            "runs": [],
            "left_out": [asdict(one) for one in catalogue.left_out],
        },
        "contexts": contexts,
        "runs": {},
        "gains": {},
        "tables": {},
        "rows": {},
        "items": {},
        "comparisons": {},
    }
