"""Run ``swm`` as ``python -m social_world_model``."""

from social_world_model.cli import main

if __name__ == "__main__":
    main()
