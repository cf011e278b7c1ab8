"""Benchmark data files: fetch, verify, read files of any kind as rows."""
