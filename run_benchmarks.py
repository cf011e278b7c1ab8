"""Run a benchmark; the same command as ``swm run``. See ``--help``."""

from social_world_model.cli import run_benchmarks

if __name__ == "__main__":
    run_benchmarks()
