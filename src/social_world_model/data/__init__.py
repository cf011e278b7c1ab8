"""Fetch benchmark data files, verify them, and read csv, JSON, JSON Lines, parquet or bAbI text as rows."""
