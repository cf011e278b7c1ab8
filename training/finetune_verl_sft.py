"""Train a model to parse; the same command as ``swm train sft``. See ``--help``."""

from pathlib import Path

from social_world_model.cli import finetune

if __name__ == "__main__":
    finetune(Path(__file__).parent)
