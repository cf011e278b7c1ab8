"""Say how good contexts are: ``swm evaluate`` under the name that users know. See ``--help``."""

from social_world_model.cli import run_socialized_context_eval

if __name__ == "__main__":
    run_socialized_context_eval()
