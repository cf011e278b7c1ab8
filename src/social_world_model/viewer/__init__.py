"""The viewer: contexts, runs and items as pages in a browser, or as one file."""

from typing import TYPE_CHECKING

from social_world_model.lazy_names import lazy_names

if TYPE_CHECKING:
    from social_world_model.viewer.catalogue import Catalogue, discover
    from social_world_model.viewer.export import Export, export_html
    from social_world_model.viewer.notebook import ContextView, view_context

_HOME = {
    **dict.fromkeys(("Catalogue", "discover"), "social_world_model.viewer.catalogue"),
    **dict.fromkeys(("Export", "export_html"), "social_world_model.viewer.export"),
    **dict.fromkeys(("ContextView", "view_context"), "social_world_model.viewer.notebook"),
}

__all__ = ["Catalogue", "ContextView", "Export", "discover", "export_html", "view_context"]

__getattr__ = lazy_names(__name__, _HOME)
