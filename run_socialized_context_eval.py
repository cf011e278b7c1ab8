"""Measure the quality of contexts; the same command as ``swm evaluate-contexts``. See ``--help``."""

from social_world_model.cli import run_socialized_context_eval

if __name__ == "__main__":
    run_socialized_context_eval()
