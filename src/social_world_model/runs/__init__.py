"""Stored runs: results, result folders, manifests, and bounded concurrent work."""

from social_world_model.runs.reading import StoredResults, UnreadableFile, read_run
from social_world_model.runs.results import Result

__all__ = ["Result", "StoredResults", "UnreadableFile", "read_run"]
