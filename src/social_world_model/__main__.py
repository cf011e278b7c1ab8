"""``python -m social_world_model`` is ``swm``."""

from social_world_model.cli import main

if __name__ == "__main__":
    main()
