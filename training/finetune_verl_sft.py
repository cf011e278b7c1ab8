"""Train a model to parse: ``swm train sft`` under the name that users know. See ``--help``."""

from pathlib import Path

from social_world_model.cli import finetune

if __name__ == "__main__":
    finetune(Path(__file__).parent)
