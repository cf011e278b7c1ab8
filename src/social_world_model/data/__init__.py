"""Download and verify the data files of benchmarks. Read csv, JSON, JSON Lines, parquet and bAbI text as rows."""
