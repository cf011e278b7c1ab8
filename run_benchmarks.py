"""Run a benchmark: ``swm run`` under the name that users know. See ``--help``."""

from social_world_model.cli import run_benchmarks

if __name__ == "__main__":
    run_benchmarks()
