"""Runs on disk: records, their folder, the manifest, and calls kept in flight."""
